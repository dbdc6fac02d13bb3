"""Bringing a store to the newest tables, with a copy of it beside it first.

Decides what may be upgraded: an older store of ours, or an empty database. Works on the caller's
open transaction and never commits. Alembic is imported only when there is something to do.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DatabaseError

from states.errors import UnavailableFault

HEAD: Final = "0017"
"""The newest migration; held equal to the scripts by a test, so that no command has to import alembic."""
MIGRATIONS: Final = Path(__file__).parent / "migrations"

# Alembic is imported inside: only the making and upgrading of a store need it, and it costs 0.1 s.
# ruff: noqa: PLC0415

_STORE_LOCK: Final = 0x6C69_6665_0001


def revision_of(connection: Connection) -> str | None:
    """The revision of the store by plain SQL, or None where there is no such table."""
    try:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    except DatabaseError as error:
        said = str(error.orig)
        if "no such table" in said or "does not exist" in said:
            return None
        raise


def upgrade(connection: Connection, file: Path | None, at: datetime) -> None:
    """Bring the store to `HEAD`; `file` is the SQLite store that is copied before its tables change.

    A store of a newer program or a database of another one is an UnavailableFault.
    """
    if file is None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _STORE_LOCK})
    tables = set(inspect(connection).get_table_names())
    revision = revision_of(connection) if "alembic_version" in tables else None
    if revision == HEAD:
        return
    if revision is not None:
        _refuse_unknown(revision)
    elif tables - {"alembic_version"}:
        raise UnavailableFault("所指的数据库里已有其他程序的表，不能用作本程序的库。")
    if file is not None:
        _back_up(file, revision, at)
    migrate(connection)


def migrate(connection: Connection, target: str = HEAD) -> None:
    """Run the migrations up to `target` on the caller's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, target)


def _refuse_unknown(revision: str) -> None:
    """Refuse a store whose revision this program has never heard of."""
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if revision not in known:
        raise UnavailableFault(
            f"该库由更新版本的程序建立（库结构版本 {revision}，本程序为 {HEAD}）；请升级程序后再使用。"
        )


def _back_up(file: Path, revision: str | None, at: datetime) -> None:
    """Copy the store beside itself; the copy appears whole or not at all."""
    target = file.with_name(f"lifecycle-{revision or 'base'}-{at:%Y%m%dT%H%M%S}.backup.sqlite3")
    part = target.with_suffix(".part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600, exist_ok=False)
        with (
            closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(part)) as copy,
        ):
            source.backup(copy)
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise UnavailableFault(f"升级前备份失败（{error}），库未改动。") from error
