"""Old runs off a real flow server: what is past its time and done goes, everything else stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows import pruning
from flows.bootstrap import App, now, using
from flows.flow_api import flow_api
from flows.jobs import Jobs
from flows.pruning import prune_with
from flows.server import FlowServer
from flows.server_file import file_bytes, server_bytes
from flows.warm import warm_prefect
from lifecycle.database import transaction
from lifecycle.outbox import finish_command
from lifecycle.settings import read_settings
from tests.cli import call
from tests.flow_host import FlowHost, wait_until
from tests.flow_store import accept, applied, count, finish_all, practice_app, queued

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A practice store with three submitted projects."""
    app = practice_app(tmp_path / "home")
    for number in range(1, 4):
        applied(app, tmp_path, number)
    finish_all(app)
    yield app
    app.close()


@pytest.fixture
def in_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    """The policy is asked a year and more from now."""

    def later() -> datetime:
        return now() + timedelta(days=400)

    monkeypatch.setattr(pruning, "now", later)


def ran(app: App, server: FlowServer, number: int, *, finished: bool = True) -> str:
    """An accepted project with its run; returns the command's id."""
    from flows.trigger import run_command

    command = accept(app, f"h23-young-talent-{number:04}").command_id
    with warm_prefect(server, app.settings.home), using(app):
        run_id = run_command(app, queued(app, command))
    if finished:
        with transaction(app.engine) as conn:
            finish_command(conn, command, run_id, now())
    return command


def artifacts(server: FlowServer, key: str) -> int:
    with flow_api(server) as client:
        found = client.post("/artifacts/filter", json={"artifacts": {"key": {"any_": [key]}}}).json()
    return len(found)


def test_what_is_past_its_time_and_done_goes_with_its_artifacts_and_the_rest_stays(
    app: App, any_flow_server: FlowServer, dashboard: Any, in_a_year: None
) -> None:
    server = any_flow_server
    done, unfinished, others = ran(app, server, 1), ran(app, server, 2, finished=False), ran(app, server, 3)
    (run,) = dashboard.runs(f"command:{others}")
    with flow_api(server) as client:
        client.patch(f"/flow_runs/{run['id']}", json={"tags": [f"command:{others}", "store:another"]})
    assert artifacts(server, f"trigger-{done}") == 1
    rows = count(app, "command"), count(app, "history")

    pruned = prune_with(app, server)

    assert pruned.runs >= 1
    assert pruned.artifacts >= 1
    assert pruned.kept >= 1
    assert not pruned.more
    assert dashboard.runs(f"command:{done}") == []
    assert artifacts(server, f"trigger-{done}") == 0
    assert len(dashboard.runs(f"command:{unfinished}")) == 1
    assert len(dashboard.runs(f"command:{others}")) == 1
    assert (count(app, "command"), count(app, "history")) == rows
    assert queued(app, done).status == "done"
    again = prune_with(app, server)
    assert (again.runs, again.artifacts) == (0, 0)


def test_what_is_young_or_has_not_ended_stays(app: App, flow_server: FlowServer, dashboard: Any) -> None:
    young = ran(app, flow_server, 1)
    assert prune_with(app, flow_server).runs == 0
    assert len(dashboard.runs(f"command:{young}")) == 1


def test_a_run_at_work_stays_however_old_it_is(
    app: App, flow_server: FlowServer, dashboard: Any, in_a_year: None
) -> None:
    from prefect import get_client
    from prefect.states import Running

    from flows.trigger import trigger

    with warm_prefect(flow_server, app.settings.home), get_client(sync_client=True) as client:
        client.create_flow_run(trigger, tags=[app.tag, "at-work"], state=Running())
    prune_with(app, flow_server)
    assert [run["state_type"] for run in dashboard.runs(app.tag)] == ["RUNNING"]


def test_only_so_many_go_at_once_and_the_next_time_the_rest(
    app: App, flow_server: FlowServer, dashboard: Any, in_a_year: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    prune_with(app, flow_server)  # what other tests have left
    commands = [ran(app, flow_server, number) for number in (1, 2, 3)]
    monkeypatch.setattr(pruning, "TOGETHER", 1)
    monkeypatch.setattr(pruning, "RUNS_AT_MOST", 2)
    first = prune_with(app, flow_server)
    assert (first.runs, first.more) == (2, True)
    assert "其余留待下次" in first.sentence
    assert prune_with(app, flow_server).runs == 1
    assert [run for command in commands for run in dashboard.runs(f"command:{command}")] == []


def test_as_a_job_and_by_hand_it_says_what_it_did(
    app: App, flow_server: FlowServer, dashboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def done() -> bool:
        said[:] = [Jobs(app, flow_server).prune()]
        return "留待下次" not in said[0]  # a busy machine made the server seem slow

    wait_until(done, 60)
    (run,) = [one for one in dashboard.runs(app.tag) if one["name"].startswith("清理流程记录")]
    (artifact,) = dashboard.artifacts(run["id"])
    assert said[0].startswith("清理旧运行 ")
    assert said[0] in artifact["data"]
    assert "完成的保留 90 天" in artifact["data"]

    monkeypatch.setenv("LIFECYCLE_PREFECT_API_URL", flow_server.api_url)
    monkeypatch.setenv("LIFECYCLE_PREFECT_AUTH", flow_server.auth or "")
    wait_until(lambda: call("--home", app.settings.home, "--json", "runs", "prune").status == 0, 60)
    assert "清理旧运行" in call("--home", app.settings.home, "runs", "prune").out


def test_how_large_the_database_of_our_own_server_is_is_measured_on_both(
    any_flow_host: FlowHost, request: pytest.FixtureRequest
) -> None:
    server = any_flow_host.server
    if "postgresql" in request.node.name:
        address = any_flow_host.database_url
        assert address is not None
        settings = read_settings({}, home=any_flow_host.home, prefect_database_url=address)
        wait_until(lambda: (server_bytes(server, settings) or 0) > 2**20, 30)
    else:
        settings = read_settings({}, home=any_flow_host.home)
        wait_until(lambda: (server_bytes(server, settings) or 0) > 2**18, 30)
        assert file_bytes(any_flow_host.home)
    assert server_bytes(server, read_settings({}, home=any_flow_host.home / "other")) is None


def test_our_own_server_keeps_events_a_week_and_cleans_up_what_runs_leave_behind(
    any_flow_host: FlowHost,
) -> None:
    with flow_api(any_flow_host.server) as client:
        told = client.get("/admin/settings").json()["server"]
    assert told["events"]["retention_period"] == "P7D"
    assert set(told["services"]["db_vacuum"]["enabled"]) == {"events", "orphans"}
    overrides = told["services"]["db_vacuum"]["event_retention_overrides"]
    assert overrides["prefect.task-run.Completed"] == "P1D"
    assert told["services"]["pause_expirations"]["enabled"] is False
    assert told["services"]["late_runs"]["enabled"] is True
    assert told["services"]["triggers"]["enabled"] is True
