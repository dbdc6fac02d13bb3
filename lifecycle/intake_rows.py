"""The row of one file of applications: what became of it, readable without any flow server."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field

from lifecycle.base import Base, Moment


class IntakeFileRow(Base, table=True):
    """One file by its bytes, as it was taken in last: projects, and what was refused with reasons."""

    __tablename__ = "intake_file"
    __table_args__ = (Index("ix_intake_file_at", "at"),)

    sha256: str = Field(primary_key=True)
    name: str
    folder: str
    status: str
    actor: str
    on: date
    at: datetime = Field(sa_type=Moment)
    accepted: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    refused: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
