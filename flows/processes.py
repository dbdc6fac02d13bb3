"""The processes that `up` starts beside the flow server: daemon, worker, and the errand that registers.

Each is given the settings of this store by its environment, secrets among them; none stands in a command
line, where every user of the machine could read it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from flows.child import Child
from flows.server import FlowServer, quiet_environment, without_proxy
from lifecycle.settings import Settings

RUNS_ON_SQLITE, RUNS_ON_POSTGRESQL = 1, 4
"""Runs of a worker at a time: what a flow server on that database bears beside the daemon's."""
FOR_THE_SERVER = ("LIFECYCLE_PREFECT_DATABASE_URL", "LIFECYCLE_PREFECT_DATABASE_URL_FILE")
"""What only the flow server has to know."""


def daemon_process(settings: Settings, server: FlowServer) -> Child:
    """The daemon, not started yet."""
    return _ours("守护进程", "flows.daemon", settings, server, "daemon.log")


def worker_process(settings: Settings, server: FlowServer) -> Child:
    """The worker of our pool, not started yet."""
    return _ours("工作进程", "flows.worker", settings, server, "worker.log")


def register_process(settings: Settings, server: FlowServer) -> Child:
    """What registers the deployments and ends, not started yet."""
    return _ours("流程登记", "flows.deployments", settings, server, "deploy.log")


def _runs_borne(settings: Settings) -> int:
    own_on_sqlite = not settings.prefect_api_url and not settings.prefect_database_url
    return RUNS_ON_SQLITE if own_on_sqlite else RUNS_ON_POSTGRESQL


def _ours(name: str, module: str, settings: Settings, server: FlowServer, log: str) -> Child:
    command = [sys.executable, "-P", "-m", module]
    return Child(name, command, environment_of(settings, server), settings.home / "logs" / log)


def environment_of(settings: Settings, server: FlowServer) -> dict[str, str]:
    """Our environment, with this store and this flow server; `python` is the one that runs us."""
    environment = {
        **without_proxy(os.environ),
        **quiet_environment(settings.home),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "LIFECYCLE_HOME": str(settings.home),
        "LIFECYCLE_PREFECT_API_URL": server.api_url,
        "LIFECYCLE_DAEMON_PORT": str(settings.daemon_port),
        "LIFECYCLE_WORKER_RUNS": str(settings.worker_runs or _runs_borne(settings)),
    }
    for name in FOR_THE_SERVER:
        environment.pop(name, None)
    if settings.database_url:
        environment["LIFECYCLE_DATABASE_URL"] = settings.database_url
        environment.pop("LIFECYCLE_DATABASE_URL_FILE", None)
    if server.auth:
        environment["LIFECYCLE_PREFECT_AUTH"] = server.auth
        environment.pop("LIFECYCLE_PREFECT_AUTH_FILE", None)
    return environment
