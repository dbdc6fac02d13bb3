"""The review of a programme and year: candidates against places, what is missing, and lists of decisions.

Scores are not computed here: who is selected people decide and hand in as a list. Each step becomes a
campaign that waits to be confirmed. It holds no rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from prefect import State, flow
from prefect.artifacts import create_markdown_artifact
from prefect.runtime import flow_run

from flows import campaign_form as form
from flows import season_reports as words
from flows.bootstrap import App, current_app, today
from flows.forms import day_of, fault_told
from flows.orders import actor_by_hand
from flows.runs import artifact_key, run_id, run_link, tag_run
from flows.seasons import begin, table
from lifecycle.campaign_plan import CampaignPlan
from lifecycle.database import reading
from lifecycle.review_rounds import Decision, ReviewStanding, decisions_on, review_standing, with_review
from lifecycle.seasons import programmes_in
from states.catalogue import Programme
from states.errors import NotFoundFault

LABEL = "评审"


def _name() -> str:
    given = flow_run.parameters
    return f"{LABEL} · {given.get('programme')} · {given.get('year')} 年度"


@dataclass(frozen=True, slots=True)
class Given:
    """What a form says of the steps: day, reason, document, papers."""

    year: int
    on: date
    reason: str | None
    document: str | None
    materials: tuple[tuple[str, str], ...]


@flow(
    name="review_round",
    description="评审：列出待评审的项目、缺少的材料和名额；给出入选（不入选）名单的，列为批量办理待确认",
    flow_run_name=_name,
    persist_result=False,
    retries=0,
)
@fault_told
def review_round(
    programme: form.Line,
    year: form.Year,
    selected: form.Selected = None,
    rejected: form.Rejected = None,
    reject_rest: form.RejectRest = False,
    on: form.On = None,
    reason: form.Reason = None,
    document: form.Document = None,
    materials: form.Materials = None,
) -> dict[str, Any] | State[Any]:
    """Show a review, and begin the campaigns of the lists that were given."""
    app = current_app()
    day = day_of(on, "业务日期") or today()
    given = Given(year, day, reason, document, tuple((materials or {}).items()))
    found = with_review(programmes_in(app.catalogue, programme), day)
    with reading(app.engine) as conn:
        standings = [review_standing(conn, one, year, day) for one in found]
    lists = _lists(found, standings, day, selected or (), rejected or (), rest=reject_rest)
    total = sum(len(one.candidates) for one in standings)
    title = found[0].title if len(found) == 1 else programme
    name = words.season_name(LABEL, title, year, total)
    tag_run(["season:review", *(f"programme:{one.slug}" for one in found)], name)
    begun = _begin(app, given, lists)
    _show(standings, begun, name, artifact_key("review", found[0].slug, str(year)))
    return {"candidates": total, "campaigns": [one.manifest.id for one in begun if one.manifest]}


def _lists(
    found: Sequence[Programme],
    standings: Sequence[ReviewStanding],
    on: date,
    selected: Sequence[str],
    rejected: Sequence[str],
    *,
    rest: bool,
) -> list[Decision]:
    known = {one.project for standing in standings for one in standing.candidates}
    strange = [project for project in (*selected, *rejected) if project not in known]
    if strange:
        more = f"等 {len(strange)} 项" if len(strange) > words.NAMED_AT_MOST else ""
        named = "、".join(strange[: words.NAMED_AT_MOST])
        raise NotFoundFault(f"名单上的项目不在待评审之列：{named}{more}。")
    return [
        decision
        for one, standing in zip(found, standings, strict=True)
        for decision in decisions_on(one, standing, on, selected, rejected, rest=rest)
    ]


def _begin(app: App, given: Given, lists: Sequence[Decision]) -> list[words.Begun]:
    if not lists:
        return []
    actor = actor_by_hand(app)
    begun = []
    for one in lists:
        title = app.catalogue.programmes[one.programme].title
        heading = f"{one.action.label}：{title}（{given.year} 年度）"
        plan = CampaignPlan(
            action=str(one.action),
            on=given.on,
            ids=one.ids,
            reason=given.reason,
            document=given.document,
            materials=given.materials if one.passes else (),
            title=heading,
        )
        begun.append(begin(app, actor, plan, title, at_once=False))
    return begun


def _show(standings: Sequence[ReviewStanding], begun: Sequence[words.Begun], name: str, key: str) -> None:
    links = [
        run_link(run_id(), "本次运行"),
        table(words.candidate_rows(standings), f"{key}-list", "待评审的项目"),
    ]
    report = words.review_report(standings, begun, name, [link for link in links if link])
    create_markdown_artifact(key=key, markdown=report, description=name)
