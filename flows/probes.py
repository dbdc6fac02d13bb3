"""What runs: the daemon, the flow server and the workers, asked at their ports. Every wait is capped.

Asks only; works when everything is down. Never imports prefect.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any, Final

import httpx

from flows.address import read_address
from flows.automation import NAME
from flows.flow_api import workers_of
from flows.server import FlowServer, address_of, login_file, server_of
from lifecycle.settings import Settings

WAIT_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class DaemonSeen:
    """What the daemon's port said; `leads` None: it did not answer."""

    up: bool
    address: str
    leads: bool | None = None
    pid: int | None = None


@dataclass(frozen=True, slots=True)
class ServerSeen:
    """What the flow server's port said."""

    up: bool
    url: str
    login: bool | None = None
    """Whether our login holds; None: it did not answer."""
    version: str | None = None
    workers: int | None = None
    """Workers of our pool that are at their place; None: there is no pool, or it did not answer."""
    heard_at: str | None = None
    """When a worker was last heard of."""
    automation: bool | None = None
    """Whether the automation of warnings is enabled; None: there is none, or it did not answer."""


@dataclass(frozen=True, slots=True)
class Seen:
    """All services at one moment."""

    daemon: DaemonSeen
    server: ServerSeen

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"daemon": asdict(self.daemon), "flow_server": asdict(self.server)}


def probe(settings: Settings) -> Seen:
    """Ask both at once; at most about twice `WAIT_SECONDS`."""
    with ThreadPoolExecutor(2) as pool:
        daemon = pool.submit(_daemon, settings)
        server = pool.submit(_server, _server_if_known(settings))
        return Seen(daemon.result(), server.result())


def _server_if_known(settings: Settings) -> FlowServer:
    """The flow server, without making the login of one that was never started."""
    if settings.prefect_api_url or settings.prefect_auth or login_file(settings.home).exists():
        return server_of(settings)
    return FlowServer(address_of(settings))


def _daemon(settings: Settings) -> DaemonSeen:
    known = read_address(settings.home)
    host, port = (known.host, known.port) if known else (settings.daemon_host, settings.daemon_port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    try:
        with httpx.Client(timeout=WAIT_SECONDS, trust_env=False) as client:
            told = client.get(f"{address}/health").json()
        if told["status"] != "ok":
            return DaemonSeen(False, address)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
        return DaemonSeen(False, address)
    return DaemonSeen(True, address, told.get("leader"), known.pid if known else None)


def _server(server: FlowServer) -> ServerSeen:
    user, _, password = (server.auth or "").partition(":")
    auth = (user, password) if server.auth else None
    try:
        with httpx.Client(
            base_url=server.api_url.rstrip("/"), auth=auth, timeout=WAIT_SECONDS, trust_env=False
        ) as client:
            answer = client.get("/admin/version")
            if answer.status_code == HTTPStatus.UNAUTHORIZED:
                return ServerSeen(True, server.ui_url, login=False)
            answer.raise_for_status()
            version = str(answer.json())
            workers, heard_at = workers_of(client)
            return ServerSeen(True, server.ui_url, True, version, workers, heard_at, _automation(client))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return ServerSeen(False, server.ui_url)


def _automation(client: httpx.Client) -> bool | None:
    named = {"automations": {"name": {"any_": [NAME]}}}
    answer = client.post("/automations/filter", json=named)
    answer.raise_for_status()
    found = answer.json()
    return bool(found[0]["enabled"]) if found else None
