"""Amendments of one project: what they move, leave and refuse, and the undo that puts everything back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from states.amendment import Amendment, Changes, Deadline, Shift, Undoing, changes_of
from states.decide import decide
from states.decision import Accepted, Command, DocumentRef, Outcome
from states.duty import Duty
from states.names import Action, State
from tests.factories import (
    EVENT,
    PLATFORM,
    TALENT,
    Walk,
    accepted,
    applied,
    command,
    concluded,
    refused,
    started,
)

DECREE = DocumentRef("豫科协〔2023〕9号", date(2023, 6, 20))
ON = date(2023, 6, 21)
BEGUN = date(2023, 6, 5)


def order(deadline: Deadline, shift: Shift, on: date = ON, **given: Any) -> Command:
    """A command that carries an amendment."""
    amendment = Amendment(1, deadline, shift, **given)
    action = Action.ADJUST_GRACE if deadline is Deadline.GRACE else Action.AMEND_DEADLINES
    return command(action, on, reason="受疫情影响", document=DECREE, amends=amendment)


def take(walk: Walk, asked: Command) -> Changes:
    """Amend the case of a walk, which has to be accepted; what it changed."""
    before = walk.case
    done: Accepted = accepted(decide(before, asked, walk.context))
    walk.case = applied(before, asked, done)
    ends = before.facts.get("project.ends_on"), walk.case.facts.get("project.ends_on")
    return changes_of({d.key: d for d in before.duties}, done.duties, ends, walk.case.version)


def amend(walk: Walk, deadline: Deadline, shift: Shift, on: date = ON, **given: Any) -> Changes:
    """The same by its parts."""
    return take(walk, order(deadline, shift, on, **given))


def declined(walk: Walk, deadline: Deadline, shift: Shift, on: date = ON, **given: Any) -> str:
    """Why an amendment is refused: the first rule and its message."""
    (reason,) = refused(decide(walk.case, order(deadline, shift, on, **given), walk.context)).reasons
    return f"{reason.rule} {reason.message}"


def undoing(changes: Changes, deadline: Deadline, on: date, hands: str = "甲") -> Command:
    """A command that undoes an amendment."""
    action = Action.ADJUST_GRACE if deadline is Deadline.GRACE else Action.UNDO_AMENDMENT
    amends = Undoing(1, deadline, changes, frozenset({hands}))
    return replace(command(action, on, reason="决定有误", amends=amends), actor="乙")


def undo(walk: Walk, changes: Changes, deadline: Deadline, on: date = ON) -> None:
    """Undo it, which has to be accepted."""
    take(walk, undoing(changes, deadline, on))


def talent() -> Walk:
    """A two-year talent that began on 5 June 2023."""
    return started(TALENT, BEGUN)


def event(starts: date = date(2023, 11, 30)) -> Walk:
    """A running event."""
    return started(EVENT, BEGUN, {"event.starts_on": starts})


def live(walk: Walk) -> dict[tuple[str, str], tuple[Any, ...]]:
    """What is owed, with everything that an amendment may change but the history of moves."""
    return {
        d.key: (d.status, d.anchor, d.anchor_date, d.legal_due, d.due, d.soft_due, d.provisional,
                d.grace_until, d.marks, d.steps)
        for d in walk.case.duties if d.live
    }  # fmt: skip


def windows(walk: Walk) -> list[str]:
    """The half-years that are owed."""
    return [d.occurrence for d in walk.case.duties if d.slug == "half_year_guidance" and d.live]


def test_a_later_end_moves_what_rests_on_it_and_opens_the_windows_up_to_it() -> None:
    """R-DL-25."""
    walk = talent()
    amend(walk, Deadline.END, Shift(by="P6M"))

    assert walk.case.facts["project.ends_on"] == date(2025, 12, 5)
    assert windows(walk) == ["1", "2", "3", "4", "5"]
    summary = walk.duty("cycle_summary")
    assert summary.due == date(2025, 12, 5)
    assert (summary.moves[-1].document, summary.moves[-1].amendment) == (str(DECREE), None)
    assert "受疫情影响" in summary.moves[-1].reason


def test_an_earlier_end_cancels_the_windows_beyond_it_and_its_undo_brings_them_back() -> None:
    walk = talent()
    before = live(walk)
    changes = amend(walk, Deadline.END, Shift(by="P6M", back=True))
    assert windows(walk) == ["1", "2", "3"]
    undo(walk, changes, Deadline.END)
    assert live(walk) == before


def test_what_was_missed_stays_missed_when_the_end_is_moved() -> None:
    """R-DL-25."""
    walk = talent()
    walk.sweep(date(2025, 6, 10))
    missed = walk.duty("cycle_summary")
    amend(walk, Deadline.END, Shift(by="P6M"), date(2025, 6, 10))
    assert walk.duty("cycle_summary") == missed


def test_a_rectification_does_not_move_with_the_end() -> None:
    """R-DL-25."""
    walk = rectifying()
    before = walk.duty("rectification_report")
    amend(walk, Deadline.END, Shift(by="P6M"), date(2024, 1, 5))
    assert walk.duty("rectification_report") == before


@pytest.mark.parametrize(
    ("shift", "due"),
    [
        (Shift(by="P1M"), date(2023, 11, 30)),
        (Shift(by="P1M", back=True), date(2023, 9, 30)),
        (Shift(by="P10D", back=True), date(2023, 10, 20)),
        (Shift(to=date(2023, 8, 31)), date(2023, 8, 31)),
    ],
)
def test_one_duty_is_due_on_the_decided_day_counted_from_the_day_that_stood(shift: Shift, due: date) -> None:
    """The report before an event never runs on from a day of rest (R-DL-01): 30 September 2023 was one."""
    walk = event()
    amend(walk, Deadline.DUE, shift, duty="preparation_report")
    duty = walk.duty("preparation_report")
    assert duty.due == due
    assert duty.moves[-1].amendment == 1
    assert duty.moves[-1].old == date(2023, 10, 30)


def test_a_period_that_is_owed_after_something_runs_on_from_a_day_of_rest() -> None:
    """R-DL-01: 30 March 2024 was a Saturday."""
    walk = rectifying()
    assert walk.duty("rectification_report").due == date(2024, 3, 28)
    amend(walk, Deadline.DUE, Shift(by="P2D"), date(2024, 1, 5), duty="rectification_report")
    assert walk.duty("rectification_report").due == date(2024, 4, 1)


def test_the_end_of_a_year_does_not_run_on_from_a_day_of_rest_when_it_is_put_off() -> None:
    """R-DL-18: 31 January 2022 was a day of the Spring Festival."""
    walk = Walk.of("h21-enterprise-innovation")
    walk.do(
        Action.IMPORT_APPROVED, date(2021, 6, 1),
        materials=frozenset({"approval_document"}), values={"project.amount": 5_000_000},
    )  # fmt: skip
    walk.do(Action.START, date(2021, 6, 1), materials=frozenset({"implementation_plan"}))
    asked = order(Deadline.DUE, Shift(by="P1M"), date(2021, 12, 1), duty="year_completion")
    take(walk, replace(asked, document=DocumentRef("豫科协〔2021〕9号", date(2021, 12, 1))))
    assert walk.duty("year_completion").due == date(2022, 1, 31)


def test_a_rectification_that_is_returned_is_owed_again_by_the_decided_day() -> None:
    """R-AMB-32."""
    walk = rectifying()
    amend(walk, Deadline.DUE, Shift(by="P1M"), date(2024, 1, 5), duty="rectification_report")
    walk.do(Action.SUBMIT_RECTIFICATION, date(2024, 2, 1), materials=frozenset({"rectification_report"}))
    walk.do(Action.RETURN_RECTIFICATION, date(2024, 2, 2))
    duty = walk.duty("rectification_report")
    assert (str(duty.status), duty.due, duty.amended_by) == ("open", date(2024, 4, 28), 1)


def test_the_decided_day_stands_until_what_it_counts_from_is_moved() -> None:
    """R-DL-26: then the duty is planned anew, and its moves tell all of it."""
    walk = event()
    amend(walk, Deadline.DUE, Shift(to=date(2023, 10, 10)), duty="preparation_report")
    walk.do(Action.MIDTERM_OPEN, date(2023, 7, 3))
    walk.do(Action.MIDTERM_DONE, date(2023, 7, 4), materials=frozenset({"midterm_opinion"}))
    assert walk.duty("preparation_report").due == date(2023, 10, 10)

    walk.do(Action.RESCHEDULE_EVENT, date(2023, 7, 5), values={"event.starts_on": date(2023, 12, 31)})
    duty = walk.duty("preparation_report")
    assert (duty.due, duty.amended_by) == (date(2023, 11, 30), None)
    assert [move.new for move in duty.moves] == [date(2023, 10, 10), date(2023, 11, 30)]

    walk.do(Action.REVERSE_STEP, date(2023, 7, 6))
    duty = walk.duty("preparation_report")
    assert (duty.due, duty.amended_by) == (date(2023, 10, 10), 1)


def test_a_halt_and_the_resumption_leave_a_decided_day() -> None:
    """R-DL-27."""
    walk = event()
    amend(walk, Deadline.DUE, Shift(to=date(2023, 10, 10)), duty="preparation_report")
    walk.do(Action.REQUEST_HALT, date(2023, 7, 3), materials=frozenset({"halt_request"}))
    walk.do(Action.APPROVE_HALT, date(2023, 7, 4), materials=frozenset({"halt_decision"}))
    assert "R-DL-27" in declined(
        walk, Deadline.DUE, Shift(by="P1M"), date(2023, 7, 5), duty="preparation_report"
    )
    walk.do(Action.RESUME_HALTED, date(2023, 8, 1))
    assert walk.duty("preparation_report").due == date(2023, 10, 10)


def test_an_undone_extension_puts_back_the_day_that_an_amendment_had_given() -> None:
    walk = talent()
    amend(walk, Deadline.DUE, Shift(to=date(2025, 7, 31)), duty="cycle_summary")
    walk.do(Action.REQUEST_EXTENSION, date(2023, 7, 3), materials=frozenset({"extension_request"}),
            values={"request.new_end": date(2026, 6, 5)})  # fmt: skip
    walk.do(Action.APPROVE_EXTENSION, date(2023, 7, 4), materials=frozenset({"extension_decision"}))
    assert walk.duty("cycle_summary").due == date(2026, 6, 5)
    walk.do(Action.REVERSE_STEP, date(2023, 7, 5))
    assert (walk.duty("cycle_summary").due, walk.duty("cycle_summary").amended_by) == (date(2025, 7, 31), 1)


def test_a_day_of_grace_is_kept_and_a_day_later_late() -> None:
    """The public date stays."""
    walk = event()
    amend(walk, Deadline.GRACE, Shift(by="P5D"), duty="preparation_report")
    duty = walk.duty("preparation_report")
    assert (duty.due, duty.grace_until, duty.moves) == (date(2023, 10, 30), date(2023, 11, 4), ())
    walk.sweep(date(2023, 11, 4))
    assert walk.overdue() == set()
    late = Walk(walk.case, walk.context)
    assert str(walk.report("preparation_report", date(2023, 11, 4)).status) == "met"
    assert str(late.report("preparation_report", date(2023, 11, 5)).status) == "late"


def test_no_overdue_reminder_is_sent_in_the_grace_and_the_mark_comes_the_day_after_it() -> None:
    walk = event()
    amend(walk, Deadline.GRACE, Shift(by="P5D"), duty="preparation_report")
    walk.sweep_daily(date(2023, 10, 30), date(2023, 11, 4))
    own = [on for on, key, offset in walk.sent if key[0] == "preparation_report" and offset > 0]
    assert own == []
    walk.sweep(date(2023, 11, 5))
    assert ("preparation_report", "") in walk.overdue()


def test_a_grace_falls_away_with_the_date_it_was_given_for() -> None:
    walk = event()
    amend(walk, Deadline.GRACE, Shift(by="P5D"), duty="preparation_report")
    walk.do(Action.RESCHEDULE_EVENT, date(2023, 7, 5), values={"event.starts_on": date(2023, 12, 31)})
    assert walk.duty("preparation_report").grace_until is None


def test_a_missed_duty_is_taken_in_only_on_demand_and_is_missed_again_after_the_undo() -> None:
    walk = event()
    walk.sweep(date(2023, 11, 2))
    on, shift = date(2023, 11, 2), Shift(by="P1M")
    assert "R-DL-25" in declined(walk, Deadline.DUE, shift, on, duty="preparation_report")

    changes = amend(walk, Deadline.DUE, shift, on, duty="preparation_report", missed=True)
    assert walk.overdue() == set()
    assert walk.duty("preparation_report").due == date(2023, 11, 30)
    undo(walk, changes, Deadline.DUE, on)
    assert walk.overdue() == {("preparation_report", "")}


@pytest.mark.parametrize(
    ("deadline", "shift", "given", "rule"),
    [
        (Deadline.END, Shift(to=date(2023, 6, 5)), {}, "R-DL-08"),
        (Deadline.END, Shift(to=date(2025, 6, 5)), {}, "R-DL-25"),
        (Deadline.END, Shift(to=date(2023, 6, 20)), {}, "R-DL-26"),
        (Deadline.DUE, Shift(by="P1M"), {"duty": "half_year_guidance"}, "R-DL-03"),
        (Deadline.DUE, Shift(by="P1M"), {"duty": "preparation_report"}, "R-DL-03"),
        (
            Deadline.DUE,
            Shift(to=date(2023, 12, 5)),
            {"duty": "half_year_guidance", "period": "1"},
            "R-DL-25",
        ),
        (
            Deadline.DUE,
            Shift(to=date(2023, 6, 20)),
            {"duty": "half_year_guidance", "period": "1"},
            "R-DL-26",
        ),
        (Deadline.GRACE, Shift(by="P5D"), {"duty": "midterm_report"}, "R-AMB-27"),
        (
            Deadline.GRACE,
            Shift(to=date(2023, 12, 4)),
            {"duty": "half_year_guidance", "period": "1"},
            "R-DL-25",
        ),
        (Deadline.GRACE, Shift(), {"duty": "half_year_guidance", "period": "1"}, "R-DL-25"),
    ],
)
def test_what_cannot_be_followed_is_refused_with_its_rule(
    deadline: Deadline, shift: Shift, given: dict[str, Any], rule: str
) -> None:
    assert declined(talent(), deadline, shift, **given).startswith(rule)


def test_a_day_that_is_past_becomes_today_on_demand_without_blame_for_the_unit() -> None:
    """R-DL-26."""
    walk = event()
    amend(walk, Deadline.DUE, Shift(to=date(2023, 6, 1)), duty="preparation_report", due_today=True)
    duty = walk.duty("preparation_report")
    assert (duty.due, duty.marks) == (ON, ("期限提前",))
    assert str(walk.report("preparation_report", ON).status) == "met"


def test_the_term_of_a_closed_project_is_not_moved() -> None:
    walk = evaluated()
    walk.do(Action.EVALUATE_PASS, date(2023, 12, 26), materials=frozenset({"archive_list"}))
    assert walk.case.state is State.CLOSED
    assert "R-DL-25" in declined(walk, Deadline.END, Shift(by="P6M"), date(2023, 12, 27))


def test_what_was_reported_meanwhile_stays_reported_when_the_amendment_is_undone() -> None:
    walk = event()
    changes = amend(walk, Deadline.DUE, Shift(by="P1M"), duty="preparation_report")
    met = walk.report("preparation_report", date(2023, 11, 15))
    undo(walk, changes, Deadline.DUE, date(2023, 11, 16))
    assert walk.duty("preparation_report") == met


def test_an_amendment_is_undone_by_other_hands_and_not_after_the_date_was_changed_again() -> None:
    """R-LIFE-160."""
    walk = event()
    changes = amend(walk, Deadline.DUE, Shift(by="P1M"), duty="preparation_report")
    own = decide(walk.case, undoing(changes, Deadline.DUE, ON, hands="乙"), walk.context)
    assert [reason.rule for reason in refused(own).reasons] == ["R-LIFE-160"]
    walk.do(Action.RESCHEDULE_EVENT, date(2023, 7, 5), values={"event.starts_on": date(2023, 12, 20)})
    again: Outcome = decide(walk.case, undoing(changes, Deadline.DUE, date(2023, 7, 6)), walk.context)
    assert "2023-11-20" in refused(again).reasons[0].message


def test_an_earlier_amendment_stands_again_after_a_later_one_is_undone() -> None:
    walk = event()
    amend(walk, Deadline.DUE, Shift(to=date(2023, 10, 10)), duty="preparation_report")
    later = take(walk, replace(order(Deadline.DUE, Shift(by="P1M"), duty="preparation_report")))
    undo(walk, later, Deadline.DUE)
    duty = walk.duty("preparation_report")
    assert (duty.due, duty.amended_by) == (date(2023, 10, 10), 1)


def evaluated() -> Walk:
    """A project whose evaluation is concluded without issues."""
    return concluded(PLATFORM, "合格", issues=False)


def rectifying() -> Walk:
    """A project that heard of its issues on 28 December 2023."""
    walk = concluded(PLATFORM, "合格", issues=True)
    walk.do(Action.EVALUATE_ISSUES, date(2023, 12, 26), materials=frozenset({"rectification_notice"}))
    walk.do(Action.RECORD_RECEIPT, date(2023, 12, 28), values={"evaluation.received_on": date(2023, 12, 28)})
    return walk


PERIODS = st.sampled_from("1234")
LENGTHS = st.sampled_from(("P1M", "P3M", "P6M", "P10D", "P45D", "P1Y", "W7"))
SHIFTS = st.one_of(
    st.builds(Shift, by=LENGTHS, back=st.booleans()),
    st.builds(Shift, to=st.dates(date(2023, 6, 1), date(2027, 12, 31))),
)
TARGETS = st.one_of(
    st.just((Deadline.END, None, None)),
    st.just((Deadline.DUE, "cycle_summary", None)),
    st.tuples(
        st.sampled_from((Deadline.DUE, Deadline.GRACE)),
        st.just("half_year_guidance"),
        st.sampled_from("1234"),
    ),
)


@settings(max_examples=150, deadline=None)
@given(what=TARGETS, shift=SHIFTS, sweep=st.integers(0, 700), today=st.booleans(), missed=st.booleans())
def test_make_and_undo_leave_what_is_owed_as_it_was(
    what: tuple[Deadline, str | None, str | None], shift: Shift, sweep: int, today: bool, missed: bool
) -> None:
    walk = talent()
    on = ON + timedelta(days=sweep)
    walk.sweep(on)
    before, facts, overdue = live(walk), walk.case.facts, walk.overdue()
    deadline, slug, period = what
    asked = order(deadline, shift, on, duty=slug, period=period, due_today=today, missed=missed)
    asked = replace(asked, document=DocumentRef("某文", min(on, DECREE.date)))
    outcome = decide(walk.case, asked, walk.context)
    if not isinstance(outcome, Accepted):
        return
    changes = take(walk, asked)
    assert all(d.suggested or d.late_after >= on or d.key in overdue for d in walk.case.duties if d.live)
    undo(walk, changes, deadline, on)
    assert (live(walk), walk.case.facts, walk.overdue()) == (before, facts, overdue)
    assert all(_continuous(duty) for duty in walk.case.duties)


def _continuous(duty: Duty) -> bool:
    """Every move begins where the one before it ended, and the last ends at the date that stands."""
    ends = [move.new for move in duty.moves]
    return [move.old for move in duty.moves[1:]] == ends[:-1] and (not ends or ends[-1] == duty.due)
