"""What a Fujian pilot owes while it runs, through the command line: reports, filings, yearly checks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.driver import Practice

DECISION = "闽科协发〔2016〕示例3号@2016-09-12"


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a Fujian office with a pilot society that was approved on 20 May 2016."""
    office = Practice(tmp_path_factory.mktemp("pilot") / "home")
    office.done("init", "--rehearsal", on="2016-01-04")
    office.staff_fujian()
    for login in ("fj-deputy", "fj-other"):
        office.done("users", "add", login)
        office.done("users", "grant", login, "prov_association", "--province", "fujian")
    office.done("call", "open", "fj16-pilot-society", by="fj-department", on="2016-03-28")
    (project,) = office.hand_in("pilot_society.yaml", {}, by="fj-clerk", on="2016-04-20")
    assert project == PILOT
    office.step("accept_for_form_review", project, by="fj-centre", on="2016-05-03")
    office.step("form_pass", project, by="fj-checker", on="2016-05-05")
    office.step("review_to_department", project, by="fj-centre", on="2016-05-13", papers="review_record")
    office.step("recommend", project, by="fj-department", on="2016-05-16", papers="discussion_minutes",
                values={"selection.leader": "学会学术部部长（示例）"})  # fmt: skip
    office.step("chair_pass", project, by="fj-chair", on="2016-05-20", papers="chair_minutes")
    office.step("publish_results", project, by="fj-association", on="2016-05-27", papers="publication")
    office.step("start", project, by="fj-association", on="2016-05-30", papers="contract")
    return office.home


PILOT = "fj16-pilot-society-0001"


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Practice:
    """An office of one's own with the running pilot."""
    return Practice.copied(furnished, tmp_path)


def windows(office: Practice, slug: str) -> dict[str | None, tuple[str, str]]:
    """Due day and status of every window of a duty, by its period."""
    duties = office.project(PILOT)["duties"]
    return {one["period"]: (one["due"], one["status"]) for one in duties if one["duty"] == slug}


def monthly(office: Practice, period: str, on: str, by: str = "fj-clerk") -> dict[str, Any]:
    """A monthly report that came in on paper."""
    paper = f"monthly_report={office.paper('月度进展.pdf')}"
    found = office.done(
        "report", PILOT, "monthly_progress", "--period", period, "--material", paper, by=by, on=on
    )
    return dict(found)


def said(office: Practice, day: str) -> list[str]:
    """What a sweep says of the monthly reports."""
    return [told for told in office.sweep(day) if told.startswith("monthly_progress")]


def test_r_scn_23_a_missed_month_is_flagged_and_counted_and_changes_no_state(office: Practice) -> None:
    """R-DL-09, R-SANC-10, R-AMB-18."""
    office.sweep("2016-06-01")
    may = monthly(office, "2016-05", "2016-06-28")
    assert (may["status"], may["met_on"], may["due"]) == ("met", "2016-06-28", "2016-07-31")

    assert said(office, "2016-07-31") == ["monthly_progress reminder"]
    june = windows(office, "monthly_progress")["2016-06"]
    assert june == ("2016-07-31", "open")
    (duty,) = office.done("due", "--project", PILOT, "--duty", "R-DL-09")["duties"]
    assert (duty["legal_due"], duty["soft_due"], duty["period"]) == ("2016-07-31", "2016-07-29", "2016-06")
    assert office.project(PILOT)["missed"] == []

    assert said(office, "2016-08-01") == ["monthly_progress overdue", "monthly_progress reminder"]
    assert windows(office, "monthly_progress")["2016-06"] == ("2016-07-31", "overdue")
    shown = office.project(PILOT)
    assert (shown["state"], shown["overdue"]) == ("executing", 1)
    assert [(one["duty"], one["missed"], one["overdue"]) for one in shown["missed"]] == [
        ("monthly_progress", 1, ["2016-06"])
    ]

    late = monthly(office, "2016-06", "2016-08-10")
    assert (late["status"], late["status_label"], late["met_on"]) == ("late", "逾期完成", "2016-08-10")
    shown = office.project(PILOT)
    assert (shown["state"], shown["overdue"]) == ("executing", 0)
    assert [(one["missed"], one["overdue"], one["late"]) for one in shown["missed"]] == [(1, [], ["2016-06"])]
    assert windows(office, "monthly_progress") == {
        "2016-05": ("2016-07-31", "met"),
        "2016-06": ("2016-07-31", "late"),
        "2016-07": ("2016-08-31", "open"),
    }
    assert office.done("audit", "verify")["ok"] is True


def test_the_month_of_the_approval_goes_into_the_first_report(office: Practice) -> None:
    """R-AMB-18."""
    office.sweep("2016-07-05")
    monthly(office, "2016-06", "2016-07-20")
    found = {
        one["period"]: one for one in office.project(PILOT)["duties"] if one["duty"] == "monthly_progress"
    }
    assert {period: one["status"] for period, one in found.items()} == {"2016-05": "met", "2016-06": "met"}
    assert found["2016-05"]["marks"] == ["并入 2016-06 的报告"]
    office.done("trigger", "reverse_step", PILOT, "--reason", "误登", by="fj-association", on="2016-07-21")
    assert {status for _, status in windows(office, "monthly_progress").values()} == {"open"}


def test_a_month_is_spoken_of_on_the_first_the_fifth_and_the_tenth(office: Practice) -> None:
    """R-DL-09, R-AMB-18: by its own default, besides the days before it is due."""
    office.sweep("2016-07-31")
    spoken = []
    for day in range(1, 32):
        told = [key for key in office.done("sweep", on=f"2016-08-{day:02}")["notices"] if ".2016-07." in key]
        spoken += [day] * len(told)
    assert [day for day in spoken if day < 20] == [1, 5, 10]
    assert spoken[-1] == 31


def test_one_sweep_after_forty_five_days_opens_every_month_with_its_own_day(office: Practice) -> None:
    """R-DL-37: the same duties as a sweep on every day, and one reminder for each."""
    swept = office.done("sweep", on="2016-08-15")
    assert swept["opened"] >= 3
    told = [key for key in swept["notices"] if "monthly_progress" in key]
    assert [key.split(".")[2] for key in told] == ["2016-05", "2016-06", "2016-07"]
    assert windows(office, "monthly_progress") == {
        "2016-05": ("2016-07-31", "overdue"),
        "2016-06": ("2016-07-31", "overdue"),
        "2016-07": ("2016-08-31", "open"),
    }
    again = office.done("sweep", on="2016-08-15")
    assert (again["opened"], again["reminded"], again["overdue"]) == (0, 0, 0)


def test_the_store_after_one_sweep_equals_the_store_that_was_swept_every_day(
    furnished: Path, tmp_path: Path
) -> None:
    """R-DL-37: dates, statuses and days of opening; only what was said on the days between differs."""
    seldom, daily = (Practice.copied(furnished, tmp_path / name) for name in ("seldom", "daily"))
    for day in range(20, 32):
        daily.sweep(f"2016-07-{day}")
    for day in range(1, 16):
        daily.sweep(f"2016-08-{day:02}")
    seldom.sweep("2016-08-15")
    left_out = {"id", "reminders"}
    found = [
        [{k: v for k, v in one.items() if k not in left_out} for one in office.project(PILOT)["duties"]]
        for office in (seldom, daily)
    ]
    assert found[0] == found[1]
    assert [office.done("audit", "verify")["ok"] for office in (seldom, daily)] == [True, True]


def test_a_step_that_nobody_swept_before_opens_what_had_begun(office: Practice) -> None:
    """A month that was over is owed, whether a sweep or a step came by first."""
    office.step(
        "confirm_progress", PILOT, by="fj-department", on="2016-09-06", papers="progress_confirmation"
    )
    assert list(windows(office, "monthly_progress")) == ["2016-05", "2016-06", "2016-07", "2016-08"]
    office.step("open_evaluation", PILOT, by="fj-department", on="2016-11-01")
    assert list(windows(office, "monthly_progress"))[-1] == "2016-10", "an evaluation does not end them"


def test_the_evaluator_is_shown_what_was_missed(office: Practice) -> None:
    """R-SANC-10: counted and shown, nothing else."""
    office.sweep("2016-10-31")
    office.step("open_evaluation", PILOT, by="fj-department", on="2016-11-01")
    found = office.done("check", PILOT, by="fj-evaluator", on="2016-11-01")["findings"]
    (told,) = [one for one in found if one["rule"] == "R-SANC-10"]
    assert (told["result"], told["stage"]) == ("pass", "evaluation")
    assert told["message"] == "提示：月度进展：逾期未报 4 次（2016-05、2016-06、2016-07、2016-08）"


def subsidised(office: Practice) -> None:
    """The pilot after the decision of a subsidy, told on 12 September 2016."""
    office.step(
        "confirm_progress", PILOT, by="fj-department", on="2016-09-06", papers="progress_confirmation"
    )
    office.step("decide_subsidy", PILOT, by="fj-association", on="2016-09-12", document=DECISION,
                values={"subsidy.amount": "80000", "subsidy.notified_on": "2016-09-12"})  # fmt: skip


def test_r_dl_19_the_fund_method_is_filed_within_thirty_days_and_before_the_money(office: Practice) -> None:
    subsidised(office)
    assert windows(office, "fund_method_filing") == {None: ("2016-10-12", "suggested")}
    early = office.refused("pay_subsidy", PILOT, by="fj-centre", on="2016-09-13")
    assert early.rules == ["R-DL-19"]
    office.step("file_fund_method", PILOT, by="fj-clerk", on="2016-09-19", papers="fund_method")
    assert windows(office, "fund_method_filing") == {None: ("2016-10-12", "met")}
    office.step("pay_subsidy", PILOT, by="fj-centre", on="2016-09-20")
    office.sweep("2018-01-02")
    assert windows(office, "annual_indicators") == {
        "2017": ("2017-01-31", "suggested"),
        "2018": ("2018-01-31", "suggested"),
    }
    found = office.done("report", PILOT, "annual_indicators", "--period", "2018", "--reason", "来文备案",
                        by="fj-clerk", on="2018-01-15")  # fmt: skip
    assert (found["status"], found["rule"]) == ("met", "R-DL-19")


def test_r_dl_35_a_subsidised_unit_checks_itself_every_december(office: Practice) -> None:
    """R-AMB-44."""
    subsidised(office)
    office.step("file_fund_method", PILOT, by="fj-clerk", on="2016-09-19", papers="fund_method")
    office.sweep("2016-11-30")
    assert windows(office, "annual_assessment") == {}
    office.sweep("2016-12-01")
    assert windows(office, "annual_assessment") == {"2016": ("2016-12-31", "suggested")}
    found = office.done("report", PILOT, "R-DL-35", "--period", "2016", "--reason", "自查表来文",
                        by="fj-clerk", on="2016-12-20")  # fmt: skip
    assert (found["status"], found["period"], found["soft_due"]) == ("met", "2016", "2016-12-30")
    office.sweep("2017-12-05")
    assert windows(office, "annual_assessment")["2017"] == ("2017-12-31", "suggested")


def test_r_dl_21_an_inspection_is_planned_every_half_year_and_may_be_made_besides(office: Practice) -> None:
    subsidised(office)
    assert windows(office, "inspection") == {"1": ("2017-03-12", "suggested")}
    for day in ("2016-11-08", "2016-12-06"):
        office.step("record_inspection", PILOT, by="fj-association", on=day, reason="抽查台账")
    assert windows(office, "inspection") == {"1": ("2017-03-12", "met")}
    office.sweep("2017-09-20")
    assert windows(office, "inspection") == {
        "1": ("2017-03-12", "met"),
        "2": ("2017-09-12", "cancelled"),
        "3": ("2018-03-12", "suggested"),
    }
    marks = {
        one["period"]: one["marks"] for one in office.project(PILOT)["duties"] if one["duty"] == "inspection"
    }
    assert marks["2"] == ["本期未办"], "a visit that was not made is told, and not owed for ever"


def test_a_waived_month_is_excused_by_document_and_an_undo_brings_it_back(office: Practice) -> None:
    office.sweep("2016-08-01")
    words = ("waive", PILOT, "monthly_progress", "--period", "2016-06")
    unwritten = office.ask(*words, "--reason", "台风停工", by="fj-association", on="2016-08-02")
    assert (unwritten.status, unwritten.json["error"]["reasons"][0]["rule"]) == (3, "R-DL-09")
    assert unwritten.json["error"]["reasons"][0]["cite"] == "每个月汇总报送上月进展情况"
    other = office.ask(*words, "--reason", "台风停工", "--document", DECISION, by="fj-clerk", on="2016-09-12")
    assert other.status == 4

    found = office.done(
        *words, "--reason", "台风停工", "--document", DECISION, by="fj-association", on="2016-09-12"
    )
    assert (found["status"], found["marks"]) == ("waived", ["经决定免除"])
    entry = office.history(PILOT, "action", "actor", "reason", "document", "rule")[-1]
    assert entry == ("waive", "fj-association", "月度进展（2016-06）：台风停工", DECISION, "R-DL-09")
    notices = [
        one for one in office.notices(PILOT) if one["duty"] == "monthly_progress" and "2016-06" in one["key"]
    ]
    assert {one["status"] for one in notices} == {"cancelled"}
    assert [one["overdue"] for one in office.project(PILOT)["missed"]] == [["2016-05"]]
    again = office.ask(
        *words, "--reason", "再次", "--document", DECISION, by="fj-association", on="2016-09-12"
    )
    assert (again.status, again.json["error"]["reasons"][0]["rule"]) == (3, "R-DL-03")

    office.done("trigger", "reverse_step", PILOT, "--reason", "决定有误", by="fj-deputy", on="2016-09-13")
    assert windows(office, "monthly_progress")["2016-06"] == ("2016-07-31", "overdue")
    marks = {one["period"]: one["marks"] for one in office.project(PILOT)["duties"]}
    assert marks["2016-06"] == [], "what is owed again is not called waived"
    assert office.done("audit", "verify")["ok"] is True


def test_an_ended_pilot_owes_no_more_reports(office: Practice) -> None:
    """R-DL-09: only the end of the pilot ends them."""
    office.sweep("2016-08-05")
    office.step("end_pilot", PILOT, by="fj-association", on="2016-08-20", reason="期满", papers="settlement")
    assert windows(office, "monthly_progress") == {
        "2016-05": ("2016-07-31", "overdue"),
        "2016-06": ("2016-07-31", "overdue"),
        "2016-07": ("2016-08-31", "cancelled"),
    }
    assert office.project(PILOT)["overdue"] == 0
    swept = office.done("sweep", on="2017-03-01")
    assert (swept["opened"], swept["notices"]) == (0, [])


def test_r_dl_20_plan_budget_and_summary_are_owed_once_a_year_by_the_department(office: Practice) -> None:
    """One record for the whole programme: no pilot repeats it, and nobody has to renew it each year."""
    unit = {"name": "福建省科学技术协会学会学术部", "kind": "fj_association", "region": "福州市"}
    path = office.write(
        "work.json", [{"programme": "fj16-annual-work", "title": "助力工程年度工作", "unit": unit}]
    )
    (work,) = (one["id"] for one in office.done("apply", path, by="fj-clerk", on="2016-06-02")["accepted"])
    office.step("task_start", work, by="fj-association", on="2016-06-03")
    assert office.project(work)["duties"] == []

    office.sweep("2018-12-05")
    found = {
        (one["duty"], one["period"]): (one["due"], one["owed_by"]) for one in office.project(work)["duties"]
    }
    department = "academic_department"
    assert found == {
        ("annual_summary", "2016"): ("2016-12-31", department),
        ("annual_plan", "2017"): ("2017-01-31", department),
        ("annual_summary", "2017"): ("2017-12-31", department),
        ("annual_plan", "2018"): ("2018-01-31", department),
        ("annual_summary", "2018"): ("2018-12-31", department),
    }
    words = ("report", work, "annual_plan", "--period", "2018", "--reason", "部务会通过")
    assert office.ask(*words, by="fj-chair", on="2018-12-06").status == 4
    assert office.done(*words, by="fj-department", on="2018-12-06")["duty"] == "annual_plan"
    assert office.done("report", work, "年度总结", "--period", "2018", "--reason", "总结已成稿",
                       by="fj-department", on="2018-12-20")["status"] == "met"  # fmt: skip
    assert {
        one["project"] for one in office.done("due", "--duty", "annual_plan", on="2018-12-21")["duties"]
    } == {work}
