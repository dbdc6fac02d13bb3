"""What we ask a flow server over its own HTTP interface, without prefect: quick, capped, from any process."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import httpx

from flows.deployments import POOL
from flows.failed_runs import FLOWS, FailedRun, link_of
from flows.server import FlowServer
from states.errors import UnavailableFault

WAIT_SECONDS: Final = 5.0
AT_ONCE: Final = 100
"""Failed runs of one look; the newest first."""


BUSY_PAUSES: Final = (0.25, 0.5, 1.0, 2.0)
"""Waits before a server that says 503 is asked again: on SQLite it does so while another writes."""


class _Patient(httpx.Client):
    """Asks again where the server is busy; for questions that may be put twice."""

    def send(self, request: httpx.Request, **given: Any) -> httpx.Response:
        for pause in BUSY_PAUSES:
            try:
                return super().send(request, **given)
            except httpx.HTTPStatusError as fault:
                if fault.response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    raise
            time.sleep(pause)
        return super().send(request, **given)


@contextmanager
def flow_api(server: FlowServer, *, patient: bool = False) -> Iterator[httpx.Client]:
    """A client of the server, on wish a patient one. What goes wrong within is an UnavailableFault."""
    user, _, password = (server.auth or "").partition(":")
    try:
        with (_Patient if patient else httpx.Client)(
            base_url=server.api_url.rstrip("/"),
            auth=(user, password) if server.auth else None,
            timeout=WAIT_SECONDS,
            trust_env=False,
            event_hooks={"response": [_checked]},
        ) as client:
            yield client
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        raise UnavailableFault(f"流程服务器不可用（{type(fault).__name__}）。") from fault


def failed_runs(server: FlowServer, since: datetime) -> list[FailedRun]:
    """Our runs that failed, crashed or are late, since a moment; oldest first, at most `AT_ONCE`."""
    ended = {"type": {"any_": ["FAILED", "CRASHED"]}}
    late = {"name": {"any_": ["Late"]}}
    found: dict[str, FailedRun] = {}
    with flow_api(server) as client:
        names: dict[str, str] = {}
        for state, moment in ((ended, "end_time"), (late, "expected_start_time")):
            wanted = {
                "sort": "EXPECTED_START_TIME_DESC",
                "limit": AT_ONCE,
                "flows": {"name": {"any_": list(FLOWS)}},
                "flow_runs": {
                    "state": state,
                    moment: {"after_": since.isoformat()},
                    "parent_task_run_id": {"is_null_": True},
                },
            }
            for run in client.post("/flow_runs/filter", json=wanted).json():
                flow = run["flow_id"]
                if flow not in names:
                    names[flow] = client.get(f"/flows/{flow}").json()["name"]
                found[run["id"]] = _failed(run, names[flow], server)
    return sorted(found.values(), key=lambda run: run.at)


def run_states(client: httpx.Client, ids: Sequence[str]) -> dict[str, str]:
    """The types of the states of flow runs, such as COMPLETED, by the ids of those that are there."""
    if not ids:
        return {}
    wanted = {"flow_runs": {"id": {"any_": list(ids)[:AT_ONCE]}}, "limit": AT_ONCE}
    answer = client.post("/flow_runs/filter", json=wanted)
    return {run["id"]: str(run["state_type"]) for run in answer.json()}


def workers_of(client: httpx.Client) -> tuple[int | None, str | None]:
    """How many workers are at their place (None: none ever was), and when one was last heard of."""
    answer = client.post("/work_pools/filter", json={"work_pools": {"name": {"any_": [POOL]}}})
    answer.raise_for_status()
    found = client.post(f"/work_pools/{POOL}/workers/filter", json={}).json() if answer.json() else []
    heard = [one["last_heartbeat_time"] for one in found if one.get("last_heartbeat_time")]
    if not heard:
        return None, None
    return sum(one.get("status") == "ONLINE" for one in found), max(heard)


def _failed(run: dict[str, Any], flow: str, server: FlowServer) -> FailedRun:
    state = run.get("state") or {}
    return FailedRun(
        id=run["id"],
        name=run["name"],
        flow=flow,
        state=str(state.get("name") or ""),
        message=str(state.get("message") or ""),
        tags=tuple(run.get("tags") or ()),
        at=datetime.fromisoformat(state["timestamp"]),
        link=link_of(server.ui_url, run["id"]),
    )


def _checked(answer: httpx.Response) -> None:
    answer.raise_for_status()
