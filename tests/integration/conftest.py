"""What tests of the record and of delivery share: one flow server for all, a mail server, a small store."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.server import FlowServer
from lifecycle.database import transaction
from lifecycle.store import Store
from tests.flow_host import FlowHost, flow_database
from tests.mail_server import MailHost
from tests.notice_store import add_project, open_store


@pytest.fixture(scope="session")
def flow_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server and prefect's client keep their files."""
    return tmp_path_factory.mktemp("flow-server")


@pytest.fixture(scope="session")
def flow_host(flow_home: Path) -> Iterator[FlowHost]:
    """A flow server of our own on SQLite, running, as a process that a test may hinder or kill."""
    yield from _running(FlowHost(flow_home))


@pytest.fixture(scope="session")
def flow_server(flow_host: FlowHost) -> FlowServer:
    """Where that server is, with its login."""
    return flow_host.server


@pytest.fixture(scope="session")
def postgres_flow_host(tmp_path_factory: pytest.TempPathFactory, postgres_address: str) -> Iterator[FlowHost]:
    """A flow server of our own on PostgreSQL, running."""
    home = tmp_path_factory.mktemp("flow-server-postgresql")
    yield from _running(FlowHost(home, flow_database(postgres_address, "prefect")))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_flow_host(request: pytest.FixtureRequest) -> FlowHost:
    """A flow server, once on each database; `dashboard` then shows the one at hand."""
    name = "flow_host" if request.param == "sqlite" else "postgres_flow_host"
    host: FlowHost = request.getfixturevalue(name)
    return host


@pytest.fixture
def any_flow_server(any_flow_host: FlowHost) -> FlowServer:
    """Where that server is, with its login."""
    return any_flow_host.server


def _running(host: FlowHost) -> Iterator[FlowHost]:
    try:
        host.start()
        yield host
    finally:
        host.stop()


class Dashboard:
    """What the flow server shows, asked over its own HTTP interface."""

    def __init__(self, server: FlowServer) -> None:
        login = tuple((server.auth or ":").split(":", 1))
        self._client = httpx.Client(
            base_url=server.api_url, auth=(login[0], login[1]), trust_env=False, timeout=30
        )

    def runs(self, tag: str) -> list[dict[str, Any]]:
        """All flow runs with a tag."""
        return self._ask("/flow_runs/filter", {"flow_runs": {"tags": {"all_": [tag]}}})

    def runs_named(self, name: str) -> list[dict[str, Any]]:
        """All flow runs of a name."""
        return self._ask("/flow_runs/filter", {"flow_runs": {"name": {"any_": [name]}}})

    def artifacts(self, run_id: str) -> list[dict[str, Any]]:
        """The artifacts of a flow run."""
        return self._ask("/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run_id]}}})

    def task_names(self, run_id: str, count: int, within: float = 90) -> set[str]:
        """The names of the task runs of a flow run, as soon as there are so many: they come after it."""
        asked = {"flow_runs": {"id": {"any_": [run_id]}}}
        deadline = time.monotonic() + within
        while True:
            found = {one["name"] for one in self._ask("/task_runs/filter", asked)}
            if len(found) >= count:
                return found
            assert time.monotonic() < deadline, (run_id, found)
            time.sleep(0.1)

    def events(self, resource: str, count: int, within: float = 90) -> list[dict[str, Any]]:
        """Our events that a resource is related to or that are its own, as soon as there are so many."""
        asked = {
            "event": {"prefix": ["kexie."]},
            "any_resource": [{"id": [resource]}],
            "order": "ASC",
        }
        deadline = time.monotonic() + within
        while True:
            answer = self._client.post("/events/filter", json={"filter": asked, "limit": 50})
            answer.raise_for_status()
            found: list[dict[str, Any]] = answer.json()["events"]
            if len(found) >= count:
                return found
            assert time.monotonic() < deadline, f"{len(found)} events of {resource}"
            time.sleep(0.05)

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def _ask(self, path: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self._client.post(path, json=body)
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()
        return found


@pytest.fixture
def dashboard(request: pytest.FixtureRequest) -> Iterator[Dashboard]:
    """The own view of the runs of the server that the test uses."""
    name = "any_flow_host" if "any_flow_host" in request.fixturenames else "flow_host"
    view = Dashboard(request.getfixturevalue(name).server)
    yield view
    view.close()


@pytest.fixture
def dashboard_of() -> Iterator[Callable[[FlowHost], Dashboard]]:
    """The own view of the runs of any server."""
    views: list[Dashboard] = []

    def view(host: FlowHost) -> Dashboard:
        views.append(Dashboard(host.server))
        return views[-1]

    yield view
    for one in views:
        one.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with one project, for the ledger of notices."""
    opened = open_store(tmp_path)
    with transaction(opened.engine) as conn:
        add_project(conn)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def mail_host() -> Iterator[MailHost]:
    """A real mail server that remembers what it took."""
    host = MailHost()
    host.start()
    yield host
    host.stop()
