"""One row of the ledger over all entries that one transaction writes. Never commits.

A step alone writes its row at once; a chunk of a campaign writes hundreds of entries and one row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from lifecycle.chain import append_ledger, next_ledger


class OneCommit:
    """The entries of a transaction so far; its number is taken with the first of them."""

    def __init__(self) -> None:
        self._number: int | None = None
        self._hashes: list[str] = []

    def number(self, conn: Connection) -> int:
        """The number that the row of the ledger will have."""
        if self._number is None:
            self._number = next_ledger(conn)
        return self._number

    def add(self, entry_hash: str) -> None:
        """An entry that was written under that number."""
        self._hashes.append(entry_hash)

    @contextmanager
    def attempt(self, conn: Connection) -> Iterator[None]:
        """A savepoint: what raises within leaves no entry, neither in the tables nor here."""
        known = len(self._hashes)
        try:
            with conn.begin_nested():
                yield
        except BaseException:
            del self._hashes[known:]
            raise

    def close(self, conn: Connection, at: datetime) -> None:
        """Append the row, if there were entries; nothing may be written under this number afterwards."""
        if self._hashes:
            append_ledger(conn, self._hashes, at)
