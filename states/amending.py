"""Deciding on a scoped amendment of one project: which duty, which new date, what is against it, and so on.

An end of term moves what is planned from it by the ordinary planners (R-DL-25); the date of one duty, and its
internal grace, are set as decided and stand until what they count from changes. Undoing puts back exactly
what was changed. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from states.amendment import Amendment, Change, Dates, Deadline, Shift, Undoing
from states.calendar import Calendar
from states.decision import Case, Command
from states.duty import Duty, Move
from states.errors import Reason
from states.names import DutyStatus
from states.periods import statutory_period

BROUGHT_FORWARD: Final = "期限提前"
NOT_ROLLED: Final = frozenset({"R-DL-05", "R-DL-07", "R-DL-08", "R-DL-09", "R-DL-15", "R-DL-16", "R-DL-18"})
"""Rules whose last day does not run on from a day of rest (R-DL-01): no notice of holidays can move it."""
Keyed = tuple[str, str]


def new_end(case: Case, amendment: Amendment, calendar: Calendar, on: date) -> date | None:
    """The end of the term as amended; None where the project has none. A term does not run on (R-DL-08)."""
    ends: date | None = case.facts.get("project.ends_on")
    if ends is None:
        return None
    wanted, _ = _shifted(ends, amendment.shift, calendar, roll=False)
    return on if amendment.due_today and wanted < on else wanted


def against(case: Case, command: Command, calendar: Calendar) -> Reason | None:
    """What stands against the amendment of this project, or against undoing it; None: nothing."""
    amends = command.amends
    if isinstance(amends, Undoing):
        return _against_undoing(case, amends, command)
    if amends is None:
        return None
    if amends.deadline is Deadline.END:
        return _against_end(case, amends, calendar, command.on)
    duty = _picked(case, amends, command.on)
    if isinstance(duty, Reason):
        return duty
    if amends.deadline is Deadline.GRACE:
        return _against_grace(duty, amends, calendar, command.on)
    new, _ = _shifted(duty.due, amends.shift, calendar, roll=_rolls(duty))
    if new == duty.due:
        return _no("R-DL-25", f"“{duty.label}”的期限已是 {new.isoformat()}，没有变化")
    if new < command.on and not amends.due_today:
        message = f"“{duty.label}”的新期限 {new.isoformat()} 已过；确需提前的加 --due-today，改为当日到期"
        return _no("R-DL-26", message)
    return None


def _against_end(case: Case, amendment: Amendment, calendar: Calendar, on: date) -> Reason | None:
    ends, start = case.facts.get("project.ends_on"), case.facts.get("project.started_on")
    new = new_end(case, amendment, calendar, on)
    if ends is None or new is None:
        return _no("R-DL-25", "项目尚未载明实施结束日，没有可调整的期限")
    if new == ends:
        return _no("R-DL-25", f"实施结束日已是 {ends.isoformat()}，没有变化")
    if start is not None and new <= start:
        return _no("R-DL-08", f"新的实施结束日 {new.isoformat()} 须晚于开始日 {start.isoformat()}")
    if new < on:
        message = f"新的实施结束日 {new.isoformat()} 已过；确需提前的加 --due-today，改为当日结束"
        return _no("R-DL-26", message)
    return None


def _against_grace(duty: Duty, amendment: Amendment, calendar: Calendar, on: date) -> Reason | None:
    if duty.suggested:
        return _no("R-AMB-27", f"“{duty.label}”是建议日期，不作逾期处理，无须宽限")
    until = _grace(duty, amendment.shift, calendar)
    if until == duty.grace_until:
        return _no("R-DL-25", f"“{duty.label}”的内部宽限没有变化")
    if until is not None and until <= duty.due:
        return _no(
            "R-DL-25", f"宽限日期 {until.isoformat()} 须晚于“{duty.label}”的期限 {duty.due.isoformat()}"
        )
    if until is not None and until < on:
        return _no("R-DL-26", f"“{duty.label}”的宽限日期 {until.isoformat()} 已过")
    return None


def _picked(case: Case, amendment: Amendment, on: date) -> Duty | Reason:
    """The one duty that is meant, or why there is none."""
    period = amendment.period
    named = [d for d in case.duties if d.slug == amendment.duty and period in (None, d.occurrence)]
    if not named:
        which = f"第 {period} 期" if period else ""
        return _no("R-DL-03", f"本项目没有应办事项“{amendment.duty}”{which}")
    live = [duty for duty in named if duty.live]
    meant = [duty for duty in live if amendment.missed or not _missed(duty, on)]
    if len(meant) == 1:
        return meant[0]
    if meant:
        listed = "、".join(f"{duty.occurrence}（{duty.due.isoformat()}）" for duty in meant)
        return _no("R-DL-03", f"“{named[0].label}”有多期未办，请用 --period 指明：{listed}")
    if live:
        day = max(duty.due for duty in live).isoformat()
        message = f"“{named[0].label}”已于 {day} 到期未办，逾期的保持逾期；确需一并调整的加 --missed"
        return _no("R-DL-25", message)
    last = max(named, key=lambda duty: duty.due)
    if last.status is DutyStatus.SUSPENDED:
        return _no("R-DL-27", f"“{last.label}”暂停计算，恢复后再调整")
    return _no("R-DL-03", f"“{last.label}”已是“{last.status.label}”，没有期限可调整")


def _missed(duty: Duty, on: date) -> bool:
    past = duty.status is DutyStatus.OPEN and duty.late_after < on
    return past or duty.status is DutyStatus.OVERDUE


def _shifted(day: date, shift: Shift, calendar: Calendar, *, roll: bool) -> tuple[date, tuple[str, ...]]:
    """The new day, and how it was counted: all months at once, from the day that stands (R-DL-01)."""
    if shift.to is not None or shift.by is None:
        return shift.to or day, ()
    period = statutory_period(day, shift.by, calendar, before=shift.back, roll=roll and not shift.back)
    return period.due, period.steps


def _rolls(duty: Duty) -> bool:
    return not duty.suggested and duty.rule not in NOT_ROLLED


def _grace(duty: Duty, shift: Shift, calendar: Calendar) -> date | None:
    """The internal cut-off, counted from the public date; it is no period of law and does not run on."""
    if shift.to is None and shift.by is None:
        return None
    return _shifted(duty.due, shift, calendar, roll=False)[0]


def amended(case: Case, command: Command, planned: Iterable[Duty], calendar: Calendar) -> tuple[Duty, ...]:
    """Every duty that is new or differs after the step; `planned` are those that the planners changed."""
    amends = command.amends
    changed = {duty.key: duty for duty in planned}
    if isinstance(amends, Undoing):
        changed |= _put_back(case, amends, command)
    elif amends is not None and amends.deadline is Deadline.END:
        before = {duty.key: duty for duty in case.duties}
        changed = {key: _decided(before.get(key), duty, command) for key, duty in changed.items()}
    elif amends is not None:
        duty = _picked(case, amends, command.on)
        if isinstance(duty, Duty):
            changed[duty.key] = _set(duty, amends, command, calendar)
    standing = {duty.key: duty for duty in case.duties}
    return tuple(duty for key, duty in sorted(changed.items()) if standing.get(key) != duty)


def _set(duty: Duty, amendment: Amendment, command: Command, calendar: Calendar) -> Duty:
    """The duty with the date, or the grace, that was decided."""
    status = DutyStatus.SUGGESTED if duty.suggested else DutyStatus.OPEN
    if amendment.deadline is Deadline.GRACE:
        fresh = replace(duty, grace_until=_grace(duty, amendment.shift, calendar), status=status)
        return fresh if fresh.late_after >= command.on else replace(fresh, status=duty.status)
    new, counted = _shifted(duty.due, amendment.shift, calendar, roll=_rolls(duty))
    told = f"期限 {duty.due.isoformat()} 经 {command.document} {amendment.shift}"
    fresh = replace(
        duty,
        due=new,
        soft_due=calendar.previous_workday(new),
        provisional=bool(counted) and calendar.is_provisional(new),
        status=status,
        grace_until=None,
        steps=(*duty.steps, told, *counted),
    )
    fresh = _not_past(fresh, command.on)
    move = Move(
        command.on, duty.due, fresh.due, command.reason or "", str(command.document), amendment.number
    )
    return replace(fresh, moves=(*duty.moves, move))


def _not_past(duty: Duty, on: date) -> Duty:
    """A day that was brought forward beyond today is today; the unit is not to blame (R-DL-26)."""
    if duty.suggested or duty.due >= on:
        return duty
    step = f"{duty.due.isoformat()} 已过，改为当日 {on.isoformat()}（{BROUGHT_FORWARD}）"
    marks = tuple(dict.fromkeys((*duty.marks, BROUGHT_FORWARD)))
    return replace(duty, due=on, soft_due=on, marks=marks, steps=(*duty.steps, step))


def _decided(before: Duty | None, after: Duty, command: Command) -> Duty:
    """A duty that moved with the end of the term: its move names the decision and its reason."""
    if before is None or len(after.moves) == len(before.moves):
        return after
    if before.live and not _missed(before, command.on):
        after = _not_past(after, command.on)
    last = after.moves[-1]
    why = f"{last.reason}；{command.reason}" if command.reason else last.reason
    move = replace(last, new=after.due, reason=why, document=str(command.document))
    return replace(after, moves=(*after.moves[:-1], move))


def _against_undoing(case: Case, undoing: Undoing, command: Command) -> Reason | None:
    if undoing.hands & command.hands:
        return _no("R-LIFE-160", "撤销期限调整不得由原操作人作出")
    changes = undoing.changes
    ends = case.facts.get("project.ends_on")
    if changes.ends_on is not None and ends != changes.ends_on[1]:
        now = ends.isoformat() if ends else "空"
        return _no("R-LIFE-160", f"实施结束日此后又改为 {now}，须先更正后来的改动")
    standing = {duty.key: duty for duty in case.duties}
    again = [change for change in changes.duties if _changed_again(change, standing.get(change.key))]
    if not again:
        return None
    listed = "、".join(f"“{one.label}”（现为 {standing[one.key].due.isoformat()}）" for one in again)
    return _no("R-LIFE-160", f"期限此后又有改动，不能撤销：{listed}")


def _changed_again(change: Change, duty: Duty | None) -> bool:
    """Whether a duty that is still owed, or waits, has other dates than the amendment left it with."""
    if duty is None or not (duty.live or duty.status is DutyStatus.SUSPENDED):
        return False
    now, left = Dates.of(duty), change.after
    return (now.anchor_date, now.legal_due, now.due, now.grace_until) != (
        left.anchor_date, left.legal_due, left.due, left.grace_until,
    )  # fmt: skip


def _put_back(case: Case, undoing: Undoing, command: Command) -> Mapping[Keyed, Duty]:
    """The duties with the dates that they had; what was dealt with in the meantime stays as it is."""
    standing = {duty.key: duty for duty in case.duties}
    found: dict[Keyed, Duty] = {}
    for change in undoing.changes.duties:
        duty = standing.get(change.key)
        if duty is None:
            continue
        dropped = duty.status is DutyStatus.CANCELLED and duty.closed_seq == undoing.changes.seq
        if not (duty.live or dropped or duty.status is DutyStatus.SUSPENDED):
            found[change.key] = duty
        elif change.before is None:
            found[change.key] = replace(duty, status=DutyStatus.CANCELLED, closed_seq=case.version + 1)
        else:
            found[change.key] = _restored(duty, change.before, undoing, command)
    return found


def _restored(duty: Duty, before: Dates, undoing: Undoing, command: Command) -> Duty:
    moves = duty.moves
    if duty.due != before.due:
        why = f"撤销第 {undoing.number} 号期限调整：{command.reason}"
        document = str(command.document) if command.document else None
        moves = (*moves, Move(command.on, duty.due, before.due, why, document, before.amended_by))
    waits = duty.status is DutyStatus.SUSPENDED
    return replace(
        duty,
        status=duty.status if waits else before.status,
        closed_seq=duty.closed_seq if waits else before.closed_seq,
        anchor=before.anchor,
        anchor_date=before.anchor_date,
        legal_due=before.legal_due,
        due=before.due,
        soft_due=before.soft_due,
        provisional=before.provisional,
        grace_until=before.grace_until,
        marks=before.marks,
        steps=before.steps,
        moves=moves,
    )


def _no(rule: str, message: str) -> Reason:
    return Reason(rule, message)
