"""Events on the flow server: `kexie.project.<action>` for each transition that a flow run tells of.

They are told after the commit, by a thread of their own, a hundred at a time. Nobody waits for it and
nothing depends on it: where the server does not take them they are dropped. A list of more than
`EACH_AT_MOST` projects is told by one event `kexie.projects.<action>` for each chunk, with counts: the
server's database grows by four kilobytes for each event. Nothing personal is told. It decides nothing.
"""

from __future__ import annotations

import atexit
import time
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from contextvars import Context, copy_context
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Condition, Thread
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_URL, uuid5

from lifecycle.log import get_log
from lifecycle.transitions import Moved, Transition, moves_of

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

EACH_AT_MOST: Final = 500
"""Projects of one command that have an event each."""
TOGETHER: Final = 100
"""Events of one message to the server."""
WAITING_AT_MOST: Final = 2_000
"""Events that wait in this process; what comes on top is dropped."""
RUN_FIRST_SECONDS: Final = 0.3
"""How long the first events after a rest wait: a server does one thing at a time, and the run comes first."""
SEND_SECONDS: Final = 3.0
AT_EXIT_SECONDS: Final = 3.0
PROGRAMMES_AT_MOST: Final = 50
"""Programmes that one event is related to: the server takes no more than a hundred resources."""

Event = dict[str, Any]


def project_events(command_id: str, run_id: str, steps: Iterable[Transition]) -> list[Event]:
    """One event for each transition. Its id is made of command, project and entry: told twice it is one."""
    return [
        _event(
            f"kexie.project.{step.action}",
            f"{command_id}/{step.project}/{step.seq}",
            {"prefect.resource.id": f"kexie.project.{step.project}"},
            command_id,
            run_id,
            [step.programme],
            {
                "project": step.project,
                "seq": step.seq,
                "from": step.source,
                "to": step.dest,
                "on": step.on.isoformat(),
                "rule": step.rule,
            },
        )
        for step in steps
    ]


def chunk_event(command_id: str, run_id: str, number: int, moves: Sequence[Moved]) -> list[Event]:
    """One event for a chunk of a long list: how many projects went from where to where; none for no step."""
    if not moves:
        return []
    told = {
        "chunk": number,
        "count": sum(move.count for move in moves),
        "moves": [
            {
                "programme": move.programme,
                "action": move.action,
                "from": move.source,
                "to": move.dest,
                "count": move.count,
            }
            for move in moves
        ],
    }
    return [
        _event(
            f"kexie.projects.{moves[0].action}",
            f"{command_id}/chunk/{number}",
            {"prefect.resource.id": f"kexie.command.{command_id}"},
            command_id,
            run_id,
            sorted({move.programme for move in moves})[:PROGRAMMES_AT_MOST],
            told,
        )
    ]


def _event(
    name: str,
    identity: str,
    resource: dict[str, str],
    command_id: str,
    run_id: str,
    programmes: Sequence[str],
    payload: dict[str, Any],
) -> Event:
    related = [
        {"prefect.resource.id": f"prefect.flow-run.{run_id}", "prefect.resource.role": "flow-run"},
        {"prefect.resource.id": f"kexie.command.{command_id}", "prefect.resource.role": "command"},
        *(
            {"prefect.resource.id": f"kexie.programme.{slug}", "prefect.resource.role": "programme"}
            for slug in programmes
        ),
    ]
    return {
        "id": str(uuid5(NAMESPACE_URL, f"kexie/{identity}")),
        "occurred": datetime.now(UTC).isoformat(),
        "event": name,
        "resource": resource,
        "related": related,
        "payload": payload,
    }


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Events with the context that knows their server."""

    context: Context
    events: list[Event]


class Announcer:
    """A line of events and the thread that takes them to the server. Neither raises nor waits."""

    def __init__(self) -> None:
        self._line: deque[_Waiting] = deque()
        self._changed = Condition()
        self._waiting = 0
        self._busy = False
        self._thread: Thread | None = None
        self._clients: dict[tuple[str, str | None], SyncPrefectClient] = {}
        self._opened = ExitStack()

    def tell(self, events: list[Event]) -> int:
        """Put events in line for the server of the current settings; returns how many there was room for."""
        with self._changed:
            taken = events[: max(0, WAITING_AT_MOST - self._waiting)]
            for start in range(0, len(taken), TOGETHER):
                self._line.append(_Waiting(copy_context(), taken[start : start + TOGETHER]))
            self._waiting += len(taken)
            if taken and self._thread is None:
                self._thread = Thread(target=self._work, name="events", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        if len(taken) < len(events):
            get_log().info("events_dropped", count=len(events) - len(taken), why="line_full")
        return len(taken)

    def flush(self, seconds: float) -> bool:
        """Wait until nothing is in line, at most so long; whether it is so."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while self._line or self._busy:
                left = deadline - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    return not (self._line or self._busy)
        return True

    def close(self) -> None:
        """Wait a little for what is in line, then let go of the connections."""
        if self.flush(AT_EXIT_SECONDS):
            self._clients.clear()
            self._opened.close()

    def _work(self) -> None:
        while True:
            with self._changed:
                rested = not self._line
                while not self._line:
                    self._changed.wait()
            if rested:
                time.sleep(RUN_FIRST_SECONDS)
            with self._changed:
                next_in_line = self._line.popleft()
                self._waiting -= len(next_in_line.events)
                self._busy = True
            try:
                next_in_line.context.run(self._send, next_in_line.events)
            except Exception as fault:  # noqa: BLE001 - an event is never worth a fault
                self._drop(len(next_in_line.events), fault)
            finally:
                with self._changed:
                    self._busy = False
                    self._changed.notify_all()

    def _drop(self, count: int, fault: Exception) -> None:
        """A server that is away would be asked in vain once for every message: the whole line goes."""
        with self._changed:
            count += self._waiting
            self._line.clear()
            self._waiting = 0
        self._clients.clear()
        self._opened.close()
        get_log().info("events_dropped", count=count, why=type(fault).__name__)

    def _send(self, events: list[Event]) -> None:
        from prefect import settings  # noqa: PLC0415 - costs a second

        once = {
            settings.PREFECT_CLIENT_MAX_RETRIES: 0,
            settings.PREFECT_API_REQUEST_TIMEOUT: SEND_SECONDS,
        }
        with settings.temporary_settings(once):
            self._client().request("POST", "/events", json=events).raise_for_status()

    def _client(self) -> SyncPrefectClient:
        from prefect import settings  # noqa: PLC0415 - costs a second
        from prefect.client.orchestration import SyncPrefectClient  # noqa: PLC0415

        url, auth = settings.PREFECT_API_URL.value() or "", settings.PREFECT_API_AUTH_STRING.value()
        if (url, auth) not in self._clients:  # not `get_client`: that one is closed when its flow ends
            key = settings.PREFECT_API_KEY.value()
            made = SyncPrefectClient(url, auth_string=auth, api_key=key)
            self._clients[url, auth] = self._opened.enter_context(made)
        return self._clients[url, auth]


ANNOUNCER: Final = Announcer()
"""The one of this process."""

atexit.register(ANNOUNCER.close)


def announce(command_id: str, run_id: str, steps: Sequence[Transition]) -> int:
    """Put the transitions of one command in line; returns how many events. Never raises, never waits."""
    if len(steps) <= EACH_AT_MOST:
        return ANNOUNCER.tell(project_events(command_id, run_id, steps))
    parts = (steps[start : start + EACH_AT_MOST] for start in range(0, len(steps), EACH_AT_MOST))
    return sum(announce_chunk(command_id, run_id, n, moves_of(part)) for n, part in enumerate(parts))


def announce_chunk(command_id: str, run_id: str, number: int, moves: Sequence[Moved]) -> int:
    """Put one event for a chunk of a long list in line; as `announce`."""
    return ANNOUNCER.tell(chunk_event(command_id, run_id, number, moves))
