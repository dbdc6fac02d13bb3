"""The tables of campaigns: the order, the frozen list of its projects, the chunks that were done.

Rows are dumb, like those of `lifecycle.models`. The row of a chunk is written in the transaction that did it,
so that a chunk is done once, whoever is killed when.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field

from lifecycle.base import Base, Moment


class CampaignRow(Base, table=True):
    """One action on many projects: what, by whom, on which list, how far it is. Its id is the command's."""

    __tablename__ = "campaign"
    __table_args__ = (Index("ix_campaign_status", "status"),)

    id: str = Field(primary_key=True)
    key: str | None = Field(default=None, unique=True)
    fingerprint: str
    action: str
    title: str
    scope: Any = Field(default=None, sa_column=Column(JSON))
    body: Any = Field(default=None, sa_column=Column(JSON))
    on: date
    at: datetime = Field(sa_type=Moment)
    actor: str
    stood_in_by: str | None = None
    manifest: str
    total: int
    foreseen: int
    groups: Any = Field(default=None, sa_column=Column(JSON))
    left_out: Any = Field(default=None, sa_column=Column(JSON))
    chunk_size: int
    second: bool
    status: str
    confirmed_by: str | None = None
    confirmed_stood_in_by: str | None = None
    confirmed_at: datetime | None = Field(default=None, sa_type=Moment)
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    cancelled_by: str | None = None
    cancelled_at: datetime | None = Field(default=None, sa_type=Moment)
    undoes: str | None = Field(default=None, foreign_key="campaign.id")


class CampaignItemRow(Base, table=True):
    """One project of the list: as it was at the manifest, what was foreseen, and what became of it.

    An id that no project has stands in the list too, so that it is told; it has no state.
    """

    __tablename__ = "campaign_item"
    __table_args__ = (
        UniqueConstraint("campaign_id", "project_id"),
        Index("ix_campaign_item_campaign_id_chunk", "campaign_id", "chunk"),
        Index("ix_campaign_item_project_id", "project_id"),
    )

    campaign_id: str = Field(primary_key=True, foreign_key="campaign.id")
    position: int = Field(primary_key=True)
    chunk: int
    project_id: str
    programme: str | None = None
    state: str | None = None
    undone_seq: int | None = None
    foreseen: Any = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    outcome: str | None = None
    seq: int | None = None
    answer: Any = Field(default=None, sa_column=Column(JSON(none_as_null=True)))


class CampaignChunkRow(Base, table=True):
    """A chunk that was done, with its counts: what makes (campaign, chunk) idempotent."""

    __tablename__ = "campaign_chunk"

    campaign_id: str = Field(primary_key=True, foreign_key="campaign.id")
    number: int = Field(primary_key=True)
    done: int
    refused: int
    at: datetime = Field(sa_type=Moment)
