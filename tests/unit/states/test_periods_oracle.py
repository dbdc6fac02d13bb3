"""Every period of 1–24 months from every day of 2004–2026, both ways, against an oracle that shares no code.

The oracle walks months with the `calendar` module and days with the library `chinese_calendar`, which knows
the notices of 2004–2026; beyond them it goes by weekends and fixed festivals, and calls that provisional.
All 403,248 periods are compared on every run (R-DL-01, R-AMB-05).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import chinese_calendar
import pytest

from lifecycle.calendars import load_calendar
from states.periods import Length, statutory_period

CALENDAR = load_calendar()
KNOWN = range(2004, 2027)
FIXED = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
START_DAYS = [date(2004, 1, 1) + timedelta(days=n) for n in range((date(2027, 1, 1) - date(2004, 1, 1)).days)]
ONE = timedelta(days=1)


def works(day: date) -> bool:
    """Whether people work on a day, looked up where a notice was issued."""
    if day.year in KNOWN:
        return bool(chinese_calendar.is_workday(day))
    return day.isoweekday() < 6 and (day.month, day.day) not in FIXED


WORKS = {day: works(day) for day in (date(2000, 1, 1) + ONE * n for n in range(366 * 32))}
AFTER: dict[date, date] = {}
"""The first day of work from a day on."""
UNTIL: dict[date, date] = {}
"""The last day of work up to a day."""
for _day in sorted(WORKS):
    UNTIL[_day] = _day if WORKS[_day] else UNTIL.get(_day - ONE, _day)
for _day in sorted(WORKS, reverse=True):
    AFTER[_day] = _day if WORKS[_day] else AFTER.get(_day + ONE, _day)


PROVISIONAL = {False: 9144, True: 9153}
"""Periods that end where no notice is known, as the oracle counts them."""


def corresponding_days(start: date, *, before: bool) -> list[date]:
    """The corresponding day, or the month's last, of each of 24 months, walked one at a time."""
    found, year, month = [], start.year, start.month
    for _ in range(24):
        month += -1 if before else 1
        if month in (0, 13):
            year, month = (year - 1, 12) if before else (year + 1, 1)
        found.append(date(year, month, min(start.day, monthrange(year, month)[1])))
    return found


def certain(*days: date) -> str:
    return "published" if all(day.year in KNOWN for day in days) else "provisional"


@pytest.mark.parametrize("before", [False, True], ids=["after", "before"])
def test_every_start_day_of_2004_to_2026_and_1_to_24_months_agrees(before: bool) -> None:
    lengths = [Length(months=count) for count in range(1, 25)]
    different, provisional, count = [], 0, 0
    for start in START_DAYS:
        for length, nominal in zip(lengths, corresponding_days(start, before=before), strict=True):
            due = nominal if before else AFTER[nominal]
            soft = UNTIL[due]
            expected = (nominal, due, soft, due != nominal, certain(nominal, due, soft))
            found = statutory_period(start, length, CALENDAR, before=before)
            if (found.nominal, found.due, found.soft, found.rolled, found.calendar) != expected:
                different.append((start, length.months, expected))
            provisional += expected[-1] == "provisional"
            count += 1

    assert different[:5] == []
    assert count == 8401 * 24
    assert provisional == PROVISIONAL[before]


@pytest.mark.parametrize("before", [False, True], ids=["after", "before"])
@pytest.mark.parametrize("roll", [True, False], ids=["rolls", "stays"])
def test_days_agree_from_every_start_day(before: bool, roll: bool) -> None:
    different = []
    for number, start in enumerate(START_DAYS[::4]):
        for days in range(1 + number % 9, 100, 9):
            nominal = start + (-days if before else days) * ONE
            due = AFTER[nominal] if roll and not before else nominal
            expected = (nominal, due, UNTIL[due], certain(nominal, due, UNTIL[due]))
            found = statutory_period(start, Length(days=days), CALENDAR, before=before, roll=roll)
            if (found.nominal, found.due, found.soft, found.calendar) != expected:
                different.append((start, days, expected))

    assert different[:5] == []


@pytest.mark.parametrize("before", [False, True], ids=["after", "before"])
def test_working_days_agree_from_every_start_day(before: bool) -> None:
    step, different = -ONE if before else ONE, []
    for number, start in enumerate(START_DAYS[::3]):
        wanted, day, left = 1 + number % 40, start, 1 + number % 40
        while left:
            day += step
            left -= WORKS[day]
        found = statutory_period(start, Length(workdays=wanted), CALENDAR, before=before)
        if (found.nominal, found.due, found.soft, found.calendar) != (
            day,
            day,
            day,
            certain(start + step, day),
        ):
            different.append((start, wanted, day))

    assert different[:5] == []


@pytest.mark.parametrize(
    ("start", "length", "before", "due", "soft"),
    [
        # The four examples of the design.
        ("2023-11-30", "P3M", False, "2024-02-29", "2024-02-29"),
        ("2024-11-10", "P3M", False, "2025-02-10", "2025-02-10"),
        ("2021-07-01", "P3M", False, "2021-10-08", "2021-10-08"),
        ("2024-11-08", "P3M", False, "2025-02-08", "2025-02-08"),
        # The examples of the ledger: R-DL-05, R-DL-06.
        ("2020-07-31", "P1M", True, "2020-06-30", "2020-06-30"),
        ("2021-03-31", "P1M", True, "2021-02-28", "2021-02-26"),
        ("2016-11-30", "P3M", False, "2017-02-28", "2017-02-28"),
        ("2016-07-01", "P3M", False, "2016-10-08", "2016-10-08"),
        ("2019-11-29", "P3M", False, "2020-03-02", "2020-03-02"),
    ],
)
def test_the_examples_of_the_documents(start: str, length: str, before: bool, due: str, soft: str) -> None:
    found = statutory_period(date.fromisoformat(start), length, CALENDAR, before=before)

    assert (found.due.isoformat(), found.soft.isoformat(), found.calendar) == (due, soft, "published")


@pytest.mark.parametrize(
    ("rule", "start", "lengths", "days"),
    [
        ("R-DL-07", "2020-08-31", "P6M P12M P18M P24M", "2021-02-28 2021-08-31 2022-02-28 2022-08-31"),
        ("R-DL-08", "2020-04-22", "P24M", "2022-04-22"),
        ("R-DL-08", "2020-02-29", "P2Y", "2022-02-28"),
    ],
)
def test_the_examples_of_windows_that_do_not_roll(rule: str, start: str, lengths: str, days: str) -> None:
    found = [
        statutory_period(date.fromisoformat(start), length, CALENDAR, roll=False).due.isoformat()
        for length in lengths.split()
    ]

    assert found == days.split(), rule
