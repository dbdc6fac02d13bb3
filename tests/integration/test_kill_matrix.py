"""The kill matrix: whoever is killed at whatever step, the record ends as if nobody had been.

Rows: flow server, daemon, and who runs what a person started on the dashboard: a worker with the process of
the run (`campaign`), or a process alone (`trigger`, which is not deployed). Columns: the steps of both flows.
Each on SQLite and on PostgreSQL. `make soak` runs every cell; `make test` a sample, chosen by KILL_SEED.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.flow_host import wait_until
from tests.forked import Forked
from tests.kill_world import PATIENCE, Record, World
from tests.relay import Hold

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]

SEED = int(os.environ.get("KILL_SEED", "20261128"))
SERVER, DAEMON, WORKER, ALONE = "server", "daemon", "worker", "alone"
TAKING = 2
"""Times that a worker tells the server of a run before the run itself does: taken, being started."""
BY_HAND = frozenset({WORKER, ALONE})
DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Cell:
    """Who is killed, at which step of what, on which database."""

    flow: str
    victim: str
    step: str
    database: str

    def __str__(self) -> str:
        return f"{self.flow}-{self.victim}-{self.step}-{self.database}"


Stop = Callable[[World, str], "Stopped"]
T = TypeVar("T")


@dataclass
class Stopped:
    """A world that hangs at a step: the process that does the work, others, and how it goes on."""

    actor: int
    others: list[int]
    go_on: Callable[[], None]


def working(world: World, victim: str, stop: Callable[[], T]) -> tuple[T, int, list[int]]:
    """Somebody at work who will be stopped, once there is work: the stop, his process, and who asked him."""
    if victim == WORKER:
        world.filled_in()
        return stop(), world.worker(), []
    daemon = None if victim == ALONE else world.daemon()
    stopped = stop()
    return (stopped, world.by_hand(), []) if daemon is None else (stopped, daemon, world.asked())


def begun(world: World, victim: str, hold: Callable[[], Hold]) -> tuple[Stopped, Hold]:
    """Whoever does the work hangs in a request to the flow server. What a dead worker asked is not heard."""
    held, actor, others = working(world, victim, hold)
    reached(world, held.reached.is_set)
    return Stopped(actor, others, held.drop if victim == WORKER else held.release), held


def telling(world: World, victim: str, number: int, *, answer: bool = False) -> Callable[[], Hold]:
    """A stop where a run tells the server of its own state: that it runs (0), that it is finished (1)."""
    return lambda: world.hold("/set_state", answer=answer, skip=number + TAKING * (victim == WORKER))


def locked(world: World, victim: str, hold: Callable[[], Hold]) -> Stopped:
    """Whoever does the work waits for the store, which somebody locked after that request."""
    stopped, held = begun(world, victim, hold)
    for other in stopped.others:
        assert world.ended(other) == 0, world.log()
    world.lock()
    held.release()
    return Stopped(stopped.actor, [], world.unlock)


def before_commit(world: World, victim: str) -> Stopped:
    """The store is locked: nothing can have been committed."""
    if world.campaign or victim != DAEMON:
        by = victim if world.campaign else ALONE
        return locked(world, by, telling(world, by, 0, answer=True))
    daemon = world.daemon()
    world.lock()
    command = world.command()
    reached(world, world.waits_in_daemon)
    return Stopped(daemon, [command], world.unlock)


def after_commit(world: World, victim: str) -> Stopped:
    """It is committed, and its run not asked for; without a daemon: and nothing is sent yet."""
    if victim in BY_HAND:
        return in_mail(world, victim, "MAIL")
    return begun(world, victim, lambda: world.hold("POST /api/flows/"))[0]


def run_created(world: World, victim: str) -> Stopped:
    """The run is there and does not run yet; one of a worker has its process."""
    return begun(world, victim, telling(world, victim, 0))[0]


def in_line(world: World, victim: str) -> Stopped:
    """The worker has heard of the run and not taken it."""
    return begun(world, victim, lambda: world.hold("/set_state"))[0]


def taken(world: World, victim: str) -> Stopped:
    """The worker has taken the run and not started its process."""
    return begun(world, victim, lambda: world.hold("/set_state", skip=1))[0]


def between_chunks(world: World, victim: str) -> Stopped:
    """The first chunk is done, and its progress is being told."""
    return begun(world, victim, lambda: world.hold("PATCH /api/artifacts/"))[0]


def inside_a_chunk(world: World, victim: str) -> Stopped:
    """The first chunk is done, and the second waits for the store."""
    return locked(world, victim, lambda: world.hold("PATCH /api/artifacts/"))


def in_delivery(world: World, victim: str) -> Stopped:
    """The mail server has taken a mail, and nobody has heard so."""
    return in_mail(world, victim, "DATA")


def in_mail(world: World, victim: str, verb: str) -> Stopped:
    """Whoever sends waits for the mail server's answer."""
    _, actor, others = working(world, victim, lambda: world.mail.answers.update({verb: ["hold"]}))
    reached(world, world.mail.held.is_set)
    return Stopped(actor, others, world.mail.let_go)


def in_report(world: World, victim: str) -> Stopped:
    """Everything is done but the summary for the dashboard."""
    skip = 1 if world.campaign else 0  # its progress came first
    return begun(world, victim, lambda: world.hold("POST /api/artifacts/ ", skip=skip))[0]


def in_completion(world: World, victim: str) -> Stopped:
    """All is done, and by hand also marked; the server has not heard that the run is finished."""
    return begun(world, victim, telling(world, victim, 1))[0]


def before_done(world: World, victim: str) -> Stopped:
    """The server has heard that the run is finished; the outbox row is not marked."""
    if victim == ALONE:
        return locked(world, victim, lambda: world.hold("PATCH /api/flow_runs/", answer=True))
    if victim == WORKER:
        return begun(world, victim, telling(world, victim, 1, answer=True))[0]
    return locked(world, victim, telling(world, victim, 1, answer=True))


def reached(world: World, condition: Callable[[], bool]) -> None:
    wait_until(condition, PATIENCE, world.log)


BOTH: dict[str, Stop] = {
    "before_commit": before_commit,
    "after_commit": after_commit,
    "run_created": run_created,
    "in_delivery": in_delivery,
    "in_report": in_report,
    "in_completion": in_completion,
    "before_done": before_done,
}
OF_CHUNKS: dict[str, Stop] = {"between_chunks": between_chunks, "inside_a_chunk": inside_a_chunk}
OF_A_WORKER: dict[str, Stop] = {"in_line": in_line, "taken": taken}
ROWS: dict[tuple[str, str], dict[str, Stop]] = {
    ("trigger", SERVER): BOTH,
    ("trigger", DAEMON): BOTH,
    ("trigger", ALONE): BOTH,
    ("campaign", SERVER): BOTH | OF_CHUNKS,
    ("campaign", DAEMON): BOTH | OF_CHUNKS,
    ("campaign", WORKER): BOTH | OF_CHUNKS | OF_A_WORKER,
}
CELLS = tuple(
    Cell(flow, victim, step, database)
    for (flow, victim), steps in ROWS.items()
    for step in steps
    for database in DATABASES
)


def sample() -> list[Cell]:
    """Two cells in which the daemon is killed, one each with a worker, a process alone and the server."""
    chance = random.Random(SEED)  # noqa: S311 - a repeatable chance is what is wanted
    wanted = {DAEMON: 2, WORKER: 1, ALONE: 1, SERVER: 1}
    return [
        cell
        for victim, number in wanted.items()
        for cell in chance.sample([one for one in CELLS if one.victim == victim], number)
    ]


Open = Callable[[Cell], AbstractContextManager[World]]


@pytest.fixture
def world_of(request: pytest.FixtureRequest, forked: Forked) -> Open:
    """A fresh world on a database."""

    @contextmanager
    def made(cell: Cell) -> Iterator[World]:
        embedded = cell.database == "sqlite"
        host = request.getfixturevalue("flow_host" if embedded else "postgres_flow_host")
        settings = request.getfixturevalue("sqlite_settings" if embedded else "postgres_settings")
        with closing(World(settings, host, forked, campaign=cell.flow == "campaign")) as world:
            yield world

    return made


UNDISTURBED: dict[str, Record] = {}
"""What a flow leaves where nobody is killed; made when it is first asked for."""


@pytest.fixture
def undisturbed(request: pytest.FixtureRequest, forked: Forked, tmp_path: Path) -> Callable[[str], Record]:
    """The record of a flow that nobody disturbed."""
    from tests.conftest import store_copy

    def made(flow: str) -> Record:
        if flow not in UNDISTURBED:
            settings = store_copy(request.getfixturevalue("sqlite_template"), tmp_path / "undisturbed")
            host = request.getfixturevalue("flow_host")
            with closing(World(settings, host, forked, campaign=flow == "campaign")) as world:
                for asked in world.asked():
                    assert world.ended(asked) == 0, world.log()
                world.finish()
                UNDISTURBED[flow] = world.record()
        return UNDISTURBED[flow]

    return made


def killed(cell: Cell, world: World, expected: Record, dashboard: Any) -> None:
    """Stop at the step, kill, start everything again, and look."""
    stopped = ROWS[cell.flow, cell.victim][cell.step](world, cell.victim)
    if cell.victim == SERVER:
        world.host.kill()
        stopped.go_on()
        world.host.start()
        world.kill(stopped.actor)  # as after a night: whoever waited for the server is started again too
    else:
        world.kill(stopped.actor)
        stopped.go_on()
    if cell.victim == WORKER:
        world.worker_again()
    for other in stopped.others:
        assert world.ended(other) == 0, world.log()
    if not world.commands():
        assert world.ended(world.by_hand()) == 0, world.log()
    world.finish()
    assert world.differs(expected) == []
    found = world.record()
    doubled = found.mails - expected.mails
    assert found.mails.keys() == expected.mails.keys()
    assert doubled.total() <= (1 if cell.step == "in_delivery" else 0), doubled
    (command,) = world.commands()
    states = [run["state_type"] for run in dashboard(world.host).runs(f"command:{command}")]
    assert states.count("COMPLETED") == 1, states
    assert set(states) <= {"COMPLETED", "CRASHED", "FAILED"}, states
    if cell.step in OF_A_WORKER:
        state = world.form_state()
        assert state["type"] == "COMPLETED", (state, world.log())  # nobody has to press the button again


@pytest.mark.parametrize("cell", sample(), ids=str)
def test_whoever_is_killed_the_record_ends_as_if_nobody_had_been(
    cell: Cell, world_of: Open, undisturbed: Callable[[str], Record], dashboard_of: Any
) -> None:
    print(f"KILL_SEED={SEED}")  # noqa: T201 - how to see it again
    expected = undisturbed(cell.flow)
    with world_of(cell) as world:
        killed(cell, world, expected, dashboard_of)


@pytest.mark.soak
@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_every_cell_of_the_matrix_ends_as_if_nobody_had_been_killed(
    cell: Cell, world_of: Open, undisturbed: Callable[[str], Record], dashboard_of: Any
) -> None:
    expected = undisturbed(cell.flow)
    with world_of(cell) as world:
        killed(cell, world, expected, dashboard_of)
