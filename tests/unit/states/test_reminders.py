"""Reminders before, on and after the day; the overdue mark; catching up; no flood and no silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from states.decision import Duty, Move
from states.names import DutyStatus
from states.reminders import next_day, reminder_days, tick
from tests.factories import EVENT, programme

DUE = date(2020, 6, 30)
SPEC = programme(EVENT).duties["preparation_report"]
DUTY = Duty(
    slug="preparation_report", occurrence="", rule="R-DL-05", label="筹备方案汇报",
    owed_by="undertaking_unit", anchor="event.starts_on", anchor_date=date(2020, 7, 31),
    legal_due=DUE, due=DUE, soft_due=DUE, provisional=False, suggested=False,
    status=DutyStatus.OPEN, opened_on=date(2020, 5, 1),
)  # fmt: skip
SUGGESTED = replace(DUTY, suggested=True, status=DutyStatus.SUGGESTED)


def day(offset: int) -> date:
    return DUE + timedelta(days=offset)


def swept(duty: Duty, days: list[date]) -> list[tuple[date, int | None, str]]:
    """What each sweep does: its reminder, and the status after it."""
    seen: list[tuple[date, int | None, str]] = []
    reminded: date | None = None
    for today in days:
        found = tick(duty, SPEC, today, reminded)
        duty = replace(duty, status=found.status)
        reminded = today if found.offset is not None else reminded
        seen.append((today, found.offset, str(found.status)))
    return seen


def test_the_plan_of_the_pack_speaks_before_on_and_after_the_day_and_then_monthly() -> None:
    """R-DL-02."""
    offsets = [offset for _, offset in reminder_days(DUTY, SPEC, day(110))]
    assert offsets == [-30, -14, -7, -3, -1, 0, 1, 7, 14, 44, 74, 104]


def test_daily_sweeps_speak_on_exactly_the_days_of_the_plan() -> None:
    seen = swept(DUTY, [day(n) for n in range(-40, 80)])
    assert [(today, offset) for today, offset, _ in seen if offset is not None] == [
        (day(n), n) for n in (-30, -14, -7, -3, -1, 0, 1, 7, 14, 44, 74)
    ]


def test_a_duty_is_overdue_from_the_day_after_and_not_on_the_day() -> None:
    assert [status for _, _, status in swept(DUTY, [day(-1), day(0), day(1), day(2)])] == [
        "open", "open", "overdue", "overdue",
    ]  # fmt: skip


def test_after_forty_five_days_without_a_sweep_there_is_one_reminder() -> None:
    assert swept(DUTY, [day(-8), day(45), day(45), day(46), day(74)]) == [
        (day(-8), -14, "open"),
        (day(45), 44, "overdue"),
        (day(45), None, "overdue"),
        (day(46), None, "overdue"),
        (day(74), 74, "overdue"),
    ]


def test_a_second_sweep_of_a_day_says_nothing() -> None:
    for n in (-30, 0, 1, 3, 7, 44):
        assert [offset is None for _, offset, _ in swept(DUTY, [day(n), day(n)])] == [False, True]


def test_what_was_to_be_said_before_the_day_is_not_said_after_it() -> None:
    assert swept(DUTY, [day(-5), day(5)]) == [(day(-5), -7, "open"), (day(5), 1, "overdue")]


def test_turning_overdue_is_said_even_when_the_plan_begins_later() -> None:
    opened_late = replace(DUTY, opened_on=day(9))
    assert swept(opened_late, [day(9), day(14)]) == [(day(9), 7, "overdue"), (day(14), 14, "overdue")]


def test_a_suggested_date_is_spoken_of_and_never_overdue() -> None:
    seen = swept(SUGGESTED, [day(n) for n in range(-40, 80)])
    assert {status for _, _, status in seen} == {"suggested"}
    assert [offset for _, offset, _ in seen if offset is not None] == [
        -30, -14, -7, -3, -1, 0, 1, 7, 14, 44, 74,
    ]  # fmt: skip


def test_reminders_before_the_day_lead_to_the_working_day_before_it() -> None:
    soft = replace(DUTY, due=date(2021, 2, 28), soft_due=date(2021, 2, 26))
    days = [found for found, _ in reminder_days(soft, SPEC, date(2021, 3, 1))]
    assert days[-3:] == [date(2021, 2, 25), date(2021, 2, 26), date(2021, 3, 1)]


@pytest.mark.parametrize(
    "changes",
    [
        {"opened_on": day(-10)},
        {"opened_on": day(-60), "moves": (Move(day(-10), day(-20), DUE, "会期调整"),)},
    ],
)
def test_nothing_is_said_of_days_before_the_duty_was_opened_or_moved(changes: dict[str, object]) -> None:
    offsets = [offset for _, offset in reminder_days(replace(DUTY, **changes), SPEC, DUE)]  # type: ignore[arg-type]
    assert offsets == [-7, -3, -1, 0]


def test_without_a_plan_a_duty_still_turns_overdue_and_is_then_left_alone() -> None:
    silent = replace(SPEC, before=(), after=(), repeat=None)
    found = tick(DUTY, silent, day(1), None)
    assert (found.status, found.offset, found.next_on) == (DutyStatus.OVERDUE, None, None)
    assert next_day(DUTY, silent, day(-40)) == day(1)
    assert next_day(SUGGESTED, silent, day(-40)) is None


def test_the_next_day_to_look_is_the_next_day_of_the_plan() -> None:
    today, visited = day(-40), []
    while today < day(80):
        found = next_day(DUTY, SPEC, today)
        assert found is not None
        visited.append((found - DUE).days)
        today = found
    assert visited == [-30, -14, -7, -3, -1, 0, 1, 7, 14, 44, 74, 104]


@pytest.mark.parametrize(
    "status", [DutyStatus.MET, DutyStatus.LATE, DutyStatus.SUSPENDED, DutyStatus.CANCELLED]
)
def test_what_is_no_longer_owed_is_never_looked_at_again(status: DutyStatus) -> None:
    assert next_day(replace(DUTY, status=status), SPEC, day(-40)) is None
