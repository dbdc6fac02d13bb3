"""The tables of scoped amendments of deadlines: one row for the decision, one for each project that it names.

Rows are dumb, like those of `lifecycle.models`. A row of a project is written before the project is
touched, so that a run that was broken off is taken up where it stopped.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field

from lifecycle.base import Base, Moment


class AmendmentRow(Base, table=True):
    """One amendment: what it changes, of what scope, by which document. Its id is its number."""

    __tablename__ = "amendment"

    id: int | None = Field(default=None, primary_key=True)
    key: str | None = Field(default=None, unique=True)
    fingerprint: str
    kind: str
    change: Any = Field(default=None, sa_column=Column(JSON))
    scope: Any = Field(default=None, sa_column=Column(JSON))
    document: str
    reason: str
    manifest: str
    on: date
    at: datetime = Field(sa_type=Moment)
    actor: str
    stood_in_by: str | None = None


class AmendmentProjectRow(Base, table=True):
    """What an amendment did to a project: nothing yet, an entry with its changes, or the reasons why not."""

    __tablename__ = "amendment_project"
    __table_args__ = (Index("ix_amendment_project_project_id", "project_id"),)

    amendment_id: int = Field(primary_key=True, foreign_key="amendment.id")
    project_id: str = Field(primary_key=True, foreign_key="project.id")
    seq: int | None = None
    changes: Any = Field(default=None, sa_column=Column(JSON))
    reasons: Any = Field(default=None, sa_column=Column(JSON))
    undone_seq: int | None = None
