"""What was said of a duty and since when, the digest that a notice went with, letters that go at any hour.

A duty that stands already was entered when it was opened; its plan counts from its last move. Frozen once
released.
"""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

DUTY = sa.table(
    "duty",
    *(sa.column(name, sa.Date) for name in ("opened_on", "due", "entered_on", "plan_from")),
    *(sa.column(name, sa.Date) for name in ("reminded_on", "told_on")),
    sa.column("id", sa.Integer),
    sa.column("moves", sa.JSON),
    sa.column("status", sa.String),
)


def upgrade() -> None:
    """Add the columns and the indexes, and fill in what is known of duties that stand."""
    for name in ("entered_on", "plan_from", "told_on", "escalated_on"):
        op.add_column("duty", sa.Column(name, sa.Date))
    op.add_column("duty", sa.Column("escalated", sa.Integer, nullable=False, server_default="0"))
    op.add_column("notice", sa.Column("anytime", sa.Boolean, nullable=False, server_default=sa.text("false")))
    op.add_column("notice", sa.Column("digest", sa.String))
    op.create_index("ix_notice_digest", "notice", ["digest"])
    conn = op.get_bind()
    known = sa.func.coalesce(DUTY.c.opened_on, DUTY.c.due)
    told = sa.case((DUTY.c.reminded_on > DUTY.c.due, DUTY.c.reminded_on), else_=None)
    overdue = sa.case((DUTY.c.status == "overdue", told), else_=None)
    conn.execute(sa.update(DUTY).values(entered_on=known, plan_from=known, told_on=overdue))
    _from_the_last_move(conn)


def _from_the_last_move(conn: sa.Connection) -> None:
    some = sa.cast(DUTY.c.moves, sa.String).not_in(("[]", "null"))
    moved = conn.execute(sa.select(DUTY.c.id, DUTY.c.plan_from, DUTY.c.moves).where(some)).all()
    later = [
        {"of_duty": row.id, "day": max(row.plan_from, date.fromisoformat(row.moves[-1]["on"]))}
        for row in moved
        if row.moves
    ]
    if later:
        change = sa.update(DUTY).where(DUTY.c.id == sa.bindparam("of_duty"))
        conn.execute(change.values(plan_from=sa.bindparam("day")), later)


def downgrade() -> None:
    """Take them away again. Only of use while a migration is being written."""
    op.drop_index("ix_notice_digest", "notice")
    for table, columns in (
        ("notice", "digest anytime"),
        ("duty", "escalated escalated_on told_on plan_from entered_on"),
    ):
        for column in columns.split():
            op.drop_column(table, column)
