"""Guards of awards, tracked applications and a society's own resolutions: who signs, in what order."""

from __future__ import annotations

from states.errors import Reason
from states.guards.ask import Ask, effective, no
from states.names import Action, Role, State
from states.outcomes import ENDED

ORGANS: dict[Action, tuple[str, ...]] = {
    Action.TDOP_MOTION: ("理事长工作会",),
    Action.TDOP_STUDY: ("学会党委",),
    Action.TDOP_VOTE: ("常务理事会", "理事会"),
    Action.TDOP_PUBLISH: ("学会秘书机构",),
}
"""The organ of the society that takes each step; any of several (R-ROLE-28, R-VAR-11)."""

_REFUSING: dict[State, tuple[str, ...]] = {
    State.PARTY_STUDY: ORGANS[Action.TDOP_STUDY],
    State.VOTE: ORGANS[Action.TDOP_VOTE],
}


def not_qualified(ask: Ask) -> bool:
    """Whether the qualification check had a negative outcome."""
    return ask.command.values.get("qualification.passed") is False


def not_nominated(ask: Ask) -> bool:
    """Whether the committee did not agree to the nomination."""
    return ask.command.values.get("nomination.agreed") is False


def edition_in_call(ask: Ask) -> Reason | None:
    """A candidate belongs to an edition of the award that is collecting candidates (R-VAR-14)."""
    parent = ask.context.parent
    if parent is not None and parent.state is State.CALL:
        return None
    where = f"届次 {parent.id} 现为“{parent.state.label}”" if parent else "未写明所属届次（parent_ref）"
    return no("R-LIFE-80", f"候选项目须在本届征集期间推荐：{where}")


def candidates_ended(ask: Ask) -> Reason | None:
    """Every candidate of the edition has reached its end."""
    waiting = [child.id for child in ask.context.children if child.state not in ENDED]
    return no("R-LIFE-153", f"尚有候选项目未评选完毕：{'、'.join(waiting)}") if waiting else None


def cosigned(ask: Ask) -> Reason | None:
    """The other issuer has signed since the last step that needed its signature."""
    if ask.case.facts.get("cosign.on"):
        return None
    return no("R-LIFE-84", "须先由省人社厅会签（cosign）")


def criteria_sound(ask: Ask) -> Reason | None:
    """The criteria do not rest on SCI papers alone, and engineering has its own prize."""
    if ask.facts.get("edition.sci_checked") is not True:
        return no(
            "R-VAR-14",
            "须核对评价指标没有论文“SCI至上”（--set edition.sci_checked=是，可附 edition.sci_note）",
        )
    if "工程技术" not in str(ask.facts.get("edition.categories") or ""):
        return no("R-VAR-14", "奖项类别须包括工程技术（--set edition.categories=自然科学、工程技术）")
    return None


def outcome_given(ask: Ask) -> Reason | None:
    """The decision of the other body is told."""
    if ask.command.values.get("track.outcome"):
        return None
    return no("R-LIFE-158", "须写明中国科协的结果（--set track.outcome=入选 或 未入选）")


def matter_named(ask: Ask) -> Reason | None:
    """A motion says which kind of important matter it is about; its record begins here (R-FORM-41)."""
    if ask.facts.get("resolution.matter"):
        return None
    return no("R-VAR-11", "须写明事项（--set resolution.matter=重大人事安排|重大工作事项|重大经费使用）")


def own_organ(ask: Ask) -> Reason | None:
    """The step is recorded by the organ that it belongs to."""
    action = ask.command.action
    wanted = _REFUSING.get(ask.case.state, ()) if action is Action.TDOP_REFUSE else ORGANS[action]
    if ask.command.values.get("resolution.organ") in wanted:
        return None
    return no("R-ROLE-28", f"这一步由{'或'.join(wanted)}作出（--set resolution.organ={wanted[0]}）")


def other_organ(ask: Ask) -> Reason | None:
    """Each step is recorded by somebody of another organ; a clerk may record them all from paper."""
    if Role.SOCIETY_ORGANS not in ask.command.roles:
        return None
    hands = [s.hands for s in effective(ask.case) if s.action in ORGANS and s.role == Role.SOCIETY_ORGANS]
    if any(before & ask.command.hands for before in hands):
        return no("R-ROLE-28", "三议一公布各步须由不同机构的人员分别登记，一人不得代两个机构")
    return None
