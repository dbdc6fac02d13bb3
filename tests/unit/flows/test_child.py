from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from flows.child import Child

WITHIN = 60

FAMILY = """
import subprocess, sys, time, pathlib
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(other.pid, flush=True)
time.sleep(600)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(600)
"""


def child(code: str, log: Path) -> Child:
    return Child("示例", [sys.executable, "-c", code], os.environ, log)


def printed(one: Child) -> str:
    deadline = time.monotonic() + WITHIN
    while not (text := one.log.read_text() if one.log.exists() else "").endswith("\n"):
        assert time.monotonic() < deadline, text
    return text


def runs(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_stopping_takes_the_whole_family(tmp_path: Path) -> None:
    one = child(FAMILY, tmp_path / "logs" / "one.log")
    one.start()
    grandchild = int(printed(one))
    assert one.alive
    one.stop(5)
    deadline = time.monotonic() + WITHIN
    while runs(grandchild):
        assert time.monotonic() < deadline
    assert not one.alive


def test_one_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    one = child(STUBBORN, tmp_path / "one.log")
    one.start()
    assert printed(one) == "up\n"
    pid = one.pid
    assert pid is not None
    one.stop(0.2)
    assert not one.alive
    assert not runs(pid)


def test_the_exit_status_is_known_and_a_second_stop_does_nothing(tmp_path: Path) -> None:
    one = child("print('x'); raise SystemExit(3)", tmp_path / "one.log")
    assert (one.pid, one.ended_with) == (None, None)
    one.start()
    printed(one)
    deadline = time.monotonic() + WITHIN
    while one.ended_with is None:
        assert time.monotonic() < deadline
    assert one.ended_with == 3
    one.stop(1)
    one.stop(1)
    assert one.pid is None
