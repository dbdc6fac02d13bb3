"""Flow runs of ours on a flow server: found page by page, marked, declared broken off. Over plain HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import httpx

from flows.comparison import AGAIN, TAKEN, RunSeen
from flows.deployments import POOL, POOL_TYPE

PAGE: Final = 200
"""Runs of one answer; the server gives no more at once."""
NAMED_AT_ONCE: Final = 50
"""Ids or tags of one question."""


def our_runs(client: httpx.Client, tag: str, since: datetime) -> Iterator[RunSeen]:
    """Every run with our tag that was expected since a moment; sub-flows aside."""
    yield from _pages(client, {"tags": {"all_": [tag]}, "expected_start_time": {"after_": since.isoformat()}})


def runs_by_id(client: httpx.Client, ids: Sequence[str]) -> Iterator[RunSeen]:
    """Those of these runs that the server has."""
    for some in _parts(ids):
        yield from _pages(client, {"id": {"any_": list(some)}})


def runs_of_commands(client: httpx.Client, command_ids: Sequence[str]) -> Iterator[RunSeen]:
    """Every run of these commands; sub-flows aside."""
    for some in _parts(command_ids):
        yield from _pages(client, {"tags": {"any_": [f"command:{one}" for one in some]}})


def taken_runs(client: httpx.Client) -> Iterator[RunSeen]:
    """Every run that a worker of our pool has taken and not begun. They carry no tag of a store yet.

    In a pool of containers an image may be on its way for long: there nothing is seen.
    """
    asked = {"work_pools": {"name": {"any_": [POOL]}, "type": {"any_": [POOL_TYPE]}}}
    yield from _pages(client, {"state": {"type": {"any_": [TAKEN]}}}, **asked)


def add_tag(client: httpx.Client, run: RunSeen, tag: str) -> None:
    """Give a run one more tag."""
    client.patch(f"/flow_runs/{run.id}", json={"tags": [*run.tags, tag]})


def declare_crashed(client: httpx.Client, run: RunSeen, why: str) -> None:
    """Say of a run that nobody is at it any more."""
    state = {"type": "CRASHED", "name": "Crashed", "message": why}
    client.post(f"/flow_runs/{run.id}/set_state", json={"state": state, "force": True})


def start_again(client: httpx.Client, run: RunSeen) -> None:
    """Put a run that never began back in the line of the workers."""
    add_tag(client, run, AGAIN)  # before, for the worker that takes it has tags of its own to add
    client.post(f"/flow_runs/{run.id}/set_state", json={"state": {"type": "SCHEDULED"}, "force": True})


def _pages(client: httpx.Client, wanted: dict[str, Any], **more: Any) -> Iterator[RunSeen]:
    offset = 0
    while True:
        asked = {
            "sort": "EXPECTED_START_TIME_ASC",
            "limit": PAGE,
            "offset": offset,
            "flow_runs": {**wanted, "parent_task_run_id": {"is_null_": True}},
            **more,
        }
        page = client.post("/flow_runs/filter", json=asked).json()
        yield from map(_seen, page)
        if len(page) < PAGE:
            return
        offset += PAGE


def _seen(run: dict[str, Any]) -> RunSeen:
    state = run.get("state") or {}
    return RunSeen(
        id=run["id"],
        name=run["name"],
        tags=tuple(run.get("tags") or ()),
        state=str(run.get("state_type") or "PENDING"),
        since=datetime.fromisoformat(state.get("timestamp") or run["created"]),
        pooled=run.get("work_pool_name") == POOL,
    )


def _parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), NAMED_AT_ONCE):
        yield names[start : start + NAMED_AT_ONCE]
