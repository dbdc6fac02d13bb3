"""The Henan scenarios through the command line, by several people, on virtual days. Units are made up."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from lifecycle import packs
from tests.acceptance.driver import Practice, Refusal, event, selected
from tests.cli import TALENT, application

SOCIETY, EVENT, TALENTS = "h23-first-class-society", "h20-academic-event", "h23-young-talent"
TOLD_ABOVE = "preparation_report escalation"
REMINDER, OVERDUE = "preparation_report reminder", "preparation_report overdue"
MIDTERM, CLOSING = "midterm_report suggestion", "evaluation_opening suggestion"
TO_APPLY = "extension_application suggestion"
NUMBER = "豫科协发〔2020〕示例18号@2020-11-09"


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Practice:
    """An office with an open call for societies."""
    practice = Practice.copied(furnished, tmp_path)
    practice.done("call", "open", SOCIETY, by="association", on="2023-03-01")
    return practice


@pytest.fixture
def events(furnished: Path, tmp_path: Path) -> Practice:
    """An office with an open call for the events of 2020, and somebody of the unit itself."""
    practice = Practice.copied(furnished, tmp_path)
    practice.done("call", "open", EVENT, by="association", on="2020-03-01")
    practice.staff_unit("sensing", "河南省示例传感学会")
    return practice


def preparation(office: Practice, project: str) -> dict[str, Any]:
    return office.duty(project, "preparation_report")


def tell(office: Practice, project: str, on: str) -> dict[str, Any]:
    """The unit reports its preparation plan."""
    paper = office.paper("筹备方案.pdf")
    words = ("report", project, "preparation_report", "--material", f"preparation_plan={paper}")
    return dict(office.done(*words, by="sensing", on=on))


def test_r_scn_01_a_society_walks_from_application_to_closing(office: Practice) -> None:
    project = selected(office)
    early = office.refused(
        "start", project, by="association", on="2023-04-11", papers="implementation_plan"
    )  # the fifth workday of the publicity period
    assert (early.status, early.rules) == (3, ["R-LIFE-161"])
    office.step("start", project, by="association", on="2023-04-12", papers="implementation_plan")
    office.step("midterm_open", project, by="association", on="2023-07-03")
    office.step("midterm_done", project, by="association", on="2023-07-10", papers="midterm_opinion")
    office.step("open_evaluation", project, by="association", on="2023-12-11", papers="work_summary")
    unproven = office.refused("evaluate_pass", project, by="association", on="2023-12-18")
    assert (unproven.status, unproven.rules) == (3, ["R-LIFE-55"])
    office.step(
        "record_evaluation", project, by="evaluator", on="2023-12-18",
        papers="evaluation_report", values={"evaluation.conclusion": "优秀"},
    )  # fmt: skip
    office.step("evaluate_pass", project, by="association", on="2023-12-20")

    # fmt: off
    assert office.history(project, "seq", "on", "actor", "role", "action", "to") == [
        (1, "2023-03-02", "clerk", "clerk", "create", "draft"),
        (2, "2023-03-02", "clerk", "clerk", "submit", "submitted"),
        (3, "2023-03-03", "checker", "form_checker", "accept_for_form_review", "form_review"),
        (4, "2023-03-06", "checker", "form_checker", "form_pass", "expert_review"),
        (5, "2023-04-03", "association", "prov_association", "review_select", "approved"),
        (6, "2023-04-12", "association", "prov_association", "start", "executing"),
        (7, "2023-07-03", "association", "prov_association", "midterm_open", "midterm"),
        (8, "2023-07-10", "association", "prov_association", "midterm_done", "executing"),
        (9, "2023-12-11", "association", "prov_association", "open_evaluation", "performance_review"),
        (10, "2023-12-18", "evaluator", "evaluator", "record_evaluation", "performance_review"),
        (11, "2023-12-20", "association", "prov_association", "evaluate_pass", "closed"),
    ]
    assert office.history(project, "action", "rule", "cite") == [
        ("create", "R-PROG-01", "一流学会建设引领计划"),
        ("submit", "R-LIFE-30", None),
        ("accept_for_form_review", "R-LIFE-32", None),
        ("form_pass", "R-LIFE-34", None),
        ("review_select", "R-LIFE-41", "遴选支持一批学术技术交流活动"),
        ("start", "R-LIFE-44", None),
        ("midterm_open", "R-LIFE-45", "通过组织中期考核、实地调研和召开现场会"),
        ("midterm_done", "R-LIFE-46", "项目实施情况进行考察监督"),
        ("open_evaluation", "R-LIFE-54", "适时开展项目绩效评价"),
        ("record_evaluation", "R-LIFE-162", None),
        ("evaluate_pass", "R-LIFE-55", "适时开展项目绩效评价"),
    ]
    # fmt: on
    found = office.project(project)
    assert (found["state"], found["amount"], found["ends_on"]) == ("closed", "100000.00", "2023-12-31")
    assert found["phone"] == "0371-65707080"
    assert [d["status"] for d in found["duties"]] == ["met", "suggested", "met", "cancelled"]
    page = office.run("show", project).out
    for shown in ("0371-65707080", "R-PROG-01", "R-LIFE-41", "R-LIFE-162"):
        assert page.count(shown) == 1, page
    verified = office.done("audit", "verify")
    assert (verified["projects"], verified["entries"], verified["ok"]) == (1, 11, True)


def test_r_scn_04_the_preparation_report_is_reminded_on_its_days_and_late_after_its_day(
    events: Practice,
) -> None:
    in_time, late = event(events), event(events, topic="智能制造技术")
    for project in (in_time, late):
        found = preparation(events, project)
        assert (found["rule"], found["legal_due"], found["due"]) == ("R-DL-05", "2020-06-30", "2020-06-30")
    spoken = {
        "2020-06-16": [REMINDER] * 2,
        "2020-06-22": [],
        "2020-06-23": [REMINDER] * 2,
        "2020-06-30": [REMINDER] * 2,
    }
    for day, notices in spoken.items():
        assert events.sweep(day) == notices
        assert events.sweep(day) == []
        events.done("notices", "deliver", by="clerk", on=day)
    assert tell(events, in_time, "2020-06-30")["status"] == "met"
    assert events.sweep("2020-07-01") == [OVERDUE]
    assert preparation(events, late)["status"] == "overdue"
    assert tell(events, late, "2020-07-01")["status"] == "late"

    reminded = [("reminder", "2020-06-16"), ("reminder", "2020-06-23"), ("reminder", "2020-06-30")]
    told = {p: [(n["kind"], n["on"]) for n in preparation(events, p)["reminders"]] for p in (in_time, late)}
    assert told == {in_time: reminded, late: [*reminded, ("overdue", "2020-07-01")]}
    assert [n["subject"] for n in events.notices(late, kind="reminder", created_on="2020-06-23")] == [
        "提醒：“示例：智能制造技术论坛”筹备方案汇报（截止2020年6月30日）"
    ]
    assert events.history(late, "on", "actor", "action", "rule", "cite")[-1] == (
        "2020-07-01", "sensing", "report", "R-DL-05", "于学术活动召开一个月前向省科协汇报筹备方案",
    )  # fmt: skip
    assert [m["kind"] for m in events.project(late)["materials"]][-1] == "preparation_plan"


def move(office: Practice, project: str, starts: str, on: str) -> None:
    """The unit moves its event."""
    words = ("amend", project, f"event.starts_on={starts}", "--reason", f"会期改为{starts}")
    office.done(*words, by="sensing", on=on)


def test_r_scn_07_a_moved_event_takes_its_report_along_and_the_history_keeps_all_dates(
    events: Practice,
) -> None:
    project = event(events, "2020-09-30")
    assert (preparation(events, project)["due"], preparation(events, project)["marks"]) == ("2020-08-30", [])
    move(events, project, "2020-11-30", "2020-08-01")
    later = preparation(events, project)
    assert (later["due"], later["status"], later["marks"]) == ("2020-10-30", "open", ["因会期调整"])
    move(events, project, "2020-08-20", "2020-08-05")
    earlier = preparation(events, project)
    assert (earlier["legal_due"], earlier["due"], earlier["status"]) == ("2020-07-20", "2020-08-05", "open")
    assert earlier["marks"] == ["因会期调整", "未按期"]
    moves = [("2020-08-30", "2020-10-30"), ("2020-10-30", "2020-08-05")]
    assert [(one["from"], one["to"]) for one in earlier["moves"]] == moves
    assert [
        (change["from"], change["to"])
        for (changes,) in events.history(project, "changes")
        if (change := changes.get("event.starts_on"))
    ] == [(None, "2020-09-30"), ("2020-09-30", "2020-11-30"), ("2020-11-30", "2020-08-20")]
    assert tell(events, project, "2020-08-05")["status"] == "late"


def test_r_scn_07_a_reason_that_the_association_accepts_makes_the_report_of_that_day_timely(
    events: Practice,
) -> None:
    project = event(events, "2020-11-30")
    move(events, project, "2020-08-20", "2020-08-05")
    events.step("accept_reschedule", project, by="association", on="2020-08-05", reason="与全国年会合办")
    assert preparation(events, project)["marks"] == ["因会期调整"]
    assert tell(events, project, "2020-08-05")["status"] == "met"


def test_r_scn_07_a_report_that_was_made_stays_made_when_the_event_moves(events: Practice) -> None:
    project = event(events, "2020-09-30")
    tell(events, project, "2020-07-15")
    move(events, project, "2020-11-30", "2020-08-01")
    found = preparation(events, project)
    assert (found["status"], found["met_on"], found["due"]) == ("met", "2020-07-15", "2020-08-30")
    assert events.sweep("2020-10-30") == [MIDTERM]
    assert events.notices(project, kind="reminder") == []


def born(office: Practice) -> Path:
    """Three talents, born on the day before the limit, on it, and after it."""
    days = ("1987-10-29", "1987-10-30", "1987-10-31")
    rows = [application(f"示例{day}", facts={**TALENT, "talent.birth_date": day}) for day in days]
    return office.write("talents.json", rows)


def ages(office: Practice, path: Path, on: str) -> list[tuple[str, str, str]]:
    """What the check says of each one's age."""
    found = office.done("check", path, on=on)["findings"]
    return [(one["result"], one["message"], one["cite"]) for one in found if one["rule"] == "R-ELIG-18"]


CLAUSE = "1987年10月30日以后出生"
TOO_OLD = ("fail", "出生日期早于 1987-10-30，超过年龄要求", CLAUSE)
YOUNG_ENOUGH = ("pass", "出生日期晚于 1987-10-30，符合年龄要求", CLAUSE)


def test_r_scn_19_the_limit_of_the_birth_date_does_not_move_with_the_day_of_the_check(
    office: Practice,
) -> None:
    path = born(office)
    limit = ("pass", "边界日：出生日期正是 1987-10-30，按“以后”含本日认定为符合", CLAUSE)
    assert ages(office, path, "2022-11-15") == [TOO_OLD, limit, YOUNG_ENOUGH]
    assert ages(office, path, "2023-05-01") == [TOO_OLD, limit, YOUNG_ENOUGH]


def test_r_scn_19_with_the_limit_exclusive_the_one_born_on_it_fails(
    furnished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(packs.PACKAGED, tmp_path / "packs")
    pack = folder / "henan-2023.yaml"
    text = pack.read_text(encoding="utf-8")
    setting = "birth_date_inclusive:\n        - {from: 2022-10-30, value: "
    assert text.count(setting + "true") == 1
    pack.write_text(text.replace(setting + "true", setting + "false"), encoding="utf-8")
    monkeypatch.setattr(packs, "PACKAGED", folder)
    office = Practice.copied(furnished, tmp_path)
    assert [result for result, _, _ in ages(office, born(office), "2023-05-01")] == ["fail", "fail", "pass"]


def owed(office: Practice, project: str) -> dict[str, tuple[str, str, list[str]]]:
    """Due date, status and coming reminders of every duty."""
    found = office.project(project)["duties"]
    return {one["duty"]: (one["due"], one["status"], one["upcoming"]) for one in found}


def extension(office: Practice, project: str, on: str) -> None:
    """The unit asks for three months more."""
    office.step(
        "request_extension", project, by="sensing", on=on,
        papers="extension_request", reason="疫情影响", values={"request.new_end": "2021-03-31"},
    )  # fmt: skip


def test_r_scn_21_a_request_for_extension_without_its_paper_is_refused(events: Practice) -> None:
    project = event(events)
    bare = events.refused(
        "request_extension", project,
        by="sensing", on="2020-10-10", reason="疫情影响", values={"request.new_end": "2021-03-31"},
    )  # fmt: skip
    needed = ["须附延期书面申请（--material extension_request=文件）"]
    assert bare == Refusal(3, ["R-FORM-50"], needed)
    nothing = events.refused("request_extension", project, by="sensing", on="2020-10-10")
    assert nothing.rules == ["R-FORM-50", "R-FORM-21", "R-LIFE-00"]
    assert events.project(project)["state"] == "executing"


def test_r_scn_21_a_refused_extension_leaves_the_end_and_every_reminder(events: Practice) -> None:
    project = event(events)
    events.sweep("2020-07-01")
    before = owed(events, project)
    extension(events, project, "2020-10-12")
    assert events.project(project)["state"] == "extension_pending"
    events.step("refuse_extension", project, by="association", on="2020-10-19", reason="理由不足")
    found = events.project(project)
    assert (found["state"], found["ends_on"]) == ("executing", "2020-12-31")
    assert owed(events, project) == before
    assert before["preparation_report"][1] == "overdue"
    assert before["evaluation_opening"] == (
        "2020-12-31",
        "suggested",
        ["2020-12-01", "2020-12-24", "2020-12-31"],
    )
    assert events.sweep("2020-12-01") == [CLOSING, TO_APPLY, MIDTERM, TOLD_ABOVE, OVERDUE]
    assert (
        "不同意延期，项目实施结束日期仍为2020年12月31日" in events.letter(project, "extension_letter")["text"]
    )


def test_r_scn_21_an_approved_extension_moves_what_rests_on_the_end_and_nothing_that_was_missed(
    events: Practice,
) -> None:
    project = event(events)
    events.sweep("2020-07-01")
    extension(events, project, "2020-11-02")
    unwritten = events.refused("approve_extension", project, by="association", on="2020-11-09")
    assert (unwritten.status, unwritten.rules) == (3, ["R-FORM-50", "R-FORM-50"])
    events.step(
        "approve_extension", project,
        by="association", on="2020-11-09", papers="extension_decision", document=NUMBER,
    )  # fmt: skip
    found, duties = events.project(project), owed(events, project)
    assert (found["state"], found["ends_on"]) == ("executing", "2021-03-31")
    assert duties["preparation_report"][:2] == ("2020-06-30", "overdue")
    assert duties["evaluation_opening"] == (
        "2021-03-31",
        "suggested",
        ["2021-03-01", "2021-03-24", "2021-03-31"],
    )
    assert found["materials"][-1].items() >= {"kind": "extension_decision", "version": 1, "seq": 8}.items()
    entry = events.history(project, "action", "document", "rule", "cite")[-1]
    assert entry == ("approve_extension", NUMBER, "R-LIFE-48", "经批准后方可延期或中止")
    letter = events.letter(project, "extension_letter")["text"]
    assert "豫科协发〔2020〕示例18号" in letter
    assert "由2020年12月31日调整为2021年3月31日" in letter
    assert events.sweep("2020-12-01") == [MIDTERM, TOLD_ABOVE, OVERDUE]
    assert events.sweep("2021-03-01") == [CLOSING, TO_APPLY, OVERDUE]
