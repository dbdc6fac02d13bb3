"""What the other side said when it took a notice.

Frozen once released.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("notice", sa.Column("answer", sa.String))


def downgrade() -> None:
    """Take it away again. Only of use while a migration is being written."""
    op.drop_column("notice", "answer")
