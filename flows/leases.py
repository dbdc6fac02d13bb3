"""A command in hand: its lease is renewed as long as its run makes progress, and given up with the run.

A long run (a campaign) says after each step that it got on. Nobody renews a lease for a run that hangs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Final

from flows.bootstrap import App, now
from flows.turns import Turns
from lifecycle.database import transaction
from lifecycle.outbox import QueuedCommand, renew_command

WAITING_SECONDS: Final = 5.0
"""How often the lease is renewed while others have the turn; each of them is capped."""


class Interrupted(BaseException):
    """流程运行中止：其余部分由下一次运行接续。"""

    # Not an Exception: the run has crashed, it has not failed, and nobody within is to go on after it.


class Lease:
    """The hold of this process on one command."""

    def __init__(
        self,
        app: App,
        command: QueuedCommand,
        turns: Turns | None = None,
        may: Callable[[], bool] = lambda: True,
    ) -> None:
        self._app, self._command, self._turns, self._may = app, command, turns, may
        self._given_up = threading.Event()
        self._moment = time.monotonic()

    def moment(self) -> float:
        """When the run last got on, by the monotonic clock."""
        return self._moment

    def give_up(self) -> None:
        """Nobody waits for this run any more: it is to end at its next step."""
        self._given_up.set()

    def step(self) -> None:
        """The run got on. Renews the lease, then lets those go first who wait for a turn.

        Raises Interrupted where the run is to end: given up, the process is stopping, or the command is
        another's by now.
        """
        self.renew()
        if self._turns is None or not self._turns.wanted():
            return
        self._turns.leave()
        try:
            while not self._turns.take(WAITING_SECONDS, patient=True):
                self.renew()
        except Interrupted:
            self._turns.resume()  # whoever started the run leaves the turn that it had
            raise

    def renew(self) -> None:
        """Hold it longer. Raises Interrupted where the run is to end."""
        if self._given_up.is_set() or not self._may():
            raise Interrupted("流程运行中止：其余部分由下一次运行接续。")
        until = now() + timedelta(seconds=self._app.settings.lease_seconds)
        with transaction(self._app.engine) as conn:
            ours = renew_command(conn, self._command, until)
        if not ours:
            raise Interrupted("流程运行中止：另一进程已接手这项操作。")
        self._moment = time.monotonic()


_HELD: ContextVar[Lease | None] = ContextVar("lease", default=None)


@contextmanager
def holding(lease: Lease) -> Iterator[Lease]:
    """Let what is called within tell of its steps by `step_made`."""
    token = _HELD.set(lease)
    try:
        yield lease
    finally:
        _HELD.reset(token)


def step_made() -> None:
    """To be called after each step of a long run. Raises Interrupted where the run is to end."""
    lease = _HELD.get()
    if lease is not None:
        lease.step()


def still_ours() -> None:
    """To be called before a short run ends: one that hung and was given up must not finish after another."""
    lease = _HELD.get()
    if lease is not None:
        lease.renew()


def in_hand() -> bool:
    """Whether this is the run of a command that was taken up, and not one that only looks on."""
    return _HELD.get() is not None
