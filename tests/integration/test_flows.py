"""Flow runs on a real server: seen under their names, once each, whatever the server does meanwhile."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.bootstrap import App, now, using
from flows.jobs import Jobs
from flows.orchestrate import OUTAGE, SUPERSEDED, Orchestrator
from flows.server import FlowServer
from flows.warm import warm_prefect
from lifecycle.database import transaction
from lifecycle.outbox import COMMAND, claim_command
from lifecycle.requests import Request
from lifecycle.settings import Settings
from tests.flow_store import ACCEPTED, accept, applied, count, finish_all, practice_app, queued
from tests.relay import Relay
from tests.small_world import ALL_ROUNDERS, BEGIN, CITY, CONGRESS, HUNDRED, STATION, founded

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]

NOBODY = FlowServer("http://127.0.0.1:9/api")
"""The discard port of this machine: nothing listens there."""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A practice store with one submitted project."""
    app = practice_app(tmp_path / "home")
    applied(app, tmp_path)
    finish_all(app)
    yield app
    app.close()


PROJECT = "h23-young-talent-0001"


def everything(app: App) -> dict[str, int]:
    return {table: count(app, table) for table in ("history", "duty", "notice", "command", "idempotency")}


def test_a_command_appears_as_a_run_with_its_chinese_name_its_tags_and_its_summary(
    app: App, any_flow_server: FlowServer, dashboard: Any
) -> None:
    batch = accept(app, PROJECT)

    assert Orchestrator(app, any_flow_server).run() == 1

    (run,) = dashboard.runs(f"command:{batch.command_id}")
    assert run["name"] == "受理 · h23-young-talent-0001 示例题目1"
    assert run["state_type"] == "COMPLETED"
    assert sorted(run["tags"]) == [
        f"command:{batch.command_id}", "programme:h23-young-talent", "state:form_review", app.tag,
    ]  # fmt: skip
    (artifact,) = dashboard.artifacts(run["id"])
    row = next(line for line in artifact["data"].splitlines() if PROJECT in line)
    assert row.startswith("| h23-young-talent-0001 | 示例题目1 | 已申报 | 形式审查 | R-LIFE-32")
    command = queued(app, batch.command_id)
    assert (command.status, command.flow_run_id, command.attempts) == ("done", run["id"], 1)


def test_a_dead_server_leaves_the_command_in_line_and_a_live_one_runs_it_once(
    app: App, any_flow_server: FlowServer, dashboard: Any
) -> None:
    batch = accept(app, PROJECT)

    assert Orchestrator(app, NOBODY).run() == 0
    waiting = queued(app, batch.command_id)
    assert (waiting.status, waiting.attempts, waiting.error) == ("pending", 0, OUTAGE)

    assert Orchestrator(app, any_flow_server).run() == 1
    assert Orchestrator(app, any_flow_server).run() == 0
    runs = dashboard.runs(f"command:{batch.command_id}")
    assert [run["state_type"] for run in runs] == ["COMPLETED"]
    assert queued(app, batch.command_id).error is None


@pytest.mark.parametrize(
    ("any_flow_host", "messages"),
    [
        ("sqlite", 3),
        pytest.param("postgresql", 5, marks=pytest.mark.postgres),
        ("sqlite", 8),
        pytest.param("postgresql", 12, marks=pytest.mark.postgres),
        ("sqlite", 16),
    ],
    indirect=["any_flow_host"],
)
def test_a_server_that_dies_in_the_middle_costs_seconds_and_in_the_end_there_is_one_finished_run(
    app: App, any_flow_server: FlowServer, dashboard: Any, messages: int
) -> None:
    batch = accept(app, PROJECT)
    before = everything(app)
    relay = Relay(any_flow_server, messages)

    began = time.monotonic()
    Orchestrator(app, relay.server).run()
    assert time.monotonic() - began < 40
    relay.close()
    assert everything(app) == before

    with transaction(app.engine) as conn:
        conn.execute(COMMAND.update().values(lease_until=None))  # the pause before the next attempt is over
    Orchestrator(app, any_flow_server).run()
    assert queued(app, batch.command_id).status == "done"
    runs = dashboard.runs(f"command:{batch.command_id}")
    assert [run["state_type"] for run in runs if run["state_type"] == "COMPLETED"] == ["COMPLETED"]
    assert {run["state_type"] for run in runs} <= {"COMPLETED", "CRASHED", "FAILED"}
    assert everything(app) == before


def test_a_run_of_a_command_changes_nothing_in_the_record_and_neither_does_a_second(
    app: App, flow_server: FlowServer
) -> None:
    from flows.trigger import run_command

    batch = accept(app, PROJECT)
    before = everything(app)
    with warm_prefect(flow_server, app.settings.home), using(app):
        run_command(app, queued(app, batch.command_id))
        run_command(app, queued(app, batch.command_id))
    assert everything(app) == before


def test_a_project_that_was_refused_then_is_not_taken_along_by_the_run(
    app: App, flow_server: FlowServer, tmp_path: Path
) -> None:
    from flows.trigger import run_command
    from lifecycle.requests import Request
    from tests.flow_store import CHECKER, CLERK

    second = applied(app, tmp_path, 2)
    finish_all(app)
    app.service.trigger(CLERK, Request("withdraw", (second,), ACCEPTED, reason="示例", values={}))
    request = Request("accept_for_form_review", (PROJECT, "h23-young-talent-0099"), ACCEPTED, values={})
    batch = app.service.trigger(CHECKER, request)
    assert [item.id for item in batch.refused] == ["h23-young-talent-0099"]
    applied(app, tmp_path, 3)
    before = everything(app)
    with warm_prefect(flow_server, app.settings.home), using(app):
        run_command(app, queued(app, batch.command_id))
    assert everything(app) == before


def test_a_command_on_several_projects_has_tables_of_what_was_done_and_what_was_not(
    app: App, flow_server: FlowServer, dashboard: Any, tmp_path: Path
) -> None:
    from tests.flow_store import CHECKER

    second = applied(app, tmp_path, 2)
    finish_all(app)
    asked = Request("accept_for_form_review", (PROJECT, second, f"{PROJECT[:-1]}9"), ACCEPTED, values={})
    batch = app.service.trigger(CHECKER, asked)
    assert Orchestrator(app, flow_server).run() == 1

    run_id = queued(app, batch.command_id).flow_run_id
    told = {one["key"].rsplit("-", 1)[1]: one["data"] for one in dashboard.artifacts(run_id)}
    assert [row["项目"] for row in json.loads(told["done"])] == [PROJECT, second]
    assert f"{flow_server.ui_url}/runs/flow-run/{run_id}" in told[batch.command_id]
    assert f"/artifacts/key/trigger-{batch.command_id}-done" in told[batch.command_id]


def test_a_process_lost_after_its_run_was_finished_does_not_make_a_second_run(
    app: App, any_flow_server: FlowServer, dashboard: Any
) -> None:
    from flows.trigger import run_command

    batch = accept(app, PROJECT)
    with transaction(app.engine) as conn:
        command = claim_command(conn, now(), -1)  # a lease that has ended: its worker was killed
    assert command is not None
    with warm_prefect(any_flow_server, app.settings.home), using(app):
        run_id = run_command(app, command)

    assert Orchestrator(app, any_flow_server).run() == 1
    assert [run["id"] for run in dashboard.runs(f"command:{batch.command_id}")] == [run_id]
    assert queued(app, batch.command_id).flow_run_id == run_id


def test_a_run_whose_process_was_killed_is_marked_and_followed_by_one_that_finishes(
    app: App, any_flow_server: FlowServer, dashboard: Any
) -> None:
    from prefect import get_client
    from prefect.states import Running

    from flows.trigger import trigger

    batch = accept(app, PROJECT)
    with transaction(app.engine) as conn:
        claim_command(conn, now(), -1)
    with warm_prefect(any_flow_server, app.settings.home), get_client(sync_client=True) as client:
        client.create_flow_run(trigger, tags=[f"command:{batch.command_id}"], state=Running())

    assert Orchestrator(app, any_flow_server).run() == 1
    states = {
        run["state_type"]: run["state"]["message"] for run in dashboard.runs(f"command:{batch.command_id}")
    }
    assert states == {"CRASHED": SUPERSEDED, "COMPLETED": None}


def test_a_command_started_by_hand_commits_and_is_not_run_again(
    app: App, flow_server: FlowServer, dashboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import orders
    from flows.trigger import trigger
    from lifecycle.people import Actor
    from lifecycle.rights import add_person, grant_role
    from states.names import Role

    root = Actor("root", {"*": frozenset({Role.ADMIN})}, None)
    with transaction(app.engine) as conn:
        add_person(conn, "checker", "示例", added_by=root)
        grant_role(conn, "checker", "form_checker", "henan", root, now())
    monkeypatch.setattr(orders, "operating_system_login", lambda: "checker")
    with warm_prefect(flow_server, app.settings.home), using(app):
        answer = trigger(
            action="accept_for_form_review", projects=[PROJECT], on=ACCEPTED.isoformat(), key="手工-1"
        )
    assert answer == {"done": 1, "refused": 0}
    with app.engine.connect() as conn:
        row = conn.execute(COMMAND.select().where(COMMAND.c.action == "accept_for_form_review")).one()
    assert (row.status, row.body["login"], row.body.get("stood_in_by")) == ("done", "checker", None)
    assert Orchestrator(app, flow_server).run() == 0
    assert [run["id"] for run in dashboard.runs(f"command:{row.id}")] == [row.flow_run_id]


def test_a_flow_that_fails_leaves_the_command_in_line_with_the_fault(
    app: App, any_flow_server: FlowServer, dashboard: Any
) -> None:
    batch = accept(app, PROJECT)
    with transaction(app.engine) as conn:
        conn.execute(COMMAND.update().where(COMMAND.c.id == batch.command_id).values(body={}))

    assert Orchestrator(app, any_flow_server).run() == 0
    command = queued(app, batch.command_id)
    assert (command.status, command.attempts, command.error) == ("pending", 1, "KeyError: 'key'")
    assert [run["state_type"] for run in dashboard.runs(f"command:{batch.command_id}")] == ["FAILED"]


@pytest.mark.parametrize("away", [True, False])
def test_notices_go_out_with_and_without_the_server(
    app: App, flow_server: FlowServer, dashboard: Any, away: bool
) -> None:
    accept(app, PROJECT)
    with transaction(app.engine) as conn:
        from tests.flow_store import TABLES

        conn.execute(TABLES["notice"].update().values(status="pending"))
    waiting = count(app, "notice")
    before = len(dashboard.runs_named(f"通知发送 · {waiting} 件"))

    Jobs(app, NOBODY if away else flow_server).post()

    with app.engine.connect() as conn:
        statuses = {row.status for row in conn.execute(TABLES["notice"].select())}
    assert statuses == {"sent"}
    assert len(dashboard.runs_named(f"通知发送 · {waiting} 件")) - before == (0 if away else 1)


def test_a_practice_store_is_not_swept_by_the_wall_clock(app: App, flow_server: FlowServer) -> None:
    Jobs(app, flow_server).sweep()
    with app.engine.connect() as conn:
        from tests.flow_store import TABLES

        assert conn.execute(TABLES["store"].select()).one().swept_on is None


@pytest.mark.parametrize("away", [True, False])
def test_a_real_store_is_swept_with_and_without_the_server(
    tmp_path: Path, flow_server: FlowServer, dashboard: Any, away: bool
) -> None:
    from flows.bootstrap import today
    from tests.flow_store import TABLES

    real = practice_app(tmp_path / "home", rehearsal=False)
    name = f"每日清查 {today().isoformat()}"
    before = len(dashboard.runs_named(name))

    Jobs(real, NOBODY if away else flow_server).sweep()

    with real.engine.connect() as conn:
        assert conn.execute(TABLES["store"].select()).one().swept_on == today()
    assert len(dashboard.runs_named(name)) - before == (0 if away else 1)
    real.close()


def test_what_the_children_of_a_city_followed_are_runs_below_its_own(
    any_flow_server: FlowServer, dashboard: Any, sqlite_settings: Settings, tmp_path: Path
) -> None:
    """R-LIFE-62: each child's step is a sub-flow under its Chinese name."""
    made = founded(sqlite_settings, tmp_path)
    finish_all(made.app)
    paper = (("review_record", made.paper("评审记录.txt")),)
    asked = Request("review_select", (f"{CITY}-0001",), BEGIN, materials=paper)
    batch = made.service.trigger(ALL_ROUNDERS[1], asked)

    assert Orchestrator(made.app, any_flow_server).run() == 1

    runs = {run["name"]: run for run in dashboard.runs(f"command:{batch.command_id}")}
    below = {name for name, run in runs.items() if run["parent_task_run_id"]}
    assert below == {f"纳入试点市 · {slug}-0001 示例题目1" for slug in (CONGRESS, HUNDRED, STATION)}
    assert {run["state_type"] for run in runs.values()} == {"COMPLETED"}
    (name,) = runs.keys() - below
    (artifact,) = dashboard.artifacts(runs[name]["id"])
    assert "## 随之办理的子项目" in artifact["data"]
    assert artifact["data"].count("纳入试点市子项目管理") == 3
    made.app.close()


def test_a_run_asks_the_server_no_oftener_than_it_must(
    app: App, any_flow_server: FlowServer, tmp_path: Path
) -> None:
    """What makes a run quick: made with its name and tags, on a client that is kept, without look-ups."""
    from prefect import get_client

    asked: list[str] = []
    second = applied(app, tmp_path, 2)
    accept(app, PROJECT)
    assert Orchestrator(app, any_flow_server).run() == 1
    with warm_prefect(any_flow_server, app.settings.home):
        hooks = get_client(sync_client=True)._client.event_hooks
        hooks["request"].append(lambda request: asked.append(f"{request.method} {request.url.path}"))
        get_client(sync_client=True)._client.event_hooks = hooks
    accept(app, second)
    assert Orchestrator(app, any_flow_server).run() == 1
    assert 0 < len(asked) <= 8, asked
