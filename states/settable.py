"""Which facts a step may carry (`--set`), and who may correct which: one literal row per action.

So that nobody slips a conclusion or an end date past the step that decides it.
"""

from __future__ import annotations

from states.guards.certainty import CONFIRMED, FINAL
from states.guards.county import DIMENSIONS
from states.names import Action as A

# fmt: off
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
    A.RESCHEDULE_EVENT:      ("event.starts_on", "event.ends_on", "event.cancelled_on"),
    A.RECORD_EVALUATION:     ("evaluation.conclusion", "evaluation.has_issues", "evaluation.concluded_on",
                              "evaluation.mode", "evaluation.agency"),
    A.RECORD_RECEIPT:        ("evaluation.received_on", "return.received_on"),
    A.EXTEND_RECTIFICATION:  ("rectification.due_on",),
    A.DECIDE_SUBSIDY:        ("subsidy.amount", "subsidy.notified_on"),
    A.RECORD_INSPECTION:     ("inspection.on",),
    A.RECORD_NEED:           ("need.number", "need.enterprise", "need.content", "need.status", "need.note"),
    A.IMPORT_CLOSING:        ("project.amount", "project.started_on", "project.ends_on",
                              "closing.due_on"),
    A.MARK_CHILD:            ("project.marked",),
    A.ASSIGN_SURVEY:         ("survey.experts", "survey.on"),
    A.FILE_SURVEY_FORM:      ("survey.expert", *DIMENSIONS, "survey.other"),
    A.NOM_QUALIFY:           ("qualification.passed",),
    A.NOM_COMMITTEE:         ("nomination.agreed", "review.score"),
    A.AWARD_RESULT:          ("award.grade", "review.score"),
    A.AWARD_PREPARE:         ("edition.sci_checked", "edition.sci_note", "edition.categories"),
    A.TDOP_MOTION:           ("resolution.organ", "resolution.matter", "resolution.on"),
    A.TDOP_STUDY:            ("resolution.organ", "resolution.on"),
    A.TDOP_VOTE:             ("resolution.organ", "resolution.on"),
    A.TDOP_PUBLISH:          ("resolution.organ", "resolution.on"),
    A.TDOP_REFUSE:           ("resolution.organ",),
    A.TASK_DONE:             ("task.note",),
    A.TRACK_APPLY:           ("track.applied_on",),
    A.TRACK_RESULT:          ("track.outcome", "track.on"),
    A.ADOPT_PACK:            ("project.pack",),
}
# fmt: on

PROTECTED: frozenset[str] = frozenset(
    {
        "project.return_to",
        "project.halted_on",
        "project.approved_on",
        "project.flags",
        "project.pack",
        "project.pack_before",
        "parent.cause",
        "survey.forms",
        "needs.register",
        "survey.experts",
        "cosign.on",
        "project.marked",
        CONFIRMED,
    }
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
        "closing.due_on",
        "subsidy.amount",
        "subsidy.notified_on",
        "publication.on",
        "selection.leader",
        "return.due_on",
        "award.grade",
        "qualification.passed",
        "nomination.agreed",
        "track.outcome",
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
    return name in SETS.get(action, ()) or (name == CONFIRMED and action in FINAL)


def needs(action: A) -> tuple[str, ...]:
    """The facts that a step may carry, for a list of what is needed."""
    return SETS.get(action, ())
