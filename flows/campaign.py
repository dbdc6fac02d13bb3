"""The flow of a campaign: one action on many projects, chunk by chunk, with progress, outcome and refusals.

A chunk is one task and one transaction; one that is done already is skipped, whoever did it. Started by hand
it drafts the list as the user of this process, and carries it out only where nobody else has to confirm it.
Where the flow server goes away in the middle, the chunks go on. It holds no rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from prefect import State, flow, tags, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.context import TagsContext
from prefect.runtime import flow_run
from prefect.states import Completed

from flows import campaign_form as form
from flows import campaign_reports as words
from flows.bootstrap import App, current_app, now, today
from flows.events import ANNOUNCER, EACH_AT_MOST, announce_chunk, project_events
from flows.forms import day_of, fault_told
from flows.leases import Lease, holding, in_hand, step_made
from flows.orders import actor_by_hand
from flows.progress_bar import ProgressBar
from flows.runs import artifact_key, artifact_link, by_hand_key, run_id, run_link, tag_run
from flows.trigger import send_notices
from lifecycle.campaign_plan import Campaign, CampaignPlan, CampaignStatus, ChunkDone, Manifest
from lifecycle.campaign_view import visible
from lifecycle.commands import parse_action
from lifecycle.database import reading, transaction
from lifecycle.outbox import QueuedCommand, claim_this, finish_command
from lifecycle.selecting import parse_where
from lifecycle.transitions import chunk_transitions, moves_by_chunk
from states.errors import ConflictFault, UnavailableFault, UsageFault


@task(name="办理一批", task_run_name="{label}", cache_policy=NO_CACHE, persist_result=False)
def run_chunk(label: str, campaign_id: str, number: int) -> ChunkDone:
    """One chunk in one transaction; answered as it was where it is done already."""
    return current_app().campaigns.run_chunk(campaign_id, number)


def _name() -> str:
    given = flow_run.parameters
    if given.get("campaign_id"):
        return f"批量办理 · {str(given['campaign_id'])[: words.SHORT]}"
    action = str(given.get("action") or "")
    return f"批量办理 · {given.get('title') or action or '未写明操作'}"


@flow(
    name="campaign",
    description="批量办理：对名单上的项目分批办理同一项操作；先列名单待确认，再办理",
    flow_run_name=_name,
    persist_result=False,
    retries=0,
)
@fault_told
def campaign(
    campaign_id: form.CampaignId = None,
    action: form.ActionName = None,
    where: form.Where = None,
    projects: form.Projects = None,
    on: form.On = None,
    reason: form.Reason = None,
    document: form.Document = None,
    materials: form.Materials = None,
    values: form.Values = None,
    title: form.Title = None,
    confirm: form.AtOnce = False,
    count: form.Count = None,
    key: form.Key = None,
) -> dict[str, Any] | State[Any]:
    """Carry out a confirmed campaign, or draft one and carry it out where that may be done at once."""
    app = current_app()
    if campaign_id is not None:
        found = app.campaigns.find(campaign_id)
        if found.status is not CampaignStatus.DRAFT:
            return _take_up(app, found)
        return _settle(
            app, app.campaigns.manifest(found.id), day_of(on, "业务日期"), _counted(confirm, count)
        )
    if not (action or "").strip():
        raise UsageFault("没有填写操作：请填写“操作”，或填写“已有批量办理的编号”。")
    plan = CampaignPlan(
        action=str(parse_action(action or "")),
        on=day_of(on, "业务日期") or today(),
        ids=tuple(projects or ()),
        where=parse_where(app.catalogue, where or ()),
        reason=reason,
        document=document,
        materials=tuple((materials or {}).items()),
        values=values or {},
        title=title,
        key=key or by_hand_key(),
    )
    wanted = _counted(confirm, count)
    return _settle(app, app.campaigns.draft(actor_by_hand(app), plan), plan.on, wanted)


def _counted(confirm: bool, count: int | None) -> int | None:
    """How many projects are confirmed at once, None where none are."""
    if confirm and count is None:
        raise UsageFault("选择立即办理的，须填写所确认的项目数（count）。")
    return count if confirm else None


def _settle(app: App, manifest: Manifest, on: date | None, count: int | None) -> dict[str, Any] | State[Any]:
    """Show a draft; with a count confirm it and carry it out, where nobody else has to confirm."""
    actor = actor_by_hand(app)
    with reading(app.engine) as conn:
        visible(conn, actor, manifest.id or "")
    assert manifest.id is not None  # noqa: S101 - it was drafted
    name = words.campaign_name(manifest.action, manifest.groups, manifest.total, app.catalogue)
    tag_run([app.tag, *words.campaign_tags(manifest.id, manifest.groups, carries_out=False)], name)
    _show_manifest(app, manifest)
    if count is None or manifest.second:
        told = words.confirm_command(manifest.id, manifest.total)
        given = {"campaign": manifest.id, "total": manifest.total, "status": "draft"}
        return Completed(message=f"名单待确认：{told}", data=given)
    found = app.campaigns.confirm(actor, manifest.id, count, on)
    return _take_up(app, found)


def _take_up(app: App, found: Campaign) -> dict[str, Any]:
    """Carry it out as the run of its command, unless that has one: then help, and show how it stands."""
    with transaction(app.engine) as conn:
        claimed = claim_this(conn, found.id, now(), app.settings.lease_seconds)
    if claimed is None:
        return _carry_out(app, found)
    tag_run(words.campaign_tags(found.id, found.groups))
    with holding(Lease(app, claimed)):
        answer = _carry_out(app, found)
    with transaction(app.engine) as conn:
        finish_command(conn, found.id, str(run_id()), now())
    return answer


def run_campaign(app: App, command: QueuedCommand) -> str | None:
    """One flow run for a queued campaign, under its name and tags; returns the id of the run.

    To be called within `warm_prefect` and `using`. Raises whatever became of the run.
    """
    found = app.campaigns.find(str(command.body["campaign"]))
    name = words.campaign_name(found.action, found.groups, found.total, app.catalogue)
    with tags(app.tag, *words.campaign_tags(found.id, found.groups)):
        named = campaign.with_options(flow_run_name=name)
        state: State[Any] = named(campaign_id=found.id, return_state=True)
    state.result()
    ran = state.state_details.flow_run_id
    return str(ran) if ran else None


def _carry_out(app: App, found: Campaign) -> dict[str, Any]:
    """Every chunk that is not done yet, then the outcome. Raises where some could not be done."""
    pending = app.campaigns.pending_chunks(found.id)
    progress = ProgressBar(artifact_key("campaign", found.id, "progress"), found.title, found.total)
    progress.show(found.handled)
    with TagsContext(current_tags=set()):  # for every tag of a task run the server is asked for a slot
        waiting = _chunks(app, found, pending, progress)
        send_notices()
    _tell(app, found)
    _show_outcome(app, found.id)
    if waiting is not None:
        raise waiting
    after = app.campaigns.find(found.id)
    return {"campaign": found.id, "done": after.done, "refused": after.refused, "status": str(after.status)}


def _chunks(
    app: App, found: Campaign, pending: Sequence[int], progress: ProgressBar
) -> UnavailableFault | None:
    """The pending chunks one after the other; a busy store does not keep the others."""
    waiting, handled = None, found.handled
    for number in pending:
        size = min(found.chunk_size, found.total - number * found.chunk_size)
        try:
            done = run_chunk(f"第 {number + 1}/{found.chunks} 批 · {size} 项", found.id, number)
        except UnavailableFault as fault:
            waiting = fault
            continue
        except ConflictFault:  # cancelled meanwhile: what was done stays, the outcome tells it
            break
        handled += done.done + done.refused
        progress.show(handled)
        step_made()
    return waiting


def _tell(app: App, found: Campaign) -> None:
    """Put what became of the projects in line as events: one each, or of a long list one for each chunk."""
    run = str(run_id())
    with reading(app.engine) as conn:
        if found.total > EACH_AT_MOST:
            for number, moves in moves_by_chunk(conn, found.id, str(found.action)).items():
                announce_chunk(found.id, run, number, moves)
        else:
            for number in range(found.chunks):
                ANNOUNCER.tell(project_events(found.id, run, chunk_transitions(conn, found.id, number)))


def _show_manifest(app: App, manifest: Manifest) -> None:
    assert manifest.id is not None  # noqa: S101 - it was drafted
    refused = artifact_key("campaign", manifest.id, "foreseen")
    links = [run_link(run_id(), "本次运行")]
    if manifest.refused:
        rows = words.refused_rows(manifest.refused)
        create_table_artifact(table=rows, key=refused, description=f"预计不能办理：{manifest.title}")
        links.append(artifact_link(refused, "预计不能办理的项目"))
    create_markdown_artifact(
        key=artifact_key("campaign", manifest.id, "manifest"),
        markdown=words.manifest_report(manifest, app.catalogue, links),
        description=f"待确认：{manifest.title}",
    )


def _show_outcome(app: App, campaign_id: str) -> None:
    outcome = app.campaigns.outcome(campaign_id, words.SHOWN_AT_MOST)
    title = outcome.campaign.title
    moved, refused = (artifact_key("campaign", campaign_id, name) for name in ("moves", "refused"))
    links = [run_link(run_id(), "本次运行")]
    if outcome.moves:
        create_table_artifact(table=words.move_rows(outcome), key=moved, description=f"办理结果：{title}")
        links.append(artifact_link(moved, "办理结果"))
    if outcome.refused:
        rows = words.refused_rows(outcome.refused)
        create_table_artifact(table=rows, key=refused, description=f"未办理的项目：{title}")
        links.append(artifact_link(refused, "未办理的项目"))
    create_markdown_artifact(
        key=artifact_key("campaign", campaign_id),
        markdown=words.outcome_report(outcome, app.catalogue, links),
        description=title,
    )
    known = words.campaign_tags(campaign_id, outcome.campaign.groups, carries_out=in_hand())
    tag_run([app.tag, *known, *words.outcome_tags(outcome)])
