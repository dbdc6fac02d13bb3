"""The daemon: on each store one leads and wakes by the job table; others stand by and take over.

Started by the supervisor, ended by SIGTERM. Its pages answer in either role. It decides nothing; killed
at any moment it loses nothing.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler

from flows.address import Address, new_token, read_address, remove_address, write_address
from flows.bootstrap import App, build_app, now
from flows.jobs import Jobs
from flows.leader import CHECK_SECONDS, RESPITE_SECONDS, Place, place_of
from flows.page import Desk
from flows.page_server import PageServer
from flows.schedule import ALONGSIDE, JOBS, build_scheduler
from flows.server import FlowServer, server_of
from flows.timetable import Timetable
from flows.warm import warm_up
from flows.wire import build_of, store_of
from lifecycle.database import transaction
from lifecycle.leading import begin_leading, end_leading
from lifecycle.log import configure_log, get_log
from lifecycle.login import operating_system_login
from lifecycle.setting_readers import LOOPBACK
from lifecycle.settings import read_settings
from states.errors import LifecycleError

GRACE_SECONDS = 4.0
"""How long work at hand may take to end after SIGTERM; requests have half of it."""


class Daemon:
    """Scheduler, outbox loop and pages of one process."""

    def __init__(self, app: App, server: FlowServer, place: Place) -> None:
        self._app, self._server, self._place = app, server, place
        self._stopping = threading.Event()
        self._busy = threading.Lock()
        self._alongside = {name: threading.Lock() for name in ALONGSIDE}
        self._committed = threading.Event()
        self._scheduler: BackgroundScheduler | None = None
        self._jobs = Jobs(app, server, self._may)
        self._desk = Desk(app, new_token(), self._wake, lambda: self.leads)
        self._timetable = Timetable(app, self._jobs.by_name(), may=self._may)
        self._work = {
            job.name: self._one_at_a_time(
                partial(self._timetable.run, job), self._alongside.get(job.name, self._busy)
            )
            for job in JOBS
        }

    @property
    def leads(self) -> bool:
        """Whether this process is the one that does the scheduled work."""
        return self._scheduler is not None

    def run(self) -> None:
        """Lead or stand by until SIGTERM or SIGINT."""
        pages = PageServer(self._desk)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())
        threading.Thread(target=pages.serve_forever, args=(0.05,), daemon=True, name="pages").start()
        threading.Thread(target=self._follow, daemon=True, name="follow").start()
        threading.Thread(target=self._warm_up, daemon=True, name="warm-up").start()
        name = self._timetable.name
        get_log().info("daemon_started", name=name, rehearsal=self._app.rehearsal)
        with reachable(self._desk):
            self._take_turns()
        answered = pages.close(GRACE_SECONDS / 2)
        get_log().info("daemon_stopped", name=name, answered=answered)

    def _take_turns(self) -> None:
        while not self._stopping.is_set():
            if self._place.take():
                try:
                    self._lead()
                except LifecycleError as fault:  # the database went away: stand by until it is back
                    get_log().warning("lead_lost", error=fault.message)
                self._place.leave()
            self._stopping.wait(CHECK_SECONDS)

    def _lead(self) -> None:
        """Wake by the job table for as long as the place is ours; what was missed is done first."""
        announce(self._desk)
        with transaction(self._app.engine) as conn:
            before = begin_leading(conn, self._timetable.name, now())
        if before is not None and before.ended_at is None:
            self._stopping.wait(RESPITE_SECONDS)
        get_log().info("leading", name=self._timetable.name, after=before and before.by)
        catch_up = self._one_at_a_time(self._timetable.catch_up, self._busy)
        scheduler = build_scheduler(self._work, catch_up)
        self._scheduler = scheduler
        scheduler.start()
        try:
            while not self._stopping.wait(CHECK_SECONDS) and self._place.held():
                scheduler.wakeup()  # it sleeps by a clock that stands still while a machine is suspended
        finally:
            self._scheduler = None
            scheduler.shutdown(wait=False)
        at_rest = self._at_rest(GRACE_SECONDS / 2 if self._stopping.is_set() else 0)
        get_log().info("led", name=self._timetable.name, at_rest=at_rest)
        if at_rest:
            with transaction(self._app.engine) as conn:
                end_leading(conn, self._timetable.name, now())

    def _may(self) -> bool:
        """Whether work may begin: asked at each start, so that nothing begins on a lost place."""
        return self._scheduler is not None and not self._stopping.is_set() and self._place.held()

    def _warm_up(self) -> None:
        try:
            warm_up(self._server, self._app)
        except Exception as fault:  # noqa: BLE001 - then the first command is slower, or says it better
            get_log().warning("not_warm", error=f"{type(fault).__name__}: {fault}")

    def _at_rest(self, seconds: float) -> bool:
        """Whether all work at hand has ended within so many seconds."""
        deadline = time.monotonic() + seconds
        for lock in (self._busy, *self._alongside.values()):
            if not lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
                return False
            lock.release()
        return True

    def _wake(self) -> None:
        """Something was committed: whoever carries out commands by now hears it, else `_follow` does."""
        self._jobs.orchestrator.wake()
        self._committed.set()

    def _follow(self) -> None:
        """Take up at once what was committed through this daemon if it leads; the schedule finds the rest."""
        while not self._stopping.is_set():
            self._committed.wait()
            self._committed.clear()
            self._work["orchestrate"]()

    def _one_at_a_time(self, work: Callable[[], None], lock: threading.Lock) -> Callable[[], None]:
        def run() -> None:
            with lock:
                if not self._stopping.is_set():
                    work()

        return run


@contextmanager
def reachable(desk: Desk) -> Iterator[None]:
    """Let the command lines of this home find the daemon; who stands by leaves that to the one who leads."""
    home = desk.app.settings.home
    if read_address(home) is None:
        announce(desk)
    try:
        yield
    finally:
        remove_address(home, desk.token)


def announce(desk: Desk) -> None:
    """Write where this daemon answers, if that is on the loopback."""
    settings = desk.app.settings
    everywhere = settings.daemon_host in ("0.0.0.0", "localhost")  # noqa: S104 - compared, not bound
    host = "127.0.0.1" if everywhere else settings.daemon_host
    if host in LOOPBACK:
        login, build, store = operating_system_login(), build_of(), store_of(settings)
        address = Address(host, settings.daemon_port, desk.token, login, build, store, os.getpid())
        write_address(settings.home, address)


def main() -> int:
    """Run the daemon on the environment's settings; returns the exit status."""
    os.umask(0o077)  # whatever we write is its owner's alone
    try:
        settings = read_settings()
        configure_log(settings.log_format, settings.log_level)
        settings.home.mkdir(parents=True, exist_ok=True)  # a store on PostgreSQL has made none
        app = build_app(settings)
        Daemon(app, server_of(settings), place_of(settings)).run()
        app.close()
    except LifecycleError as fault:
        sys.stderr.write(f"{fault.message}\n")
        return fault.exit_status
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # prefect's own threads may still be waiting for a server that is gone
