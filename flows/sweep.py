"""The daily flow: catch up to a day, then show the numbers. It holds no rule."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from flows.bootstrap import current_app, today
from flows.forms import DAY, day_of, fault_told, shown_as
from flows.reports import late_rows, linked, sweep_report
from flows.runs import artifact_link, run_id, run_link
from lifecycle.agenda import Agenda, Wanted
from lifecycle.database import reading
from lifecycle.people import EVERYWHERE, Actor
from lifecycle.requests import Swept
from states.names import Role

OFFICE = Actor("sweep", {EVERYWHERE: frozenset({Role.ADMIN})}, None)
"""For whom the totals are counted: the flow dashboard is the administrator's, and only numbers are shown."""


@task(name="清查", task_run_name="清查", cache_policy=NO_CACHE, persist_result=False)
def catch_up(on: date) -> Swept:
    """Remind, mark overdue and open what is due up to the day; a repeat adds nothing."""
    return current_app().service.sweep(on)


def _name() -> str:
    given = flow_run.parameters.get("on")
    return f"每日清查 {given or today().isoformat()}"


@flow(name="sweep", description="每日清查到期事项", flow_run_name=_name, persist_result=False, retries=0)
@fault_told
def sweep(
    on: Annotated[
        str | None,
        DAY,
        shown_as("清查至哪一天", "不填则为今天（北京时间）；漏掉的日子一并补做，重复清查不增加内容"),
    ] = None,
) -> dict[str, int]:
    """One sweep up to `on`; missed days are caught up."""
    swept = catch_up(day_of(on, "清查日期") or today())
    _show(swept)
    return {"opened": swept.opened, "reminded": swept.reminded, "overdue": swept.overdue}


def _show(swept: Swept) -> None:
    """The numbers, and what is late and due soon by programme."""
    app, links = current_app(), [run_link(run_id(), "本次运行")]
    with reading(app.engine) as conn:
        everything = Agenda(conn, app.store, OFFICE, swept.on, Wanted())
        rows = late_rows(everything.totals("programme"))
    if rows:
        create_table_artifact(
            table=rows, key="sweep-late", description=f"逾期和本月到期 {swept.on.isoformat()}"
        )
        links.append(artifact_link("sweep-late", "各项目类别的逾期和本月到期"))
    create_markdown_artifact(
        key="sweep",
        markdown=linked(sweep_report(swept), links),
        description=f"每日清查 {swept.on.isoformat()}",
    )


def run_sweep(on: date) -> None:
    """One flow run of the sweep. To be called within `warm_prefect` and `using`."""
    sweep(on=on.isoformat())
