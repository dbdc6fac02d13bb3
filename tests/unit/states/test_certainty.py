"""Nothing final rests on a provisional date (R-DL-37): who would go by one has to vouch for it by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from lifecycle.calendars import YearNotice, calendar_from, packaged_years
from states.decision import Duty
from states.names import Action, DutyStatus, State
from tests.factories import (
    FORMAL,
    PLATFORM,
    REPORT,
    SOCIETY,
    Walk,
    accepted,
    approved,
    rules,
)

FIRM = calendar_from({**packaged_years(), 2027: YearNotice({date(2027, 1, 1): "元旦"}, frozenset())})
VOUCHED = "calendar.confirmed"


def returned(received: date) -> Walk:
    """An application that was returned for completion on 24 December 2026."""
    walk = Walk.of()
    walk.do(Action.SUBMIT, date(2026, 12, 1))
    walk.do(Action.ACCEPT_FOR_FORM_REVIEW, date(2026, 12, 1))
    walk.do(Action.RETURN_FOR_COMPLETION, date(2026, 12, 24), values={"return.received_on": received})
    return walk


def test_an_application_does_not_lapse_by_a_provisional_day_until_somebody_vouches_for_it() -> None:
    walk = returned(date(2026, 12, 28))
    duty = walk.duty("completion")
    assert (duty.due, duty.provisional) == (date(2027, 1, 5), True)

    refused = walk.refuse(Action.LAPSE, date(2027, 1, 6))
    assert [reason.rule for reason in refused.reasons] == ["R-DL-37"]
    assert "--set calendar.confirmed=2027-01-05" in refused.reasons[0].message
    walk.refuse(Action.LAPSE, date(2027, 1, 6), values={VOUCHED: date(2027, 1, 4)})
    walk.refuse(Action.LAPSE, date(2027, 1, 6), values={VOUCHED: date(2027, 1, 5)}, reason=None)

    done = walk.do(Action.LAPSE, date(2027, 1, 6), values={VOUCHED: date(2027, 1, 5)}, reason="已电话核实")
    assert (done.dest, done.facts[VOUCHED]) == (State.FORM_FAILED, date(2027, 1, 5))


def test_a_day_that_the_office_set_itself_needs_no_calendar() -> None:
    walk = Walk.of()
    walk.do(Action.SUBMIT, date(2026, 12, 1))
    walk.do(Action.ACCEPT_FOR_FORM_REVIEW, date(2026, 12, 1))
    walk.do(Action.RETURN_FOR_COMPLETION, date(2026, 12, 24), values={"return.due_on": date(2027, 1, 8)})
    assert walk.duty("completion").provisional is False

    assert walk.do(Action.LAPSE, date(2027, 1, 11)).dest is State.FORM_FAILED


def test_a_period_of_publicity_in_an_uncertain_year_is_vouched_for() -> None:
    walk = approved(PLATFORM, date(2026, 12, 28))
    last, papers = date(2027, 1, 5), frozenset({"implementation_plan"})
    early = walk.refuse(Action.START, last, materials=papers)
    assert [reason.rule for reason in early.reasons] == ["R-LIFE-161"]

    late = walk.refuse(Action.START, date(2027, 1, 6), materials=papers)
    assert [reason.rule for reason in late.reasons] == ["R-DL-37"]
    vouched = {VOUCHED: last}
    assert walk.do(Action.START, date(2027, 1, 6), materials=papers, values=vouched).dest is State.EXECUTING


def test_with_the_notice_loaded_a_period_of_publicity_is_certain() -> None:
    walk = approved(PLATFORM, date(2026, 12, 28))
    walk.context = replace(walk.context, calendar=FIRM)
    papers = frozenset({"implementation_plan"})

    assert walk.do(Action.START, date(2027, 1, 6), materials=papers).dest is State.EXECUTING


def missed_on(day: date) -> Duty:
    """A rectification whose last day lies in a year without a notice."""
    return Duty(
        slug="rectification_report", occurrence="", rule="R-DL-06", label="三个月内整改完毕",
        owed_by="undertaking_unit", anchor="evaluation.received_on", anchor_date=date(2026, 11, 1),
        legal_due=day, due=day, soft_due=day, provisional=True, suggested=False, status=DutyStatus.OPEN,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "action", "papers"),
    [
        (State.RECTIFYING, Action.TERMINATE, frozenset({"settlement"})),
        (State.EXECUTING, Action.TERMINATE, frozenset({"settlement"})),
        (State.PERFORMANCE_REVIEW, Action.EVALUATE_FAIL, REPORT),
    ],
)
def test_no_standing_is_lost_over_a_provisional_date(
    state: State, action: Action, papers: frozenset[str]
) -> None:
    walk = approved(SOCIETY, date(2016, 7, 1))
    missed = missed_on(date(2027, 2, 1))
    facts = {**walk.case.facts, "evaluation.conclusion": "不合格"}
    walk.case = replace(walk.case, state=state, duties=(missed,), facts=facts, materials=REPORT)
    on = date(2027, 2, 2)

    refused = walk.refuse(action, on, materials=papers, document=FORMAL)
    assert [reason.rule for reason in refused.reasons] == ["R-DL-37"]
    assert missed.label in refused.reasons[0].message
    vouched = walk.ask(action, on, materials=papers, document=FORMAL, values={VOUCHED: missed.due})[1]
    assert accepted(vouched).facts[VOUCHED] == missed.due

    for harmless in (
        replace(missed, provisional=False),
        replace(missed, due=on),
        replace(missed, rule="R-DL-09"),
        replace(missed, status=DutyStatus.MET, met_on=missed.due),
    ):
        walk.case = replace(walk.case, duties=(harmless,))
        assert accepted(walk.ask(action, on, materials=papers, document=FORMAL)[1]).action is action


def test_nobody_vouches_by_a_correction_or_with_a_step_that_takes_nothing_away() -> None:
    walk = returned(date(2026, 12, 28))

    for action in (Action.CORRECT_RECORD, Action.WITHDRAW):
        outcome = walk.ask(action, date(2027, 1, 6), values={VOUCHED: date(2027, 1, 5)})[1]
        assert rules(outcome) == ["R-LIFE-00"]
