"""Planners of duties around an event: the report before it, its date, the halt of a cancelled one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from states.catalogue import DutySpec
from states.planners.plan import Planned, Situation, counted, from_period, to_record


def preparation(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """The preparation report is owed a month before the event, by its legal day (R-DL-05)."""
    start: date | None = now.facts.get("event.starts_on")
    if start is not None:
        period = counted(start, spec.length or "P1M", now.calendar, before=True)
        yield from_period("", "event.starts_on", period)


def event_date(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """An event without a date owes no preparation report yet: its date has to be recorded (R-AMB-47)."""
    approved: date | None = now.facts.get("project.approved_on")
    if approved is not None and now.facts.get("event.starts_on") is None and not cancelled(now.facts):
        yield to_record(now, spec, "project.approved_on", approved)


def halt_expected(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """Of a cancelled event an application for a halt is expected (R-AMB-47)."""
    day: date | None = now.facts.get("event.cancelled_on")
    if day is not None:
        yield replace(to_record(now, spec, "event.cancelled_on", day), occurrence=day.isoformat())


def cancelled(facts: Mapping[str, Any]) -> bool:
    """Whether the event was cancelled and has no new date."""
    return facts.get("event.cancelled_on") is not None
