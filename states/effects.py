"""What a step writes besides the state: facts and flags, one literal row per action.

Pure; the record applies what is returned.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta

from states.amending import new_end
from states.amendment import Deadline, Undoing
from states.guards import Ask
from states.guards.county import DIMENSIONS, NEED_FIELDS, NEED_STATUSES
from states.names import Action as A
from states.names import Role as R

Facts = dict[str, Any]

_REQUEST: Facts = {"request.new_end": None, "request.made_on": None, "project.return_to": None}


def _nothing(ask: Ask) -> Facts:
    return {}


def _approved(ask: Ask) -> Facts:
    printed = ask.context.programme.amount_fen_on(ask.command.on)
    amount = ask.command.values.get("project.amount", ask.case.facts.get("project.amount", printed))
    return {**_settled(ask), "project.approved_on": ask.command.on, "project.amount": amount}


def _approval_lost(ask: Ask) -> Facts:
    """What is no longer approved is granted nothing; an undo of this step brings the amount back."""
    return {name: None for name in ("project.amount",) if ask.case.facts.get(name) is not None}


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
        **_mode(ask),
    }


def _mode(ask: Ask) -> Facts:
    """How it was evaluated where the document names two ways: told, or by who records it (R-LIFE-162)."""
    if ask.context.programme.province != "fujian" or "evaluation.mode" in ask.command.values:
        return {}
    own = ask.command.roles & {R.PROV_ASSOCIATION, R.ACADEMIC_DEPARTMENT}
    return {"evaluation.mode": "自行组织专家" if own else "委托专业机构"}


def _corrected(ask: Ask) -> Facts:
    if "evaluation.conclusion" in ask.command.values and not ask.facts.get("evaluation.concluded_on"):
        return {"evaluation.concluded_on": ask.command.on}
    return {}


def _rescheduled(ask: Ask) -> Facts:
    """A new date revives a cancelled event (R-AMB-47)."""
    return {"event.cancelled_on": None} if "event.starts_on" in ask.command.values else {}


def _published(ask: Ask) -> Facts:
    """The day of the published list or of the notice of intended approvals (R-FORM-11, R-FORM-66)."""
    return {"publication.on": ask.command.values.get("publication.on", ask.command.on)}


def _survey_form(ask: Ask) -> Facts:
    """One more form; a second one of the same expert takes the place of the first."""
    said = {
        name.removeprefix("survey."): ask.command.values.get(name) for name in (*DIMENSIONS, "survey.other")
    }
    expert = ask.command.values["survey.expert"]
    form = {"name": expert, "on": ask.command.on.isoformat(), **said}
    others = [each for each in ask.case.facts.get("survey.forms") or () if each.get("name") != expert]
    gone: Facts = dict.fromkeys((*DIMENSIONS, "survey.other", "survey.expert"))
    return {**gone, "survey.forms": [*others, form]}


def _need_recorded(ask: Ask) -> Facts:
    """One more need of an enterprise, or what has become of one (R-DL-36); history keeps what it was."""
    values = ask.command.values
    told = {name: values[f"need.{name}"] for name in NEED_FIELDS if values.get(f"need.{name}") is not None}
    known = list(ask.case.facts.get("needs.register") or ())
    number = str(values.get("need.number") or len(known) + 1)
    before = next((one for one in known if one["number"] == number), {"status": NEED_STATUSES[0]})
    need = {**before, **told, "number": number, "on": ask.command.on.isoformat()}
    kept = [need if one["number"] == number else one for one in known]
    register = kept if need in kept else [*kept, need]
    return {
        **dict.fromkeys(("need.number", *(f"need.{name}" for name in NEED_FIELDS))),
        "needs.register": register,
    }


def _city_returned(ask: Ask) -> Facts:
    return {"return.received_on": None, "return.due_on": None}


def _cosigned(ask: Ask) -> Facts:
    return {"cosign.on": ask.command.on}


def _cosign_used(ask: Ask) -> Facts:
    return {"cosign.on": None}


def _closing_imported(ask: Ask) -> Facts:
    """An earlier year's project comes in at its end: it ran until the last day of its year unless set."""
    ends = ask.command.values.get("project.ends_on") or date(ask.case.year, 12, 31)
    start = ask.command.values.get("project.started_on") or date(ask.case.year, 1, 1)
    return {
        **_approved(ask),
        "project.approved_on": min(start, ask.command.on),
        "project.started_on": start,
        "project.ends_on": ends,
    }


def _followed(ask: Ask) -> Facts:
    """Which step of the parent a child followed (R-LIFE-62)."""
    return {"parent.cause": ask.command.reason}


def _closed_with_parent(ask: Ask) -> Facts:
    """The child keeps the conclusion on its parent, by which it counts later (R-LIFE-131)."""
    parent = ask.context.parent
    return {**_followed(ask), **(parent.conclusion if parent else {})}


def _absorbed(ask: Ask) -> Facts:
    """An absorbed child has no money of its own, whatever was noted on it before (R-AMB-06)."""
    return {**_followed(ask), **_approval_lost(ask)}


def _pack_adopted(ask: Ask) -> Facts:
    """Which pack version holds from now on, and by digest which held before."""
    return {"project.pack_before": ask.context.pack_digest}


def _end_amended(ask: Ask) -> Facts:
    """The end of the term, where the amendment moves it or puts it back (R-DL-25)."""
    amends, calendar = ask.command.amends, ask.context.calendar
    if isinstance(amends, Undoing):
        moved = amends.changes.ends_on
        return {"project.ends_on": moved[0]} if moved else {}
    if amends is None or amends.deadline is not Deadline.END:
        return {}
    return {"project.ends_on": new_end(ask.case, amends, calendar, ask.command.on)}


def _objected(ask: Ask) -> Facts:
    """An objection as it is registered (R-FORM-67)."""
    received = ask.command.values.get("objection.received_on", ask.command.on)
    return {"objection.received_on": received, "objection.decision": None}


# fmt: off
EFFECTS: dict[A, Callable[[Ask], Facts]] = {
    A.RETURN_FOR_COMPLETION: _returned,
    A.REVIEW_SELECT:         _approved,
    A.CHAIR_PASS:            _approved,
    A.IMPORT_APPROVED:       _approved,
    A.PROMOTE_RESERVE:       _approved,
    A.REVOKE_APPROVAL:       _approval_lost,
    A.RELINQUISH:            _approval_lost,
    A.PUBLISH_RESULTS:       _published,
    A.RECORD_OBJECTION:      _objected,
    A.START:                 _started,
    A.RESCHEDULE_EVENT:      _rescheduled,
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
    A.CITY_RETURN:           _city_returned,
    A.RECORD_NEED:           _need_recorded,
    A.FILE_SURVEY_FORM:      _survey_form,
    A.IMPORT_CLOSING:        _closing_imported,
    A.ABSORB:                _absorbed,
    A.RELEASE_TO_REVIEW:     _followed,
    A.CLOSE_ABSORBED:        _closed_with_parent,
    A.TERMINATE_ABSORBED:    _followed,
    A.RELEASE_ABSORBED:      _followed,
    A.HALT_ABSORBED:         _followed,
    A.RESUME_ABSORBED:       _followed,
    A.ADOPT_PACK:            _pack_adopted,
    A.AMEND_DEADLINES:       _end_amended,
    A.UNDO_AMENDMENT:        _end_amended,
    A.COSIGN:                _cosigned,
    A.OPEN_CALL:             _cosign_used,
    A.CONCLUDE_EDITION:      _cosign_used,
    A.AWARD_RESULT:          _cosign_used,
}

FLAGS: dict[A, str] = {
    A.IMPORT_APPROVED:       "imported",
    A.IMPORT_CLOSING:        "imported",
    A.ABSORB:                "absorbed",
    A.HALT_ABSORBED:         "halted_with_parent",
    A.PUBLISH_RESULTS:       "publicised",
    A.CONFIRM_PROGRESS:      "progress_confirmed",
    A.DECIDE_SUBSIDY:        "subsidy_decided",
    A.FILE_FUND_METHOD:      "subsidy_filed",
    A.PAY_SUBSIDY:           "subsidised",
}
# fmt: on

UNFLAGS: dict[A, str] = {A.RELEASE_ABSORBED: "absorbed", A.RESUME_ABSORBED: "halted_with_parent"}
"""Steps that take a mark away again."""


def effect(ask: Ask) -> Facts:
    """The facts that the step writes; None removes one."""
    return {**ask.command.values, **EFFECTS.get(ask.command.action, _nothing)(ask)}
