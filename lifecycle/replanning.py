"""Planning the duties of a project anew because time went on or a calendar changed, not because of a step.

Opens the windows of recurring duties that have begun and counts dates again (R-DL-37), in the caller's
transaction, as one entry of the history that the system makes. What should be owed is decided in
`states.reconcile`; nothing here commits, and a second run changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, bindparam, select, update

from lifecycle.calendar_years import calendar_of
from lifecycle.cases import CLOCK, PROJECT, load_case
from lifecycle.duty_rows import write_duties
from lifecycle.gate import is_rehearsal
from lifecycle.people import Actor
from lifecycle.record import Line, overdue_after, write_entry
from lifecycle.seals import standing_seals
from lifecycle.stamp import Stamp
from lifecycle.store import Store
from states.decision import Duty
from states.duty import standing
from states.errors import ConflictFault
from states.moving import After
from states.names import Role
from states.reconcile import reconcile

SYSTEM = "system"
RULE = "R-DL-37"

# Built once: to build a statement costs more than to run it.
_NEXT = (
    select(PROJECT)
    .where(PROJECT.c.plan_on <= bindparam("on"))
    .order_by(PROJECT.c.plan_on, PROJECT.c.id)
    .limit(bindparam("most"))
    .with_for_update(key_share=True)
)
_PLANNED = update(PROJECT).where(
    PROJECT.c.id == bindparam("of_project"), PROJECT.c.version == bindparam("of_version")
)


def open_windows(conn: Connection, store: Store, on: date, at: datetime, most: int) -> int | None:
    """Open what has begun by a day on up to `most` projects; how many were opened, None when none is left."""
    rows = conn.execute(_NEXT, {"on": on, "most": most}).mappings().all()
    if not rows:
        return None
    return sum(duty.id is None for row in rows for duty in replan(conn, store, row, on, at))


def replan(
    conn: Connection, store: Store, row: RowMapping, on: date, at: datetime, *, why: str | None = None
) -> tuple[Duty, ...]:
    """Bring the duties of one project up to a day; returns those that are new or differ.

    `row` is the project's, locked by the caller. `why` is the reason that the entry tells, such as the
    loading of a calendar. Raises ConflictFault if the project moved meanwhile.
    """
    case, programme = load_case(conn, store, row)
    after = After(state=case.state, facts=case.facts, action=None, on=on, seq=case.version + 1, why=why)
    owed = reconcile(case, programme, calendar_of(conn, store.calendar), after)
    values = {"of_project": case.id, "of_version": case.version, "plan_on": owed.plan_on}
    if owed.duties:
        values |= {"version": case.version + 1, "overdue": overdue_after(case, owed.duties)}
    if conn.execute(_PLANNED, values).rowcount != 1:
        raise ConflictFault(f"项目 {case.id} 已被其他人先行修改，请重新查看后再试")
    if owed.duties:
        line = Line(
            project_id=case.id,
            seq=case.version + 1,
            action=CLOCK,
            source=str(case.state),
            dest=str(case.state),
            role=str(Role.SYSTEM),
            rule=RULE,
            changes={},
            seals=standing_seals(case.flags, standing(case.duties, owed.duties)),
        )
        reason = why or _opened(owed.duties)
        stamp = Stamp(Actor(SYSTEM, {}, None), at, on, reason=reason, rehearsal=is_rehearsal(conn))
        write_entry(conn, stamp, line)
        write_duties(conn, case.id, owed.duties, on)
    return owed.duties


def _opened(duties: Sequence[Duty]) -> str:
    named = (f"{duty.label}（{duty.occurrence}）" if duty.occurrence else duty.label for duty in duties)
    return f"到期开启：{'、'.join(dict.fromkeys(named))}"
