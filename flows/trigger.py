"""The flow of one command: the command itself under its own key, its notices, a summary for the dashboard.

The command has as a rule been committed before; then the first task only hears the same answer.
Started by hand it commits, as the user of this process; no deployment of it is served. Run twice it
changes nothing. It holds no rule.
"""

from __future__ import annotations

from typing import Annotated, Any

from prefect import State, flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.context import TagsContext
from prefect.states import Failed

from flows.bootstrap import App, current_app, now
from flows.campaign_reports import refused_rows
from flows.events import announce
from flows.followed import show_followed
from flows.forms import DAY, day_of, fault_told
from flows.leases import Lease, holding, in_hand, still_ours
from flows.orders import Order, order_by_hand, order_of
from flows.reports import (
    action_label,
    all_refused,
    command_report,
    linked,
    run_name,
    run_tags,
    state_tags,
    step_rows,
)
from flows.runs import artifact_key, artifact_link, by_hand_key, run_id, run_link, run_named, tag_run
from flows.warm import NOWHERE
from lifecycle.claims import waiting_count
from lifecycle.consequences import Consequence, consequences, states_reached, title_of
from lifecycle.database import reading, transaction
from lifecycle.outbox import QueuedCommand, claim_this, find_command, finish_command
from lifecycle.requests import Batch
from lifecycle.transitions import entries_of, transitions_of
from notifications.dispatch import Delivered, deliver
from states.errors import NotFoundFault, UnavailableFault, UsageFault

SEVERAL = 2
"""Projects from which on a command has tables of its own; one project stands in the summary."""
DELIVERED_AT_MOST = 500
"""Notices that one run sends before it hands the rest to the next delivery."""


@task(name="办理", task_run_name="办理", cache_policy=NO_CACHE, persist_result=False)
def commit(order: Order) -> Batch:
    """The command under its idempotency key: done now, or answered as it was."""
    return current_app().service.trigger(order.actor, order.request)


@task(name="发送通知", task_run_name="发送通知", cache_policy=NO_CACHE, persist_result=False)
def send_notices() -> Delivered | None:
    """What is released and ready goes out. None: no server answered, the next delivery will do it."""
    app = current_app()
    try:
        return deliver(app.store, app.channels, now(), limit=DELIVERED_AT_MOST)
    except UnavailableFault:
        return None


@flow(
    name="trigger",
    description="办理一项操作并发送通知",
    persist_result=False,
    result_storage=NOWHERE,  # named, so that the server is not asked at each run where results belong
    retries=0,
)
@fault_told
def trigger(
    command_id: str | None = None,
    action: str | None = None,
    projects: list[str] | None = None,
    on: Annotated[str | None, DAY] = None,
    reason: str | None = None,
    document: str | None = None,
    values: dict[str, str] | None = None,
    key: str | None = None,
) -> dict[str, int] | State[Any]:
    """Carry out a queued command (`command_id`), or one given by hand as the user of this process.

    By hand it ends as failed where every project was refused: nobody else has heard why.
    """
    app = current_app()
    if command_id is not None:
        order = order_of(app, _queued(app, command_id))
    elif action and projects:
        day = day_of(on, "业务日期")
        once = key or by_hand_key()
        order = order_by_hand(
            app, action, projects, on=day, reason=reason, document=document, values=values or {}, key=once
        )
    else:
        raise UsageFault("请给出 command_id，或者 action 和 projects。")
    with TagsContext(current_tags=set()):  # for every tag of a task run the server is asked for a slot
        batch = commit(order)
    if command_id is None:
        return _by_hand(app, order, batch)
    return _follow(app, order, command_id, batch)


def _by_hand(app: App, order: Order, batch: Batch) -> dict[str, int] | State[Any]:
    """What follows, as the one run of the command, unless a daemon was quicker or it was done before."""
    with transaction(app.engine) as conn:
        claimed = claim_this(conn, batch.command_id, now(), app.settings.lease_seconds)
    if claimed is None:
        answer = _follow(app, order, batch.command_id, batch)
    else:
        tag_run(run_tags(claimed))
        with holding(Lease(app, claimed)):
            answer = _follow(app, order, batch.command_id, batch)
        with transaction(app.engine) as conn:
            finish_command(conn, batch.command_id, str(run_id()), now())
    return Failed(message=all_refused(batch)) if batch.refused and not batch.done else answer


def _follow(app: App, order: Order, command_id: str, batch: Batch) -> dict[str, int]:
    """Events, notices and the summary of what was committed. A run that was given up ends here."""
    with TagsContext(current_tags=set()):
        _tell(app, command_id, batch)
        delivered = send_notices() if _has_waiting(app) else Delivered()
    _show(app, order.request.action, command_id, batch, delivered)
    still_ours()
    return {"done": len(batch.done), "refused": len(batch.refused)}


def run_command(app: App, command: QueuedCommand) -> str | None:
    """One flow run for a queued command, under its name and tags; returns the id of the run.

    To be called within `warm_prefect` and `using`. Raises whatever became of the run.
    """
    with reading(app.engine) as conn:
        title = title_of(conn, command.project_ids[0]) if command.project_ids else None
        reached = states_reached(conn, str(command.body.get("key")), command.project_ids)
    named = run_name(command, app.catalogue, title)
    tagged = [app.tag, *run_tags(command), *(f"state:{state}" for state in reached)]
    return run_named(trigger, named, tagged, {"command_id": command.id})


def trigger_flow(command_id: str) -> str | None:
    """`run_command` by id, recorded as done; for callers that keep no outbox loop, such as the demo."""
    app = current_app()
    found = run_command(app, _queued(app, command_id))
    with transaction(app.engine) as conn:
        finish_command(conn, command_id, found, now())
    return found


def _has_waiting(app: App) -> bool:
    with reading(app.engine) as conn:
        return waiting_count(conn, now()) > 0


def _queued(app: App, command_id: str) -> QueuedCommand:
    with reading(app.engine) as conn:
        command = find_command(conn, command_id)
    if command is None:
        raise NotFoundFault(f"没有编号为“{command_id}”的操作。")
    return command


def _tell(app: App, command_id: str, batch: Batch) -> None:
    """Put the committed transitions in line as events, those of the children too."""
    with reading(app.engine) as conn:
        found = transitions_of(conn, entries_of(batch.done))
    announce(command_id, str(run_id()), found)


def _tables(command_id: str, heading: str, batch: Batch, steps: tuple[Consequence, ...]) -> list[str]:
    """Of a command on several projects what was done and what was not, as tables; the links to them."""
    if len(batch.done) + len(batch.refused) < SEVERAL:
        return []
    links = []
    for rows, name, words in (
        (step_rows(steps), "done", "办理的项目"),
        (refused_rows(batch.refused), "refused", "未办理的项目"),
    ):
        if rows:
            key = artifact_key("trigger", command_id, name)
            create_table_artifact(table=rows, key=key, description=f"{words}：{heading}")
            links.append(artifact_link(key, words))
    return links


def _show(app: App, action: str, command_id: str, batch: Batch, delivered: Delivered | None) -> None:
    with reading(app.engine) as conn:
        steps = consequences(conn, command_id, batch.done)
        led = [one for item in batch.done for one in item.followed]
        children = consequences(conn, command_id, led)
        command = find_command(conn, command_id)
    heading = command.summary if command else action_label(action)
    report = command_report(heading, batch, steps, children, delivered)
    links = [run_link(run_id(), "本次运行"), *_tables(command_id, heading, batch, steps)]
    create_markdown_artifact(
        key=artifact_key("trigger", command_id), markdown=linked(report, links), description=heading
    )
    show_followed(command_id, children)
    known = run_tags(command) if command and in_hand() else []
    tag_run([app.tag, *known, *state_tags(batch)])
