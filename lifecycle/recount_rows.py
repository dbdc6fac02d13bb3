"""Writing what a recount changed on one project: duties, and an entry of its history where a date moved.

In the caller's transaction. An entry is the system's: nobody decided anything about the project (R-ROLE-32).
What happened before the recount may still be entered after it, so that the project's last day stays.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, update

from lifecycle.cases import CLOCK, DUTY, PROJECT
from lifecycle.duty_rows import write_duties
from lifecycle.record import Line, write_entry
from lifecycle.seals import standing_seals
from lifecycle.stamp import Stamp
from states.decision import Case, Duty
from states.duty import standing
from states.errors import ConflictFault
from states.names import DutyStatus, Role

RULE = "R-DL-37"


def write_recounted(
    conn: Connection, row: RowMapping, case: Case, changed: Sequence[Duty], stamp: Stamp
) -> None:
    """Write the duties that changed. Their reminders begin anew, by the keys that none goes out twice."""
    duties = standing(case.duties, changed)
    seals = standing_seals(case.flags, duties)
    if seals != standing_seals(case.flags, case.duties):
        _enter(conn, row, case, duties, stamp, seals)
    ids = write_duties(conn, case.id, changed, stamp.on)
    live = [ids[duty.key] for duty in changed if duty.live]
    if live:
        conn.execute(update(DUTY).where(DUTY.c.id.in_(live)).values(reminded_on=None))


def _enter(
    conn: Connection,
    row: RowMapping,
    case: Case,
    duties: Sequence[Duty],
    stamp: Stamp,
    seals: dict[str, str],
) -> None:
    overdue = sum(duty.status is DutyStatus.OVERDUE and duty.live for duty in duties)
    written = conn.execute(
        update(PROJECT)
        .where(PROJECT.c.id == case.id, PROJECT.c.version == case.version)
        .values(version=case.version + 1, overdue=overdue)
    )
    if written.rowcount != 1:
        raise ConflictFault(f"项目 {case.id} 已被其他人先行修改，请重新查看后再试")
    line = Line(
        project_id=case.id,
        seq=case.version + 1,
        action=CLOCK,
        source=str(case.state),
        dest=str(case.state),
        role=str(Role.SYSTEM),
        rule=RULE,
        changes={},
        seals=seals,
    )
    write_entry(conn, stamp, line)
