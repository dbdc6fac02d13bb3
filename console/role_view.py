"""Roles as documents and on the screen: what they are for, what the tables let them do, what is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from states.names import ACTS_AS, Action, Role
from states.responsibilities import of
from states.roles import CAPACITIES
from states.tables import LIFECYCLES

if TYPE_CHECKING:
    from console.output import Screen

_WHERE = {("henan",): "河南", ("fujian",): "福建", ("henan", "fujian"): "河南、福建"}


def role_document(role: Role) -> dict[str, Any]:
    """A role with its rule, its permissions, its steps by lifecycle, and its printed responsibilities."""
    capacity = CAPACITIES[role]
    return {
        "role": str(role),
        "label": role.label,
        "rule": capacity.rule,
        "provinces": list(capacity.provinces),
        "provinces_label": _WHERE[capacity.provinces],
        "duties": capacity.duties,
        "permissions": capacity.permissions.split(),
        "steps": steps_of(role),
        "responsibilities": [
            {
                "rule": one.rule,
                "document": one.document,
                "clause": one.clause,
                "text": one.text,
                "quote": one.quote,
            }
            for one in of(role)
        ],
    }


def steps_of(role: Role) -> dict[str, list[str]]:
    """The actions that the tables let a role take, by lifecycle; those that it stands for included."""
    held = {role, *ACTS_AS.get(role, ())}
    found = {
        name: list(dict.fromkeys(str(row.action) for row in table.rows if held.intersection(row.roles)))
        for name, table in LIFECYCLES.items()
    }
    return {name: actions for name, actions in found.items() if actions}


def show_role(screen: Screen, role: Role) -> None:
    """One role for people."""
    document = role_document(role)
    screen.pairs(
        [
            ("角色", f"{role.label}（{role}，{document['rule']}）"),
            ("适用", document["provinces_label"]),
            ("职责", document["duties"]),
            ("权限", "、".join(document["permissions"])),
        ]
    )
    steps = [
        (LIFECYCLES[name].label, "、".join(Action(one).label for one in actions))
        for name, actions in document["steps"].items()
    ]
    if steps:
        screen.table("可办理的操作", ("流程", "操作"), steps)
    else:
        screen.line("在任何流程中都不办理操作。")
    rows = [
        (one["rule"], one["text"], one["document"], one["clause"]) for one in document["responsibilities"]
    ]
    if rows:
        screen.table("职责清单", ("编号", "职责", "文件", "条款"), rows)
