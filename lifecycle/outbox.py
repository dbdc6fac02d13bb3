"""SQL on the orchestration outbox: a committed command waits here until a flow run has carried it out.

Every function works inside the caller's transaction and never commits. A row that is lost sight of
(a killed worker) becomes free again when its lease ends; `attempts` tells late workers from current ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from lifecycle.locks import hold
from lifecycle.models import Base

COMMAND = Base.metadata.tables["command"]

PENDING, RUNNING, DONE, FAILED = "pending", "running", "done", "failed"

GIVE_UP_AFTER = 12
"""Attempts after which a command waits for a person. With the pauses below: about 40 minutes."""

LONGEST_PAUSE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class QueuedCommand:
    """One command of the outbox; a frozen copy, never a live row."""

    id: str
    action: str
    programme: str
    summary: str
    actor: str
    project_ids: tuple[str, ...]
    body: Mapping[str, Any]
    status: str
    attempts: int
    created_at: datetime
    flow_run_id: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many commands stand where, and since when the oldest unfinished one waits."""

    pending: int
    running: int
    failed: int
    oldest: datetime | None


def enqueue(
    conn: Connection,
    *,
    id: str,  # noqa: A002 - the name of the column
    action: str,
    programme: str,
    summary: str,
    actor: str,
    project_ids: Sequence[str],
    body: Mapping[str, Any],
    at: datetime,
    once: bool = False,
) -> None:
    """Put a command in line, in the very transaction that commits it; with `once` unless it stands there."""
    if once:
        hold(conn, f"command:{id}")
        if find_command(conn, id) is not None:
            return
    row = {
        "id": id,
        "action": action,
        "programme": programme,
        "summary": summary,
        "actor": actor,
        "project_ids": list(project_ids),
        "body": dict(body),
        "status": PENDING,
        "attempts": 0,
        "created_at": at,
    }
    conn.execute(insert(COMMAND), row)


def claim_command(
    conn: Connection, now: datetime, lease_seconds: float, *, campaigns: bool | None = None
) -> QueuedCommand | None:
    """Take the oldest command that is ready, or whose worker was lost; None if there is none.

    On a pending row `lease_until` is the moment before which it is not to be tried again. `campaigns`
    asks for campaigns only, or for everything but them.
    """
    paused = and_(COMMAND.c.lease_until.is_not(None), COMMAND.c.lease_until > now)
    ready = and_(COMMAND.c.status.in_((PENDING, RUNNING)), ~paused)
    if campaigns is not None:
        named = COMMAND.c.body["campaign"].as_string()
        ready = and_(ready, named.is_not(None) if campaigns else named.is_(None))
    oldest = select(COMMAND.c.id).where(ready).order_by(COMMAND.c.created_at, COMMAND.c.id).limit(1)
    chosen = oldest.with_for_update(skip_locked=True).cte("chosen")
    row = conn.execute(
        update(COMMAND)
        .where(COMMAND.c.id.in_(select(chosen.c.id)), ready)
        .values(
            status=RUNNING,
            attempts=COMMAND.c.attempts + 1,
            lease_until=now + timedelta(seconds=lease_seconds),
        )
        .returning(*COMMAND.c)
    ).first()
    return None if row is None else _queued(row)


def claim_this(conn: Connection, id: str, now: datetime, lease_seconds: float) -> QueuedCommand | None:  # noqa: A002 - the name of the column
    """Take one command that nobody has taken yet; None where somebody has."""
    free = and_(COMMAND.c.id == id, COMMAND.c.status == PENDING, COMMAND.c.attempts == 0)
    values = {"attempts": 1, "lease_until": now + timedelta(seconds=lease_seconds)}
    taken = update(COMMAND).where(free).values(status=RUNNING, **values).returning(*COMMAND.c)
    row = conn.execute(taken).first()
    return None if row is None else _queued(row)


def renew_command(conn: Connection, claimed: QueuedCommand, until: datetime) -> bool:
    """Hold a claimed command longer. False where it is another's by now, or done."""
    return _mark(conn, claimed, RUNNING, {"lease_until": until})


def put_back(conn: Connection, claimed: QueuedCommand) -> bool:
    """Let go of a claimed command whose run was broken off by us: in line again, at once."""
    return _mark(conn, claimed, PENDING, {"lease_until": None})


def find_command(conn: Connection, id: str) -> QueuedCommand | None:  # noqa: A002 - the name of the column
    """One command by its id, or None."""
    row = conn.execute(select(COMMAND).where(COMMAND.c.id == id)).first()
    return None if row is None else _queued(row)


def is_carried_out(conn: Connection, id: str, now: datetime) -> bool:  # noqa: A002 - the name of the column
    """Whether a worker has hold of the command at this moment."""
    held = and_(COMMAND.c.id == id, COMMAND.c.status == RUNNING, COMMAND.c.lease_until > now)
    return conn.execute(select(COMMAND.c.id).where(held)).first() is not None


def finish_command(conn: Connection, id: str, flow_run_id: str | None, at: datetime) -> bool:  # noqa: A002 - as above
    """Record that a flow run carried the command out, whoever started it. False if that is known already."""
    values = {"flow_run_id": flow_run_id, "finished_at": at, "error": None, "lease_until": None}
    unfinished = and_(COMMAND.c.id == id, COMMAND.c.status != DONE)
    return conn.execute(update(COMMAND).where(unfinished).values(status=DONE, **values)).rowcount == 1


def fail_command(
    conn: Connection, claimed: QueuedCommand, error: str, at: datetime, *, waits: bool = False
) -> bool:
    """Record a failed attempt: in line again after a growing pause, or given up after too many.

    `waits`: it failed for what comes back by itself, such as a busy store; it is never given up for that.
    """
    if claimed.attempts >= GIVE_UP_AFTER and not waits:
        return _mark(conn, claimed, FAILED, {"error": error, "lease_until": None, "finished_at": at})
    return _mark(conn, claimed, PENDING, {"error": error, "lease_until": at + pause(claimed.attempts)})


def retry_failed(conn: Connection) -> list[str]:
    """Put all that was given up back in line, as if it had never been tried. Returns the ids."""
    again = {"attempts": 0, "error": None, "lease_until": None, "finished_at": None}
    given_up = update(COMMAND).where(COMMAND.c.status == FAILED).values(status=PENDING, **again)
    return sorted(conn.execute(given_up.returning(COMMAND.c.id)).scalars())


def note_outage(conn: Connection, error: str) -> int:
    """Write on every waiting command why it waits; no attempt is counted. Returns how many changed."""
    different = or_(COMMAND.c.error.is_(None), COMMAND.c.error != error)
    changed = conn.execute(update(COMMAND).where(COMMAND.c.status == PENDING, different).values(error=error))
    return changed.rowcount


def backlog(conn: Connection) -> Backlog:
    """The length of the line."""
    unfinished = select(COMMAND.c.status, func.count(), func.min(COMMAND.c.created_at)).where(
        COMMAND.c.status.in_((PENDING, RUNNING, FAILED))
    )
    counts: dict[str, int] = {}
    waiting: list[datetime] = []
    for status, count, oldest in conn.execute(unfinished.group_by(COMMAND.c.status)):
        counts[status] = count
        if status != FAILED:
            waiting.append(oldest)
    return Backlog(
        counts.get(PENDING, 0), counts.get(RUNNING, 0), counts.get(FAILED, 0), min(waiting, default=None)
    )


def pause(attempts: int) -> timedelta:
    """How long to wait after the given number of failed attempts: 5 s, 10 s, 20 s … 5 minutes."""
    return min(timedelta(seconds=5 * 2 ** min(attempts - 1, 10)), LONGEST_PAUSE)


def _mark(conn: Connection, claimed: QueuedCommand, status: str, values: Mapping[str, Any]) -> bool:
    mine = and_(
        COMMAND.c.id == claimed.id, COMMAND.c.status == RUNNING, COMMAND.c.attempts == claimed.attempts
    )
    return conn.execute(update(COMMAND).where(mine).values(status=status, **values)).rowcount == 1


def _queued(row: Any) -> QueuedCommand:
    return QueuedCommand(
        id=row.id,
        action=row.action,
        programme=row.programme,
        summary=row.summary,
        actor=row.actor,
        project_ids=tuple(row.project_ids or ()),
        body=dict(row.body or {}),
        status=row.status,
        attempts=row.attempts,
        created_at=row.created_at,
        flow_run_id=row.flow_run_id,
        error=row.error,
    )
