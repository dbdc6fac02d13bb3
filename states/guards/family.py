"""Guards of children of a pilot city: what the parent's state lets them do."""

from __future__ import annotations

from states.errors import Reason
from states.guards.ask import Ask, no
from states.names import State

_LIVE_PARENT = frozenset({State.APPROVED, State.EXECUTING, State.MIDTERM, State.PERFORMANCE_REVIEW})


_LOST_PARENT = frozenset({State.NOT_SELECTED, State.FORM_FAILED, State.WITHDRAWN})


_PENDING_PARENT = frozenset(
    {State.DRAFT, State.SUBMITTED, State.RETURNED, State.FORM_REVIEW, State.EXPERT_REVIEW}
)


def _parent(ask: Ask, states: frozenset[State], rule: str, message: str) -> Reason | None:
    parent = ask.context.parent
    return None if parent is not None and parent.state in states else no(rule, message)


def parent_approved(ask: Ask) -> Reason | None:
    """The pilot-city parent is approved."""
    return _parent(ask, _LIVE_PARENT, "R-LIFE-43", "试点市父项目尚未立项（或没有父项目）")


def marked_child(ask: Ask) -> Reason | None:
    """The child is the one marked to be absorbed."""
    return None if ask.case.marked else no("R-LIFE-61", "本项目未注明纳入试点市")


def parent_decided_otherwise(ask: Ask) -> Reason | None:
    """The parent was not approved, or this child is its unmarked sibling."""
    parent = ask.context.parent
    if parent and parent.state in _LIVE_PARENT and not ask.case.marked:
        return None
    return _parent(ask, _LOST_PARENT, "R-LIFE-130", "试点市父项目尚无结果")


def parent_closed(ask: Ask) -> Reason | None:
    """The parent has ended by evaluation."""
    ended = frozenset({State.CLOSED, State.CLOSED_UNQUALIFIED})
    return _parent(ask, ended, "R-LIFE-131", "试点市父项目尚未结束")


def parent_terminated(ask: Ask) -> Reason | None:
    """The parent was ended early."""
    return _parent(ask, frozenset({State.TERMINATED}), "R-LIFE-132", "试点市父项目未终止")


def parent_approval_lost(ask: Ask) -> Reason | None:
    """The parent's approval was revoked or relinquished before its start."""
    return _parent(ask, _LOST_PARENT, "R-LIFE-133", "试点市父项目的立项未被撤销或放弃")


def parent_reopened(ask: Ask) -> Reason | None:
    """The parent is under review again, or approved from the reserve, and this child is marked."""
    if not ask.case.marked:
        return no("R-LIFE-134", "本项目未注明纳入试点市")
    return _parent(ask, _PENDING_PARENT | _LIVE_PARENT, "R-LIFE-134", "试点市父项目未重新评审或候补立项")


def waits_for_parent(ask: Ask) -> bool:
    """Whether a child that passes the form review has to wait for its parent (R-LIFE-60)."""
    parent = ask.context.parent
    if parent is None:
        return False
    return parent.state in _PENDING_PARENT or (parent.state in _LIVE_PARENT and ask.case.marked)
