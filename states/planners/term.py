"""Planners of duties within the term of a project: half-years, cycle, midpoint."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
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
