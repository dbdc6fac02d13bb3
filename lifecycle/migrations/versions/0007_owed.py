"""The indexes by which duties are listed, counted and swept however many there are.

Frozen once released.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OWED = ["status", "due", "id", "project_id", "owed_by", "slug", "provisional"]
STANDING = sa.text("closed_seq IS NULL")


def upgrade() -> None:
    """Put one index over what is still owed in the place of that by status, and two where there was none."""
    op.drop_index("ix_duty_status_due", "duty")
    op.create_index("ix_duty_owed", "duty", OWED, sqlite_where=STANDING, postgresql_where=STANDING)
    op.create_index("ix_duty_opened_on", "duty", ["opened_on"])
    op.create_index("ix_notice_duty_id", "notice", ["duty_id"])


def downgrade() -> None:
    """Take them away again. Only of use while a migration is being written."""
    op.drop_index("ix_notice_duty_id", "notice")
    op.drop_index("ix_duty_opened_on", "duty")
    op.drop_index("ix_duty_owed", "duty")
    op.create_index("ix_duty_status_due", "duty", ["status", "due"])
