"""Recording that a duty was fulfilled, where its pack says so by report and not by an action.

Pure, like `states.decide`: gives the changed duty, or every reason against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from dateutil.relativedelta import relativedelta

from states.catalogue import DutySpec, Programme
from states.decision import Case, Command, Duty
from states.duties import BY_SLUG
from states.errors import Reason, UsageFault
from states.names import REPRESENTABLE, DutyStatus, Role
from states.papers import PAPERS
from states.planners.event import cancelled
from states.proof import PARTICULARS, REPORT, Proof, reached, said
from states.reconcile import met
from states.settable import SETS


def find_duty(case: Case, programme: Programme, text: str) -> str | None:
    """The slug of a duty that stands, or of one that may be recorded at any time, by slug, R- id or label.

    UsageFault names the duties that one R- id means where there are several.
    """
    known = [(duty.slug, duty.rule, duty.label) for duty in case.duties]
    known += [(spec.slug, spec.rule, spec.label) for spec in programme.duties.values() if spec.ad_hoc]
    found = {slug: label for slug, rule, label in known if text in (slug, rule, label)}
    if len(found) > 1:
        named = "、".join(f"{label}（{slug}）" for slug, label in found.items())
        raise UsageFault(f"“{text}”有几项：{named}，请用名称指明")
    return next(iter(found), None)


def recorded_now(case: Case, spec: DutySpec, command: Command) -> Duty:
    """A turn of a duty without a date, as it is before it is recorded (R-DL-13, R-DL-29, R-DL-30)."""
    day: date = command.values.get("held_on") or command.on
    turns = sum(duty.slug == spec.slug for duty in case.duties)
    return Duty(
        slug=spec.slug,
        occurrence=str(turns + 1),
        rule=spec.rule,
        label=spec.label,
        owed_by=spec.owed_by,
        anchor="held_on",
        anchor_date=day,
        legal_due=day,
        due=day,
        soft_due=day,
        provisional=False,
        suggested=True,
        status=DutyStatus.SUGGESTED,
        steps=(f"不定期办理，文件未载明日期；办理于 {day.isoformat()}",),
        opened_on=command.on,
        opened_seq=case.version + 1,
    )


def pick_occurrence(duties: Sequence[Duty], on: date) -> Duty | None:
    """The occurrence that a report without a period means: the window that `on` lies in, else the last owed.

    A session held in one half-year makes up neither for the one before nor for the next (R-DL-07): a
    window that is reported already is still the one that is meant.
    """
    meant = [d for d in duties if d.status not in (DutyStatus.CANCELLED, DutyStatus.WAIVED)]
    ahead = [d for d in meant if d.late_after >= on]
    if ahead:
        first = min(d.due for d in ahead)
        return max((d for d in ahead if d.due == first), key=lambda d: (d.live, d.occurrence))
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
    elif not duty.live and not (spec.quota and duty.met_on):
        done = f"（{duty.met_on.isoformat()}）" if duty.met_on else ""
        reasons.append(_no("R-DL-03", f"“{duty.label}”已是“{duty.status.label}”{done}，不能再次登记"))
    proof = Proof(command.on, REPORT, seq, tuple(sorted(command.materials)), said(command.values))
    wanting = reasons or _wanting(spec, command, programme)
    return tuple(wanting) or _done(duty, spec, proof)


def _done(duty: Duty, spec: DutySpec, proof: Proof) -> Duty:
    """The duty with what was reported: met, unless a quota is not reached; more than a quota is kept too."""
    proofs = (*duty.proofs, proof)
    if not duty.live or (spec.quota and reached(proofs) < spec.quota):
        return replace(duty, proofs=proofs)
    return met(duty, proof.on, proof.seq, proof)


def _wanting(spec: DutySpec, command: Command, programme: Programme) -> list[Reason]:
    """What a report of this duty has to bring and say, and does not (R-DL-03, R-AMB-03)."""
    papers = [kind for kind in spec.papers if kind not in command.materials]
    unsaid = [name for name in spec.particulars if name not in command.values]
    reasons = []
    if papers:
        labels = PAPERS | {kind: one.label for kind, one in programme.materials.items()}
        named = "、".join(f"{labels[kind]}（--material {kind}=文件）" for kind in papers)
        reasons.append(_no(spec.rule, f"“{spec.label}”须附：{named}", spec.citation.quote))
    if unsaid:
        named = "、".join(f"{PARTICULARS[name].label}（--set {name}=…）" for name in unsaid)
        reasons.append(_no(spec.rule, f"“{spec.label}”须写明：{named}", spec.citation.quote))
    if spec.recorded and not (command.on_paper or command.reason):
        told = "须留记录：附材料（--material）、注明来文（--document）或写明口头汇报要点（--reason）"
        reasons.append(_no("R-AMB-03", f"“{spec.label}”{told}", spec.citation.quote))
    held: date | None = command.values.get("held_on")
    if held is not None and held > command.on:
        reasons.append(_no(spec.rule, f"办理日期 {held.isoformat()} 晚于登记日 {command.on.isoformat()}"))
    count = command.values.get("count")
    if count is not None and count < 1:
        reasons.append(_no(spec.rule, f"数量 {count} 无效，应为 1 或更大的整数"))
    return reasons


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
    told = met(month, command.on, seq, Proof(command.on, REPORT, seq, tuple(sorted(command.materials))))
    return (replace(told, marks=(*month.marks, f"并入 {second} 的报告")),)


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
