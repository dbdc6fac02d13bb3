"""What is due is done: each due moment of a job once, late rather than never, whoever else is awake.

The database says how far each job has come and the job table what is due since; whoever wakes this
(a scheduler, a person) decides nothing. A run is held by a lease that is renewed while the work lasts.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from flows.bootstrap import App, now
from flows.schedule import JOBS, Job, last_due
from lifecycle.database import reading, transaction
from lifecycle.jobs import (
    JobRun,
    JobState,
    claim_job,
    fail_job,
    finish_job,
    job_states,
    note_poll,
    renew_job,
)
from lifecycle.log import get_log
from states.errors import ConflictFault

Work = Callable[[], str | None]
"""Does a job; returns what is to be said of it in Chinese. Raises where it has to be tried again."""

LEASE_SECONDS, RENEW_SECONDS = 60.0, 15.0
NOTED_EVERY = timedelta(minutes=1)
"""How often the look of a polling job is written down while nothing changes."""


def process_name(person: str | None = None) -> str:
    """How this process is called in the rows of the schedule: host, process id, a person or a chance word."""
    return f"{socket.gethostname()}/{os.getpid()}/{person or secrets.token_hex(3)}"


class Timetable:
    """The job table on one store, for one process. A job that fails never ends who wakes it."""

    def __init__(
        self,
        app: App,
        work: Mapping[str, Work],
        *,
        may: Callable[[], bool] = lambda: True,
        clock: Callable[[], datetime] = now,
        name: str | None = None,
    ) -> None:
        self.name = name or process_name()
        self._app, self._work, self._may, self._clock = app, work, may, clock
        self._noted: dict[str, tuple[datetime, bool]] = {}

    def catch_up(self) -> None:
        """Do whatever is due by now, in the order of the table, each job once."""
        for job in JOBS:
            if not job.polls:
                self.run(job)

    def run(self, job: Job) -> None:
        """Do what is due of one row, if something is and nobody else does it. Asks `may` before it starts."""
        try:
            if not self._may():
                return
            if isinstance(job.when, int):
                self._poll(job)
            else:
                self._due(job, job.when)
        except Exception as fault:  # noqa: BLE001 - database away: the next wake-up tries again
            get_log().warning("schedule_failed", job=job.name, error=f"{type(fault).__name__}: {fault}")

    def run_now(self, job: Job) -> str | None:
        """Do a job because a person says so, due or not; what was due is then done. Returns its words.

        Raises what the work raises, and ConflictFault where somebody is at it.
        """
        at = self._clock()
        seen = self._seen(job)
        if job.polls:
            words = self._work[job.name]()
            self._note(job, at, None)
            return words
        run = self._claim(seen, _owed(job, seen, at), at)
        if run is None:
            raise ConflictFault(f"“{job.purpose}”正在进行（{seen.by or '另一进程'}），请稍后再看。")
        return self._carry_out(run, job)

    def _due(self, job: Job, when: str) -> None:
        at = self._clock()
        seen = self._seen(job)
        due = _owed(job, seen, at)
        if due is None or not seen.free(at):
            return
        run = self._claim(seen, due, at)
        if run is None:
            return
        try:
            self._carry_out(run, job)
        except Exception as fault:  # noqa: BLE001 - recorded, and tried again after a pause
            get_log().warning("job_failed", job=job.name, error=f"{type(fault).__name__}: {fault}")

    def _carry_out(self, run: JobRun, job: Job) -> str | None:
        engine = self._app.engine
        try:
            with self._held(run):
                words = self._work[job.name]()
        except Exception as fault:
            with transaction(engine) as conn:
                fail_job(conn, run, self._clock(), _said(fault))
            raise
        with transaction(engine) as conn:
            ours = finish_job(conn, run, self._clock(), words)
        get_log().info("job_done", job=job.name, due=str(run.due), attempts=run.attempts, ours=ours)
        return words

    def _claim(self, seen: JobState, due: datetime | None, at: datetime) -> JobRun | None:
        with transaction(self._app.engine) as conn:
            return claim_job(conn, seen, due, at=at, lease_seconds=LEASE_SECONDS, by=self.name)

    def _seen(self, job: Job) -> JobState:
        with reading(self._app.engine) as conn:
            return job_states(conn, [job.name])[job.name]

    @contextmanager
    def _held(self, run: JobRun) -> Iterator[None]:
        """Renew the lease while the work lasts."""
        over = threading.Event()

        def renew() -> None:
            while not over.wait(RENEW_SECONDS):
                try:
                    with transaction(self._app.engine) as conn:
                        renew_job(conn, run, self._clock() + timedelta(seconds=LEASE_SECONDS))
                except Exception as fault:  # noqa: BLE001 - tried again before the lease ends
                    get_log().warning("lease_not_renewed", job=run.job, error=str(fault))

        thread = threading.Thread(target=renew, daemon=True, name=f"lease of {run.job}")
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _poll(self, job: Job) -> None:
        started, error = self._clock(), None
        try:
            self._work[job.name]()
        except Exception as fault:  # noqa: BLE001 - the next look tries again
            error = _said(fault)
            get_log().warning("job_failed", job=job.name, error=error)
        before = self._noted.get(job.name)
        if before and before[1] == (error is None) and timedelta() <= started - before[0] < NOTED_EVERY:
            return
        self._note(job, started, error)
        self._noted[job.name] = (started, error is None)

    def _note(self, job: Job, started: datetime, error: str | None) -> None:
        seen = self._seen(job)
        with transaction(self._app.engine) as conn:
            note_poll(conn, seen, started=started, ended=self._clock(), by=self.name, error=error)


def _owed(job: Job, seen: JobState, at: datetime) -> datetime | None:
    """The last moment that came due since the watermark: those before it are done with it."""
    due = None if isinstance(job.when, int) else last_due(job.when, at)
    return None if due is None or due <= seen.watermark else due


def _said(fault: Exception) -> str:
    return str(fault) or type(fault).__name__
