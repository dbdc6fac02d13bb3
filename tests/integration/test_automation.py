"""The automation on a real flow server: made once, mended, and heard by a real daemon's page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.automation import BLOCK, NAME, ensure_automation, warning_url
from flows.bootstrap import App, now, using
from flows.flow_api import flow_api
from flows.server import FlowServer, warning_token
from flows.warm import warm_prefect
from flows.watch import Watch
from lifecycle.database import reading
from lifecycle.warning_ledger import Warned, lasting
from states.errors import LifecycleError
from tests.flow_store import practice_app
from tests.integration.ports import free_port
from tests.integration.test_warnings import pages

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]

HEARD_WITHIN = 60


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A practice store whose daemon has a port of its own."""
    made = practice_app(tmp_path / "home", daemon_port=free_port())
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _bare(any_flow_server: FlowServer) -> Iterator[None]:
    """No test finds, or leaves, an automation that calls a page which is gone."""
    yield
    with flow_api(any_flow_server) as client:
        for one in automations(any_flow_server):
            client.delete(f"/automations/{one['id']}")


def automations(server: FlowServer) -> list[dict[str, Any]]:
    with flow_api(server) as client:
        same = {"automations": {"name": {"any_": [NAME]}}}
        found: list[dict[str, Any]] = client.post("/automations/filter", json=same).json()
    return found


def webhook(server: FlowServer, *, secrets: bool) -> dict[str, Any]:
    with flow_api(server) as client:
        same = {"block_documents": {"name": {"any_": [BLOCK]}}, "include_secrets": secrets}
        (found,) = client.post("/block_documents/filter", json=same).json()
    data: dict[str, Any] = found["data"]
    return data


def fail(app: App, server: FlowServer, name: str) -> None:
    """Run a flow of ours that fails: it is asked for a command that is not there."""
    from flows.trigger import trigger

    with warm_prefect(server, app.settings.home), using(app), pytest.raises(LifecycleError):
        trigger.with_options(flow_run_name=name)(command_id="no-such-command")


def heard(app: App) -> list[Warned]:
    with reading(app.engine) as conn:
        return [one for one in lasting(conn) if one.condition == "flow_run"]


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + HEARD_WITHIN
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_the_automation_is_made_once_mended_where_it_differs_and_left_off_where_somebody_turned_it_off(
    any_flow_server: FlowServer,
) -> None:
    server = any_flow_server
    assert [ensure_automation(server, "http://127.0.0.1:1/warnings", "secret-1") for _ in range(2)] == [
        True,
        True,
    ]
    (first,) = automations(server)

    assert ensure_automation(server, "http://127.0.0.1:2/warnings", "secret-2")
    assert webhook(server, secrets=True)["url"] == "http://127.0.0.1:2/warnings"
    assert webhook(server, secrets=True)["headers"]["Authorization"] == "Bearer secret-2"
    assert "secret-2" not in str(webhook(server, secrets=False))
    assert automations(server) == [first]

    with flow_api(server) as client:
        client.patch(f"/automations/{first['id']}", json={"enabled": False})
    assert not ensure_automation(server, "http://127.0.0.1:2/warnings", "secret-2")
    with flow_api(server) as client:
        client.delete(f"/automations/{first['id']}")
    assert ensure_automation(server, "http://127.0.0.1:2/warnings", "secret-2")
    assert [one["enabled"] for one in automations(server)] == [True]


def test_a_run_that_fails_is_heard_of_from_the_flow_server_and_not_again_by_looking(
    app: App, any_flow_server: FlowServer
) -> None:
    name = f"有意失败 · {app.settings.daemon_port}"
    with pages(app):
        ensure_automation(any_flow_server, warning_url(app.settings), warning_token(app.settings.home))
        wait_for(lambda: bool(automations(any_flow_server)))
        fail(app, any_flow_server, name)
        wait_for(lambda: any(name in one.sentence for one in heard(app)))
        Watch(app, any_flow_server).look()
    (told,) = [one for one in heard(app) if name in one.sentence]
    assert told.sentence == f"流程“{name}”失败"
    assert told.told_at is not None
    assert any("no-such-command" in line for line in told.details["advice"])
    assert told.details["flow"] == "trigger"


def test_a_run_that_is_late_is_told_of_until_it_begins_and_again_when_it_fails(
    app: App, any_flow_server: FlowServer
) -> None:
    from prefect import get_client
    from prefect.states import Failed, Late, Pending, Scheduled

    from flows.sweep import sweep

    name = f"迟到 · {app.settings.daemon_port}"

    def mine() -> list[str]:
        return [one.sentence for one in heard(app) if name in one.sentence]

    with (
        pages(app),
        warm_prefect(any_flow_server, app.settings.home),
        get_client(sync_client=True) as client,
    ):
        ensure_automation(any_flow_server, warning_url(app.settings), warning_token(app.settings.home))
        run = client.create_flow_run(sweep, name=name, state=Scheduled())
        client.set_flow_run_state(run.id, Late(), force=True)
        wait_for(lambda: mine() == [f"流程“{name}”迟迟没有开始"])
        client.set_flow_run_state(run.id, Pending(), force=True)
        Watch(app, any_flow_server).look()
        assert mine() == []
        client.set_flow_run_state(run.id, Failed(message="示例"), force=True)
        wait_for(lambda: mine() == [f"流程“{name}”失败"])


def test_a_run_that_was_started_anew_and_ended_well_is_warned_of_no_longer(
    app: App, any_flow_server: FlowServer
) -> None:
    name = f"重跑 · {app.settings.daemon_port}"
    fail(app, any_flow_server, name)
    Watch(app, any_flow_server).look()
    (run,) = [str(one.details["run"]) for one in heard(app) if name in one.sentence]
    with flow_api(any_flow_server) as client:
        client.post(f"/flow_runs/{run}/set_state", json={"state": {"type": "COMPLETED"}, "force": True})
    Watch(app, any_flow_server).look()
    assert not any(name in one.sentence for one in heard(app))


def test_a_run_that_failed_while_no_daemon_ran_is_found_by_looking(
    app: App, any_flow_server: FlowServer
) -> None:
    name = f"无人在场时失败 · {app.settings.daemon_port}"
    fail(app, any_flow_server, name)
    for _ in range(2):
        Watch(app, any_flow_server).look(now())
    assert [one.sentence for one in heard(app) if name in one.sentence] == [f"流程“{name}”失败"]
