"""The migrations make what the models say, and every closed list is the one of `states.names`."""

from __future__ import annotations

import importlib.util
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from lifecycle.database import ensure_store, init_store, open_engine, reading, store_file, transaction
from lifecycle.models import NAMES
from lifecycle.rights_log import CHANGES
from lifecycle.settings import Settings
from lifecycle.upgrade import HEAD, MIGRATIONS, migrate
from states.errors import UnavailableFault
from states.names import DutyStatus, NoticeStatus, Role, State, UnitKind

LATER = datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("script", MIGRATIONS / "versions" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def first() -> ModuleType:
    return script("0001_record")


def second() -> ModuleType:
    return script("0002_ledger")


def tables() -> list[str]:
    """Every table of ours, in an order in which they can be made."""
    later = (script(path.stem) for path in sorted((MIGRATIONS / "versions").glob("0*.py"))[1:])
    return [
        *first().TABLES.split(),
        *(name for one in later for name in getattr(one, "NEW_TABLES", "").split()),
    ]


def undo(settings: Settings) -> None:
    """Take the store back to before its first migration, as an old store would be."""
    with closing(sqlite3.connect(store_file(settings))) as connection:
        for table in (*reversed(tables()), "alembic_version"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")


def test_the_migrated_store_has_exactly_the_tables_of_the_models(engine: Engine) -> None:
    with reading(engine) as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True, "target_metadata": NAMES})
        assert compare_metadata(context, NAMES) == []


def test_the_newest_revision_is_the_one_that_the_program_expects() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [HEAD]


def test_every_closed_list_of_names_is_the_one_of_the_vocabulary() -> None:
    lists = {
        "UNIT_KINDS": (script("0012_association"), UnitKind),
        "DUTY_STATUSES": (first(), DutyStatus),
        "NOTICE_STATUSES": (first(), NoticeStatus),
        "STATES": (second(), State),
        "ROLES": (second(), Role),
    }
    assert {name: getattr(module, name).split() for name, (module, _) in lists.items()} == {
        name: [member.value for member in names] for name, (_, names) in lists.items()
    }
    assert second().RIGHTS.split() == list(CHANGES)


def test_the_migrations_list_every_table_once(engine: Engine) -> None:
    with reading(engine) as conn:
        assert sorted(inspect(conn).get_table_names()) == sorted(["alembic_version", *tables()])


def make_older(engine: Engine) -> None:
    """What the first migration alone makes, with a unit, a person and an entry in the trail."""
    with transaction(engine) as conn:
        migrate(conn, "0001")
        for statement in (
            "INSERT INTO unit (id, name, normal_name, kind) VALUES (9, '某学会', '某学会', 'prov_society')",
            "INSERT INTO person (id, login, name, active) VALUES (9, 'li', '李某', true)",
            (
                "INSERT INTO role_grant (id, person_id, role, province, granted_by, granted_at)"
                " VALUES (9, 9, 'clerk', '*', 'wang', '2020-01-01')"
            ),
        ):
            conn.execute(text(statement))


def widened(engine: Engine) -> None:
    """A store that was made by the first migration knows the new names and refuses the rest as before."""
    with transaction(engine) as conn:
        conn.execute(text("UPDATE role_grant SET role = 'mentor' WHERE id = 9"))
    with pytest.raises(IntegrityError, match=r"(?i)check constraint"), transaction(engine) as conn:
        conn.execute(text("UPDATE role_grant SET role = 'king'"))
    with reading(engine) as conn:
        assert conn.execute(text("SELECT name, superior_id FROM unit")).all() == [("某学会", None)]


def test_a_store_of_the_first_release_keeps_its_rows_and_learns_the_new_names(
    sqlite_settings: Settings,
) -> None:
    undo(sqlite_settings)
    engine = open_engine(sqlite_settings)
    make_older(engine)

    assert ensure_store(engine, sqlite_settings, at=LATER, admin_login="wang") == HEAD
    widened(engine)
    with reading(engine) as conn:
        assert conn.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        assert conn.execute(text("PRAGMA foreign_key_check")).all() == []
    engine.dispose()
    assert (sqlite_settings.home / "lifecycle-0001-20210304T050607.backup.sqlite3").exists()


@pytest.mark.postgres
def test_a_postgres_store_of_the_first_release_learns_the_new_names(empty_postgres: Settings) -> None:
    engine = open_engine(empty_postgres)
    make_older(engine)

    assert init_store(engine, empty_postgres, rehearsal=False, at=LATER, admin_login="wang")
    widened(engine)
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO unit (name, normal_name, kind) VALUES ('某学会', '某学会', 'club')",
        "UPDATE role_grant SET role = 'king'",
        "UPDATE role_grant SET province = 'hubei'",
        "INSERT INTO store (id, store_id, rehearsal, created_at) VALUES (2, 'x', false, '2020-01-01')",
    ],
)
def test_a_name_outside_its_closed_list_is_refused(engine: Engine, statement: str) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)check constraint"), transaction(engine) as conn:
        conn.execute(text(statement))


def test_an_older_store_is_upgraded_after_a_copy_was_laid_beside_it(sqlite_settings: Settings) -> None:
    undo(sqlite_settings)
    before = set(sqlite_settings.home.iterdir())
    engine = open_engine(sqlite_settings)
    assert ensure_store(engine, sqlite_settings, at=LATER, admin_login="wang") == HEAD
    with reading(engine) as conn:
        assert conn.execute(text("SELECT login FROM person")).scalars().all() == ["wang"]
    engine.dispose()
    (backup,) = {path for path in sqlite_settings.home.iterdir() if path.suffix == ".sqlite3"} - before
    assert backup.name == "lifecycle-base-20210304T050607.backup.sqlite3"
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [
            ("alembic_version",)
        ]


def test_a_store_that_is_current_gets_no_copy(sqlite_engine: Engine, sqlite_settings: Settings) -> None:
    init_store(sqlite_engine, sqlite_settings, rehearsal=False, at=LATER, admin_login="wang")
    assert [path for path in sqlite_settings.home.iterdir() if "backup" in path.name] == []


def test_a_store_of_a_newer_program_is_refused_and_left_alone(engine: Engine, settings: Settings) -> None:
    with transaction(engine) as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UnavailableFault, match="更新版本的程序"):
        ensure_store(engine, settings, at=LATER, admin_login="wang")
    with reading(engine) as conn:
        assert conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"


def test_a_failed_upgrade_leaves_the_store_as_it_was(sqlite_settings: Settings) -> None:
    undo(sqlite_settings)
    with closing(sqlite3.connect(store_file(sqlite_settings))) as connection:
        # A view of the name stands in the way of the last table that the migration makes.
        connection.execute("CREATE VIEW ledger AS SELECT 1")
    engine = open_engine(sqlite_settings)
    with pytest.raises(Exception, match="ledger"):
        ensure_store(engine, sqlite_settings, at=LATER, admin_login="wang")
    with reading(engine) as conn:
        assert inspect(conn).get_table_names() == ["alembic_version"]
    engine.dispose()


@pytest.mark.postgres
def test_an_empty_postgres_database_becomes_a_store(empty_postgres: Settings) -> None:
    engine = open_engine(empty_postgres)
    made = init_store(engine, empty_postgres, rehearsal=True, at=LATER, admin_login="wang")
    assert made["revision"] == HEAD
    with reading(engine) as conn:
        assert conn.execute(text("SELECT rehearsal FROM store")).scalar_one() is True
    engine.dispose()


def test_alembic_itself_finds_nothing_to_change(sqlite_settings: Settings) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "alembic", "-c", str(ROOT / "deploy" / "alembic.ini"), "check"],
        env={**os.environ, "LIFECYCLE_HOME": str(sqlite_settings.home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "No new upgrade operations detected.")
