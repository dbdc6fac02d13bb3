"""The flow run in which one is: its id, its tags, and where people find it on the flow dashboard.

Only to be called within a flow run. What a run does or shows is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from prefect import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.context import FlowRunContext
from prefect.settings import PREFECT_API_URL, PREFECT_UI_URL

from states.errors import UsageFault


def run_id() -> UUID:
    """The id of the flow run. Raises UsageFault outside of one."""
    return _run().id


def _run() -> FlowRun:
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        raise UsageFault("只能在流程运行之中调用。")
    return context.flow_run


def tag_run(tags: Sequence[str], name: str | None = None) -> None:
    """Give the run these tags besides those that it has, and another name if one is told."""
    run = _run()
    run.tags = [*dict.fromkeys([*run.tags, *tags])]
    with get_client(sync_client=True) as client:
        client.update_flow_run(run.id, tags=run.tags, name=name)


def run_link(id: UUID | str, words: str) -> str:  # noqa: A002 - what the server calls it
    """A markdown link to a flow run on the dashboard."""
    return f"[{words}]({_dashboard()}/runs/flow-run/{id})"


def artifact_link(key: str, words: str) -> str:
    """A markdown link to the newest artifact of a key, with all older ones."""
    return f"[{words}]({_dashboard()}/artifacts/key/{key})"


def artifact_key(*parts: str) -> str:
    """A key as the server allows it: small letters, digits and dashes."""
    return "".join(
        letter if letter.isascii() and letter.isalnum() else "-" for letter in "-".join(parts).lower()
    )


def _dashboard() -> str:
    told = PREFECT_UI_URL.value() or (PREFECT_API_URL.value() or "").rstrip("/").removesuffix("/api")
    return told.rstrip("/")
