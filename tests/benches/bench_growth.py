"""What a flow server's SQLite file grows by for a command and for a campaign, and what pruning frees of it.

Sizes are looked at after the server has written everything: task runs come late. Then all runs are pruned
as if a year had gone by, and the file is rewritten as `lifecycle up` does it. Ends with 1 when a limit is
broken.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flows import pruning, server_file
from flows.bootstrap import App, now
from flows.events import ANNOUNCER
from flows.flow_api import flow_api
from flows.orchestrate import Orchestrator
from flows.server import FlowServer, own_login, server_process
from flows.server_file import compact, file_bytes, free_bytes
from lifecycle.campaign_plan import CHUNK
from lifecycle.log import configure_log
from lifecycle.requests import Request
from tests.benches.bench_campaign_flow import drafted
from tests.benches.bench_outage import await_health
from tests.benches.million import PROGRAMME, crowd
from tests.campaign_store import register
from tests.flow_store import ACCEPTED, CHECKER, finish_all
from tests.integration.ports import free_port
from tests.record_store import Records

ACTION = "accept_for_form_review"
COMMAND_KIB, TASK_KIB = 120, 60
"""What a command, and a chunk of a campaign, may cost the server's database."""
SETTLED_SECONDS, SETTLES_WITHIN = 5.0, 150.0


@dataclass(frozen=True, slots=True)
class Grown:
    """What some work has left on the server."""

    kib: float
    tasks: int
    events: int


class Server:
    """The flow server of the bench, counted and measured."""

    def __init__(self, home: Path, server: FlowServer) -> None:
        self.home, self.server = home, server

    def settled(self) -> tuple[float, int, int]:
        """KiB, task runs and events, once none of them has changed for a while."""
        deadline, since, before = time.monotonic() + SETTLES_WITHIN, time.monotonic(), self._counts()
        while time.monotonic() - since < SETTLED_SECONDS:
            assert time.monotonic() < deadline, before
            time.sleep(0.5)
            counted = self._counts()
            if counted != before:
                since, before = time.monotonic(), counted
        return ((file_bytes(self.home) or 0) / 1024, *before)

    def grown_by(self, work: Callable[[], None]) -> Grown:
        """What work leaves behind."""
        before = self.settled()
        work()
        assert ANNOUNCER.flush(60)
        after = self.settled()
        return Grown(after[0] - before[0], after[1] - before[1], after[2] - before[2])

    def _counts(self) -> tuple[int, int]:
        with flow_api(self.server) as client:
            tasks = int(client.post("/task_runs/count", json={}).json())
            events = int(client.post("/events/filter", json={"limit": 1}).json()["total"])
        return tasks, events


def event_bytes(home: Path) -> int:
    """Bytes of the events with their indexes within the file."""
    asked = "SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%event%'"
    with closing(sqlite3.connect(home / server_file.FILE)) as database:
        return int(database.execute(asked).fetchone()[0] or 0)


def carry_out(app: App, server: FlowServer, count: int) -> None:
    """Everything in line; so many commands have to come of it."""
    done, deadline = 0, time.monotonic() + 600
    while done < count:
        assert time.monotonic() < deadline, f"{done} of {count}"
        done += Orchestrator(app, server).run()


def measure(folder: Path, commands: int, projects: int) -> bool:
    """Print the figures; whether the limits hold."""
    home, port = folder / "server", free_port()
    login = own_login(home)
    server = FlowServer(f"http://127.0.0.1:{port}/api", login)
    child = server_process(home, port, login)
    child.start()
    app = crowd(folder, commands + projects + 1)
    register(Records(app, folder), CHECKER)
    finish_all(app)
    ids = [f"{PROGRAMME}-{10_001 + number}" for number in range(commands + projects + 1)]
    host = Server(home, server)

    def singly(some: list[str]) -> None:
        for one in some:
            assert app.service.trigger(CHECKER, Request(ACTION, (one,), ACCEPTED, values={})).done
        carry_out(app, server, len(some))

    def together() -> None:
        drafted(app, ids[commands + 1 :])
        carry_out(app, server, 1)

    try:
        await_health(server, child)
        singly(ids[:1])
        small, large = host.grown_by(lambda: singly(ids[1 : commands + 1])), host.grown_by(together)
        pruned = pruning.prune_with(app, server)
    finally:
        child.stop(10)
        app.close()
    free, whole = free_bytes(home)
    events = event_bytes(home)
    sizes = compact(home)
    chunks = -(-projects // CHUNK)
    each, task = small.kib / commands, large.kib / chunks
    print(f"{commands} commands: {small.kib:.0f} KiB, {each:.1f} a command (limit {COMMAND_KIB}), "
          f"{small.tasks} task runs, {small.events} events")  # fmt: skip
    print(f"a campaign of {projects} in {chunks} chunks: {large.kib:.0f} KiB, {task:.1f} a task run "
          f"(limit {TASK_KIB}), {large.tasks} task runs, {large.events} events")  # fmt: skip
    print(f"pruned {pruned.runs} runs and {pruned.artifacts} artifacts: "
          f"{free / 1024:.0f} of {whole / 1024:.0f} KiB free within the file")  # fmt: skip
    print(f"events, which go by themselves after a week or a day: {events / 1024:.0f} KiB of it")
    if sizes is not None:
        print(f"rewritten: {sizes[0] / 1024:.0f} KiB to {sizes[1] / 1024:.0f} KiB")
    return each <= COMMAND_KIB and task <= TASK_KIB


def main() -> int:
    """Measure on a server of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--commands", type=int, default=50)
    parser.add_argument("--projects", type=int, default=10_000)
    given = parser.parse_args()
    configure_log("text", "error")
    pruning.now = lambda: now() + timedelta(days=400)
    server_file.WORTH_BYTES = 0  # type: ignore[misc]
    with tempfile.TemporaryDirectory() as folder:
        return 0 if measure(Path(folder), given.commands, given.projects) else 1


if __name__ == "__main__":
    sys.exit(main())
