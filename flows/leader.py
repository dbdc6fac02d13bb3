"""One daemon leads per store, others stand by: a lock that the system gives back when its holder dies.

A store in a file is held by a lock on a file beside it. A PostgreSQL, which daemons of several machines may
share, is held by a lock of the database, on a connection that is kept for nothing else and asked every
second. The server ends a connection that was not asked anything for `FORGET_SECONDS`: a machine that was
cut off, suspended or stopped leads no longer, and its daemon hears of it before it starts anything else.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, Protocol

from lifecycle.log import get_log
from lifecycle.settings import Settings
from states.errors import UnavailableFault

LEADER_LOCK, HOUSE_LOCK = "daemon.lock", "up.lock"
NAME: Final = "daemon"
"""What the lock in the database is called; it counts within one database."""

CHECK_SECONDS = 1.0
"""How often a leader asks whether it still leads, and a standby whether it may."""
FORGET_SECONDS = 10
"""After how long without a question the database takes the lead away."""
RESPITE_SECONDS = 3.0
"""How long a new leader waits where the last one did not leave in order: that one asks every second."""

_ALERT: Final = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 4000,
    "application_name": "lifecycle leader",
}
"""How the kept connection notices that the other side is gone: well before the other side forgets us."""


class Place(Protocol):
    """The place of the leader on one store."""

    def take(self) -> bool:
        """Take it if it is free. Never waits, never raises for a store that is away."""

    def held(self) -> bool:
        """Whether it is still ours."""

    def leave(self) -> None:
        """Give it back."""


def place_of(settings: Settings) -> Place:
    """The place on the store of the settings; not taken yet."""
    return DatabasePlace(settings) if settings.database_url else FilePlace(settings.home)


def led(settings: Settings) -> bool:
    """Whether some process leads on this store right now. Leaves no trace."""
    if settings.database_url:
        place = DatabasePlace(settings)
        free = place.take()
        place.leave()
        return not free
    try:
        with (settings.home / LEADER_LOCK).open(encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


@contextmanager
def house_of(home: Path) -> Iterator[None]:
    """Hold the one `up` of a home. UnavailableFault if there is one already."""
    held = _locked(home / HOUSE_LOCK)
    if held is None:
        raise UnavailableFault(f"已有一个 up 在使用 {home}，请先停止它。")
    with held:
        yield


def house_held(home: Path) -> bool:
    """Whether an `up` holds this home. Makes nothing to find out."""
    try:
        with (home / HOUSE_LOCK).open(encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


class FilePlace:
    """The place on a store in a file."""

    def __init__(self, home: Path) -> None:
        self._path = home / LEADER_LOCK
        self._file: IO[str] | None = None

    def take(self) -> bool:
        """As in `Place`."""
        if self._file is None:
            self._file = _locked(self._path)
        return self._file is not None

    def held(self) -> bool:
        """As in `Place`: nobody can take it from a living process."""
        return self._file is not None

    def leave(self) -> None:
        """As in `Place`."""
        if self._file is not None:
            self._file.close()
            self._file = None


class DatabasePlace:
    """The place on a PostgreSQL. Threads may ask at the same time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turn = threading.Lock()
        self._session: Any = None
        self._taken = False
        self._backend = 0

    def take(self) -> bool:
        """As in `Place`."""
        with self._turn:
            if not self._taken:
                self._taken = self._ask("SELECT pg_try_advisory_lock(hashtextextended(%(name)s, 0))") is True
            return self._taken

    def held(self) -> bool:
        """As in `Place`: the same session of the database answers that took the lock."""
        with self._turn:
            return self._taken and self._ask("SELECT pg_backend_pid()") == self._backend

    def leave(self) -> None:
        """As in `Place`."""
        with self._turn:
            if self._taken:  # a session that is closed gives its lock back a moment later
                self._ask("SELECT pg_advisory_unlock(hashtextextended(%(name)s, 0))")
            self._close()

    def _ask(self, question: str) -> Any:
        import psycopg  # noqa: PLC0415 - a store in a file needs none of it

        try:
            if self._session is None:
                self._connect()
            return self._session.execute(question, {"name": NAME}).fetchone()[0]
        except psycopg.Error as error:
            get_log().warning("leader_connection_lost", taken=self._taken, error=str(error).strip())
            self._close()
            return None

    def _connect(self) -> None:
        import psycopg  # noqa: PLC0415 - as above

        from lifecycle.database import open_engine  # noqa: PLC0415 - as above

        engine = open_engine(self._settings)
        words, named = engine.dialect.create_connect_args(engine.url)
        self._session = psycopg.connect(*words, autocommit=True, **{**named, **_ALERT})
        self._session.execute(f"SET idle_session_timeout = '{FORGET_SECONDS}s'")
        self._backend = self._session.info.backend_pid

    def _close(self) -> None:
        self._taken = False
        if self._session is not None:
            self._session.close()
        self._session = None


def _locked(path: Path) -> IO[str] | None:
    """The file, locked for this process until it is closed; None if another holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.open("a+", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    lock.seek(0)
    lock.truncate()
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock
