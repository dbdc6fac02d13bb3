"""Whatever the program writes is its owner's alone, whatever the shell says."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lifecycle.archive import file_bytes
from lifecycle.database import init_store, open_engine, reading, store_file
from lifecycle.settings import read_settings
from lifecycle.upgrade import _back_up
from tests.acceptance.driver import LIFECYCLE, environment

AT = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _open_handed() -> Iterator[None]:
    """A shell that lets everybody read and write."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def open_to_others(folder: Path) -> list[str]:
    """Every file and folder below that somebody else may touch."""
    return sorted(path.name for path in folder.rglob("*") if mode(path) & 0o077)


def test_a_store_in_an_open_folder_is_private_with_all_that_lies_beside_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    settings = read_settings({}, home=tmp_path)
    engine = open_engine(settings)
    init_store(engine, settings, rehearsal=False, at=AT, admin_login="root")
    with reading(engine) as conn:
        conn.exec_driver_sql("SELECT 1")
        beside = {path.name: mode(path) for path in tmp_path.iterdir()}
    engine.dispose()
    name = store_file(settings).name
    assert beside == {name: 0o600, f"{name}-wal": 0o600, f"{name}-shm": 0o600}


def test_a_copy_before_an_upgrade_is_private(tmp_path: Path) -> None:
    settings = read_settings({}, home=tmp_path)
    engine = open_engine(settings)
    init_store(engine, settings, rehearsal=False, at=AT, admin_login="root")
    engine.dispose()
    left = tmp_path / "lifecycle-0001-20200101T000000.backup.part"
    left.write_text("left by one who was killed")
    _back_up(store_file(settings), "0001", AT)

    assert [mode(path) for path in tmp_path.glob("*.backup.sqlite3")] == [0o600]
    assert not left.exists()


def test_a_filed_paper_is_private_with_its_folders(tmp_path: Path) -> None:
    file_bytes(tmp_path, "来件.txt", b"x", 10)
    assert open_to_others(tmp_path) == []


def test_what_the_command_line_writes_is_private(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    settings = environment(home)
    subprocess.run([LIFECYCLE, "init", "--rehearsal"], env=settings, check=True, capture_output=True)
    script = (
        "import sys; sys.path.insert(0, '.'); from console.main import main; main(['list']); "
        "open(sys.argv[1], 'w').close()"
    )
    made = home / "later"
    subprocess.run([sys.executable, "-c", script, made], env=settings, check=True, capture_output=True)
    assert open_to_others(home) == []
