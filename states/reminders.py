"""When a duty is spoken of: before, on and after its day, when it becomes overdue, and whom it then reaches.

Pure. A sweep that was not run for weeks gives the latest reminder only, not a flood (R-DL-37). A plan
never speaks of days before the duty was entered or last moved, and never on a rest day: what falls
before the due date is said on the working day before, what falls after it on the next one. Escalation
counts from the day on which whoever owes the duty was told, so that no days off use it up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from states.calendar import Calendar
from states.catalogue import DutySpec, Rung
from states.names import DutyStatus

_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Watched:
    """A live duty as a sweep sees it: its dates, and what was said of it so far."""

    status: DutyStatus
    suggested: bool
    due: date
    soft_due: date
    late_after: date
    """The last day on which it counts as kept."""
    plan_from: date
    """The first day that its plan may speak of: when it was entered, last moved, or got another plan."""
    entered_on: date
    """The day on which it was entered in the store."""
    reminded_on: date | None = None
    told_on: date | None = None
    """The first day on which it was said to be overdue."""
    escalated: int = 0
    """`after` of the last rung of the ladder that was climbed."""
    escalated_on: date | None = None

    @property
    def silent(self) -> bool:
        """Whether it was past due when it was entered, so that it is spoken of only when somebody asks."""
        return self.entered_on > self.due and self.reminded_on is None


@dataclass(frozen=True, slots=True)
class Tick:
    """What a sweep on one day does to one duty."""

    status: DutyStatus
    offset: int | None
    """The reminder to send, as days relative to the due date by the plan, or None for none."""
    rung: Rung | None
    """The next level that is told, or None."""
    told_on: date | None
    next_on: date | None
    """The next day on which the duty has to be looked at."""


def tick(duty: Watched, spec: DutySpec, today: date, calendar: Calendar, *, past: bool = False) -> Tick:
    """The state of a live duty on `today`, what is to be said of it, and the next day to look.

    `past`: somebody asked for what was past due when it was entered (R-DL-37).
    """
    turned = duty.status is DutyStatus.OPEN and today > duty.late_after
    status = DutyStatus.OVERDUE if turned else duty.status
    asked = past and duty.silent
    offset = None if duty.silent and not past else _offset(duty, spec, status, today, calendar, asked=asked)
    told_on = duty.told_on
    if told_on is None and offset is not None and status is DutyStatus.OVERDUE:
        told_on = today
    same = status is duty.status and told_on == duty.told_on
    ladder = duty if same else replace(duty, status=status, told_on=told_on)
    rung, day = _next_rung(ladder, spec, calendar)
    if rung is not None and (day > today or not calendar.is_workday(today)):
        rung = None
    if rung is not None:
        ladder = replace(ladder, escalated=rung.after, escalated_on=today)
    above, day = _next_rung(ladder, spec, calendar)
    wait = max(day, calendar.next_workday(today + _ONE)) if above else None
    look = _next_day(duty, spec, status, today, calendar, quiet=duty.silent and offset is None)
    return Tick(status, offset, rung, told_on, min(filter(None, (look, wait)), default=None))


def reminder_days(
    duty: Watched, spec: DutySpec, until: date, calendar: Calendar, after: date | None = None
) -> list[tuple[date, int]]:
    """Every (day, offset) of the reminder plan later than `after` and up to `until`, in order (R-DL-02)."""
    since = duty.plan_from if after is None else max(duty.plan_from, after + _ONE)
    return _planned(duty, spec, since, until, calendar)


def _offset(
    duty: Watched, spec: DutySpec, status: DutyStatus, today: date, calendar: Calendar, *, asked: bool
) -> int | None:
    """The latest reminder that is due and was not said; of an overdue duty only what speaks of that."""
    late = status is DutyStatus.OVERDUE
    pending = reminder_days(duty, spec, today, calendar, duty.reminded_on)
    offset = next((n for _, n in reversed(pending) if n > 0 or not late), None)
    if offset is None and (asked or (late and duty.told_on is None)):
        every = _planned(duty, spec, date.min, today, calendar)
        offset = next((n for _, n in reversed(every) if n > 0 or not late), None)
    return offset


def _next_day(
    duty: Watched, spec: DutySpec, status: DutyStatus, after: date, calendar: Calendar, *, quiet: bool
) -> date | None:
    days = []
    if not duty.suggested and status is DutyStatus.OPEN:
        days.append(max(duty.late_after, after) + _ONE)
    if not quiet:
        horizon = max(duty.due, after) + timedelta(days=spec.after[-1] if spec.after else 0)
        horizon += timedelta(days=(spec.repeat or 0) + _LONGEST_REST)
        days += [day for day, _ in reminder_days(duty, spec, horizon, calendar, after)[:1]]
    return min(days, default=None)


_LONGEST_REST = 16
"""Days within which there is a working day at any rate."""


def _planned(
    duty: Watched, spec: DutySpec, since: date, until: date, calendar: Calendar
) -> list[tuple[date, int]]:
    """The days of the plan from `since` to `until`; of two that fall on one day the later is said.

    What would fall into an internal grace is said on the first working day after it.
    """
    days = list(_single_days(duty.due, duty.soft_due, spec.before, spec.after, spec.month_days, calendar))
    if spec.repeat and spec.after:
        offset = spec.after[-1] + spec.repeat
        skipped = (since - duty.due).days - offset - _LONGEST_REST if since > duty.due else 0
        offset += max(0, skipped // spec.repeat) * spec.repeat
        while duty.due + timedelta(days=offset) <= until:
            days.append((calendar.next_workday(duty.due + timedelta(days=offset)), offset))
            offset += spec.repeat
    first = calendar.next_workday(duty.late_after + _ONE) if duty.late_after > duty.due else date.min
    spoken = ((max(day, first) if n > 0 else day, n) for day, n in days)
    told = {day: n for day, n in spoken if since <= day <= until}
    return list(told.items())


@lru_cache(maxsize=4096)
def _single_days(
    due: date,
    soft_due: date,
    before: tuple[int, ...],
    after: tuple[int, ...],
    month_days: tuple[int, ...],
    calendar: Calendar,
) -> tuple[tuple[date, int], ...]:
    """The days before, on and after the due date, without the repeats: each on a working day, in order."""
    days = [(calendar.previous_workday(soft_due - timedelta(days=n)), -n) for n in before]
    fixed = (due.replace(day=day) for day in month_days if day <= due.day)
    days += [(calendar.next_workday(day), (day - soft_due).days) for day in fixed if day < soft_due]
    days += [(calendar.next_workday(due + timedelta(days=n)), n) for n in after]
    return tuple(sorted(days))


def _next_rung(duty: Watched, spec: DutySpec, calendar: Calendar) -> tuple[Rung | None, date]:
    """The next level and the first day on which it may be told, where there is one.

    So many days after the due date, but not before as much time has passed since whoever owes the duty
    was told, and since the level below was.
    """
    rung = next((rung for rung in spec.escalate if rung.after > duty.escalated), None)
    if rung is None or duty.told_on is None or duty.status is not DutyStatus.OVERDUE:
        return None, date.max
    days = [duty.due + timedelta(days=rung.after), duty.told_on + timedelta(days=max(rung.after - 1, 1))]
    if duty.escalated_on is not None:
        days.append(duty.escalated_on + timedelta(days=rung.after - duty.escalated))
    return rung, calendar.next_workday(max(days))
