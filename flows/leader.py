"""One daemon per home: a lock that the system gives back when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from states.errors import UnavailableFault

LOCK = "daemon.lock"


@contextmanager
def leadership(home: Path) -> Iterator[None]:
    """Hold the one place of the daemon on this home. UnavailableFault if it is taken."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / LOCK).open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UnavailableFault(f"已有一个守护进程在使用 {home}，请先停止它。") from None
        lock.seek(0)
        lock.truncate()
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield
