"""The flow server: where it is, whether it answers, and how ours is started and stopped.

Ours listens on the loopback only, asks for a login, calls nobody, and keeps its data under home.
Never imports prefect: a supervisor has to stay small and quick to stop.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from flows.child import Child
from lifecycle.settings import Settings

HOST = "127.0.0.1"
PROBE_SECONDS = 2.0
APPLICATION_NAME = "lifecycle-flow-server"

AWAY = "流程服务器没有应答。"
SLOW = "流程服务器没有在 {seconds:.0f} 秒内答复。"
LOCKED_OUT = (
    "流程服务器不接受登录口令，请核对：LIFECYCLE_PREFECT_AUTH（或家目录下的 prefect/login）"
    "须与服务器的 PREFECT_SERVER_API_AUTH_STRING 相同。"
)
BROKEN = "流程服务器答复异常（HTTP {status}），请看它的日志（磁盘是否已满、数据库是否可用）。"
STRANGER = "{url} 上答复的不是流程服务器，请核对 LIFECYCLE_PREFECT_API_URL。"


@dataclass(frozen=True, slots=True)
class FlowServer:
    """The address of a flow server and how to log in (user:password)."""

    api_url: str
    auth: str | None = field(default=None, repr=False)

    @property
    def ui_url(self) -> str:
        """What a person opens in the browser."""
        return self.api_url.removesuffix("/").removesuffix("/api")

    def healthy(self, timeout: float = PROBE_SECONDS) -> bool:
        """Whether it answers now; cheap, so that a dead server holds nobody up."""
        try:
            with httpx.Client(timeout=timeout, trust_env=False) as client:
                return client.get(f"{self.api_url.rstrip('/')}/health").status_code == httpx.codes.OK
        except (httpx.HTTPError, httpx.InvalidURL):
            return False

    def fault(self, timeout: float = PROBE_SECONDS) -> str | None:
        """What keeps us from using it now, as a sentence for a person; None if it can be used.

        One cheap question that needs the login and is not answered from a database.
        """
        login = tuple(self.auth.split(":", 1)) if self.auth and ":" in self.auth else None
        try:
            with httpx.Client(timeout=timeout, trust_env=False) as client:
                auth = httpx.BasicAuth(*login) if login else None
                answer = client.get(f"{self.api_url.rstrip('/')}/admin/version", auth=auth)
        except httpx.TimeoutException:
            return SLOW.format(seconds=timeout)
        except (httpx.HTTPError, httpx.InvalidURL):
            return AWAY
        if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            return LOCKED_OUT
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            return BROKEN.format(status=answer.status_code)
        return None if _a_version(answer) else STRANGER.format(url=self.api_url)


def _a_version(answer: httpx.Response) -> bool:
    try:
        return answer.status_code == httpx.codes.OK and isinstance(answer.json(), str)
    except ValueError:
        return False


def server_of(settings: Settings) -> FlowServer:
    """The server that the settings name, else our own one; its login is made where there is none yet."""
    if settings.prefect_api_url:
        return FlowServer(settings.prefect_api_url, settings.prefect_auth)
    return FlowServer(address_of(settings), settings.prefect_auth or own_login(settings.home))


def address_of(settings: Settings) -> str:
    """Where the server of `server_of` is; looks only."""
    return settings.prefect_api_url or f"http://{HOST}:{settings.prefect_port}/api"


def login_file(home: Path) -> Path:
    """Where the login of our own server lies, readable by its owner only."""
    return home / "prefect" / "login"


def own_login(home: Path) -> str:
    """The login of our own server; made on first use. Loopback is open to every user of the machine."""
    return _kept(login_file(home), lambda: f"admin:{secrets.token_urlsafe(16)}")


def warning_token(home: Path) -> str:
    """What the flow server shows when it calls our daemon; made on first use. It opens nothing else."""
    return _kept(home / "prefect" / "warning-token", lambda: secrets.token_urlsafe(32))


def _kept(path: Path, make: Callable[[], str]) -> str:
    """A secret in a file that only its owner reads."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        secret = make()
        file.write(secret + "\n")
    return secret


def server_process(home: Path, port: int, auth: str, database_url: str | None = None) -> Child:
    """Our own server as a process that has not been started yet.

    `database_url` is a PostgreSQL database with `pg_trgm` (postgresql+asyncpg://…); without it the
    server keeps a SQLite file under home, which bears one flow at a time.
    """
    command = [sys.executable, "-P", "-m", "prefect", "server", "start", "--host", HOST, "--port", str(port)]
    environment = _environment(home, port, auth)
    if database_url:
        environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = database_url
        # Seen in pg_stat_activity; and the only word by which a server tells that it is on PostgreSQL.
        environment["PREFECT_SERVER_DATABASE_SQLALCHEMY_CONNECT_ARGS_APPLICATION_NAME"] = APPLICATION_NAME
    return Child("流程服务器", command, environment, home / "logs" / "prefect.log")


def quiet_environment(home: Path) -> dict[str, str]:
    """What every process that imports prefect is given: no look-ups, no noise, its files under home."""
    return {
        "PREFECT_HOME": str(home / "prefect"),
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_ROOT_LEVEL": "CRITICAL",
        "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
    }


def without_proxy(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment, with the loopback reached directly whatever proxy is set."""
    known = (environ.get("no_proxy") or environ.get("NO_PROXY") or "").split(",")
    direct = ",".join(dict.fromkeys(filter(None, [*known, HOST, "localhost"])))
    return {**environ, "no_proxy": direct, "NO_PROXY": direct}


PASSING_EVENTS: Final = (
    *(f"prefect.task-run.{state}" for state in ("Pending", "Running", "Completed", "Failed", "Crashed")),
    "prefect.artifact.created",
    "prefect.artifact.updated",
    "prefect.flow-run.heartbeat",
    "prefect.worker.heartbeat",
)
# fmt: off  (a table reads better with its columns aligned)
THRIFT: Final = {
    # Events are most of its growth: a dozen for a command, five kilobytes each with their indexes. What they
    # tell stands in the runs, in artifacts and in our own history.
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P7D",
    # Half of them are the steps of task runs and the making of artifacts: nothing looks at those once the
    # server has written them into its tables, which takes it some two minutes.
    "PREFECT_SERVER_SERVICES_DB_VACUUM_EVENT_RETENTION_OVERRIDES": json.dumps(
        dict.fromkeys(PASSING_EVENTS, 86400)
    ),
    # The steps of task runs are written together, each second: one by one, while the run still goes on, its
    # artifact and its end would wait behind them.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    # Removes what deleted runs leave behind: logs and artifacts. Runs are deleted by `flows.pruning`,
    # which knows the commands that are not done; the server's own clean-up of runs does not.
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,orphans",
    # A run that waits its turn behind another one is not late: a worker begins them some ten seconds apart.
    "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": "180",
    # Nothing here waits in a paused run: an approval is a state of a project.
    "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_ENABLED": "false",
}
# fmt: on
"""What our own server is told besides, unless the environment says otherwise. Its other services are needed:
late runs and triggers warn, the foreman watches workers, the scheduler serves schedules of the dashboard."""


def _environment(home: Path, port: int, auth: str) -> dict[str, str]:
    url = f"http://{HOST}:{port}/api"
    return {
        **without_proxy(os.environ),
        **quiet_environment(home),
        **{name: os.environ.get(name, value) for name, value in THRIFT.items()},
        "PREFECT_API_URL": url,
        "PREFECT_UI_API_URL": url,  # else the pages call port 4200
        "PREFECT_SERVER_UI_V2_ENABLED": "false",  # the newer pages ask a host outside
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_API_AUTH_STRING": auth,
        "PREFECT_API_AUTH_STRING": auth,
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_ROOT_LEVEL": "WARNING",
    }
