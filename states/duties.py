"""What a case should owe, and by when: planned afresh from its facts and its pack.

One planner per kind of duty, and a literal table that says where each is owed and what meets it.
Dates come from `states.periods`. What becomes of duties that stand already is decided in
`states.reconcile`; nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import count
from typing import Any

from dateutil.relativedelta import relativedelta

from states.calendar import Calendar
from states.catalogue import DutySpec, Programme
from states.decision import Case
from states.guards import effective
from states.names import Action as A
from states.names import State
from states.names import State as S
from states.periods import Period, parse_length, statutory_period

_GRANTED = frozenset(
    {S.APPROVED, S.EXECUTING, S.MIDTERM, S.MIDTERM_RECTIFYING, S.EXTENSION_PENDING, S.HALT_PENDING}
)
_counted = lru_cache(maxsize=4096)(statutory_period)
"""Every step plans all duties anew, most of them from the same days as the step before."""

_STARTED = _GRANTED - {S.APPROVED}
_FED_BACK = frozenset({S.PERFORMANCE_REVIEW, S.RECTIFYING, S.EXECUTING, S.CLOSED, S.CLOSED_UNQUALIFIED})


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


def _from_period(occurrence: str, anchor: str, period: Period) -> Planned:
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


def _on_day(now: Situation, anchor: str, since: date, due: date, step: str) -> Planned:
    soft = now.calendar.previous_workday(due)
    return Planned("", anchor, since, due, due, soft, now.calendar.is_provisional(due), (step,))


def _preparation(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    start: date | None = now.facts.get("event.starts_on")
    if start is not None:
        period = _counted(start, spec.length or "P1M", now.calendar, before=True)
        yield _from_period("", "event.starts_on", period)


def _rectification(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """Counted from the receipt; without one from the conclusion, if the pack says so (R-AMB-24)."""
    anchor = "evaluation.received_on"
    received: date | None = now.facts.get(anchor)
    if received is None and now.programme.setting("receipt_falls_back", now.on, False):
        anchor = "evaluation.concluded_on"
        received = now.facts.get(anchor)
    if received is None:
        return
    planned = _from_period(
        now.round(A.OPEN_EVALUATION, A.ORDER_REEVALUATION),
        anchor,
        _counted(received, spec.length or "P3M", now.calendar),
    )
    longer: date | None = now.facts.get("rectification.due_on")
    yield planned if longer is None or longer <= planned.due else _extended(planned, longer)


def _extended(planned: Planned, due: date) -> Planned:
    step = f"经书面决定延长至 {due.isoformat()}"
    return replace(planned, legal_due=due, due=due, soft_due=due, steps=(*planned.steps, step))


def _half_years(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    start: date | None = now.facts.get("project.started_on")
    ends: date | None = now.facts.get("project.ends_on")
    months = parse_length(spec.length or "P6M").months
    if start is None or ends is None:
        return
    for window in count(1):
        period = _counted(start, f"P{months * window}M", now.calendar, roll=False)
        if period.nominal > ends:
            return
        yield _from_period(str(window), "project.started_on", period)


def _cycle(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    start: date | None = now.facts.get("project.started_on")
    ends: date | None = now.facts.get("project.ends_on")
    if start is None:
        return
    period = _counted(start, spec.length or "P24M", now.calendar, roll=False)
    planned = _from_period("", "project.started_on", period)
    if ends is not None and ends != planned.legal_due:
        step = f"实施结束日为 {ends.isoformat()}"
        soft = now.calendar.previous_workday(ends)
        planned = replace(planned, legal_due=ends, due=ends, soft_due=soft, steps=(*planned.steps, step))
    yield planned


def _midterm(now: Situation, spec: DutySpec) -> Iterable[Planned]:
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
    yield _on_day(now, "project.started_on", start, due, step)


def _evaluation_opening(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    ends: date | None = now.facts.get("project.ends_on")
    if ends is not None:
        step = f"实施结束日 {ends.isoformat()}（建议日期，文件仅称适时）"
        yield _on_day(now, "project.ends_on", ends, ends, step)


def _feedback(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    concluded: date | None = now.facts.get("evaluation.concluded_on")
    if concluded is not None:
        period = _counted(concluded, spec.length or "P10D", now.calendar)
        occurrence = now.round(A.OPEN_EVALUATION, A.ORDER_REEVALUATION)
        yield _from_period(occurrence, "evaluation.concluded_on", period)


def _completion(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """Counted from the receipt of the notice; a day set by the office holds without one (R-AMB-08)."""
    received: date | None = now.facts.get("return.received_on")
    longer: date | None = now.facts.get("return.due_on")
    times = now.round(A.RETURN_FOR_COMPLETION)
    sent = now.last(A.RETURN_FOR_COMPLETION)
    if received is not None:
        period = _counted(received, spec.length or "W5", now.calendar)
        planned = _from_period(times, "return.received_on", period)
        yield planned if longer is None else _extended(planned, longer)
    elif longer is not None and sent is not None:
        step = f"补正截止日由经办人员定为 {longer.isoformat()}"
        yield replace(_on_day(now, "return.due_on", sent, longer, step), occurrence=times)


def _completion_receipt(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """Without the day of receipt the time for completion does not run: it has to be recorded (R-AMB-24)."""
    sent = now.last(A.RETURN_FOR_COMPLETION, A.CITY_RETURN)
    if sent is None or sent != now.last(A.RETURN_FOR_COMPLETION):
        return
    if now.facts.get("return.received_on") is None and now.facts.get("return.due_on") is None:
        planned = _to_record(now, spec, str(A.RETURN_FOR_COMPLETION), sent)
        yield replace(planned, occurrence=now.round(A.RETURN_FOR_COMPLETION))


def _result_receipt(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """Without the day of receipt the time for rectification does not run (R-AMB-24)."""
    concluded: date | None = now.facts.get("evaluation.concluded_on")
    if concluded is not None and now.facts.get("evaluation.received_on") is None:
        times = now.round(A.OPEN_EVALUATION, A.ORDER_REEVALUATION)
        yield replace(_to_record(now, spec, "evaluation.concluded_on", concluded), occurrence=times)


def _event_date(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """An event without a date owes no preparation report yet: its date has to be recorded (R-AMB-47)."""
    approved: date | None = now.facts.get("project.approved_on")
    if approved is not None and now.facts.get("event.starts_on") is None and not cancelled(now.facts):
        yield _to_record(now, spec, "project.approved_on", approved)


def _halt_expected(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """Of a cancelled event an application for a halt is expected (R-AMB-47)."""
    day: date | None = now.facts.get("event.cancelled_on")
    if day is not None:
        yield replace(_to_record(now, spec, "event.cancelled_on", day), occurrence=day.isoformat())


def cancelled(facts: Mapping[str, Any]) -> bool:
    """Whether the event was cancelled and has no new date."""
    return facts.get("event.cancelled_on") is not None


def _to_record(now: Situation, spec: DutySpec, anchor: str, since: date) -> Planned:
    return _from_period("", anchor, _counted(since, spec.length or "P7D", now.calendar))


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the duty table."""

    slug: str
    plan: Callable[[Situation, DutySpec], Iterable[Planned]]
    live: frozenset[State]
    met_by: frozenset[A] = frozenset()
    met_by_fact: str | None = None
    follows_event: bool = False


# fmt: off
KINDS: tuple[Kind, ...] = (
    Kind("preparation_report",   _preparation,        _GRANTED | {S.PERFORMANCE_REVIEW}, follows_event=True),
    Kind("rectification_report", _rectification,      frozenset({S.RECTIFYING}),         met_by=frozenset({A.SUBMIT_RECTIFICATION})),
    Kind("half_year_guidance",   _half_years,         _STARTED | {S.PERFORMANCE_REVIEW}),
    Kind("cycle_summary",        _cycle,              _STARTED | {S.PERFORMANCE_REVIEW}),
    Kind("midterm_report",       _midterm,            _STARTED,                          met_by=frozenset({A.MIDTERM_DONE})),
    Kind("evaluation_opening",   _evaluation_opening, _STARTED,                          met_by=frozenset({A.OPEN_EVALUATION})),
    Kind("evaluation_feedback",  _feedback,           _FED_BACK,                         met_by_fact="evaluation.received_on"),
    Kind("completion",           _completion,         frozenset({S.RETURNED}),           met_by=frozenset({A.SUBMIT})),
    Kind("completion_receipt",   _completion_receipt, frozenset({S.RETURNED}),           met_by_fact="return.received_on"),
    Kind("result_receipt",       _result_receipt,     frozenset({S.RECTIFYING}),         met_by_fact="evaluation.received_on"),
    Kind("event_date",           _event_date,         _GRANTED,                          met_by_fact="event.starts_on"),
    Kind("halt_request",         _halt_expected,      frozenset({S.EXECUTING, S.MIDTERM}), met_by=frozenset({A.REQUEST_HALT})),
)
# fmt: on

TASKS: dict[str, tuple[str, ...]] = {
    "completion": ("completion_receipt",),
    "rectification_report": ("result_receipt",),
    "preparation_report": ("event_date", "halt_request"),
}
"""The duty that counts from a day somebody has to record, with what is to be done while there is none."""

BY_SLUG: dict[str, Kind] = {kind.slug: kind for kind in KINDS}
