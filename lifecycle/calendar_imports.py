"""Imported notices of holidays: who imported which year when, and the calendar that holds because of them.

Of a year the last import holds, and any import goes before what is packaged. Nothing is deleted. What becomes
of dates that were counted by an older calendar is done in `lifecycle.recounting`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Table, insert, select

from lifecycle.calendar_file import CalendarFile
from lifecycle.calendar_rows import CalendarImportRow, CalendarRecountRow
from lifecycle.calendars import YearNotice, calendar_from, notice_of, packaged_source, packaged_years
from lifecycle.gate import refuse_future, today
from lifecycle.people import Actor
from states.calendar import Calendar
from states.errors import ForbiddenFault, Reason, RefusedFault, UsageFault
from states.roles import CAPACITIES

IMPORT: Final[Table] = CalendarImportRow.__table__  # type: ignore[attr-defined]
RECOUNT: Final[Table] = CalendarRecountRow.__table__  # type: ignore[attr-defined]
EDITS: Final = "calendar.edit"
REMINDED_FROM: Final = 11
"""The month from which next year's notice is asked for: it has come out in October or November of late."""

_NEWEST = select(IMPORT.c.id, IMPORT.c.digest).order_by(IMPORT.c.id.desc()).limit(1)
_KNOWN: WeakKeyDictionary[Engine, tuple[tuple[int, str], Calendar]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Standing:
    """The notice of a year that holds, and where it comes from."""

    year: int
    notice: YearNotice
    number: str | None = None
    issued_on: date | None = None
    imported_by: str | None = None
    imported_at: datetime | None = None
    file: str | None = None

    @property
    def source(self) -> str:
        """Where it comes from, for people."""
        return packaged_source() if self.number is None else "国务院办公厅放假通知（已载入）"


def calendar_of(conn: Connection, base: Calendar) -> Calendar:
    """The calendar that holds in this store now: `base` as long as nothing was imported.

    Asked within a transaction that has locked a project, it is never older than what a recount of that
    project went by.
    """
    newest = conn.execute(_NEWEST).first()
    if newest is None:
        return base
    stamp = (int(newest.id), str(newest.digest))
    known = _KNOWN.get(conn.engine)
    if known is None or known[0] != stamp:
        known = _KNOWN[conn.engine] = (stamp, calendar_from(notices_of(conn)))
    return known[1]


def notices_of(conn: Connection, before: int | None = None) -> dict[int, YearNotice]:
    """The notice that holds for each year; with `before`, as it was until that import."""
    return {year: one.notice for year, one in standing_years(conn, before).items()}


def standing_years(conn: Connection | None, before: int | None = None) -> dict[int, Standing]:
    """Every published year with where it comes from, in order; without a store those packaged."""
    found = {year: Standing(year, notice) for year, notice in packaged_years().items()}
    if conn is None:
        return found
    query = select(IMPORT).order_by(IMPORT.c.id)
    for row in conn.execute(query if before is None else query.where(IMPORT.c.id < before)).mappings():
        found[row["year"]] = Standing(
            row["year"], notice_of(row["body"]), row["number"], row["issued_on"], row["actor"], row["at"],
            row["file"],
        )  # fmt: skip
    return dict(sorted(found.items()))


def history_of(conn: Connection, year: int) -> list[dict[str, Any]]:
    """Every import of a year, oldest first; plain values for any door."""
    rows = conn.execute(select(IMPORT).where(IMPORT.c.year == year).order_by(IMPORT.c.id)).mappings()
    return [
        {
            "number": row["number"],
            "date": row["issued_on"].isoformat(),
            "digest": row["digest"],
            "file": row["file"],
            "on": row["on"].isoformat(),
            "at": row["at"].isoformat(),
            "by": row["actor"],
            "stood_in_by": row["stood_in_by"],
            "reason": row["reason"],
        }
        for row in rows
    ]


def missing_next_year(published: frozenset[int], on: date) -> str | None:
    """What an administrator is asked to do from November on while next year's notice is not loaded."""
    if on.month < REMINDED_FROM or on.year + 1 in published:
        return None
    year = on.year + 1
    return (
        f"{year} 年放假通知尚未载入，该年的期限均为暂定；通知印发后请系统管理员载入："
        f"lifecycle calendar template {year}，填好后 lifecycle calendar import"
    )


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
