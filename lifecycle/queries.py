"""Duties as plain dicts in the shape of the CLI contract. Never changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from lifecycle.calendar_years import calendar_of
from lifecycle.cases import DUTY, PROJECT, UNIT, as_duty, programme_of, project_row, watched
from lifecycle.noticing import NOTICE
from lifecycle.store import Store
from lifecycle.values import decode_all
from states.attention import reminded
from states.catalogue import DutySpec
from states.decision import Duty
from states.names import Role
from states.proof import reached
from states.reminders import reminder_days

CHUNK = 500


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def project_duties(
    conn: Connection, store: Store, project_id: str, *, internal: bool = False
) -> list[dict[str, Any]]:
    """All duties of a project by due date, as the public sees them or with what is `internal`."""
    d = DUTY.c
    project_row(conn, project_id)
    query = select(d.id).where(d.project_id == project_id).order_by(d.due, d.slug, d.occurrence)
    return list(duty_objects(conn, store, conn.execute(query).scalars().all(), internal=internal).values())


def duty_objects(
    conn: Connection, store: Store, ids: Sequence[int], *, internal: bool = False
) -> dict[int, dict[str, Any]]:
    """Duties by row id, in the order of the ids."""
    found: dict[int, dict[str, Any]] = {}
    for chunk in (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)):
        rows = conn.execute(_duties().where(DUTY.c.id.in_(chunk))).mappings().all()
        told = _reminders(conn, chunk)
        found |= {row["id"]: _duty(conn, store, row, told.get(row["id"], []), internal) for row in rows}
    return {number: found[number] for number in ids}


def _duties() -> Select[Any]:
    p = PROJECT.c
    return (
        select(DUTY, p.programme, p.pack_digest, p.title, p.facts, UNIT.c.name.label("unit_name"))
        .join(PROJECT, p.id == DUTY.c.project_id)
        .join(UNIT, UNIT.c.id == p.unit_id)
    )


def duty_object(conn: Connection, store: Store, duty_row_id: int) -> dict[str, Any]:
    """One duty by its row id."""
    return duty_objects(conn, store, [duty_row_id])[duty_row_id]


def _duty(
    conn: Connection, store: Store, row: RowMapping, reminders: list[dict[str, Any]], internal: bool = False
) -> dict[str, Any]:
    duty = as_duty(row)
    spec = programme_of(conn, store, row).duties.get(duty.slug)
    return {
        **({"grace_until": _iso(duty.grace_until)} if internal else {}),
        "id": row["id"],
        "project": row["project_id"],
        "project_title": row["title"],
        "unit": row["unit_name"],
        "duty": duty.slug,
        "label": duty.label,
        "rule": duty.rule,
        "owed_by": duty.owed_by,
        "owed_by_label": Role(duty.owed_by).label,
        "period": duty.occurrence or None,
        "anchor": duty.anchor,
        "anchor_date": duty.anchor_date.isoformat(),
        "legal_due": duty.legal_due.isoformat(),
        "due": duty.due.isoformat(),
        "soft_due": duty.soft_due.isoformat(),
        "provisional": duty.provisional,
        "suggested": duty.suggested,
        "status": str(duty.status),
        "status_label": duty.status_label,
        "met_on": _iso(duty.met_on),
        "marks": list(duty.marks),
        "owed_to": spec.owed_to if spec else None,
        "proofs": [proof.as_json() for proof in duty.proofs],
        **_counted(duty, spec),
        "reminders": reminders,
        "upcoming": _upcoming(conn, store, row, duty),
        "moves": row["moves"] or [],
        "steps": list(duty.steps),
    }


def _reminders(conn: Connection, duty_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The reminders of duties by duty."""
    n = NOTICE.c
    found: dict[int, list[dict[str, Any]]] = {}
    query = select(n.duty_id, n.kind, n.created_on, n.status).where(n.duty_id.in_(duty_ids)).order_by(n.id)
    for row in conn.execute(query):
        told = {"kind": row.kind, "on": row.created_on.isoformat(), "status": row.status}
        found.setdefault(row.duty_id, []).append(told)
    return found


def _counted(duty: Duty, spec: DutySpec | None) -> dict[str, int]:
    """Of a duty with a quota what is asked for, what was reported, and the gap (R-DL-15, R-DL-16)."""
    if spec is None or spec.quota is None:
        return {}
    done = reached(duty.proofs)
    return {"quota": spec.quota, "reached": done, "gap": max(0, spec.quota - done)}


def _upcoming(conn: Connection, store: Store, row: RowMapping, duty: Duty) -> list[str]:
    """The days up to the due date on which a reminder is planned."""
    programme = programme_of(conn, store, row)
    if duty.slug not in programme.duties or not duty.live:
        return []
    spec = reminded(programme, duty.slug, decode_all(row["facts"]), duty.due)
    days = reminder_days(watched(row), spec, duty.due, calendar_of(conn, store.calendar))
    return [day.isoformat() for day, _ in days]
