"""What another calendar does to duties that stand: dates that were counted are counted again (R-DL-37).

A date that the old calendar did not give was set by somebody, or is what was left of a period after a
halt: it stays. A duty that was kept stays as it was. Pure: both calendars are handed in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from states.calendar import Calendar
from states.catalogue import Programme
from states.decision import Case, Duty, Move
from states.duties import KINDS, Kind
from states.moving import NOT_IN_TIME
from states.names import DutyStatus
from states.planners.plan import Planned, Situation, begun


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the calendar: before and after, the day of the recount, and what it is put down to."""

    before: Calendar
    after: Calendar
    on: date
    reason: str
    document: str | None = None


def recount(case: Case, programme: Programme, change: Change) -> tuple[Duty, ...]:
    """Every duty that differs under the new calendar; done again it gives nothing."""
    changed: list[Duty] = []
    for kind in KINDS:
        mine = [duty for duty in case.duties if duty.slug == kind.slug and _rests_on_a_calendar(duty)]
        if not mine or kind.slug not in programme.duties:
            continue
        was, now = (_planned(kind, case, programme, one, change.on) for one in (change.before, change.after))
        for duty in mine:
            old, new = was.get(duty.occurrence), now.get(duty.occurrence)
            if old is not None and new is not None and new.anchor_date == duty.anchor_date:
                fresh = _recounted(duty, old, new, change)
                changed += [fresh] if fresh != duty else []
    return tuple(changed)


def firmed(
    case: Case, programme: Programme, calendar: Calendar, duties: tuple[Duty, ...], on: date
) -> tuple[Duty, ...]:
    """The duties with those counted by the calendar that an undo put back by a date from before a notice."""
    stale = [duty for duty in duties if duty.provisional and not calendar.is_provisional(duty.due)]
    if not stale:
        return duties
    years = {day.year for duty in stale for day in (duty.legal_due, duty.due, duty.soft_due)}
    before = replace(
        calendar,
        holidays=frozenset(day for day in calendar.holidays if day.year not in years),
        worked=frozenset(day for day in calendar.worked if day.year not in years),
        published=calendar.published - years,
    )
    standing = {duty.key: duty for duty in (*case.duties, *duties)}
    change = Change(before, calendar, on, "按已载入的放假安排重算")
    again = recount(replace(case, duties=tuple(standing.values())), programme, change)
    counted = {duty.key: duty for duty in again}
    return tuple(counted.get(duty.key, duty) for duty in duties)


def _rests_on_a_calendar(duty: Duty) -> bool:
    """Whether it is owed, or waits, or was found late by a date that was not certain."""
    late = duty.status is DutyStatus.LATE and duty.provisional
    return duty.live or duty.status is DutyStatus.SUSPENDED or late


def _planned(
    kind: Kind, case: Case, programme: Programme, calendar: Calendar, on: date
) -> dict[str, Planned]:
    now = Situation(case, case.state, case.facts, programme, calendar, None, on)
    standing = {duty.occurrence: duty.opened_on for duty in case.duties if duty.slug == kind.slug}
    windows, _ = begun(kind.plan(now, programme.duties[kind.slug]), on, standing)
    return {one.occurrence: one for one in windows}


def _recounted(duty: Duty, old: Planned, new: Planned, change: Change) -> Duty:
    counted = (old.legal_due, old.due, old.soft_due) == (duty.legal_due, duty.due, duty.soft_due)
    if not counted or duty.amended_by is not None:
        return replace(duty, provisional=duty.provisional and new.provisional)
    due, soft, steps = new.due, new.soft_due, new.steps
    if due < change.on <= duty.due:
        # People go by the day they were told; to call it past on the day of the import would be no notice.
        due, soft = duty.due, duty.soft_due
        steps = (*steps, f"载入放假安排时该日已过，期限仍为原告知的 {due.isoformat()}")
    fresh = replace(
        duty, legal_due=new.legal_due, due=due, soft_due=soft, provisional=new.provisional, steps=steps
    )
    if due != duty.due:
        move = Move(change.on, duty.due, due, change.reason, change.document)
        kept = duty.grace_until if duty.grace_until is not None and duty.grace_until > due else None
        fresh = replace(fresh, moves=(*duty.moves, move), grace_until=kept)
    return _in_time_after_all(fresh, change.on)


def _in_time_after_all(duty: Duty, on: date) -> Duty:
    """What was overdue or late only by a date that was not certain is so no longer."""
    if duty.status is DutyStatus.OVERDUE and duty.late_after >= on:
        return replace(duty, status=DutyStatus.OPEN)
    kept = duty.met_on is not None and duty.met_on <= duty.late_after and NOT_IN_TIME not in duty.marks
    return replace(duty, status=DutyStatus.MET) if duty.status is DutyStatus.LATE and kept else duty
