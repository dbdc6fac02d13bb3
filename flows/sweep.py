"""The daily flow: catch up to a day, then show the numbers. It holds no rule."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from flows.bootstrap import current_app, today
from flows.forms import DAY, day_of, fault_told, shown_as
from flows.reports import sweep_report
from lifecycle.requests import Swept


@task(name="清查", cache_policy=NO_CACHE, persist_result=False)
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
    create_markdown_artifact(
        key="sweep", markdown=sweep_report(swept), description=f"每日清查 {swept.on.isoformat()}"
    )
    return {"opened": swept.opened, "reminded": swept.reminded, "overdue": swept.overdue}


def run_sweep(on: date) -> None:
    """One flow run of the sweep. To be called within `warm_prefect` and `using`."""
    sweep(on=on.isoformat())
