"""From the outbox to flow runs: every committed command gets one finished run, whenever the server allows.

The command holds in the database whatever happens here. A dead, slow or lying server leaves the row
in line; what a run's result says is believed only about the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.bootstrap import App, now, using
from flows.server import AWAY, FlowServer
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
)

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun

AT_ONCE = 20
"""Commands of one call; then the other jobs have their turn."""
AFTERWARDS = "操作已经生效，流程运行待服务器恢复后补上。"
OUTAGE = AWAY + AFTERWARDS
SUPERSEDED = "执行它的进程中断，由后一次运行接续。"
LONGEST_ERROR = 500


@dataclass(frozen=True, slots=True)
class Orchestrator:
    """Carries out the outbox of one store on one flow server, one run at a time."""

    app: App
    server: FlowServer

    def run(self, at_most: int = AT_ONCE) -> int:
        """Carry out what waits; returns how many commands are done with. Never raises for the server."""
        with reading(self.app.engine) as conn:
            line = backlog(conn)
        if not line.pending + line.running:
            return 0
        if fault := self.server.fault():
            self._note_outage(fault)
            return 0
        finished = 0
        with warm_prefect(self.server, self.app.settings.home), using(self.app):
            while finished < at_most and self._next():
                finished += 1
        return finished

    def _next(self) -> bool:
        with transaction(self.app.engine) as conn:
            command = claim_command(conn, now(), self.app.settings.lease_seconds)
        if command is None:
            return False
        try:
            run_id = capped(lambda: self._carry_out(command), self.app.settings.lease_seconds)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the row stays and is tried again
            self._failed(command, fault)
            return False
        with transaction(self.app.engine) as conn:
            finish_command(conn, command.id, run_id, now())
        get_log().info("orchestrated", command=command.id, flow_run=run_id, attempts=command.attempts)
        return True

    def _carry_out(self, command: QueuedCommand) -> str | None:
        # Imported here: prefect costs a second, and only now it is needed.
        from flows.trigger import run_command  # noqa: PLC0415

        finished = _earlier_run(command) if command.attempts > 1 else None
        return finished or run_command(self.app, command)

    def _failed(self, command: QueuedCommand, fault: Exception) -> None:
        error = f"{type(fault).__name__}: {fault}"[:LONGEST_ERROR]
        with transaction(self.app.engine) as conn:
            fail_command(conn, command, error, now())
        get_log().warning("orchestration_failed", command=command.id, attempts=command.attempts, error=error)

    def _note_outage(self, fault: str) -> None:
        with transaction(self.app.engine) as conn:
            changed = note_outage(conn, fault + AFTERWARDS)
        if changed:
            get_log().warning("flow_server_away", waiting=changed, server=self.server.api_url, error=fault)


def _earlier_run(command: QueuedCommand) -> str | None:
    """The finished run of an earlier attempt, if there is one; broken ones are marked as such."""
    from prefect import get_client  # noqa: PLC0415 - as in `_carry_out`
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
