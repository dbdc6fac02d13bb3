"""Guards of the award: quota, amount, separation of persons, publicity, objections."""

from __future__ import annotations

from datetime import date

from states.errors import Reason
from states.guards.ask import Ask, no
from states.names import Action
from states.outcomes import COUNTED

CHECKING: frozenset[str] = frozenset(
    {
        Action.FORM_PASS,
        Action.FORM_REJECT,
        Action.RETURN_FOR_COMPLETION,
        Action.CITY_RECOMMEND,
        Action.FILE_SURVEY_FORM,
        Action.SURVEY_DONE,
        Action.REVIEW_TO_DEPARTMENT,
        Action.RECOMMEND,
        Action.NOM_QUALIFY,
    }
)
"""Steps whose actor may not decide on the same project later (R-LIFE-66)."""


def quota_free(ask: Ask) -> Reason | None:
    """The pool of the money line still has a place.

    Where a document only lists what is decided, the printed count is shown and does not block (R-AMB-37).
    """
    quota = ask.context.programme.quota_on(ask.command.on)
    if quota is None or ask.context.programme.already_decided or ask.context.quota_taken < quota:
        return None
    found = ask.context.programme.quota.on(ask.command.on) if ask.context.programme.quota else None
    cite = found[1] if found else None
    return Reason(
        rule="R-LIFE-63",
        message=f"立项名额 {quota} 项已满（已立项 {ask.context.quota_taken} 项）",
        cite=cite.quote if cite else None,
        document=cite.document if cite else None,
    )


def amount_known(ask: Ask) -> Reason | None:
    """The amount is printed, or it is given with the decision; a printed amount is not changed."""
    printed = ask.context.programme.amount_fen_on(ask.command.on)
    given = ask.command.values.get("project.amount")
    if printed is None and given is None and ask.case.facts.get("project.amount") is None:
        return no("R-FUND-25", "文件未载明资助金额，立项时须给出（--set project.amount=元）")
    if printed is not None and given is not None and given != printed and not ask.command.reason:
        return no("R-FUND-25", f"资助标准为每项 {printed // 100} 元，改变金额须用 --reason 写明依据")
    return None


def listed_by_document(ask: Ask) -> Reason | None:
    """Only what a document lists as decided comes in without an application (R-PROG-55, R-VAR-12)."""
    if ask.context.programme.already_decided and ask.context.parent is None:
        return None
    return no("R-PROG-55", "该类项目不是由文件直接列明立项的，须按申报、审查、评审的程序办理")


def amount_granted(ask: Ask) -> Reason | None:
    """An amount is corrected only where one was granted; an absorbed child has none of its own (R-AMB-06)."""
    if "project.amount" not in ask.command.values:
        return None
    if "absorbed" in ask.case.flags:
        return no("R-AMB-06", "纳入试点市的子项目不另计资助金额")
    return (
        None
        if ask.case.state in COUNTED
        else no("R-FUND-25", "尚未立项（或立项已失效），没有可更正的资助金额")
    )


def separate_person(ask: Ask) -> Reason | None:
    """Who reviewed or checked does not decide, in nobody's name; nor does a person of the applicant unit."""
    if any(s.hands & ask.command.hands and s.action in CHECKING for s in ask.case.steps):
        return no("R-LIFE-66", "参与过本项目审查（评审）的人员不得决定立项")
    if ask.command.actor_unit is not None and ask.command.actor_unit == ask.case.unit.id:
        return no("R-LIFE-66", "申报单位的人员不得决定本单位项目立项")
    return None


def leader_recorded(ask: Ask) -> Reason | None:
    """The leader who heads the selection is recorded."""
    if ask.facts.get("selection.leader"):
        return None
    return no("R-LIFE-163", "须先登记牵头遴选的学会学术部领导（--set selection.leader=职务姓名）")


def undo_within_quota(ask: Ask) -> Reason | None:
    """An undo that gives a project its place back needs the place to be free."""
    last = ask.case.steps[-1] if ask.case.steps else None
    regains = last is not None and last.source in COUNTED and ask.case.state not in COUNTED
    return quota_free(ask) if regains else None


def publication_dated(ask: Ask) -> Reason | None:
    """A result is made public after the approval, and not in the future."""
    day: date | None = ask.command.values.get("publication.on")
    approved: date | None = ask.facts.get("project.approved_on")
    if day is None or ((approved is None or approved <= day) and day <= ask.command.on):
        return None
    return no("R-LIFE-65", "公示（公开）日期不能早于立项日期，也不能晚于登记当日")


def publication_standing(ask: Ask) -> Reason | None:
    """A correction of the day of publication needs a publication that stands; it makes and removes none."""
    if "publication.on" not in ask.command.values:
        return None
    if ask.case.facts.get("publication.on") and ask.command.values["publication.on"]:
        return None
    return no("R-LIFE-65", "公示（公开）只能由 publish_results 登记、由 reverse_step 撤销，更正只改其日期")


def start_dated(ask: Ask) -> Reason | None:
    """A start lies between approval and today; what was imported may have begun before."""
    day: date | None = ask.command.values.get("project.started_on")
    approved: date | None = ask.case.facts.get("project.approved_on")
    early = day is not None and approved is not None and day < approved
    if day is None or (day <= ask.command.on and (not early or "imported" in ask.case.flags)):
        return None
    return no("R-LIFE-44", "实施开始日不能早于立项日期，也不能晚于登记当日")


def published(ask: Ask) -> Reason | None:
    """Where the pack asks for it, the result is public before the start."""
    required = ask.context.programme.setting("publication_required", ask.command.on, False)
    day: date | None = ask.facts.get("publication.on")
    if not required or "imported" in ask.case.flags or (day is not None and day <= ask.command.on):
        return None
    return no("R-LIFE-65", "遴选结果尚未公开（publish_results），不能启动实施")


def publicity_over(ask: Ask) -> Reason | None:
    """The publicity period has run out."""
    days = ask.context.programme.setting("publicity_workdays", ask.command.on, 0)
    begun: date | None = ask.facts.get("publication.on") or ask.facts.get("project.approved_on")
    if not days or "imported" in ask.case.flags or begun is None:
        return None
    last = ask.context.calendar.add_workdays(begun, days)
    if ask.command.on > last:
        return None
    return no("R-LIFE-161", f"拟立项公示 {days} 个工作日（惯例）至 {last.isoformat()} 届满，届满前不能启动")


def no_open_objection(ask: Ask) -> Reason | None:
    """No objection is undecided, and none was upheld."""
    if ask.facts.get("objection.received_on") and not ask.facts.get("objection.decision"):
        return no("R-LIFE-161", "有异议尚未处理（decide_objection），不能启动")
    if ask.facts.get("objection.decision") == "成立":
        return no("R-LIFE-161", "异议成立，须撤销立项（revoke_approval），不能启动")
    return None


def objection_pending(ask: Ask) -> Reason | None:
    """There is an objection to decide."""
    if ask.case.facts.get("objection.received_on") and not ask.case.facts.get("objection.decision"):
        return None
    return no("R-LIFE-161", "没有待处理的异议")


def objection_answered(ask: Ask) -> Reason | None:
    """The decision on an objection is 成立 or 不成立."""
    if ask.facts.get("objection.decision") in ("成立", "不成立"):
        return None
    return no("R-LIFE-161", "须写明处理结论（--set objection.decision=成立 或 不成立）")


def objection_upheld(ask: Ask) -> Reason | None:
    """An objection was upheld and recorded."""
    if ask.facts.get("objection.decision") == "成立":
        return None
    return no("R-LIFE-145", "撤销立项须先登记异议并认定成立")


def nothing_paid(ask: Ask) -> Reason | None:
    """No money is out, or it is settled."""
    paid = "subsidised" in ask.case.flags
    settled = "settlement" in ask.case.materials | ask.command.materials
    return None if settled or not paid else no("R-FUND-28", "资金已拨付，须先附资金清算表（settlement）")
