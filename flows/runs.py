"""The flow run in which one is: its id, its tags, and where people find it on the flow dashboard.

Only to be called within a flow run. What a run does or shows is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from prefect import Flow, State, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.context import FlowRunContext
from prefect.flow_engine import run_flow
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, PREFECT_UI_URL
from prefect.states import Pending

from flows.server import FlowServer
from states.errors import UnavailableFault, UsageFault


def run_id() -> UUID:
    """The id of the flow run. Raises UsageFault outside of one."""
    return _run().id


def by_hand_key() -> str:
    """The key of what a person started without one: the same run started again does it once."""
    return f"run-{run_id()}"


def _run() -> FlowRun:
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        raise UsageFault("只能在流程运行之中调用。")
    return context.flow_run


def run_named(flow: Flow[..., Any], name: str, tags: Sequence[str], parameters: dict[str, Any]) -> str:
    """Run a flow here under a name and tags of its own; the id of the run. Raises whatever became of it.

    The run is made with its name: a flow made anew for the name, and the name set later, cost a third more.
    """
    with get_client(sync_client=True) as client:
        run = client.create_flow_run(flow, name, parameters, tags=tags, state=Pending())
    ended = run_flow(flow, flow_run=run, parameters=parameters, return_type="state")
    cast("State[Any]", ended).result()
    return str(run.id)


def server_at_hand() -> FlowServer:
    """The flow server of the run in which one is. Raises UnavailableFault outside of any."""
    url, secret = PREFECT_API_URL.value(), PREFECT_API_AUTH_STRING.value()
    if not url:
        raise UnavailableFault("没有流程服务器可以核对。")
    auth = secret.get_secret_value() if secret is not None and hasattr(secret, "get_secret_value") else secret
    return FlowServer(url, auth or None)


def tag_run(tags: Sequence[str], name: str | None = None) -> None:
    """Give the run these tags besides those that it has, and another name if one is told."""
    run = _run()
    if name is None and set(tags) <= set(run.tags):
        return
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
