"""Everything about one project in the shape of the contract: facts, papers, duties, history. Reads only.

Decides which of it is personal and hides that from a reader whose work does not need it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from lifecycle.cases import CLOCK, HISTORY, MATERIAL, VALUE, load_duties, programme_of, project_row
from lifecycle.findings import last_findings
from lifecycle.listing import PROJECT, summaries
from lifecycle.log import MASK, mask
from lifecycle.people import Actor
from lifecycle.queries import project_duties
from lifecycle.remarks import remarks_on
from lifecycle.sight import require_sight
from lifecycle.store import Store
from lifecycle.values import decode, decode_all, plain
from states.catalogue import Programme
from states.core_facts import CORE_FACTS
from states.facts import yuan
from states.missed import missed_reports
from states.names import Action, Role

ENTRY_LABELS = {"create": "建立", "edit": "更新申报", "report": "报送", "waive": "免除", CLOCK: "计算期限"}
ACTION_LABELS = ENTRY_LABELS | {str(action): action.label for action in Action}


INTERNAL = frozenset({str(Action.ADJUST_GRACE)})
"""Entries of the history that are told inside the office only."""

Show = Callable[[str, Any], Any]
"""A fact's value by its name, as a reader may see it."""


def project_object(
    conn: Connection,
    store: Store,
    project_id: str,
    reader: Actor | None = None,
    on: date | None = None,
) -> dict[str, Any]:
    """All about one project, with `on` its remarks by that day; for a `reader` without the personal data
    that he has no use for.

    Raises NotFoundFault, and ForbiddenFault for a project of another unit than the reader's (R-ROLE-27).
    """
    if reader is not None:
        require_sight(conn, reader, project_id)
    row = project_row(conn, project_id)
    programme = programme_of(conn, store, row)
    show = _shown_to(reader, programme, row)
    internal = reader is None or reader.sees_grace
    return {
        **summaries(conn, PROJECT.c.id == project_id)[0],
        "programme_title": programme.title,
        "phone": programme.phone,
        "contact": {name: show(f"contact.{name}", value) for name, value in (row["contact"] or {}).items()},
        "flags": row["flags"] or [],
        **({"remarks": remarks_on(conn, [project_id], on)[project_id]} if on else {}),
        "facts": _facts(row, programme, show),
        "targets": row["targets"] or {},
        "materials": _materials(conn, project_id),
        "children": summaries(conn, PROJECT.c.parent_id == project_id),
        "missed": [one.as_json() for one in missed_reports(load_duties(conn, project_id), programme)],
        "duties": project_duties(conn, store, project_id, internal=internal),
        "funds": _funds(row),
        "findings": last_findings(conn, project_id),
        "history": _history(conn, project_id, show, () if internal else INTERNAL),
    }


def _shown_to(reader: Actor | None, programme: Programme, row: RowMapping) -> Show:
    """How a reader is shown a value: in full, or with what is personal hidden, also inside free text."""
    if reader is None or reader.sees_personal(programme.province, row["unit_id"]):
        return plain

    def hidden(name: str, value: Any) -> Any:
        spec = CORE_FACTS.get(name) or programme.facts.get(name)
        if value is not None and spec is not None and spec.personal:
            return MASK
        return mask(plain(name, value), name)

    return hidden


def _facts(row: RowMapping, programme: Programme, show: Show) -> dict[str, Any]:
    sources = row["fact_sources"] or {}
    found = {}
    for name, value in decode_all(row["facts"]).items():
        spec = CORE_FACTS.get(name) or programme.facts.get(name)
        label = spec.label if spec else name
        found[name] = {"value": show(name, value), "label": label, **sources.get(name, {})}
    return found


def _funds(row: RowMapping) -> dict[str, Any]:
    """Money granted; payments and spending are not recorded yet and therefore zero."""
    granted = yuan(row["amount_fen"] or 0)
    zero = yuan(0)
    return {
        "granted": granted,
        "paid": zero,
        "spent": zero,
        "returned": zero,
        "to_return": zero,
        "entries": [],
    }


def _materials(conn: Connection, project_id: str) -> list[dict[str, Any]]:
    m = MATERIAL.c
    rows = conn.execute(select(MATERIAL).where(m.project_id == project_id).order_by(m.id)).mappings()
    return [
        {
            "kind": row["kind"],
            "file": row["filename"],
            "sha256": row["sha256"],
            "size": row["size"],
            "version": row["version"],
            "seq": row["seq"],
            "filed_by": row["filed_by"],
        }
        for row in rows
    ]


def _history(conn: Connection, project_id: str, show: Show, hidden: Collection[str]) -> list[dict[str, Any]]:
    h = HISTORY.c
    told = (h.project_id == project_id) & h.action.not_in(sorted(hidden))
    rows = conn.execute(select(HISTORY).where(told).order_by(h.seq)).mappings()
    changes = conn.execute(
        select(VALUE.c.seq, VALUE.c.name, VALUE.c.old, VALUE.c.new).where(VALUE.c.project_id == project_id)
    ).all()
    return [_entry(row, [c for c in changes if c.seq == row["seq"]], show) for row in rows]


def _entry(row: RowMapping, changes: Sequence[Any], show: Show) -> dict[str, Any]:
    return {
        "seq": row["seq"],
        "at": row["at"].isoformat(),
        "on": row["on"].isoformat(),
        "backdated": row["backdated"],
        "actor": row["actor"],
        "stood_in_by": row["stood_in_by"],
        "represented": row["represented"],
        "role": row["role"],
        "role_label": Role(row["role"]).label,
        "action": row["action"],
        "action_label": ACTION_LABELS.get(row["action"], row["action"]),
        "from": row["source"],
        "to": row["dest"],
        "reason": row["reason"],
        "document": row["document"],
        "materials": row["materials"],
        "rule": row["rule"],
        "cite": row["cite"],
        "changes": {
            c.name: {"from": show(c.name, decode(c.old)), "to": show(c.name, decode(c.new))} for c in changes
        },
        "hash": row["hash"],
    }
