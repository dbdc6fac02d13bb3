"""One programme and year on one page: its stages, what is due and late, what to start; seasons on request.

Nothing is paused and nothing waited for: approval by people is a state of the machine. It holds no rule.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import State, flow
from prefect.artifacts import create_markdown_artifact
from prefect.runtime import flow_run

from flows import campaign_form as form
from flows import year_reports as words
from flows.bootstrap import App, current_app, today
from flows.forms import day_of, fault_told
from flows.orders import actor_by_hand
from flows.runs import artifact_key, run_id, run_link, tag_run
from flows.season_reports import Begun, season_name
from flows.seasons import begin, order_of_form, plan_of, table
from lifecycle.database import reading
from lifecycle.listing import find_programme
from lifecycle.programme_years import year_standing
from lifecycle.review_rounds import review_standing
from lifecycle.seasons import season_standing
from states.catalogue import Programme
from states.errors import RefusedFault
from states.seasons import BY_NAME, SEASONS, sittings_of, sources_of

LABEL = "年度总览"


def _name() -> str:
    given = flow_run.parameters
    return f"{LABEL} · {given.get('programme')} · {given.get('year')} 年度"


@flow(
    name="programme_year",
    description="年度总览：一个项目类别一个年度的各阶段项目数、到期和逾期、下一步；可同时开展中期考核、绩效评价",
    flow_run_name=_name,
    persist_result=False,
    retries=0,
)
@fault_told
def programme_year(
    programme: form.Programme,
    year: form.Year,
    on: form.On = None,
    start: form.Seasons = None,
    reason: form.Reason = None,
    document: form.Document = None,
) -> dict[str, Any] | State[Any]:
    """Show the year, and begin the seasons that were asked for."""
    app = current_app()
    day = day_of(on, "业务日期") or today()
    found = find_programme(app.catalogue, programme)
    actor = actor_by_hand(app)
    wanted = [name for name in BY_NAME if name in (start or ())]
    for name in wanted:
        if not sources_of(BY_NAME[name], found, day):
            raise RefusedFault(f"“{found.title}”没有{BY_NAME[name].label}这一环节")
    read = read_year(app, found, year, day)
    heading = season_name(LABEL, found.title, year, read.standing.total)
    tag_run([f"programme:{found.slug}", *(f"season:{name}" for name in wanted)], heading)
    order = order_of_form(found.slug, year, day.isoformat(), None, reason, document, None)
    begun = [
        begin(
            app, actor, plan_of(BY_NAME[name], order, read.seasons[name]), BY_NAME[name].label, at_once=False
        )
        for name in wanted
        if read.seasons[name].ready
    ]
    _show(read, begun, heading)
    return {"total": read.standing.total, "campaigns": [one.manifest.id for one in begun if one.manifest]}


def read_year(app: App, found: Programme, year: int, on: date) -> words.Year:
    """Everything that is told of a programme and year, from one unchanging view."""
    with reading(app.engine) as conn:
        standing = year_standing(conn, found, year, on)
        review = review_standing(conn, found, year, on) if sittings_of(found, on) else None
        seasons = {
            season.name: season_standing(conn, season, found, year, on, until=on)
            for season in SEASONS
            if sources_of(season, found, on)
        }
    return words.Year(standing, review, seasons)


def _show(read: words.Year, begun: list[Begun], heading: str) -> None:
    key = artifact_key("year", read.standing.programme, str(read.standing.year))
    links = [run_link(run_id(), "本次运行"), table(words.stage_rows(read), f"{key}-stages", "各阶段")]
    create_markdown_artifact(
        key=key, markdown=words.year_report(read, begun, heading, links), description=heading
    )
