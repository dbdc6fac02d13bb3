"""The packaged calendar against the library it was made from, and what a later notice changes.

To renew `states/calendars/china.json`, write each year of `chinese_calendar.constants` (holidays by
name, workdays) in its shape; the first test holds the two equal.
"""

from __future__ import annotations

import json
from datetime import date, timedelta

import chinese_calendar

from lifecycle.calendars import YearNotice, calendar_from, load_calendar, notice_of, packaged_years
from states.calendar import Calendar

EVERY_DAY = [date(2004, 1, 1) + timedelta(days=n) for n in range((date(2027, 1, 1) - date(2004, 1, 1)).days)]
NOTICE_2027 = YearNotice(
    {date(2026, 12, 31): "元旦", date(2027, 1, 1): "元旦", date(2027, 2, 8): "春节"},
    frozenset({date(2027, 2, 20)}),
)


def with_notice(notice: YearNotice) -> Calendar:
    return calendar_from({**packaged_years(), 2027: notice})


def test_the_packaged_calendar_equals_the_library_on_every_day() -> None:
    calendar = load_calendar()

    different = [day for day in EVERY_DAY if calendar.is_workday(day) != chinese_calendar.is_workday(day)]

    assert different == []


def test_the_packaged_calendar_covers_2004_to_2026_and_no_other_year() -> None:
    assert load_calendar().published == frozenset(range(2004, 2027))


def test_holidays_are_weekdays_and_worked_days_are_weekends() -> None:
    calendar = load_calendar()

    assert [day for day in calendar.holidays if day.weekday() >= 5] == []
    assert [day for day in calendar.worked if day.weekday() < 5] == []


def test_every_holiday_has_a_name() -> None:
    calendar = load_calendar()

    assert calendar.holidays - calendar.festivals.keys() == frozenset()
    assert calendar.why_rest(date(2026, 2, 17)) == "春节"


def test_a_later_notice_makes_its_year_published() -> None:
    calendar = with_notice(NOTICE_2027)

    assert calendar.published == frozenset(range(2004, 2028))
    assert calendar.is_workday(date(2027, 2, 8)) is False
    assert calendar.is_workday(date(2027, 2, 20)) is True


def test_a_later_notice_may_change_the_december_before_whichever_was_read_first() -> None:
    amended = {**packaged_years(), 2027: NOTICE_2027, 2026: packaged_years()[2026]}
    before, after = load_calendar(), calendar_from(amended)

    changed = [day for day in EVERY_DAY if before.is_workday(day) != after.is_workday(day)]

    assert changed == [date(2026, 12, 31)]


def test_an_amended_notice_replaces_the_whole_year_and_no_other() -> None:
    calendar = calendar_from({**packaged_years(), 2026: YearNotice({date(2026, 1, 1): "元旦"}, frozenset())})

    assert [day for day in calendar.holidays if day.year == 2026] == [date(2026, 1, 1)]
    assert [day for day in calendar.worked if day.year == 2026] == []
    assert {day for day in calendar.worked if day.year < 2026} == {
        day for day in load_calendar().worked if day.year < 2026
    }


def test_a_notice_is_kept_and_read_again_word_for_word() -> None:
    for notice in packaged_years().values():
        again = notice_of(json.loads(json.dumps(notice.as_json())))

        assert (again, again.digest) == (notice, notice.digest)
