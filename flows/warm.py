"""Prefect made warm: flows called in this process cost a tenth of a second and never wait long.

Decides how the client behaves towards the server: no heartbeat (its thread sleeps a second at
every run), few retries, capped waits, no noise. It never says what a flow does.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import copy_context
from pathlib import Path
from typing import Any, Final, TypeVar

from flows.bootstrap import App
from flows.server import FlowServer, quiet_environment, without_proxy

# Prefect is imported inside: it takes a second and reads the environment that is set here first.
# ruff: noqa: PLC0415

NOWHERE: Final = Path(os.devnull, "results")
"""Where prefect would put results, and puts the fault of a run that breaks, pickled with the request that
failed and its password: a folder that cannot be, so that none is kept."""
REQUEST_SECONDS = 10.0
RETRIES = 1
PATIENT_RETRIES = 3
"""Of a worker and its runs: a server on SQLite says 503 while another writes, and nobody waits for them."""

T = TypeVar("T")


class FlowTimeout(Exception):
    """流程服务器没有在限定时间内答复。"""


@contextmanager
def warm_prefect(server: FlowServer, home: Path) -> Iterator[None]:
    """Let flows that are called within run in this process and show on `server`.

    `home` takes prefect's own files. The first use in a process imports prefect (about a second).
    """
    os.environ.update(without_proxy(os.environ))
    for name, value in quiet_environment(home).items():
        os.environ.setdefault(name, value)  # read when prefect is imported
    from prefect.settings import temporary_settings

    with temporary_settings(_client_settings(server)), _kept_client(server):
        yield


@contextmanager
def patient() -> Iterator[None]:
    """Within `warm_prefect`: what the server refuses for now is asked again for some fifteen seconds."""
    from prefect import settings

    with settings.temporary_settings({settings.PREFECT_CLIENT_MAX_RETRIES: PATIENT_RETRIES}):
        yield


def warm_up(server: FlowServer, app: App) -> None:
    """Load what the first command and its run will need, so that they are as quick as the later ones.

    For a thread of its own: it takes seconds and nobody waits for it. A server that is away is no fault.
    """
    _ = app.service
    with warm_prefect(server, app.settings.home):
        import flows.trigger  # noqa: F401

        if server.healthy():
            from prefect import get_client

            with suppress(Exception), get_client(sync_client=True) as client:
                client.read_flows(limit=1)


def capped(call: Callable[[], T], seconds: float, progress: Callable[[], float] | None = None) -> T:
    """What `call` returns, or FlowTimeout after `seconds`; it may then still be at work behind us.

    Where `progress` tells when the work last got on (monotonic), the seconds count from then.
    The context goes with it: settings and application of the caller hold in the thread.
    """
    outcome: list[T] = []
    failure: list[BaseException] = []

    def work() -> None:
        try:
            outcome.append(call())
        except BaseException as fault:  # noqa: BLE001 - handed to the caller
            failure.append(fault)

    thread = threading.Thread(target=copy_context().run, args=(work,), daemon=True, name="flow")
    began = time.monotonic()
    thread.start()
    while thread.is_alive():
        left = (began if progress is None else progress()) + seconds - time.monotonic()
        if left <= 0:
            raise FlowTimeout(f"流程在 {seconds:.0f} 秒内没有{'结束' if progress is None else '进展'}。")
        thread.join(left)
    if failure:
        raise failure[0]
    return outcome[0]


_KEPT: dict[FlowServer, Any] = {}


@contextmanager
def _kept_client(server: FlowServer) -> Iterator[None]:
    """One client for each server and process: to make one reads certificates (25 ms) and connects anew.

    It is started and closed with the process, so that no run closes it to another.
    """
    from prefect.context import SyncClientContext

    if server not in _KEPT:
        kept = SyncClientContext()
        kept.client.__enter__()
        atexit.register(kept.client.__exit__)
        _KEPT[server] = kept
    token = SyncClientContext.__var__.set(_KEPT[server])
    try:
        yield
    finally:
        SyncClientContext.__var__.reset(token)


def _client_settings(server: FlowServer) -> dict[Any, Any]:
    from prefect import settings

    return {
        settings.PREFECT_API_URL: server.api_url,
        settings.PREFECT_API_AUTH_STRING: server.auth,
        settings.PREFECT_API_REQUEST_TIMEOUT: REQUEST_SECONDS,
        settings.PREFECT_CLIENT_MAX_RETRIES: RETRIES,
        settings.PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED: False,
        settings.PREFECT_CLIENT_CSRF_SUPPORT_ENABLED: False,
        settings.PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,  # the environment cannot say None
        settings.PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: False,
        settings.PREFECT_LOGGING_TO_API_ENABLED: False,
        settings.PREFECT_RESULTS_PERSIST_BY_DEFAULT: False,
        settings.PREFECT_RESULTS_LOCAL_STORAGE_PATH: NOWHERE,
    }
