"""The year 2027 before and after its notice is imported, through the command line. The notice is made up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.driver import Practice
from tests.calendar_samples import NOTICE_2027, NUMBER, written

SOCIETY, EVENT = "h23-first-class-society", "h20-academic-event"
REASON, DOCUMENT = f"载入 2027 年放假安排（{NUMBER}）", f"{NUMBER}@2026-11-10"
IMPORTED = "2026-11-28"


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Practice:
    """An office in 2026, with calls for societies and events."""
    practice = Practice.copied(furnished, tmp_path)
    for programme in (SOCIETY, EVENT):
        practice.done("call", "open", programme, by="association", on="2026-03-01")
    return practice


def society(office: Practice, name: str = "农学", received: str = "2026-11-13") -> str:
    """A society that has to rectify within three months of a day."""
    (project,) = office.hand_in(
        "first_class_society.yaml",
        {"农学": name, "2026-12-31": "2029-12-31", "year: 2022": "year: 2025"},
        by="clerk",
        on="2026-03-02",
    )
    office.step("accept_for_form_review", project, by="checker", on="2026-03-03")
    office.step("form_pass", project, by="checker", on="2026-03-06")
    office.step("review_select", project, by="association", on="2026-04-03", papers="review_record")
    office.step("start", project, by="association", on="2026-05-06", papers="implementation_plan")
    office.step("open_evaluation", project, by="association", on="2026-11-02", papers="work_summary")
    office.step(
        "record_evaluation", project, by="evaluator", on="2026-11-09", papers="evaluation_report",
        values={"evaluation.conclusion": "合格", "evaluation.has_issues": "是"},
    )  # fmt: skip
    office.step("evaluate_issues", project, by="association", on="2026-11-10", reason="台账不全")
    office.step(
        "record_receipt", project, by="clerk", on="2026-11-16", papers="feedback_receipt",
        values={"evaluation.received_on": received},
    )  # fmt: skip
    return project


def event(office: Practice, starts: str, topic: str) -> str:
    """An event on a day, being carried out."""
    changed = {"2020-07-31": starts, "智能传感技术": topic, "河南省示例传感学会": f"河南省示例{topic}学会"}
    (project,) = office.hand_in("academic_event.yaml", changed, by="clerk", on="2026-03-02")
    office.step("accept_for_form_review", project, by="checker", on="2026-03-03")
    office.step("form_pass", project, by="checker", on="2026-03-06")
    office.step(
        "review_select", project, by="association", on="2026-04-03", papers="review_record",
        values={"amount": "50000"},
    )  # fmt: skip
    office.step("start", project, by="association", on="2026-05-06", papers="implementation_plan")
    return project


def dates(duty: dict[str, Any]) -> tuple[str, str, bool, str]:
    return duty["due"], duty["soft_due"], duty["provisional"], duty["status"]


def test_dates_of_2027_are_provisional_then_move_and_are_firm(office: Practice) -> None:
    project = society(office)
    before = office.duty(project, "rectification_report")
    assert dates(before) == ("2027-02-15", "2027-02-15", True, "open")
    assert "未载入 2027 年放假通知" in before["steps"][-1]
    assert "暂定" in office.run("due", "--project", project, on=IMPORTED).out

    tried = office.done("calendar", "import", written(office.home.parent), "--dry-run", on=IMPORTED)
    assert (tried["imported"], [(one["from"], one["to"]) for one in tried["moved"]]) == (
        True, [("2027-02-15", "2027-02-14")],
    )  # fmt: skip
    assert office.duty(project, "rectification_report") == before

    done = office.done("calendar", "import", written(office.home.parent), on=IMPORTED)
    assert {**done, "dry_run": True} == tried

    after = office.duty(project, "rectification_report")
    assert dates(after) == ("2027-02-14", "2027-02-14", False, "open")
    assert after["moves"] == [
        {"on": IMPORTED, "from": "2027-02-15", "to": "2027-02-14", "reason": REASON, "document": DOCUMENT}
    ]
    assert after["steps"][-1] == "2027-02-13 为法定休息日（春节） → 顺延至 2027-02-14（民法典第203条）"
    last = office.project(project)["history"][-1]
    assert (last["action"], last["actor"], last["role"], last["reason"], last["document"], last["rule"]) == (
        "plan_deadlines", "system", "system", REASON, DOCUMENT, "R-DL-37",
    )  # fmt: skip
    assert office.done("audit", "verify")["ok"] is True


def test_importing_twice_changes_nothing_and_another_content_is_refused(office: Practice) -> None:
    project = society(office)
    office.done("calendar", "import", written(office.home.parent), on=IMPORTED)
    stood = office.project(project)

    again = office.done("calendar", "import", written(office.home.parent), on=IMPORTED)
    assert (again["imported"], again["looked"], again["moved"]) == (False, 0, [])
    assert office.project(project) == stood

    amended = written(office.home.parent, NOTICE_2027.replace("  - 2027-02-14\n", ""))
    refused = office.ask("calendar", "import", amended, on=IMPORTED)
    assert (refused.status, refused.json["error"]["reasons"][0]["rule"]) == (3, "R-DL-37")
    assert "2027-02-14 不再调休上班" in refused.json["error"]["message"]
    assert office.ask("calendar", "import", amended, "--replace", on=IMPORTED).status == 2
    assert office.project(project) == stood

    office.done("calendar", "import", amended, "--replace", "--reason", "通知修改", on="2026-12-01")
    moves = office.duty(project, "rectification_report")["moves"]
    assert [(one["from"], one["to"]) for one in moves] == [
        ("2027-02-15", "2027-02-14"), ("2027-02-14", "2027-02-15"),
    ]  # fmt: skip
    shown = office.done("calendar", "show", "2027")
    assert [one["reason"] for one in shown["history"]] == [None, "通知修改"]
    assert office.done("audit", "verify")["ok"] is True


def test_what_was_kept_or_set_by_hand_stays(office: Practice) -> None:
    kept, longer = society(office, "农学"), society(office, "林学")
    office.step(
        "submit_rectification", kept, by="clerk", on="2026-11-20", papers="rectification_report",
        document="例函1号@2026-11-20",
    )  # fmt: skip
    office.step(
        "extend_rectification", longer, by="association", on="2026-11-20", reason="材料较多",
        values={"rectification.due_on": "2027-02-20"},
    )  # fmt: skip
    late = event(office, "2026-12-20", "海洋")
    stood = [office.duty(kept, "rectification_report"), office.duty(late, "preparation_report")]
    assert [one["status"] for one in stood] == ["met", "open"]

    office.done("calendar", "import", written(office.home.parent), on=IMPORTED)

    assert [office.duty(kept, "rectification_report"), office.duty(late, "preparation_report")] == stood
    given = office.duty(longer, "rectification_report")
    assert (*dates(given), given["moves"][1:]) == ("2027-02-20", "2027-02-20", False, "open", [])


def test_a_date_set_to_today_because_it_came_late_is_not_counted_anew(office: Practice) -> None:
    project = event(office, "2027-08-20", "深空")
    words = (
        "amend",
        project,
        "event.starts_on=2027-01-20",
        "--reason",
        "会期提前",
        "--document",
        "例1号@2026-12-25",
    )
    office.done(*words, by="clerk", on="2026-12-25")
    before = office.duty(project, "preparation_report")
    assert (before["due"], before["legal_due"], before["marks"]) == (
        "2026-12-25", "2026-12-20", ["因会期调整", "未按期"],
    )  # fmt: skip

    office.done("calendar", "import", written(office.home.parent), on="2026-12-25")

    after = office.duty(project, "preparation_report")
    assert {**after, "provisional": None} == {**before, "provisional": None}


def test_a_halted_projects_duty_is_firm_when_it_goes_on(office: Practice) -> None:
    project = event(office, "2027-03-20", "测绘")
    assert dates(office.duty(project, "preparation_report")) == ("2027-02-20", "2027-02-19", True, "open")
    office.step(
        "request_halt", project, by="clerk", on="2026-11-20", papers="halt_request", reason="场馆停用"
    )
    office.step(
        "approve_halt", project, by="association", on="2026-11-23", papers="halt_decision",
        document="例2号@2026-11-23",
    )  # fmt: skip
    office.done("calendar", "import", written(office.home.parent), on=IMPORTED)
    assert office.duty(project, "preparation_report")["status"] == "suspended"

    office.step("resume_halted", project, by="association", on="2026-12-10", reason="场馆恢复")

    assert dates(office.duty(project, "preparation_report")) == ("2027-02-20", "2027-02-20", False, "open")
    assert office.done("audit", "verify")["ok"] is True


def test_a_recount_is_no_step_and_stands_in_no_ones_way(office: Practice) -> None:
    project = society(office)
    office.done("calendar", "import", written(office.home.parent), on=IMPORTED)

    office.step("reverse_step", project, by="deputy", on=IMPORTED, reason="接收日期误记")

    assert office.project(project)["facts"].get("evaluation.received_on") is None
    assert "rectification_report" not in [
        one["duty"] for one in office.project(project)["duties"] if one["status"] == "open"
    ]


def test_what_is_undone_after_the_import_goes_back_to_a_date_that_holds(office: Practice) -> None:
    longer, amended = society(office, "农学"), society(office, "林学")
    office.step(
        "extend_rectification", longer, by="association", on="2026-11-20", reason="材料较多",
        values={"rectification.due_on": "2027-02-20"},
    )  # fmt: skip
    words = ("--duty", "rectification_report", "--due-to", "2027-02-19", "--document", "例3号@2026-11-20")
    made = office.done(
        "amendments",
        "make",
        amended,
        *words,
        "--reason",
        "统一延期",
        "--yes",
        by="association",
        on="2026-11-20",
    )
    office.done("calendar", "import", written(office.home.parent), on=IMPORTED)

    office.step("reverse_step", longer, by="deputy", on=IMPORTED, reason="误延期")
    office.done("amendments", "undo", made["number"], "--reason", "误延期", by="deputy", on=IMPORTED)

    for project in (longer, amended):
        found = office.duty(project, "rectification_report")
        assert dates(found) == ("2027-02-14", "2027-02-14", False, "open"), project
    assert office.done("audit", "verify")["ok"] is True


def test_an_application_lapses_by_a_provisional_day_only_when_somebody_vouches_for_it(
    office: Practice,
) -> None:
    (project,) = office.hand_in("first_class_society.yaml", {}, by="clerk", on="2026-12-21")
    office.step("accept_for_form_review", project, by="checker", on="2026-12-21")
    office.step(
        "return_for_completion", project, by="checker", on="2026-12-24", reason="缺年度计划",
        values={"return.received_on": "2026-12-28"},
    )  # fmt: skip
    office.sweep("2027-01-04")
    office.done("notices", "deliver", on="2027-01-04")
    office.sweep("2027-01-07")
    assert "逾期（暂定）" in office.run("show", project, on="2027-01-07").out

    refused = office.refused("lapse", project, by="checker", on="2027-01-07", reason="未补正")
    assert (refused.status, refused.rules) == (3, ["R-DL-37"])
    offered = office.done("actions", project, by="checker", on="2027-01-07")["actions"]
    (lapse,) = [one for one in offered if one["action"] == "lapse"]
    assert (lapse["allowed"], lapse["reasons"][0]["rule"]) == (False, "R-DL-37")

    office.step(
        "lapse", project, by="checker", on="2027-01-07", reason="经核对，1 月 4 日、5 日均上班",
        values={"calendar.confirmed": "2027-01-05"},
    )  # fmt: skip
    entry = office.project(project)["history"][-1]
    assert (entry["action"], entry["reason"]) == ("lapse", "经核对，1 月 4 日、5 日均上班")
    assert office.project(project)["facts"]["calendar.confirmed"]["value"] == "2027-01-05"


def test_stale_reminders_are_cancelled_and_come_anew_for_the_day_that_holds(office: Practice) -> None:
    project = society(office)
    assert office.sweep("2027-01-18") == ["rectification_report reminder"]

    office.done("calendar", "import", written(office.home.parent), on="2027-01-18")

    (stale,) = office.notices(project, kind="reminder")
    assert (stale["status"], "2027-02-15" in stale["key"]) == ("cancelled", True)
    assert office.sweep("2027-01-18") == []
    assert office.sweep("2027-01-31") == ["rectification_report reminder"]
    fresh = office.notices(project, kind="reminder", status="pending")
    assert ["2027-02-14" in one["key"] for one in fresh] == [True]


def test_the_list_tells_sources_and_what_is_missing_from_november_on(office: Practice) -> None:
    society(office)
    early = office.done("calendar", on="2026-10-31")
    assert (early["hint"], early["provisional"]) == (None, [{"year": 2027, "duties": 1}])
    hint = office.done("calendar", "list", on="2026-11-01")["hint"]
    assert hint.startswith("2027 年放假通知尚未载入")
    assert office.done("sweep", on="2026-11-20")["hint"] == hint
    assert [one["year"] for one in early["years"]] == list(range(2004, 2027))

    office.done("calendar", "import", written(office.home.parent), on=IMPORTED)

    told = office.done("calendar", on=IMPORTED)
    last = told["years"][-1]
    assert (last["year"], last["number"], last["date"], last["file"]) == (
        2027, NUMBER, "2026-11-10", "calendar-2027.yaml",
    )  # fmt: skip
    assert (told["hint"], told["provisional"], told["recounts"]) == (None, [], [])
    assert office.done("sweep", on=IMPORTED)["hint"] is None


def test_the_calendar_of_the_store_counts_periods(office: Practice) -> None:
    words = ("period", "2026-11-13", "P3M")
    assert office.done(*words)["calendar"] == "provisional"

    office.done("calendar", "import", written(office.home.parent), on=IMPORTED)

    found = office.done(*words)
    assert (found["due"], found["calendar"]) == ("2027-02-14", "published")


def test_only_who_may_edit_the_calendar_imports_and_bad_input_is_named(
    office: Practice, tmp_path: Path
) -> None:
    path = written(tmp_path)
    assert office.ask("calendar", "import", path, by="association", on=IMPORTED).status == 4
    assert office.ask("calendar", "import", path, on="2026-11-09").status == 3
    broken = written(tmp_path, NOTICE_2027.replace("2027-02-14", "2027-02-15"), "broken.yaml")
    refused = office.ask("calendar", "import", broken, on=IMPORTED)
    assert (refused.status, refused.json["error"]["reasons"][0]["message"]) == (
        7, "broken.yaml:14:5: 调休上班日 2027-02-15 是星期一（期望 星期六或星期日）",
    )  # fmt: skip
    assert office.ask("calendar", "show", "2027", on=IMPORTED).status == 5


def test_a_template_is_filled_in_and_passes(office: Practice, tmp_path: Path) -> None:
    out = tmp_path / "2027.yaml"
    office.done("calendar", "template", "2027", "--out", out)
    blank = out.read_text(encoding="utf-8")
    assert office.ask("calendar", "check", out).status == 7
    assert office.ask("calendar", "template", "2027", "--out", out).status == 2

    lines = {line.split(":")[0]: line for line in NOTICE_2027.splitlines() if ":" in line}
    filled = [lines.get(line.split(":")[0], line) for line in blank.splitlines() if not line.startswith("#")]
    days = [line for line in NOTICE_2027.splitlines() if line.startswith("  - ")]
    out.write_text("\n".join([*filled[:-2], "worked:", *days]), encoding="utf-8")

    assert (
        office.done("calendar", "check", out)["digest"]
        == json.loads(office.ask("calendar", "check", written(tmp_path)).out)["digest"]
    )
