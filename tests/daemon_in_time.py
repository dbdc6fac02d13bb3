"""A daemon in a process of its own whose wall clock a test sets: the real one, with its real locks.

`python -m tests.daemon_in_time 2026-11-28T12:00:00+08:00` with the settings in the environment; each line
on standard input is the next moment. Between two moments time passes as it does outside.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import httpx
import time_machine

from flows.daemon import main
from lifecycle.settings import Settings
from tests.integration.ports import free_port

ROOT = Path(__file__).parents[1]


class Daemon:
    """One such process, as the test sees it."""

    def __init__(self, settings: Settings, home: Path, at: datetime) -> None:
        self.port = free_port()
        self.log = home.with_suffix(".log")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        environment |= {
            "PYTHONPATH": str(ROOT),
            "LIFECYCLE_HOME": str(home),
            "LIFECYCLE_DAEMON_PORT": str(self.port),
            "LIFECYCLE_PREFECT_API_URL": "http://127.0.0.1:9/api",  # nothing listens there
        }
        if settings.database_url:
            environment["LIFECYCLE_DATABASE_URL"] = settings.database_url
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.daemon_in_time", at.isoformat()],
                env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=log, stderr=log, text=True,
            )  # fmt: skip

    def set_clock(self, at: datetime) -> None:
        """Let it be that moment in the process."""
        assert self.process.stdin
        self.process.stdin.write(f"{at.isoformat()}\n")
        self.process.stdin.flush()

    def health(self) -> dict[str, Any]:
        """What its health page answers; empty while it does not."""
        try:
            with httpx.Client(trust_env=False, timeout=5) as client:
                answer: dict[str, Any] = client.get(f"http://127.0.0.1:{self.port}/health").json()
        except httpx.HTTPError:
            return {}
        return answer

    def leads(self) -> bool:
        """Whether its health page says that it leads."""
        return self.health().get("leader") is True

    def stands_by(self) -> bool:
        """Whether its health page says that it does not."""
        return self.health().get("leader") is False

    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self.process.communicate()


def follow(clock: time_machine.Coordinates, moments: IO[str]) -> None:
    """Set the clock to each moment that comes."""
    for line in moments:
        clock.move_to(datetime.fromisoformat(line.strip()))


if __name__ == "__main__":
    with time_machine.travel(datetime.fromisoformat(sys.argv[1]), tick=True) as travelled:
        threading.Thread(target=follow, args=(travelled, sys.stdin), daemon=True).start()
        status = main()
        sys.stdout.flush()
        os._exit(status)
