"""The tables of the schedule: how far each job has come, its runs, and which process leads.

Rows are dumb: when something is due is said by the job table of `flows/schedule.py`, and who may do it
by the claims of `lifecycle/jobs.py`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from lifecycle.base import Base, Moment

DONE = "result = 'done'"


class JobRow(Base, table=True):
    """One row of the job table: the last due moment that was done, and the run that is at it or was last."""

    __tablename__ = "job"

    name: str = Field(primary_key=True)
    watermark: datetime = Field(sa_type=Moment)
    run_id: int | None = None
    due: datetime | None = Field(default=None, sa_type=Moment)
    attempts: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=Moment)
    started_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    result: str | None = None
    words: str | None = None
    by: str | None = None


class JobRunRow(Base, table=True):
    """One run of a job. No due moment of a job has two runs that were done (a partial unique index)."""

    __tablename__ = "job_run"
    __table_args__ = (
        Index("ix_job_run_job_started_at", "job", "started_at"),
        Index(
            "uq_job_run_done",
            "job",
            "due",
            unique=True,
            sqlite_where=text(DONE),
            postgresql_where=text(DONE),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    job: str
    due: datetime | None = Field(default=None, sa_type=Moment)
    started_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    result: str
    words: str | None = None
    by: str


class LeaderRow(Base, table=True):
    """At most one row: the process that leads, or led last. `ended_at` is set where it left in order."""

    __tablename__ = "leader"

    id: int = Field(default=1, primary_key=True)
    by: str
    since: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
