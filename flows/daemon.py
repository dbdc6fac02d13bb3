"""The daemon: one leader per store wakes by the job table and carries the outbox to the flow server.

Started by the supervisor, ended by SIGTERM. It decides nothing; killed at any moment it loses nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import structlog

from flows.bootstrap import App, build_app, now
from flows.jobs import Jobs
from flows.schedule import build_scheduler
from flows.server import FlowServer, server_of
from lifecycle.database import reading
from lifecycle.ledger import waiting_count
from lifecycle.outbox import backlog
from lifecycle.settings import read_settings
from states.errors import LifecycleError, UnavailableFault

GRACE_SECONDS = 4.0
"""How long work at hand may take to end after SIGTERM."""

log = structlog.get_logger()


@contextmanager
def leadership(home: Path) -> Iterator[None]:
    """Hold the one place of the daemon on this home. UnavailableFault if it is taken."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "daemon.lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UnavailableFault(f"已有一个守护进程在使用 {home}，请先停止它。") from None
        lock.seek(0)
        lock.truncate()
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


class Daemon:
    """Scheduler, outbox loop and health page of one process."""

    def __init__(self, app: App, server: FlowServer) -> None:
        self._app = app
        self._stopping = threading.Event()
        self._busy = threading.Lock()
        self._work = {
            name: self._one_at_a_time(work) for name, work in Jobs(app, server).by_name().items()
        }
        self._scheduler = build_scheduler(self._work)

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; what a missed night left is done first."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())
        health = _health_page(self._app)
        threading.Thread(target=health.serve_forever, daemon=True, name="health").start()
        log.info("daemon_started", pid=os.getpid(), rehearsal=self._app.rehearsal)
        self._scheduler.add_job(self._work["sweep"], id="catch-up", name="启动时补做漏掉的日子")
        self._scheduler.start()
        self._stopping.wait()
        self._scheduler.shutdown(wait=False)
        health.shutdown()
        at_rest = self._busy.acquire(timeout=GRACE_SECONDS)
        log.info("daemon_stopped", at_rest=at_rest)

    def _one_at_a_time(self, work: "Work") -> "Work":
        def run() -> None:
            with self._busy:
                if not self._stopping.is_set():
                    work()

        return run


def main() -> int:
    """Run the daemon on the environment's settings; returns the exit status."""
    try:
        settings = read_settings()
        with leadership(settings.home):
            app = build_app(settings)
            Daemon(app, server_of(settings)).run()
            app.close()
    except LifecycleError as fault:
        sys.stderr.write(f"{fault.message}\n")
        return fault.exit_status
    return 0
