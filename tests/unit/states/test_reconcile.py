"""What becomes of duties when things change: event dates, extensions, halts, and undoing them."""

from __future__ import annotations

from datetime import date

from states.names import Action
from tests.factories import EVENT, TALENT, Walk, started

PREPARATION = "preparation_report"


def moved(walk: Walk, on: date, to: date) -> None:
    walk.do(Action.RESCHEDULE_EVENT, on, values={"event.starts_on": to})


def halted(walk: Walk, on: date) -> None:
    walk.do(Action.REQUEST_HALT, on, materials=frozenset({"halt_request"}))
    walk.do(Action.APPROVE_HALT, on, materials=frozenset({"halt_decision"}))


def extension(walk: Walk, on: date, to: date) -> None:
    walk.do(
        Action.REQUEST_EXTENSION, on,
        materials=frozenset({"extension_request"}), values={"request.new_end": to},
    )  # fmt: skip


def event(starts: date = date(2020, 9, 30)) -> Walk:
    return started(EVENT, date(2020, 5, 6), {"event.starts_on": starts})


def test_an_event_moved_later_and_then_too_early_is_due_today_with_its_marks() -> None:
    walk = event()
    moved(walk, date(2020, 7, 1), date(2020, 11, 30))
    found = walk.duty(PREPARATION)
    assert (found.due, found.marks) == (date(2020, 10, 30), ("因会期调整",))
    moved(walk, date(2020, 8, 5), date(2020, 8, 20))
    found = walk.duty(PREPARATION)
    assert (found.legal_due, found.due, found.marks) == (
        date(2020, 7, 20), date(2020, 8, 5), ("因会期调整", "未按期"),
    )  # fmt: skip
    assert [(move.on, move.old, move.new) for move in found.moves] == [
        (date(2020, 7, 1), date(2020, 8, 30), date(2020, 10, 30)),
        (date(2020, 8, 5), date(2020, 10, 30), date(2020, 8, 5)),
    ]
    assert str(walk.report(PREPARATION, date(2020, 8, 5)).status) == "late"


def test_an_accepted_reason_lifts_the_mark_before_the_report_and_after_it() -> None:
    for report_first in (False, True):
        walk = event()
        moved(walk, date(2020, 8, 5), date(2020, 8, 20))
        if report_first:
            walk.report(PREPARATION, date(2020, 8, 5))
        walk.do(Action.ACCEPT_RESCHEDULE, date(2020, 8, 6))
        assert walk.duty(PREPARATION).marks == ("因会期调整",)
        if not report_first:
            walk.report(PREPARATION, date(2020, 8, 5))
        assert str(walk.duty(PREPARATION).status) == "met"
        assert [r.rule for r in walk.refuse(Action.ACCEPT_RESCHEDULE, date(2020, 8, 7)).reasons] == [
            "R-DL-26"
        ]


def test_undoing_an_accepted_reason_brings_the_mark_back() -> None:
    walk = event()
    moved(walk, date(2020, 8, 5), date(2020, 8, 20))
    before = walk.case.duties
    walk.do(Action.ACCEPT_RESCHEDULE, date(2020, 8, 5))
    walk.do(Action.REVERSE_STEP, date(2020, 8, 5))
    assert walk.case.duties == before


def test_an_event_moved_there_and_back_has_its_old_date_and_both_moves() -> None:
    walk = event()
    moved(walk, date(2020, 7, 1), date(2020, 11, 30))
    moved(walk, date(2020, 7, 2), date(2020, 9, 30))
    found = walk.duty(PREPARATION)
    assert (found.due, str(found.status), len(found.moves)) == (date(2020, 8, 30), "open", 2)


def test_a_report_that_was_made_stays_made_when_the_event_moves() -> None:
    walk = event()
    walk.report(PREPARATION, date(2020, 7, 1))
    before = walk.duty(PREPARATION)
    moved(walk, date(2020, 7, 2), date(2020, 11, 30))
    assert walk.duty(PREPARATION) == before


def test_a_date_that_is_fixed_late_does_not_evade_the_month() -> None:
    walk = started(EVENT, date(2020, 5, 6))
    moved(walk, date(2020, 8, 5), date(2020, 8, 20))
    found = walk.duty(PREPARATION)
    assert (found.due, found.marks) == (date(2020, 8, 5), ("会期确定过晚", "未按期"))
    walk.do(Action.ACCEPT_RESCHEDULE, date(2020, 8, 6))
    assert walk.duty(PREPARATION).marks == ("会期确定过晚",)


def test_taking_the_date_away_and_fixing_a_nearer_one_does_not_evade_the_month() -> None:
    walk = event()
    walk.do(Action.CORRECT_RECORD, date(2020, 8, 1), values={"event.starts_on": None})
    assert walk.due()[PREPARATION] == (date(2020, 8, 30), "cancelled")
    walk.do(Action.CORRECT_RECORD, date(2020, 8, 5), values={"event.starts_on": date(2020, 8, 20)})
    found = walk.duty(PREPARATION)
    assert (found.due, str(found.status), found.marks) == (
        date(2020, 8, 5), "open", ("会期确定过晚", "未按期"),
    )  # fmt: skip


def test_a_new_event_date_must_be_a_date() -> None:
    found = event().refuse(Action.RESCHEDULE_EVENT, date(2020, 7, 1), values={"event.starts_on": None})
    assert [reason.rule for reason in found.reasons] == ["R-LIFE-00", "R-DL-26"]


def test_undoing_the_only_change_of_the_event_date_leaves_no_mark() -> None:
    walk = event()
    moved(walk, date(2020, 7, 1), date(2020, 11, 30))
    walk.do(Action.REVERSE_STEP, date(2020, 7, 2))
    found = walk.duty(PREPARATION)
    assert (found.due, found.marks, len(found.moves)) == (date(2020, 8, 30), (), 2)


def test_an_approved_extension_moves_what_is_not_yet_due_and_a_missed_one_stays_missed() -> None:
    """R-DL-25."""
    walk = started(TALENT, date(2020, 8, 31))
    walk.sweep(date(2021, 3, 1))
    extension(walk, date(2021, 3, 2), date(2023, 2, 28))
    walk.do(Action.APPROVE_EXTENSION, date(2021, 3, 9), materials=frozenset({"extension_decision"}))
    assert (walk.case.state, walk.case.facts["project.ends_on"]) == ("executing", date(2023, 2, 28))
    assert walk.due() == {
        "half_year_guidance1": (date(2021, 2, 28), "overdue"),
        "half_year_guidance2": (date(2021, 8, 31), "open"),
        "half_year_guidance3": (date(2022, 2, 28), "open"),
        "half_year_guidance4": (date(2022, 8, 31), "open"),
        "half_year_guidance5": (date(2023, 2, 28), "open"),
        "cycle_summary": (date(2023, 2, 28), "open"),
        "midterm_report": (date(2021, 11, 29), "suggested"),
        "evaluation_opening": (date(2023, 2, 28), "suggested"),
    }


def test_what_was_missed_stays_missed_even_if_no_sweep_came_by_in_between() -> None:
    walk = started(TALENT, date(2020, 8, 31))
    extension(walk, date(2022, 8, 30), date(2023, 2, 28))
    walk.do(Action.APPROVE_EXTENSION, date(2022, 9, 5), materials=frozenset({"extension_decision"}))
    assert walk.due()["cycle_summary"] == (date(2022, 8, 31), "open")
    walk.sweep(date(2022, 9, 5))
    assert walk.due()["cycle_summary"] == (date(2022, 8, 31), "overdue")


def test_a_refused_or_withdrawn_extension_changes_nothing() -> None:
    for answer in (Action.REFUSE_EXTENSION, Action.CANCEL_REQUEST):
        walk = event()
        before, ends = walk.case.duties, walk.case.facts
        extension(walk, date(2020, 8, 3), date(2021, 3, 31))
        walk.do(answer, date(2020, 8, 10))
        assert (walk.case.state, walk.case.duties, walk.case.facts) == ("executing", before, ends)


def test_an_extension_does_not_move_what_follows_the_event() -> None:
    walk = event()
    extension(walk, date(2020, 8, 3), date(2021, 3, 31))
    walk.do(Action.APPROVE_EXTENSION, date(2020, 8, 10), materials=frozenset({"extension_decision"}))
    assert (walk.due()[PREPARATION], walk.due()["evaluation_opening"]) == (
        (date(2020, 8, 30), "open"), (date(2021, 3, 31), "suggested"),
    )  # fmt: skip


def test_a_halt_suspends_what_is_owed_and_what_was_missed_stays() -> None:
    walk = started(TALENT, date(2020, 8, 31))
    halted(walk, date(2021, 3, 2))
    status = {slug: status for slug, (_, status) in walk.due().items()}
    assert (status.pop("half_year_guidance1"), set(status.values())) == ("open", {"suspended"})
    walk.sweep_daily(date(2021, 3, 2), date(2021, 12, 31))
    assert walk.overdue() == {("half_year_guidance", "1")}
    assert {key for _, key, _ in walk.sent} <= {("half_year_guidance", "1")}


def test_a_resumed_project_has_the_days_that_were_left() -> None:
    walk = event(date(2020, 7, 31))
    halted(walk, date(2020, 6, 10))
    walk.do(Action.RESUME_HALTED, date(2020, 9, 1))
    found = walk.duty(PREPARATION)
    assert (found.due, str(found.status)) == (date(2020, 9, 21), "open")
    assert [(move.old, move.new, move.reason) for move in found.moves] == [
        (date(2020, 6, 30), date(2020, 9, 21), "恢复实施")
    ]


def test_a_duty_that_is_still_ahead_at_the_resumption_keeps_its_date() -> None:
    walk = event(date(2020, 12, 31))
    halted(walk, date(2020, 6, 10))
    walk.do(Action.RESUME_HALTED, date(2020, 9, 1))
    assert (walk.due()[PREPARATION], walk.duty(PREPARATION).moves) == ((date(2020, 11, 30), "open"), ())


def test_a_missed_duty_can_be_met_late_after_the_resumption() -> None:
    walk = event(date(2020, 7, 1))
    walk.sweep(date(2020, 6, 2))
    halted(walk, date(2020, 6, 10))
    walk.do(Action.RESUME_HALTED, date(2020, 9, 1))
    assert walk.due()[PREPARATION] == (date(2020, 6, 1), "overdue")
    assert str(walk.report(PREPARATION, date(2020, 9, 2)).status) == "late"


def test_undoing_a_resumption_and_resuming_again_counts_the_same_days_left() -> None:
    walk = event(date(2020, 7, 31))
    halted(walk, date(2020, 6, 10))
    walk.do(Action.RESUME_HALTED, date(2020, 9, 1))
    walk.do(Action.REVERSE_STEP, date(2020, 9, 2))
    assert walk.due()[PREPARATION] == (date(2020, 6, 30), "suspended")
    walk.do(Action.RESUME_HALTED, date(2020, 10, 1))
    assert walk.due()[PREPARATION] == (date(2020, 10, 21), "open")


def test_undoing_a_halt_leaves_the_duties_as_they_were() -> None:
    walk = event(date(2020, 7, 31))
    before = walk.case.duties
    halted(walk, date(2020, 6, 10))
    walk.do(Action.REVERSE_STEP, date(2020, 6, 15))
    assert (walk.case.state, walk.case.duties) == ("halt_pending", before)


def test_a_project_that_ends_cancels_what_is_owed_and_keeps_what_was_missed() -> None:
    """R-SANC-13."""
    walk = started(TALENT, date(2020, 8, 31))
    halted(walk, date(2021, 3, 2))
    walk.do(Action.CLOSE_HALTED, date(2021, 4, 1), materials=frozenset({"settlement"}))
    assert (walk.case.state, walk.overdue()) == ("terminated", {("half_year_guidance", "1")})
    assert {duty.live for duty in walk.case.duties} == {False}
    walk.do(Action.REVERSE_STEP, date(2021, 4, 2))
    status = {slug: status for slug, (_, status) in walk.due().items()}
    assert (status.pop("half_year_guidance1"), set(status.values())) == ("overdue", {"suspended"})


def test_undoing_a_start_cancels_what_it_opened_and_a_new_start_opens_it_again() -> None:
    walk = started(TALENT, date(2020, 8, 31))
    opened = walk.due()
    walk.do(Action.REVERSE_STEP, date(2020, 8, 31))
    assert {status for _, status in walk.due().values()} == {"cancelled"}
    walk.do(Action.START, date(2020, 8, 31), materials=frozenset({"contract"}))
    assert walk.due() == opened


def test_undoing_a_step_that_met_a_duty_opens_it_again_and_overdue_if_its_day_is_past() -> None:
    for on, met, again in ((date(2023, 5, 8), "met", "open"), (date(2023, 5, 9), "late", "overdue")):
        walk = Walk.of()
        walk.do(Action.SUBMIT, date(2023, 4, 24))
        walk.do(Action.ACCEPT_FOR_FORM_REVIEW, date(2023, 4, 25))
        received = {"return.received_on": date(2023, 4, 27)}
        walk.do(Action.RETURN_FOR_COMPLETION, date(2023, 4, 27), values=received)
        walk.do(Action.SUBMIT, on)
        assert walk.due()["completion"] == (date(2023, 5, 8), met)
        walk.do(Action.REVERSE_STEP, on)
        assert walk.due()["completion"] == (date(2023, 5, 8), again)
        assert walk.duty("completion").met_on is None


def test_moving_the_event_into_the_past_again_does_not_revive_what_was_missed() -> None:
    walk = event()
    moved(walk, date(2020, 8, 5), date(2020, 8, 20))
    walk.sweep(date(2020, 8, 6))
    moved(walk, date(2020, 8, 7), date(2020, 8, 21))
    assert walk.due()[PREPARATION] == (date(2020, 8, 5), "overdue")


def test_undoing_a_move_brings_back_a_missed_date_as_missed() -> None:
    walk = event(date(2020, 7, 1))
    walk.sweep(date(2020, 6, 2))
    moved(walk, date(2020, 6, 3), date(2020, 11, 30))
    assert walk.due()[PREPARATION] == (date(2020, 10, 30), "open")
    walk.do(Action.REVERSE_STEP, date(2020, 6, 4))
    assert walk.due()[PREPARATION] == (date(2020, 6, 1), "overdue")


def test_undoing_a_wrong_start_date_puts_every_date_back() -> None:
    walk = started(TALENT, date(2023, 3, 1))
    before = walk.due()
    walk.do(Action.CORRECT_RECORD, date(2023, 8, 31), values={"project.started_on": date(2023, 2, 17)})
    assert walk.due()["half_year_guidance1"] == (date(2023, 8, 17), "open")
    walk.do(Action.REVERSE_STEP, date(2023, 8, 31))
    assert walk.due() == before


def test_an_undo_of_something_else_never_revives_what_an_extension_left_missed() -> None:
    walk = started(TALENT, date(2020, 8, 31))
    extension(walk, date(2022, 8, 30), date(2023, 2, 28))
    walk.do(Action.APPROVE_EXTENSION, date(2022, 9, 5), materials=frozenset({"extension_decision"}))
    walk.sweep(date(2022, 9, 5))
    walk.do(Action.MIDTERM_OPEN, date(2022, 9, 6))
    walk.do(Action.REVERSE_STEP, date(2022, 9, 7))
    assert walk.due()["cycle_summary"] == (date(2022, 8, 31), "overdue")
