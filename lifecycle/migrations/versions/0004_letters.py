"""When a letter was released, and the digest of the document that went out, which lies in the archive.

Frozen once released.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("notice", sa.Column("released_at", sa.DateTime))
    op.add_column("notice", sa.Column("letter_sha256", sa.String))


def downgrade() -> None:
    """Take them away again. Only of use while a migration is being written."""
    op.drop_column("notice", "letter_sha256")
    op.drop_column("notice", "released_at")
