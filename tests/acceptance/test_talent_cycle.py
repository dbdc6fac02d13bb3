"""A two-year talent that starts on a month's last day, from the application to its last follow-up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.driver import Practice

SPOKEN = {"half_year_guidance", "cycle_summary", "project_summary", "follow_up", "extension_application"}


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Practice:
    return Practice.copied(furnished, tmp_path)


def running(office: Practice) -> str:
    """A talent that was selected in time and starts on 31 August 2023."""
    project = office.talent()
    office.step("accept_for_form_review", project, by="checker", on="2023-03-03")
    office.step("form_pass", project, by="checker", on="2023-03-06")
    office.step("review_select", project, by="association", on="2023-07-03", papers="review_record")
    office.step("start", project, by="association", on="2023-08-31", papers="implementation_plan")
    return project


def windows(office: Practice, project: str, slug: str) -> dict[str | None, tuple[str, str]]:
    """Due day and status of every window of a duty, by its period."""
    duties = office.project(project)["duties"]
    return {one["period"]: (one["due"], one["status"]) for one in duties if one["duty"] == slug}


def said(office: Practice, day: str) -> list[str]:
    """What a sweep says of the duties of a talent."""
    return [told for told in office.sweep(day) if told.split()[0] in SPOKEN]


def session(office: Practice, project: str, on: str, subject: str) -> dict[str, Any]:
    """A session that a clerk enters from the paper that it came on."""
    found = office.done(
        "report", project, "half_year_guidance", "--set", f"held_on={on}", "--set", f"subject={subject}",
        "--set", "experts=王某、赵某、孙某", "--material", f"guidance_record={office.paper('跟进记录.pdf')}",
        by="clerk", on=on,
    )  # fmt: skip
    return dict(found)


def test_a_talent_that_starts_on_the_last_of_august_owes_half_years_from_that_day(office: Practice) -> None:
    """R-DL-07, R-DL-08, R-DL-01, R-AMB-26: each counted from the start, never from the one before."""
    project = running(office)
    assert windows(office, project, "half_year_guidance") == {
        "1": ("2024-02-29", "open"),
        "2": ("2024-08-31", "open"),
        "3": ("2025-02-28", "open"),
        "4": ("2025-08-31", "open"),
    }
    first, second = [one for one in office.project(project)["duties"] if one["duty"] == "half_year_guidance"][
        :2
    ]
    assert first["steps"][1].startswith("2023-08-31 + 6 个月 → 2024-02-29（无对应日")
    assert (second["due"], second["soft_due"]) == ("2024-08-31", "2024-08-30"), "a Saturday, not run on"
    assert windows(office, project, "cycle_summary") == {None: ("2025-08-31", "open")}
    assert windows(office, project, "midterm_report") == {None: ("2024-08-31", "suggested")}


def test_a_talent_walks_its_two_years_an_extension_and_what_follows(office: Practice) -> None:
    """R-DL-07, R-DL-08, R-DL-22, R-DL-24, R-DL-25: one missed half-year stays missed to the end."""
    project = running(office)

    # The first half-year is kept, on the last day of a February of a leap year.
    assert said(office, "2024-02-22") == ["half_year_guidance reminder"]
    kept = session(office, project, "2024-02-29", "论文选题")
    assert (kept["period"], kept["status"]) == ("1", "met")
    assert kept["proofs"][0]["said"] == {
        "experts": "王某、赵某、孙某", "held_on": "2024-02-29", "subject": "论文选题",
    }  # fmt: skip
    silent = office.ask(
        "report", project, "half_year_guidance", "--reason", "已开展", by="clerk", on="2024-03-01"
    )
    assert (silent.status, silent.json["error"]["reasons"][0]["rule"]) == (3, "R-DL-07")

    # The second is missed; a session after it belongs to the third.
    assert said(office, "2024-08-30") == ["half_year_guidance reminder"]
    assert said(office, "2024-09-01") == [], "a Sunday: overdue, and said on the Monday"
    assert office.project(project)["overdue"] == 1
    assert said(office, "2024-09-02") == ["half_year_guidance overdue"]
    assert session(office, project, "2024-09-20", "学术交流")["period"] == "3"
    assert office.project(project)["remarks"] == ["未中期考核"]
    office.step("midterm_open", project, by="association", on="2024-10-08")
    office.step("midterm_done", project, by="association", on="2024-10-15", papers="midterm_opinion")
    assert office.project(project)["remarks"] == []

    # Sixty days before the end it is asked whether an extension is needed; half a year more is granted.
    assert "extension_application suggestion" in said(office, "2025-07-02")
    office.step("request_extension", project, by="clerk", on="2025-07-08",
                reason="出国访学半年", papers="extension_request",
                values={"request.new_end": "2026-02-28"})  # fmt: skip
    office.step("approve_extension", project, by="association", on="2025-07-15",
                papers="extension_decision", values={"ends_on": "2026-02-28"})  # fmt: skip
    assert windows(office, project, "extension_application") == {"2025-08-31": ("2025-08-31", "met")}
    assert windows(office, project, "half_year_guidance") == {
        "1": ("2024-02-29", "met"),
        "2": ("2024-08-31", "overdue"),
        "3": ("2025-02-28", "met"),
        "4": ("2025-08-31", "open"),
        "5": ("2026-02-28", "open"),
    }
    (summary,) = [one for one in office.project(project)["duties"] if one["duty"] == "cycle_summary"]
    assert (summary["due"], summary["moves"][-1]["from"]) == ("2026-02-28", "2025-08-31")
    session(office, project, "2025-08-29", "成果总结")
    session(office, project, "2026-02-27", "结项准备")

    # The end: its summary, the evaluation, the report a month later, and two years of following up.
    paper = f"cycle_summary={office.paper('培养周期总结.pdf')}"
    done = office.done("report", project, "cycle_summary", "--material", paper, by="clerk", on="2026-02-27")
    assert done["status"] == "met"
    office.sweep("2026-03-02")
    assert windows(office, project, "project_summary") == {None: ("2026-03-30", "suggested")}
    assert windows(office, project, "follow_up") == {"1": ("2027-03-01", "suggested")}
    both = office.ask("report", project, "R-DL-24", "--material", paper, by="clerk", on="2026-03-10")
    assert (both.status, "project_summary" in both.json["error"]["message"]) == (2, True), "two duties"
    done = office.done("report", project, "项目总结报告", "--material", paper, by="clerk", on="2026-03-10")
    assert (done["duty"], done["status"], done["steps"][1]) == (
        "project_summary", "met", "2026-02-28 + 1 个月 → 2026-03-28",
    )  # fmt: skip
    office.step("open_evaluation", project, by="association", on="2026-03-16", papers="work_summary")
    office.step("record_evaluation", project, by="evaluator", on="2026-04-08",
                papers="evaluation_report", values={"evaluation.conclusion": "良好"})  # fmt: skip
    office.step("evaluate_pass", project, by="association", on="2026-04-15")
    assert office.project(project)["state"] == "closed"
    assert [(one["duty"], one["missed"]) for one in office.project(project)["missed"]] == [
        ("half_year_guidance", 1)
    ]
    for turn, (day, due) in enumerate((("2026-10-19", "2027-03-01"), ("2027-09-20", "2028-02-28")), start=1):
        office.sweep(day)
        followed = office.done("report", project, "follow_up", "--reason", "电话回访", by="clerk", on=day)
        assert (followed["period"], followed["due"], followed["status"]) == (str(turn), due, "met")
    swept = office.done("sweep", on="2030-01-02")
    assert (swept["opened"], [key for key in swept["notices"] if project in key]) == (0, [])
    assert office.done("audit", "verify")["ok"] is True
