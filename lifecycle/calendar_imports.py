"""Taking a notice of holidays into a store: who may, what is asked of it, and what is kept.

Nothing is ever deleted or changed. Which notice of a year holds is told in `lifecycle.calendar_years`; dates
that were counted by an older calendar are counted anew in `lifecycle.recounting`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, insert

from lifecycle.calendar_file import CalendarFile
from lifecycle.calendar_rows import CalendarImportRow, CalendarRecountRow
from lifecycle.calendar_years import Standing, calendar_of, standing_years
from lifecycle.calendars import YearNotice
from lifecycle.gate import refuse_future, today
from lifecycle.people import Actor
from states.errors import ForbiddenFault, Reason, RefusedFault, UsageFault
from states.roles import CAPACITIES

__all__ = [
    "IMPORT",
    "RECOUNT",
    "add_import",
    "calendar_of",
    "judge_import",
    "note_recount",
    "replacing",
    "require_editor",
    "span_of",
]

IMPORT: Final[Table] = CalendarImportRow.__table__  # type: ignore[attr-defined]
RECOUNT: Final[Table] = CalendarRecountRow.__table__  # type: ignore[attr-defined]
EDITS: Final = "calendar.edit"


def require_editor(actor: Actor) -> None:
    """Raise ForbiddenFault unless the actor may change the calendar (R-ROLE-23)."""
    held = frozenset().union(*actor.roles.values())
    if not any(EDITS in CAPACITIES[role].permissions.split() for role in held):
        raise ForbiddenFault(f"放假安排由系统管理员载入；{actor.login} 没有这一权限。")


def judge_import(
    conn: Connection, actor: Actor, found: CalendarFile, on: date, at: datetime, replace: str | None
) -> bool:
    """Whether the notice is new to the store; False where it stands already, word for word.

    Raises ForbiddenFault for who may not, RefusedFault for a day that is not today's in a real store, for a
    notice of the future and for a year that is published and not to be replaced.
    """
    require_editor(actor)
    if refuse_future(conn, on, at) and on < today(at):
        raise RefusedFault("放假安排按载入当日登记，不能补录以前的日期")
    if found.issued_on > on or found.year > on.year + 1:
        told = f"{found.document} 印发于业务日期 {on.isoformat()} 之后，或年份过远，请核对"
        raise RefusedFault(told, (Reason("R-DL-01", told),))
    stands = standing_years(conn).get(found.year)
    if stands is None:
        return True
    if stands.notice.digest == found.notice.digest:
        return False
    if replace is None:
        difference = _difference(stands.notice, found.notice)
        told = (
            f"{found.year} 年的放假安排已经公布（{_named(stands)}），文件与之不同：{difference}；"
            "通知确有修改的，用 --replace 并以 --reason 写明依据"
        )
        raise RefusedFault(told, (Reason("R-DL-37", told),))
    return True


def add_import(
    conn: Connection, actor: Actor, found: CalendarFile, on: date, at: datetime, reason: str | None
) -> None:
    """Keep the notice, and note that the dates which rest on it are to be recounted."""
    before = standing_years(conn).get(found.year)
    who = {"actor": actor.login, "stood_in_by": actor.stood_in_by, "reason": reason, "on": on, "at": at}
    what = {"year": found.year, "number": found.number, "issued_on": found.issued_on, "file": found.name}
    kept = {"digest": found.notice.digest, "body": found.notice.as_json()}
    key = conn.execute(insert(IMPORT), {**who, **what, **kept}).inserted_primary_key
    first, last = span_of(found.year, *([before.notice] if before else []), found.notice)
    note_recount(conn, found.year, int(key[0]) if key else None, first, last, on)


def note_recount(
    conn: Connection, year: int, import_id: int | None, first: date, last: date, on: date
) -> None:
    """Note that the dates which rest on these days are to be recounted."""
    values = {"year": year, "import_id": import_id, "first_on": first, "last_on": last, "begun_on": on}
    conn.execute(insert(RECOUNT), {**values, "cursor": "", "looked": 0, "moved": 0})


def span_of(year: int, *notices: YearNotice) -> tuple[date, date]:
    """The days that a change of these notices may concern: the year, and what they name beside it."""
    named = [day for one in notices for day in (*one.rest, *one.worked)]
    return min([*named, date(year, 1, 1)]), max([*named, date(year, 12, 31)])


def replacing(replace: bool, reason: str | None) -> str | None:
    """The reason for which a published year is replaced; UsageFault where one is missing."""
    if not replace:
        return None
    if not reason or not reason.strip():
        raise UsageFault("--replace 须用 --reason 写明依据，如修改放假安排的通知。")
    return reason


def _named(stands: Standing) -> str:
    return f"{stands.number}@{stands.issued_on}" if stands.number else "随程序提供"


def _difference(old: YearNotice, new: YearNotice) -> str:
    """The days on which two notices differ, some of them."""
    names: Mapping[str, tuple[Any, Any]] = {
        "放假": (old.rest.keys(), new.rest.keys()),
        "调休上班": (old.worked, new.worked),
    }
    told = []
    for what, (was, now) in names.items():
        told += [f"{day} 改为{what}" for day in sorted(now - was)]
        told += [f"{day} 不再{what}" for day in sorted(was - now)]
    return "、".join(told[:6]) + (f"等 {len(told)} 处" if len(told) > 6 else "") if told else "节日名称"
