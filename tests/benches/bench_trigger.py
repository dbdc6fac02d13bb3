"""What a person waits for a step or a list, and how long a step's flow run takes: `lifecycle up`, all real.

The rows of steps take turns, so that a busy moment falls on each alike. The same home is also gone to by the
other road: a setting that the daemon does not share keeps a call away from it. Ends with 1 when a limit is
broken.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
from sqlalchemy import select

from flows.address import read_address
from flows.bootstrap import App
from flows.server import own_login
from lifecycle.database import reading
from lifecycle.outbox import COMMAND
from lifecycle.settings import read_settings
from tests.benches.bench_outage import Row as Measured

ROUNDS = 25
STARTS_WITHIN, ENDS_WITHIN = 150.0, 60.0
CLI_MS, FLOW_MS = 250, 150
LIFECYCLE = str(Path(sys.executable).with_name("lifecycle"))
# Without its bytecode every start would compile our own sources again.
NOT_KEPT = ("LIFECYCLE_", "PREFECT_", "PYTHONDONTWRITEBYTECODE")
KEPT = {name: value for name, value in os.environ.items() if not name.startswith(NOT_KEPT)}
ALONE = {"LIFECYCLE_MAX_UPLOAD_BYTES": "1000000"}
UNIT = {"kind": "prov_society", "region": "河南省"}


@dataclass(slots=True)
class Row(Measured):
    """As in the bench of an outage, with its slow end."""

    @property
    def slow(self) -> float:
        """What nineteen of twenty stay below."""
        return sorted(self.taken)[min(len(self.taken) - 1, int(len(self.taken) * 0.95))]


def run(home: Path, *words: str, **settings: str) -> str:
    """One command; what it answered. A command that fails ends the bench with what it said."""
    command = [LIFECYCLE, "--home", str(home), *words, "--json"]
    ran = subprocess.run(
        command, env={**KEPT, **settings}, capture_output=True, text=True, check=False, timeout=120
    )
    if ran.returncode:
        sys.exit(f"FAIL {' '.join(words)} ended with {ran.returncode}\n{ran.stdout}{ran.stderr}")
    return ran.stdout


def furnish(home: Path, count: int) -> list[str]:
    """A practice store with submitted projects; their ids."""
    run(home, "init", "--rehearsal", "--on", "2023-03-01")
    for login, role in (("clerk", "clerk"), ("checker", "form_checker")):
        run(home, "users", "add", login)
        run(home, "users", "grant", login, role, "--province", "henan")
    run(home, "call", "open", "h23-young-talent", "--as", "clerk", "--on", "2023-03-01")
    contact = {"name": "示例", "phone": "0371-00000000", "email": "bench@example.org"}
    rows = [
        {"programme": "h23-young-talent", "title": f"示例{n}", "contact": contact, "facts": {},
         "unit": {"name": f"示例{n}学会", **UNIT}}
        for n in range(count)
    ]  # fmt: skip
    path = home.parent / "bench.json"
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    found = json.loads(run(home, "apply", str(path), "--as", "clerk", "--on", "2023-03-02"))
    return [one["id"] for one in found["accepted"]]


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def everything_up(home: Path) -> Iterator[str]:
    """`lifecycle up` on a home until the end of the block; the address of its flow server's interface."""
    port = free_port()
    ports = ["--prefect-port", str(port), "--port", str(free_port())]
    with (home.parent / "up.log").open("wb") as log:
        up = subprocess.Popen(
            [LIFECYCLE, "--home", str(home), "up", *ports], env=KEPT, stdout=log, stderr=log
        )
    try:
        deadline = time.monotonic() + STARTS_WITHIN
        while read_address(home) is None:
            if up.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"FAIL it did not start\n{(home.parent / 'up.log').read_text(encoding='utf-8')}")
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/api"
    finally:
        up.send_signal(signal.SIGINT)
        up.wait(60)


def step(home: Path, project: str, **settings: str) -> float:
    """How long one step takes, as a whole process (ms)."""
    words = ("trigger", "accept_for_form_review", project, "--as", "checker", "--on", "2023-03-03")
    began = time.perf_counter()
    run(home, *words, **settings)
    return (time.perf_counter() - began) * 1000


def look(home: Path) -> float:
    """How long a list takes that a person reads, as a whole process (ms)."""
    command = [LIFECYCLE, "--home", str(home), "list", "--as", "checker", "--on", "2023-03-03"]
    began = time.perf_counter()
    subprocess.run(command, env=KEPT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - began) * 1000


def await_run(app: App) -> tuple[str, float]:
    """The newest command once it has its run: its id, and how long after the commit that was (ms)."""
    newest = select(COMMAND).order_by(COMMAND.c.created_at.desc()).limit(1)
    deadline = time.monotonic() + ENDS_WITHIN
    while True:
        with reading(app.engine) as conn:
            row = conn.execute(newest).one()
        if row.status == "done":
            return row.id, (row.finished_at - row.created_at).total_seconds() * 1000
        if time.monotonic() > deadline:
            sys.exit(f"FAIL the command has no run: {row.status}, {row.error}")
        time.sleep(0.05)


def duration(client: httpx.Client, command: str) -> float:
    """From the making of a command's run to its end, as the flow server has it (ms)."""
    asked = {"flow_runs": {"tags": {"all_": [f"command:{command}"]}}}
    (found,) = client.post("/flow_runs/filter", json=asked).raise_for_status().json()
    made, ended = (datetime.fromisoformat(found[name]) for name in ("created", "end_time"))
    return (ended - made).total_seconds() * 1000


def measure(home: Path) -> list[Row]:
    """The rows, taken in turns."""
    projects = iter(furnish(home, 2 * ROUNDS + 4))
    bare, through = Row("python -c pass"), Row("trigger, daemon", CLI_MS)
    listed = Row("list, daemon", CLI_MS)
    alone, flow, after = (
        Row("trigger, no daemon"),
        Row("flow, made to end", FLOW_MS),
        Row("commit to run's end"),
    )
    login = tuple(own_login(home).split(":", 1))
    app = App(read_settings({}, home=home))
    with (
        everything_up(home) as url,
        httpx.Client(
            base_url=url,
            auth=(login[0], login[1]),
            trust_env=False,
            timeout=30,
            limits=httpx.Limits(max_keepalive_connections=0),  # the server cuts those that rest for long
        ) as client,
    ):
        for turn in range(-2, ROUNDS):
            taken = step(home, next(projects))
            command, waited = await_run(app)
            other = step(home, next(projects), **ALONE)
            await_run(app)
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", "pass"], check=True)
            if turn >= 0:  # the first of each warms the file cache
                bare.taken.append((time.perf_counter() - began) * 1000)
                through.taken.append(taken)
                alone.taken.append(other)
                flow.taken.append(duration(client, command))
                after.taken.append(waited)
        for turn in range(-2, ROUNDS):  # after all steps: the server is still writing for a while after each
            seen = look(home)
            if turn >= 0:
                listed.taken.append(seen)
    app.close()
    return [bare, through, listed, alone, flow, after]


def main() -> int:
    """Measure, print the table, and tell whether every limit held."""
    with tempfile.TemporaryDirectory() as name:
        rows = measure(Path(name) / "home")
    held = True
    print(f"{'of ' + str(ROUNDS):<24}{'p50 ms':>8}{'p95':>8}{'worst':>8}{'limit':>8}{'x bare':>8}")
    for row in rows:
        ok = row.median <= (row.limit or row.median)
        held = held and ok
        limit = "-" if row.limit is None else f"{row.limit:.0f}"
        figures = f"{row.median:>8.0f}{row.slow:>8.0f}{max(row.taken):>8.0f}{limit:>8}"
        verdict = "" if row.limit is None else "PASS" if ok else "FAIL"
        print(f"{row.label:<24}{figures}{row.median / rows[0].median:>8.1f}  {verdict}")
    print(f"through the daemon / alone: {rows[1].median / rows[3].median:.2f}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
