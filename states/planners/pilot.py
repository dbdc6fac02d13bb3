"""Planners of the duties of the Fujian pilots: monthly progress, what a subsidy obliges to, inspections,
and the yearly papers of the programme as a whole.

No document prints a day for any of them but the month; the defaults stand in the pack, each with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from states.catalogue import DutySpec
from states.names import Action as A
from states.periods import parse_length
from states.planners.plan import Planned, Situation, counted, from_period
from states.planners.windows import months, recurring, spans, years


def monthly_progress(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """Every month is told in the following one, that of the approval too (R-DL-09, R-AMB-18)."""
    approved: date | None = now.facts.get("project.approved_on")
    if approved is None:
        return ()
    day = now.programme.setting("monthly_due_day", now.on, 0) or None
    merged = now.programme.setting("first_report_merged", now.on, True)
    return recurring(now, "project.approved_on", months(approved, day, merged=merged))


def fund_method_filing(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """Indicators and fund method are filed after the notice of the subsidy (R-DL-19)."""
    notified = subsidised(now)
    if notified is not None:
        yield from_period("", "subsidy.notified_on", counted(notified, spec.length or "P30D", now.calendar))


def annual_indicators(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """In the years after the first, the indicators of the year are filed in its first month (R-DL-19)."""
    filed = now.last(A.FILE_FUND_METHOD)
    if filed is None:
        return ()
    following = date(filed.year + 1, 1, 1)
    last = _day_of_year(now, "annual_indicators_due", "01-31")
    return recurring(now, str(A.FILE_FUND_METHOD), years(following, due=last))


def annual_assessment(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """Every December the unit holds its year against the filed indicators (R-DL-35, R-AMB-44)."""
    filed = now.last(A.FILE_FUND_METHOD)
    if filed is None:
        return ()
    opens, last = (12, 1), _day_of_year(now, "annual_assessment_due", "12-31")
    return recurring(now, str(A.FILE_FUND_METHOD), years(filed, min(opens, last), last))


def annual_plan(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """Plan and budget of the whole programme, by the department, at the beginning of a year (R-DL-20)."""
    begun = now.last(A.TASK_START)
    if begun is None:
        return ()
    last = _day_of_year(now, "annual_plan_due", "01-31")
    return recurring(now, str(A.TASK_START), years(begun, due=last))


def annual_summary(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """The summary of the whole programme, by the department, at the end of a year (R-DL-20)."""
    begun = now.last(A.TASK_START)
    if begun is None:
        return ()
    opens, last = (12, 1), _day_of_year(now, "annual_summary_due", "12-31")
    return recurring(now, str(A.TASK_START), years(begun, min(opens, last), last))


def inspection(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """Every half-year from the notice of the subsidy one inspection is planned (R-DL-21)."""
    notified = subsidised(now)
    if notified is None:
        return ()
    length = parse_length(spec.length or "P6M").months
    return recurring(now, "subsidy.notified_on", spans(notified, length), lapsing=True)


def subsidised(now: Situation) -> date | None:
    """The day of the notice that a subsidy was granted; None while none is."""
    decided = now.last(A.DECIDE_SUBSIDY)
    told: date | None = now.facts.get("subsidy.notified_on")
    return None if decided is None else told or decided


def _day_of_year(now: Situation, setting: str, default: str) -> tuple[int, int]:
    """Month and day as a pack writes them: 01-31."""
    month, _, day = str(now.programme.setting(setting, now.on, default)).partition("-")
    return int(month), int(day)
