"""Planners of duties within the term of a project: half-years, cycle, midpoint."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

from dateutil.relativedelta import relativedelta

from states.catalogue import DutySpec
from states.periods import parse_length
from states.planners.plan import Planned, Situation, counted, from_period, on_day


def half_years(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """One window for every half-year of the term, each counted from its start (R-DL-07, R-AMB-26)."""
    start: date | None = now.facts.get("project.started_on")
    ends: date | None = now.facts.get("project.ends_on")
    months = parse_length(spec.length or "P6M").months
    if start is None or ends is None:
        return
    for window in count(1):
        period = counted(start, f"P{months * window}M", now.calendar, roll=False)
        if period.nominal > ends:
            return
        yield from_period(str(window), "project.started_on", period)


def cycle(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """The summary at the end of the cycle (R-DL-08)."""
    start: date | None = now.facts.get("project.started_on")
    ends: date | None = now.facts.get("project.ends_on")
    if start is None:
        return
    period = counted(start, spec.length or "P24M", now.calendar, roll=False)
    planned = from_period("", "project.started_on", period)
    if ends is not None and ends != planned.legal_due:
        step = f"实施结束日为 {ends.isoformat()}"
        soft = now.calendar.previous_workday(ends)
        planned = replace(planned, legal_due=ends, due=ends, soft_due=soft, steps=(*planned.steps, step))
    yield planned


def midterm(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """The midterm, as a suggested date: the midpoint unless the pack says otherwise (R-DL-11, R-AMB-19)."""
    start: date | None = now.facts.get("project.started_on")
    ends: date | None = now.facts.get("project.ends_on")
    if start is None or ends is None:
        return
    at = now.programme.setting("midterm_at", start, "midpoint")
    if isinstance(at, int):
        due, step = start + relativedelta(months=at), f"{start.isoformat()} + {at} 个月（建议日期）"
    else:
        due = start + (ends - start) // 2
        step = f"{start.isoformat()} 至 {ends.isoformat()} 的中点（建议日期，文件未载明）"
    yield on_day(now, "project.started_on", start, due, step)


def extension_application(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """Before the end it is asked whether an extension is needed, unless every target has begun (R-DL-22).

    Opens so many days before the end and stands until it; a suggestion, no duty to ask for an extension.
    """
    ends: date | None = now.facts.get("project.ends_on")
    if ends is None or now.facts.get("targets.begun"):
        return
    days = parse_length(spec.length or "P60D").days
    opens = ends - timedelta(days=days)
    step = f"实施结束日 {ends.isoformat()} - {days} 日 → {opens.isoformat()} 起提示；须延期的在结束前提出"
    planned = on_day(now, "project.ends_on", ends, ends, step)
    over = ends + timedelta(days=1)
    yield replace(planned, occurrence=ends.isoformat(), soft_due=ends, opens_on=opens, lapses_on=over)


def project_summary(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """The summary of a two-year project is due some time after its end, on a suggested day (R-DL-24)."""
    ends: date | None = now.facts.get("project.ends_on")
    if ends is not None:
        yield replace(_after_end(now, spec.length or "P1M", ends, ""), opens_on=ends)


def follow_up(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """After the end the talent is followed up once a year, as often as the pack says (R-DL-24)."""
    ends: date | None = now.facts.get("project.ends_on")
    months = parse_length(spec.length or "P12M").months
    if ends is None:
        return
    for turn in range(1, (spec.times or 1) + 1):
        begins = ends + relativedelta(months=months * (turn - 1))
        planned = _after_end(now, f"P{months * turn}M", ends, str(turn))
        yield replace(planned, opens_on=begins)


def _after_end(now: Situation, length: str, ends: date, occurrence: str) -> Planned:
    return from_period(occurrence, "project.ends_on", counted(ends, length, now.calendar))
