"""The one pure decision: may this step be taken, and what follows from it?

`decide(case, command, context)` gives `Accepted` with the new state, facts, duties and notices, or
`Refused` with every reason at once, each with its rule and clause. A single project, a batch, a
dry run and a property test all call it. It reads nothing but its arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from states.amending import amended
from states.catalogue import Programme
from states.catching_up import caught_up
from states.check import require_sound
from states.decision import (
    Accepted,
    Case,
    Command,
    Context,
    Finding,
    NoticePlan,
    Outcome,
    Refused,
    Step,
    blocking,
)
from states.duty import Duty, standing
from states.effects import FLAGS, UNFLAGS, effect
from states.errors import BadInputFault, Reason
from states.guards import CONDITIONS, GUARDS, SUPPLIED, Ask, effective
from states.machine import fire
from states.moving import After
from states.names import REPRESENTABLE, Action, Role, State
from states.notices import action_notices, correction_notice
from states.paperwork import papers_wanting, writing_wanting
from states.reconcile import reconcile
from states.recount import firmed
from states.settable import DECIDED, RECORDED, may_set
from states.tables import Lifecycle, Row, To, walked

Chosen = tuple[Row, frozenset[str]]

YEARS = range(1900, 2101)
"""Years that a date of a record may lie in; anything else is a slip of the pen."""

require_sound()


def decide(case: Case, command: Command, context: Context) -> Outcome:
    """Decide on one step of one case. Never raises for what a user may do wrong."""
    table = walked(case.lifecycle, context.programme.without)
    asked, blanks = _without_blanks(command)
    case, opened = caught_up(case, context.programme, context.calendar, command.on)
    ask = Ask(case, {**case.facts, **asked.values}, asked, context)
    chosen = _choose(table, ask)
    if chosen is None:
        return _not_from_here(table, case, command)
    row, conditions = chosen
    role, represented, forbidden = _capacity(row, command, case)
    reasons = [*_unrepresented(role, row, command), *blanks, *_values(case, asked)]
    reasons += [*papers_wanting(row, ask), *writing_wanting(row, ask), *_guarded(row, row.guards, ask)]
    if forbidden is None and not reasons:
        try:
            return _accept(ask, row, conditions, role, represented, opened)
        except BadInputFault as fault:
            reasons = [Reason("R-DL-01", fault.message)]
    return _refused(table, row, ask, forbidden, reasons)


def _guarded(row: Row, guards: Iterable[str], ask: Ask) -> list[Reason]:
    found = [reason for name in guards if (reason := GUARDS[name](ask)) is not None]
    return [*found, *_findings(ask.context.findings)] if "eligible" in row.guards else found


def _refused(
    table: Lifecycle, row: Row, ask: Ask, forbidden: Reason | None, reasons: list[Reason]
) -> Refused:
    every = [forbidden, *reasons] if forbidden else reasons
    cited = tuple(_cited(reason, row, ask.context) for reason in every)
    state = ask.case.state
    return Refused(ask.command.action, state, cited, table.allowed[state], forbidden is not None)


def _without_blanks(command: Command) -> tuple[Command, list[Reason]]:
    """The command without values that are blank: only a correction may take a fact away."""
    blank = [name for name, value in command.values.items() if value is None]
    if not blank or command.action is Action.CORRECT_RECORD:
        return command, []
    kept = {name: value for name, value in command.values.items() if value is not None}
    return replace(command, values=kept), [Reason("R-LIFE-00", f"{name} 不能为空") for name in blank]


def obstacles(case: Case, command: Command, context: Context) -> Refused | None:
    """What stands in the way even if everything that has to come with the step came; None: nothing.

    For the list of what may be done: a missing paper or reason is a need, not an obstacle.
    """
    table = walked(case.lifecycle, context.programme.without)
    ask = Ask(case, case.facts, command, context)
    chosen = _choose(table, ask)
    if chosen is None:
        return _not_from_here(table, case, command)
    row, _ = chosen
    _, _, forbidden = _capacity(row, replace(command, on_paper=True), case)
    reasons = _guarded(row, [name for name in row.guards if name not in SUPPLIED], ask)
    return _refused(table, row, ask, forbidden, reasons) if forbidden or reasons else None


def row_for(case: Case, command: Command, context: Context) -> Row | None:
    """The row that a step would take from here, or None."""
    chosen = _choose(
        walked(case.lifecycle, context.programme.without), Ask(case, case.facts, command, context)
    )
    return chosen[0] if chosen else None


def _choose(table: Lifecycle, ask: Ask) -> Chosen | None:
    rows = table.index.get((ask.case.state, ask.command.action), ())
    held = frozenset(row.when for row in rows if row.when and CONDITIONS[row.when](ask))
    for row in rows:
        if row.when is None or row.when in held:
            return row, held
    return None


def _not_from_here(table: Lifecycle, case: Case, command: Command) -> Refused:
    allowed = table.allowed.get(case.state, ())
    labels = "、".join(a.label for a in allowed) or "无"
    known = any(row.action == command.action for row in table.rows)
    message = (
        f"当前状态为“{case.state.label}”，不能{command.action.label}；可以：{labels}"
        if known
        else f"“{table.label}”没有“{command.action.label}”这一步；当前可以：{labels}"
    )
    if case.state is State.ABSORBED:
        message += f"；已纳入试点市，有关申请由上级项目 {case.parent or ''} 提出（R-LIFE-68）"
    return Refused(command.action, case.state, (Reason("R-LIFE-00", message),), allowed)


def role_taking(row: Row, roles: frozenset[Role]) -> Role | None:
    """In which of the roles a row is taken: one that it names, else a clerk for somebody; None if in none."""
    named = next((role for role in row.roles if role in roles), None)
    if named is None and Role.CLERK in roles and REPRESENTABLE.intersection(row.roles):
        return Role.CLERK
    return named


def _capacity(row: Row, command: Command, case: Case) -> tuple[Role, str | None, Reason | None]:
    """In which role the actor takes the step, whom a clerk represents, or why neither."""
    role = role_taking(row, command.roles)
    if role in row.roles:
        return role, None, None
    if role is not None:
        own = next(one for one in row.roles if one in REPRESENTABLE)
        expert = own in (Role.REVIEW_EXPERT, Role.EVALUATOR)
        return role, own.label if expert else case.unit.name, None
    names = "、".join(role.label for role in row.roles)
    return row.roles[0], None, Reason("R-ROLE-26", f"“{command.action.label}”由{names}办理，您没有这一角色")


def _unrepresented(role: Role, row: Row, command: Command) -> Iterable[Reason]:
    if role is Role.CLERK and Role.CLERK not in row.roles and not command.on_paper:
        yield Reason("R-ROLE-24", "代录须附来件（--material）或注明来文（--document）")


def _values(case: Case, command: Command) -> Iterable[Reason]:
    clerk = command.action is Action.CORRECT_RECORD and Role.PROV_ASSOCIATION not in command.roles
    for name, value in command.values.items():
        if clerk and (name in DECIDED or (name in RECORDED and name in case.facts)):
            yield Reason("R-SANC-06", f"{name} 由决定或登记写入，只能由省科协更正")
        if not may_set(command.action, name):
            yield Reason("R-LIFE-00", f"“{command.action.label}”不能同时设置 {name}")
        if isinstance(value, date) and value.year not in YEARS:
            yield Reason("R-LIFE-00", f"{name} 的日期 {value.isoformat()} 不合常理，请核对年份")
    document = command.document
    if document is not None and (document.date > command.on or document.date.year not in YEARS):
        yield Reason(
            "R-FORM-17", f"文号“{document.number}”的日期 {document.date.isoformat()} 晚于办理日期，或不合常理"
        )


def _findings(findings: tuple[Finding, ...]) -> Iterable[Reason]:
    for found in blocking(findings):
        yield Reason(found.rule, found.message, found.severity, found.cite, found.document)


def _cited(reason: Reason, row: Row, context: Context) -> Reason:
    """A reason without a clause of its own shows the row's, if that binds the programme."""
    if reason.cite is not None or row.quote is None or not _binds(row, context.programme):
        return reason
    return replace(reason, cite=row.quote, document=row.document)


def _binds(row: Row, programme: Programme) -> bool:
    """Whether a row's document speaks of the programme: of its province, and not younger than its pack.

    Packs are named by province and year, so that their names stand in the order of the documents.
    """
    document = row.document
    return document is not None and document.startswith(programme.province) and document <= programme.pack


def _destination(row: Row, ask: Ask, conditions: frozenset[str]) -> State:
    case = ask.case
    if row.dest is To.RETURN:
        return case.return_to or State.EXECUTING
    if row.dest is To.PREVIOUS:
        source = case.steps[-1].source
        return State(source) if source else case.state
    moved = fire(case.lifecycle, case.state, ask.command.action, conditions)
    return case.state if moved is None else moved


def _after(case: Case, command: Command, dest: State, facts: Mapping[str, Any], undone: Step | None) -> After:
    return After(
        state=dest,
        facts=facts,
        action=command.action,
        on=command.on,
        seq=case.version + 1,
        reverses=undone.seq if undone else None,
        papers=tuple(sorted(command.materials)),
        on_paper=bool(command.materials) or command.document is not None,
    )


def _accept(
    ask: Ask,
    row: Row,
    conditions: frozenset[str],
    role: Role,
    represented: str | None,
    opened: tuple[Duty, ...],
) -> Accepted:
    case, command, context = ask.case, ask.command, ask.context
    dest = _destination(row, ask, conditions)
    undone = case.steps[-1] if command.action is Action.REVERSE_STEP else None
    written: Mapping[str, Any] = dict(undone.restores) if undone else effect(ask)
    facts = {name: value for name, value in {**case.facts, **written}.items() if value is not None}
    flags = _flags(case, command.action, facts)
    after = _after(case, command, dest, facts, undone)
    told = {**facts, "request.new_end": case.facts.get("request.new_end")}
    own = _binds(row, context.programme)
    owed = reconcile(case, context.adopts or context.programme, context.calendar, after)
    duties = owed.duties
    if command.amends is not None:
        duties = amended(case, command, duties, context.calendar)
        duties = firmed(case, context.programme, context.calendar, duties, command.on)
    return Accepted(
        action=command.action,
        source=case.state,
        dest=dest,
        rule=row.rule,
        citation_quote=row.quote if own else None,
        citation_document=row.document if own else None,
        role=role,
        facts=written,
        flags=flags,
        duties=standing(opened, duties),
        plan_on=owed.plan_on,
        notices=_notices(case, told, command, context),
        reverses=undone.seq if undone else None,
        represented=represented,
    )


def _notices(
    case: Case, told: Mapping[str, Any], command: Command, context: Context
) -> tuple[NoticePlan, ...]:
    if command.action is Action.REVERSE_STEP and context.delivered:
        return (correction_notice(case, told, command, context.programme),)
    return action_notices(command.action, case, told, command, context.programme, blocking(context.findings))


def _flags(case: Case, action: Action, facts: Mapping[str, Any]) -> frozenset[str]:
    if action is not Action.REVERSE_STEP:
        return _marked(case.flags, str(action))
    *before, undone = effective(case)
    kept: frozenset[str] = frozenset()
    for step in before:
        kept = _marked(kept, step.action)
    added, taken = _mark_of(FLAGS, undone.action), _mark_of(UNFLAGS, undone.action)
    return (case.flags - (added - kept)) | (taken & kept)


def _marked(flags: frozenset[str], action: str) -> frozenset[str]:
    return (flags | _mark_of(FLAGS, action)) - _mark_of(UNFLAGS, action)


def _mark_of(table: Mapping[Action, str], action: str) -> frozenset[str]:
    found = table.get(Action(action)) if action in set(Action) else None
    return frozenset({found}) if found else frozenset()
