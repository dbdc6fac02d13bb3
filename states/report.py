"""Recording that a duty was fulfilled, where its pack says so by report and not by an action.

Pure, like `states.decide`: gives the changed duty, or every reason against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from dateutil.relativedelta import relativedelta

from states.catalogue import Programme
from states.decision import Case, Command, Duty
from states.duties import BY_SLUG
from states.errors import Reason
from states.names import REPRESENTABLE, DutyStatus, Role
from states.planners.event import cancelled
from states.reconcile import met
from states.settable import SETS


def find_duty(case: Case, text: str) -> str | None:
    """The slug of a duty named by slug, R- id or Chinese label."""
    for duty in case.duties:
        if text in (duty.slug, duty.rule, duty.label):
            return duty.slug
    return None


def pick_occurrence(duties: Sequence[Duty], on: date) -> Duty | None:
    """The occurrence that a report without a period means: the window that `on` lies in, else the last owed.

    A session held in one half-year makes up neither for the one before nor for the next (R-DL-07): a
    window that is reported already is still the one that is meant.
    """
    meant = [d for d in duties if d.status not in (DutyStatus.CANCELLED, DutyStatus.WAIVED)]
    ahead = [d for d in meant if d.late_after >= on]
    if ahead:
        return min(ahead, key=lambda d: d.due)
    return max((d for d in meant if d.live), key=lambda d: d.due, default=None)


def report(
    case: Case, duty: Duty, command: Command, programme: Programme, seq: int
) -> Duty | tuple[Reason, ...]:
    """The duty as met by this report, or the reasons against (R-FORM-20)."""
    spec = programme.duties[duty.slug]
    reasons: list[Reason] = []
    if spec.met_by != "report":
        reasons.append(_no(spec.rule, f"“{duty.label}”不用 report 登记，{_way(duty)}", spec.citation.quote))
    if duty.status is DutyStatus.SUSPENDED and cancelled(case.facts):
        reasons.append(_no("R-AMB-47", f"活动已取消，“{duty.label}”暂停计算，另定会期后再报"))
    elif duty.status is DutyStatus.SUSPENDED:
        reasons.append(_no("R-DL-27", f"项目已中止，“{duty.label}”暂停计算，恢复后再报"))
    elif not duty.live:
        done = f"（{duty.met_on.isoformat()}）" if duty.met_on else ""
        reasons.append(_no("R-DL-03", f"“{duty.label}”已是“{duty.status.label}”{done}，不能再次登记"))
    return tuple(reasons) or met(duty, command.on, seq)


def carried(case: Case, duty: Duty, command: Command, programme: Programme, seq: int) -> tuple[Duty, ...]:
    """What a report meets besides its own window: the month of the approval, told with the first report.

    Only where the pack lets it be merged and nobody reported it by itself (R-DL-09, R-AMB-18).
    """
    approved: date | None = case.facts.get("project.approved_on")
    if duty.slug != "monthly_progress" or approved is None:
        return ()
    first, second = (f"{approved.replace(day=1) + relativedelta(months=n):%Y-%m}" for n in (0, 1))
    if duty.occurrence != second or not programme.setting("first_report_merged", command.on, True):
        return ()
    month = next((one for one in case.duties if one.key == (duty.slug, first) and one.live), None)
    if month is None:
        return ()
    return (replace(met(month, command.on, seq), marks=(*month.marks, f"并入 {second} 的报告")),)


def _way(duty: Duty) -> str:
    """How a duty is met that no report meets."""
    kind = BY_SLUG[duty.slug]
    recording = [action for action, names in SETS.items() if kind.met_by_fact in names]
    return f"由操作 {'、'.join(sorted(kind.met_by) or recording[-1:])} 完成"


def capacity(duty: Duty, command: Command, unit: str) -> tuple[Role, str | None, Reason | None]:
    """In which role a report is made, whom a clerk represents, or why neither."""
    owed_by = Role(duty.owed_by)
    if owed_by in command.roles:
        return owed_by, None, None
    if Role.CLERK in command.roles and owed_by in REPRESENTABLE:
        if command.on_paper or command.reason:
            return Role.CLERK, unit, None
        message = "代录须附来件（--material）、注明来文（--document）或写明会谈记录（--reason）"
        return Role.CLERK, None, Reason("R-ROLE-24", message)
    message = f"“{duty.label}”由{owed_by.label}履行，您没有这一角色"
    return owed_by, None, Reason("R-ROLE-26", message)


def _no(rule: str, message: str, quote: str | None = None) -> Reason:
    return Reason(rule, message, cite=quote)
