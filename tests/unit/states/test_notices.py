"""Which notices an event gives rise to, what they carry, and what they never cite."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.catalogue import Citation, Dated, Document
from states.decision import NoticePlan
from states.errors import DefinitionFault
from states.names import Action
from states.notices import (
    ACTION_NOTICES,
    KINDS,
    SUBJECTS,
    action_notices,
    notice_key,
)
from states.reminding import OF_A_DUTY, reminder_notice
from tests.notice_samples import REPORT, case, command, duty, programme


def plans(action: Action, province: str = "henan", **changes: Any) -> tuple[NoticePlan, ...]:
    facts = {"project.ends_on": date(2020, 12, 31), "evaluation.conclusion": "合格"}
    return action_notices(action, case(**facts), facts, command(action, **changes), programme(province))


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("province", ["henan", "fujian"])
def test_an_action_gives_exactly_the_kinds_of_its_row(action: Action, province: str) -> None:
    made = plans(action, province)
    assert tuple(plan.kind for plan in made) == ACTION_NOTICES.get(action, ())
    assert [plan.letter for plan in made] == [KINDS[plan.kind].letter for plan in made]
    assert [plan.occurrence for plan in made] == [""] * len(made)


@pytest.mark.parametrize("action", sorted(ACTION_NOTICES))
def test_a_henan_letter_never_cites_a_fujian_document(action: Action) -> None:
    for plan in plans(action):
        assert "福建" not in json.dumps(plan.details, ensure_ascii=False)


@pytest.mark.parametrize("action", sorted(ACTION_NOTICES))
def test_details_survive_json_and_carry_project_and_basis(action: Action) -> None:
    for plan in plans(action):
        assert json.loads(json.dumps(plan.details)) == dict(plan.details)
        assert (plan.details["project"], plan.details["title"]) == ("h20-academic-event-0001", "示例论坛")
        assert plan.details["basis"]


def test_every_kind_has_a_subject_and_is_used() -> None:
    by_action = {kind for kinds in ACTION_NOTICES.values() for kind in kinds}
    assert set(SUBJECTS) == set(KINDS)
    assert by_action | {*OF_A_DUTY, "correction_letter"} == set(KINDS)


def test_henan_rectification_rests_on_the_setting_of_its_pack() -> None:
    basis = "《河南省省级科普与学会服务能力提升专项资金管理办法》"
    settings = {"rectification_basis": Dated(((date(2020, 1, 1), basis, REPORT),))}
    plan = action_notices(
        Action.EVALUATE_ISSUES,
        case(),
        {},
        command(Action.EVALUATE_ISSUES, reason="台账不全；\n照片缺失"),
        programme(settings=settings),
    )[1]
    assert plan.kind == "rectification_letter"
    assert plan.details["basis"] == f"{basis}；期限文件未载明，系统内部默认（R-AMB-42）"
    assert plan.details["cited"] == basis
    assert plan.details["period_cn"] == "3个月"
    assert plan.details["defects"] == ["台账不全", "照片缺失"]


@pytest.mark.parametrize(
    ("reason", "points"),
    [
        ("1. 缺少方案\n2．主讲人不足；\n\n3、预算", ["缺少方案", "主讲人不足", "预算"]),
        ("（一）缺方案；(2)缺预算；③缺印章", ["缺方案", "缺预算", "缺印章"]),
        ("请补充方案；；。", ["请补充方案"]),
        ("3.5万元的预算没有说明", ["3.5万元的预算没有说明"]),
    ],
)
def test_a_letter_numbers_the_points_of_a_reason_itself(reason: str, points: list[str]) -> None:
    (plan,) = plans(Action.RETURN_FOR_COMPLETION, reason=reason)
    assert plan.details["defects"] == points


def test_fujian_rectification_cites_article_17() -> None:
    plan = plans(Action.EVALUATE_ISSUES, "fujian")[1]
    assert plan.details["clause"] == "第十七条"
    assert plan.details["document"] == "《福建办法》（无文号）"
    assert plan.details["cited"].startswith("《福建办法》第十七条“")


def test_fujian_disqualification_carries_the_formal_document() -> None:
    (plan,) = plans(Action.EVALUATE_FAIL, "fujian")
    assert (plan.details["number"], plan.details["number_date_cn"]) == (
        "豫科协〔2020〕30号",
        "2020年12月18日",
    )
    assert plan.details["clause"] == "第十八条"


def test_a_2023_extension_cites_the_2020_document_by_its_number() -> None:
    guide = Document("henan-2023", "申报指南", None, None, None, date(2022, 10, 30))
    (plan,) = action_notices(
        Action.APPROVE_EXTENSION,
        case(**{"project.ends_on": date(2020, 12, 31)}),
        {"project.ends_on": "2021-03-31"},
        command(Action.APPROVE_EXTENSION),
        programme(document=guide, pack="henan-2023"),
    )
    assert "豫科协办发〔2020〕6号" in plan.details["basis"]
    assert (plan.details["granted"], plan.details["old_end_cn"], plan.details["new_end_cn"]) == (
        True,
        "2020年12月31日",
        "2021年3月31日",
    )


MONEY = Citation("R-PROG-05", "henan-2020", "二、3", "每个项目15万元")
PLACES = Citation("R-PROG-05", "henan-2020", "二、3", "共10项")
AMOUNT = Dated(((date(2020, 1, 1), 15_000_000, MONEY),))
QUOTA = Dated(((date(2020, 1, 1), 10, PLACES),))


def approval(facts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    asked = command(Action.REVIEW_SELECT)
    (plan,) = action_notices(Action.REVIEW_SELECT, case(), facts, asked, programme(**changes))
    return dict(plan.details)


def test_approval_states_the_amount_that_was_granted_else_the_printed_one() -> None:
    assert approval({}, amount=AMOUNT)["amount"] == "15万元"
    assert approval({"project.amount": 6_200_050}, amount=AMOUNT)["amount"] == "62,000.50元"
    assert approval({})["amount"] is None


@pytest.mark.parametrize(
    ("facts", "quote"),
    [
        ({}, "每个项目15万元"),
        ({"project.amount": 15_000_000}, "每个项目15万元"),
        ({"project.amount": 1}, "共10项"),
    ],
)
def test_approval_cites_the_clause_that_grants(facts: dict[str, Any], quote: str) -> None:
    details = approval(facts, amount=AMOUNT, quota=QUOTA)
    assert (details["rule"], details["quote"]) == ("R-PROG-05", quote)
    assert details["cited"] == f"《河南通知》（豫科协办发〔2020〕6号）二、3“{quote}”"


def test_an_approval_for_which_nothing_is_printed_cites_no_bare_heading() -> None:
    details = approval({})
    assert (details["rule"], details["cited"]) == ("R-FORM-38", None)
    assert details["basis"] == "文件未载明，系统内部默认（R-FORM-38）"


@pytest.mark.parametrize(
    ("offset", "suggested", "kind", "occurrence"),
    [
        (-7, False, "reminder", "2020-06-30:before-7"),
        (0, False, "reminder", "2020-06-30:due"),
        (1, False, "overdue", "2020-06-30:after-1"),
        (-7, True, "suggestion", "2020-06-30:before-7"),
        (0, True, "suggestion", "2020-06-30:due"),
        (14, True, "suggestion", "2020-06-30:after-14"),
    ],
)
def test_a_reminder_is_named_by_its_day(offset: int, suggested: bool, kind: str, occurrence: str) -> None:
    plan = reminder_notice(case(), duty(suggested=suggested), offset, programme())
    assert (plan.kind, plan.occurrence) == (kind, occurrence)
    assert (plan.receiver, plan.duty) == ("undertaking_unit", ("preparation_report", ""))
    assert (
        plan.details["basis"]
        == "《河南通知》（豫科协办发〔2020〕6号）二、2“于学术活动召开一个月前向省科协汇报筹备方案”"
    )
    assert plan.details["phone"] == "0371-65707758"


def test_the_association_is_reminded_of_its_own_duties() -> None:
    plan = reminder_notice(case(), duty(owed_by="academic_department"), 0, programme())
    assert (plan.receiver, plan.details["addressee"]) == ("prov_association", "河南省科学技术协会")


def test_a_henan_reminder_of_rectification_drops_the_fujian_clause() -> None:
    owed = duty(slug="rectification_report", rule="R-DL-06", label="整改情况书面报告")
    plan = reminder_notice(case(), owed, -7, programme())
    assert plan.details["basis"] == "本项目绩效评价结论；期限文件未载明，系统内部默认（R-AMB-42）"


def test_a_duty_without_a_clause_says_so() -> None:
    plan = reminder_notice(case(), duty(slug="midterm_report", rule="R-DL-11"), -7, programme())
    assert plan.details["basis"] == "文件未载明，系统内部默认（R-DL-11）"
    assert plan.details["cited"] is None


def test_a_soft_date_is_named_only_where_it_differs() -> None:
    plain = reminder_notice(case(), duty(), -7, programme())
    soft = reminder_notice(case(), duty(soft_due=date(2020, 6, 29)), -7, programme())
    assert (plain.details["soft"], soft.details["soft"]) == (None, "2020-06-29")


def test_the_key_reads_as_project_duty_kind_day_receiver_channel() -> None:
    key = notice_key(
        "h20-academic-event-0001", "reminder", "preparation_report", "", "2020-06-30:before-7",
        "undertaking_unit", "mail",
    )  # fmt: skip
    assert key == (
        "h20-academic-event-0001.preparation_report..reminder.2020-06-30.before-7.undertaking_unit.mail"
    )


PART = st.text("abz09-_", max_size=6)


@given(st.tuples(*[PART] * 7), st.tuples(*[PART] * 7))
def test_two_different_notices_never_share_a_key(one: tuple[str, ...], two: tuple[str, ...]) -> None:
    assert (notice_key(*one) == notice_key(*two)) == (one == two)


@pytest.mark.parametrize("part", ["a/b", "甲", "a.b", "a b", "..", "a\n"])
def test_a_key_part_that_is_no_id_is_refused(part: str) -> None:
    with pytest.raises(DefinitionFault):
        notice_key(part, "reminder", "", "", "1", "applicant", "mail")
