"""The table of duties: where each kind is owed, how it is planned and what meets it.

One literal row per kind; the planners stand in `states.planners`. What becomes of duties that
stand already is decided in `states.reconcile`; nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from states.catalogue import DutySpec, Programme
from states.names import Action as A
from states.names import State
from states.names import State as S
from states.planners.application import completion, completion_receipt
from states.planners.evaluation import evaluation_opening, feedback, rectification, result_receipt
from states.planners.event import (
    congress_agreement,
    congress_progress,
    event_date,
    halt_expected,
    preparation,
)
from states.planners.pilot import (
    annual_assessment,
    annual_indicators,
    annual_plan,
    annual_summary,
    fund_method_filing,
    inspection,
    monthly_progress,
)
from states.planners.plan import Planned, Situation
from states.planners.term import (
    cycle,
    extension_application,
    follow_up,
    half_years,
    midterm,
    project_summary,
)
from states.planners.yearly import (
    at_any_time,
    closing_materials,
    council_election,
    monitoring,
    year_completion,
    yearly_quota,
)
from states.tables import LIFECYCLES

_GRANTED = frozenset(
    {S.APPROVED, S.EXECUTING, S.MIDTERM, S.MIDTERM_RECTIFYING, S.EXTENSION_PENDING, S.HALT_PENDING}
)
_STARTED = _GRANTED - {S.APPROVED}
_PILOT = _GRANTED | {S.PERFORMANCE_REVIEW, S.RECTIFYING, S.RECTIFICATION_SUBMITTED}
_AFTER = _STARTED | {S.PERFORMANCE_REVIEW, S.RECTIFYING, S.RECTIFICATION_SUBMITTED, S.CLOSED}
_FED_BACK = frozenset({S.PERFORMANCE_REVIEW, S.RECTIFYING, S.EXECUTING, S.CLOSED, S.CLOSED_UNQUALIFIED})


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the duty table."""

    slug: str
    plan: Callable[[Situation, DutySpec], Iterable[Planned]]
    live: frozenset[State]
    met_by: frozenset[A] = frozenset()
    met_by_fact: str | None = None
    follows_event: bool = False
    never_waived: str | None = None
    """Why it is never waived, and what is done instead, in Chinese; None: the association may waive it."""


_RECTIFIED = "须按要求整改完毕；确需时间的以书面决定延长期限（extend_rectification）"
_COMPLETED = "材料不全的不能形式审查；可另定补正截止日，逾期的按逾期未补正办理（lapse）"
_RECORDED = "期限自该日起算，须登记（record_receipt）"

# fmt: off
KINDS: tuple[Kind, ...] = (
    Kind("preparation_report",   preparation,        _GRANTED | {S.PERFORMANCE_REVIEW}, follows_event=True),
    Kind("rectification_report", rectification,      frozenset({S.RECTIFYING}),         met_by=frozenset({A.SUBMIT_RECTIFICATION}), never_waived=_RECTIFIED),
    Kind("half_year_guidance",   half_years,         _STARTED | {S.PERFORMANCE_REVIEW}),
    Kind("cycle_summary",        cycle,              _STARTED | {S.PERFORMANCE_REVIEW}),
    Kind("midterm_report",       midterm,            _STARTED,                          met_by=frozenset({A.MIDTERM_DONE})),
    Kind("evaluation_opening",   evaluation_opening, _STARTED,                          met_by=frozenset({A.OPEN_EVALUATION})),
    Kind("evaluation_feedback",  feedback,           _FED_BACK,                         met_by_fact="evaluation.received_on"),
    Kind("completion",           completion,         frozenset({S.RETURNED}),           met_by=frozenset({A.SUBMIT}), never_waived=_COMPLETED),
    Kind("completion_receipt",   completion_receipt, frozenset({S.RETURNED}),           met_by_fact="return.received_on", never_waived=_RECORDED),
    Kind("result_receipt",       result_receipt,     frozenset({S.RECTIFYING}),         met_by_fact="evaluation.received_on", never_waived=_RECORDED),
    Kind("event_date",           event_date,         _GRANTED,                          met_by_fact="event.starts_on"),
    Kind("halt_request",         halt_expected,      frozenset({S.EXECUTING, S.MIDTERM}), met_by=frozenset({A.REQUEST_HALT})),
    Kind("monthly_progress",     monthly_progress,   _PILOT),
    Kind("fund_method_filing",   fund_method_filing, _PILOT,                            met_by=frozenset({A.FILE_FUND_METHOD})),
    Kind("annual_indicators",    annual_indicators,  _PILOT),
    Kind("annual_assessment",    annual_assessment,  _PILOT),
    Kind("annual_plan",          annual_plan,        frozenset({S.DOING})),
    Kind("annual_summary",       annual_summary,     frozenset({S.DOING})),
    Kind("inspection",           inspection,         _PILOT,                            met_by=frozenset({A.RECORD_INSPECTION})),
    Kind("congress_progress",    congress_progress,  _GRANTED),
    Kind("congress_agreement",   congress_agreement, _GRANTED),
    Kind("closing_materials",    closing_materials,  _STARTED | {S.PERFORMANCE_REVIEW}),
    Kind("yearly_uploads",       yearly_quota,       _STARTED | {S.PERFORMANCE_REVIEW}),
    Kind("yearly_services",      yearly_quota,       _STARTED | {S.PERFORMANCE_REVIEW}),
    Kind("year_completion",      year_completion,    _STARTED | {S.PERFORMANCE_REVIEW, S.TO_DO, S.DOING}),
    Kind("extension_application", extension_application, frozenset({S.EXECUTING, S.MIDTERM}), met_by=frozenset({A.REQUEST_EXTENSION, A.REQUEST_HALT})),
    Kind("project_summary",      project_summary,    _AFTER),
    Kind("follow_up",            follow_up,          _AFTER),
    Kind("council_election",     council_election,   frozenset({S.TO_DO, S.DOING})),
    Kind("process_monitoring",   monitoring,         _STARTED),
    Kind("completion_survey",    at_any_time,        frozenset()),
    Kind("site_meeting",         at_any_time,        frozenset()),
    Kind("observation_meeting",  at_any_time,        frozenset()),
)
# fmt: on

TASKS: dict[str, tuple[str, ...]] = {
    "completion": ("completion_receipt",),
    "rectification_report": ("result_receipt",),
    "preparation_report": ("event_date", "halt_request"),
}
"""The duty that counts from a day somebody has to record, with what is to be done while there is none."""


def owed_at_once(programme: Programme) -> bool:
    """Whether something is owed from the day on which a project of the programme is made (R-DL-18, R-DL-31)."""
    entry = LIFECYCLES[programme.variant].entry
    return any(entry in kind.live and kind.slug in programme.duties for kind in KINDS)


BY_SLUG: dict[str, Kind] = {kind.slug: kind for kind in KINDS}
