"""Planners of duties around an event: the report before it, its date, the halt of a cancelled one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from states.catalogue import DutySpec
from states.periods import parse_length
from states.planners.plan import Planned, Situation, counted, from_period, on_day, to_record
from states.planners.windows import every, recurring


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


def congress_progress(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """How a congress is being prepared, told with the draft plan and then every so often (R-DL-10, R-AMB-27).

    Suggested days only: 适时 has no date.
    """
    held: date | None = now.facts.get("event.starts_on")
    known: date | None = now.facts.get("project.approved_on")
    if held is None or known is None or cancelled(now.facts):
        return ()
    first = held - timedelta(days=parse_length(spec.length or "P60D").days)
    rhythm = parse_length(spec.every or "P30D").days
    windows = recurring(now, "event.starts_on", every(known, first, rhythm, held), lapsing=True)
    return (replace(one, steps=(_draft(held, first), *one.steps)) for one in windows)


def congress_agreement(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """The plan of a congress is agreed with the association when its draft is told (R-DL-10, R-FORM-49)."""
    held: date | None = now.facts.get("event.starts_on")
    if held is not None and not cancelled(now.facts):
        day = held - timedelta(days=parse_length(spec.length or "P60D").days)
        yield on_day(now, "event.starts_on", held, day, _draft(held, day))


def _draft(held: date, first: date) -> str:
    days = (held - first).days
    return f"大会 {held.isoformat()} - {days} 日 → {first.isoformat()}（建议日期，文件仅称适时）"


def cancelled(facts: Mapping[str, Any]) -> bool:
    """Whether the event was cancelled and has no new date."""
    return facts.get("event.cancelled_on") is not None
