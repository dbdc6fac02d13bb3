"""What a project is to be watched for: remarks shown with it, closer reminders of first-time hosts.

Pure. A remark is never a consequence: it counts for the evaluation only if a person says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from states.catalogue import DutySpec, Programme
from states.names import DutyStatus

FIRST_HOST = "重点关注"
NO_MIDTERM = "未中期考核"
UNTOLD = "未按期汇报"
REMARKS = (FIRST_HOST, NO_MIDTERM, UNTOLD)
"""In the order in which they are shown."""
FIRST_HOST_FACT = "event.first_time_host"
MIDTERM, PREPARATION = "midterm_report", "preparation_report"


@dataclass(frozen=True, slots=True)
class Standing:
    """As much of a duty as a remark rests on."""

    slug: str
    status: DutyStatus
    late_after: date
    met_on: date | None


def remarks(facts: Mapping[str, Any], duties: Iterable[Standing], on: date) -> tuple[str, ...]:
    """The remarks on a project by a day (R-DL-05, R-DL-11, R-DL-32).

    A midterm whose suggested day passed without one is missing, even after the evaluation was opened.
    """
    found = {FIRST_HOST} if facts.get(FIRST_HOST_FACT) is True else set()
    for duty in duties:
        past = duty.late_after < on and duty.met_on is None
        if duty.slug == MIDTERM and past and duty.status not in _EXCUSED:
            found.add(NO_MIDTERM)
        late = duty.status in _LATE or (duty.status is DutyStatus.OPEN and past)
        if duty.slug == PREPARATION and late:
            found.add(UNTOLD)
    return tuple(remark for remark in REMARKS if remark in found)


_EXCUSED = (DutyStatus.WAIVED, DutyStatus.SUSPENDED)
_LATE = (DutyStatus.OVERDUE, DutyStatus.LATE)


def reminded(programme: Programme, slug: str, facts: Mapping[str, Any], on: date) -> DutySpec:
    """The duty with its plan of reminders: twice as close for who hosts for the first time (R-DL-32)."""
    spec = programme.duties[slug]
    if facts.get(FIRST_HOST_FACT) is True and programme.setting("first_host_closer", on, False):
        return closer(spec)
    return spec


def closer(spec: DutySpec) -> DutySpec:
    """A day between every two days of the plan, and repeats in half the time."""
    repeat = max(1, spec.repeat // 2) if spec.repeat else None
    before = tuple(sorted(_between(spec.before), reverse=True))
    return replace(spec, before=before, after=tuple(sorted(_between(spec.after))), repeat=repeat)


def _between(days: tuple[int, ...]) -> set[int]:
    return {*days, *((one + other) // 2 for one, other in pairwise(sorted(days)))}
