"""The season of the evaluation: a campaign for each programme whose projects are due. It holds no rule."""

from __future__ import annotations

from typing import Any

from prefect import State, flow
from prefect.runtime import flow_run

from flows import campaign_form as form
from flows.bootstrap import current_app
from flows.forms import fault_told
from flows.seasons import order_of_form, run_season
from states.seasons import BY_NAME

SEASON = BY_NAME["evaluation"]


def _name() -> str:
    given = flow_run.parameters
    return f"{SEASON.label} · {given.get('programme')} · {given.get('year')} 年度"


@flow(
    name="evaluation_campaign",
    description="绩效评价：对一个项目类别、分组或全省一个年度中实施期已满的项目，各列一份批量办理名单",
    flow_run_name=_name,
    persist_result=False,
    retries=0,
)
@fault_told
def evaluation_campaign(
    programme: form.Line,
    year: form.Year,
    on: form.On = None,
    until: form.Until = None,
    reason: form.Reason = None,
    document: form.Document = None,
    materials: form.Materials = None,
    draft: form.WithLists = True,
    confirm: form.AtOnce = False,
    count: form.Count = None,
) -> dict[str, Any] | State[Any]:
    """Show how the projects stand and which papers are missing, and begin the campaigns."""
    order = order_of_form(
        programme, year, on, until, reason, document, materials, draft=draft, count=count if confirm else None
    )
    return run_season(current_app(), SEASON, order)
