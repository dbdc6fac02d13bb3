"""Building blocks of recurring duties: months, spans from an anchor, years, every so many days.

Each gives its windows in the order in which they begin, without an end if the duty knows none. `recurring`
makes planned duties of them, of which `states.planners.plan.begun` takes those that have begun; it leaves
out what lies within a halt. Windows never run on from a day of rest (R-DL-01).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count, pairwise

from dateutil.relativedelta import relativedelta

from states.planners.plan import Planned, Situation

_ONE_DAY = timedelta(days=1)
_WHOLE_YEAR = ((1, 1), (12, 31))
LAPSED = "本期未办"
"""The remark on a suggested window that nobody used before the next one began."""


@dataclass(frozen=True, slots=True)
class Window:
    """One turn of a recurring duty."""

    occurrence: str
    """What tells it apart, as people write it after --period: 2016-06, 2016, 3."""
    begins: date
    """The day on which it opens: from then on it is owed and spoken of."""
    due: date
    """The last lawful day."""
    since: date
    """The anchor that it is counted from."""
    covers: tuple[date, date]
    """First and last day of the time that it is about; halted all along, it owes nothing."""
    steps: tuple[str, ...]


def months(first: date, due_day: int | None = None, *, merged: bool = False) -> Iterator[Window]:
    """A window for every month from that of `first` on, each owed within the following month (R-DL-09).

    `due_day` is the last day for it in the following month (None: the month's last; a month that is shorter
    takes its last). With `merged` the first month may be told together with the second, and is due with it.
    """
    for number in count():
        month = first.replace(day=1) + relativedelta(months=number)
        begins = month + relativedelta(months=1)
        together = merged and number == 0
        due = _day_of(begins + relativedelta(months=1) if together else begins, due_day)
        steps = [f"{month:%Y-%m} 的进展自次月 {begins} 起报送，最迟 {due}（不顺延）"]
        if together:
            steps = [f"{month:%Y-%m} 为批准当月，可并入首次报告，与下一期同日 {due} 到期"]
        yield Window(f"{month:%Y-%m}", begins, due, begins, (month, begins - _ONE_DAY), tuple(steps))


def spans(anchor: date, length: int, until: date | None = None) -> Iterator[Window]:
    """Windows of `length` months, the k-th from the anchor + (k-1) to the anchor + k lengths, never chained.

    None ends after `until`. R-DL-07, R-DL-21, R-DL-38.
    """
    begins = anchor
    for number in count(1):
        due = anchor + relativedelta(months=length * number)
        if until is not None and due > until:
            return
        step = f"{anchor} + {length * number} 个月 → {due}（第 {number} 期，不顺延）"
        yield Window(str(number), begins, due, anchor, (begins, due), (step,))
        begins = due + _ONE_DAY


def years(
    since: date,
    opens: tuple[int, int] = _WHOLE_YEAR[0],
    due: tuple[int, int] = _WHOLE_YEAR[1],
    until: date | None = None,
) -> Iterator[Window]:
    """A window for every calendar year from that of `since` on, from one day of it to another (month, day).

    A year whose last day is before `since`, or whose window begins after `until`, has none. R-DL-15, -16,
    -20, -35.
    """
    for year in count(since.year):
        last = date(year, *due)
        begins = max(since, date(year, *opens))
        if until is not None and begins > until:
            return
        if last >= since:
            step = f"{year} 年度，{begins} 起办理，最迟 {last}（不顺延）"
            whole = (max(since, date(year, 1, 1)), date(year, 12, 31))
            yield Window(str(year), begins, last, date(year, 1, 1), whole, (step,))


def every(begins: date, first: date, days: int, until: date) -> Iterator[Window]:
    """A window every so many days, the first due on `first`, all of them before `until` (R-DL-10).

    The first opens on `begins`, or on its own day if that is earlier; each other the day after the one before
    was due.
    """
    opens = min(begins, first)
    for number in count(1):
        due = first + timedelta(days=days * (number - 1))
        if due >= until:
            return
        added = f" + {days * (number - 1)} 日" if number > 1 else ""
        yield Window(str(number), opens, due, first, (opens, due), (f"{first}{added} → {due}（不顺延）",))
        opens = due + _ONE_DAY


def recurring(
    now: Situation, anchor: str, windows: Iterable[Window], *, lapsing: bool = False
) -> Iterator[Planned]:
    """The windows as planned duties, without those that a halt took away (R-DL-27).

    A month or span that lies wholly within a halt owes nothing. One that would have begun in a halt begins
    on resumption; if it was due before, it is due as many days after the resumption as it would have had.
    With `lapsing` a suggested window that nobody used is owed no longer once the next has begun.
    """
    halts = [(since, resumed) for since, resumed in now.halts() if resumed is not None]
    kept = (_delayed(one, halts) for one in windows if not _halted(one, halts))
    if not lapsing:
        yield from (_planned(now, anchor, one) for one in kept)
        return
    for one, following in pairwise(_with_end(kept)):
        if one is not None:
            yield replace(_planned(now, anchor, one), lapses_on=following.begins if following else None)


def _with_end(windows: Iterator[Window]) -> Iterator[Window | None]:
    yield from windows
    yield None


def _day_of(month: date, day: int | None) -> date:
    """A day of the month that begins on `month`, at most its last."""
    last = month + relativedelta(months=1) - _ONE_DAY
    return last if day is None else min(last, month + timedelta(days=day - 1))


def _halted(window: Window, halts: Iterable[tuple[date, date]]) -> bool:
    first, last = window.covers
    return any(since <= first and last < resumed for since, resumed in halts)


def _delayed(window: Window, halts: Iterable[tuple[date, date]]) -> Window:
    for since, resumed in halts:
        if since <= window.begins < resumed:
            due = window.due
            if due < resumed:
                due = resumed + (window.due - window.begins)
            step = f"{window.begins} 在中止期间，自恢复之日 {resumed} 起办理，最迟 {due}"
            window = replace(window, begins=resumed, due=due, steps=(*window.steps, step))
    return window


def _planned(now: Situation, anchor: str, window: Window) -> Planned:
    soft = now.calendar.previous_workday(window.due)
    steps = window.steps
    if soft != window.due:
        steps = (*steps, f"{window.due} 为休息日，提前到前一工作日 {soft} 办理并提醒")
    return Planned(
        window.occurrence,
        anchor,
        window.since,
        window.due,
        window.due,
        soft,
        now.calendar.is_provisional(window.due) or now.calendar.is_provisional(soft),
        steps,
        window.begins,
    )
