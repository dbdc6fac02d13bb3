"""SQL by which the outbox is looked through and set right by hand, or by the comparison with the flow server.

Every function works inside the caller's transaction. A repair names what it has seen: where the row has moved
on meanwhile, it changes nothing. What was decided about a project is never touched.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, or_, select, update

from lifecycle.outbox import COMMAND, DONE, FAILED, PENDING, RUNNING

STATUSES: Final = {PENDING: "等待", RUNNING: "正在运行", DONE: "已完成", FAILED: "停止重试"}
_TOGETHER: Final = 500
_AGAIN: Final = {
    "status": PENDING, "attempts": 0, "error": None, "lease_until": None, "finished_at": None,
    "flow_run_id": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """How a command stands; `held` says that a worker has hold of it at this moment."""

    id: str
    summary: str
    actor: str
    status: str
    attempts: int
    created_at: datetime
    flow_run_id: str | None
    error: str | None
    held: bool

    def as_json(self) -> dict[str, Any]:
        """The keys that a script reads."""
        return {
            "id": self.id,
            "summary": self.summary,
            "actor": self.actor,
            "status": self.status,
            "attempts": self.attempts,
            "created_at": self.created_at.isoformat(),
            "flow_run_id": self.flow_run_id,
            "error": self.error,
        }


def standings(conn: Connection, since: datetime, now: datetime, at_most: int) -> list[Standing]:
    """Every command that is not done, and those done that came since; the oldest first."""
    c = COMMAND.c
    wanted = or_(c.status != DONE, c.created_at >= since)
    rows = select(COMMAND).where(wanted).order_by(c.created_at, c.id).limit(at_most)
    return [_standing(row, now) for row in conn.execute(rows)]


def listed(conn: Connection, statuses: Collection[str], now: datetime, at_most: int) -> list[Standing]:
    """The commands of these states, the newest first."""
    c = COMMAND.c
    wanted = select(COMMAND).where(c.status.in_(list(statuses)))
    return [
        _standing(row, now) for row in conn.execute(wanted.order_by(c.created_at.desc(), c.id).limit(at_most))
    ]


def named(conn: Connection, start: str, now: datetime) -> list[Standing]:
    """The commands whose id begins so; at most two, for one is wanted."""
    wanted = select(COMMAND).where(COMMAND.c.id.startswith(start, autoescape=True)).order_by(COMMAND.c.id)
    return [_standing(row, now) for row in conn.execute(wanted.limit(2))]


def known_of(conn: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Of these ids those that are commands of this store, each with its state."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), _TOGETHER):
        some = COMMAND.c.id.in_(ids[start : start + _TOGETHER])
        found |= {
            row.id: row.status for row in conn.execute(select(COMMAND.c.id, COMMAND.c.status).where(some))
        }
    return found


def requeue(conn: Connection, seen: Standing) -> bool:
    """Back in line, as if it had never been tried. False where it has moved on since it was seen."""
    return conn.execute(update(COMMAND).where(_as_seen(seen)).values(**_AGAIN)).rowcount == 1


def link(conn: Connection, seen: Standing, flow_run_id: str, at: datetime) -> bool:
    """Done, by this run. False where it has moved on since it was seen."""
    values = {
        "status": DONE,
        "flow_run_id": flow_run_id,
        "finished_at": at,
        "error": None,
        "lease_until": None,
    }
    return conn.execute(update(COMMAND).where(_as_seen(seen)).values(**values)).rowcount == 1


def _as_seen(seen: Standing) -> Any:
    run = COMMAND.c.flow_run_id
    same = run.is_(None) if seen.flow_run_id is None else run == seen.flow_run_id
    return and_(
        COMMAND.c.id == seen.id, COMMAND.c.status == seen.status, COMMAND.c.attempts == seen.attempts, same
    )


def _standing(row: Any, now: datetime) -> Standing:
    held = row.status == RUNNING and row.lease_until is not None and row.lease_until > now
    return Standing(
        id=row.id,
        summary=row.summary,
        actor=row.actor,
        status=row.status,
        attempts=row.attempts,
        created_at=row.created_at,
        flow_run_id=row.flow_run_id,
        error=row.error,
        held=held,
    )
