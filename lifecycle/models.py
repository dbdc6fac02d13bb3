"""The tables. Rows are dumb: what enters is validated at the edge, what leaves is frozen.

Names are strings with hand-written CHECKs in the migration; money is integer fen; a day is a
date; a moment is aware UTC (stored naive, see `Moment`). History is append-only by trigger.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, UniqueConstraint
from sqlmodel import Field

from lifecycle.amended import AmendmentProjectRow, AmendmentRow
from lifecycle.base import NAMES, Base, Moment
from lifecycle.calendar_rows import CalendarImportRow, CalendarRecountRow
from lifecycle.campaigned import CampaignChunkRow, CampaignItemRow, CampaignRow
from lifecycle.intake_rows import IntakeFileRow
from lifecycle.job_rows import JobRow, JobRunRow, LeaderRow
from lifecycle.obligations import DutyRow, FeedRow, NoticeRow
from lifecycle.parties import DelegationRow, GrantRow, PersonRow, RightsLogRow, UnitFactRow, UnitRow
from lifecycle.rulings import (
    CallLogRow,
    CallRow,
    FindingRow,
    PackCurrentRow,
    PackRow,
    PublicationEntryRow,
    PublicationRow,
)
from lifecycle.warning_rows import WarningRow

__all__ = [
    "NAMES",
    "AmendmentProjectRow",
    "AmendmentRow",
    "Base",
    "CalendarImportRow",
    "CalendarRecountRow",
    "CallLogRow",
    "CallRow",
    "CampaignChunkRow",
    "CampaignItemRow",
    "CampaignRow",
    "CommandRow",
    "DelegationRow",
    "DutyRow",
    "FeedRow",
    "FindingRow",
    "GrantRow",
    "HistoryRow",
    "HistoryValueRow",
    "IdempotencyRow",
    "IntakeFileRow",
    "JobRow",
    "JobRunRow",
    "LeaderRow",
    "LedgerRow",
    "MaterialRow",
    "Moment",
    "NoticeRow",
    "PackCurrentRow",
    "PackRow",
    "PersonRow",
    "ProjectRow",
    "PublicationEntryRow",
    "PublicationRow",
    "RightsLogRow",
    "StoreRow",
    "UnitFactRow",
    "UnitRow",
    "WarningRow",
]


class StoreRow(Base, table=True):
    """One row: what this store is."""

    __tablename__ = "store"

    id: int = Field(default=1, primary_key=True)
    store_id: str
    rehearsal: bool = False
    created_at: datetime = Field(sa_type=Moment)
    swept_on: date | None = None


class ProjectRow(Base, table=True):
    """One case. Facts, targets and flags are JSON; what is queried is a column."""

    __tablename__ = "project"
    __table_args__ = (
        Index("ix_project_programme_state", "programme", "state"),
        Index("ix_project_quota_pool_state", "quota_pool", "state"),
        Index("ix_project_unit_id_programme", "unit_id", "programme"),
        Index("ix_project_state", "state"),
        Index("ix_project_plan_on", "plan_on"),
        Index("ix_project_parent_id", "parent_id"),
    )

    id: str = Field(primary_key=True)
    programme: str
    quota_pool: str
    number: int
    pack_digest: str = Field(foreign_key="pack.digest")
    variant: str
    title: str
    normal_title: str
    unit_id: int = Field(foreign_key="unit.id")
    year: int
    state: str
    version: int
    amount_fen: int | None = Field(default=None, sa_type=BigInteger)
    parent_id: str | None = Field(default=None, foreign_key="project.id")
    marked: bool = False
    started_on: date | None = None
    ends_on: date | None = None
    last_on: date
    plan_on: date | None = None
    overdue: int = 0
    contact: Any = Field(default=None, sa_column=Column(JSON))
    facts: Any = Field(default=None, sa_column=Column(JSON))
    fact_sources: Any = Field(default=None, sa_column=Column(JSON))
    targets: Any = Field(default=None, sa_column=Column(JSON))
    flags: Any = Field(default=None, sa_column=Column(JSON))


class HistoryRow(Base, table=True):
    """One entry of a project's hash chain. Never updated, never deleted (triggers)."""

    __tablename__ = "history"
    __table_args__ = (
        UniqueConstraint("project_id", "seq"),
        Index("ix_history_ledger_n", "ledger_n"),
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: str = Field(foreign_key="project.id")
    seq: int
    ledger_n: int
    at: datetime = Field(sa_type=Moment)
    on: date
    backdated: bool = False
    actor: str
    stood_in_by: str | None = None
    represented: str | None = None
    role: str
    action: str
    source: str | None = None
    dest: str
    reason: str | None = None
    document: str | None = None
    rule: str | None = None
    cite: str | None = None
    cite_document: str | None = None
    materials: Any = Field(default=None, sa_column=Column(JSON))
    digests: Any = Field(default=None, sa_column=Column(JSON))
    prev_hash: str
    hash: str


class HistoryValueRow(Base, table=True):
    """The values behind a history entry's salted digests; may be erased without breaking the chain."""

    __tablename__ = "history_value"
    __table_args__ = (Index("ix_history_value_project_id_seq", "project_id", "seq"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: str = Field(foreign_key="project.id")
    seq: int
    name: str
    old: Any = Field(default=None, sa_column=Column(JSON))
    new: Any = Field(default=None, sa_column=Column(JSON))
    salt: str
    erased: bool = False


class LedgerRow(Base, table=True):
    """The global chain of heads: one row per commit, over the hashes of all entries in it."""

    __tablename__ = "ledger"

    n: int = Field(primary_key=True)
    at: datetime = Field(sa_type=Moment)
    entries: int
    digest: str
    prev_head: str
    head: str


class MaterialRow(Base, table=True):
    """A filed paper. The bytes lie in the archive folder under their SHA-256; nothing overwrites."""

    __tablename__ = "material"
    __table_args__ = (Index("ix_material_project_id_kind", "project_id", "kind"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: str = Field(foreign_key="project.id")
    seq: int
    kind: str
    filename: str
    sha256: str
    size: int = Field(sa_type=BigInteger)
    version: int
    filed_by: str
    filed_at: datetime = Field(sa_type=Moment)


class CommandRow(Base, table=True):
    """The orchestration outbox: a committed command whose Prefect flow run is still to come."""

    __tablename__ = "command"
    __table_args__ = (Index("ix_command_status_created_at", "status", "created_at"),)

    id: str = Field(primary_key=True)
    action: str
    programme: str
    summary: str
    actor: str
    project_ids: Any = Field(default=None, sa_column=Column(JSON))
    body: Any = Field(default=None, sa_column=Column(JSON))
    status: str = "pending"
    attempts: int = 0
    created_at: datetime = Field(sa_type=Moment)
    lease_until: datetime | None = Field(default=None, sa_type=Moment)
    flow_run_id: str | None = None
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    error: str | None = None


class IdempotencyRow(Base, table=True):
    """The answer that an idempotency key got."""

    __tablename__ = "idempotency"

    key: str = Field(primary_key=True)
    fingerprint: str
    answer: Any = Field(default=None, sa_column=Column(JSON))
    at: datetime = Field(sa_type=Moment)
