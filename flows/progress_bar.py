"""A progress bar on the flow dashboard that never holds up the work it shows.

At the first fault of the server it is given up: each further try would cost seconds. It counts nothing.
"""

from __future__ import annotations

import time
from typing import Final, cast
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact

from lifecycle.log import get_log

EVERY_SECONDS: Final = 2.0
"""To tell the server costs as much as forty projects."""


class ProgressBar:
    """One progress artifact of the flow run in which it is made."""

    def __init__(self, key: str, description: str, total: int) -> None:
        self._total = total
        self._shown, self._next = 0, 0.0
        self._id: UUID | None = None
        try:
            made = create_progress_artifact(progress=0.0, key=key, description=description)
            self._id = cast("UUID", made)  # called without a loop it returns no coroutine
        except Exception as fault:  # noqa: BLE001 - the work matters, not what shows it
            self._give_up(fault)

    def show(self, done: int) -> None:
        """So many are done; the server is told of the first, then every two seconds, and of the end."""
        percent = 100 if not self._total else done * 100 // self._total
        soon = percent < 100 and time.monotonic() < self._next
        if self._id is None or percent <= self._shown or soon:
            return
        try:
            update_progress_artifact(self._id, progress=float(percent))
            self._shown, self._next = percent, time.monotonic() + EVERY_SECONDS
        except Exception as fault:  # noqa: BLE001 - as above
            self._give_up(fault)

    def _give_up(self, fault: Exception) -> None:
        self._id = None
        get_log().info("progress_not_shown", why=type(fault).__name__)
