"""What a planner works with: the situation of a case, the duty as planned, and ways of building one.

Pure, as everything under `states`: dates come from `states.periods`, nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    opens_on: date | None = None
    """The day on which a recurring window begins; before it nothing is owed. None: owed at once."""
    lapses_on: date | None = None
    """The day from which a suggested window that nobody used is owed no longer; None: never."""


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

    def halts(self) -> tuple[tuple[date, date | None], ...]:
        """The stretches of a halt, from day to day, this step counted; one that lasts ends with None."""
        done = [(step.action, step.on) for step in effective(self.case)]
        if self.action is A.REVERSE_STEP:
            done.pop()
        elif self.action is not None:
            done.append((self.action, self.on))
        found: list[tuple[date, date | None]] = []
        for action, on in done:
            if action == A.APPROVE_HALT:
                found.append((on, None))
            elif action == A.RESUME_HALTED and found and found[-1][1] is None:
                found[-1] = (found[-1][0], on)
        return tuple(found)


def begun(
    windows: Iterable[Planned], on: date, standing: Mapping[str, date | None]
) -> tuple[list[Planned], date | None]:
    """The windows that have begun by a day or stand already, and the day on which the next one begins.

    `windows` come in the order in which they begin, and need never end. `standing` are the windows that
    stand, with the day on which each was opened: a step that is entered late closes none of them.
    """
    horizon = max((day for day in standing.values() if day is not None), default=on)
    wanted: list[Planned] = []
    coming: date | None = None
    for window in windows:
        if window.opens_on is None or window.opens_on <= on or window.occurrence in standing:
            wanted.append(window)
            continue
        coming = coming or window.opens_on
        if window.opens_on > horizon:
            break
    return wanted, coming


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
    """The planned duty with the later day that a written decision gave it: no calendar can move that."""
    steps = (*planned.steps, f"经书面决定延长至 {due.isoformat()}")
    return replace(planned, legal_due=due, due=due, soft_due=due, provisional=False, steps=steps)


def to_record(now: Situation, spec: DutySpec, anchor: str, since: date) -> Planned:
    """A task to record what is missing, a few days after the day that made it known."""
    return from_period("", anchor, counted(since, spec.length or "P7D", now.calendar))
