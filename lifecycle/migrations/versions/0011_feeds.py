"""Feeds of deadlines for calendar programs, by the digest of their tokens; and an index over closed duties.

Frozen once released.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NEW_TABLES = "feed"
CLOSED = sa.text("closed_seq IS NOT NULL")


def upgrade() -> None:
    """Add the table and the index."""
    op.create_table(
        "feed",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("unit_id", sa.Integer),
        sa.Column("token_sha256", sa.String, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("revoked_by", sa.String),
        sa.Column("revoked_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_feed"),
        sa.UniqueConstraint("token_sha256", name="uq_feed_token_sha256"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_feed_unit_id"),
    )
    op.create_index("ix_duty_closed", "duty", ["due"], sqlite_where=CLOSED, postgresql_where=CLOSED)


def downgrade() -> None:
    """Take them away again. Only of use while a migration is being written."""
    op.drop_index("ix_duty_closed", "duty")
    op.drop_table("feed")
