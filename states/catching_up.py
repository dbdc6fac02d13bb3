"""Bringing a case up to a day before anything else is done to it on that day.

A step, a report and a sweep all begin here, so that the duties of a case are the same whichever of them came
first and whether the days between were swept or not (R-DL-37). Pure.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from states.calendar import Calendar
from states.catalogue import Programme
from states.decision import Case, Duty
from states.duty import standing
from states.moving import After
from states.reconcile import reconcile


def caught_up(
    case: Case, programme: Programme, calendar: Calendar, on: date
) -> tuple[Case, tuple[Duty, ...]]:
    """The case with every window of a recurring duty that has begun by a day, and the duties that changed."""
    if case.plan_on is None or case.plan_on > on:
        return case, ()
    owed = reconcile(case, programme, calendar, After(case.state, case.facts, None, on, case.version + 1))
    return replace(case, duties=standing(case.duties, owed.duties), plan_on=owed.plan_on), owed.duties
