"""A step taken by the command line while the flow server was away has its flow run when it is back, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from flows.bootstrap import App
from flows.orchestrate import Orchestrator
from flows.server import FlowServer
from lifecycle.database import reading
from lifecycle.outbox import COMMAND, backlog
from lifecycle.settings import read_settings
from tests.acceptance.driver import Practice, finish, start

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]

NOBODY = "http://127.0.0.1:9/api"


def test_a_step_of_the_command_line_appears_as_one_run_when_the_server_is_back(
    tmp_path: Path, flow_server: FlowServer, dashboard: Any
) -> None:
    office = Practice(tmp_path / "home")
    office.open()
    office.done("call", "open", "h23-young-talent", by="association", on="2023-03-01")
    project = office.talent()
    words = ("trigger", "受理", project, "--as", "checker", "--on", "2023-03-03")
    assert finish(start(*words, home=office.home, LIFECYCLE_PREFECT_API_URL=NOBODY)).status == 0
    before = office.project(project)

    app = App(read_settings({}, home=office.home))
    with reading(app.engine) as conn:
        waiting = backlog(conn).pending
        mine = conn.execute(select(COMMAND.c.id).where(COMMAND.c.action == "accept_for_form_review"))
        tag = f"command:{mine.scalar_one()}"
    assert Orchestrator(app, FlowServer(NOBODY)).run() == 0
    assert dashboard.runs(tag) == []
    assert Orchestrator(app, flow_server).run() == waiting
    assert Orchestrator(app, flow_server).run() == 0
    app.close()

    (run,) = dashboard.runs(tag)
    assert (run["name"], run["state_type"]) == (f"受理 · {project} 示例人才项目", "COMPLETED")
    assert office.project(project) == before
    assert [one["status"] for one in office.notices(project)] == ["sent"]
    assert len(office.mail()) == 1
