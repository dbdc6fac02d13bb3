"""Campaigns: one action on many projects, its frozen list with what became of each, and its chunks.

Besides, an index: every step looks for the children of its project.

Frozen once released.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NEW_TABLES = "campaign campaign_item campaign_chunk"
STATUSES = "'draft', 'confirmed', 'running', 'done', 'cancelled', 'undone'"


def upgrade() -> None:
    """Add the three tables."""
    _add_campaign()
    op.create_table(
        "campaign_item",
        sa.Column("campaign_id", sa.String, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("position", "chunk")),
        sa.Column("project_id", sa.String, nullable=False),
        *(sa.Column(name, sa.String) for name in ("programme", "state")),
        sa.Column("undone_seq", sa.Integer),
        sa.Column("foreseen", sa.JSON),
        sa.Column("outcome", sa.String),
        sa.Column("seq", sa.Integer),
        sa.Column("answer", sa.JSON),
        sa.PrimaryKeyConstraint("campaign_id", "position", name="pk_campaign_item"),
        sa.UniqueConstraint("campaign_id", "project_id", name="uq_campaign_item_campaign_id_project_id"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_campaign_item_campaign_id"),
        sa.CheckConstraint("outcome IN ('done', 'refused')", name="ck_campaign_item_outcome"),
    )
    op.create_index("ix_campaign_item_campaign_id_chunk", "campaign_item", ["campaign_id", "chunk"])
    op.create_index("ix_campaign_item_project_id", "campaign_item", ["project_id"])
    op.create_table(
        "campaign_chunk",
        sa.Column("campaign_id", sa.String, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("number", "done", "refused")),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "number", name="pk_campaign_chunk"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_campaign_chunk_campaign_id"),
    )


def _add_campaign() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("key", sa.String),
        *(sa.Column(name, sa.String, nullable=False) for name in ("fingerprint", "action", "title")),
        *(sa.Column(name, sa.JSON) for name in ("scope", "body")),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("stood_in_by", sa.String),
        sa.Column("manifest", sa.String, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("total", "foreseen")),
        *(sa.Column(name, sa.JSON) for name in ("groups", "left_out")),
        sa.Column("chunk_size", sa.Integer, nullable=False),
        sa.Column("second", sa.Boolean, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        *(sa.Column(name, sa.String) for name in ("confirmed_by", "confirmed_stood_in_by")),
        *(sa.Column(name, sa.DateTime) for name in ("confirmed_at", "finished_at")),
        sa.Column("cancelled_by", sa.String),
        sa.Column("cancelled_at", sa.DateTime),
        sa.Column("undoes", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_campaign"),
        sa.UniqueConstraint("key", name="uq_campaign_key"),
        sa.ForeignKeyConstraint(["undoes"], ["campaign.id"], name="fk_campaign_undoes"),
        sa.CheckConstraint(f"status IN ({STATUSES})", name="ck_campaign_status"),
    )
    op.create_index("ix_campaign_status", "campaign", ["status"])
    op.create_index("ix_project_parent_id", "project", ["parent_id"])


def downgrade() -> None:
    """Take them away again. Only of use while a migration is being written."""
    op.drop_index("ix_project_parent_id", "project")
    for table in reversed(NEW_TABLES.split()):
        op.drop_table(table)
