"""From rows to what a case needs to know of its family: its parent, and its own or its parent's children.

Reads only. Most cases have neither, which costs one indexed query.
"""

from __future__ import annotations

from sqlalchemy import Connection, RowMapping, bindparam, select

from lifecycle.cases import PROJECT, programme_of, project_row
from lifecycle.store import Store
from lifecycle.values import decode_all
from states.kin import Child, Parent
from states.names import State

CONCLUSION = ("evaluation.conclusion", "evaluation.has_issues", "evaluation.concluded_on")
_CHILDREN = (
    select(PROJECT.c.id, PROJECT.c.programme, PROJECT.c.pack_digest, PROJECT.c.state, PROJECT.c.marked)
    .where(PROJECT.c.parent_id == bindparam("parent"))
    .order_by(PROJECT.c.id)
)


def load_family(conn: Connection, store: Store, row: RowMapping) -> tuple[Parent | None, tuple[Child, ...]]:
    """The parent of a project, and the children of it or of its parent (itself among them)."""
    above = row["parent_id"]
    children = tuple(_child(conn, store, child) for child in _rows(conn, above or row["id"]))
    if above is None:
        return None, children
    parent = project_row(conn, above)
    kinds = programme_of(conn, store, parent).required_children
    told = decode_all(parent["facts"])
    return Parent(
        parent["id"],
        State(parent["state"]),
        parent["started_on"] is not None,
        kinds,
        {name: told[name] for name in CONCLUSION if name in told},
    ), children


def _rows(conn: Connection, parent: str) -> list[RowMapping]:
    return list(conn.execute(_CHILDREN, {"parent": parent}).mappings())


def _child(conn: Connection, store: Store, row: RowMapping) -> Child:
    lines = programme_of(conn, store, row).lineage
    return Child(row["id"], row["programme"], lines, State(row["state"]), row["marked"])
