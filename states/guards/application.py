"""Guards of the way to the review: submission, form review, completion, objection to its outcome."""

from __future__ import annotations

from states.decision import blocking
from states.errors import Reason
from states.guards.ask import Ask, effective, no
from states.names import Action, State


def call_open(ask: Ask) -> Reason | None:
    """A first submission is checked by intake; a returned file may always be completed (R-AMB-08)."""
    if ask.case.state is State.DRAFT and ask.context.programme.already_decided:
        return no("R-PROG-55", "该类项目由文件直接列明、已经立项，请用 import_approved 导入，不再申报")
    if ask.case.state is State.DRAFT and not ask.context.call_open:
        return no("R-DL-17", f"{ask.context.programme.title}的申报当前未开放（lifecycle call open 可开放）")
    return None


def defects_listed(ask: Ask) -> Reason | None:
    """One notice lists all defects (一次性告知): those that were found, and those of the reason."""
    if ask.command.reason or blocking(ask.context.findings):
        return None
    return no("R-AMB-08", "没有查出缺项：退回补正须列明全部缺项，请用 --reason 写明")


def returned_once(ask: Ask) -> Reason | None:
    """An application is returned for completion once, unless the pack says otherwise."""
    if not ask.context.programme.setting("completion_once", ask.command.on, True):
        return None
    before = sum(step.action == Action.RETURN_FOR_COMPLETION for step in effective(ask.case))
    return no("R-AMB-08", "申报材料只能退回补正一次，本项目已退回过") if before else None


def reason_given(ask: Ask) -> Reason | None:
    """A reason is recorded."""
    return None if ask.command.reason else no("R-LIFE-00", "须用 --reason 写明理由")


def values_given(ask: Ask) -> Reason | None:
    """A correction says what is corrected."""
    return None if ask.command.values else no("R-LIFE-92", "更正须写明要更正的内容（名称=值）")


def eligible(ask: Ask) -> Reason | None:
    """No blocking finding fails or is unknown; the findings themselves are added by `decide`."""
    return None


UNREMINDED = "补正提醒尚未发出，不能作逾期处理（lifecycle sweep 生成，notices deliver 发送）"


def completion_overdue(ask: Ask) -> Reason | None:
    """The correction date has passed and the unit was reminded."""
    returns = (Action.RETURN_FOR_COMPLETION, Action.CITY_RETURN)
    last = [step.action for step in effective(ask.case) if step.action in returns]
    if last and last[-1] == Action.CITY_RETURN:
        late = not ask.context.call_open
        return None if late else no("R-AMB-08", "市科协退回的申报，在申报截止之前不能作逾期处理")
    for duty in ask.case.duties:
        if duty.slug == "completion" and duty.live and ask.command.on > duty.late_after:
            return None if ask.context.reminded else no("R-LIFE-149", UNREMINDED)
    return no("R-AMB-08", "补正期限未过（或尚未登记接到补正通知的日期），不能作逾期处理")


def other_checker(ask: Ask) -> Reason | None:
    """A review of a form decision is made by somebody else."""
    first = [s.hands for s in ask.case.steps if s.action == Action.FORM_REJECT]
    if first and first[-1] & ask.command.hands:
        return no("R-LIFE-147", "复核形式审查不得由原审查人员作出")
    return None


def fresh_checker(ask: Ask) -> Reason | None:
    """A form that is checked again after a review of its decision is checked by other hands (R-LIFE-147)."""
    steps = effective(ask.case)
    reviewed = [n for n, s in enumerate(steps) if s.action == Action.REVIEW_FORM_DECISION]
    if not reviewed:
        return None
    before = [s for s in steps[: reviewed[-1]] if s.action in (Action.FORM_REJECT, Action.LAPSE)]
    if before and before[-1].hands & ask.command.hands:
        return no("R-LIFE-147", "复核后的形式审查不得由原审查人员办理")
    return None


def objection_decided(ask: Ask) -> Reason | None:
    """An objection was recorded and decided."""
    if ask.case.facts.get("objection.decision"):
        return None
    return no("R-LIFE-146", "重新评审须先登记异议并作出处理（record_objection、decide_objection）")


def review_reached(ask: Ask) -> Reason | None:
    """The case had come as far as a review before it was turned down."""
    reviews = (State.EXPERT_REVIEW, State.SITE_SURVEY, State.DEPARTMENT_DISCUSSION, State.CHAIR_MEETING)
    if _been_in(ask, *reviews):
        return None
    return no("R-LIFE-146", "本项目未进入过评审环节，不能重新评审")


def review_passed(ask: Ask) -> Reason | None:
    """Every review step of the lifecycle was passed before: in Fujian up to the chair meeting."""
    fujian = ask.context.programme.province == "fujian"
    if _been_in(ask, State.CHAIR_MEETING if fujian else State.EXPERT_REVIEW):
        return None
    return no("R-LIFE-144", "本项目未走完评审各环节，不能候补立项")


def _been_in(ask: Ask, *states: State) -> bool:
    reached = {s.source for s in effective(ask.case)} | {s.dest for s in effective(ask.case)}
    return not reached.isdisjoint(states)


def expert_review_off(ask: Ask) -> bool:
    """Whether the pack leaves the expert review out (R-AMB-23)."""
    return not ask.context.programme.setting("expert_review_enabled", ask.command.on, True)
