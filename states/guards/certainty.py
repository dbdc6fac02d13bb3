"""Guards of certainty: nothing final rests on a date of a year whose notice of holidays is not loaded.

Such a date is provisional: it is reminded, but a person has to vouch for it before anybody loses anything by
it. He names the date (`calendar.confirmed`) and says why; both stand in the history (R-DL-37).
"""

from __future__ import annotations

from datetime import date, timedelta

from states.amending import NOT_ROLLED
from states.decision import Duty
from states.errors import Reason
from states.guards.ask import Ask, no
from states.names import Action, DutyStatus

CONFIRMED = "calendar.confirmed"
"""The provisional date that a person vouches for."""
FINAL: frozenset[Action] = frozenset(
    {Action.LAPSE, Action.START, Action.TERMINATE, Action.EVALUATE_FAIL, Action.CONCLUDE_UNQUALIFIED}
)
"""Steps whose ground may be a date that was missed or reached, and that take something away."""


def completion_certain(ask: Ask) -> Reason | None:
    """An application lapses by a day that is certain (R-AMB-08)."""
    return _vouched(ask, [duty for duty in ask.case.duties if duty.slug == "completion" and duty.live])


def missed_certain(ask: Ask) -> Reason | None:
    """Whoever ends a project or takes its standing away is told of what was missed by no certain date."""
    return _vouched(ask, ask.case.duties)


def publicity_certain(ask: Ask) -> Reason | None:
    """A publicity period that has run out by the working days of an uncertain year is vouched for."""
    days = ask.context.programme.setting("publicity_workdays", ask.command.on, 0)
    begun: date | None = ask.facts.get("publication.on") or ask.facts.get("project.approved_on")
    if not days or "imported" in ask.case.flags or begun is None:
        return None
    calendar = ask.context.calendar
    last = calendar.add_workdays(begun, days)
    certain = not calendar.is_provisional(begun + timedelta(days=1)) and not calendar.is_provisional(last)
    if certain or ask.command.on <= last:
        return None
    return _asked(ask, last, f"拟立项公示届满日 {last.isoformat()}")


def _vouched(ask: Ask, duties: tuple[Duty, ...] | list[Duty]) -> Reason | None:
    missed = [duty for duty in duties if _missed_uncertainly(duty, ask.command.on)]
    if not missed:
        return None
    told = "、".join(f"{duty.label}期限 {duty.due.isoformat()}" for duty in missed)
    return _asked(ask, max(duty.due for duty in missed), told)


def _missed_uncertainly(duty: Duty, on: date) -> bool:
    past = duty.status is DutyStatus.OPEN and duty.late_after < on
    movable = duty.provisional and duty.rule not in NOT_ROLLED
    return movable and (past or duty.status in (DutyStatus.OVERDUE, DutyStatus.LATE))


def _asked(ask: Ask, day: date, told: str) -> Reason | None:
    if ask.command.values.get(CONFIRMED) == day and ask.command.reason:
        return None
    return no(
        "R-DL-37",
        f"{told}为暂定日期（该年放假通知尚未载入），不能据以作出处理；请先载入放假安排，"
        f"或经人核实后用 --set {CONFIRMED}={day.isoformat()} 并以 --reason 写明依据",
    )
