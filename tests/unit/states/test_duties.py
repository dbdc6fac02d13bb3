"""Which duties a project owes and by when, from the first day to the last."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from states.names import Action
from tests.factories import EVENT, PLATFORM, SOCIETY, TALENT, Walk, approved, context, programme, started

REPORT = frozenset({"evaluation_report"})
PAPER = frozenset({"rectification_report"})
HALT = "halt_request2020-06-01"


def evaluated(slug: str, start: date, on: date, *, issues: bool = True) -> Walk:
    """A walk to the conclusion of its first evaluation, all on one day."""
    walk = started(slug, start)
    walk.do(Action.OPEN_EVALUATION, on)
    conclude(walk, on, issues=issues)
    return walk


def conclude(walk: Walk, on: date, *, issues: bool = True) -> None:
    values = {"evaluation.conclusion": "合格", "evaluation.has_issues": issues}
    walk.do(Action.RECORD_EVALUATION, on, materials=REPORT, values=values)
    walk.do(Action.EVALUATE_ISSUES if issues else Action.EVALUATE_PASS, on)


def received(walk: Walk, on: date) -> None:
    walk.do(Action.RECORD_RECEIPT, on, values={"evaluation.received_on": on})


def test_the_one_month_report_is_due_the_corresponding_day_before_the_event() -> None:
    walk = started(EVENT, date(2020, 5, 6), {"event.starts_on": date(2020, 7, 31)})
    assert walk.due()["preparation_report"] == (date(2020, 6, 30), "open")
    assert [walk.sweep(day) for day in (date(2020, 6, 23), date(2020, 6, 30))] == [
        [(("preparation_report", ""), -7)],
        [(("preparation_report", ""), 0)],
    ]


@pytest.mark.parametrize(
    ("on", "status"), [(date(2020, 6, 30), "met"), (date(2020, 7, 1), "late"), (date(2020, 6, 1), "met")]
)
def test_a_report_on_the_day_is_in_time_and_a_day_later_late(on: date, status: str) -> None:
    walk = started(EVENT, date(2020, 5, 6), {"event.starts_on": date(2020, 7, 31)})
    found = walk.report("preparation_report", on)
    assert (str(found.status), found.met_on) == (status, on)


def test_before_an_event_the_legal_day_stays_and_the_working_day_before_is_reminded() -> None:
    walk = started(EVENT, date(2020, 12, 7), {"event.starts_on": date(2021, 3, 31)})
    found = walk.duty("preparation_report")
    assert (found.due, found.soft_due) == (date(2021, 2, 28), date(2021, 2, 26))


def test_without_a_receipt_rectification_counts_from_the_conclusion_only_if_the_pack_says_so() -> None:
    """R-AMB-24: and a receipt that is recorded later moves it."""
    silent = evaluated(SOCIETY, date(2016, 6, 6), date(2016, 11, 28))
    assert "rectification_report" not in silent.due()

    walk = started(SOCIETY, date(2016, 6, 6))
    walk.context = replace(walk.context, programme=programme(SOCIETY, receipt_falls_back=True))
    walk.do(Action.OPEN_EVALUATION, date(2016, 11, 28))
    conclude(walk, date(2016, 11, 28))
    assert walk.due()["rectification_report"] == (date(2017, 2, 28), "open")
    received(walk, date(2016, 12, 5))
    assert walk.due()["rectification_report"] == (date(2017, 3, 6), "open")


def test_of_a_cancelled_event_the_report_waits_and_a_halt_is_expected() -> None:
    """R-AMB-47: a new date starts the report again, a halt that is asked for meets the task."""
    walk = started(EVENT, date(2020, 5, 6), {"event.starts_on": date(2020, 7, 31)})
    walk.do(Action.RESCHEDULE_EVENT, date(2020, 6, 1), values={"event.cancelled_on": date(2020, 6, 1)})
    waiting = {slug: walk.due()[slug] for slug in ("preparation_report", HALT)}
    assert waiting == {
        "preparation_report": (date(2020, 6, 30), "suspended"),
        HALT: (date(2020, 6, 8), "suggested"),
    }
    assert walk.sweep(date(2020, 7, 1)) == [(("halt_request", "2020-06-01"), 7)]

    again = Walk(walk.case, walk.context)
    again.do(Action.RESCHEDULE_EVENT, date(2020, 7, 2), values={"event.starts_on": date(2020, 10, 20)})
    assert again.due()["preparation_report"] == (date(2020, 9, 20), "open")
    assert again.due()[HALT][1] == "cancelled"

    walk.do(Action.REQUEST_HALT, date(2020, 7, 2), materials=frozenset({"halt_request"}))
    assert walk.due()[HALT][1] == "met"
    assert walk.due()["preparation_report"][1] == "suspended"


def cancel(walk: Walk, on: date) -> None:
    walk.do(Action.RESCHEDULE_EVENT, on, values={"event.cancelled_on": on})


def test_while_the_event_is_off_a_halt_that_was_not_granted_is_expected_again() -> None:
    """R-AMB-47: and each cancellation expects its own."""
    walk = started(EVENT, date(2020, 5, 6), {"event.starts_on": date(2020, 7, 31)})
    cancel(walk, date(2020, 6, 1))
    for withdrawn in (Action.CANCEL_REQUEST, Action.REFUSE_HALT):
        walk.do(Action.REQUEST_HALT, date(2020, 6, 2), materials=frozenset({"halt_request"}))
        assert walk.due()[HALT][1] == "met"
        walk.do(withdrawn, date(2020, 6, 3))
        assert walk.due()[HALT][1] == "suggested"
    walk.do(Action.RESCHEDULE_EVENT, date(2020, 6, 4), values={"event.starts_on": date(2020, 10, 20)})
    cancel(walk, date(2020, 7, 6))
    assert walk.due()[HALT][1] == "cancelled"
    assert walk.due()["halt_request2020-07-06"] == (date(2020, 7, 13), "suggested")


def test_a_new_date_that_is_undone_leaves_the_cancelled_event_with_its_old_one() -> None:
    """R-AMB-47, R-LIFE-160."""
    walk = started(EVENT, date(2020, 5, 6), {"event.starts_on": date(2020, 9, 16)})
    cancel(walk, date(2020, 6, 1))
    walk.do(Action.RESCHEDULE_EVENT, date(2020, 6, 4), values={"event.starts_on": date(2020, 10, 20)})
    walk.do(Action.REVERSE_STEP, date(2020, 6, 5))
    assert walk.due()["preparation_report"] == (date(2020, 8, 16), "suspended")


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"event.cancelled_on": date(2020, 6, 2)}, "R-AMB-47"),
        ({"event.cancelled_on": date(2020, 4, 1)}, "R-AMB-47"),
        ({"event.cancelled_on": date(2020, 6, 1), "event.starts_on": date(2020, 9, 1)}, "R-AMB-47"),
        ({"event.starts_on": date(2020, 7, 31)}, "R-DL-26"),
        ({"event.ends_on": date(2020, 7, 30)}, "R-DL-26"),
        ({"event.starts_on": date(2020, 4, 1)}, "R-DL-26"),
    ],
    ids=[
        "in the future",
        "before the approval",
        "with a new date",
        "no change",
        "end before start",
        "too early",
    ],
)
def test_a_date_of_an_event_that_cannot_be_is_refused(values: dict[str, date], rule: str) -> None:
    walk = started(EVENT, date(2020, 5, 6), {"event.starts_on": date(2020, 7, 31)})
    told = walk.refuse(Action.RESCHEDULE_EVENT, date(2020, 6, 1), values=values)
    assert [reason.rule for reason in told.reasons] == [rule]


def test_a_date_entered_undone_and_entered_again_is_due_on_the_day_it_is_known() -> None:
    """R-AMB-47: nobody is late before the date was there."""
    walk = started(EVENT, date(2020, 5, 6))
    for _ in range(2):
        walk.do(Action.RESCHEDULE_EVENT, date(2020, 6, 14), values={"event.starts_on": date(2020, 7, 1)})
        assert walk.due()["preparation_report"] == (date(2020, 6, 14), "open")
        assert walk.duty("preparation_report").marks == ("会期确定过晚", "未按期")
        walk.do(Action.REVERSE_STEP, date(2020, 6, 14))


def test_a_day_that_was_recorded_and_taken_back_has_to_be_recorded_again() -> None:
    """R-AMB-24, R-AMB-47: whatever counts from a day waits for somebody as long as there is none."""
    walk = started(EVENT, date(2020, 5, 6), {"event.starts_on": date(2020, 9, 16)})
    walk.do(Action.CORRECT_RECORD, date(2020, 6, 1), values={"event.starts_on": None})
    assert walk.due()["event_date"][1] == "suggested"
    walk.do(Action.CORRECT_RECORD, date(2020, 6, 2), values={"event.starts_on": date(2020, 9, 20)})
    walk.do(Action.CORRECT_RECORD, date(2020, 6, 3), values={"event.starts_on": None})
    assert walk.due()["event_date"][1] == "suggested"

    mending = evaluated(SOCIETY, date(2016, 6, 6), date(2016, 11, 28))
    received(mending, date(2016, 11, 30))
    mending.do(Action.CORRECT_RECORD, date(2016, 12, 1), values={"evaluation.received_on": None})
    assert {slug: mending.due()[slug][1] for slug in ("result_receipt", "evaluation_feedback")} == {
        "result_receipt": "suggested",
        "evaluation_feedback": "suggested",
    }


def test_a_receipt_that_was_recorded_wrongly_is_corrected_even_when_its_time_is_over() -> None:
    """R-DL-37: the unit is not late by somebody else's slip."""
    walk = Walk.of(PLATFORM)
    walk.do(Action.SUBMIT, date(2023, 4, 3))
    walk.do(Action.ACCEPT_FOR_FORM_REVIEW, date(2023, 4, 3))
    walk.do(Action.RETURN_FOR_COMPLETION, date(2023, 4, 3))
    walk.do(Action.RECORD_RECEIPT, date(2023, 4, 10), values={"return.received_on": date(2023, 4, 6)})
    walk.sweep(date(2023, 4, 14))
    assert walk.due()["completion"] == (date(2023, 4, 13), "overdue")
    walk.do(Action.CORRECT_RECORD, date(2023, 4, 14), values={"return.received_on": date(2023, 4, 10)})
    assert walk.due()["completion"] == (date(2023, 4, 17), "open")
    walk.refuse(Action.LAPSE, date(2023, 4, 14))


def test_a_cancelled_event_that_was_cancelled_by_mistake_owes_its_report_as_before() -> None:
    """R-AMB-47, R-LIFE-160."""
    walk = started(EVENT, date(2020, 5, 6), {"event.starts_on": date(2020, 7, 31)})
    walk.do(Action.RESCHEDULE_EVENT, date(2020, 6, 1), values={"event.cancelled_on": date(2020, 6, 1)})
    walk.do(Action.REVERSE_STEP, date(2020, 6, 2))
    assert walk.due()["preparation_report"] == (date(2020, 6, 30), "open")
    assert walk.due()[HALT][1] == "cancelled"


def test_without_an_event_date_no_report_is_owed_until_one_is_fixed() -> None:
    walk = started(EVENT, date(2020, 5, 6))
    assert "preparation_report" not in walk.due()
    walk.do(Action.RESCHEDULE_EVENT, date(2020, 6, 1), values={"event.starts_on": date(2020, 9, 30)})
    assert walk.due()["preparation_report"] == (date(2020, 8, 30), "open")


@pytest.mark.parametrize(
    ("start", "concluded", "receipt", "due"),
    [
        (date(2016, 6, 6), date(2016, 11, 28), date(2016, 11, 30), date(2017, 2, 28)),
        (date(2016, 5, 9), date(2016, 6, 28), date(2016, 7, 1), date(2016, 10, 8)),
        (date(2019, 6, 6), date(2019, 11, 25), date(2019, 11, 29), date(2020, 3, 2)),
    ],
)
def test_rectification_is_due_three_months_after_the_receipt(
    start: date, concluded: date, receipt: date, due: date
) -> None:
    walk = evaluated(SOCIETY, start, concluded)
    assert "rectification_report" not in walk.due()
    received(walk, receipt)
    assert walk.due()["rectification_report"] == (due, "open")


def test_an_overdue_rectification_is_reminded_three_times_and_nobody_is_disqualified() -> None:
    walk = evaluated(SOCIETY, date(2016, 6, 6), date(2016, 11, 28))
    received(walk, date(2016, 11, 30))
    walk.sweep_daily(date(2016, 11, 30), date(2017, 2, 28))
    before = len(walk.sent)
    key = ("rectification_report", "")
    assert key not in walk.overdue()
    walk.sweep_daily(date(2017, 3, 1), date(2017, 3, 14))
    assert [told for told in walk.sent[before:] if told[1] == key] == [
        (date(2017, 3, 1), key, 1),
        (date(2017, 3, 7), key, 7),
        (date(2017, 3, 14), key, 14),
    ]
    assert walk.case.state == "rectifying"
    assert key in walk.overdue()
    walk.do(Action.SUBMIT_RECTIFICATION, date(2017, 3, 20), materials=PAPER)
    assert (walk.case.state, walk.due()["rectification_report"]) == (
        "rectification_submitted", (date(2017, 2, 28), "late"),
    )  # fmt: skip


def test_a_returned_rectification_keeps_its_date() -> None:
    walk = evaluated(SOCIETY, date(2016, 6, 6), date(2016, 11, 28))
    received(walk, date(2016, 11, 30))
    walk.do(Action.SUBMIT_RECTIFICATION, date(2017, 1, 9), materials=PAPER)
    assert walk.due()["rectification_report"] == (date(2017, 2, 28), "met")
    walk.do(Action.RETURN_RECTIFICATION, date(2017, 1, 16))
    found = walk.duty("rectification_report")
    assert (found.due, found.status, found.met_on, found.moves) == (date(2017, 2, 28), "open", None, ())
    walk.do(Action.SUBMIT_RECTIFICATION, date(2017, 3, 1), materials=PAPER)
    assert walk.due()["rectification_report"] == (date(2017, 2, 28), "late")


def test_a_rectification_is_extended_by_decision_only_and_only_to_a_later_day() -> None:
    walk = evaluated(SOCIETY, date(2016, 6, 6), date(2016, 11, 28))
    received(walk, date(2016, 11, 30))
    for wrong in (date(2017, 2, 28), date(2017, 1, 5)):
        found = walk.refuse(
            Action.EXTEND_RECTIFICATION, date(2017, 1, 9), values={"rectification.due_on": wrong}
        )
        assert [reason.message for reason in found.reasons] == ["新的整改期限须晚于 2017-02-28"]
    walk.do(
        Action.EXTEND_RECTIFICATION, date(2017, 2, 20), values={"rectification.due_on": date(2017, 4, 14)}
    )
    found_duty = walk.duty("rectification_report")
    assert (found_duty.due, found_duty.status) == (date(2017, 4, 14), "open")
    assert [(move.old, move.new) for move in found_duty.moves] == [(date(2017, 2, 28), date(2017, 4, 14))]


def test_a_date_set_before_the_receipt_never_shortens_the_three_months() -> None:
    walk = evaluated(SOCIETY, date(2016, 6, 6), date(2016, 11, 28))
    walk.do(
        Action.EXTEND_RECTIFICATION, date(2016, 11, 29), values={"rectification.due_on": date(2016, 12, 5)}
    )
    received(walk, date(2016, 11, 30))
    assert walk.due()["rectification_report"] == (date(2017, 2, 28), "open")


def test_a_second_evaluation_round_has_duties_of_its_own() -> None:
    walk = evaluated(SOCIETY, date(2016, 6, 6), date(2016, 11, 28))
    received(walk, date(2016, 11, 30))
    walk.do(Action.SUBMIT_RECTIFICATION, date(2017, 1, 9), materials=PAPER)
    walk.do(Action.ACCEPT_RECTIFICATION, date(2017, 1, 16))
    walk.do(Action.OPEN_EVALUATION, date(2017, 11, 27))
    conclude(walk, date(2017, 11, 28))
    received(walk, date(2017, 11, 30))
    assert {name: due for name, due in walk.due().items() if not name.startswith("monthly")} == {
        "evaluation_feedback": (date(2016, 12, 8), "met"),
        "result_receipt": (date(2016, 12, 5), "met"),
        "rectification_report": (date(2017, 2, 28), "met"),
        "evaluation_feedback2": (date(2017, 12, 8), "met"),
        "result_receipt2": (date(2017, 12, 5), "met"),
        "rectification_report2": (date(2018, 2, 28), "open"),
    }


def test_half_years_end_at_six_twelve_eighteen_and_twenty_four_months_from_the_start() -> None:
    """R-DL-07."""
    walk = started(TALENT, date(2020, 8, 31))
    windows = {d.occurrence: d.due for d in walk.case.duties if d.slug == "half_year_guidance"}
    assert windows == {
        "1": date(2021, 2, 28),
        "2": date(2021, 8, 31),
        "3": date(2022, 2, 28),
        "4": date(2022, 8, 31),
    }


@pytest.mark.parametrize(
    ("start", "ends"),
    [(date(2020, 4, 22), date(2022, 4, 22)), (date(2020, 2, 29), date(2022, 2, 28))],
)
def test_the_cycle_ends_two_years_after_the_start(start: date, ends: date) -> None:
    """R-DL-08."""
    walk = started("h20-young-talent", start)
    assert (walk.case.facts["project.ends_on"], walk.due()["cycle_summary"]) == (ends, (ends, "open"))


def test_the_midterm_of_a_talent_is_suggested_after_twelve_months_and_others_at_midpoint() -> None:
    talent, event = started(TALENT, date(2023, 6, 5)), started(EVENT, date(2020, 5, 6))
    assert [walk.due()["midterm_report"] for walk in (talent, event)] == [
        (date(2024, 6, 5), "suggested"),
        (date(2020, 9, 2), "suggested"),
    ]


def test_completion_is_due_five_working_days_after_the_receipt_and_lapses_only_then() -> None:
    walk = Walk.of(PLATFORM)
    walk.do(Action.SUBMIT, date(2023, 4, 24))
    walk.do(Action.ACCEPT_FOR_FORM_REVIEW, date(2023, 4, 25))
    walk.do(Action.RETURN_FOR_COMPLETION, date(2023, 4, 26))
    assert walk.due() == {"completion_receipt": (date(2023, 5, 4), "suggested")}
    early = walk.refuse(
        Action.RECORD_RECEIPT, date(2023, 4, 27), values={"return.received_on": date(2023, 4, 25)}
    )
    assert [reason.rule for reason in early.reasons] == ["R-AMB-24"]
    walk.do(Action.RECORD_RECEIPT, date(2023, 4, 27), values={"return.received_on": date(2023, 4, 27)})
    assert walk.due()["completion"] == (date(2023, 5, 8), "open")
    assert [r.rule for r in walk.refuse(Action.LAPSE, date(2023, 5, 8)).reasons] == ["R-AMB-08"]
    assert walk.do(Action.LAPSE, date(2023, 5, 9)).dest == "form_failed"
    assert walk.due()["completion"] == (date(2023, 5, 8), "overdue")


def test_an_application_is_returned_once_and_its_completion_meets_the_duty() -> None:
    walk = Walk.of(PLATFORM)
    walk.do(Action.SUBMIT, date(2023, 4, 24))
    walk.do(Action.ACCEPT_FOR_FORM_REVIEW, date(2023, 4, 25))
    values = {"return.received_on": date(2023, 4, 26), "return.due_on": date(2023, 5, 19)}
    walk.do(Action.RETURN_FOR_COMPLETION, date(2023, 4, 26), values=values)
    assert walk.due()["completion"] == (date(2023, 5, 19), "open")
    walk.do(Action.SUBMIT, date(2023, 5, 19))
    assert walk.due()["completion"] == (date(2023, 5, 19), "met")
    walk.do(Action.ACCEPT_FOR_FORM_REVIEW, date(2023, 5, 22))
    again = walk.refuse(Action.RETURN_FOR_COMPLETION, date(2023, 5, 23))
    assert [reason.message for reason in again.reasons] == ["申报材料只能退回补正一次，本项目已退回过"]


def test_where_the_pack_lets_an_application_return_twice_the_second_has_its_own_duty() -> None:
    walk = Walk.of(PLATFORM)
    walk.context = replace(context(), programme=programme(PLATFORM, completion_once=False))
    walk.do(Action.SUBMIT, date(2023, 4, 3))
    for day in (date(2023, 4, 4), date(2023, 4, 18)):
        walk.do(Action.ACCEPT_FOR_FORM_REVIEW, day)
        walk.do(Action.RETURN_FOR_COMPLETION, day, values={"return.received_on": day})
        walk.do(Action.SUBMIT, day)
    assert walk.due() == {"completion": (date(2023, 4, 12), "met"), "completion2": (date(2023, 4, 24), "met")}


def test_only_what_a_pack_lists_is_owed() -> None:
    facts = {"event.starts_on": date(2016, 12, 1)}
    assert started(SOCIETY, date(2016, 6, 6), facts).due().keys() == {"monthly_progress2016-05"}
    assert set(approved(PLATFORM, date(2023, 5, 4), {"event.starts_on": date(2023, 9, 1)}).due()) == {
        "preparation_report"
    }
