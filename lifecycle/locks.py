"""Turns between writers: who reads a count or a key and then writes on it waits for whoever did so before.

On SQLite a writer holds the whole store from its first moment, so that there is nothing to do. Names
are taken in one order everywhere: key, admission, project row, quota, ledger; else two could wait for
each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, text

ADMISSION: Final = "admission"
"""Numbers, limits and duplicates of applications."""

_HOLD_ALL = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(CAST(:names AS text[])) AS name"
)
_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def hold(conn: Connection, name: str) -> None:
    """Wait until no other transaction holds this name, and hold it to the end of this one."""
    if conn.dialect.name == "postgresql":
        conn.execute(_HOLD, {"name": name})


def hold_all(conn: Connection, names: Iterable[str]) -> None:
    """Hold many names at once, always in the same order, so that no two who do so wait for each other."""
    wanted = sorted(set(names))
    if wanted and conn.dialect.name == "postgresql":
        conn.execute(_HOLD_ALL, {"names": wanted})
