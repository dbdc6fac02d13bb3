"""The next day on which a window of a recurring duty begins, by project.

Frozen once released.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and the index by which the sweep asks."""
    op.add_column("project", sa.Column("plan_on", sa.Date))
    op.create_index("ix_project_plan_on", "project", ["plan_on"])


def downgrade() -> None:
    """Take them away again. Only of use while a migration is being written."""
    op.drop_index("ix_project_plan_on", "project")
    op.drop_column("project", "plan_on")
