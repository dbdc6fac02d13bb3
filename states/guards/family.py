"""Guards of parents and children: what the state of a pilot city lets its children do, and the other way."""

from __future__ import annotations

from states.errors import Reason
from states.guards.ask import Ask, no
from states.kin import Child
from states.names import Action, State
from states.outcomes import COUNTED, ENDED, NOT_APPLIED

HALTED_FLAG = "halted_with_parent"
_LIVE_PARENT = COUNTED - ENDED
_LOST_PARENT = frozenset({State.NOT_SELECTED, State.FORM_FAILED, State.WITHDRAWN})
PENDING_PARENT = frozenset(
    {State.DRAFT, State.SUBMITTED, State.RETURNED, State.FORM_REVIEW, State.EXPERT_REVIEW}
)
"""States in which nothing is decided about the parent yet."""


def kind_of(child: Child, kinds: tuple[str, ...]) -> str | None:
    """Which of the kinds that a parent asks for a child is: the line at or above its programme."""
    return next((kind for kind in kinds if kind in child.lines), None)


def chosen(children: tuple[Child, ...], kinds: tuple[str, ...]) -> frozenset[str]:
    """Ids of the children that go with their parent: of each kind the marked or the only one.

    A kind with one absorbed child has its child; one with several marked has none until one is left.
    """
    found: set[str] = set()
    for kind in kinds:
        same = [c for c in children if kind_of(c, kinds) == kind and c.state not in NOT_APPLIED]
        absorbed = [c.id for c in same if c.state is State.ABSORBED]
        marked = [c.id for c in same if c.marked] if len(same) > 1 else [c.id for c in same]
        found.update(absorbed or (marked if len(marked) == 1 else ()))
    return frozenset(found)


def _is_chosen(ask: Ask) -> bool:
    parent = ask.context.parent
    if parent is None or not parent.kinds:
        return ask.case.marked
    return ask.case.id in chosen(ask.context.children, parent.kinds)


def _parent(ask: Ask, states: frozenset[State], rule: str, message: str) -> Reason | None:
    parent = ask.context.parent
    return None if parent is not None and parent.state in states else no(rule, message)


def parent_approved(ask: Ask) -> Reason | None:
    """The pilot-city parent is approved."""
    return _parent(ask, _LIVE_PARENT, "R-LIFE-43", "试点市父项目尚未立项（或没有父项目）")


def marked_child(ask: Ask) -> Reason | None:
    """The child is the marked or only one of its kind."""
    return None if _is_chosen(ask) else no("R-LIFE-61", "本项目未注明纳入试点市")


def parent_decided_otherwise(ask: Ask) -> Reason | None:
    """The parent was not approved, or this child is its unmarked sibling."""
    parent = ask.context.parent
    if parent and parent.state in _LIVE_PARENT and not _is_chosen(ask):
        return None
    return _parent(ask, _LOST_PARENT | ENDED, "R-LIFE-130", "试点市父项目尚无结果")


def parent_undecided(ask: Ask) -> Reason | None:
    """Which child goes with the parent is open as long as the parent is not decided."""
    return _parent(ask, PENDING_PARENT, "R-ELIG-28", "试点市父项目已有结果（或没有父项目），不能再改注明")


def mark_given(ask: Ask) -> Reason | None:
    """The step says whether the child is to go with the parent."""
    if ask.command.values.get("project.marked") is not None:
        return None
    return no("R-ELIG-28", "请注明哪项纳入本项目（--set project.marked=是 或 否）")


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


def parent_halted(ask: Ask) -> Reason | None:
    """The parent is halted, and the child does not say so yet (R-AMB-06, R-LIFE-68)."""
    if HALTED_FLAG in ask.case.flags:
        return no("R-AMB-06", "本项目已随试点市中止")
    return _parent(ask, frozenset({State.HALTED}), "R-AMB-06", "试点市父项目未中止")


def parent_resumed(ask: Ask) -> Reason | None:
    """The parent goes on, and the child still says that it is halted (R-AMB-06)."""
    if HALTED_FLAG not in ask.case.flags:
        return no("R-AMB-06", "本项目没有随试点市中止")
    return _parent(ask, _LIVE_PARENT - {State.HALTED}, "R-AMB-06", "试点市父项目尚未恢复")


def parent_reopened(ask: Ask) -> Reason | None:
    """The parent is under review again, or approved from the reserve, and this child goes with it."""
    if not _is_chosen(ask):
        return no("R-LIFE-134", "本项目未注明纳入试点市")
    return _parent(ask, PENDING_PARENT | _LIVE_PARENT, "R-LIFE-134", "试点市父项目未重新评审或候补立项")


def no_child_approved(ask: Ask) -> Reason | None:
    """No child that would be absorbed holds an approval of its own (R-AMB-06)."""
    kinds = ask.context.programme.required_children
    absorbed = chosen(ask.context.children, kinds)
    own = [c.id for c in ask.context.children if c.id in absorbed and c.state in COUNTED]
    return no("R-AMB-06", f"应纳入的子项目已自行立项：{'、'.join(own)}") if own and kinds else None


def children_complete(ask: Ask) -> Reason | None:
    """Of every kind that must come with the parent one child is there and chosen (R-ELIG-27, R-AMB-46)."""
    kinds = ask.context.programme.required_children
    children = ask.context.children
    picked = {kind_of(c, kinds) for c in children if c.id in chosen(children, kinds)}
    absent = [ask.context.programme.relatives.get(kind, kind) for kind in kinds if kind not in picked]
    if not absent:
        return None
    return no("R-ELIG-27", f"须同时申报并注明纳入的子项目不齐：{'、'.join(absent)}")


def free_of_parent(ask: Ask) -> Reason | None:
    """A child is not decided alone while its parent is pending or if it goes with it (R-LIFE-60, R-DL-33)."""
    parent = ask.context.parent
    if parent is None or not parent.kinds:
        return None
    if parent.state in PENDING_PARENT:
        return no("R-LIFE-60", f"上级项目 {parent.id} 尚无结果，须待其结果（recall_to_parent 可召回）")
    if parent.state in _LIVE_PARENT and _is_chosen(ask):
        return no("R-LIFE-60", f"本项目随上级项目 {parent.id} 纳入，须先召回（recall_to_parent）")
    return None


def stands(action: Action, parent: State) -> bool:
    """Whether a step that a child followed still has its ground, the parent being in this state."""
    grounds = {
        Action.ABSORB: frozenset(State) - PENDING_PARENT - _LOST_PARENT,
        Action.RELEASE_TO_REVIEW: frozenset(State) - PENDING_PARENT,
        Action.CLOSE_ABSORBED: frozenset({State.CLOSED, State.CLOSED_UNQUALIFIED}),
        Action.TERMINATE_ABSORBED: frozenset({State.TERMINATED}),
        Action.RELEASE_ABSORBED: _LOST_PARENT,
        Action.HALT_ABSORBED: frozenset({State.HALTED}),
        Action.RESUME_ABSORBED: frozenset(State) - {State.HALTED},
    }
    return parent in grounds[action]


def waits_for_parent(ask: Ask) -> bool:
    """Whether a child that passes the form review has to wait for its parent (R-LIFE-60)."""
    parent = ask.context.parent
    if parent is None:
        return False
    return parent.state in PENDING_PARENT or (parent.state in _LIVE_PARENT and _is_chosen(ask))
