"""Files of applications that were taken in: what became of each, by its bytes.

Frozen once released.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NEW_TABLES = "intake_file"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "intake_file",
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in ("sha256", "name", "folder", "status", "actor")
        ),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        *(sa.Column(name, sa.JSON, nullable=False) for name in ("accepted", "refused")),
        sa.PrimaryKeyConstraint("sha256", name="pk_intake_file"),
        sa.CheckConstraint("status IN ('taken', 'partly', 'refused')", name="ck_intake_file_status"),
    )
    op.create_index("ix_intake_file_at", "intake_file", ["at"])


def downgrade() -> None:
    """Take it away again. Only of use while a migration is being written."""
    op.drop_table("intake_file")
