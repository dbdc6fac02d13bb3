"""Warnings of the system itself, and notices that are about no project.

On SQLite the text of the table of notices is edited in place, as in 0002 and for the same reasons. Frozen
once released.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NEW_TABLES = "warning"
LASTING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Add the table, and let a notice be without a project."""
    op.create_table(
        "warning",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("condition", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("sentence", sa.String, nullable=False),
        sa.Column("details", sa.JSON),
        sa.Column("since", sa.DateTime, nullable=False),
        sa.Column("told_at", sa.DateTime),
        sa.Column("ended_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_warning"),
        sa.UniqueConstraint("key", name="uq_warning_key"),
    )
    op.create_index(
        "ix_warning_lasting", "warning", ["condition", "subject"],
        unique=True, sqlite_where=LASTING, postgresql_where=LASTING,
    )  # fmt: skip
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE notice ALTER COLUMN project_id DROP NOT NULL")
    else:
        _retext(op.get_bind())


def downgrade() -> None:
    """Take the table away again. Only of use while a migration is being written."""
    op.drop_table("warning")


def _retext(conn: sa.Connection) -> None:
    version = conn.exec_driver_sql("PRAGMA schema_version").scalar_one()
    found = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'notice'"
    sql = str(conn.exec_driver_sql(found).scalar_one())
    wanted = "project_id VARCHAR NOT NULL"
    if sql.count(wanted) != 1:
        raise RuntimeError(f"notice: no project_id in {sql}")
    conn.exec_driver_sql("PRAGMA writable_schema=ON")
    conn.exec_driver_sql(
        "UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = 'notice'",
        (sql.replace(wanted, "project_id VARCHAR"),),
    )
    conn.exec_driver_sql(f"PRAGMA schema_version={int(version) + 1}")
    conn.exec_driver_sql("PRAGMA writable_schema=RESET")
