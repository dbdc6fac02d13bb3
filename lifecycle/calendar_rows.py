"""The tables of the working-day calendar: notices imported, and how far dates were recounted by each.

Rows are dumb, like those of `lifecycle.models`. Imports are append-only by trigger; of a year the last holds.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from lifecycle.base import Base, Moment


class CalendarImportRow(Base, table=True):
    """One notice of holidays as it was imported: the document, its days, and who imported it when and why."""

    __tablename__ = "calendar_import"

    id: int | None = Field(default=None, primary_key=True)
    year: int
    number: str
    issued_on: date
    digest: str
    body: Any = Field(default=None, sa_column=Column(JSON))
    file: str
    on: date
    at: datetime = Field(sa_type=Moment)
    actor: str
    stood_in_by: str | None = None
    reason: str | None = None


class CalendarRecountRow(Base, table=True):
    """One recount of the dates that rest on a year: `cursor` is the last project that was looked at.

    `import_id` is the import that called for it; None for a year that came with a newer program.
    """

    __tablename__ = "calendar_recount"

    id: int | None = Field(default=None, primary_key=True)
    year: int
    import_id: int | None = Field(default=None, foreign_key="calendar_import.id")
    first_on: date
    last_on: date
    begun_on: date
    cursor: str = ""
    looked: int = 0
    moved: int = 0
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
