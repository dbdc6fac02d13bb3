"""Named guards: what must hold before a row may be taken, each with the rule it stands on.

A guard looks at an `Ask` and answers None or a reason. All guards of a row are asked, so that a
refusal names everything at once. A condition chooses between rows. Neither changes anything.
"""

from __future__ import annotations

from collections.abc import Callable

from states.guards.adoption import pack_fits, pack_known, pack_on_file, pool_free
from states.guards.application import (
    call_open,
    completion_overdue,
    defects_listed,
    eligible,
    expert_review_off,
    fresh_checker,
    objection_decided,
    other_checker,
    reason_given,
    returned_once,
    review_passed,
    review_reached,
    values_given,
)
from states.guards.ask import Ask, Guard, effective
from states.guards.award import (
    amount_granted,
    amount_known,
    leader_recorded,
    listed_by_document,
    no_open_objection,
    nothing_paid,
    objection_answered,
    objection_pending,
    objection_upheld,
    publication_dated,
    publication_standing,
    publicity_over,
    published,
    quota_free,
    separate_person,
    start_dated,
    undo_within_quota,
)
from states.guards.county import (
    no_city_above,
    outsider,
    survey_complete,
    survey_experts_named,
    survey_form_filled,
)
from states.guards.evaluation import (
    conclusion_given,
    conclusion_recorded,
    graded_fail,
    graded_issues,
    graded_pass,
    new_rectification_date,
    receipt_dated,
    receipt_expected,
    receipt_given,
)
from states.guards.family import (
    children_complete,
    free_of_parent,
    mark_given,
    marked_child,
    no_child_approved,
    parent_approval_lost,
    parent_approved,
    parent_closed,
    parent_decided_otherwise,
    parent_reopened,
    parent_terminated,
    parent_undecided,
    waits_for_parent,
)
from states.guards.resolution import (
    candidates_ended,
    cosigned,
    criteria_sound,
    edition_in_call,
    matter_named,
    not_nominated,
    not_qualified,
    other_organ,
    outcome_given,
    own_organ,
)
from states.guards.running import (
    acceptance_enabled,
    archived_or_explained,
    end_after_start,
    event_date_given,
    fund_method_filed,
    new_end_known,
    new_end_requested,
    other_actor,
    progress_confirmed,
    reschedule_pending,
    resumable,
    reversible,
    subsidy_amount,
    subsidy_decided,
    subsidy_open,
    subsidy_unpaid,
)

__all__ = ["CONDITIONS", "GUARDS", "SUPPLIED", "Ask", "effective"]

GUARDS: dict[str, Guard] = {
    guard.__name__: guard
    for guard in (
        receipt_dated,
        subsidy_unpaid,
        subsidy_open,
        start_dated,
        publication_dated,
        publication_standing,
        fresh_checker,
        objection_decided,
        undo_within_quota,
        call_open,
        defects_listed,
        returned_once,
        reason_given,
        values_given,
        eligible,
        completion_overdue,
        other_checker,
        review_reached,
        review_passed,
        quota_free,
        amount_granted,
        listed_by_document,
        amount_known,
        separate_person,
        leader_recorded,
        published,
        publicity_over,
        no_open_objection,
        objection_pending,
        objection_answered,
        objection_upheld,
        nothing_paid,
        end_after_start,
        new_end_requested,
        new_end_known,
        resumable,
        event_date_given,
        reschedule_pending,
        progress_confirmed,
        subsidy_amount,
        subsidy_decided,
        fund_method_filed,
        archived_or_explained,
        reversible,
        other_actor,
        conclusion_given,
        conclusion_recorded,
        graded_pass,
        graded_issues,
        graded_fail,
        receipt_expected,
        receipt_given,
        new_rectification_date,
        parent_approved,
        marked_child,
        parent_decided_otherwise,
        parent_closed,
        parent_terminated,
        parent_approval_lost,
        parent_reopened,
        parent_undecided,
        mark_given,
        no_child_approved,
        children_complete,
        free_of_parent,
        acceptance_enabled,
        survey_experts_named,
        survey_form_filled,
        survey_complete,
        outsider,
        edition_in_call,
        candidates_ended,
        cosigned,
        criteria_sound,
        outcome_given,
        matter_named,
        own_organ,
        other_organ,
        pack_on_file,
        pack_known,
        pack_fits,
        pool_free,
    )
}

CONDITIONS: dict[str, Callable[[Ask], bool]] = {
    condition.__name__: condition
    for condition in (waits_for_parent, expert_review_off, no_city_above, not_qualified, not_nominated)
}

SUPPLIED: frozenset[str] = frozenset(
    guard.__name__
    for guard in (
        amount_known,
        archived_or_explained,
        conclusion_given,
        defects_listed,
        event_date_given,
        leader_recorded,
        new_end_known,
        new_end_requested,
        new_rectification_date,
        objection_answered,
        reason_given,
        receipt_dated,
        receipt_given,
        subsidy_amount,
        values_given,
        mark_given,
        survey_experts_named,
        survey_form_filled,
        criteria_sound,
        outcome_given,
        matter_named,
        own_organ,
        pack_known,
    )
)
"""Guards that ask for what comes with the step itself: needs, not obstacles."""
