"""One daemon per store: a lock that the system gives back when its holder dies, however it dies.

A home is held by a lock on a file. Homes on several machines may share one PostgreSQL: there a lock
of the database is held too, on a connection that is kept for nothing else.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Final

from lifecycle.settings import Settings
from states.errors import UnavailableFault

if TYPE_CHECKING:
    from pathlib import Path

LOCK: Final = "daemon.lock"
NAME: Final = "daemon"
"""What the lock in the database is called; it counts within one database."""


@contextmanager
def leadership(settings: Settings) -> Iterator[None]:
    """Hold the one place of the daemon on this store. UnavailableFault if it is taken."""
    with _home_held(settings.home), _database_held(settings) if settings.database_url else nullcontext():
        yield


@contextmanager
def _home_held(home: Path) -> Iterator[None]:
    home.mkdir(parents=True, exist_ok=True)
    with (home / LOCK).open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UnavailableFault(f"已有一个守护进程在使用 {home}，请先停止它。") from None
        lock.seek(0)
        lock.truncate()
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


@contextmanager
def _database_held(settings: Settings) -> Iterator[None]:
    """A lock of the session: it ends with the connection, also when this process or machine is gone."""
    # Imported here: a home of its own needs none of it.
    from sqlalchemy import text  # noqa: PLC0415
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415

    from lifecycle.database import open_engine  # noqa: PLC0415

    engine = open_engine(settings)
    try:
        try:
            connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        except OperationalError as error:
            raise UnavailableFault(f"数据库暂不可用（{str(error.orig).strip()}）。") from None
        with connection:
            taken = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
            if not connection.execute(taken, {"name": NAME}).scalar_one():
                raise UnavailableFault("另一台机器上已有一个守护进程在使用同一个数据库，请先停止它。")
            yield
    finally:
        engine.dispose()
