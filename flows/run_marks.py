"""Which runs of this machine's worker are alive: a locked file for each, which outlives a killed process.

The flow server cannot tell a run that works from one whose process is gone. The lock can: the kernel gives
it back however the process ended. It starts and stops nothing.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from uuid import UUID

FOLDER: Final = "runs"
LOST: Final = "执行它的进程中断。再次启动该流程即从中断处继续，已办理的不会重做。"


@contextmanager
def marked(home: Path, run_id: str) -> Iterator[None]:
    """Hold the mark of a run; it is taken away again unless the process is killed or told to end."""
    path = home / FOLDER / str(UUID(run_id))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("w", encoding="ascii") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        try:
            yield
        except SystemExit as end:
            if not end.code:
                path.unlink(missing_ok=True)
            raise
        path.unlink(missing_ok=True)


def any_alive(home: Path) -> bool:
    """Whether a run of this machine is still at work."""
    return any(_held(path) for path in _marks(home))


def report_lost(home: Path) -> int:
    """Tell the flow server of runs whose process is gone; returns how many it did not know of.

    One that had not begun is left as it is: the watch starts it again (`flows.reconciling`).
    To be called within `warm_prefect`. A server that is away is told the next time.
    """
    # Imported here: prefect costs a second.
    from prefect import get_client  # noqa: PLC0415
    from prefect.exceptions import ObjectNotFound  # noqa: PLC0415
    from prefect.states import Crashed  # noqa: PLC0415

    told = 0
    lost = [path for path in _marks(home) if not _held(path)]
    if not lost:
        return 0
    with get_client(sync_client=True) as client:
        for path in lost:
            with suppress(ObjectNotFound):
                run = client.read_flow_run(UUID(path.name))
                if run.state is None or not (run.state.is_final() or run.state.is_pending()):
                    client.set_flow_run_state(run.id, Crashed(message=LOST), force=True)
                    told += 1
            path.unlink(missing_ok=True)
    return told


def _marks(home: Path) -> list[Path]:
    with suppress(FileNotFoundError):
        return sorted((home / FOLDER).iterdir())
    return []


def _held(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
