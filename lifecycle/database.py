"""The database: engine, transactions, and the making and upgrading of a store.

Decides how a store is opened and locked, and that it is made whole or not at all. `transaction` is
the only place that commits. It never knows what a project is.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

import orjson
from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, make_url, select
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from lifecycle.settings import FILE, Settings, store_file
from lifecycle.system_faults import why
from lifecycle.upgrade import HEAD, migrate, revision_of, upgrade
from states.errors import RefusedFault, UnavailableFault, UsageFault
from states.names import Role

_READING: Final = "lifecycle_reading"
_LOOK_SECONDS: Final = 0.002
"""How often a writer on SQLite looks whether the store is free."""
_POSTGRES_NAMES: Final = ("postgresql", "postgres", "postgresql+psycopg")
_OUR_MISTAKES: Final = ("no such ", "near ", "syntax error")


def open_engine(settings: Settings) -> Engine:
    """The engine of the store that the settings name. Opens no connection and makes no file."""
    if settings.database_url:
        return _postgres_engine(settings.database_url, settings.busy_seconds)
    return _sqlite_engine(store_file(settings), settings.busy_seconds, "rw")


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A write transaction: all of it is committed at the end, or none.

    On SQLite it holds the write lock from its first moment. A store that stays locked or cannot
    be reached is an UnavailableFault.
    """
    with _faults(), engine.begin() as connection:
        yield connection


@contextmanager
def rolled_back(engine: Engine) -> Iterator[Connection]:
    """A write transaction of which nothing is kept, for trying a thing out."""
    with _faults(), engine.connect() as connection, connection.begin() as attempt:
        yield connection
        attempt.rollback()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A read transaction on one unchanging view of the store; nothing done in it is kept."""
    if engine.dialect.name == "sqlite":
        options: dict[str, Any] = {_READING: True}
    else:
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with _faults(), engine.connect() as connection:
        yield connection.execution_options(**options)


def ensure_store(engine: Engine, settings: Settings, *, at: datetime, admin_login: str) -> str:
    """Make sure that the store is there and current; returns its revision.

    One plain query when it is. A missing store is made, an older one upgraded (see `init_store`);
    one made by a newer version of the program is an UnavailableFault.
    """
    if _is_postgres(engine) or store_file(settings).exists():
        with reading(engine) as connection:
            if revision_of(connection) == HEAD:
                return HEAD
    return str(init_store(engine, settings, rehearsal=False, at=at, admin_login=admin_login)["revision"])


def init_store(
    engine: Engine, settings: Settings, *, rehearsal: bool, at: datetime, admin_login: str
) -> dict[str, str]:
    """Make the store or upgrade it, and give a fresh one its first administrator.

    A failed creation leaves nothing; an SQLite store is copied beside itself before its tables
    change. An existing real store cannot be turned into a practice store (RefusedFault).
    """
    if not _is_postgres(engine):
        _prepare_home(settings.home)
        if not store_file(settings).exists():
            _make_file(store_file(settings), settings.busy_seconds, rehearsal, at, admin_login)
    with transaction(engine) as connection:
        upgrade(connection, None if _is_postgres(engine) else store_file(settings), at)
        _found(connection, rehearsal, at, admin_login)
    shown = engine.url.render_as_string(hide_password=True) if _is_postgres(engine) else store_file(settings)
    return {"store": str(shown), "revision": HEAD}


def _is_postgres(engine: Engine) -> bool:
    return engine.dialect.name == "postgresql"


def _postgres_engine(address: str, busy_seconds: int) -> Engine:
    """An engine on PostgreSQL through psycopg 3; what the address itself says is left alone."""
    try:
        url = make_url(address)
    except ArgumentError:
        url = None
    if url is None or url.drivername not in _POSTGRES_NAMES:
        raise UsageFault("LIFECYCLE_DATABASE_URL 无效，应形如 postgresql://用户:密码@主机/库名。")
    wanted: dict[str, Any] = {
        "connect_timeout": 10,
        "application_name": "lifecycle",
        "options": f"-c lock_timeout={busy_seconds * 1000}",
    }
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={name: value for name, value in wanted.items() if name not in url.query},
        pool_recycle=1800,
        json_serializer=_to_json,
        json_deserializer=_from_json,
    )


def _sqlite_engine(path: Path, busy_seconds: int, mode: str) -> Engine:
    """An engine on one SQLite file; `mode` rw never makes the file, rwc does."""
    url = URL.create("sqlite", database=f"file:{quote(str(path))}", query={"mode": mode, "uri": "true"})
    engine = create_engine(
        url, connect_args={"timeout": busy_seconds}, json_serializer=_to_json, json_deserializer=_from_json
    )
    event.listen(engine, "connect", _tune)
    event.listen(engine, "begin", partial(_begin, busy_seconds))
    return engine


def _tune(connection: sqlite3.Connection, _record: object) -> None:
    """Pragmas of every SQLite connection; the driver's own implicit BEGIN is switched off."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(busy_seconds: int, connection: Connection) -> None:
    """A writer takes the lock at once: a later upgrade from read to write could only fail.

    It looks for itself when the store is free. SQLite's own wait soon looks ten times a second only, and
    would not find the gap between the transactions of a campaign.
    """
    if connection.get_execution_options().get(_READING):
        connection.exec_driver_sql("BEGIN")
        return
    store: Any = connection.connection.dbapi_connection
    deadline = time.monotonic() + busy_seconds
    store.execute("PRAGMA busy_timeout=0").close()
    try:
        while not _locked(store) and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
        if not store.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # raises what stands in the way
    finally:
        store.execute(f"PRAGMA busy_timeout={busy_seconds * 1000}").close()


def _locked(store: sqlite3.Connection) -> bool:
    """Lock the store for a writer. False where another has it; any other fault is not waited for."""
    try:
        store.execute("BEGIN IMMEDIATE").close()
    except sqlite3.OperationalError as error:
        return "locked" not in str(error)
    return True


def _to_json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def _from_json(stored: str | float) -> Any:
    """A JSON value; SQLite hands a bare number back as a number, since JSON columns are numeric to it."""
    if stored == "[]":  # most lists of most rows; each is a new one
        return []
    return stored if isinstance(stored, int | float) else orjson.loads(stored)


@contextmanager
def _faults() -> Iterator[None]:
    """What the driver says about the store's health, as an UnavailableFault in Chinese."""
    try:
        yield
    except OperationalError as error:
        said = str(error.orig)
        if said.startswith(_OUR_MISTAKES):
            raise
        if "locked" in said or "lock timeout" in said:
            raise UnavailableFault("数据库正被其他操作占用，等待超时；未做任何改动，请稍后重试。") from error
        raise UnavailableFault(f"数据库暂不可用（{said.strip()}）；未做任何改动。") from error
    except DatabaseError as error:
        if "file is not a database" in str(error.orig) or "malformed" in str(error.orig):
            raise UnavailableFault("库文件已损坏，或不是本程序的数据库；请从备份恢复。") from error
        raise


def _prepare_home(home: Path) -> None:
    """Make the folder, private to its owner, and see that it can be written."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableFault(f"无法建立数据文件夹“{home}”：{why(error)}。") from None
    if not os.access(home, os.W_OK | os.X_OK):
        raise UnavailableFault(f"数据文件夹“{home}”不可写。")


def _make_file(path: Path, busy_seconds: int, rehearsal: bool, at: datetime, admin_login: str) -> None:
    """Build a whole store aside and put it in place in one step; a second maker keeps the first's."""
    try:
        with tempfile.TemporaryDirectory(prefix=".making-", dir=path.parent) as folder:
            aside = Path(folder) / FILE
            aside.touch(mode=0o600)  # what SQLite lays beside it takes its mode from it
            engine = _sqlite_engine(aside, busy_seconds, "rwc")
            try:
                with transaction(engine) as connection:
                    migrate(connection)
                    _found(connection, rehearsal, at, admin_login)
            finally:
                engine.dispose()
            try:
                os.link(aside, path)
            except FileExistsError:
                return
    except OSError as error:
        raise UnavailableFault(f"无法在“{path.parent}”中建立数据库：{why(error)}。") from None


def _found(connection: Connection, rehearsal: bool, at: datetime, admin_login: str) -> None:
    """Write what a fresh store starts with: its identity and its first administrator."""
    # Imported here: opening a store that exists needs no models.
    from lifecycle.models import NAMES  # noqa: PLC0415

    store, person, grant = (NAMES.tables[name] for name in ("store", "person", "role_grant"))
    existing = connection.execute(select(store.c.rehearsal)).scalar_one_or_none()
    if existing is not None:
        if rehearsal and not existing:
            raise RefusedFault("这里已有正式库，不能改作演练库；请用 --home 另指一个文件夹。")
        return
    connection.execute(insert(store).values(id=1, store_id=uuid4().hex, rehearsal=rehearsal, created_at=at))
    person_id = connection.execute(
        insert(person).values(login=admin_login, name=admin_login, active=True).returning(person.c.id)
    ).scalar_one()
    connection.execute(
        insert(grant).values(
            person_id=person_id, role=Role.ADMIN.value, province="*", granted_by=admin_login, granted_at=at
        )
    )
