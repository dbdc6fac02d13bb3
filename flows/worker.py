"""The worker: takes what was started on the flow dashboard and gives each run a process of its own.

It has the settings of this machine and hands them on by the environment; the flow server never learns
them. Ended by SIGTERM it asks its runs to end first, so that the server hears of it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time

from httpx import HTTPError

from flows.child import WORKER
from flows.deployments import POOL, job_template
from flows.processes import RUNS_ON_POSTGRESQL
from flows.run_marks import any_alive, report_lost
from flows.server import server_of
from flows.warm import patient, warm_prefect
from lifecycle.log import configure_log, get_log
from lifecycle.settings import Settings, read_settings
from states.errors import LifecycleError

GRACE_SECONDS = 3.0
"""How long runs may take to end after SIGTERM; `up` waits a little longer for us."""
POLL_SECONDS = 3.0
"""How soon a run that somebody started is taken up."""


def main() -> int:
    """Work until SIGTERM; returns the exit status."""
    os.umask(0o077)
    os.environ.setdefault("PREFECT_WORKER_QUERY_SECONDS", str(POLL_SECONDS))
    os.environ[WORKER] = str(os.getpid())
    try:
        settings = read_settings()
        configure_log(settings.log_format, settings.log_level)
        with warm_prefect(server_of(settings), settings.home):
            asyncio.run(_work(settings))
    except LifecycleError as fault:
        sys.stderr.write(f"{fault.message}\n")
        return fault.exit_status
    return 0


async def _work(settings: Settings) -> None:
    from prefect.workers.process import ProcessWorker  # noqa: PLC0415 - costs a second

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    _tell_of_lost(settings)
    worker = ProcessWorker(
        name=socket.gethostname(),
        work_pool_name=POOL,
        limit=settings.worker_runs or RUNS_ON_POSTGRESQL,
        base_job_template=job_template(),
    )
    with patient():
        working = asyncio.create_task(worker.start(printer=lambda _: None))
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait((working, asked), return_when=asyncio.FIRST_COMPLETED)
    get_log().info("worker_stopping", asked=stop.is_set())
    _end_runs()
    await _ended(settings, GRACE_SECONDS)
    if stop.is_set():
        working.cancel()
    _tell_of_lost(settings)
    await asyncio.gather(working, return_exceptions=stop.is_set())
    asked.cancel()


async def _ended(settings: Settings, seconds: float) -> None:
    """Until no run is at work, or the time is over."""
    deadline = time.monotonic() + seconds
    while any_alive(settings.home) and time.monotonic() < deadline:  # noqa: ASYNC110 - no event tells it
        await asyncio.sleep(0.05)


def _tell_of_lost(settings: Settings) -> None:
    try:
        told = report_lost(settings.home)
    except (HTTPError, OSError) as fault:
        get_log().warning("lost_runs_untold", error=f"{type(fault).__name__}: {fault}"[:200])
    else:
        if told:
            get_log().warning("runs_lost", count=told)


def _end_runs() -> None:
    """SIGTERM to the runs, which are of our process group when `up` started us; we hear it too."""
    if os.getpgrp() != os.getpid():
        return
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(os.getpgrp(), signal.SIGTERM)


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # prefect's own threads may still be waiting for a server that is gone
