"""Calls for applications: opened and closed by the offices that hold them, on a day that the record may have.

Decides who may set the days of a call; never whether an application comes in time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, insert, update

from lifecycle.cases import CALL
from lifecycle.gate import check_day
from lifecycle.people import Actor
from states.catalogue import Programme
from states.errors import ForbiddenFault
from states.names import Role

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
    """Write the days of a programme's call.

    Raises ForbiddenFault for anybody else, RefusedFault for a day of the future and for an earlier one
    without a reason.
    """
    roles = actor.roles_in(programme.province)
    if not roles & HOLDERS:
        raise ForbiddenFault("开放或关闭申报由省科协、学会学术部、经办人员或系统管理员办理，您没有这一角色")
    check_day(conn, on, at, roles, reason, None)
    changed = conn.execute(update(CALL).where(CALL.c.programme == programme.slug).values(**days))
    if changed.rowcount == 0:
        conn.execute(insert(CALL), {"programme": programme.slug, **days})
