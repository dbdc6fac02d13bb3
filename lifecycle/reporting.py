"""Writing a report that fulfils a duty: decided by `states.report`, recorded like any step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, update

from lifecycle.archive import Filed
from lifecycle.calendar_years import calendar_of
from lifecycle.cases import PROJECT, load_case
from lifecycle.duty_rows import write_duties
from lifecycle.gate import OTHER_UNIT, check_day, is_rehearsal, roles_for
from lifecycle.people import UNIT_ROLES, Actor
from lifecycle.record import Line, overdue_after, write_entry
from lifecycle.seals import standing_seals
from lifecycle.stamp import Stamp
from lifecycle.store import Store
from lifecycle.values import parse_values
from states.catalogue import Citation, Programme
from states.catching_up import caught_up
from states.decision import Case, Command, DocumentRef, Duty
from states.duty import standing
from states.errors import BadInputFault, ConflictFault, ForbiddenFault, NotFoundFault, RefusedFault
from states.facts import parse_fact
from states.names import Action
from states.proof import particular
from states.report import capacity, carried, find_duty, pick_occurrence, recorded_now, report


@dataclass(frozen=True, slots=True)
class Reported:
    """A report as it was handed in."""

    actor: Actor
    duty: str
    on: date
    at: datetime
    period: str | None
    reason: str | None
    document: DocumentRef | None
    filed: tuple[tuple[str, Filed], ...]
    values: Mapping[str, Any]


def write_report(conn: Connection, store: Store, row: RowMapping, reported: Reported) -> int:
    """Fulfil the duty and write the history; returns the duty row's id."""
    case, programme = load_case(conn, store, row)
    case, opened = caught_up(case, programme, calendar_of(conn, store.calendar), reported.on)
    roles = roles_for(reported.actor, programme.province, case.unit)
    command = Command(
        action=Action.CORRECT_RECORD,
        on=reported.on,
        actor=reported.actor.login,
        roles=roles,
        reason=reported.reason,
        on_paper=bool(reported.filed) or reported.document is not None,
        materials=frozenset(kind for kind, _ in reported.filed),
        values=_particulars(programme, reported.values),
    )
    duty = _meant(case, programme, reported, command)
    role, represented, forbidden = capacity(duty, command, case.unit.name)
    outcome = report(case, duty, command, programme, case.version + 1)
    if forbidden is not None:
        held = reported.actor.roles_in(programme.province) & UNIT_ROLES
        if duty.owed_by in held - roles:
            forbidden = replace(forbidden, message=OTHER_UNIT)
        lacking = RefusedFault if forbidden.rule == "R-ROLE-24" else ForbiddenFault
        raise lacking(forbidden.message, (forbidden,))
    if isinstance(outcome, tuple):
        raise RefusedFault("；".join(reason.message for reason in outcome), outcome)
    backdated = check_day(conn, reported.on, reported.at, roles, reported.reason, row["last_on"])
    stamp = Stamp(
        reported.actor, reported.at, reported.on, None, told_reason(duty, reported.reason),
        str(reported.document) if reported.document else None, backdated,
        is_rehearsal(conn), reported.filed,
    )  # fmt: skip
    changed = (outcome, *carried(case, duty, command, programme, case.version + 1))
    touch_project(conn, case, changed, reported.on)
    clause = programme.duties[duty.slug].citation
    write_entry(conn, stamp, entry_line(case, "report", changed, str(role), represented, clause))
    return write_duties(conn, case.id, standing(opened, changed), reported.on, stamp.entered_on)[outcome.key]


def _meant(case: Case, programme: Programme, reported: Reported, command: Command) -> Duty:
    spec = programme.duties.get(find_duty(case, programme, reported.duty) or "")
    if spec is not None and spec.ad_hoc:
        return recorded_now(case, spec, command)
    return named_duty(case, programme, reported.duty, reported.period, reported.on)


def named_duty(case: Case, programme: Programme, name: str, period: str | None, on: date) -> Duty:
    """The standing duty that is meant by a name and a period; NotFoundFault names those that there are."""
    slug = find_duty(case, programme, name)
    mine = [d for d in case.duties if d.slug == slug]
    if not mine:
        owed = "、".join(dict.fromkeys(f"{d.label}（{d.slug}）" for d in case.duties)) or "无"
        raise NotFoundFault(f"{case.id} 没有名为“{name}”的事项；现有：{owed}")
    if period is not None:
        chosen = [d for d in mine if d.occurrence == period]
        if not chosen:
            periods = "、".join(d.occurrence or "（不分期）" for d in mine)
            raise NotFoundFault(f"“{mine[0].label}”没有第 {period} 期；现有：{periods}")
        return chosen[0]
    return pick_occurrence(mine, on) or max(mine, key=lambda d: d.due)


def _particulars(programme: Programme, values: Mapping[str, Any]) -> dict[str, Any]:
    """How something was done. What is known of a project changes by a step or by `amend`, not by a report."""
    told: dict[str, Any] = {}
    others: dict[str, Any] = {}
    for name, raw in values.items():
        spec = particular(name)
        if spec is None:
            others[name] = raw
        elif spec.name in told:
            raise BadInputFault(f"{spec.label}（{spec.name}）给了不止一个值，只能给一个")
        elif (value := parse_fact(spec, raw)) is not None:
            told[spec.name] = value
    if names := sorted(parse_values(programme, others)):
        raise RefusedFault(f"报送只登记事项已履行，不能同时设置 {'、'.join(names)}；请另用 amend 更正")
    return told


def told_reason(duty: Duty, reason: str | None) -> str:
    """What an entry about a duty says: which one, and why if somebody said so."""
    period = f"（{duty.occurrence}）" if duty.occurrence else ""
    return f"{duty.label}{period}" + (f"：{reason}" if reason else "")


def touch_project(conn: Connection, case: Case, changed: Sequence[Duty], on: date) -> None:
    """Count the entry and what is overdue after it; ConflictFault if the project moved meanwhile."""
    written = conn.execute(
        update(PROJECT)
        .where(PROJECT.c.id == case.id, PROJECT.c.version == case.version)
        .values(
            version=case.version + 1,
            last_on=on,
            plan_on=case.plan_on,
            overdue=overdue_after(case, changed),
        )
    )
    if written.rowcount != 1:
        raise ConflictFault(f"项目 {case.id} 已被其他人先行修改，请重新查看后再试")


def entry_line(
    case: Case,
    action: str,
    changed: Sequence[Duty],
    role: str,
    represented: str | None,
    clause: Citation,
) -> Line:
    """The history entry of a duty that somebody did something about; the state stays."""
    return Line(
        project_id=case.id,
        seq=case.version + 1,
        action=action,
        source=str(case.state),
        dest=str(case.state),
        role=role,
        represented=represented,
        rule=changed[0].rule,
        cite=clause.quote,
        cite_document=clause.document,
        changes={},
        seals=standing_seals(case.flags, standing(case.duties, changed)),
    )
