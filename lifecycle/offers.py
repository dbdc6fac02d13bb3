"""What may be done with a project now, by whom, and why the rest may not: asked of the same core."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping

from lifecycle.cases import load_case
from lifecycle.gate import foreign_unit, roles_for
from lifecycle.people import Actor
from lifecycle.stepping import context_of, refusal
from lifecycle.store import Store
from states.decide import PAPERS, obstacles
from states.decision import Case, Command, Context
from states.effects import needs
from states.names import Action, State
from states.tables import LIFECYCLES, Row, Writing


def offers(conn: Connection, store: Store, actor: Actor, row: RowMapping, on: date) -> list[dict[str, Any]]:
    """One object per action of the lifecycle, allowed ones first."""
    case, programme = load_case(conn, store, row)
    context = context_of(conn, store, row, case, programme, on, None)
    roles = roles_for(actor, programme.province, case.unit)
    other = foreign_unit(actor, programme.province, case.unit)
    found = []
    for action in dict.fromkeys(row.action for row in LIFECYCLES[case.lifecycle].rows):
        command = Command(action=action, on=on, actor=actor.login, roles=roles, actor_unit=actor.unit_id)
        found.append(_offer(case, command, context, other))
    return sorted(found, key=lambda item: (not item["allowed"], not item["here"]))


def _offer(case: Case, command: Command, context: Context, other: bool) -> dict[str, Any]:
    table = LIFECYCLES[case.lifecycle]
    rows = table.index.get((case.state, command.action), ())
    refused = obstacles(case, command, context)
    reasons = [reason.as_json() for reason in refusal(refused, other).reasons] if refused else []
    some = rows or tuple(row for row in table.rows if row.action == command.action)
    return {
        "action": str(command.action),
        "label": command.action.label,
        "to": str(some[0].dest),
        "to_label": _dest_label(case, some[0]),
        "roles": sorted({str(role) for row in some for role in row.roles}),
        "allowed": refused is None,
        "here": bool(rows),
        "reasons": reasons,
        "needs": _needs(some[-1], command.action, context),
    }


def _dest_label(case: Case, row: Row) -> str:
    if isinstance(row.dest, State):
        return row.dest.label
    return {"same": "状态不变", "return_to": "回到申请前状态", "previous": "回到上一状态"}[row.dest]


def _needs(row: Row, action: Action, context: Context) -> list[dict[str, Any]]:
    """What has to come with the step: papers, a document, and the facts it may carry."""
    wanted: list[dict[str, Any]] = []
    for paper in row.papers:
        options = paper.split("|")
        labels = [_label(slug, context) for slug in options]
        wanted.append({"kind": "material", "any_of": options, "label": " 或 ".join(labels)})
    if row.writing is Writing.FORMAL:
        wanted.append({"kind": "document", "any_of": ["document"], "label": "正式文件的文号和日期"})
    if "reason_given" in row.guards or "defects_listed" in row.guards:
        wanted.append({"kind": "reason", "any_of": ["reason"], "label": "书面理由"})
    if names := needs(action):
        wanted.append({"kind": "set", "any_of": list(names), "label": "可同时设置的事项"})
    return wanted


def _label(slug: str, context: Context) -> str:
    if slug == "document":
        return "文号和日期"
    spec = context.programme.materials.get(slug)
    return spec.label if spec else PAPERS.get(slug, slug)
