"""The working-day calendar of a store: notices imported, append-only, and the recounts that they called for.

Frozen once released.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NEW_TABLES = "calendar_import calendar_recount"
REFUSAL = "append-only table"


def upgrade() -> None:
    """Add the two tables and guard the first."""
    op.create_table(
        "calendar_import",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("number", sa.String, nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("body", sa.JSON),
        sa.Column("file", sa.String, nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        *(sa.Column(name, sa.String) for name in ("stood_in_by", "reason")),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_import"),
    )
    op.create_table(
        "calendar_recount",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("import_id", sa.Integer),
        *(sa.Column(name, sa.Date, nullable=False) for name in ("first_on", "last_on", "begun_on")),
        sa.Column("cursor", sa.String, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("looked", "moved")),
        sa.Column("finished_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_recount"),
        sa.ForeignKeyConstraint(["import_id"], ["calendar_import.id"], name="fk_calendar_recount_import_id"),
    )
    _guard()


def _guard() -> None:
    """Let nobody change or remove what was imported."""
    if op.get_bind().dialect.name == "postgresql":
        for changes, level in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            name = f"calendar_import_no_{changes.lower().replace(' ', '_')}"
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {changes} ON calendar_import FOR EACH {level} "
                "EXECUTE FUNCTION lifecycle_refuse()"
            )
        return
    for change in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER calendar_import_no_{change} BEFORE {change.upper()} ON calendar_import "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}: calendar_import'); END"
        )


def downgrade() -> None:
    """Take them away again. Only of use while a migration is being written."""
    for table in reversed(NEW_TABLES.split()):
        op.drop_table(table)
