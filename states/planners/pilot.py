"""Planners of the duties of a Fujian pilot: monthly progress, what a subsidy obliges to, inspections.

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
    return recurring(now, str(A.FILE_FUND_METHOD), years(following, due=(1, 31)))


def annual_assessment(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """Every December the unit holds its year against the filed indicators (R-DL-35, R-AMB-44)."""
    filed = now.last(A.FILE_FUND_METHOD)
    if filed is None:
        return ()
    return recurring(now, str(A.FILE_FUND_METHOD), years(filed, opens=(12, 1)))


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
