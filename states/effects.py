"""What a step writes besides the state: facts and flags, one literal row per action.

Also which facts a step may carry (`--set`), so that nobody slips a conclusion or an end date past
the step that decides it. Pure; the record applies what is returned.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta

from states.guards import Ask
from states.names import Action as A

Facts = dict[str, Any]

_REQUEST: Facts = {"request.new_end": None, "request.made_on": None, "project.return_to": None}


def _nothing(ask: Ask) -> Facts:
    return {}


def _approved(ask: Ask) -> Facts:
    printed = ask.context.programme.amount_fen_on(ask.command.on)
    amount = ask.command.values.get("project.amount", ask.case.facts.get("project.amount", printed))
    return {**_settled(ask), "project.approved_on": ask.command.on, "project.amount": amount}


def _settled(ask: Ask) -> Facts:
    """An earlier publication, and an objection that is decided, say nothing about a new approval."""
    gone = ["publication.on", "publication.url"]
    if ask.case.facts.get("objection.decision"):
        gone += ["objection.received_on", "objection.by", "objection.decision"]
    return {name: None for name in gone if ask.case.facts.get(name) is not None}


def _started(ask: Ask) -> Facts:
    """R-DL-08 and the default end: a two-year cycle, else 31 December of the project's year."""
    start = ask.command.values.get("project.started_on", ask.command.on)
    months = ask.context.programme.duration_months
    ends = ask.command.values.get("project.ends_on") or ask.case.facts.get("project.ends_on")
    if ends is None or ends < start:
        ends = (
            start + relativedelta(months=months) if months else date(max(ask.case.year, start.year), 12, 31)
        )
    return {"project.started_on": start, "project.ends_on": ends}


def _requested(ask: Ask) -> Facts:
    return {"project.return_to": str(ask.case.state), "request.made_on": ask.command.on}


def _extension_granted(ask: Ask) -> Facts:
    new_end = ask.command.values.get("project.ends_on", ask.case.facts.get("request.new_end"))
    return {**_REQUEST, "project.ends_on": new_end}


def _dropped(ask: Ask) -> Facts:
    return dict(_REQUEST)


def _halted(ask: Ask) -> Facts:
    return {"project.halted_on": ask.command.on, "request.made_on": None}


def _resumed(ask: Ask) -> Facts:
    return {**_REQUEST, "project.halted_on": None, "project.resumed_on": ask.command.on}


def _returned(ask: Ask) -> Facts:
    received = ask.command.values.get("return.received_on")
    return {"return.received_on": received, "return.due_on": ask.command.values.get("return.due_on")}


def _evaluation_opened(ask: Ask) -> Facts:
    names = ("conclusion", "has_issues", "concluded_on", "received_on", "mode", "agency")
    cleared: Facts = {f"evaluation.{name}": None for name in names}
    return {**cleared, "rectification.due_on": None}


def _evaluated(ask: Ask) -> Facts:
    concluded = ask.command.values.get("evaluation.concluded_on", ask.command.on)
    issues = ask.command.values.get("evaluation.has_issues", False)
    return {
        "evaluation.concluded_on": concluded,
        "evaluation.has_issues": issues,
        "evaluation.received_on": None,
    }


def _corrected(ask: Ask) -> Facts:
    if "evaluation.conclusion" in ask.command.values and not ask.facts.get("evaluation.concluded_on"):
        return {"evaluation.concluded_on": ask.command.on}
    return {}


def _published(ask: Ask) -> Facts:
    return {"publication.on": ask.command.values.get("publication.on", ask.command.on)}


def _objected(ask: Ask) -> Facts:
    received = ask.command.values.get("objection.received_on", ask.command.on)
    return {"objection.received_on": received, "objection.decision": None}


# fmt: off
EFFECTS: dict[A, Callable[[Ask], Facts]] = {
    A.RETURN_FOR_COMPLETION: _returned,
    A.REVIEW_SELECT:         _approved,
    A.CHAIR_PASS:            _approved,
    A.IMPORT_APPROVED:       _approved,
    A.PROMOTE_RESERVE:       _approved,
    A.PUBLISH_RESULTS:       _published,
    A.RECORD_OBJECTION:      _objected,
    A.START:                 _started,
    A.REQUEST_EXTENSION:     _requested,
    A.APPROVE_EXTENSION:     _extension_granted,
    A.REFUSE_EXTENSION:      _dropped,
    A.REQUEST_HALT:          _requested,
    A.APPROVE_HALT:          _halted,
    A.REFUSE_HALT:           _dropped,
    A.CANCEL_REQUEST:        _dropped,
    A.RESUME_HALTED:         _resumed,
    A.OPEN_EVALUATION:       _evaluation_opened,
    A.ORDER_REEVALUATION:    _evaluation_opened,
    A.RECORD_EVALUATION:     _evaluated,
    A.CORRECT_RECORD:        _corrected,
}

SETS: dict[A, tuple[str, ...]] = {
    A.RETURN_FOR_COMPLETION: ("return.received_on", "return.due_on"),
    A.REVIEW_SELECT:         ("project.amount", "review.score"),
    A.CHAIR_PASS:            ("project.amount",),
    A.IMPORT_APPROVED:       ("project.amount", "project.ends_on"),
    A.PROMOTE_RESERVE:       ("project.amount",),
    A.PUBLISH_RESULTS:       ("publication.on", "publication.url"),
    A.RECORD_OBJECTION:      ("objection.received_on", "objection.by"),
    A.DECIDE_OBJECTION:      ("objection.decision",),
    A.RECOMMEND:             ("selection.leader", "selection.led_on"),
    A.START:                 ("project.started_on", "project.ends_on"),
    A.REQUEST_EXTENSION:     ("request.new_end",),
    A.APPROVE_EXTENSION:     ("project.ends_on",),
    A.RESUME_HALTED:         ("project.ends_on",),
    A.RESCHEDULE_EVENT:      ("event.starts_on", "event.ends_on"),
    A.RECORD_EVALUATION:     ("evaluation.conclusion", "evaluation.has_issues", "evaluation.concluded_on",
                              "evaluation.mode", "evaluation.agency"),
    A.RECORD_RECEIPT:        ("evaluation.received_on", "return.received_on"),
    A.EXTEND_RECTIFICATION:  ("rectification.due_on",),
    A.DECIDE_SUBSIDY:        ("subsidy.amount", "subsidy.notified_on"),
    A.RECORD_INSPECTION:     ("inspection.on",),
}

FLAGS: dict[A, str] = {
    A.IMPORT_APPROVED:       "imported",
    A.PUBLISH_RESULTS:       "publicised",
    A.CONFIRM_PROGRESS:      "progress_confirmed",
    A.DECIDE_SUBSIDY:        "subsidy_decided",
    A.FILE_FUND_METHOD:      "subsidy_filed",
    A.PAY_SUBSIDY:           "subsidised",
}
# fmt: on

PROTECTED: frozenset[str] = frozenset(
    {"project.return_to", "project.halted_on", "project.approved_on", "project.flags"}
)
"""Facts that only a step itself writes; not even a correction may set them."""


DECIDED: frozenset[str] = frozenset(
    {
        "project.amount",
        "project.started_on",
        "project.ends_on",
        "objection.decision",
        "evaluation.conclusion",
        "evaluation.has_issues",
        "evaluation.concluded_on",
        "rectification.due_on",
        "subsidy.amount",
        "subsidy.notified_on",
        "publication.on",
        "selection.leader",
        "return.due_on",
    }
)
"""Facts that a decision wrote: only the association corrects them, never a clerk (R-SANC-06)."""

RECORDED: frozenset[str] = frozenset(
    {"evaluation.received_on", "return.received_on", "objection.received_on"}
)
"""Facts that a clerk records once; only the association changes or removes them afterwards."""


def may_set(action: A, name: str) -> bool:
    """Whether a step may carry this fact."""
    if action is A.CORRECT_RECORD:
        return name not in PROTECTED
    return name in SETS.get(action, ())


def effect(ask: Ask) -> Facts:
    """The facts that the step writes; None removes one."""
    return {**ask.command.values, **EFFECTS.get(ask.command.action, _nothing)(ask)}


def needs(action: A) -> tuple[str, ...]:
    """The facts that a step may carry, for a list of what is needed."""
    return SETS.get(action, ())
