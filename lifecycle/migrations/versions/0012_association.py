"""One more kind of unit: the association itself, under which the yearly work of a programme is recorded.

On SQLite the text of the table is edited in place, as in 0002 and for the same reasons. Frozen once released.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UNIT_KINDS = (
    "prov_society city_kx jiyuan_kx host_university host_enterprise host_hospital media_platform "
    "method_base univ_kx ent_kx fj_society fj_county_kx fj_city_kx fj_univ_kx fj_pingtan_kx fj_association"
)


def upgrade() -> None:
    """Widen the closed list of kinds."""
    listed = ", ".join(f"'{kind}'" for kind in UNIT_KINDS.split())
    allowed = f"kind IN ({listed})"
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE unit DROP CONSTRAINT ck_unit_kind")
        op.execute(f"ALTER TABLE unit ADD CONSTRAINT ck_unit_kind CHECK ({allowed})")
    else:
        _retext(op.get_bind(), allowed)


def downgrade() -> None:
    """The list stays wide. Only of use while a migration is being written."""


def _retext(conn: sa.Connection, allowed: str) -> None:
    version = conn.exec_driver_sql("PRAGMA schema_version").scalar_one()
    found = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'unit'"
    sql = str(conn.exec_driver_sql(found).scalar_one())
    head, sign, rest = sql.partition("ck_unit_kind CHECK (")
    before, close, after = rest.partition("))")
    if not sign or not close or not before.startswith("kind IN ("):
        raise RuntimeError(f"unit: no list of kinds in {sql}")
    conn.exec_driver_sql("PRAGMA writable_schema=ON")
    changed = f"{head}{sign}{allowed}){after}"
    conn.exec_driver_sql(
        "UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = 'unit'", (changed,)
    )
    conn.exec_driver_sql(f"PRAGMA schema_version={int(version) + 1}")
    conn.exec_driver_sql("PRAGMA writable_schema=RESET")
