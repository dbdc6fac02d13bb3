"""What a flow server that is away costs: wall time of `lifecycle trigger`, and of the tick that looks for it.

Last, how long after its return a command of the outage has its run (a daemon looks every five seconds).
The rows take turns, so that a busy moment falls on each alike. Ends with 1 when a limit is broken.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from flows.bootstrap import App
from flows.child import Child
from flows.orchestrate import Orchestrator
from flows.server import FlowServer, own_login, server_process
from lifecycle.log import configure_log
from lifecycle.settings import read_settings

ROUNDS = 10
LIFECYCLE = str(Path(sys.executable).with_name("lifecycle"))
KEPT = {name: value for name, value in os.environ.items() if not name.startswith(("LIFECYCLE_", "PREFECT_"))}
STARTS_WITHIN = 150.0
DEAD = "http://127.0.0.1:9/api"
NO_SLOWER = 1.5
"""How much longer a step may take with the server dead than with it alive."""
DEAD_TICK_MS, SILENT_TICK_MS = 500, 4000
BACK_MS = 10_000
APPLICATION = {
    "programme": "h23-young-talent",
    "contact": {"name": "示例", "phone": "0371-00000000", "email": "bench@example.org"},
    "facts": {},
}


@dataclass(slots=True)
class Row:
    """One thing that is measured (ms), and what its median may be."""

    label: str
    limit: float | None = None
    taken: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.taken)


def run(home: Path, *words: str, server: str = DEAD) -> dict[str, list[dict[str, str]]]:
    """One command; what it answered. A command that fails ends the bench with what it said."""
    ran = subprocess.run(
        [LIFECYCLE, "--home", str(home), "--json", *words],
        env={**KEPT, "LIFECYCLE_PREFECT_API_URL": server},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if ran.returncode:
        sys.exit(f"FAIL {' '.join(words)} ended with {ran.returncode}\n{ran.stdout}{ran.stderr}")
    answer: dict[str, list[dict[str, str]]] = json.loads(ran.stdout)
    return answer


def furnish(home: Path, count: int) -> list[str]:
    """A practice store with submitted projects; their ids."""
    run(home, "init", "--rehearsal", "--on", "2023-03-01")
    for login, role in (("clerk", "clerk"), ("checker", "form_checker")):
        run(home, "users", "add", login)
        run(home, "users", "grant", login, role, "--province", "henan")
    run(home, "call", "open", "h23-young-talent", "--as", "clerk", "--on", "2023-03-01")
    unit = {"kind": "prov_society", "region": "河南省"}
    rows = [
        {**APPLICATION, "title": f"示例{n}", "unit": {"name": f"示例{n}学会", **unit}} for n in range(count)
    ]
    path = home.parent / "bench.json"
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    found = run(home, "apply", str(path), "--as", "clerk", "--on", "2023-03-02")
    return [one["id"] for one in found["accepted"]]


def step(home: Path, project: str, server: str, action: str = "accept_for_form_review") -> float:
    """How long one step takes, as a whole process (ms)."""
    began = time.perf_counter()
    words = ("trigger", action, project, "--as", "checker", "--on", "2023-03-03", "--reason", "示例")
    run(home, *words, server=server)
    return (time.perf_counter() - began) * 1000


def tick(app: App, server: str) -> float:
    """How long the orchestrator's tick takes when it does not find the server (ms)."""
    began = time.perf_counter()
    if Orchestrator(app, FlowServer(server)).run():
        sys.exit("FAIL a server that is away carried something out")
    return (time.perf_counter() - began) * 1000


def measure(folder: Path, alive: str) -> list[Row]:
    """The rows, taken in turns."""
    home = folder / "home"
    projects = iter(furnish(home, 2 * ROUNDS + 2))
    with_server, without = Row("trigger, server alive"), Row("trigger, server dead")
    dead, silent = Row("tick, server dead", DEAD_TICK_MS), Row("tick, server silent", SILENT_TICK_MS)
    for server in (alive, DEAD):
        step(home, next(projects), server)  # the first of each warms the file cache
    app = App(read_settings({}, home=home))
    configure_log("text", "error")  # that the server is away is what is measured, not news
    with socket.create_server(("127.0.0.1", 0)) as listener:
        mute = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        for turn in range(ROUNDS):
            with_server.taken.append(step(home, next(projects), alive))
            without.taken.append(step(home, next(projects), DEAD))
            dead.taken.append(tick(app, DEAD))
            if turn < 2:
                silent.taken.append(tick(app, mute))
    app.close()
    without.limit = NO_SLOWER * with_server.median
    return [with_server, without, dead, silent]


def await_health(server: FlowServer, child: Child) -> None:
    """Wait until the server answers; a server that does not start ends the bench."""
    deadline = time.monotonic() + STARTS_WITHIN
    while not server.healthy():
        if time.monotonic() > deadline or not child.alive:
            sys.exit("FAIL the flow server did not start")
        time.sleep(0.2)


def recovery(folder: Path, server: FlowServer, child: Child) -> Row:
    """Put the server away, let one command wait, bring the server back, and wait for the run."""
    row = Row("run, server back", BACK_MS)
    app = App(read_settings({}, home=folder / "home"))
    while Orchestrator(app, server).run():
        pass  # what waits from before would stand in the way
    child.stop(5)
    step(folder / "home", "h23-young-talent-0001", DEAD, "form_reject")
    tick(app, server.api_url)
    child.start()
    await_health(server, child)
    began = time.perf_counter()
    while not Orchestrator(app, server).run():
        if time.perf_counter() - began > STARTS_WITHIN:
            sys.exit("FAIL the command had no run")
    row.taken.append((time.perf_counter() - began) * 1000)
    app.close()
    return row


def main() -> int:
    """Start a server, measure in turns, print the table, and tell whether every limit held."""
    with tempfile.TemporaryDirectory() as name, socket.socket() as probe:
        folder = Path(name)
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
        probe.close()
        login = own_login(folder)
        server, child = FlowServer(f"http://127.0.0.1:{port}/api", login), server_process(folder, port, login)
        child.start()
        try:
            await_health(server, child)
            rows = [*measure(folder, server.api_url), recovery(folder, server, child)]
        finally:
            child.stop(5)
    held = True
    print(f"{'median':<24}{'ms':>8}{'worst':>8}{'limit':>8}")
    for row in rows:
        ok = row.limit is None or row.median <= row.limit
        held = held and ok
        limit = "-" if row.limit is None else f"{row.limit:.0f}"
        verdict = "" if row.limit is None else "PASS" if ok else "FAIL"
        print(f"{row.label:<24}{row.median:>8.0f}{max(row.taken):>8.0f}{limit:>8}  {verdict}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
