"""Sending hours: working days between two times, what else waits for the next opening."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from lifecycle.calendars import load_calendar
from states.hours import read_hours

CHINA = ZoneInfo("Asia/Shanghai")
CALENDAR = load_calendar()
OFFICE = read_hours("08:30-17:30")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2020-09-25 06:30", "2020-09-25 08:30"),  # a Friday, before hours
        ("2020-09-25 08:30", "2020-09-25 08:30"),
        ("2020-09-25 12:00", "2020-09-25 12:00"),
        ("2020-09-25 17:29", "2020-09-25 17:29"),
        ("2020-09-25 17:30", "2020-09-27 08:30"),  # the Sunday is worked
        ("2020-09-26 10:00", "2020-09-27 08:30"),
        ("2020-09-30 18:00", "2020-10-09 08:30"),  # the eight days of the national holiday
        ("2020-12-31 23:59", "2021-01-04 08:30"),
    ],
)
def test_what_is_not_within_the_hours_waits_for_the_next_opening(moment: str, opening: str) -> None:
    assert OFFICE.opening(at(moment), CALENDAR) == at(opening)


def test_always_is_always() -> None:
    assert read_hours("always").opening(at("2020-10-01 03:00"), CALENDAR) == at("2020-10-01 03:00")


@pytest.mark.parametrize(
    "text", ["8:30-17:30", "08:30", "17:30-08:30", "08:30-08:30", "24:00-25:00", "工作日", ""]
)
def test_what_are_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text or "^$"):
        read_hours(text)
