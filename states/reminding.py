"""What is said of a duty and to whom: reminders, and the word to the next level when it stays undone.

Pure. When it is said is decided in `states.reminders`; a suggested date is only ever suggested, the
word 逾期 belongs to printed limits. Never sends, never finds an address.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from states.catalogue import DutySpec, Programme, Rung
from states.decision import Case, Duty, NoticePlan
from states.grounds import duty_ground
from states.names import Role
from states.notices import KINDS, common, plan_of
from states.specs import SUPERIOR
from states.wording import chinese_day

OF_A_DUTY = ("reminder", "overdue", "suggestion", "escalation")
"""Kinds that have lost their meaning once their duty is done or its date has moved."""
OFFICES = (Role.PROV_ASSOCIATION, Role.ACADEMIC_DEPARTMENT, Role.SERVICE_CENTRE, Role.CLERK)
"""Offices that a ladder may lead to."""
_UNIT = (Role.UNDERTAKING_UNIT, Role.FJ_SOCIETY_UNIT)


def reminder_notice(
    case: Case, duty: Duty, offset: int, programme: Programme, on: date | None = None
) -> NoticePlan:
    """The reminder that the plan has `offset` days from the due date (R-DL-02), as it reads on a day.

    `on` None: on just that day. The key rests on the plan, the words on the day they are said.
    """
    day = on or duty.due + timedelta(days=offset)
    slug = "suggestion" if duty.suggested else "overdue" if offset > 0 else "reminder"
    moment = "due" if offset == 0 else f"before-{-offset}" if offset < 0 else f"after-{offset}"
    receiver = duty_receiver(duty.owed_by)
    soft = duty.soft_due if duty.soft_due < duty.due else None
    details = _details(case, duty, programme, receiver, day) | {
        "soft": soft.isoformat() if soft else None,
        "soft_cn": chinese_day(soft) if soft else None,
        "offset": (day - duty.due).days,
    }
    return plan_of(KINDS[slug], receiver, details, f"{duty.due.isoformat()}:{moment}", duty.key)


def escalation_notice(
    case: Case,
    duty: Duty,
    rung: Rung,
    receiver: str,
    programme: Programme,
    on: date,
    told_on: date,
    superior: str | None = None,
) -> NoticePlan:
    """The word to the next level that a duty is overdue, though whoever owes it was told (R-DL-02, R-DL-05).

    `superior` is the name of the unit that stands above, where that is the receiver.
    """
    office = Role(receiver) if receiver != SUPERIOR else Role.PROV_ASSOCIATION
    details = _details(case, duty, programme, office, on) | {"told_cn": chinese_day(told_on)}
    details |= {"addressee": superior} if receiver == SUPERIOR else {}
    occurrence = f"{duty.due.isoformat()}:level-{rung.after}"
    return plan_of(KINDS["escalation"], receiver, details, occurrence, duty.key)


def duty_receiver(owed_by: str) -> Role:
    """Who is reminded of a duty: the unit where a unit owes it, else the association."""
    if owed_by == Role.APPLICANT:
        return Role.APPLICANT
    return Role.UNDERTAKING_UNIT if owed_by in _UNIT else Role.PROV_ASSOCIATION


def escalation_receiver(rung: Rung, spec: DutySpec, superior: str | None) -> str | None:
    """Whom a rung tells: the unit above, or where none is recorded the office of the next rung.

    None where that is whoever is reminded anyway, or was told by a lower rung: everybody is told once.
    """
    told: set[str] = {duty_receiver(spec.owed_by)}
    for number, step in enumerate(spec.escalate):
        receiver = step.to
        if receiver == SUPERIOR and superior is None:
            offices = (above.to for above in spec.escalate[number:] if above.to != SUPERIOR)
            receiver = next(offices, Role.PROV_ASSOCIATION)
        if step == rung:
            return None if receiver in told else str(receiver)
        told.add(receiver)
    return None


def _details(case: Case, duty: Duty, programme: Programme, receiver: Role, on: date) -> dict[str, Any]:
    ground = duty_ground(duty.slug, duty.rule, programme, duty.due)
    return common(case, programme, duty.due, receiver, ground) | {
        "on": on.isoformat(),
        "on_cn": chinese_day(on),
        "duty": duty.slug,
        "duty_occurrence": duty.occurrence,
        "duty_label": duty.label,
        "due": duty.due.isoformat(),
        "due_cn": chinese_day(duty.due),
        "days": abs((on - duty.due).days),
        "provisional": duty.provisional,
        "marks": list(duty.marks),
    }
