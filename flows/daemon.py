"""The daemon: one leader per store wakes by the job table, carries the outbox to the flow server, answers.

Started by the supervisor, ended by SIGTERM. It decides nothing; killed at any moment it loses nothing.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable

from flows.address import new_token
from flows.bootstrap import App, build_app
from flows.jobs import Jobs
from flows.leader import leadership
from flows.page import Desk
from flows.page_server import PageServer
from flows.schedule import build_scheduler
from flows.server import FlowServer, server_of
from lifecycle.log import configure_log, get_log
from lifecycle.settings import read_settings
from states.errors import LifecycleError

GRACE_SECONDS = 4.0
"""How long work at hand may take to end after SIGTERM; requests have half of it."""


class Daemon:
    """Scheduler, outbox loop and pages of one process."""

    def __init__(self, app: App, server: FlowServer) -> None:
        self._app = app
        self._stopping = threading.Event()
        self._busy = threading.Lock()
        self._committed = threading.Event()
        self._work = {name: self._one_at_a_time(work) for name, work in Jobs(app, server).by_name().items()}
        self._scheduler = build_scheduler(self._work)

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; what a missed night left is done first."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())
        pages = PageServer(Desk(self._app, new_token(), self._committed.set))
        threading.Thread(target=pages.serve_forever, args=(0.05,), daemon=True, name="pages").start()
        threading.Thread(target=self._follow, daemon=True, name="follow").start()
        get_log().info("daemon_started", pid=os.getpid(), rehearsal=self._app.rehearsal)
        self._scheduler.add_job(self._work["sweep"], id="catch-up", name="启动时补做漏掉的日子")
        self._scheduler.start()
        self._stopping.wait()
        self._scheduler.shutdown(wait=False)
        answered = pages.close(GRACE_SECONDS / 2)
        at_rest = self._busy.acquire(timeout=GRACE_SECONDS / 2) and answered
        get_log().info("daemon_stopped", at_rest=at_rest)

    def _follow(self) -> None:
        """Take up at once what was committed through this daemon; the schedule finds the rest."""
        while not self._stopping.is_set():
            self._committed.wait()
            self._committed.clear()
            self._work["orchestrate"]()

    def _one_at_a_time(self, work: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            with self._busy:
                if not self._stopping.is_set():
                    work()

        return run


def main() -> int:
    """Run the daemon on the environment's settings; returns the exit status."""
    os.umask(0o077)  # whatever we write is its owner's alone
    try:
        settings = read_settings()
        configure_log(settings.log_format, settings.log_level)
        with leadership(settings):
            app = build_app(settings)
            Daemon(app, server_of(settings)).run()
            app.close()
    except LifecycleError as fault:
        sys.stderr.write(f"{fault.message}\n")
        return fault.exit_status
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # prefect's own threads may still be waiting for a server that is gone
