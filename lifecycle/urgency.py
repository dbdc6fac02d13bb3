"""How urgent a duty is on a day: late, today, this week, this month, later, or not counted at all.

Each group is one or two ranges of the index over what is owed, so that a page or a count costs what it
shows and not what there is. Reads nothing itself.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_

from lifecycle.cases import DUTY
from states.errors import UsageFault
from states.names import DutyStatus, Labelled

D: Final = DUTY.c


class Group(Labelled):
    """How urgent a duty is on a day, most urgent first."""

    OVERDUE = "overdue", "逾期"
    TODAY = "today", "今日到期"
    WEEK = "week", "本周到期"
    MONTH = "month", "本月到期"
    LATER = "later", "以后到期"
    PROVISIONAL = "provisional", "暂定期限"
    SUGGESTED = "suggested", "建议日期"
    SUSPENDED = "suspended", "中止计算"


SOON: Final = (Group.TODAY, Group.WEEK, Group.MONTH)
OPEN_GROUPS: Final = (*SOON, Group.LATER, Group.PROVISIONAL)


def ranges(group: Group, on: date) -> tuple[ColumnElement[bool], ...]:
    """The ranges of the index of which a group consists on a day.

    What is open past its date counts as overdue before a sweep has said so; within an internal grace it
    does not.
    """
    week = on + timedelta(days=6 - on.weekday())
    month = max(week, on.replace(day=monthrange(on.year, on.month)[1]))
    opened, grace = _is(DutyStatus.OPEN), func.coalesce(D.grace_until, D.due)
    unpublished = D.provisional.is_(True)
    # fmt: off
    found: dict[Group, tuple[ColumnElement[bool], ...]] = {
        Group.OVERDUE:     (_is(DutyStatus.OVERDUE), and_(opened, D.due < on, grace < on)),
        Group.TODAY:       (and_(opened, D.due <= on, or_(D.due == on, grace >= on)),),
        Group.WEEK:        (and_(opened, D.due > on, D.due <= week),),
        Group.MONTH:       (and_(opened, D.due > week, D.due <= month),),
        Group.LATER:       (and_(opened, D.due > month, D.provisional.is_(False)),),
        Group.PROVISIONAL: (and_(opened, D.due > month, unpublished),),
        Group.SUGGESTED:   (_is(DutyStatus.SUGGESTED),),
        Group.SUSPENDED:   (_is(DutyStatus.SUSPENDED),),
    }
    # fmt: on
    return tuple(and_(D.closed_seq.is_(None), part) for part in found[group])


def _is(status: DutyStatus) -> ColumnElement[bool]:
    return D.status == str(status)


def groups_of(text: str) -> tuple[Group, ...]:
    """Groups by code or label; the status `open` is all that is open and not late. UsageFault lists them."""
    if text in (DutyStatus.OPEN.value, DutyStatus.OPEN.label):
        return OPEN_GROUPS
    for group in Group:
        if text in (group.value, group.label, group.label.removesuffix("到期").removesuffix("期限")):
            return (group,)
    known = "、".join(f"{one}（{one.label}）" for one in (*Group, DutyStatus.OPEN))
    raise UsageFault(f"没有名为“{text}”的应办状态，应为：{known}")
