"""A returned application through the command line: one notice with all defects, and its clock."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.driver import Practice, selected

SOCIETY = "h23-first-class-society"
GAPS = {
    "annual_goal_plan: 见实施方案": "annual_goal_plan: ''",
    "party_org_complete: 是": "party_org_complete: 否",
}
PARTY = "党组织健全：否（一、1.申报对象与条件“学会党的组织机构健全”）"
PLAN = "材料不足，尚缺：年度发展目标计划（一、2.实施内容与绩效“从以下重点工作中选取两项或两项以上”）"


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Henan office that takes applications of first-class societies."""
    office = Practice(tmp_path_factory.mktemp("completion") / "home")
    office.open()
    office.done("call", "open", SOCIETY, by="clerk", on="2023-03-01")
    return office.home


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Practice:
    return Practice.copied(furnished, tmp_path)


def in_form_review(office: Practice, gaps: Mapping[str, str] | None = None) -> str:
    (project,) = office.hand_in("first_class_society.yaml", gaps or {}, by="clerk", on="2023-03-02")
    office.step("accept_for_form_review", project, by="checker", on="2023-03-03")
    return project


def returned(office: Practice, **options: Any) -> str:
    project = in_form_review(office, GAPS)
    office.step("return_for_completion", project, by="checker", on="2023-03-06", **options)
    return project


def test_one_notice_lists_every_defect_found_and_every_reason_given(office: Practice) -> None:
    """R-LIFE-33, R-AMB-08: 一次性告知."""
    project = returned(office, reason="公章不清；缺负责人签字")
    text = "".join(office.letter(project, "completion_letter")["text"].split())
    listed = f"1．{PARTY}；2．{PLAN}；3．公章不清；4．缺负责人签字。".replace(" ", "")
    assert listed in text


def test_what_was_found_is_notice_enough_and_stays_as_it_was_told(office: Practice) -> None:
    """R-LIFE-33: the letter is the writing; a defect that is mended later still stands in it."""
    project = returned(office)
    told = office.letter(project, "completion_letter")["text"]
    office.step(
        "correct_record", project,
        by="clerk", on="2023-03-07", reason="来件更正", values={"unit.party_org_complete": "是"},
    )  # fmt: skip
    assert "党组织健全：否" in told
    assert office.letter(project, "completion_letter")["text"] == told


def test_nothing_found_and_nothing_said_is_no_notice(office: Practice) -> None:
    """R-AMB-08."""
    project = in_form_review(office)
    told = office.refused("return_for_completion", project, by="checker", on="2023-03-06")
    assert (told.status, "R-AMB-08" in told.rules) == (3, True)
    assert office.project(project)["state"] == "form_review"


def test_without_the_day_of_receipt_there_is_a_task_to_record_it(office: Practice) -> None:
    """R-AMB-24: the clock does not start, and somebody is reminded to start it."""
    project = returned(office)
    task = office.duty(project, "completion_receipt")
    assert (task["status"], task["due"], task["owed_by"]) == ("suggested", "2023-03-13", "clerk")
    assert [one["duty"] for one in office.project(project)["duties"]] == ["completion_receipt"]
    assert office.sweep("2023-03-13") == ["completion_receipt suggestion"]

    office.step(
        "record_receipt", project, by="clerk", on="2023-03-14", values={"return.received_on": "2023-03-09"}
    )
    assert office.duty(project, "completion_receipt")["status"] == "met"
    assert office.duty(project, "completion")["due"] == "2023-03-16"


def test_a_day_set_by_the_office_holds_without_a_receipt(office: Practice) -> None:
    """R-AMB-08, R-LIFE-149: the administrator may set a date; nobody lapses who was not reminded."""
    project = returned(office, values={"return.due_on": "2023-03-20"})
    assert [(one["duty"], one["due"]) for one in office.project(project)["duties"]] == [
        ("completion", "2023-03-20")
    ]
    assert "请于2023年3月20日之前（含当日）完成补正" in office.letter(project, "completion_letter")["text"]
    silent = office.refused("lapse", project, by="checker", on="2023-03-21", reason="逾期未补正")
    assert silent.rules == ["R-LIFE-149"]
    office.sweep("2023-03-21")
    unsent = office.refused("lapse", project, by="checker", on="2023-03-21", reason="逾期未补正")
    assert unsent.rules == ["R-LIFE-149"]
    office.done("notices", "deliver", by="clerk", on="2023-03-21")
    office.step("lapse", project, by="checker", on="2023-03-21", reason="逾期未补正")


def test_a_receipt_recorded_at_once_needs_no_task(office: Practice) -> None:
    project = returned(office, values={"return.received_on": "2023-03-06"})
    assert [one["duty"] for one in office.project(project)["duties"]] == ["completion"]


def test_a_letter_that_the_unit_has_answered_already_is_not_sent_any_more(office: Practice) -> None:
    """What is not out is cancelled in the transaction that makes it untrue."""
    project = returned(office, values={"return.received_on": "2023-03-06"})
    office.step("submit", project, by="clerk", on="2023-03-08", papers="other")
    (letter,) = office.notices(project, kind="completion_letter")
    assert letter["status"] == "cancelled"


def test_an_approval_that_was_given_up_is_not_announced(office: Practice) -> None:
    project = selected(office)
    office.step("relinquish", project, by="association", on="2023-04-10", papers="relinquish_request")
    (letter,) = office.notices(project, kind="approval_letter")
    assert letter["status"] == "cancelled"
