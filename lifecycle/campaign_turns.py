"""All turns that the steps of a chunk take, taken before the first of them is written.

A step alone takes its turns one by one and the chain last. A chunk that did so would hold the chain while it
waits for a project, and whoever has that project would wait for the chain.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, or_, select

from lifecycle.cases import PROJECT
from lifecycle.family import family_of
from lifecycle.locks import ADMISSION, hold, hold_all
from lifecycle.stepping import HANDING_IN, REVIVING
from lifecycle.store import Store
from lifecycle.surroundings import AWARDS
from states.names import Action

MOVING = frozenset({Action.ADOPT_PACK, Action.REVERSE_STEP})
"""Steps that may take a project to the pool of another pack version."""


def hold_together(conn: Connection, store: Store, action: Action, ids: Sequence[str]) -> None:
    """Hold admission, families, project rows and pools of the quota, in the order of `lifecycle.locks`.

    On SQLite the writer has the whole store anyway.
    """
    if conn.dialect.name != "postgresql":
        return
    p = PROJECT.c
    if action in HANDING_IN | REVIVING:
        hold(conn, ADMISSION)
    near = conn.execute(select(p.id, p.parent_id).where(p.id.in_(ids))).mappings().all()
    hold_all(conn, [family_of(row) for row in near])
    related = or_(p.id.in_(ids), p.parent_id.in_(ids), p.id.in_([row["parent_id"] for row in near]))
    locked = select(p.id, p.quota_pool).where(related).order_by(p.id).with_for_update(key_share=True)
    pools = {row.quota_pool for row in conn.execute(locked)}
    if action in MOVING:
        pools |= {one.quota_pool for one in store.catalogue.programmes.values()}
    if action in AWARDS | MOVING:
        hold_all(conn, [f"quota:{pool}" for pool in pools])
