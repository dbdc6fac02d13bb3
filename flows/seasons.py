"""A season of the year as its flows run it: where the projects stand, and a campaign for each programme.

Each campaign is a sub-flow; where a second person has to confirm it stays a draft. Nothing waits for anybody.
Which projects and which step is told by `lifecycle.seasons`. It holds no rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from prefect import State
from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows import season_reports as words
from flows.bootstrap import App, today
from flows.campaign import campaign
from flows.campaign_reports import Rows
from flows.forms import day_of
from flows.orders import actor_by_hand
from flows.runs import artifact_key, artifact_link, by_hand_key, run_id, run_link, tag_run
from lifecycle.campaign_plan import CampaignPlan
from lifecycle.database import reading
from lifecycle.people import Actor
from lifecycle.seasons import SeasonStanding, programmes_in, season_standing, with_season
from states.errors import LifecycleError, UsageFault
from states.seasons import Season


@dataclass(frozen=True, slots=True)
class SeasonOrder:
    """What a form asks of a season."""

    where: str
    year: int
    on: date
    until: date
    reason: str | None = None
    document: str | None = None
    materials: tuple[tuple[str, str], ...] = ()
    draft: bool = True
    count: int | None = None
    """How many projects are confirmed at once; None: the lists wait to be confirmed."""


def order_of_form(
    where: str,
    year: int,
    on: str | None,
    until: str | None,
    reason: str | None,
    document: str | None,
    materials: Mapping[str, str] | None,
    *,
    draft: bool = True,
    count: int | None = None,
) -> SeasonOrder:
    """What was filled in; else today, and the dates up to that day. Raises UsageFault."""
    day = day_of(on, "业务日期") or today()
    last = day_of(until, "截至日期") or day
    papers = tuple((materials or {}).items())
    return SeasonOrder(where, year, day, last, reason, document, papers, draft, count)


def run_season(app: App, season: Season, order: SeasonOrder) -> dict[str, Any]:
    """Show a season and begin its campaigns. To be called within a flow run.

    Raises UsageFault for a count that is not that of the projects, RefusedFault where no programme has it.
    """
    actor = actor_by_hand(app)
    found = with_season(programmes_in(app.catalogue, order.where), season, order.on)
    with reading(app.engine) as conn:
        standings = [season_standing(conn, season, one, order.year, order.on, order.until) for one in found]
    ready = sum(len(one.ready) for one in standings)
    if order.count is not None and order.count != ready:
        raise UsageFault(
            f"可开展{season.label}的项目共 {ready} 项，所确认的是 {order.count} 项，请核对后写明数目。"
        )
    title = found[0].title if len(found) == 1 else order.where
    name = words.season_name(season.label, title, order.year, ready)
    tag_run([f"season:{season.name}", *(f"programme:{one.programme}" for one in standings)], name)
    begun = [
        begin(app, actor, plan_of(season, order, one), one.title, at_once=order.count is not None)
        for one in standings
        if one.ready and order.draft
    ]
    _show(season, order, standings, begun, name)
    return {"ready": ready, "campaigns": [one.manifest.id for one in begun if one.manifest]}


def begin(app: App, actor: Actor, plan: CampaignPlan, title: str, *, at_once: bool) -> words.Begun:
    """Draft a campaign and show it as a sub-flow; a fault is told and keeps no other from being begun.

    A run that is started again goes on with the list that it drafted, whatever has become of its projects.
    """
    key = f"{by_hand_key()}/{plan.action}/{title}"
    try:
        manifest = app.campaigns.drafted_under(key) or app.campaigns.draft(actor, replace(plan, key=key))
    except LifecycleError as fault:
        return words.Begun(title, None, "", fault.message)
    state: State[Any] = campaign(
        campaign_id=manifest.id, confirm=at_once, count=manifest.total if at_once else None, return_state=True
    )
    link = run_link(state.state_details.flow_run_id or run_id(), title)
    if not state.is_completed():
        return words.Begun(title, manifest, link, state.message or "流程运行未完成")
    waits = manifest.id is not None and str(app.campaigns.find(manifest.id).status) == "draft"
    return words.Begun(title, manifest, link, words.DRAFTED if waits else "已办理")


def table(rows: Rows, key: str, description: str) -> str:
    """A table artifact and the link to it; no table and no link for no rows."""
    if not rows:
        return ""
    create_table_artifact(table=rows, key=key, description=description)
    return artifact_link(key, description)


def plan_of(season: Season, order: SeasonOrder, one: SeasonStanding) -> CampaignPlan:
    """The campaign that opens a season for the projects that are ready."""
    return CampaignPlan(
        action=str(season.opens),
        on=order.on,
        ids=one.ready,
        reason=order.reason,
        document=order.document,
        materials=order.materials,
        title=f"{season.label}：{one.title}（{order.year} 年度）",
    )


def _show(
    season: Season,
    order: SeasonOrder,
    standings: Sequence[SeasonStanding],
    begun: Sequence[words.Begun],
    name: str,
) -> None:
    key = artifact_key(
        season.name, order.where if order.where.isascii() else standings[0].programme, str(order.year)
    )
    links = [
        run_link(run_id(), "本次运行"),
        table(words.missing_rows(standings), f"{key}-missing", "材料未齐的项目"),
        table(words.early_rows(standings), f"{key}-early", "未到建议日期的项目"),
    ]
    report = words.season_report(season, standings, begun, name, [link for link in links if link])
    create_markdown_artifact(key=key, markdown=report, description=name)
