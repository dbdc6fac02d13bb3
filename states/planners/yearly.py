"""Planners of duties of a year or a quarter of a project: quotas, the end of the year, monitoring.

Also those on days that an office or a register gives: closing materials, the end of a council's term.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from states.catalogue import DutySpec
from states.periods import parse_length
from states.planners.plan import Planned, Situation, on_day
from states.planners.windows import recurring, spans, years

_YEAR_END = (12, 31)


def yearly_quota(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """In every calendar year of the term a number is owed: uploads, services (R-DL-15, R-DL-16, R-AMB-25)."""
    start: date | None = now.facts.get("project.started_on")
    ends: date | None = now.facts.get("project.ends_on")
    if start is None or ends is None:
        return ()
    return recurring(now, "project.started_on", years(start, until=ends))


def monitoring(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """Every quarter from the start to the end of the project, as a suggested rhythm (R-DL-38)."""
    start: date | None = now.facts.get("project.started_on")
    ends: date | None = now.facts.get("project.ends_on")
    if start is None or ends is None:
        return ()
    length = parse_length(spec.length or "P3M").months
    return recurring(now, "project.started_on", spans(start, length, until=ends), lapsing=True)


def year_completion(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """All tasks of the year are completed by its last day (R-DL-18)."""
    year = now.case.year
    due = date(year, *_YEAR_END)
    step = f"文件为{year}年工作，须全面完成 → {due.isoformat()}（不顺延）"
    yield on_day(now, "project.year", date(year, 1, 1), due, step)


def closing_materials(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """The papers for the evaluation are owed by the day that the office sets, else by none (R-DL-12)."""
    due: date | None = now.facts.get("closing.due_on")
    since = now.facts.get("project.approved_on") or now.on
    if due is not None:
        step = f"收尾材料报送期限由省科协定为 {due.isoformat()}（文件未载明日期，不顺延）"
        yield on_day(now, "closing.due_on", min(since, due), due, step)


def council_election(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """A council is elected by the end of its term, or of a postponement that was approved (R-DL-31)."""
    name = "unit.council_term_end"
    ends: date | None = now.case.unit.facts.get(name) or now.facts.get(name)
    longer_name = "unit.postpone_approved_until"
    longer: date | None = now.case.unit.facts.get(longer_name) or now.facts.get(longer_name)
    if ends is None:
        return
    step = f"理事会届满日 {ends.isoformat()}，届满前完成换届（不顺延）"
    planned = replace(on_day(now, name, ends, ends, step), occurrence=ends.isoformat())
    if longer is not None and longer > ends:
        soft = now.calendar.previous_workday(longer)
        steps = (*planned.steps, f"经批准延期换届至 {longer.isoformat()}")
        planned = replace(planned, legal_due=longer, due=longer, soft_due=soft, steps=steps)
    yield planned


def at_any_time(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """A duty without a date is never planned: it is there when it is recorded (R-DL-13, R-DL-29, R-DL-30)."""
    return ()
