"""The program's processes without their start-up: children of one process that has loaded all of it once.

A child is a process of its own in every respect (memory, connections, locks) and may be killed like one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from flows.server import quiet_environment, without_proxy
from tests.cli import Ran

ROOT = Path(__file__).parents[1]
PATIENCE = 60

OF_A_WORKER = {
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
    "PREFECT_WORKER_QUERY_SECONDS": "0.2",
}
"""Where it finds the `python` of its runs, and how soon it takes one up."""

LOADED = """
import json, os, sys, time
import console.main, console.road, console.trigger, flows.daemon, flows.orchestrate
import flows.campaign, flows.trigger, flows.sweep, flows.post, flows.worker
import prefect.workers.process
import lifecycle.service, notifications.dispatch, notifications.mail
from flows.bootstrap import build_app, using
from flows.child import die_with_parent
from flows.server import server_of
from flows.warm import warm_prefect
from lifecycle.settings import read_settings

def daemon(words):
    return flows.daemon.main()

def command(words):
    return console.main.main(words)

def worker(words):
    return flows.worker.main()

def flow(words):
    # what flows.engine does, with the parameters of a form and no worker
    settings = read_settings()
    name, given = words
    called = getattr(getattr(flows, name), name)
    with warm_prefect(server_of(settings), settings.home), using(build_app(settings)):
        called(**json.loads(given))
    return 0

print("ready", flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    if asked.get("wait"):
        deadline = time.monotonic() + asked["seconds"]
        done = 0
        while not done and time.monotonic() < deadline:
            done, status = os.waitpid(asked["wait"], os.WNOHANG)
            time.sleep(0 if done else 0.01)
        print(os.waitstatus_to_exitcode(status) if done else "alive", flush=True)
    elif child := os.fork():
        print(child, flush=True)
    else:
        die_with_parent()
        os.environ.update(asked["environment"])
        log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for number in (1, 2):
            os.dup2(log, number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        status = 70
        try:
            status = globals()[asked["role"]](asked["words"])
        except BaseException as fault:
            print(type(fault).__name__, fault, file=sys.stderr)
        sys.stdout.flush()
        os._exit(status)
"""


@dataclass(frozen=True, slots=True)
class Command:
    """A command that was started."""

    forked: Forked
    pid: int
    log: Path

    def finish(self) -> Ran:
        """Wait for it."""
        status = self.forked.ended(self.pid)
        return Ran(status, self.log.read_text(encoding="utf-8"), "")


class Forked:
    """Starts `daemon`, `worker`, `command` (of the command line) and `flow` (a run by hand) as children."""

    def __init__(self, home: Path) -> None:
        self._numbers = count(1)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LIFECYCLE_")}
        self._process = subprocess.Popen(
            [sys.executable, "-c", LOADED],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**without_proxy(kept), **quiet_environment(home), **OF_A_WORKER},
        )  # fmt: skip
        assert self._read() == "ready"

    def start(self, role: str, words: Sequence[str], environment: Mapping[str, str], log: Path) -> int:
        """Start one; the id of its process."""
        asked = {"role": role, "words": list(words), "environment": dict(environment), "log": str(log)}
        return int(self._asked(asked))

    def command(self, *words: object, home: Path) -> Command:
        """Start a command of the command line, for a program to read."""
        log = home.parent / f"command-{next(self._numbers)}.json"
        said = ["--json", *(str(word) for word in words)]
        return Command(self, self.start("command", said, {"LIFECYCLE_HOME": str(home)}, log), log)

    def ended(self, pid: int) -> int:
        """Wait for one; its exit status, or minus the signal that ended it."""
        return int(self._asked({"wait": pid, "seconds": PATIENCE}))

    def close(self) -> None:
        """End it, and with it whoever is left."""
        self._process.kill()
        self._process.communicate()

    def _asked(self, words: dict[str, object]) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()
