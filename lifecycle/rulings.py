"""The tables of what was found and laid down beside a project's own history: findings of a review,
published lists, packs and which are in force, calls and who opened and closed them.

Rows are dumb, like those of `lifecycle.models`. All but packs and calls are append-only by trigger.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field

from lifecycle.base import Base, Moment


class FindingRow(Base, table=True):
    """One eligibility finding as it stood at a review step, with the facts that it looked at."""

    __tablename__ = "finding"
    __table_args__ = (Index("ix_finding_project_id_seq", "project_id", "seq"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: str = Field(foreign_key="project.id")
    seq: int
    rule: str
    name: str
    result: str
    severity: str
    stage: str
    message: str
    cite: str | None = None
    document: str | None = None
    missing: Any = Field(default=None, sa_column=Column(JSON))
    inputs: Any = Field(default=None, sa_column=Column(JSON))


class PublicationRow(Base, table=True):
    """A published list of one programme: the day, the address, and who published it (R-LIFE-65)."""

    __tablename__ = "publication"
    __table_args__ = (UniqueConstraint("command_id", "programme"),)

    id: int | None = Field(default=None, primary_key=True)
    command_id: str
    programme: str
    on: date
    url: str | None = None
    published_by: str
    at: datetime = Field(sa_type=Moment)


class PublicationEntryRow(Base, table=True):
    """One project on a published list, under the title and unit that were published."""

    __tablename__ = "publication_entry"

    publication_id: int = Field(primary_key=True, foreign_key="publication.id")
    project_id: str = Field(primary_key=True, foreign_key="project.id")
    title: str
    unit: str


class PackRow(Base, table=True):
    """A resolved pack by its digest."""

    __tablename__ = "pack"

    digest: str = Field(primary_key=True)
    slug: str
    version: str
    body: str
    stored_at: datetime = Field(sa_type=Moment)


class PackCurrentRow(Base, table=True):
    """The pack of a slug under which new applications enter, where it is not the shipped one."""

    __tablename__ = "pack_current"

    slug: str = Field(primary_key=True)
    digest: str = Field(foreign_key="pack.digest")
    version: str
    since: date
    set_by: str
    at: datetime = Field(sa_type=Moment)


class CallRow(Base, table=True):
    """A call for applications of one programme."""

    __tablename__ = "call"

    programme: str = Field(primary_key=True)
    opens_on: date | None = None
    closes_on: date | None = None


class CallLogRow(Base, table=True):
    """One change of a call's days: who made it, when and why."""

    __tablename__ = "call_log"
    __table_args__ = (Index("ix_call_log_programme", "programme"),)

    id: int | None = Field(default=None, primary_key=True)
    programme: str
    opens_on: date | None = None
    closes_on: date | None = None
    on: date
    at: datetime = Field(sa_type=Moment)
    actor: str
    stood_in_by: str | None = None
    reason: str | None = None
