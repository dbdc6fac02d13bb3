"""The monthly overview: who has reported progress and who has not, as tables on the flow dashboard (R-DL-09).

It reminds nobody and marks nothing: that is the daily sweep's. It holds no rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from prefect import flow, tags, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from flows.bootstrap import current_app, today
from flows.forms import DAY, day_of, fault_told, shown_as
from lifecycle.database import reading
from lifecycle.progress import NOT_REPORTED, MonthlyReport, counted, monthly_reports
from states.catalogue import Catalogue

ROWS_SHOWN = 1000
"""Rows of the table; what is missing from it is said above it."""


@task(name="汇总", task_run_name="汇总", cache_policy=NO_CACHE, persist_result=False)
def gather(on: date) -> list[MonthlyReport]:
    """Read how every report stands."""
    with reading(current_app().engine) as conn:
        return monthly_reports(conn, on)


def _name() -> str:
    given = flow_run.parameters.get("on") or today().isoformat()
    return f"月度进展汇总 · {given[:7]}"


@flow(
    name="progress",
    description="汇总各项目的月度进展报送情况",
    flow_run_name=_name,
    persist_result=False,
    retries=0,
)
@fault_told
def progress(
    on: Annotated[
        str | None,
        DAY,
        shown_as("汇总哪一天所在的月份", "不填则为今天（北京时间）；列出上月到期和本月到期的报告"),
    ] = None,
) -> dict[str, int]:
    """The overview of the month of `on`; repeated, it shows how things stand then."""
    day = day_of(on, "汇总日期") or today()
    reports = gather(day)
    catalogue = current_app().catalogue
    create_markdown_artifact(
        key="progress", markdown=overview(day, reports, catalogue), description=f"月度进展 {day:%Y-%m}"
    )
    create_table_artifact(
        key="progress-reports", table=rows_of(reports, catalogue), description="月度进展明细，未报的在前"
    )
    waiting = sum(one.status in NOT_REPORTED for one in reports)
    return {"owed": len(reports), "waiting": waiting}


def run_progress(on: date, programmes: Sequence[str]) -> None:
    """One flow run of the overview. To be called within `warm_prefect` and `using`."""
    with tags(*(f"programme:{slug}" for slug in programmes)):
        progress(on=on.isoformat())


def overview(on: date, reports: Sequence[MonthlyReport], catalogue: Catalogue) -> str:
    """The counts by programme and month, as markdown."""
    lines = [
        f"# 月度进展汇总 {on.isoformat()}",
        "",
        "各参与单位每个月汇总报送上月进展情况（R-DL-09）。本表只供查看：提醒和逾期标记由每日清查办理。",
        "",
        "| 项目类别 | 进展月份 | 应报 | 已报 | 其中逾期报送 | 逾期未报 | 未到期未报 |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {_title(catalogue, one.programme)} | {one.month} | {one.owed} | {one.reported} | {one.late} "
        f"| {one.overdue} | {one.open} |"
        for one in counted(reports)
    ]
    if len(reports) > ROWS_SHOWN:
        lines += ["", f"明细只列前 {ROWS_SHOWN} 项，其余见 lifecycle due --duty R-DL-09。"]
    return "\n".join(lines)


def rows_of(reports: Sequence[MonthlyReport], catalogue: Catalogue) -> list[dict[str, Any]]:
    """One row for each report, for the table of the dashboard."""
    return [
        {
            "项目类别": _title(catalogue, one.programme),
            "项目": one.project,
            "名称": one.title,
            "单位": one.unit,
            "进展月份": one.month,
            "期限": one.due.isoformat(),
            "状况": one.status.label,
            "报送日期": one.met_on.isoformat() if one.met_on else "",
        }
        for one in reports[:ROWS_SHOWN]
    ]


def _title(catalogue: Catalogue, slug: str) -> str:
    programme = catalogue.programmes.get(slug)
    return programme.title if programme else slug
