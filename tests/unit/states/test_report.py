"""Fulfilling a duty by report: which window is meant, in time or late, by whom, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from states.decision import Duty
from states.names import Action, DutyStatus, Role
from states.report import capacity, find_duty, pick_occurrence, report
from tests.factories import EVENT, SOCIETY, TALENT, Walk, command, started

GUIDANCE = "half_year_guidance"


def talent() -> Walk:
    return started(TALENT, date(2020, 8, 31))


def windows(walk: Walk) -> list[Duty]:
    return [duty for duty in walk.case.duties if duty.slug == GUIDANCE]


@pytest.mark.parametrize(
    ("on", "meant"),
    [
        (date(2020, 9, 1), "1"),
        (date(2021, 2, 28), "1"),
        (date(2021, 3, 1), "2"),
        (date(2022, 8, 31), "4"),
        (date(2022, 9, 30), "4"),
    ],
)
def test_a_session_belongs_to_the_window_it_was_held_in(on: date, meant: str) -> None:
    found = pick_occurrence(windows(talent()), on)
    assert found is not None
    assert found.occurrence == meant


def test_a_second_session_in_one_window_does_not_meet_the_next() -> None:
    walk = talent()
    walk.report(GUIDANCE, date(2020, 10, 9), "1")
    found = pick_occurrence(windows(walk), date(2020, 12, 1))
    assert found is not None
    assert (found.occurrence, found.status) == ("1", DutyStatus.MET)
    again = report(
        walk.case, found, command(Action.CORRECT_RECORD, date(2020, 12, 1)), walk.context.programme, 9
    )
    assert isinstance(again, tuple)
    assert [reason.message for reason in again] == [
        "“半年集中跟进指导”已是“按期”（2020-10-09），不能再次登记"
    ]


def test_a_session_does_not_make_up_for_the_window_before() -> None:
    walk = talent()
    walk.sweep(date(2021, 3, 1))
    walk.report(GUIDANCE, date(2021, 3, 1), "2")
    assert [str(duty.status) for duty in windows(walk)] == ["overdue", "met", "open", "open"]


def test_nothing_owed_is_no_occurrence() -> None:
    assert pick_occurrence([], date(2020, 9, 1)) is None


@pytest.mark.parametrize("text", ["preparation_report", "R-DL-05", "筹备方案汇报"])
def test_a_duty_is_named_by_slug_rule_or_label(text: str) -> None:
    walk = started(EVENT, date(2020, 5, 6), {"event.starts_on": date(2020, 7, 31)})
    assert tuple(find_duty(walk.case, walk.context.programme, name) for name in (text, "别的")) == (
        "preparation_report",
        None,
    )


def test_a_duty_that_its_action_meets_is_not_reported() -> None:
    walk = started(SOCIETY, date(2016, 6, 6))
    walk.do(Action.OPEN_EVALUATION, date(2016, 11, 1))
    values = {"evaluation.conclusion": "合格", "evaluation.has_issues": True}
    walk.do(
        Action.RECORD_EVALUATION, date(2016, 11, 1), materials=frozenset({"evaluation_report"}), values=values
    )
    walk.do(Action.EVALUATE_ISSUES, date(2016, 11, 1))
    walk.do(Action.RECORD_RECEIPT, date(2016, 11, 2), values={"evaluation.received_on": date(2016, 11, 2)})
    order = command(Action.CORRECT_RECORD, date(2016, 12, 1))
    said = []
    for slug in ("rectification_report", "evaluation_feedback"):
        found = report(walk.case, walk.duty(slug), order, walk.context.programme, 9)
        assert isinstance(found, tuple)
        said.append(found[0].message.partition("，")[2])
    assert said == ["由操作 submit_rectification 完成", "由操作 record_receipt 完成"]


def test_while_the_project_is_halted_nothing_is_reported() -> None:
    walk = started(EVENT, date(2020, 5, 6), {"event.starts_on": date(2020, 7, 31)})
    walk.do(Action.REQUEST_HALT, date(2020, 5, 20), materials=frozenset({"halt_request"}))
    walk.do(Action.APPROVE_HALT, date(2020, 5, 25), materials=frozenset({"halt_decision"}))
    order = command(Action.CORRECT_RECORD, date(2020, 6, 1))
    found = report(walk.case, walk.duty("preparation_report"), order, walk.context.programme, 9)
    assert isinstance(found, tuple)
    assert [reason.rule for reason in found] == ["R-DL-27"]


CAPACITIES = [
    ({Role.UNDERTAKING_UNIT}, False, None, (Role.UNDERTAKING_UNIT, None, None)),
    ({Role.CLERK}, True, None, (Role.CLERK, "示例学会", None)),
    ({Role.CLERK}, False, "会谈记录", (Role.CLERK, "示例学会", None)),
    ({Role.CLERK}, False, None, (Role.CLERK, None, "R-ROLE-24")),
    ({Role.PROV_ASSOCIATION}, True, "理由", (Role.UNDERTAKING_UNIT, None, "R-ROLE-26")),
]


@pytest.mark.parametrize(("roles", "paper", "reason", "expected"), CAPACITIES)
def test_the_unit_reports_or_a_clerk_in_its_name(
    roles: set[Role], paper: bool, reason: str | None, expected: tuple[Role, str | None, str | None]
) -> None:
    walk = started(EVENT, date(2020, 5, 6), {"event.starts_on": date(2020, 7, 31)})
    order = replace(command(Action.CORRECT_RECORD), roles=frozenset(roles), on_paper=paper, reason=reason)
    role, represented, against = capacity(walk.duty("preparation_report"), order, "示例学会")
    assert (role, represented, against.rule if against else None) == expected
