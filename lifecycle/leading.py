"""SQL on the row that says which process leads. It tells; the lock of `flows/leader.py` decides.

Works inside the caller's transaction and never commits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from lifecycle.locks import hold
from lifecycle.models import Base

LEADER = Base.metadata.tables["leader"]


@dataclass(frozen=True, slots=True)
class Leader:
    """Who leads or led last: `host/pid`, since when, and when it left in order (None: it did not yet)."""

    by: str
    since: datetime
    ended_at: datetime | None


def leader_of(conn: Connection) -> Leader | None:
    """Who is recorded; None where nobody ever led."""
    row = conn.execute(select(LEADER)).first()
    return None if row is None else Leader(row.by, row.since, row.ended_at)


def begin_leading(conn: Connection, by: str, at: datetime) -> Leader | None:
    """Record a new leader; returns the one before it."""
    hold(conn, "leader")
    before = leader_of(conn)
    row = {"by": by, "since": at, "ended_at": None}
    conn.execute(insert(LEADER).values(id=1, **row) if before is None else update(LEADER).values(row))
    return before


def end_leading(conn: Connection, by: str, at: datetime) -> None:
    """Record that a leader left in order, unless another leads already."""
    conn.execute(update(LEADER).where(LEADER.c.by == by).values(ended_at=at))
