"""SQL on the rows of the schedule: a due moment is claimed, done and recorded once, whoever is awake.

Every function works inside the caller's transaction and never commits. When something is due is not
known here; a claim only compares what its caller saw with what the row says (compare and set). A
run that is lost sight of (a killed process) can be claimed again when its lease ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, delete, insert, or_, select, update

from lifecycle.gate import STORE
from lifecycle.models import Base
from lifecycle.outbox import pause

JOB = Base.metadata.tables["job"]
JOB_RUN = Base.metadata.tables["job_run"]

RUNNING, DONE, FAILED, BROKEN = "running", "done", "failed", "broken"

KEPT = timedelta(days=92)
"""How long a run stays in the log."""
LONGEST_WORDS = 500


@dataclass(frozen=True, slots=True)
class JobState:
    """One job as its row says; a frozen copy, never a live row.

    `watermark` is the last due moment that was done, at first the moment the store was made. `due` is what
    the present or last run was for; None for a run that nothing was due for.
    """

    name: str
    watermark: datetime
    due: datetime | None = None
    attempts: int = 0
    lease_until: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    result: str | None = None
    words: str | None = None
    by: str | None = None

    def free(self, at: datetime) -> bool:
        """Whether nobody is at it, and no pause after a failure holds it."""
        return self.lease_until is None or self.lease_until <= at


@dataclass(frozen=True, slots=True)
class JobRun:
    """A run that was claimed, or one line of the log."""

    id: int
    job: str
    due: datetime | None
    started_at: datetime
    by: str
    attempts: int = 1
    ended_at: datetime | None = None
    result: str = RUNNING
    words: str | None = None


def job_states(conn: Connection, names: Sequence[str]) -> dict[str, JobState]:
    """The rows of the named jobs. One that has none yet owes what came due since the store was made."""
    asked = select(JOB).where(JOB.c.name.in_(names))
    found = {row.name: _state(row) for row in conn.execute(asked)}
    if len(found) < len(names):
        made = conn.execute(select(STORE.c.created_at)).scalar_one()
        found |= {name: JobState(name, made) for name in names if name not in found}
    return found


def claim_job(
    conn: Connection,
    seen: JobState,
    due: datetime | None,
    *,
    at: datetime,
    lease_seconds: float,
    by: str,
) -> JobRun | None:
    """Take a job as it was seen, to do what is due; None where another has been quicker or is at it."""
    _make(conn, seen)
    again = case((JOB.c.due == due, JOB.c.attempts + 1), else_=1)
    free = or_(JOB.c.lease_until.is_(None), JOB.c.lease_until <= at)
    taken = conn.execute(
        update(JOB)
        .where(JOB.c.name == seen.name, JOB.c.watermark == seen.watermark, free)
        .values(
            due=due, attempts=again, lease_until=at + timedelta(seconds=lease_seconds), started_at=at,
            ended_at=None, result=RUNNING, words=None, by=by,
        )
        .returning(JOB.c.attempts)
    ).first()  # fmt: skip
    if taken is None:
        return None
    lost = and_(JOB_RUN.c.job == seen.name, JOB_RUN.c.result == RUNNING)
    conn.execute(update(JOB_RUN).where(lost).values(result=BROKEN, ended_at=at))
    row = {"job": seen.name, "due": due, "started_at": at, "result": RUNNING, "by": by}
    number = conn.execute(insert(JOB_RUN).values(row).returning(JOB_RUN.c.id)).scalar_one()
    conn.execute(update(JOB).where(JOB.c.name == seen.name).values(run_id=number))
    return JobRun(number, seen.name, due, at, by, taken.attempts)


def renew_job(conn: Connection, run: JobRun, until: datetime) -> bool:
    """Hold a run for longer. False if it is no longer ours."""
    return _mark(conn, run, {"lease_until": until})


def finish_job(conn: Connection, run: JobRun, at: datetime, words: str | None) -> bool:
    """Record that a run did its work, and what it says of it. False if it was taken from us meanwhile."""
    said = None if words is None else words[:LONGEST_WORDS]
    values: dict[str, Any] = {"ended_at": at, "result": DONE, "words": said, "lease_until": None}
    moved = {} if run.due is None else {"watermark": run.due}
    if not _mark(conn, run, {**values, **moved}):
        return False
    _log(conn, run, at, DONE, said)
    conn.execute(delete(JOB_RUN).where(JOB_RUN.c.job == run.job, JOB_RUN.c.started_at < at - KEPT))
    return True


def fail_job(conn: Connection, run: JobRun, at: datetime, error: str) -> bool:
    """Record a failed run. What was due stays due, and is tried again after a growing pause."""
    said = error[:LONGEST_WORDS]
    until = None if run.due is None else at + pause(run.attempts)
    if not _mark(conn, run, {"ended_at": at, "result": FAILED, "words": said, "lease_until": until}):
        return False
    _log(conn, run, at, FAILED, said)
    return True


def note_poll(
    conn: Connection, seen: JobState, *, started: datetime, ended: datetime, by: str, error: str | None
) -> None:
    """Record the last look of a job that only looks for work: nothing is due, and nothing was claimed."""
    _make(conn, seen)
    values = {"started_at": started, "ended_at": ended, "result": FAILED if error else DONE, "by": by}
    said = None if error is None else error[:LONGEST_WORDS]
    conn.execute(update(JOB).where(JOB.c.name == seen.name).values(**values, words=said))


def last_runs(conn: Connection, job: str, limit: int) -> list[JobRun]:
    """The log of one job, newest first."""
    asked = select(JOB_RUN).where(JOB_RUN.c.job == job)
    newest = asked.order_by(JOB_RUN.c.started_at.desc(), JOB_RUN.c.id.desc()).limit(limit)
    return [
        JobRun(row.id, row.job, row.due, row.started_at, row.by, 1, row.ended_at, row.result, row.words)
        for row in conn.execute(newest)
    ]


def _make(conn: Connection, seen: JobState) -> None:
    """The row of a job that has none yet, as it was seen; another may make it at the same moment."""
    there = select(JOB.c.name).where(JOB.c.name == seen.name)
    if conn.execute(there).first() is not None:
        return
    row = {"name": seen.name, "watermark": seen.watermark, "attempts": 0}
    if conn.dialect.name == "sqlite":  # a writer has the whole store to itself
        conn.execute(insert(JOB), row)
        return
    from sqlalchemy.dialects.postgresql import insert as upsert  # noqa: PLC0415 - of that database only

    conn.execute(upsert(JOB).on_conflict_do_nothing(), row)


def _mark(conn: Connection, run: JobRun, values: dict[str, Any]) -> bool:
    mine = and_(JOB.c.name == run.job, JOB.c.run_id == run.id, JOB.c.result == RUNNING)
    return conn.execute(update(JOB).where(mine).values(**values)).rowcount == 1


def _log(conn: Connection, run: JobRun, at: datetime, result: str, words: str | None) -> None:
    done = {"ended_at": at, "result": result, "words": words}
    conn.execute(update(JOB_RUN).where(JOB_RUN.c.id == run.id).values(done))


def _state(row: Any) -> JobState:
    return JobState(
        name=row.name, watermark=row.watermark, due=row.due, attempts=row.attempts,
        lease_until=row.lease_until, started_at=row.started_at, ended_at=row.ended_at, result=row.result,
        words=row.words, by=row.by,
    )  # fmt: skip
