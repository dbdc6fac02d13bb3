"""Decisions as officials meet them: everything refused at once, 代录, clauses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from states.decide import decide, obstacles
from states.decision import Step
from states.names import Action, DutyStatus, Role, State
from tests.factories import (
    EVENT,
    LIFECYCLE_OF,
    PLATFORM,
    REPORT,
    SOCIETY,
    TALENT,
    Walk,
    accepted,
    approved,
    case,
    catalogue,
    command,
    concluded,
    context,
    evaluating,
    programme,
    refused,
    rules,
    started,
)

MAY = date(2023, 5, 4)


def test_a_refusal_gives_every_reason_at_once() -> None:
    step = Step(2, MAY, Action.FORM_PASS, "form_review", "expert_review", "甲", "form_checker")
    now = case(EVENT, State.EXPERT_REVIEW, steps=(step,))
    order = command(Action.REVIEW_SELECT, values={"evaluation.conclusion": "合格"}, actor_unit=7)
    full = replace(context(EVENT), programme=replace(programme(PLATFORM), amount=None), quota_taken=12)
    found = refused(decide(now, order, full))
    assert [(reason.rule, reason.message) for reason in found.reasons] == [
        ("R-LIFE-00", "“评审立项”不能同时设置 evaluation.conclusion"),
        ("R-FORM-50", "须附评审记录（--material review_record=文件）"),
        ("R-LIFE-63", "立项名额 12 项已满（已立项 12 项）"),
        ("R-FUND-25", "文件未载明资助金额，立项时须给出（--set project.amount=元）"),
        ("R-LIFE-66", "参与过本项目审查（评审）的人员不得决定立项"),
    ]
    assert not found.forbidden


def test_the_wrong_role_is_told_everything_else_too() -> None:
    found = refused(
        decide(
            case(state=State.APPROVED), command(Action.TERMINATE, roles=frozenset({Role.VIEWER})), context()
        )
    )
    assert [reason.rule for reason in found.reasons] == ["R-ROLE-26", "R-FORM-50", "R-FORM-17"]
    assert found.forbidden


def test_a_year_that_is_a_slip_of_the_pen_is_refused() -> None:
    walk = approved(TALENT, MAY)
    found = walk.refuse(
        Action.START, date(2023, 6, 5),
        materials=frozenset({"contract"}), values={"project.ends_on": date(9999, 12, 31)},
    )  # fmt: skip
    assert [reason.message for reason in found.reasons] == [
        "project.ends_on 的日期 9999-12-31 不合常理，请核对年份"
    ]


def test_a_date_that_cannot_be_counted_from_is_a_refusal() -> None:
    walk = Walk(case(EVENT, State.EXPERT_REVIEW, facts={"event.starts_on": date(1, 1, 5)}), context(EVENT))
    found = walk.refuse(
        Action.REVIEW_SELECT, MAY, materials=frozenset({"review_record"}), values={"project.amount": 1}
    )
    assert [reason.rule for reason in found.reasons] == ["R-DL-01"]


def test_a_clerk_records_the_units_step_from_its_paper() -> None:
    walk = started(PLATFORM, date(2023, 6, 5))
    order = {
        "roles": frozenset({Role.CLERK}),
        "materials": frozenset({"extension_request"}),
        "values": {"request.new_end": date(2024, 3, 31)},
    }
    without = walk.refuse(Action.REQUEST_EXTENSION, date(2023, 10, 9), on_paper=False, **order)
    assert ([r.rule for r in without.reasons], without.forbidden) == (["R-ROLE-24"], False)
    done = walk.do(Action.REQUEST_EXTENSION, date(2023, 10, 9), on_paper=True, **order)
    assert (done.role, done.represented) == (Role.CLERK, "示例学会")


def test_a_clerk_records_the_evaluators_step_in_the_evaluators_name() -> None:
    walk = evaluating()
    done = walk.do(
        Action.RECORD_EVALUATION, date(2023, 12, 25),
        roles=frozenset({Role.CLERK}), on_paper=True, materials=REPORT,
        values={"evaluation.conclusion": "合格"},
    )  # fmt: skip
    assert (done.role, done.represented) == (Role.CLERK, "评价专家或专业机构")


def test_a_clerk_may_not_decide_for_the_association() -> None:
    walk = started(PLATFORM, date(2023, 6, 5))
    found = walk.refuse(
        Action.OPEN_EVALUATION, date(2023, 12, 1), roles=frozenset({Role.CLERK}), on_paper=True
    )
    assert ([reason.rule for reason in found.reasons], found.forbidden) == (["R-ROLE-26"], True)


@pytest.mark.parametrize("slug", sorted(catalogue().programmes))
def test_nothing_said_or_recorded_in_one_province_cites_the_other(slug: str) -> None:
    world = context(slug)
    table = next(
        name for name, of in LIFECYCLE_OF.items() if programme(of).variant == world.programme.variant
    )
    for state, action in product(State, Action):
        found = decide(
            case(slug, state, lifecycle=table), command(action, roles=frozenset({Role.VIEWER})), world
        )
        for reason in refused(found).reasons:
            assert reason.document is None or reason.document.startswith(world.programme.province)
            assert "福建" not in reason.message or world.programme.province == "fujian"


def test_an_accepted_henan_step_cites_a_henan_document_or_none() -> None:
    walk = started(PLATFORM, date(2023, 6, 5))
    cited = [walk.do(Action.OPEN_EVALUATION, date(2023, 12, 20)).citation_document]
    values = {"evaluation.conclusion": "合格", "evaluation.has_issues": True}
    done = walk.do(Action.RECORD_EVALUATION, date(2023, 12, 25), materials=REPORT, values=values)
    cited += [done.citation_document, walk.do(Action.EVALUATE_ISSUES, date(2023, 12, 26)).citation_document]
    assert cited == ["henan-2020", None, None]
    fujian = concluded(SOCIETY, "合格", issues=True)
    assert fujian.do(Action.EVALUATE_ISSUES, date(2023, 12, 26)).citation_quote == "绩效评价存在问题的单位"


def test_what_only_has_to_be_brought_along_is_no_obstacle() -> None:
    walk = started(PLATFORM, date(2023, 6, 5))
    order = command(Action.REQUEST_EXTENSION, date(2023, 10, 9))
    assert rules(decide(walk.case, order, walk.context)) == ["R-FORM-21", "R-FORM-50", "R-LIFE-00"]
    assert obstacles(walk.case, order, walk.context) is None
    stopped = obstacles(approved(PLATFORM, MAY).case, command(Action.START, MAY), walk.context)
    assert [reason.rule for reason in stopped.reasons] == ["R-LIFE-161"] if stopped else False


def test_a_clerk_cannot_correct_what_a_decision_wrote_and_the_association_can() -> None:
    walk = Walk(case(EVENT, State.EXECUTING, facts={"project.ends_on": date(2020, 12, 31)}), context(EVENT))
    change = {"values": {"project.ends_on": date(2021, 3, 31)}}

    clerk = walk.refuse(Action.CORRECT_RECORD, date(2020, 12, 1), roles=frozenset({Role.CLERK}), **change)
    walk.do(Action.CORRECT_RECORD, date(2020, 12, 1), roles=frozenset({Role.PROV_ASSOCIATION}), **change)

    assert rules(clerk) == ["R-SANC-06"]
    assert walk.case.facts["project.ends_on"] == date(2021, 3, 31)


def test_a_report_made_by_mistake_is_undone_and_its_duty_is_owed_again() -> None:
    walk = approved(EVENT, date(2020, 6, 1), {"event.starts_on": date(2020, 7, 31)})
    walk.report("preparation_report", date(2020, 6, 10))
    met = walk.duty("preparation_report").status
    walk.do(Action.REVERSE_STEP, date(2020, 6, 10), actor="丙")

    assert met is DutyStatus.MET
    assert walk.duty("preparation_report").status is DutyStatus.OPEN


def _checked(**changes: object) -> Walk:
    """An application that one person has passed in the form review."""
    walk = Walk.of(PLATFORM)
    walk.do(Action.SUBMIT, date(2023, 4, 3))
    walk.do(Action.ACCEPT_FOR_FORM_REVIEW, date(2023, 4, 4))
    walk.do(Action.FORM_PASS, date(2023, 4, 5), actor="李", **changes)
    return walk


def test_a_delegate_who_checked_decides_in_nobodys_name() -> None:
    record = frozenset({"review_record"})
    by_delegate = _checked().refuse(
        Action.REVIEW_SELECT, date(2023, 5, 4), actor="赵", stood_in_by="李", materials=record
    )
    by_principal = replace(_checked().case.steps[-1], actor="赵", stood_in_by="李")
    walk = _checked()
    walk.case = replace(walk.case, steps=(*walk.case.steps[:-1], by_principal))

    assert rules(by_delegate) == ["R-LIFE-66"]
    assert rules(walk.refuse(Action.REVIEW_SELECT, date(2023, 5, 4), actor="李", materials=record)) == [
        "R-LIFE-66"
    ]


def test_a_result_is_not_made_public_before_it_was_decided_nor_in_the_future() -> None:
    walk = approved(PLATFORM, date(2023, 5, 10))
    days = (date(2023, 4, 1), date(2023, 5, 12))

    assert [
        rules(walk.refuse(Action.PUBLISH_RESULTS, date(2023, 5, 11), values={"publication.on": day}))
        for day in days
    ] == [["R-LIFE-65"]] * 2


def test_a_project_does_not_start_before_it_was_approved() -> None:
    walk = approved(PLATFORM, date(2023, 5, 10))
    values = {"project.started_on": date(2023, 1, 1)}
    plan = frozenset({"implementation_plan"})

    assert rules(walk.refuse(Action.START, date(2023, 6, 1), values=values, materials=plan)) == ["R-LIFE-44"]


def test_an_undo_that_takes_the_place_back_asks_for_the_quota() -> None:
    walk = approved(PLATFORM, date(2023, 5, 10))
    walk.do(Action.RELINQUISH, date(2023, 5, 11), materials=frozenset({"relinquish_request"}))
    walk.context = replace(walk.context, quota_taken=12)
    full = walk.refuse(Action.REVERSE_STEP, date(2023, 5, 11), actor="丙")
    walk.context = replace(walk.context, quota_taken=11)

    assert rules(full) == ["R-LIFE-63"]
    assert walk.do(Action.REVERSE_STEP, date(2023, 5, 11), actor="丙").dest is State.APPROVED


def test_a_delivered_letter_of_an_undone_step_is_taken_back_by_another_letter() -> None:
    walk = approved(PLATFORM, date(2023, 5, 10))
    silent = walk.ask(Action.REVERSE_STEP, date(2023, 5, 11), actor="丙")[1]
    walk.context = replace(walk.context, delivered=True)
    told = walk.do(Action.REVERSE_STEP, date(2023, 5, 11), actor="丙")

    assert accepted(silent).notices == ()
    assert [(notice.kind, notice.letter) for notice in told.notices] == [("correction_letter", True)]


def test_a_second_date_of_receipt_does_not_start_the_clock_anew() -> None:
    walk = started(PLATFORM, date(2023, 6, 5))
    walk.do(Action.OPEN_EVALUATION, date(2023, 12, 20))
    values = {"evaluation.conclusion": "合格", "evaluation.has_issues": True}
    walk.do(Action.RECORD_EVALUATION, date(2023, 12, 25), materials=REPORT, values=values)
    walk.do(Action.EVALUATE_ISSUES, date(2023, 12, 26))
    first, second = date(2023, 12, 27), date(2024, 4, 20)
    walk.do(Action.RECORD_RECEIPT, first, values={"evaluation.received_on": first})
    again = walk.refuse(Action.RECORD_RECEIPT, second, values={"evaluation.received_on": second})
    clerk = frozenset({Role.CLERK})
    amended = walk.refuse(
        Action.CORRECT_RECORD, second, roles=clerk, values={"evaluation.received_on": second}
    )

    assert (rules(again), rules(amended)) == (["R-AMB-32"], ["R-SANC-06"])
