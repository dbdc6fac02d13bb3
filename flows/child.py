"""One process of ours: started in its own session, watched, and stopped with all it started.

It dies with its parent even when the parent is killed (Linux). It never decides when to start or stop.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG = 1
WORKER: Final = "LIFECYCLE_WORKER_PID"
"""Tells a run which process it has to die with: the worker that started it."""


class Child:
    """A process with a Chinese name, a command, an environment and a log file."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.log = log
        self._command = list(command)
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it. Only from the main thread: the kernel ties its life to the thread that made it."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_dying_with(os.getpid()),  # noqa: PLW1509 - no thread runs in a supervisor
            )

    @property
    def pid(self) -> int | None:
        """Its process id, and that of its group, once started."""
        return None if self._process is None else self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def ended_with(self) -> int | None:
        """Its exit status; None while it runs or before it was started."""
        return None if self._process is None else self._process.poll()

    def stop(self, grace: float) -> None:
        """Ask it to end, wait up to `grace` seconds, then kill its whole group."""
        if self._process is None:
            return
        if self.alive:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(grace)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None


def die_with_parent(parent: int | None = None) -> None:
    """Let the kernel kill this process when the one that started it is gone (Linux); nothing elsewhere.

    With the id of the parent also where it was gone before we came to ask.
    """
    ask = _dying_with(os.getppid() if parent is None else parent)
    if ask is not None:
        ask()


def _dying_with(parent: int) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)

    def ask() -> None:
        library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return ask
