"""The tables of what is owed and of what is told about it: duties, and the ledger of notices.

Rows are dumb, as in `lifecycle.models`, which names these beside all the others.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint, text
from sqlmodel import Field

from lifecycle.base import Base, Moment

OWED = ("status", "due", "id", "project_id", "owed_by", "slug", "provisional")
"""By what duties are listed and counted: all of it lies in one index, so that no row is looked up for it."""
STANDING, CLOSED = "closed_seq IS NULL", "closed_seq IS NOT NULL"


class DutyRow(Base, table=True):
    """Something owed by a date. `next_on` is the next day on which a sweep has to look at it."""

    __tablename__ = "duty"
    __table_args__ = (
        UniqueConstraint("project_id", "slug", "occurrence"),
        Index("ix_duty_next_on", "next_on"),
        Index("ix_duty_owed", *OWED, sqlite_where=text(STANDING), postgresql_where=text(STANDING)),
        Index("ix_duty_closed", "due", sqlite_where=text(CLOSED), postgresql_where=text(CLOSED)),
        Index("ix_duty_opened_on", "opened_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: str = Field(foreign_key="project.id")
    slug: str
    occurrence: str = ""
    rule: str
    label: str
    owed_by: str
    anchor: str
    anchor_date: date
    legal_due: date
    due: date
    soft_due: date
    grace_until: date | None = None
    provisional: bool = False
    suggested: bool = False
    status: str
    met_on: date | None = None
    opened_on: date | None = None
    opened_seq: int | None = None
    closed_seq: int | None = None
    entered_on: date | None = None
    plan_from: date | None = None
    reminded_on: date | None = None
    told_on: date | None = None
    escalated: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    escalated_on: date | None = None
    next_on: date | None = None
    marks: Any = Field(default=None, sa_column=Column(JSON))
    moves: Any = Field(default=None, sa_column=Column(JSON))
    proofs: Any = Field(default=None, sa_column=Column(JSON))
    steps: Any = Field(default=None, sa_column=Column(JSON))


class NoticeRow(Base, table=True):
    """The ledger of notices and letters; written with the change that causes them, delivered later."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_status_id", "status", "id"),
        Index("ix_notice_project_id", "project_id"),
        Index("ix_notice_duty_id", "duty_id"),
        Index("ix_notice_digest", "digest"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    project_id: str | None = Field(default=None, foreign_key="project.id")
    duty_id: int | None = Field(default=None, foreign_key="duty.id")
    command_id: str | None = None
    seq: int | None = None
    kind: str
    letter: bool = False
    receiver: str
    address: str | None = None
    channel: str
    subject: str
    details: Any = Field(default=None, sa_column=Column(JSON))
    status: str
    attempts: int = 0
    created_on: date
    not_before: datetime | None = Field(default=None, sa_type=Moment)
    lease_until: datetime | None = Field(default=None, sa_type=Moment)
    lease_by: str | None = None
    released_by: str | None = None
    anytime: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    digest: str | None = None
    released_at: datetime | None = Field(default=None, sa_type=Moment)
    letter_sha256: str | None = None
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    error: str | None = None
    answer: str | None = None


class FeedRow(Base, table=True):
    """Deadlines for a calendar program: of one unit, or of all. The token itself is kept nowhere."""

    __tablename__ = "feed"

    id: int | None = Field(default=None, primary_key=True)
    name: str
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    token_sha256: str = Field(unique=True)
    created_by: str
    created_at: datetime = Field(sa_type=Moment)
    revoked_by: str | None = None
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
