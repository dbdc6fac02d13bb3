"""Making, opening and locking a store: all of it or nothing, and in Chinese when it fails."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from lifecycle.database import ensure_store, init_store, open_engine, reading, store_file, transaction
from lifecycle.settings import Settings, read_settings
from lifecycle.upgrade import HEAD
from states.errors import RefusedFault, UnavailableFault, UsageFault

NOW = datetime(2021, 3, 4, tzinfo=UTC)
ADD = text("INSERT INTO call (programme) VALUES ('p')")
COUNT = text("SELECT count(*) FROM call")


def ensure(settings: Settings) -> str:
    engine = open_engine(settings)
    try:
        return ensure_store(engine, settings, at=NOW, admin_login="wang")
    finally:
        engine.dispose()


def test_a_missing_store_is_made_on_first_use_with_its_maker_as_admin(tmp_path: Path) -> None:
    settings = read_settings({}, home=tmp_path / "a 甲" / "b%20?#")
    assert ensure(settings) == HEAD
    assert [path.name for path in settings.home.iterdir()] == ["lifecycle.sqlite3"]
    with closing(sqlite3.connect(store_file(settings))) as connection:
        assert connection.execute(
            "SELECT login, role, province, granted_by FROM person JOIN role_grant ON person_id = person.id"
        ).fetchall() == [("wang", "admin", "*", "wang")]


def test_the_folder_of_a_new_store_is_private(tmp_path: Path) -> None:
    settings = read_settings({}, home=tmp_path / "home")
    ensure(settings)
    assert settings.home.stat().st_mode & 0o777 == 0o700


def test_a_home_below_a_file_is_unavailable_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UnavailableFault, match="无法建立数据文件夹"):
        ensure(read_settings({}, home=tmp_path / "file" / "home"))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_failed_creation_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lifecycle.upgrade.MIGRATIONS", tmp_path / "nowhere")
    settings = read_settings({}, home=tmp_path / "home")
    with pytest.raises(Exception, match="nowhere"):
        ensure(settings)
    assert list(settings.home.iterdir()) == []


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    settings = read_settings({}, home=tmp_path)
    store_file(settings).write_text("这不是数据库" * 1000)
    with pytest.raises(UnavailableFault, match="不是本程序的数据库"):
        ensure(settings)


def test_another_program_s_database_is_left_alone(tmp_path: Path) -> None:
    settings = read_settings({}, home=tmp_path)
    with closing(sqlite3.connect(store_file(settings))) as connection:
        connection.execute("CREATE TABLE accounts (id)")
    with pytest.raises(UnavailableFault, match="其他程序的表"):
        ensure(settings)


def test_a_real_store_does_not_become_a_practice_store(engine: Engine, settings: Settings) -> None:
    with pytest.raises(RefusedFault, match="演练库"):
        init_store(engine, settings, rehearsal=True, at=NOW, admin_login="wang")


def test_init_says_where_the_store_is_and_hides_the_password(engine: Engine, settings: Settings) -> None:
    made = init_store(engine, settings, rehearsal=False, at=NOW, admin_login="wang")
    shown = str(store_file(settings)) if settings.database_url is None else engine.url.render_as_string()
    assert made == {"store": shown, "revision": HEAD}


def test_what_a_transaction_wrote_is_kept(engine: Engine) -> None:
    with transaction(engine) as conn:
        conn.execute(ADD)
    with reading(engine) as conn:
        assert conn.execute(COUNT).scalar_one() == 1


def test_a_transaction_that_fails_keeps_nothing(engine: Engine) -> None:
    with pytest.raises(IntegrityError), transaction(engine) as conn:  # noqa: PT012 (it writes first)
        conn.execute(ADD)
        conn.execute(ADD)
    with reading(engine) as conn:
        assert conn.execute(COUNT).scalar_one() == 0


def test_a_reader_sees_one_unchanging_view(engine: Engine) -> None:
    with reading(engine) as conn:
        before = conn.execute(COUNT).scalar_one()
        with transaction(engine) as writer:
            writer.execute(ADD)
        assert (before, conn.execute(COUNT).scalar_one()) == (0, 0)


def test_a_locked_store_is_unavailable_after_the_wait(sqlite_settings: Settings) -> None:
    hurried = read_settings({"LIFECYCLE_BUSY_SECONDS": "0"}, home=sqlite_settings.home)
    engine, other = open_engine(hurried), open_engine(hurried)
    with transaction(engine) as conn:
        conn.execute(ADD)
        with pytest.raises(UnavailableFault, match="正被其他操作占用"), transaction(other):
            pass
    with reading(other) as conn:
        assert conn.execute(COUNT).scalar_one() == 1
    engine.dispose()
    other.dispose()


def test_a_writer_finds_the_gap_between_the_transactions_of_another(sqlite_settings: Settings) -> None:
    engine, other = open_engine(sqlite_settings), open_engine(sqlite_settings)
    turns, at_work, over = 0, threading.Event(), threading.Event()

    def one_after_the_other() -> None:
        nonlocal turns
        while not over.wait(0.01):
            with transaction(engine):
                turns += 1
                at_work.set()
                over.wait(0.3)
                at_work.clear()

    busy = threading.Thread(target=one_after_the_other)
    busy.start()
    let_go = 0
    try:
        for _ in range(5):
            assert at_work.wait(10)
            before = turns
            with transaction(other):
                let_go += turns - before
    finally:
        over.set()
        busy.join()
    assert let_go <= 10  # looking ten times a second it is many more
    engine.dispose()
    other.dispose()


def test_foreign_keys_and_durability_are_on(sqlite_engine: Engine) -> None:
    with reading(sqlite_engine) as conn:
        pragmas = {
            name: conn.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    address = f"postgresql://nobody@/nothing?host={tmp_path}"
    with pytest.raises(UnavailableFault, match="数据库暂不可用"):
        ensure(read_settings({}, home=tmp_path, database_url=address))


@pytest.mark.parametrize("address", ["mysql://host/name", "no address", "sqlite:///file"])
def test_only_postgres_addresses_are_understood(tmp_path: Path, address: str) -> None:
    with pytest.raises(UsageFault, match="LIFECYCLE_DATABASE_URL"):
        open_engine(read_settings({}, home=tmp_path, database_url=address))


def test_two_makers_at_once_leave_one_whole_store(tmp_path: Path) -> None:
    program = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from lifecycle.settings import read_settings; from lifecycle.database import *\n"
        "settings = read_settings({}, home=Path(sys.argv[1])); engine = open_engine(settings)\n"
        "print(ensure_store(engine, settings, at=datetime.now(UTC), admin_login=sys.argv[2]))"
    )
    makers = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "home"), login],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        for login in ("wang", "li")
    ]
    assert [maker.communicate(timeout=60) for maker in makers] == [(f"{HEAD}\n".encode(), b"")] * 2
    with closing(sqlite3.connect(tmp_path / "home" / "lifecycle.sqlite3")) as connection:
        assert connection.execute("SELECT count(*) FROM person").fetchone() == (1,)


def test_a_current_store_is_opened_without_alembic_or_models(sqlite_settings: Settings) -> None:
    program = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from lifecycle.settings import read_settings; from lifecycle.database import *\n"
        "settings = read_settings({}, home=Path(sys.argv[1])); engine = open_engine(settings)\n"
        "ensure_store(engine, settings, at=datetime.now(UTC), admin_login='wang')\n"
        "print(sorted({'alembic', 'sqlmodel', 'pydantic', 'platformdirs', 'psycopg'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(sqlite_settings.home)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout == "[]\n"
