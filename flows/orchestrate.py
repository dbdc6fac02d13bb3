"""From the outbox to flow runs: every committed command gets one finished run, whenever the server allows.

The command holds in the database whatever happens here. A dead, slow or lying server leaves the row
in line; what a run's result says is believed only about the run. So many runs at once as the server
bears (`flows.server_facts`); a campaign has a lane of its own and gives way to the others (`flows.turns`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING

from flows.bootstrap import App, now, using
from flows.leases import Interrupted, Lease, holding
from flows.server import AWAY, FlowServer
from flows.server_facts import slots_at
from flows.turns import turns_at
from flows.warm import capped, warm_prefect
from lifecycle.database import reading, transaction
from lifecycle.log import get_log
from lifecycle.outbox import (
    QueuedCommand,
    backlog,
    claim_command,
    fail_command,
    finish_command,
    note_outage,
    put_back,
)
from states.errors import UnavailableFault

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun

AFTERWARDS = "操作已经生效，流程运行待服务器恢复后补上。"
OUTAGE = AWAY + AFTERWARDS
SUPERSEDED = "执行它的进程中断，由后一次运行接续。"
LONGEST_ERROR = 500
TURN_SECONDS = 60.0
"""How long a lane waits for its turn; what it would have taken up is found at the next look."""
LOOK_SECONDS = 1.0
"""How often the line is looked at while a campaign runs; who is woken looks at once."""
FAILURES_OF_A_LOOK = 3
"""A lane stops after so many failed attempts: it is then rather the server than a command."""


class Orchestrator:
    """Carries out the outbox of one store on one flow server, for as long as it `may`."""

    def __init__(self, app: App, server: FlowServer, may: Callable[[], bool] = lambda: True) -> None:
        self._app, self._server, self._may = app, server, may
        self._turns = turns_at(server.api_url)
        self._running = threading.Lock()
        self._woken = threading.Event()

    def wake(self) -> None:
        """Something was committed: whoever is at `run` takes it up at once."""
        self._woken.set()

    def run(self) -> int:
        """Carry out what is ready; returns how many commands are done with. Never raises for the server.

        Called while another thread is at it, it wakes that one and returns 0.
        """
        finished = 0
        self._woken.set()  # before the lock: whoever holds it looks once more after letting go
        while self._woken.is_set() and self._running.acquire(blocking=False):
            try:
                self._woken.clear()
                finished += self._look()
            finally:
                self._running.release()
        return finished

    def _look(self) -> int:
        with reading(self._app.engine) as conn:
            line = backlog(conn)
        if not line.pending + line.running or not self._may():
            return 0
        if fault := self._server.fault():
            self._note_outage(fault)
            return 0
        self._turns.resize(slots_at(self._server, self._app.settings))
        with (
            warm_prefect(self._server, self._app.settings.home),
            using(self._app),
            ThreadPoolExecutor(self._turns.slots + 1, "orchestrate") as pool,
        ):
            return self._carry(pool, line.pending + line.running)

    def _carry(self, pool: ThreadPoolExecutor, waiting: int) -> int:
        """One lane for campaigns, and one for each turn for the rest, again while one runs."""

        def start(campaigns: bool) -> Future[int]:
            return pool.submit(copy_context().run, self._lane, campaigns)

        long = start(True)
        finished = 0
        while True:
            over = long.done()
            lanes = [
                start(False) for _ in range(min(waiting, self._turns.slots) if over else self._turns.slots)
            ]
            finished += sum(lane.result() for lane in lanes)
            if over or not self._may():
                return finished + long.result()
            self._woken.wait(LOOK_SECONDS)
            self._woken.clear()

    def _lane(self, campaigns: bool) -> int:
        """One after the other until nothing is ready; returns how many are done with."""
        finished = failed = 0
        while self._may() and failed < FAILURES_OF_A_LOOK:
            if not self._turns.take(TURN_SECONDS, patient=campaigns):
                break
            try:
                done = self._next(campaigns)
            finally:
                self._turns.leave()
            if done is None or (not done and self._server.fault() is not None):
                break
            finished, failed = finished + done, failed + (not done)
        return finished

    def _next(self, campaigns: bool) -> bool | None:
        """The next command: whether it is done with; None where none is ready."""
        seconds = self._app.settings.lease_seconds
        with transaction(self._app.engine) as conn:
            command = claim_command(conn, now(), seconds, campaigns=campaigns)
        if command is None:
            return None
        lease = Lease(self._app, command, self._turns, self._may)
        try:
            with holding(lease):
                run_id = capped(lambda: self._carry_out(command), seconds, lease.moment)
        except Interrupted:
            with transaction(self._app.engine) as conn:
                put_back(conn, command)
            return False
        except Exception as fault:  # noqa: BLE001 - whatever it is, the row stays and is tried again
            lease.give_up()
            self._failed(command, fault)
            return False
        with transaction(self._app.engine) as conn:
            finish_command(conn, command.id, run_id, now())
        get_log().info("orchestrated", command=command.id, flow_run=run_id, attempts=command.attempts)
        return True

    def _carry_out(self, command: QueuedCommand) -> str | None:
        finished = _earlier_run(command) if command.attempts > 1 else None
        return finished or _run(self._app, command)

    def _failed(self, command: QueuedCommand, fault: Exception) -> None:
        error = f"{type(fault).__name__}: {fault}"[:LONGEST_ERROR]
        with transaction(self._app.engine) as conn:
            fail_command(conn, command, error, now(), waits=isinstance(fault, UnavailableFault))
        get_log().warning("orchestration_failed", command=command.id, attempts=command.attempts, error=error)

    def _note_outage(self, fault: str) -> None:
        with transaction(self._app.engine) as conn:
            changed = note_outage(conn, fault + AFTERWARDS)
        if changed:
            get_log().warning("flow_server_away", waiting=changed, server=self._server.api_url, error=fault)


def _run(app: App, command: QueuedCommand) -> str | None:
    """The flow that carries out a command of this kind; returns the id of its run."""
    # Imported here: prefect costs a second, and only now it is needed.
    if "campaign" in command.body:
        from flows.campaign import run_campaign  # noqa: PLC0415

        return run_campaign(app, command)
    from flows.trigger import run_command  # noqa: PLC0415

    return run_command(app, command)


def _earlier_run(command: QueuedCommand) -> str | None:
    """The finished run of an earlier attempt, if there is one; broken ones are marked as such."""
    from prefect import get_client  # noqa: PLC0415 - as in `_run`
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags  # noqa: PLC0415
    from prefect.states import Crashed  # noqa: PLC0415

    mine = FlowRunFilter(tags=FlowRunFilterTags(all_=[f"command:{command.id}"]))
    with get_client(sync_client=True) as client:
        runs: list[FlowRun] = client.read_flow_runs(flow_run_filter=mine)
        for run in runs:
            if run.state is not None and run.state.is_completed():
                return str(run.id)
        for run in runs:
            if run.state is None or not run.state.is_final():
                client.set_flow_run_state(run.id, Crashed(message=SUPERSEDED), force=True)
    return None
