"""How large the database of our own flow server is, and giving room on the disk back where that is safe.

What is deleted on a flow server on SQLite leaves room in its file, which it fills again; the file does not
shrink. It is rewritten only by `lifecycle up`, before the server is started: a running one would be locked
out of its database meanwhile. Of a server that is not ours nothing is known here.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from flows.server import FlowServer
from flows.server_facts import facts_of, is_ours
from lifecycle.settings import Settings
from states.errors import LifecycleError

FILE: Final = Path("prefect", "prefect.db")
WORTH_BYTES: Final = 32 * 2**20
"""Free room in the file for which it is rewritten; at least half of it has to be free besides."""


def server_bytes(server: FlowServer, settings: Settings) -> int | None:
    """Bytes of the server's database; None where it is not ours, or cannot be looked at."""
    facts = facts_of(server)
    if not is_ours(facts, settings):
        return None
    if settings.prefect_database_url:
        return _postgresql_bytes(settings.prefect_database_url)
    return None if facts is None or facts.postgresql else file_bytes(settings.home)


def file_bytes(home: Path) -> int | None:
    """Bytes of the SQLite file and its journal; None where there is none."""
    path = home / FILE
    if not path.exists():
        return None
    parts = (path, path.with_name(path.name + "-wal"))
    return sum(one.stat().st_size for one in parts if one.exists())


def free_bytes(home: Path) -> tuple[int, int]:
    """Bytes within the SQLite file that nothing uses, and of the whole file. Raises sqlite3.Error."""
    with closing(sqlite3.connect(f"file:{home / FILE}?mode=ro", uri=True, timeout=1)) as database:
        (page,), (pages,), (free,) = (
            database.execute(f"PRAGMA {name}").fetchone()
            for name in ("page_size", "page_count", "freelist_count")
        )
    return page * free, page * pages


def compact(home: Path) -> tuple[int, int] | None:
    """Rewrite the file of a server that does not run, where it is worth it; bytes before and after.

    None where it is not worth it, in use, or there is no room for the copy: the file then stays as it is.
    """
    try:
        if not (home / FILE).exists():
            return None
        free, whole = free_bytes(home)
        if free < WORTH_BYTES or free * 2 < whole:
            return None
        with closing(sqlite3.connect(home / FILE, timeout=1, isolation_level=None)) as database:
            database.execute("VACUUM")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return whole, file_bytes(home) or 0
    except (sqlite3.Error, OSError):
        return None


def in_mib(size: int) -> str:
    """Bytes for a person."""
    return f"{size / 2**20:.1f} MiB"


def _postgresql_bytes(address: str) -> int | None:
    from flows.flow_database import database_bytes  # noqa: PLC0415 - only who has such a database pays

    try:
        return database_bytes(address)
    except LifecycleError:
        return None
