"""How far each scheduled job has come, its runs, and which process leads.

Frozen once released.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NEW_TABLES = "job job_run leader"
RESULTS = "result IN ('running', 'done', 'failed', 'broken')"
DONE = sa.text("result = 'done'")


def upgrade() -> None:
    """Add the tables and the indexes."""
    op.create_table(
        "job",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("watermark", sa.DateTime, nullable=False),
        sa.Column("run_id", sa.Integer),
        sa.Column("due", sa.DateTime),
        sa.Column("attempts", sa.Integer, nullable=False),
        *(sa.Column(name, sa.DateTime) for name in ("lease_until", "started_at", "ended_at")),
        *(sa.Column(name, sa.String) for name in ("result", "words", "by")),
        sa.PrimaryKeyConstraint("name", name="pk_job"),
        sa.CheckConstraint(RESULTS, name="ck_job_result"),
    )
    op.create_table(
        "job_run",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("job", sa.String, nullable=False),
        sa.Column("due", sa.DateTime),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
        sa.Column("result", sa.String, nullable=False),
        sa.Column("words", sa.String),
        sa.Column("by", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job_run"),
        sa.CheckConstraint(RESULTS, name="ck_job_run_result"),
    )
    op.create_table(
        "leader",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("since", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_leader"),
        sa.CheckConstraint("id = 1", name="ck_leader_one"),
    )
    op.create_index("ix_job_run_job_started_at", "job_run", ["job", "started_at"])
    op.create_index(
        "uq_job_run_done", "job_run", ["job", "due"], unique=True, sqlite_where=DONE, postgresql_where=DONE
    )


def downgrade() -> None:
    """Take them away again. Only of use while a migration is being written."""
    for table in NEW_TABLES.split():
        op.drop_table(table)
