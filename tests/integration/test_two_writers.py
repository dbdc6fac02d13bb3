"""Two writers on one project: exactly one wins, the other is told, and the chain stays whole."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from flows.bootstrap import App
from lifecycle.chain import verify
from lifecycle.database import reading
from lifecycle.dossiers import project_object
from lifecycle.people import Actor
from lifecycle.requests import Request
from lifecycle.settings import Settings
from states.names import Role
from tests.flow_store import ACCEPTED, applied, practice_app

CLERKS = tuple(Actor(login, {"henan": frozenset({Role.CLERK})}, None) for login in ("first", "second"))


def _writer(settings: Settings, actor: Actor, line: Connection) -> None:
    """A warm worker: told a version, it tries to write on it and says what came of it."""
    app = App(settings)
    while (told := line.recv()) is not None:
        project, version = told
        values = {"event.starts_on": "2023-09-01" if version % 2 else "2023-10-01"}
        request = Request(
            "correct_record", (project,), ACCEPTED, reason="核对", values=values, if_version=version
        )
        batch = app.service.trigger(actor, request)
        line.send("done" if batch.done else batch.refused[0].code)
    app.close()


@contextmanager
def writers(settings: Settings) -> Iterator[list[Connection]]:
    """Two processes that wait to be told."""
    context = multiprocessing.get_context("spawn")
    lines: list[Connection] = []
    processes = []
    for actor in CLERKS:
        here, there = context.Pipe()
        processes.append(context.Process(target=_writer, args=(settings, actor, there), daemon=True))
        processes[-1].start()
        lines.append(here)
    yield lines
    for line in lines:
        line.send(None)
    for process in processes:
        process.join(20)


@pytest.mark.parametrize("rounds", [200, pytest.param(5000, marks=pytest.mark.soak)])
@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_of_two_writers_on_one_version_one_writes_and_the_other_hears_of_the_conflict(
    database: str, rounds: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = request.getfixturevalue("empty_postgres").database_url if database == "postgresql" else None
    app = practice_app(tmp_path / "store", database_url=url)
    project = applied(app, tmp_path)
    with reading(app.engine) as conn:
        version = project_object(conn, app.store, project)["version"]
    outcomes = []
    with writers(app.settings) as lines:
        for number in range(rounds):
            for line in lines:
                line.send((project, version + number))
            outcomes.append(sorted(line.recv() for line in lines))

    assert outcomes == [["conflict", "done"]] * rounds
    with reading(app.engine) as conn:
        shown = project_object(conn, app.store, project)
        assert verify(conn).ok is True
    assert shown["version"] == version + rounds
    assert [entry["seq"] for entry in shown["history"]] == list(range(1, version + rounds + 1))
    app.close()
