"""The Fujian scenarios through the command line: rectification, and the loss of pilot status."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.driver import Practice, Refusal
from tests.acceptance.pilots import chosen, evaluated, open_office, running

FORMAL = "闽科协发〔2016〕示例9号@2016-12-15"
TOLD_ABOVE = "rectification_report escalation"
REMINDER, OVERDUE = "rectification_report reminder", "rectification_report overdue"


@pytest.fixture(scope="module")
def fujian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a Fujian office with an open call, to copy from."""
    return open_office(tmp_path_factory.mktemp("fujian"))


@pytest.fixture
def office(fujian: Path, tmp_path: Path) -> Practice:
    """A Fujian office of one's own."""
    return Practice.copied(fujian, tmp_path)


def rectifying(office: Practice) -> str:
    """A pilot society that received a result with problems on 30 November 2016."""
    project = evaluated(office, "合格", "是")
    office.step("evaluate_issues", project, by="fj-department", on="2016-11-29", reason="台账不全")
    office.step(
        "record_receipt", project, by="fj-clerk", on="2016-11-30",
        papers="feedback_receipt", values={"evaluation.received_on": "2016-11-30"},
    )  # fmt: skip
    return project


def rectifying_only(notices: list[str]) -> list[str]:
    """What was said of the rectification; the monthly reports go on beside it."""
    return [told for told in notices if told.startswith("rectification_report")]


def rectification(office: Practice, project: str) -> dict[str, Any]:
    return office.duty(project, "rectification_report")


def test_r_scn_08_three_months_from_the_last_of_november_end_with_february(office: Practice) -> None:
    period = office.done("period", "2016-11-30", "P3M")
    assert (period["nominal"], period["due"], period["rolled"]) == ("2017-02-28", "2017-02-28", False)
    found = rectification(office, rectifying(office))
    assert (found["rule"], found["anchor"], found["anchor_date"]) == (
        "R-DL-06", "evaluation.received_on", "2016-11-30",
    )  # fmt: skip
    assert (found["legal_due"], found["due"], found["status"]) == ("2017-02-28", "2017-02-28", "open")
    assert found["steps"] == [
        "起算日 2016-11-30 不计入（民法通则第154条）",
        "2016-11-30 + 3 个月 → 2017-02-28（无对应日，以月末日为准）",
        "2017-02-28 为工作日 → 期限为当日",
    ]


def test_r_scn_11_an_overdue_rectification_is_reminded_and_never_disqualifies_by_itself(
    office: Practice,
) -> None:
    """R-SANC-02, R-SANC-09."""
    project = rectifying(office)
    spoken = {
        "2017-02-28": [REMINDER],
        "2017-03-01": [OVERDUE],
        "2017-03-02": [],
        "2017-03-07": [TOLD_ABOVE, OVERDUE],
        "2017-03-08": [],
        "2017-03-14": [OVERDUE],
        "2017-03-15": [],
    }
    for day, notices in spoken.items():
        assert rectifying_only(office.sweep(day)) == notices, day
        assert office.sweep(day) == [], day
        office.done("notices", "deliver", by="fj-association", on=day)
    found = rectification(office, project)
    assert (found["status"], found["status_label"]) == ("overdue", "逾期")
    assert [(one["kind"], one["on"], one["status"]) for one in found["reminders"]] == [
        ("reminder", "2017-02-28", "sent"),
        ("overdue", "2017-03-01", "sent"),
        ("overdue", "2017-03-07", "sent"),
        ("escalation", "2017-03-07", "dead"),
        ("overdue", "2017-03-14", "sent"),
    ]
    shown = office.project(project)
    assert shown["state"] == "rectifying"
    assert [one["duty"] for one in shown["duties"] if one["status"] == "overdue"].count(
        "rectification_report"
    ) == 1
    assert [one["id"] for one in office.done("list", "--overdue")["projects"]] == [project]
    loss = office.refused("evaluate_fail", project, by="fj-association", on="2017-03-15", document=FORMAL)
    assert (loss.status, loss.rules) == (3, ["R-LIFE-00"])

    office.step(
        "submit_rectification", project, by="fj-clerk", on="2017-03-20", papers="rectification_report"
    )
    late = rectification(office, project)
    assert (late["status"], late["status_label"], late["met_on"]) == ("late", "逾期完成", "2017-03-20")
    shown = office.project(project)
    assert shown["state"] == "rectification_submitted"
    office.step("accept_rectification", project, by="fj-association", on="2017-03-24")
    assert office.project(project)["state"] == "executing"
    assert rectifying_only(office.sweep("2017-04-13")) == []


def test_r_scn_11_nights_that_nobody_swept_are_caught_up_by_one_notice(office: Practice) -> None:
    project = rectifying(office)
    assert rectifying_only(office.sweep("2017-03-20")) == [OVERDUE]
    (reminder,) = rectification(office, project)["reminders"]
    assert (reminder["kind"], reminder["on"]) == ("overdue", "2017-03-20")
    assert office.sweep("2017-03-21") == []


def test_r_scn_12_unqualified_loses_its_status_by_formal_document_only(office: Practice) -> None:
    """R-SANC-03."""
    project = evaluated(office, "不合格")
    assert office.project(project)["state"] == "performance_review"
    assert office.project(project)["facts"]["evaluation.mode"]["value"] == "委托专业机构"
    unwritten = office.refused(
        "evaluate_fail", project, by="fj-association", on="2016-12-14", reason="不合格"
    )
    message = "须以正式文件作出，请给出文号和日期（--document 文号@日期）"
    assert unwritten == Refusal(3, ["R-FORM-17"], [message])
    undated = office.ask("trigger", "evaluate_fail", project, "--document", "闽科协发〔2016〕示例9号",
                         by="fj-association", on="2016-12-14")  # fmt: skip
    assert (undated.status, undated.json["error"]["code"]) == (2, "usage")
    stranger = office.refused("evaluate_fail", project, by="fj-department", on="2016-12-15", document=FORMAL)
    assert (stranger.status, stranger.rules) == (4, ["R-ROLE-26"])
    assert office.project(project)["state"] == "performance_review"
    assert office.notices(project, kind="disqualification_letter") == []

    done = office.step("evaluate_fail", project, by="fj-association", on="2016-12-15", document=FORMAL)
    assert (done["from"], done["to"]) == ("performance_review", "disqualified")
    entry = office.history(project, "action", "actor", "document", "rule", "cite")[-1]
    assert entry == (
        "evaluate_fail", "fj-association", FORMAL, "R-LIFE-57", "绩效评价不合格的试点单位",
    )  # fmt: skip
    letter = office.letter(project, "disqualification_letter")
    assert (letter["letter"], letter["status"]) == (True, "held")
    assert "文号：闽科协发〔2016〕示例9号\n" in letter["text"]
    assert "第十八条“绩效评价不合格的试点单位，省科协将以正式文件形式取消其试点资格”" in letter["text"]

    office.done("notices", "deliver", by="fj-association", on="2016-12-15")
    assert office.letter(project, "disqualification_letter")["status"] == "held"
    office.done("notices", "release", letter["key"], by="fj-association", on="2016-12-16")
    sent = office.done("notices", "deliver", by="fj-association", on="2016-12-16")["notices"]
    assert [one["key"] for one in sent] == [letter["key"]]
    assert office.done("audit", "verify")["ok"] is True


def test_every_entry_of_a_fujian_path_names_its_actor_its_rule_and_its_clause(office: Practice) -> None:
    """R-DOC-05."""
    project = evaluated(office, "优秀")
    office.step("evaluate_pass", project, by="fj-department", on="2016-12-02")
    # fmt: off
    assert office.history(project, "actor", "action", "rule", "cite") == [
        ("fj-clerk", "create", "R-PROG-48", "以省级学会名义申报"),
        ("fj-clerk", "submit", "R-LIFE-30", "各申报单位均需提交申报函和工作实施方案"),
        ("fj-centre", "accept_for_form_review", "R-LIFE-32", "开展试点申报受理、参与组织专家评审"),
        ("fj-checker", "form_pass", "R-LIFE-34", "形式审查由省科技咨询服务中心负责"),
        ("fj-centre", "review_to_department", "R-LIFE-93", "参与组织专家评审"),
        ("fj-department", "recommend", "R-LIFE-37", "经省科协学会学术部讨论后，进行推荐"),
        ("fj-chair", "chair_pass", "R-LIFE-39", "讨论通过后，确定试点名单"),
        ("fj-association", "publish_results", "R-LIFE-65", "遴选结果在省科协网站对社会公开"),
        ("fj-association", "start", "R-LIFE-44", "严格按照项目任务合同书要求实施项目"),
        ("fj-department", "open_evaluation", "R-LIFE-54", "省科协根据项目执行情况，开展绩效评价"),
        ("fj-evaluator", "record_evaluation", "R-LIFE-162", "自行组织专家或委托专业机构"),
        ("fj-department", "evaluate_pass", "R-LIFE-55", "评价结果反馈至各参与单位"),
    ]
    # fmt: on
    assert office.project(project)["state"] == "executing"


def test_money_follows_progress_decision_and_filed_method_and_is_settled_at_the_end(office: Practice) -> None:
    """R-FUND-16, R-LIFE-75…79, R-FUND-28: subsidies in place of grants (以奖代补)."""
    project = running(office)
    hasty = office.refused("pay_subsidy", project, by="fj-centre", on="2016-09-05")
    assert hasty.rules == ["R-FUND-16", "R-LIFE-79", "R-DL-19"]
    office.step(
        "confirm_progress", project, by="fj-department", on="2016-09-06", papers="progress_confirmation"
    )
    unnamed = office.refused(
        "decide_subsidy",
        project,
        by="fj-association",
        on="2016-09-12",
        document="闽科协发〔2016〕例3号@2016-09-12",
    )
    assert unnamed.rules == ["R-FUND-16"]
    office.step("decide_subsidy", project, by="fj-association", on="2016-09-12",
                document="闽科协发〔2016〕例3号@2016-09-12", values={"subsidy.amount": "80000"})  # fmt: skip
    office.step("file_fund_method", project, by="fj-clerk", on="2016-09-19", papers="fund_method")
    office.step("pay_subsidy", project, by="fj-centre", on="2016-09-20")
    twice = office.refused("pay_subsidy", project, by="fj-centre", on="2016-09-21")
    assert (twice.rules, office.project(project)["flags"]) == (
        ["R-LIFE-77"], ["progress_confirmed", "publicised", "subsidised", "subsidy_decided", "subsidy_filed"],
    )  # fmt: skip

    open_end = office.refused("end_pilot", project, by="fj-association", on="2017-01-05", reason="期满")
    assert open_end.rules == ["R-FUND-28"]
    done = office.step("end_pilot", project, by="fj-association", on="2017-01-05", reason="期满",
                       papers="settlement archive_list")  # fmt: skip
    assert done["to"] == "closed"


def test_a_selection_names_the_leader_who_headed_it(office: Practice) -> None:
    """R-LIFE-163."""
    (project,) = office.hand_in("pilot_society.yaml", {}, by="fj-clerk", on="2016-04-20")
    office.step("accept_for_form_review", project, by="fj-centre", on="2016-05-03")
    office.step("form_pass", project, by="fj-checker", on="2016-05-05")
    office.step("review_to_department", project, by="fj-centre", on="2016-05-16", papers="review_record")

    told = office.refused(
        "recommend", project, by="fj-department", on="2016-05-20", papers="discussion_minutes"
    )
    assert told.rules == ["R-LIFE-163"]


def test_an_expert_who_surveyed_or_a_department_that_recommended_does_not_decide(office: Practice) -> None:
    """R-LIFE-66: whoever had a hand in the review does not sit in the meeting that decides."""
    (project,) = office.hand_in("pilot_society.yaml", {}, by="fj-clerk", on="2016-04-20")
    office.done("users", "grant", "fj-department", "chair_meeting", "--province", "fujian")
    office.step("accept_for_form_review", project, by="fj-centre", on="2016-05-03")
    office.step("form_pass", project, by="fj-checker", on="2016-05-05")
    office.step("review_to_department", project, by="fj-centre", on="2016-05-16", papers="review_record")
    office.step("recommend", project, by="fj-department", on="2016-05-20", papers="discussion_minutes",
                values={"selection.leader": "学会学术部部长（示例）"})  # fmt: skip

    told = office.refused("chair_pass", project, by="fj-department", on="2016-05-27", papers="chair_minutes")
    assert told.rules == ["R-LIFE-66"]
    assert office.step("chair_pass", project, by="fj-chair", on="2016-05-27", papers="chair_minutes")


def test_no_correction_makes_a_result_public(office: Practice) -> None:
    """R-LIFE-65: the start follows a publication that was recorded as a step."""
    project = chosen(office)
    for day in ("2016-05-28", "2016-12-31"):
        told = office.refused("correct_record", project, by="fj-association", on="2016-05-30", reason="补登",
                              values={"publication.on": day})  # fmt: skip
        assert "R-LIFE-65" in told.rules
    start = office.refused("start", project, by="fj-association", on="2016-05-30", papers="contract")
    assert start.rules == ["R-LIFE-65"]
    office.step("publish_results", project, by="fj-association", on="2016-06-01", papers="publication")
    late = office.refused("correct_record", project, by="fj-association", on="2016-06-02", reason="误",
                          values={"publication.on": "2016-07-01"})  # fmt: skip
    assert late.rules == ["R-LIFE-65"]

    office.step("correct_record", project, by="fj-association", on="2016-06-02", reason="网站所载日期",
                values={"publication.on": "2016-05-31"})  # fmt: skip
    assert office.step("start", project, by="fj-association", on="2016-06-02", papers="contract")


def test_a_publication_that_is_undone_is_marked_on_its_list(office: Practice) -> None:
    project = chosen(office)
    office.done("users", "add", "fj-deputy")
    office.done("users", "grant", "fj-deputy", "prov_association", "--province", "fujian")
    office.step("publish_results", project, by="fj-association", on="2016-06-01", papers="publication")
    office.step("reverse_step", project, by="fj-deputy", on="2016-06-02", reason="名单有误")
    office.step("publish_results", project, by="fj-association", on="2016-06-03", papers="publication")
    path = office.home.parent / "lists.csv"
    office.done("export", "published", "--out", path, by="fj-association")

    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert [line.rsplit(",", 1)[1] for line in lines] == ["撤销", "已撤销", ""]
