"""Which days are worked in China: weekends, festivals and the exchanged days (调休).

A value handed in by the caller; it never reads a file or a clock. For a year whose notice
(国务院办公厅放假通知) is not loaded it counts weekends and the festivals with a fixed solar date,
and calls the answer provisional: the lunar festivals and the exchanges are not known yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from states.errors import BadInputFault

FIXED_FESTIVALS: dict[tuple[int, int], str] = {
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (5, 2): "劳动节",
    (10, 1): "国庆节",
    (10, 2): "国庆节",
    (10, 3): "国庆节",
}
WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days (R-DL-01). `published` are the years whose notice is loaded."""

    holidays: frozenset[date]  # weekdays off
    worked: frozenset[date]  # weekend days worked
    published: frozenset[int]
    festivals: Mapping[date, str] = field(default_factory=dict, compare=False, repr=False)

    def is_workday(self, day: date) -> bool:
        """Whether people work that day; beyond the published years a provisional answer."""
        if day in self.worked:
            return True
        if day.weekday() >= _SATURDAY or day in self.holidays:
            return False
        return day.year in self.published or (day.month, day.day) not in FIXED_FESTIVALS

    def is_provisional(self, day: date) -> bool:
        """Whether the day lies in a year whose notice is not loaded."""
        return day.year not in self.published

    def next_workday(self, day: date) -> date:
        """The day itself if it is worked, else the first worked day after it.

        Raises BadInputFault beyond the year 9999.
        """
        return self._seek(day, _ONE_DAY)

    def previous_workday(self, day: date) -> date:
        """The day itself if it is worked, else the last worked day before it.

        Raises BadInputFault before the year 1.
        """
        return self._seek(day, -_ONE_DAY)

    def add_workdays(self, day: date, n: int) -> date:
        """The n-th worked day after `day` (before it if n < 0); `day` itself is not counted.

        n = 0 gives `day` back, worked or not. Raises BadInputFault outside the years 1–9999.
        """
        step = _ONE_DAY if n > 0 else -_ONE_DAY
        for _ in range(abs(n)):
            day = self._seek(_moved(day, step), step)
        return day

    def why_rest(self, day: date) -> str | None:
        """The festival or the weekday that makes it a rest day, in Chinese; None if worked."""
        if self.is_workday(day):
            return None
        if day in self.festivals:
            return self.festivals[day]
        if self.is_provisional(day) and (day.month, day.day) in FIXED_FESTIVALS:
            return FIXED_FESTIVALS[day.month, day.day]
        return WEEKDAYS[day.weekday()] if day.weekday() >= _SATURDAY else "放假"

    def _seek(self, day: date, step: timedelta) -> date:
        while not self.is_workday(day):
            day = _moved(day, step)
        return day


def _moved(day: date, step: timedelta) -> date:
    try:
        return day + step
    except OverflowError:
        raise BadInputFault(f"从 {day.isoformat()} 推算的日期超出公元 1—9999 年，无法计算。") from None
