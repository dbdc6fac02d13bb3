"""What a planner works with: the situation of a case, the duty as planned, and ways of building one.

Pure, as everything under `states`: dates come from `states.periods`, nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from states.calendar import Calendar
from states.catalogue import DutySpec, Programme
from states.decision import Case
from states.guards import effective
from states.names import Action as A
from states.names import State
from states.periods import Period, statutory_period

counted = lru_cache(maxsize=4096)(statutory_period)
"""Every step plans all duties anew, most of them from the same days as the step before."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One duty as it should stand, whatever stands now."""

    occurrence: str
    anchor: str
    anchor_date: date
    legal_due: date
    due: date
    soft_due: date
    provisional: bool
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """What a planner may look at."""

    case: Case
    state: State
    facts: Mapping[str, Any]
    programme: Programme
    calendar: Calendar
    action: A | None
    on: date
    """The day of the step that duties are planned for."""

    def last(self, *actions: A) -> date | None:
        """The day on which one of these was last done, this step counted."""
        if self.action in actions:
            return self.on
        done = list(effective(self.case))
        if self.action is A.REVERSE_STEP:
            done.pop()
        return next((step.on for step in reversed(done) if step.action in actions), None)

    def round(self, *actions: A) -> str:
        """Which time round this is, as an occurrence: "" the first time, then "2", "3"…"""
        done = [step.action for step in effective(self.case)]
        if self.action is A.REVERSE_STEP:
            done.pop()
        count = sum(action in actions for action in done) + (self.action in actions)
        return "" if count <= 1 else str(count)


def from_period(occurrence: str, anchor: str, period: Period) -> Planned:
    """A duty as a counted period gives it."""
    return Planned(
        occurrence,
        anchor,
        period.start,
        period.nominal,
        period.due,
        period.soft,
        period.calendar == "provisional",
        period.steps,
    )


def on_day(now: Situation, anchor: str, since: date, due: date, step: str) -> Planned:
    """A duty on a day that no period gives, such as a suggested one; `step` says where it comes from."""
    soft = now.calendar.previous_workday(due)
    return Planned("", anchor, since, due, due, soft, now.calendar.is_provisional(due), (step,))


def extended(planned: Planned, due: date) -> Planned:
    """The planned duty with the later day that a written decision gave it."""
    step = f"经书面决定延长至 {due.isoformat()}"
    return replace(planned, legal_due=due, due=due, soft_due=due, steps=(*planned.steps, step))


def to_record(now: Situation, spec: DutySpec, anchor: str, since: date) -> Planned:
    """A task to record what is missing, a few days after the day that made it known."""
    return from_period("", anchor, counted(since, spec.length or "P7D", now.calendar))
