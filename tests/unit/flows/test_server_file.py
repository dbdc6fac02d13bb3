"""The file of a flow server on SQLite: made smaller where that is worth it and safe, else left alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from flows import server_file
from flows.server_file import FILE, compact, file_bytes, free_bytes, in_mib


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose server has deleted most of what it had."""
    monkeypatch.setattr(server_file, "WORTH_BYTES", 2**20)
    (tmp_path / FILE).parent.mkdir()
    with closing(sqlite3.connect(tmp_path / FILE)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE run (id INTEGER PRIMARY KEY, body BLOB)")
        database.executemany("INSERT INTO run (body) VALUES (zeroblob(4096))", [()] * 1000)
        database.execute("DELETE FROM run WHERE id > 100")
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return tmp_path


def rows(home: Path) -> int:
    with closing(sqlite3.connect(home / FILE)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found: int = database.execute("SELECT count(*) FROM run").fetchone()[0]
    return found


def test_free_room_is_given_back_and_nothing_else_is_lost(home: Path) -> None:
    free, whole = free_bytes(home)
    assert free > whole // 2
    sizes = compact(home)
    assert sizes == (whole, file_bytes(home))
    assert sizes[1] < whole // 2
    assert rows(home) == 100
    assert compact(home) is None


def test_a_file_that_somebody_writes_to_is_left_alone(home: Path) -> None:
    before = file_bytes(home)
    with closing(sqlite3.connect(home / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert compact(home) is None
        other.execute("ROLLBACK")
    assert file_bytes(home) == before
    assert rows(home) == 100


def test_what_is_not_worth_it_not_there_or_no_database_is_left_alone(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_file, "WORTH_BYTES", 2**30)
    assert compact(home) is None
    assert compact(tmp_path / "nowhere") is None
    assert file_bytes(tmp_path / "nowhere") is None
    monkeypatch.setattr(server_file, "WORTH_BYTES", 0)
    (home / FILE).write_bytes(b"no database" * 1000)
    assert compact(home) is None
    assert (home / FILE).read_bytes() == b"no database" * 1000


def test_sizes_are_told_in_mib() -> None:
    assert in_mib(3 * 2**19) == "1.5 MiB"
