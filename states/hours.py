"""When notices may leave: working days, between two times of day. Pure; local time in and out.

What is not urgent waits for the next opening. Who is bound by which hours is decided by packs and settings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from states.calendar import Calendar

ALL_HOURS: Final = "always"
_FORM = re.compile(r"([01]\d|2[0-3]):([0-5]\d)[-–—]([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class SendingHours:
    """From when until when on a working day; None for both: at any time."""

    opens: time | None
    closes: time | None

    def opening(self, moment: datetime, calendar: Calendar) -> datetime:
        """The moment itself where it lies within the hours, else when they begin next."""
        if self.opens is None or self.closes is None:
            return moment
        begins = datetime.combine(moment.date(), self.opens, moment.tzinfo)
        if calendar.is_workday(moment.date()) and moment.time() < self.closes:
            return max(moment, begins)
        day: date = calendar.next_workday(moment.date() + timedelta(days=1))
        return datetime.combine(day, self.opens, moment.tzinfo)


def read_hours(text: str) -> SendingHours:
    """工作日的起止时刻，如 08:30-17:30；或 always（随时）"""
    if text == ALL_HOURS:
        return SendingHours(None, None)
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(text)
    opens, closes = (time(int(found[n]), int(found[n + 1])) for n in (1, 3))
    if opens >= closes:
        raise ValueError(text)
    return SendingHours(opens, closes)
