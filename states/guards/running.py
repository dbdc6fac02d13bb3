"""Guards of a running project: extension, halt, event dates, subsidy, closing, undo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from states.errors import Reason
from states.guards.ask import Ask, no
from states.names import Action, Role
from states.tables.row import AMENDMENTS


def end_after_start(ask: Ask) -> Reason | None:
    """An end that is named with the start, or with the resumption, lies after it."""
    ends = ask.command.values.get("project.ends_on")
    start = ask.command.values.get("project.started_on", ask.command.on)
    if ends is None or ends > start:
        return None
    return no("R-DL-08", f"实施结束日须晚于 {start.isoformat()}")


def new_end_requested(ask: Ask) -> Reason | None:
    """A request for extension names the new end, later than the present one."""
    wanted, ends = ask.command.values.get("request.new_end"), ask.facts.get("project.ends_on")
    if wanted is None:
        return no("R-FORM-21", "延期申请须写明新期限（--set request.new_end=日期）")
    if ends is not None and wanted <= ends:
        return no("R-FORM-21", f"新期限须晚于现有结束日 {ends.isoformat()}")
    return None


def new_end_known(ask: Ask) -> Reason | None:
    """The new end is the requested or the decided one."""
    wanted = ask.command.values.get("project.ends_on") or ask.case.facts.get("request.new_end")
    ends = ask.case.facts.get("project.ends_on")
    if wanted is None:
        return no("R-DL-25", "批准延期须写明新期限（--set project.ends_on=日期）")
    if ends is not None and wanted <= ends:
        return no("R-DL-25", f"新期限须晚于现有结束日 {ends.isoformat()}")
    return None


def resumable(ask: Ask) -> Reason | None:
    """A halt may be lifted unless the pack says otherwise."""
    if ask.context.programme.setting("halt_resumable", ask.command.on, True):
        return None
    return no("R-AMB-04", "按本类项目设置，中止后不再恢复")


def event_date_given(ask: Ask) -> Reason | None:
    """A new event date comes with the step, or the day on which the event was cancelled."""
    given = ask.command.values
    if "event.cancelled_on" in given:
        return _cancelled_soundly(ask, given)
    if any(name.startswith("event.") for name in given):
        return _moved_soundly(ask, given)
    return no("R-DL-26", "须写明新的会期（--set event.starts_on=日期）或取消日期（event.cancelled_on=日期）")


def _cancelled_soundly(ask: Ask, given: Mapping[str, Any]) -> Reason | None:
    if len(given) > 1:
        return no("R-AMB-47", "取消活动与另定会期只能择一登记")
    if ask.case.facts.get("event.cancelled_on") is not None:
        return no("R-AMB-47", "活动已登记取消；另定会期的，请写明新的会期")
    day, approved = given["event.cancelled_on"], ask.case.facts.get("project.approved_on")
    if day > ask.command.on or (approved is not None and day < approved):
        return no("R-AMB-47", f"活动取消日期 {day.isoformat()} 应在立项之后，且不晚于办理日期")
    return None


def _moved_soundly(ask: Ask, given: Mapping[str, Any]) -> Reason | None:
    facts = ask.case.facts
    starts, ends = (given.get(name, facts.get(name)) for name in ("event.starts_on", "event.ends_on"))
    approved = facts.get("project.approved_on")
    off = facts.get("event.cancelled_on") is not None
    if not off and all(facts.get(name) == day for name, day in given.items()):
        return no("R-DL-26", "会期没有变化")
    if starts is not None and ends is not None and ends < starts:
        return no("R-DL-26", f"结束日期 {ends.isoformat()} 早于召开日期 {starts.isoformat()}")
    if starts is not None and approved is not None and starts < approved:
        return no("R-DL-26", f"召开日期 {starts.isoformat()} 早于立项日期 {approved.isoformat()}，请核对")
    return None


def reschedule_pending(ask: Ask) -> Reason | None:
    """There is a report made late by a changed date whose reason can be accepted."""
    if any("未按期" in duty.marks for duty in ask.case.duties):
        return None
    return no("R-DL-26", "没有因会期调整而标记未按期的事项")


def progress_confirmed(ask: Ask) -> Reason | None:
    """Substantial progress was confirmed before money (以奖代补)."""
    if "progress_confirmed" in ask.case.flags:
        return None
    return no("R-FUND-16", "须先认定实质性进展（confirm_progress）")


def subsidy_amount(ask: Ask) -> Reason | None:
    """A subsidy decision names its amount."""
    if ask.facts.get("subsidy.amount"):
        return None
    return no("R-FUND-16", "须写明补助金额（--set subsidy.amount=元）")


def subsidy_decided(ask: Ask) -> Reason | None:
    """The subsidy was decided."""
    return None if "subsidy_decided" in ask.case.flags else no("R-LIFE-79", "补助尚未决定（decide_subsidy）")


def subsidy_open(ask: Ask) -> Reason | None:
    """A subsidy is decided once; a wrong decision is undone first."""
    if "subsidy_decided" not in ask.case.flags:
        return None
    return no("R-LIFE-79", "补助已经决定，不能重复决定")


def subsidy_unpaid(ask: Ask) -> Reason | None:
    """A subsidy is paid once."""
    return no("R-LIFE-77", "补助已经拨付，不能重复拨付") if "subsidised" in ask.case.flags else None


def fund_method_filed(ask: Ask) -> Reason | None:
    """The fund method was filed before the money goes out."""
    needed = ask.context.programme.setting("subsidy_needs_method", ask.command.on, True)
    if "subsidy_filed" in ask.case.flags or not needed:
        return None
    return no("R-DL-19", "资金管理办法尚未备案（file_fund_method）")


def acceptance_enabled(ask: Ask) -> Reason | None:
    """The pack has an acceptance record beside the evaluation (R-AMB-41)."""
    if ask.context.programme.setting("acceptance_enabled", ask.command.on, False):
        return None
    return no("R-AMB-41", "本类项目未启用验收登记（政策包设置 acceptance_enabled）")


def archived_or_explained(ask: Ask) -> Reason | None:
    """Results are archived, or their absence is recorded."""
    if "archive_list" in ask.case.materials | ask.command.materials or ask.command.reason:
        return None
    return no("R-DUTY-33", "须附成果资料归档清单（archive_list），或用 --reason 写明未归档的原因")


def reversible(ask: Ask) -> Reason | None:
    """There is a step to undo: not an undo itself, and not the writing of an application."""
    last = ask.case.steps[-1] if ask.case.steps else None
    if last is None or last.seq == 1 or last.action in (Action.REVERSE_STEP, "edit"):
        return no("R-LIFE-160", "没有可以撤销的上一步")
    if last.action in AMENDMENTS:
        return no("R-LIFE-160", "上一步是期限调整，整体撤销用 lifecycle amendments undo 编号")
    if last.role == Role.SYSTEM and not ask.command.following:
        return no("R-LIFE-62", "这一步随上级项目办理，须撤销上级项目的相应步骤")
    return None


def other_actor(ask: Ask) -> Reason | None:
    """A step is undone by somebody whose hand was not in it."""
    last = ask.case.steps[-1] if ask.case.steps else None
    if last is not None and last.hands & ask.command.hands:
        return no("R-LIFE-160", "撤销上一步不得由原操作人作出")
    return None
