"""Reminders before, on and after the day; the overdue mark; the ladder; catching up without a flood."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from lifecycle.calendars import load_calendar
from states.calendar import Calendar
from states.catalogue import DutySpec, Rung
from states.names import DutyStatus
from states.reminders import Tick, Watched, reminder_days, tick
from tests.factories import EVENT, programme

CHINA = load_calendar()
EVERY_DAY = Calendar(
    frozenset(), frozenset(date(2020, 1, 1) + timedelta(days=n) for n in range(900)), frozenset()
)
"""A calendar without rest days, so that a test can count plain days."""
DUE = date(2020, 6, 30)
SPEC = replace(programme(EVENT).duties["preparation_report"], escalate=())
LADDER = (Rung(7, "superior"), Rung(14, "prov_association"))
CLIMBING = replace(SPEC, escalate=LADDER)
DUTY = Watched(
    status=DutyStatus.OPEN, suggested=False, due=DUE, soft_due=DUE, late_after=DUE,
    plan_from=date(2020, 5, 1), entered_on=date(2020, 5, 1),
)  # fmt: skip
SUGGESTED = replace(DUTY, suggested=True, status=DutyStatus.SUGGESTED)


def day(offset: int) -> date:
    return DUE + timedelta(days=offset)


def after(duty: Watched, seen: Tick, today: date) -> Watched:
    """The duty as the record keeps it after a sweep."""
    reminded = today if seen.offset is not None else duty.reminded_on
    duty = replace(duty, status=seen.status, reminded_on=reminded, told_on=seen.told_on)
    return replace(duty, escalated=seen.rung.after, escalated_on=today) if seen.rung else duty


def swept(
    duty: Watched, days: list[date], spec: DutySpec | None = None, calendar: Calendar = EVERY_DAY
) -> list[Tick]:
    """What the sweeps of these days do, one after the other."""
    seen: list[Tick] = []
    for today in days:
        found = tick(duty, spec or SPEC, today, calendar)
        duty = after(duty, found, today)
        seen.append(found)
    return seen


def said(duty: Watched, offsets: list[int]) -> list[tuple[int, int | None, str]]:
    """Day of the sweep, its reminder, and the status after it."""
    found = swept(duty, [day(n) for n in offsets])
    return [(n, seen.offset, str(seen.status)) for n, seen in zip(offsets, found, strict=True)]


def test_the_plan_of_the_pack_speaks_before_on_and_after_the_day_and_then_monthly() -> None:
    """R-DL-02."""
    offsets = [offset for _, offset in reminder_days(DUTY, SPEC, day(110), EVERY_DAY)]
    assert offsets == [-30, -14, -7, -3, -1, 0, 1, 7, 14, 44, 74, 104]
    later = [offset for _, offset in reminder_days(DUTY, SPEC, day(400), EVERY_DAY, after=day(300))]
    assert later == [314, 344, 374]


def test_daily_sweeps_speak_on_exactly_the_days_of_the_plan() -> None:
    seen = said(DUTY, list(range(-40, 80)))
    assert [(n, offset) for n, offset, _ in seen if offset is not None] == [
        (n, n) for n in (-30, -14, -7, -3, -1, 0, 1, 7, 14, 44, 74)
    ]


def test_a_duty_is_overdue_from_the_day_after_and_not_on_the_day() -> None:
    assert [status for _, _, status in said(DUTY, [-1, 0, 1, 2])] == ["open", "open", "overdue", "overdue"]


def test_after_forty_five_days_without_a_sweep_there_is_one_reminder() -> None:
    assert said(DUTY, [-8, 45, 45, 46, 74]) == [
        (-8, -14, "open"),
        (45, 44, "overdue"),
        (45, None, "overdue"),
        (46, None, "overdue"),
        (74, 74, "overdue"),
    ]


def test_a_second_sweep_of_a_day_says_nothing() -> None:
    for n in (-30, 0, 1, 3, 7, 44):
        assert [offset is None for _, offset, _ in said(DUTY, [n, n])] == [False, True]


def test_what_was_to_be_said_before_the_day_is_not_said_after_it() -> None:
    assert said(DUTY, [-5, 5]) == [(-5, -7, "open"), (5, 1, "overdue")]


def test_a_duty_that_was_moved_into_the_past_is_said_to_be_overdue_at_once() -> None:
    moved = replace(DUTY, plan_from=day(9))
    assert said(moved, [9, 13, 14]) == [(9, 7, "overdue"), (13, None, "overdue"), (14, 14, "overdue")]


def test_what_was_past_due_when_it_was_entered_is_marked_and_spoken_of_only_when_asked() -> None:
    late = replace(DUTY, plan_from=day(9), entered_on=day(9))
    assert said(late, [9, 14, 44, 104]) == [(n, None, "overdue") for n in (9, 14, 44, 104)]
    assert tick(late, CLIMBING, day(9), EVERY_DAY).next_on is None
    marked = replace(late, status=DutyStatus.OVERDUE)
    asked = tick(marked, SPEC, day(20), EVERY_DAY, past=True)
    assert (asked.offset, asked.told_on, asked.next_on) == (14, day(20), day(44))
    assert tick(after(marked, asked, day(20)), SPEC, day(44), EVERY_DAY).offset == 44


def test_of_a_suggested_date_that_was_past_when_it_was_entered_nothing_is_said_unless_asked() -> None:
    late = replace(SUGGESTED, plan_from=day(9), entered_on=day(9))
    assert [seen.offset for seen in swept(late, [day(9), day(44)])] == [None, None]
    assert tick(late, SPEC, day(9), EVERY_DAY, past=True).offset == 7


def test_a_suggested_date_is_spoken_of_and_never_overdue() -> None:
    seen = said(SUGGESTED, list(range(-40, 80)))
    assert {status for _, _, status in seen} == {"suggested"}
    assert [offset for _, offset, _ in seen if offset is not None] == [
        -30, -14, -7, -3, -1, 0, 1, 7, 14, 44, 74,
    ]  # fmt: skip


def test_reminders_before_the_day_lead_to_the_working_day_before_it() -> None:
    soft = replace(DUTY, due=date(2021, 2, 28), late_after=date(2021, 2, 28), soft_due=date(2021, 2, 26))
    days = [found for found, _ in reminder_days(soft, SPEC, date(2021, 3, 1), CHINA)]
    assert days[-3:] == [date(2021, 2, 25), date(2021, 2, 26), date(2021, 3, 1)]


def test_no_reminder_is_planned_for_a_rest_day() -> None:
    """Before the due date on the working day before, after it on the next one; of two on a day the later."""
    monday = date(2020, 10, 12)
    duty = replace(DUTY, due=monday, soft_due=monday, late_after=monday)
    plan = reminder_days(duty, SPEC, date(2020, 12, 31), CHINA)
    assert all(CHINA.is_workday(found) for found, _ in plan)
    assert [(f"{found:%m-%d}", offset) for found, offset in plan] == [
        ("09-11", -30), ("09-28", -14), ("09-30", -7), ("10-09", -3), ("10-10", -1), ("10-12", 0),
        ("10-13", 1), ("10-19", 7), ("10-26", 14), ("11-25", 44), ("12-25", 74),
    ]  # fmt: skip
    friday = replace(duty, due=date(2020, 11, 6), soft_due=date(2020, 11, 6), late_after=date(2020, 11, 6))
    plan = reminder_days(friday, SPEC, date(2020, 11, 13), CHINA)
    assert [(f"{found:%m-%d}", n) for found, n in plan][-4:] == [
        ("11-05", -1), ("11-06", 0), ("11-09", 1), ("11-13", 7),
    ]  # fmt: skip


def test_two_days_of_the_plan_that_fall_on_one_working_day_are_said_once() -> None:
    monday = date(2020, 11, 9)
    duty = replace(DUTY, due=monday, soft_due=monday, late_after=monday)
    assert [n for _, n in reminder_days(duty, SPEC, monday, CHINA)][-3:] == [-7, -1, 0]


@pytest.mark.parametrize("since", [{"plan_from": day(-10), "entered_on": day(-10)}, {"plan_from": day(-10)}])
def test_nothing_is_said_of_days_before_the_duty_was_entered_or_moved(since: dict[str, date]) -> None:
    offsets = [n for _, n in reminder_days(replace(DUTY, **since), SPEC, DUE, EVERY_DAY)]
    assert offsets == [-7, -3, -1, 0]


def test_without_a_plan_a_duty_still_turns_overdue_and_is_then_left_alone() -> None:
    silent = replace(CLIMBING, before=(), after=(), repeat=None)
    found = tick(DUTY, silent, day(1), EVERY_DAY)
    assert (found.status, found.offset, found.next_on) == (DutyStatus.OVERDUE, None, None)
    assert tick(DUTY, silent, day(-40), EVERY_DAY).next_on == day(1)
    assert tick(SUGGESTED, silent, day(-40), EVERY_DAY).next_on is None


def test_within_an_internal_grace_nothing_is_overdue_and_what_it_held_back_is_said_after_it() -> None:
    graced = replace(DUTY, late_after=day(10))
    assert said(graced, [0, 1, 7, 10, 11, 14]) == [
        (0, 0, "open"), (1, None, "open"), (7, None, "open"), (10, None, "open"), (11, 7, "overdue"),
        (14, 14, "overdue"),
    ]  # fmt: skip
    assert tick(graced, SPEC, day(10), EVERY_DAY).next_on == day(11)


def climbed(duty: Watched, offsets: list[int], calendar: Calendar = EVERY_DAY) -> list[tuple[int, str]]:
    """The days on which a next level was told, with whom."""
    seen = swept(duty, [day(n) for n in offsets], CLIMBING, calendar)
    return [(n, found.rung.to) for n, found in zip(offsets, seen, strict=True) if found.rung]


def test_the_next_levels_are_told_on_the_days_of_the_pack_each_once() -> None:
    assert climbed(DUTY, list(range(-40, 90))) == [(7, "superior"), (14, "prov_association")]


def test_escalation_counts_from_the_day_on_which_the_unit_was_told() -> None:
    """Days on which nobody could see a reminder do not spend the ladder."""
    assert climbed(DUTY, [45, 45, 46, 50, 51, 51, 52, 58, 90]) == [(51, "superior"), (58, "prov_association")]


def test_one_sweep_climbs_one_rung_and_the_next_keeps_its_distance() -> None:
    days = [1, 30, 30, 31, 36, 37, 38]
    assert climbed(DUTY, days) == [(30, "superior"), (37, "prov_association")]


def test_no_level_is_told_on_a_rest_day() -> None:
    days = list(range(-5, 60))
    told = [day(n) for n, _ in climbed(DUTY, days, CHINA)]
    assert len(told) == 2
    assert all(CHINA.is_workday(found) for found in told)
    saturday = 11  # 2020-07-11, the rung of the seventh day being missed
    assert climbed(DUTY, [1, saturday, saturday + 1, saturday + 2], CHINA) == [(saturday + 2, "superior")]


def test_a_suggested_date_never_escalates() -> None:
    assert climbed(SUGGESTED, list(range(-40, 90))) == []


def test_the_day_to_look_at_a_duty_again_is_never_past_and_misses_nothing() -> None:
    """Sweeping only on the days that `next_on` names does the same as sweeping on every day."""
    for calendar in (EVERY_DAY, CHINA):
        daily = [(n, s.offset, s.rung, str(s.status)) for n, s in numbered(DUTY, range(-60, 120), calendar)]
        duty, found, today = DUTY, [], day(-60)
        while today < day(120):
            seen = tick(duty, CLIMBING, today, calendar)
            duty = after(duty, seen, today)
            found.append(((today - DUE).days, seen.offset, seen.rung, str(seen.status)))
            assert seen.next_on is not None
            assert seen.next_on > today
            today = seen.next_on
        wanted = [one for one in daily if one[1] is not None or one[2] is not None]
        assert [one for one in found if one[1] is not None or one[2] is not None] == wanted


def numbered(duty: Watched, offsets: range, calendar: Calendar) -> list[tuple[int, Tick]]:
    return list(zip(offsets, swept(duty, [day(n) for n in offsets], CLIMBING, calendar), strict=True))
