"""Waiving a duty: the association decides that it is not owed, or that missing it is excused.

Pure, like `states.decide`: gives the waived duty, or every reason against it. Nothing is deleted; the waiver
is undone like any step.
"""

from __future__ import annotations

from dataclasses import replace

from states.catalogue import Programme
from states.decision import Case, Command, Duty
from states.duties import BY_SLUG
from states.errors import Reason
from states.names import DutyStatus, Role

WAIVED = "经决定免除"
"""The remark on a duty that was waived."""


def waive(
    case: Case, duty: Duty, command: Command, programme: Programme, seq: int
) -> Duty | tuple[Reason, ...]:
    """The duty as waived, or the reasons against: who, why, by which paper, and whether it may be at all.

    A binding duty takes a decision on paper, a suggested day only a reason. What was missed and is waived
    is excused: it is overdue no longer, and its history stays.
    """
    spec = programme.duties[duty.slug]
    quote = spec.citation.quote
    reasons: list[Reason] = []
    if Role.PROV_ASSOCIATION not in command.roles:
        reasons.append(Reason("R-ROLE-26", "应办事项由省科协免除，您没有这一角色"))
    instead = BY_SLUG[duty.slug].never_waived
    if instead is not None:
        reasons.append(Reason(spec.rule, f"“{duty.label}”不能免除：{instead}", cite=quote))
    if not duty.live and duty.status is not DutyStatus.SUSPENDED:
        done = f"（{duty.met_on.isoformat()}）" if duty.met_on else ""
        message = f"“{duty.label}”已是“{duty.status.label}”{done}，没有可以免除的"
        reasons.append(Reason("R-DL-03", message))
    if not command.reason:
        reasons.append(Reason("R-DL-03", "须用 --reason 写明免除的理由"))
    if not duty.suggested and not command.on_paper:
        message = "有约束力的事项须凭书面决定免除（--document 文号@日期，或 --material 附决定）"
        reasons.append(Reason(spec.rule, message, cite=quote))
    if reasons:
        return tuple(reasons)
    marks = tuple(dict.fromkeys((*duty.marks, WAIVED)))
    return replace(duty, status=DutyStatus.WAIVED, closed_seq=seq, marks=marks)
