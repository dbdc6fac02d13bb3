"""Scoped amendments of deadlines with what they changed on each project, and the internal grace of a duty.

Frozen once released.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEW_TABLES = "amendment amendment_project"


def upgrade() -> None:
    """Add the column and the two tables."""
    op.add_column("duty", sa.Column("grace_until", sa.Date))
    op.create_table(
        "amendment",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String),
        *(sa.Column(name, sa.String, nullable=False) for name in ("fingerprint", "kind")),
        *(sa.Column(name, sa.JSON) for name in ("change", "scope")),
        *(sa.Column(name, sa.String, nullable=False) for name in ("document", "reason", "manifest")),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("stood_in_by", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_amendment"),
        sa.UniqueConstraint("key", name="uq_amendment_key"),
        sa.CheckConstraint("kind IN ('end', 'due', 'grace')", name="ck_amendment_kind"),
    )
    op.create_table(
        "amendment_project",
        sa.Column("amendment_id", sa.Integer, nullable=False),
        sa.Column("project_id", sa.String, nullable=False),
        sa.Column("seq", sa.Integer),
        *(sa.Column(name, sa.JSON) for name in ("changes", "reasons")),
        sa.Column("undone_seq", sa.Integer),
        sa.PrimaryKeyConstraint("amendment_id", "project_id", name="pk_amendment_project"),
        sa.ForeignKeyConstraint(["amendment_id"], ["amendment.id"], name="fk_amendment_project_amendment_id"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_amendment_project_project_id"),
    )
    op.create_index("ix_amendment_project_project_id", "amendment_project", ["project_id"])


def downgrade() -> None:
    """Take them away again. Only of use while a migration is being written."""
    for table in reversed(NEW_TABLES.split()):
        op.drop_table(table)
    op.drop_column("duty", "grace_until")
