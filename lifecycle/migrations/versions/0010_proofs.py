"""What was done for a duty, with its papers and particulars, kept with the duty itself.

Frozen once released.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of duties fulfilled before, the history alone tells."""
    op.add_column("duty", sa.Column("proofs", sa.JSON))


def downgrade() -> None:
    """Take it away again. Only of use while a migration is being written."""
    op.drop_column("duty", "proofs")
