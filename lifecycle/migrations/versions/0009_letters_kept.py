"""A released letter stays what it was: its digest, who released it and when are neither changed nor removed.

Frozen once released.
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEPT = ("letter_sha256", "released_by", "released_at")
REFUSAL = "append-only letter"


def upgrade() -> None:
    """Guard the three columns, and the rows that have them."""
    changed, removed = "notice_letter_kept", "notice_letter_not_removed"
    if op.get_bind().dialect.name == "postgresql":
        differs = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in KEPT)
        op.execute(
            f"CREATE TRIGGER {changed} BEFORE UPDATE OF {', '.join(KEPT)} ON notice FOR EACH ROW "
            f"WHEN (OLD.letter_sha256 IS NOT NULL AND ({differs})) EXECUTE FUNCTION lifecycle_refuse()"
        )
        op.execute(
            f"CREATE TRIGGER {removed} BEFORE DELETE ON notice FOR EACH ROW "
            "WHEN (OLD.letter_sha256 IS NOT NULL) EXECUTE FUNCTION lifecycle_refuse()"
        )
        return
    differs = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in KEPT)
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    op.execute(
        f"CREATE TRIGGER {changed} BEFORE UPDATE OF {', '.join(KEPT)} ON notice "
        f"WHEN OLD.letter_sha256 IS NOT NULL AND ({differs}) {refuse}"
    )
    op.execute(
        f"CREATE TRIGGER {removed} BEFORE DELETE ON notice WHEN OLD.letter_sha256 IS NOT NULL {refuse}"
    )


def downgrade() -> None:
    """Take the guards away again. Only of use while a migration is being written."""
    on = " ON notice" if op.get_bind().dialect.name == "postgresql" else ""
    for name in ("notice_letter_kept", "notice_letter_not_removed"):
        op.execute(f"DROP TRIGGER {name}{on}")
