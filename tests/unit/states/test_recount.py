"""What another calendar does to duties (R-DL-37): counted dates are counted again, all others stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.calendars import YearNotice, calendar_from, packaged_years
from states.calendar import Calendar
from states.duty import Duty, Move
from states.names import Action, DutyStatus
from states.recount import Change, recount
from tests.factories import EVENT, PLATFORM, REPORT, Walk, calendar, started

SPRING = {date(2027, 2, n): "春节" for n in range(5, 14)}
NOTICE = YearNotice({date(2027, 1, 1): "元旦", **SPRING}, frozenset({date(2027, 2, 14), date(2027, 2, 20)}))
FIRM = calendar_from({**packaged_years(), 2027: NOTICE})
ON = date(2026, 12, 1)
WHY, DOCUMENT = "载入 2027 年放假安排（示例1号）", "示例1号@2026-11-10"


def change(on: date = ON, after: Calendar = FIRM, before: Calendar | None = None) -> Change:
    return Change(before or calendar(), after, on, WHY, DOCUMENT)


@cache
def judged() -> Walk:
    """A project told to put things right, that has not said yet when it heard of it."""
    walk = started(PLATFORM, date(2026, 5, 6))
    walk.do(Action.OPEN_EVALUATION, date(2026, 10, 20))
    values = {"evaluation.conclusion": "合格", "evaluation.has_issues": True}
    walk.do(Action.RECORD_EVALUATION, date(2026, 10, 26), materials=REPORT, values=values)
    walk.do(Action.EVALUATE_ISSUES, date(2026, 10, 27))
    return walk


def rectifying(received: date = date(2026, 11, 13), by: Calendar | None = None) -> Walk:
    """The same with three months from a day, counted by a calendar."""
    walk = Walk(judged().case, replace(judged().context, calendar=by or calendar()))
    walk.do(Action.RECORD_RECEIPT, received, values={"evaluation.received_on": received})
    return walk


def of(duties: tuple[Duty, ...], slug: str = "rectification_report") -> Duty:
    (found,) = [duty for duty in duties if duty.slug == slug]
    return found


def told(walk: Walk, **other: object) -> tuple[Duty, ...]:
    return recount(walk.case, walk.context.programme, change(**other))  # type: ignore[arg-type]


def put(walk: Walk, *changed: Duty) -> None:
    keys = {duty.key: duty for duty in changed}
    walk.case = replace(walk.case, duties=tuple(keys.get(duty.key, duty) for duty in walk.case.duties))


def test_a_counted_date_moves_with_the_reason_and_the_document() -> None:
    walk = rectifying()

    duty = of(told(walk))

    assert (duty.due, duty.soft_due, duty.legal_due, duty.provisional) == (
        date(2027, 2, 14), date(2027, 2, 14), date(2027, 2, 13), False,
    )  # fmt: skip
    assert duty.moves == (Move(ON, date(2027, 2, 15), date(2027, 2, 14), WHY, DOCUMENT),)
    assert duty.steps[-1] == "2027-02-13 为法定休息日（春节） → 顺延至 2027-02-14（民法典第203条）"


def test_a_date_that_stays_is_certain_from_then_on_without_a_move() -> None:
    walk = rectifying(date(2026, 11, 16))

    duty = of(told(walk))

    assert (duty.due, duty.provisional, duty.moves) == (date(2027, 2, 16), False, ())


def test_done_again_it_gives_nothing() -> None:
    walk = rectifying()
    put(walk, *told(walk))

    assert told(walk) == ()


def test_a_notice_that_is_amended_moves_what_the_first_had_moved() -> None:
    walk = rectifying()
    put(walk, *told(walk))
    amended = calendar_from({**packaged_years(), 2027: replace(NOTICE, worked=frozenset())})

    duty = of(recount(walk.case, walk.context.programme, change(before=FIRM, after=amended)))

    assert [(move.old, move.new) for move in duty.moves] == [
        (date(2027, 2, 15), date(2027, 2, 14)), (date(2027, 2, 14), date(2027, 2, 15)),
    ]  # fmt: skip


@pytest.mark.parametrize("status", [DutyStatus.MET, DutyStatus.CANCELLED, DutyStatus.WAIVED])
def test_what_is_settled_is_not_touched(status: DutyStatus) -> None:
    walk = rectifying()
    put(walk, replace(of(walk.case.duties), status=status, met_on=ON, closed_seq=9))

    assert [duty.slug for duty in told(walk)] == []


def test_a_date_that_a_decision_set_stays() -> None:
    walk = rectifying()
    amended = replace(
        of(walk.case.duties), due=date(2027, 2, 13), soft_due=date(2027, 2, 13),
        moves=(Move(ON, date(2027, 2, 15), date(2027, 2, 13), "统一提前", "例1号@2026-12-01", 4),),
    )  # fmt: skip
    put(walk, amended)

    assert of(told(walk)) == replace(amended, provisional=False)


def test_a_written_decision_is_certain_in_any_year() -> None:
    walk = rectifying()
    walk.do(Action.EXTEND_RECTIFICATION, ON, values={"rectification.due_on": date(2027, 2, 20)})
    decided = of(walk.case.duties)
    assert decided.provisional is False

    assert replace(of(told(walk)), steps=()) == replace(decided, steps=())


def test_what_was_left_of_a_period_after_a_halt_is_not_counted_anew() -> None:
    walk = started(EVENT, date(2026, 5, 6), {"event.starts_on": date(2027, 1, 25), "project.amount": 1})
    walk.do(Action.REQUEST_HALT, date(2026, 12, 7), materials=frozenset({"halt_request"}))
    walk.do(Action.APPROVE_HALT, date(2026, 12, 8), materials=frozenset({"halt_decision"}))
    walk.do(Action.RESUME_HALTED, date(2026, 12, 28))
    left = walk.duty("preparation_report")
    assert (left.legal_due, left.due) == (date(2026, 12, 25), date(2027, 1, 14))

    assert [
        duty for duty in told(walk, on=date(2026, 12, 29)) if duty.slug == left.slug and duty.due != left.due
    ] == []


def test_a_suspended_duty_waits_with_the_date_that_holds() -> None:
    walk = rectifying()
    put(walk, replace(of(walk.case.duties), status=DutyStatus.SUSPENDED))

    duty = of(told(walk))

    assert (duty.due, duty.status) == (date(2027, 2, 14), DutyStatus.SUSPENDED)


def test_what_was_overdue_only_by_an_uncertain_date_is_open_again() -> None:
    walk = rectifying(date(2026, 11, 5))
    assert of(walk.case.duties).due == date(2027, 2, 5)
    put(walk, replace(of(walk.case.duties), status=DutyStatus.OVERDUE))

    duty = of(told(walk, on=date(2027, 2, 9)))

    assert (duty.due, duty.status) == (date(2027, 2, 14), DutyStatus.OPEN)
    assert of(told(walk, on=date(2027, 2, 15))).status is DutyStatus.OVERDUE


def test_a_report_found_late_by_an_uncertain_date_was_in_time_if_the_notice_says_so() -> None:
    walk = rectifying(date(2026, 11, 5))
    late = replace(of(walk.case.duties), status=DutyStatus.LATE, met_on=date(2027, 2, 8), closed_seq=9)
    put(walk, late)

    assert of(told(walk, on=date(2027, 2, 9))).status is DutyStatus.MET
    put(walk, replace(late, provisional=False))
    assert told(walk, on=date(2027, 2, 9)) == ()


def test_a_day_that_is_past_when_the_notice_comes_stays_as_it_was_told() -> None:
    walk = rectifying()

    duty = of(told(walk, on=date(2027, 2, 15)))

    assert (duty.due, duty.legal_due, duty.status, duty.moves) == (
        date(2027, 2, 15), date(2027, 2, 13), DutyStatus.OPEN, (),
    )  # fmt: skip
    assert duty.steps[-1] == "载入放假安排时该日已过，期限仍为原告知的 2027-02-15"


def test_an_internal_grace_that_the_new_date_overtakes_ends() -> None:
    walk = rectifying(date(2026, 11, 5))
    graced = replace(of(walk.case.duties), grace_until=date(2027, 2, 10))
    put(walk, graced)

    assert (of(told(walk)).due, of(told(walk)).grace_until) == (date(2027, 2, 14), None)


@given(
    st.dates(date(2026, 10, 27), date(2026, 12, 31)), st.sets(st.dates(date(2027, 1, 1), date(2027, 4, 5)))
)
def test_a_recount_gives_what_counting_by_the_new_calendar_gives(received: date, off: set[date]) -> None:
    after = calendar_from({**packaged_years(), 2027: YearNotice(dict.fromkeys(off, "放假"), frozenset())})
    walk, fresh = rectifying(received), rectifying(received, after)
    was = of(walk.case.duties).due

    put(walk, *told(walk, on=received, after=after))

    recounted, counted = of(walk.case.duties), of(fresh.case.duties)
    assert replace(recounted, moves=()) == counted
    assert [move.new for move in recounted.moves] == ([counted.due] if counted.due != was else [])
    assert told(walk, on=received, after=after) == ()
