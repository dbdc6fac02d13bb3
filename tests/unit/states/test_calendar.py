"""Working days: the exchanged days, the years without a notice, and the edges of the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.calendar import Calendar
from states.errors import BadInputFault

NATIONAL_DAYS_2016 = frozenset(date(2016, 10, day) for day in range(3, 8))
CALENDAR = Calendar(
    holidays=NATIONAL_DAYS_2016,
    worked=frozenset({date(2016, 10, 8), date(2016, 10, 9)}),
    published=frozenset({2016}),
    festivals={date(2016, 10, 1): "国庆节"} | dict.fromkeys(NATIONAL_DAYS_2016, "国庆节"),
)
BARE = Calendar(frozenset(), frozenset(), frozenset())


def test_an_exchanged_saturday_is_worked() -> None:
    assert CALENDAR.is_workday(date(2016, 10, 8)) is True


def test_a_weekday_of_the_festival_is_not_worked() -> None:
    assert CALENDAR.is_workday(date(2016, 10, 7)) is False


def test_a_weekend_no_notice_names_is_not_worked() -> None:
    assert CALENDAR.is_workday(date(2016, 10, 15)) is False


def test_in_a_published_year_the_notice_alone_decides_a_weekday() -> None:
    assert CALENDAR.is_workday(date(2016, 1, 1)) is True


def test_without_a_notice_exactly_weekends_and_fixed_festivals_are_off() -> None:
    days = [date(2029, 1, 1) + timedelta(days=n) for n in range(365)]

    weekdays_off = [day for day in days if day.weekday() < 5 and not BARE.is_workday(day)]
    weekends_worked = [day for day in days if day.weekday() >= 5 and BARE.is_workday(day)]

    assert weekdays_off == [date(2029, *d) for d in ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))]
    assert weekends_worked == []


def test_a_day_is_provisional_when_its_year_has_no_notice() -> None:
    answers = [CALENDAR.is_provisional(date(year, 7, 1)) for year in (2015, 2016, 2017)]

    assert answers == [True, False, True]


def test_a_worked_day_is_its_own_next_and_previous_workday() -> None:
    day = date(2016, 10, 8)

    assert (CALENDAR.next_workday(day), CALENDAR.previous_workday(day)) == (day, day)


def test_a_rest_day_lies_between_its_neighbouring_workdays() -> None:
    day = date(2016, 10, 4)

    assert (CALENDAR.previous_workday(day), CALENDAR.next_workday(day)) == (
        date(2016, 9, 30),
        date(2016, 10, 8),
    )


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2016, 9, 30), 1, date(2016, 10, 8)),
        (date(2016, 9, 30), 3, date(2016, 10, 10)),
        (date(2016, 10, 10), -3, date(2016, 9, 30)),
        (date(2016, 10, 4), 0, date(2016, 10, 4)),
        (date(2016, 10, 4), -1, date(2016, 9, 30)),
    ],
)
def test_working_days_are_counted_without_the_first_day(day: date, n: int, expected: date) -> None:
    assert CALENDAR.add_workdays(day, n) == expected


@pytest.mark.parametrize(
    ("calendar", "day", "expected"),
    [
        (CALENDAR, date(2016, 10, 1), "国庆节"),
        (CALENDAR, date(2016, 10, 15), "星期六"),
        (CALENDAR, date(2016, 10, 8), None),
        (BARE, date(2029, 5, 1), "劳动节"),
        (Calendar(frozenset({date(2015, 9, 3)}), frozenset(), frozenset({2015})), date(2015, 9, 3), "放假"),
    ],
)
def test_a_rest_day_tells_why(calendar: Calendar, day: date, expected: str | None) -> None:
    assert calendar.why_rest(day) == expected


def test_the_end_of_time_is_bad_input_in_chinese() -> None:
    with pytest.raises(BadInputFault) as after:
        BARE.add_workdays(date.max, 1)
    with pytest.raises(BadInputFault) as before:
        BARE.add_workdays(date.min, -1)

    assert [after.value.message, before.value.message] == [
        "从 9999-12-31 推算的日期超出公元 1—9999 年，无法计算。",
        "从 0001-01-01 推算的日期超出公元 1—9999 年，无法计算。",
    ]


@given(st.dates(date(2015, 1, 1), date(2030, 1, 1)), st.integers(1, 60))
def test_counting_forth_and_back_from_a_worked_day_returns_to_it(day: date, n: int) -> None:
    worked = CALENDAR.next_workday(day)

    assert CALENDAR.add_workdays(CALENDAR.add_workdays(worked, n), -n) == worked
