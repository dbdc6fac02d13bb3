"""Turns between writers: who reads a count or a key and then writes on it waits for whoever did so before.

On SQLite a writer holds the whole store from its first moment, so that there is nothing to do. Names
are taken in one order everywhere: key, admission, project row, quota, ledger; else two could wait for
each other.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

ADMISSION: Final = "admission"
"""Numbers, limits and duplicates of applications."""

_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def hold(conn: Connection, name: str) -> None:
    """Wait until no other transaction holds this name, and hold it to the end of this one."""
    if conn.dialect.name == "postgresql":
        conn.execute(_HOLD, {"name": name})
