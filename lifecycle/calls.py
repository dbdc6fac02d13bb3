"""Calls for applications: opened and closed by the offices that hold them, on a day that the record may have.

Decides who may set the days of a call; never whether an application comes in time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Table, insert, select, update

from lifecycle.cases import CALL
from lifecycle.gate import check_day
from lifecycle.models import CallLogRow
from lifecycle.people import Actor
from states.admission import CALLED
from states.catalogue import Programme
from states.errors import ForbiddenFault, Reason, RefusedFault
from states.names import Role
from states.tables import LIFECYCLES

LOG: Final[Table] = CallLogRow.__table__  # type: ignore[attr-defined]
HOLDERS: Final = frozenset({Role.PROV_ASSOCIATION, Role.ACADEMIC_DEPARTMENT, Role.CLERK, Role.ADMIN})
"""Opening a call runs the system and decides about no project, so the administrator may do it too."""


def set_call(
    conn: Connection,
    actor: Actor,
    programme: Programme,
    on: date,
    at: datetime,
    reason: str | None,
    days: Mapping[str, date | None],
) -> None:
    """Write the days of a programme's call, with a line on who set them; the same days again do nothing.

    Raises ForbiddenFault for anybody else; RefusedFault for a day of the future, for an earlier one without
    a reason, for a programme that nobody applies to (R-PROG-55) and the close of what is not open (R-DL-17).
    """
    roles = actor.roles_in(programme.province)
    if not roles & HOLDERS:
        raise ForbiddenFault("开放或关闭申报由省科协、学会学术部、经办人员或系统管理员办理，您没有这一角色")
    check_day(conn, on, at, roles, reason, None)
    stands = conn.execute(select(CALL).where(CALL.c.programme == programme.slug)).mappings().first()
    against = _against(programme, stands, days)
    if against is not None:
        raise RefusedFault(against.message, (against,))
    if stands is not None and all(stands[name] == day for name, day in days.items()):
        return
    log = {"programme": programme.slug, "on": on, "at": at, "reason": reason, **days}
    conn.execute(insert(LOG), {**log, "actor": actor.login, "stood_in_by": actor.stood_in_by})
    if stands is None:
        conn.execute(insert(CALL), {"programme": programme.slug, **days})
    else:
        conn.execute(update(CALL).where(CALL.c.programme == programme.slug).values(**days))


def _against(
    programme: Programme, stands: RowMapping | None, days: Mapping[str, date | None]
) -> Reason | None:
    """Why a call cannot have these days, or None."""
    title = programme.title
    if programme.already_decided or LIFECYCLES[programme.variant].hands_in not in CALLED:
        return Reason(
            "R-PROG-55", f"“{title}”不经申报：由文件列明的项目导入，其余的直接登记，没有申报批次可开放"
        )
    if "opens_on" in days:
        return None
    opened, closes = (stands["opens_on"] if stands else None), days["closes_on"]
    if opened is None:
        return Reason("R-DL-17", f"“{title}”的申报从未开放，无从截止")
    if closes is not None and closes < opened:
        return Reason("R-DL-17", f"截止日期 {closes.isoformat()} 早于开放日期 {opened.isoformat()}")
    return None


def closings(conn: Connection, programme: str) -> list[date]:
    """The last days on which a programme's calls took applications; a day moved before it came is none."""
    lines = conn.execute(select(LOG).where(LOG.c.programme == programme).order_by(LOG.c.id)).mappings().all()
    found = []
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        closed = line["closes_on"]
        if closed is not None and (following is None or following["on"] > closed):
            found.append(closed)
    return found


def list_calls(conn: Connection) -> list[dict[str, Any]]:
    """Every call with its days and who set them, by programme; plain values for any door."""
    lines: dict[str, list[dict[str, Any]]] = {}
    for row in conn.execute(select(LOG).order_by(LOG.c.id)).mappings():
        told = {"on": row["on"].isoformat(), "by": row["actor"], "stood_in_by": row["stood_in_by"]}
        days = {name: _iso(row[name]) for name in ("opens_on", "closes_on")}
        lines.setdefault(row["programme"], []).append({**told, **days, "reason": row["reason"]})
    calls = conn.execute(select(CALL).order_by(CALL.c.programme)).mappings()
    return [
        {
            "programme": row["programme"],
            "opens_on": _iso(row["opens_on"]),
            "closes_on": _iso(row["closes_on"]),
            "history": lines.get(row["programme"], []),
        }
        for row in calls
    ]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
