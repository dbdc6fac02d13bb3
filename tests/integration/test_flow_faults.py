"""A flow server that is slow, full, wrong or lying: work goes on, and the command gets one finished run."""

from __future__ import annotations

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from flows.bootstrap import App
from flows.jobs import Jobs
from flows.orchestrate import Orchestrator
from flows.server import FlowServer
from flows.warm import NOWHERE, warm_prefect
from lifecycle.database import reading, transaction
from lifecycle.outbox import COMMAND
from tests.acceptance.driver import finish, start
from tests.flow_host import FlowHost, wait_until
from tests.flow_store import TABLES, accept, applied, count, finish_all, practice_app, queued
from tests.relay import Relay

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]

PROJECT = "h23-young-talent-0001"
LONG = pytest.mark.soak


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A practice store with one submitted project."""
    app = practice_app(tmp_path / "home", lease_seconds=3)
    applied(app, tmp_path)
    finish_all(app)
    yield app
    app.close()


@pytest.fixture
def relay(flow_server: FlowServer) -> Iterator[Relay]:
    """A relay in front of the flow server, faultless at first."""
    relay = Relay(flow_server)
    yield relay
    relay.close()


def everything(app: App) -> dict[str, int]:
    return {table: count(app, table) for table in ("history", "duty", "notice", "command", "idempotency")}


def due(app: App) -> None:
    """The pause before the next attempt is over, and so is every lease."""
    with transaction(app.engine) as conn:
        conn.execute(COMMAND.update().values(lease_until=None))


def notices(app: App) -> set[str]:
    with reading(app.engine) as conn:
        return set(conn.execute(select(TABLES["notice"].c.status)).scalars())


def finished_once(app: App, server: FlowServer, dashboard: Any, command_id: str) -> None:
    """With a server that works again the command has one finished run, and nothing else has changed."""
    before = everything(app)

    def done() -> bool:
        due(app)
        Orchestrator(app, server).run()
        return queued(app, command_id).status == "done"

    wait_until(done, 60, lambda: str(queued(app, command_id)))
    runs = dashboard.runs(f"command:{command_id}")
    states = [run["state_type"] for run in runs]
    assert states.count("COMPLETED") == 1, states
    assert set(states) <= {"COMPLETED", "CRASHED", "FAILED"}, states
    assert everything(app) == before


def test_a_server_that_answers_after_five_seconds_holds_nothing_up(
    app: App, flow_server: FlowServer, dashboard: Any, relay: Relay
) -> None:
    batch = accept(app, PROJECT)
    relay.delay = 5

    jobs = Jobs(app, relay.server)
    jobs.post()
    jobs.orchestrate()
    assert set(relay.requests) == {"GET /api/admin/version HTTP/1.1"}  # whether it is there, and no more
    assert notices(app) == {"sent"}
    waiting = queued(app, batch.command_id)
    assert (waiting.status, waiting.attempts) == ("pending", 0)
    assert "没有在" in (waiting.error or "")

    relay.delay = 0
    finished_once(app, relay.server, dashboard, batch.command_id)


@pytest.mark.parametrize(
    "where",
    [pytest.param("/flow_runs/ ", marks=LONG), "/artifacts/ ", pytest.param("/set_state", marks=LONG)],
)
def test_a_server_that_becomes_slow_in_the_middle_of_a_run_makes_no_second_finished_run(
    app: App, flow_server: FlowServer, dashboard: Any, relay: Relay, where: str
) -> None:
    batch = accept(app, PROJECT)
    stuck = relay.hold(where)

    Orchestrator(app, relay.server).run()
    assert stuck.reached.is_set()
    assert queued(app, batch.command_id).status != "done"
    finished_once(app, flow_server, dashboard, batch.command_id)
    stuck.release()
    wait_until(lambda: not [one for one in threading.enumerate() if one.name == "flow"], 90)
    finished_once(app, flow_server, dashboard, batch.command_id)


def test_a_run_that_breaks_leaves_no_copy_of_what_went_wrong_on_the_disk(
    app: App, flow_server: FlowServer, relay: Relay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such a copy has the request in it that failed, with the password of the flow server."""
    from prefect.settings import get_current_settings

    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    batch = accept(app, PROJECT)
    relay.cut = "/artifacts/ "

    Orchestrator(app, relay.server).run()

    assert queued(app, batch.command_id).attempts == 1
    assert list(here.rglob("*")) == []
    with warm_prefect(flow_server, app.settings.home):  # of all other flows
        assert get_current_settings().results.local_storage_path == NOWHERE


def test_a_wrong_password_is_told_in_chinese_and_costs_the_command_no_attempt(
    app: App, flow_server: FlowServer, dashboard: Any, relay: Relay
) -> None:
    batch = accept(app, PROJECT)
    wrong = FlowServer(relay.server.api_url, "admin:wrong")

    for _ in range(3):
        due(app)
        assert Orchestrator(app, wrong).run() == 0
    assert relay.requests == ["GET /api/admin/version HTTP/1.1"] * 3
    waiting = queued(app, batch.command_id)
    assert (waiting.status, waiting.attempts) == ("pending", 0)
    assert waiting.error is not None
    assert "LIFECYCLE_PREFECT_AUTH" in waiting.error
    assert "口令" in waiting.error
    Jobs(app, wrong).post()
    assert notices(app) == {"sent"}
    told = {"LIFECYCLE_PREFECT_API_URL": wrong.api_url, "LIFECYCLE_PREFECT_AUTH": "admin:wrong"}
    status = finish(start("status", home=app.settings.home, **told))
    assert "LIFECYCLE_PREFECT_AUTH" in status.out

    finished_once(app, flow_server, dashboard, batch.command_id)


@pytest.mark.parametrize("where", ["/api/", pytest.param("/flow_runs/ ", marks=LONG)])
def test_a_server_that_answers_nonsense_is_not_believed(
    app: App, flow_server: FlowServer, dashboard: Any, relay: Relay, where: str
) -> None:
    batch = accept(app, PROJECT)
    relay.lie = where

    Orchestrator(app, relay.server).run()
    waiting = queued(app, batch.command_id)
    assert waiting.status == "pending"
    assert waiting.error
    Jobs(app, relay.server).post()
    assert notices(app) == {"sent"}

    relay.lie = None
    finished_once(app, relay.server, dashboard, batch.command_id)


@pytest.mark.parametrize(
    "where",
    [
        "/set_state",
        pytest.param("/flow_runs/ ", marks=LONG),
        pytest.param("/artifacts/", marks=LONG),
    ],
)
def test_an_answer_cut_in_the_middle_leaves_the_command_in_line(
    app: App, flow_server: FlowServer, dashboard: Any, relay: Relay, where: str
) -> None:
    batch = accept(app, PROJECT)
    relay.cut = where

    Orchestrator(app, relay.server).run()
    assert any(where in line for line in relay.requests)
    assert queued(app, batch.command_id).status == "pending"

    relay.cut = None
    finished_once(app, relay.server, dashboard, batch.command_id)


@contextmanager
def full_disk(host: FlowHost) -> Iterator[None]:
    """The server's files cannot grow: no write of a byte succeeds, as on a disk without room."""
    pids = host.processes()
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def test_a_server_without_room_on_its_disk_is_caught_up_when_there_is_room_again(
    app: App, flow_host: FlowHost, dashboard: Any
) -> None:
    batch = accept(app, PROJECT)
    with full_disk(flow_host):
        assert flow_host.server.healthy()
        Orchestrator(app, flow_host.server).run()
        waiting = queued(app, batch.command_id)
        assert (waiting.status, waiting.flow_run_id) == ("pending", None)
        assert waiting.error
        Jobs(app, flow_host.server).post()
        assert notices(app) == {"sent"}

    finished_once(app, flow_host.server, dashboard, batch.command_id)
