"""Old runs of ours off the flow server, with their artifacts and logs, by policy and over its own interface.

Never a run of a command that is not done, of another store, of a flow that is not ours, or one that has not
ended. So many at most, in batches; broken off, the next time goes on. Our own rows of jobs and commands stay:
they are the evidence, the runs on the dashboard were only shown. Without prefect.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import httpx

from flows.bootstrap import App, now
from flows.failed_runs import FLOWS
from flows.flow_api import flow_api
from flows.server import FlowServer
from flows.server_file import in_mib, server_bytes
from lifecycle.database import reading
from lifecycle.log import get_log
from lifecycle.outbox import DONE
from lifecycle.outbox_repairs import known_of

OURS: Final = (*FLOWS, "followed")
TOGETHER: Final = 50
"""Runs that the server deletes at once."""
PAGE: Final = 200
RUNS_AT_MOST: Final = 5_000
SECONDS_AT_MOST: Final = 60.0
"""Of one pruning: on a server that bears one flow the others wait so long at most."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was deleted and kept in spite of its age; bytes are of the server's database where it is ours."""

    runs: int
    artifacts: int
    kept: int
    more: bool
    before: int | None
    after: int | None

    @property
    def sentence(self) -> str:
        """In one line."""
        kept = f"，保留未办完操作的 {self.kept} 次" if self.kept else ""
        more = "；其余留待下次" if self.more else ""
        size = (
            f"；数据库 {in_mib(self.before)} → {in_mib(self.after)}（腾出的空间由后来的运行使用）"
            if self.before is not None and self.after is not None
            else ""
        )
        return f"清理旧运行 {self.runs} 次、产物 {self.artifacts} 件{kept}{more}{size}"

    def as_json(self) -> dict[str, Any]:
        """The keys that a script reads."""
        return {
            "runs": self.runs,
            "artifacts": self.artifacts,
            "kept": self.kept,
            "more": self.more,
            "bytes_before": self.before,
            "bytes_after": self.after,
        }


@dataclass(slots=True)
class _Tally:
    """What this pruning has done by now."""

    ends: float
    runs: int = 0
    artifacts: int = 0
    kept: int = 0

    @property
    def over(self) -> bool:
        return self.runs >= RUNS_AT_MOST or time.monotonic() >= self.ends


def prune_with(app: App, server: FlowServer) -> Pruned:
    """Delete what is past its time. UnavailableFault where the server is away; what is deleted by then is."""
    before = server_bytes(server, app.settings)
    tally = _Tally(time.monotonic() + SECONDS_AT_MOST)
    with flow_api(server, patient=True) as client:
        for wanted in _policy(app):
            _prune(app, client, wanted, tally)
    result = Pruned(
        tally.runs, tally.artifacts, tally.kept, tally.over, before, server_bytes(server, app.settings)
    )
    get_log().info("pruned", sentence=result.sentence)
    return result


def _policy(app: App) -> list[dict[str, Any]]:
    """What is past its time, as two questions. A run is never gone before it has been reconciled."""
    settings, at = app.settings, now()
    found = []
    for states, days in (
        (["COMPLETED", "CANCELLED"], settings.keep_completed_days),
        (["FAILED", "CRASHED"], settings.keep_failed_days),
    ):
        until = at - timedelta(days=max(days, settings.reconcile_days + 2))
        found.append({"state": {"type": {"any_": states}}, "end_time": {"before_": until.isoformat()}})
    return found


def _prune(app: App, client: httpx.Client, wanted: dict[str, Any], tally: _Tally) -> None:
    passed = 0
    while not tally.over:
        asked = {
            "sort": "START_TIME_ASC",
            "limit": TOGETHER,
            "offset": passed,
            "flows": {"name": {"any_": list(OURS)}},
            "flow_runs": wanted,
        }
        page = client.post("/flow_runs/filter", json=asked).json()
        if not page:
            return
        ids, unfinished = _deletable(app, page)
        gone = 0
        if ids:
            tally.artifacts += _delete_artifacts(client, ids)
            only = {"flow_runs": {**wanted, "id": {"any_": ids}}, "limit": TOGETHER}
            gone = len(client.post("/flow_runs/bulk_delete", json=only).json()["deleted"])
        tally.runs += gone
        tally.kept += unfinished
        passed += len(page) - gone


def _deletable(app: App, page: Sequence[dict[str, Any]]) -> tuple[list[str], int]:
    """The ids of those that may go, and how many stay because their command is not done."""
    commands = {run["id"]: _command(run["tags"]) for run in page}
    with reading(app.engine) as conn:
        known = known_of(conn, [one for one in commands.values() if one])
    found, unfinished = [], 0
    for run in page:
        store = next((tag for tag in run["tags"] if tag.startswith("store:")), None)
        command = commands[run["id"]]
        if store not in (None, app.tag) or (store is None and command and command not in known):
            continue  # another store's
        if command and known.get(command, DONE) != DONE:
            unfinished += 1
        else:
            found.append(run["id"])
    return found, unfinished


def _delete_artifacts(client: httpx.Client, run_ids: Sequence[str]) -> int:
    deleted = 0
    asked = {"artifacts": {"flow_run_id": {"any_": list(run_ids)}}, "limit": PAGE}
    while page := client.post("/artifacts/filter", json=asked).json():
        for one in page:
            try:
                client.delete(f"/artifacts/{one['id']}")
            except httpx.HTTPStatusError as fault:
                if fault.response.status_code != httpx.codes.NOT_FOUND:  # somebody else was quicker
                    raise
        deleted += len(page)
    return deleted


def _command(tags: Sequence[str]) -> str | None:
    return next((tag.removeprefix("command:") for tag in tags if tag.startswith("command:")), None)
