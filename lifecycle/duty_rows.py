"""Writing duties as rows, in the caller's transaction; they are read in `lifecycle.cases`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from lifecycle.cases import DUTY, HISTORY
from lifecycle.gate import today
from lifecycle.noticing import NOTICE, cancel_pending
from states.decision import Duty, Move

# Built once: to build a statement costs more than to run it.
_BACKDATED = select(func.max(HISTORY.c.at)).where(
    HISTORY.c.project_id == bindparam("of"), HISTORY.c.backdated
)
_DUTY = update(DUTY).where(DUTY.c.id == bindparam("of_duty"))


def move_values(move: Move) -> dict[str, Any]:
    """A move as it is kept; decision and amendment only where there was one."""
    told: dict[str, Any] = {
        "on": move.on.isoformat(),
        "from": move.old.isoformat() if move.old else None,
        "to": move.new.isoformat(),
        "reason": move.reason,
    }
    if move.document is not None:
        told["document"] = move.document
    if move.amendment is not None:
        told["amendment"] = move.amendment
    return told


def duty_values(project_id: str, duty: Duty, on: date) -> dict[str, Any]:
    """The columns of a duty row."""
    return {
        "project_id": project_id,
        "slug": duty.slug,
        "occurrence": duty.occurrence,
        "rule": duty.rule,
        "label": duty.label,
        "owed_by": duty.owed_by,
        "anchor": duty.anchor,
        "anchor_date": duty.anchor_date,
        "legal_due": duty.legal_due,
        "due": duty.due,
        "soft_due": duty.soft_due,
        "grace_until": duty.grace_until,
        "provisional": duty.provisional,
        "suggested": duty.suggested,
        "status": str(duty.status),
        "met_on": duty.met_on,
        "opened_on": duty.opened_on,
        "opened_seq": duty.opened_seq,
        "closed_seq": duty.closed_seq,
        "next_on": on if duty.live else None,
        "marks": list(duty.marks),
        "moves": [move_values(move) for move in duty.moves],
        "steps": list(duty.steps),
        "proofs": [proof.as_json() for proof in duty.proofs],
    }


def write_duties(
    conn: Connection, project_id: str, duties: Sequence[Duty], on: date, entered_on: date | None = None
) -> dict[tuple[str, str], int]:
    """Insert or update duties; pending reminders of changed ones are cancelled. Ids by key.

    `entered_on` is the day on which the entry is made, where that is later than the day it is made for:
    the plan of a duty speaks of no day before it, nor before the day on which its date was last moved.
    """
    ids: dict[tuple[str, str], int] = {}
    if any(duty.id is None and duty.opened_on and duty.opened_on < on for duty in duties):
        entered_on = max(filter(None, (entered_on, _backdated_on(conn, project_id))), default=None)
    for duty in duties:
        values = duty_values(project_id, duty, on)
        if duty.id is None:
            values["entered_on"] = values["plan_from"] = max(duty.opened_on or on, entered_on or date.min)
            key = conn.execute(insert(DUTY), values).inserted_primary_key
            ids[duty.key] = int(key[0]) if key else 0
        else:
            if duty.live:  # what is cancelled here is due again, if it is still true
                values |= {"reminded_on": None, "told_on": None, "escalated": 0, "escalated_on": None}
            if duty.moves and duty.moves[-1].on == on:
                values["plan_from"] = max(on, entered_on or on)
            conn.execute(_DUTY, {"of_duty": duty.id, **values})
            cancel_pending(conn, NOTICE.c.duty_id == duty.id)
            ids[duty.key] = duty.id
    return ids


def _backdated_on(conn: Connection, project_id: str) -> date | None:
    """The day on which something was last entered later than it happened: nobody was to know it before."""
    at = conn.execute(_BACKDATED, {"of": project_id}).scalar_one()
    return None if at is None else today(at)


def restart_plans(conn: Connection, project_id: str, on: date) -> None:
    """Let the plan of another pack version speak of no day before the project moved to it (R-DL-37)."""
    d = DUTY.c
    spoken = (d.due >= on) | d.reminded_on.is_not(None)
    owed = update(DUTY).where(d.project_id == project_id, d.met_on.is_(None), spoken)
    conn.execute(owed.values(plan_from=on))
