"""Planners of duties of an application that was returned for completion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from states.catalogue import DutySpec
from states.names import Action as A
from states.planners.plan import Planned, Situation, counted, extended, from_period, on_day, to_record


def completion(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """Counted from the receipt of the notice; a day set by the office holds without one (R-AMB-08)."""
    received: date | None = now.facts.get("return.received_on")
    longer: date | None = now.facts.get("return.due_on")
    times = now.round(A.RETURN_FOR_COMPLETION)
    sent = now.last(A.RETURN_FOR_COMPLETION)
    if received is not None:
        period = counted(received, spec.length or "W5", now.calendar)
        planned = from_period(times, "return.received_on", period)
        yield planned if longer is None else extended(planned, longer)
    elif longer is not None and sent is not None:
        step = f"补正截止日由经办人员定为 {longer.isoformat()}"
        planned = on_day(now, "return.due_on", sent, longer, step)
        yield replace(planned, occurrence=times, provisional=False)


def completion_receipt(now: Situation, spec: DutySpec) -> Iterable[Planned]:
    """Without the day of receipt the time for completion does not run: it has to be recorded (R-AMB-24)."""
    sent = now.last(A.RETURN_FOR_COMPLETION, A.CITY_RETURN)
    if sent is None or sent != now.last(A.RETURN_FOR_COMPLETION):
        return
    if now.facts.get("return.received_on") is None and now.facts.get("return.due_on") is None:
        planned = to_record(now, spec, str(A.RETURN_FOR_COMPLETION), sent)
        yield replace(planned, occurrence=now.round(A.RETURN_FOR_COMPLETION))
