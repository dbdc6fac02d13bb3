"""The flow server is away: a step is committed and answered at once, and its flow run waits in line."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from flows.bootstrap import App
from flows.orchestrate import AFTERWARDS, Orchestrator
from flows.server import AWAY, PROBE_SECONDS, SLOW, server_of
from lifecycle.database import reading
from lifecycle.outbox import COMMAND, backlog
from lifecycle.settings import read_settings
from tests.acceptance.driver import Practice, finish, start

AT_ONCE_SECONDS = 15
"""Far more than a command needs on a busy machine, far less than a call that waits for a server."""


@pytest.fixture(params=["closed", "silent"])
def away(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """The address of a flow server that refuses connections, or takes them and never says a word; and what is
    said of it."""
    if request.param == "closed":
        yield "http://127.0.0.1:9/api", AWAY
        return
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield f"http://127.0.0.1:{silent.getsockname()[1]}/api", SLOW.format(seconds=PROBE_SECONDS)


def test_a_step_is_answered_at_once_and_its_flow_run_waits(
    furnished: Path, tmp_path: Path, away: tuple[str, str]
) -> None:
    address, said = away
    office = Practice.copied(furnished, tmp_path)
    project = office.talent()
    words = ("trigger", "受理", project, "--as", "checker", "--on", "2023-03-03")
    began = time.monotonic()
    ran = finish(start(*words, home=office.home, LIFECYCLE_PREFECT_API_URL=address, PREFECT_API_URL=address))
    assert time.monotonic() - began < AT_ONCE_SECONDS
    assert (ran.status, [one["to"] for one in ran.json["done"]]) == (0, ["form_review"])
    assert office.project(project)["state"] == "form_review"

    app = App(read_settings({}, home=office.home, prefect_api_url=address))
    began = time.monotonic()
    assert Orchestrator(app, server_of(app.settings)).run() == 0
    assert time.monotonic() - began < AT_ONCE_SECONDS
    with reading(app.engine) as conn:
        waiting = select(COMMAND.c.status, COMMAND.c.attempts, COMMAND.c.error)
        found = conn.execute(waiting.where(COMMAND.c.action == "accept_for_form_review")).all()
        line = backlog(conn)
    app.close()
    assert [tuple(row) for row in found] == [("pending", 0, said + AFTERWARDS)]
    assert (line.running, line.failed) == (0, 0)
