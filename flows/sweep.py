"""The daily flow: catch up to a day, then show the numbers. It holds no rule."""

from __future__ import annotations

from datetime import date

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows.bootstrap import current_app, today
from flows.reports import sweep_report
from lifecycle.requests import Swept


@task(name="清查", cache_policy=NO_CACHE, persist_result=False)
def catch_up(on: date) -> Swept:
    """Remind, mark overdue and open what is due up to the day; a repeat adds nothing."""
    return current_app().service.sweep(on)


@flow(name="sweep", description="每日清查到期事项", persist_result=False, retries=0)
def sweep(on: date | None = None) -> dict[str, int]:
    """One sweep up to `on` (default today in Asia/Shanghai); missed days are caught up."""
    swept = catch_up(on or today())
    create_markdown_artifact(
        key="sweep", markdown=sweep_report(swept), description=f"每日清查 {swept.on.isoformat()}"
    )
    return {"opened": swept.opened, "reminded": swept.reminded, "overdue": swept.overdue}


def run_sweep(on: date) -> None:
    """One flow run of the sweep under its Chinese name. To be called within `warm_prefect` and `using`."""
    sweep.with_options(flow_run_name=f"每日清查 {on.isoformat()}")(on=on)
