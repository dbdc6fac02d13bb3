"""What may be done with a project now, by whom, and why the rest may not: asked of the same core."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping

from lifecycle.cases import load_case
from lifecycle.gate import check_day, foreign_unit, roles_for
from lifecycle.installed import versions_of
from lifecycle.people import Actor
from lifecycle.refusals import refusal, refused_also
from lifecycle.standing import against_submission
from lifecycle.store import Store
from lifecycle.surroundings import context_of
from states.core_facts import CORE_FACTS
from states.decide import obstacles, row_for
from states.decision import Case, Command, Context
from states.errors import ForbiddenFault, Reason, RefusedFault
from states.names import Action, Role, State
from states.papers import PAPERS
from states.settable import may_set, needs
from states.tables import Row, Writing, walked
from states.tables.row import AMENDMENTS


def offers(
    conn: Connection, store: Store, actor: Actor, row: RowMapping, on: date, at: datetime
) -> list[dict[str, Any]]:
    """One object per action of the lifecycle, allowed ones first."""
    case, programme = load_case(conn, store, row)
    context = context_of(conn, store, row, case, programme, on, None)
    others = {name: one.programme for name, one in versions_of(conn, store, row).items()}
    context = replace(context, packs=others)
    roles = roles_for(actor, programme.province, case.unit)
    backdated, day = _day(conn, row, on, at, roles)
    found = []
    rows = walked(case.lifecycle, programme.without).rows
    for action in dict.fromkeys(row.action for row in rows if row.action not in AMENDMENTS):
        command = Command(
            action=action,
            on=on,
            actor=actor.login,
            roles=roles,
            actor_unit=actor.unit_id,
            backdated=backdated,
        )
        against = (*against_submission(conn, case, programme, on), *day) if action is Action.SUBMIT else day
        other = foreign_unit(actor, programme.province, case, action)
        found.append(_offer(case, command, context, against, other))
    return sorted(found, key=lambda item: (not item["allowed"], not item["here"]))


def _day(
    conn: Connection, row: RowMapping, on: date, at: datetime, roles: frozenset[Role]
) -> tuple[bool, tuple[Reason, ...]]:
    """Whether a step on this day is backdated, and what stands against the day itself."""
    try:
        return check_day(conn, on, at, roles, "补录", row["last_on"]), ()
    except (RefusedFault, ForbiddenFault) as fault:
        return False, (Reason("R-LIFE-00", fault.message),)


def _offer(
    case: Case, command: Command, context: Context, against: tuple[Reason, ...], other: bool
) -> dict[str, Any]:
    table = walked(case.lifecycle, context.programme.without)
    rows = table.index.get((case.state, command.action), ())
    refused = obstacles(case, command, context)
    if rows:
        refused = refused_also(refused, command.action, case.state, against)
    reasons = [reason.as_json() for reason in refusal(refused, other).reasons] if refused else []
    some = rows or tuple(row for row in table.rows if row.action == command.action)
    row = row_for(case, command, context) or some[-1]
    return {
        "action": str(command.action),
        "label": command.action.label,
        "to": str(row.dest),
        "to_label": _dest_label(case, row),
        "roles": sorted({str(role) for row in some for role in row.roles}),
        "allowed": refused is None,
        "here": bool(rows),
        "reasons": reasons,
        "needs": _needs(row, command, context),
    }


def _dest_label(case: Case, row: Row) -> str:
    if isinstance(row.dest, State):
        return row.dest.label
    return {"same": "状态不变", "return_to": "回到申请前状态", "previous": "回到上一状态"}[row.dest]


def _needs(row: Row, command: Command, context: Context) -> list[dict[str, Any]]:
    """What has to come with the step: papers, a document, a reason, and the facts it may carry."""
    wanted: list[dict[str, Any]] = []
    for paper in row.papers:
        options = paper.split("|")
        labels = [_label(slug, context) for slug in options]
        wanted.append({"kind": "material", "any_of": options, "label": " 或 ".join(labels)})
    if row.writing is Writing.FORMAL:
        wanted.append({"kind": "document", "any_of": ["document"], "label": "正式文件的文号和日期"})
    elif not row.papers and _recorded(row, command):
        wanted.append({"kind": "material", "any_of": ["other", "document"], "label": "来件，或文号和日期"})
    unwritten = row.writing is Writing.WRITTEN and not wanted
    if unwritten or command.backdated or {"reason_given", "defects_listed"}.intersection(row.guards):
        wanted.append({"kind": "reason", "any_of": ["reason"], "label": "书面理由"})
    if names := _settable(command.action, context):
        wanted.append({"kind": "set", "any_of": names, "label": "可同时设置的事项"})
    return wanted


def _recorded(row: Row, command: Command) -> bool:
    """Whether the actor would record somebody else's step, from the paper it came on (代录)."""
    return Role.CLERK in command.roles and not command.roles.intersection(row.roles)


def _settable(action: Action, context: Context) -> list[str]:
    if action is Action.CORRECT_RECORD:
        return sorted(name for name in {**CORE_FACTS, **context.programme.facts} if may_set(action, name))
    return list(needs(action))


def _label(slug: str, context: Context) -> str:
    if slug == "document":
        return "文号和日期"
    spec = context.programme.materials.get(slug)
    return spec.label if spec else PAPERS.get(slug, slug)
