"""Amendments as plain dicts for any door: the list of them, one with its projects, and what changed on each.

Reads only. An internal grace is among them: who may look is asked at the door (`Actor.sees_grace`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping

from lifecycle import amendment_rows as rows
from lifecycle.amendment_order import Outcome, Touched
from lifecycle.scope import duty_label
from states.amendment import Change, Changes, Deadline
from states.catalogue import Catalogue
from states.names import DutyStatus


def listed(conn: Connection, catalogue: Catalogue) -> list[dict[str, Any]]:
    """All amendments, oldest first, with how many projects each changed, left out and was undone on."""
    fates = rows.fates(conn)
    return [_amendment(row, fates.get(row["id"], []), catalogue) for row in rows.numbered(conn)]


def shown(conn: Connection, number: int, catalogue: Catalogue) -> dict[str, Any]:
    """One amendment with its projects. NotFoundFault."""
    row = rows.by_number(conn, number)
    projects = rows.touched(conn, number)
    return {**_amendment(row, projects, catalogue), "projects": [_project(one) for one in projects]}


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """What an amendment did or would do, without the refused ones."""
    return {
        "number": outcome.number,
        "count": len(outcome.ids),
        "manifest": outcome.manifest,
        "done": [touched_json(one) for one in outcome.done],
    }


def touched_json(one: Touched) -> dict[str, Any]:
    """One project with its old and new dates."""
    return {"id": one.id, "title": one.title, "unit": one.unit, "seq": one.seq, **changes_json(one.changes)}


def changes_json(changes: Changes) -> dict[str, Any]:
    """Old and new dates; what was closed by it has no new date, what was opened no old one."""
    ends = changes.ends_on
    return {
        "ends_on": {"from": ends[0].isoformat(), "to": ends[1].isoformat()} if ends else None,
        "duties": [_change(one) for one in changes.duties],
    }


def _change(one: Change) -> dict[str, Any]:
    before, after = one.before, one.after
    dropped = after.status is DutyStatus.CANCELLED
    return {
        "duty": one.slug,
        "label": one.label,
        "period": one.occurrence or None,
        "from": before.due.isoformat() if before else None,
        "to": None if dropped else after.due.isoformat(),
        "status": str(after.status),
        "grace_from": _iso(before.grace_until) if before else None,
        "grace_to": _iso(after.grace_until),
    }


def _amendment(row: RowMapping, projects: Sequence[RowMapping], catalogue: Catalogue) -> dict[str, Any]:
    change: Mapping[str, Any] = row["change"]
    deadline = Deadline(row["kind"])
    return {
        "number": row["id"],
        "on": row["on"].isoformat(),
        "at": row["at"].isoformat(),
        "actor": row["actor"],
        "stood_in_by": row["stood_in_by"],
        "deadline": str(deadline),
        "deadline_label": deadline.label,
        "change": change,
        "duty_label": duty_label(catalogue, change["duty"]) if change["duty"] else None,
        "change_label": str(rows.shift_of(change["shift"])),
        "scope": row["scope"],
        "document": row["document"],
        "reason": row["reason"],
        "manifest": row["manifest"],
        "count": len(projects),
        "done": sum(one["seq"] is not None for one in projects),
        "refused": sum(one["seq"] is None and one["reasons"] is not None for one in projects),
        "undone": sum(one["undone_seq"] is not None for one in projects),
    }


def _project(row: RowMapping) -> dict[str, Any]:
    told: dict[str, Any] = {"ends_on": None, "duties": []}
    if row["seq"] is not None:
        told = changes_json(rows.changes_from(row["changes"], row["seq"]))
    return {
        "id": row["project_id"],
        "title": row["title"],
        "unit": row["unit_name"],
        "seq": row["seq"],
        "undone_seq": row["undone_seq"],
        "reasons": row["reasons"] or [],
        **told,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
