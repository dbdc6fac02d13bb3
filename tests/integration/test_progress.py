"""The monthly overview tells who has reported and who has not, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from flows.bootstrap import App, using
from flows.jobs import Jobs
from flows.server import FlowServer
from flows.warm import warm_prefect
from lifecycle.database import reading, transaction
from lifecycle.progress import MonthCount, counted, monthly_reports
from lifecycle.settings import Settings
from states.errors import UnavailableFault
from tests.record_store import EVENT, TABLES, Records, records

DUTY = TABLES["duty"]
FIRST = date(2026, 12, 1)
OCTOBER, NOVEMBER = ("2026-10", date(2026, 11, 30)), ("2026-11", date(2026, 12, 31))


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    """Four projects that owe monthly reports, as they stand on the first of December."""
    made = records(settings, tmp_path)
    yield furnished(made)
    made.app.close()


def furnished(made: Records) -> Records:
    """October: one reported, one late, one not, one waived, one cancelled. November: all to come."""
    projects = [made.apply(number) for number in range(1, 6)]
    stands = ("met", "late", "overdue", "waived", "cancelled")
    with transaction(made.app.engine) as conn:
        for project, status in zip(projects, stands, strict=True):
            owe(conn, project, *OCTOBER, status, OCTOBER[1] if status in ("met", "late") else None)
            if status != "cancelled":
                owe(conn, project, *NOVEMBER, "open")
        owe(conn, projects[0], "2026-09", date(2026, 10, 31), "overdue")  # told of a month ago
    return made


def owe(conn: Any, project: str, month: str, due: date, status: str, met_on: date | None = None) -> None:
    row = {
        "project_id": project, "slug": "monthly_progress", "occurrence": month, "rule": "R-DL-09",
        "label": "月度进展", "owed_by": "participant_unit", "anchor": "month", "anchor_date": due,
        "legal_due": due, "due": due, "soft_due": due, "status": status, "met_on": met_on,
        "provisional": False, "suggested": False,
    }  # fmt: skip
    conn.execute(insert(DUTY), row)


def test_it_tells_last_month_and_this_one_with_those_who_have_not_reported_first(store: Records) -> None:
    with reading(store.app.engine) as conn:
        found = monthly_reports(conn, FIRST)
    assert [(one.project[-1], one.month, str(one.status)) for one in found] == [
        ("3", "2026-10", "overdue"),
        *((number, "2026-11", "open") for number in "1234"),
        ("1", "2026-10", "met"), ("2", "2026-10", "late"), ("4", "2026-10", "waived"),
    ]  # fmt: skip
    assert counted(found) == [
        MonthCount(EVENT, "2026-10", owed=4, reported=2, late=1, overdue=1, open=0),
        MonthCount(EVENT, "2026-11", owed=4, reported=0, late=0, overdue=0, open=4),
    ]


@pytest.mark.prefect
@pytest.mark.xdist_group("prefect")
def test_it_is_a_flow_run_with_its_name_its_tags_and_its_tables(
    sqlite_settings: Settings, tmp_path: Path, flow_server: FlowServer, dashboard: Any
) -> None:
    made = furnished(records(sqlite_settings, tmp_path))
    from flows.progress import run_progress

    with reading(made.app.engine) as conn:
        before = conn.execute(select(DUTY)).all()
    with warm_prefect(flow_server, sqlite_settings.home), using(made.app):
        run_progress(FIRST, [EVENT])
    with reading(made.app.engine) as conn:
        assert conn.execute(select(DUTY)).all() == before

    (run,) = dashboard.runs_named("月度进展汇总 · 2026-12")
    assert (run["state_type"], run["tags"]) == ("COMPLETED", [f"programme:{EVENT}"])
    shown = {one["key"]: one["data"] for one in dashboard.artifacts(run["id"])}
    title = made.app.catalogue.programmes[EVENT].title
    assert f"| {title} | 2026-10 | 4 | 2 | 1 | 1 | 0 |" in shown["progress"].splitlines()
    rows = json.loads(shown["progress-reports"])
    assert len(rows) == 8
    assert rows[0] == {
        "项目类别": title, "项目": f"{EVENT}-0003", "名称": "示例题目3", "单位": "河南省示例学会3",
        "进展月份": "2026-10", "期限": "2026-11-30", "状况": "逾期", "报送日期": "",
    }  # fmt: skip
    made.app.close()


def test_without_reports_nothing_is_shown_and_without_a_server_it_waits(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    from flows.bootstrap import today

    made = records(sqlite_settings, tmp_path)
    project = made.apply(1)
    with transaction(made.app.engine) as conn:
        conn.execute(update(TABLES["store"]).values(rehearsal=False))
    made.app.close()
    app = App(sqlite_settings)
    jobs = Jobs(app, FlowServer("http://127.0.0.1:9/api"))
    assert jobs.progress() == "没有应报送月度进展的项目"
    with transaction(app.engine) as conn:
        owe(conn, project, "2026-10", today(), "open")
    with pytest.raises(UnavailableFault, match="待它恢复后补做"):
        jobs.progress()
    app.close()
