"""Planners of duties around the performance evaluation: opening, feedback, receipt, rectification."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from states.catalogue import DutySpec
from states.names import Action as A
from states.planners.plan import Planned, Situation, counted, extended, from_period, on_day, to_record


def evaluation_opening(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """The evaluation may be opened from the end of the project on, as a suggested date (R-DL-14)."""
    ends: date | None = now.facts.get("project.ends_on")
    if ends is not None:
        step = f"实施结束日 {ends.isoformat()}（建议日期，文件仅称适时）"
        yield on_day(now, "project.ends_on", ends, ends, step)


def feedback(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """The conclusion is handed back within the days that the pack gives (R-DL-34)."""
    concluded: date | None = now.facts.get("evaluation.concluded_on")
    if concluded is not None:
        period = counted(concluded, spec.length or "P10D", now.calendar)
        occurrence = now.round(A.OPEN_EVALUATION, A.ORDER_REEVALUATION)
        yield from_period(occurrence, "evaluation.concluded_on", period)


def result_receipt(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """Without the day of receipt the time for rectification does not run (R-AMB-24)."""
    concluded: date | None = now.facts.get("evaluation.concluded_on")
    if concluded is not None and now.facts.get("evaluation.received_on") is None:
        times = now.round(A.OPEN_EVALUATION, A.ORDER_REEVALUATION)
        yield replace(to_record(now, spec, "evaluation.concluded_on", concluded), occurrence=times)


def rectification(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """Counted from the receipt; without one from the conclusion, if the pack says so (R-AMB-24)."""
    anchor = "evaluation.received_on"
    received: date | None = now.facts.get(anchor)
    if received is None and now.programme.setting("receipt_falls_back", now.on, False):
        anchor = "evaluation.concluded_on"
        received = now.facts.get(anchor)
    if received is None:
        return
    planned = from_period(
        now.round(A.OPEN_EVALUATION, A.ORDER_REEVALUATION),
        anchor,
        counted(received, spec.length or "P3M", now.calendar),
    )
    longer: date | None = now.facts.get("rectification.due_on")
    yield planned if longer is None or longer <= planned.due else extended(planned, longer)
