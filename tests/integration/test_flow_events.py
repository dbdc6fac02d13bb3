"""Events of transitions on a real flow server: one for each, nothing personal, never in anybody's way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from flows.bootstrap import App, using
from flows.events import ANNOUNCER, Announcer, project_events
from flows.orchestrate import Orchestrator
from flows.server import FlowServer
from flows.warm import warm_prefect
from lifecycle.requests import Request
from lifecycle.settings import Settings
from tests.flow_store import accept, applied, finish_all, practice_app, queued
from tests.integration.test_flows import NOBODY, PROJECT
from tests.relay import Relay
from tests.small_world import ALL_ROUNDERS, BEGIN, CITY, CONGRESS, founded
from tests.unit.flows.test_events import steps

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A practice store with one submitted project."""
    app = practice_app(tmp_path / "home")
    applied(app, tmp_path)
    finish_all(app)
    yield app
    app.close()


def test_a_transition_is_one_event_with_its_project_run_command_and_programme(
    app: App, flow_server: FlowServer, dashboard: Any
) -> None:
    from flows.trigger import run_command

    batch = accept(app, PROJECT)
    assert Orchestrator(app, flow_server).run() == 1
    with warm_prefect(flow_server, app.settings.home), using(app):
        run_command(app, queued(app, batch.command_id))  # told again it is the same event
    assert ANNOUNCER.flush(30)

    (event,) = dashboard.events(f"kexie.command.{batch.command_id}", 1)
    assert event["event"] == "kexie.project.accept_for_form_review"
    assert event["resource"] == {"prefect.resource.id": f"kexie.project.{PROJECT}"}
    roles = {one["prefect.resource.role"]: one["prefect.resource.id"] for one in event["related"]}
    assert roles == {
        "flow-run": f"prefect.flow-run.{queued(app, batch.command_id).flow_run_id}",
        "command": f"kexie.command.{batch.command_id}",
        "programme": "kexie.programme.h23-young-talent",
    }
    assert event["payload"] == {
        "project": PROJECT, "seq": 3, "from": "submitted", "to": "form_review", "on": "2023-05-12",
        "rule": "R-LIFE-32",
    }  # fmt: skip


def test_what_a_child_followed_is_an_event_of_its_own_action(
    flow_server: FlowServer, dashboard: Any, sqlite_settings: Settings, tmp_path: Path
) -> None:
    made = founded(sqlite_settings, tmp_path)
    finish_all(made.app)
    paper = (("review_record", made.paper("评审记录.txt")),)
    batch = made.service.trigger(
        ALL_ROUNDERS[1], Request("review_select", (f"{CITY}-0001",), BEGIN, materials=paper)
    )
    assert Orchestrator(made.app, flow_server).run() == 1
    assert ANNOUNCER.flush(30)

    told = dashboard.events(f"kexie.command.{batch.command_id}", 4)
    actions = {event["payload"]["project"]: event["event"].rsplit(".", 1)[1] for event in told}
    assert actions[f"{CITY}-0001"] == "review_select"
    assert actions[f"{CONGRESS}-0001"] == "absorb"
    assert len(told) == len(actions) == 4
    made.app.close()


def test_a_server_that_is_away_or_dies_costs_what_was_in_line_and_nobody_waits(
    flow_server: FlowServer, dashboard: Any, tmp_path: Path
) -> None:
    announcer, command = Announcer(), uuid4().hex
    for messages in (None, 0, 1, 2):
        relay = None if messages is None else Relay(flow_server, messages)
        with warm_prefect(NOBODY if relay is None else relay.server, tmp_path):
            began = time.monotonic()
            assert announcer.tell(project_events("lost", "r", steps(300))) == 300
            assert time.monotonic() - began < 1
        assert announcer.flush(30), messages
        if relay is not None:
            relay.close()
    with warm_prefect(flow_server, tmp_path):
        assert announcer.tell(project_events(command, "r", steps(1))) == 1
    assert announcer.flush(30)
    announcer.close()
    assert len(dashboard.events(f"kexie.command.{command}", 1)) == 1
