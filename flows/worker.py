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

from flows.deployments import POOL, job_template
from flows.processes import RUNS_ON_POSTGRESQL
from flows.server import server_of
from flows.warm import warm_prefect
from lifecycle.log import configure_log, get_log
from lifecycle.settings import Settings, read_settings
from states.errors import LifecycleError

POLL_SECONDS = 3.0
"""How soon a run that somebody started is taken up."""


def main() -> int:
    """Work until SIGTERM; returns the exit status."""
    os.umask(0o077)
    os.environ.setdefault("PREFECT_WORKER_QUERY_SECONDS", str(POLL_SECONDS))
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
    worker = ProcessWorker(
        name=socket.gethostname(),
        work_pool_name=POOL,
        limit=settings.worker_runs or RUNS_ON_POSTGRESQL,
        base_job_template=job_template(),
    )
    working = asyncio.create_task(worker.start(printer=lambda _: None))
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait((working, asked), return_when=asyncio.FIRST_COMPLETED)
    get_log().info("worker_stopping", asked=stop.is_set())
    _end_runs()
    if stop.is_set():
        working.cancel()
    await asyncio.gather(working, return_exceptions=stop.is_set())
    asked.cancel()


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
