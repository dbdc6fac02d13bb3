"""Who may have a flow at work on a flow server: so many at once as it bears, short ones before long ones.

A flow server on SQLite bears one. A campaign of a hundred thousand would keep that one for minutes, so it
gives way between its chunks: whoever waits goes first, and waits no longer than one chunk takes. That
was preferred to ordering by size, which helps nobody who comes while the campaign runs.
"""

from __future__ import annotations

import threading
import time
from typing import Final

PATIENCE_SECONDS: Final = 10.0
"""How long a long run lets others go before it; then it is one of them, so that it comes to its end."""


class Turns:
    """So many turns, taken and left by threads of one process."""

    def __init__(self, slots: int = 1) -> None:
        self._changed = threading.Condition()
        self._slots = slots
        self._taken = 0
        self._waiting = 0

    @property
    def slots(self) -> int:
        """How many may be at work at once."""
        return self._slots

    def resize(self, slots: int) -> None:
        """Another number; who is at work stays at it."""
        with self._changed:
            self._slots = slots
            self._changed.notify_all()

    def take(self, within: float, *, patient: bool = False) -> bool:
        """Wait for a turn, at most so many seconds; whether there was one. To be left with `leave`.

        Who is patient lets everybody else go first, for `PATIENCE_SECONDS`.
        """
        began = time.monotonic()
        with self._changed:
            self._waiting += not patient
            try:
                while not self._free(patient and time.monotonic() - began < PATIENCE_SECONDS):
                    left = began + within - time.monotonic()
                    if left <= 0:
                        return False
                    self._changed.wait(min(left, 1.0) if patient else left)
                self._taken += 1
                return True
            finally:
                self._waiting -= not patient
                self._changed.notify_all()

    def leave(self) -> None:
        """Let the next one."""
        with self._changed:
            self._taken -= 1
            self._changed.notify_all()

    def resume(self) -> None:
        """Take a turn whether there is one or not: for who gave way and now has to end in its own turn."""
        with self._changed:
            self._taken += 1

    def wanted(self) -> bool:
        """Whether somebody waits for a turn, the patient aside."""
        with self._changed:
            return self._waiting > 0

    def _free(self, behind: bool) -> bool:
        return self._taken < self._slots and not (behind and self._waiting)


_TURNS: dict[str, Turns] = {}
_LOCK = threading.Lock()


def turns_at(api_url: str) -> Turns:
    """The turns of this process at one flow server."""
    with _LOCK:
        return _TURNS.setdefault(api_url, Turns())
