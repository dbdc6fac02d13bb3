"""When a duty is spoken of: before, on and after its day, and when it becomes overdue.

Pure. A sweep that was not run for weeks gives the latest reminder only, not a flood (R-DL-37), and
a plan never speaks of days before the duty was opened or last moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from states.catalogue import DutySpec
from states.decision import Duty
from states.names import DutyStatus


@dataclass(frozen=True, slots=True)
class Tick:
    """What a sweep on one day does to one duty."""

    status: DutyStatus
    offset: int | None
    """Days relative to the due date of the reminder to send, or None for none."""
    next_on: date | None
    """The next day on which the duty has to be looked at."""


def reminder_days(duty: Duty, spec: DutySpec, until: date) -> list[tuple[date, int]]:
    """Every (day, offset) of the reminder plan up to `until`, in order (R-DL-02)."""
    floor = _floor(duty)
    days = [(duty.soft_due - timedelta(days=n), -n) for n in spec.before]
    days += [(duty.due + timedelta(days=n), n) for n in spec.after]
    if spec.repeat and spec.after:
        offset = spec.after[-1] + spec.repeat
        while duty.due + timedelta(days=offset) <= until:
            days.append((duty.due + timedelta(days=offset), offset))
            offset += spec.repeat
    spoken = [(day, offset) for day, offset in days if offset <= 0 or day > duty.late_after]
    return sorted((day, offset) for day, offset in spoken if floor <= day <= until)


def tick(duty: Duty, spec: DutySpec, today: date, reminded_on: date | None) -> Tick:
    """The state of a live duty on `today`, the one reminder due, and the next day to look."""
    status = duty.status
    turned = status is DutyStatus.OPEN and today > duty.late_after
    if turned:
        status = DutyStatus.OVERDUE
    pending = [
        offset for day, offset in reminder_days(duty, spec, today) if reminded_on is None or day > reminded_on
    ]
    late = not duty.suggested and today > duty.late_after
    offset = next((o for o in reversed(pending) if not late or o > 0), None)
    if turned and offset is None:
        offset = max((n for n in spec.after if n <= (today - duty.due).days), default=None)
    return Tick(status, offset, next_day(duty, spec, today))


def next_day(duty: Duty, spec: DutySpec, after: date) -> date | None:
    """The next day later than `after` on which the plan speaks or the duty turns overdue."""
    if not duty.live:
        return None
    horizon = max(duty.due, after) + timedelta(days=(spec.after[-1] if spec.after else 0))
    horizon += timedelta(days=(spec.repeat or 0) + 1)
    days = [day for day, _ in reminder_days(duty, spec, horizon) if day > after]
    if not duty.suggested and duty.late_after + timedelta(days=1) > after:
        days.append(duty.late_after + timedelta(days=1))
    return min(days, default=None)


def _floor(duty: Duty) -> date:
    opened = duty.opened_on or duty.due
    return max(opened, duty.moves[-1].on) if duty.moves else opened
