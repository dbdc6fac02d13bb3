"""A real flow server as a process of a test: on SQLite or PostgreSQL, killed and started again at will."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from flows.child import Child
from flows.server import FlowServer, own_login, server_process
from tests.integration.ports import free_port

STARTS_WITHIN = 150


class FlowHost:
    """One flow server: its address, its files, its process."""

    def __init__(self, home: Path, database_url: str | None = None) -> None:
        self.home = home
        self._login = own_login(home)
        self._port = free_port()
        self.database_url = database_url
        self._child: Child | None = None

    @property
    def server(self) -> FlowServer:
        """Where it is, and how to log in; the same after a restart."""
        return FlowServer(f"http://127.0.0.1:{self._port}/api", self._login)

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.begin()
        self.ready()

    def begin(self) -> None:
        """Start it, and do not wait."""
        self._child = server_process(self.home, self._port, self._login, self.database_url)
        self._child.start()

    def ready(self) -> None:
        """Wait until it answers; fails with its log."""
        child = self._child
        assert child is not None
        deadline = time.monotonic() + STARTS_WITHIN
        while not self.server.healthy():
            assert child.alive, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.1)

    def log(self) -> str:
        """What it has written."""
        return (self.home / "logs" / "prefect.log").read_text(encoding="utf-8")

    def processes(self) -> list[int]:
        """The ids of all processes that it is made of."""
        assert self._child is not None
        assert self._child.pid is not None
        group = self._child.pid
        return [int(one.name) for one in Path("/proc").glob("[0-9]*") if _group(one) == group]

    def kill(self) -> None:
        """End it at once, with all that it started."""
        assert self._child is not None
        assert self._child.pid is not None
        os.killpg(self._child.pid, signal.SIGKILL)
        self._child.stop(5)

    def stop(self) -> None:
        """Stop it in order, if it runs."""
        if self._child is not None:
            self._child.stop(5)


def _group(process: Path) -> int | None:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[2])
    except (FileNotFoundError, ProcessLookupError):
        return None


def flow_database(address: str, name: str) -> str:
    """Make a database for a flow server on a PostgreSQL, and return how the server reaches it."""
    on_postgres(address, "postgres", f"CREATE DATABASE {name}")
    on_postgres(address, name, "CREATE EXTENSION pg_trgm")
    url = make_url(address).set(drivername="postgresql+asyncpg", database=name)
    return url.render_as_string(hide_password=False)


def on_postgres(address: str, database: str, statement: str) -> None:
    """Say one thing to a database, outside a transaction."""
    url = make_url(address).set(drivername="postgresql+psycopg", database=database)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def wait_until(condition: Callable[[], object], seconds: float, why: Callable[[], str] = str) -> None:
    """Poll until the condition holds; fails with what `why` tells when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, why()
        time.sleep(0.02)
