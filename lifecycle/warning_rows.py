"""The table of warnings: what went wrong with the running of the system itself, since when, told when.

Rows are dumb, as in `lifecycle.models`, which names this beside all the others.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field

from lifecycle.base import Base, Moment

LASTING = "ended_at IS NULL"


class WarningRow(Base, table=True):
    """One occurrence of one condition; at most one of a condition and subject lasts at a time."""

    __tablename__ = "warning"
    __table_args__ = (
        Index(
            "ix_warning_lasting",
            "condition",
            "subject",
            unique=True,
            sqlite_where=text(LASTING),
            postgresql_where=text(LASTING),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    condition: str
    subject: str
    sentence: str
    details: Any = Field(default=None, sa_column=Column(JSON))
    since: datetime = Field(sa_type=Moment)
    told_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
