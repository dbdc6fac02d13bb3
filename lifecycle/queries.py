"""Duties as plain dicts in the shape of the CLI contract. Never changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, func, or_, select

from lifecycle.cases import DUTY, PROJECT, UNIT, as_duty, programme_of, project_row
from lifecycle.noticing import NOTICE
from lifecycle.store import Store
from states.catalogue import Catalogue
from states.decision import Duty
from states.errors import NotFoundFault, UsageFault
from states.facts import normal_name
from states.names import DutyStatus, Role
from states.reminders import reminder_days

CHUNK = 500
FARTHEST = 36_500
"""Days that one may look ahead: a hundred years."""
LIVE = tuple(str(s) for s in (DutyStatus.OPEN, DutyStatus.SUGGESTED, DutyStatus.OVERDUE))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def duty_list(
    conn: Connection,
    store: Store,
    on: date | None,
    *,
    within: int | None = None,
    overdue: bool = False,
    project: str | None = None,
    unit: str | None = None,
    duty: str | None = None,
    all_statuses: bool = False,
    internal: bool = False,
) -> list[dict[str, Any]]:
    """Duties by due date, as the public sees them or with what is `internal`. UsageFault past `FARTHEST`."""
    if within is not None and not 0 <= within <= FARTHEST:
        raise UsageFault(f"--within 的值“{within}”无效，应为 0 至 {FARTHEST} 的天数，例如 30。")
    d = DUTY.c
    query = _duties().order_by(d.due, d.project_id, d.slug, d.occurrence)
    if not all_statuses:
        query = query.where(d.status.in_(LIVE), d.closed_seq.is_(None))
    if overdue:
        late = d.status == str(DutyStatus.OVERDUE)
        past = and_(d.status == str(DutyStatus.OPEN), d.due < on, func.coalesce(d.grace_until, d.due) < on)
        query = query.where(or_(late, past) if on else late)
    if within is not None and on is not None:
        query = query.where(d.due <= on + timedelta(days=within))
    if project is not None:
        project_row(conn, project)
        query = query.where(d.project_id == project)
    if unit is not None:
        query = query.where(UNIT.c.normal_name == normal_name(unit))
    if duty is not None:
        query = query.where(or_(d.slug == duty, d.rule == duty, d.label == duty))
    rows = conn.execute(query).mappings().all()
    if duty is not None and not rows:
        _require_duty(store.catalogue, duty)
    told = _reminders(conn, [row["id"] for row in rows])
    return [_duty(conn, store, row, told.get(row["id"], []), internal) for row in rows]


def _require_duty(catalogue: Catalogue, text: str) -> None:
    """NotFoundFault where no programme knows a duty of that name: a slip must not look like nothing owed."""
    known = {duty.slug: duty for one in catalogue.programmes.values() for duty in one.duties.values()}
    if not any(text in (duty.slug, duty.rule, duty.label) for duty in known.values()):
        listed = "、".join(f"{duty.label}（{duty.slug}）" for duty in known.values())
        raise NotFoundFault(f"没有名为“{text}”的事项；现有：{listed}")


def _duties() -> Select[Any]:
    p = PROJECT.c
    return (
        select(DUTY, p.programme, p.pack_digest, p.title, UNIT.c.name.label("unit_name"))
        .join(PROJECT, p.id == DUTY.c.project_id)
        .join(UNIT, UNIT.c.id == p.unit_id)
    )


def duty_object(conn: Connection, store: Store, duty_row_id: int) -> dict[str, Any]:
    """One duty by its row id."""
    row = conn.execute(_duties().where(DUTY.c.id == duty_row_id)).mappings().one()
    return _duty(conn, store, row, _reminders(conn, [duty_row_id]).get(duty_row_id, []))


def _duty(
    conn: Connection, store: Store, row: RowMapping, reminders: list[dict[str, Any]], internal: bool = False
) -> dict[str, Any]:
    duty = as_duty(row)
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
        "status_label": duty.status.label,
        "met_on": _iso(duty.met_on),
        "marks": list(duty.marks),
        "reminders": reminders,
        "upcoming": _upcoming(conn, store, row, duty),
        "moves": row["moves"] or [],
        "steps": list(duty.steps),
    }


def _reminders(conn: Connection, duty_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The reminders of duties by duty, some hundred duties at a time."""
    n = NOTICE.c
    found: dict[int, list[dict[str, Any]]] = {}
    for chunk in (duty_ids[start : start + CHUNK] for start in range(0, len(duty_ids), CHUNK)):
        query = select(n.duty_id, n.kind, n.created_on, n.status).where(n.duty_id.in_(chunk)).order_by(n.id)
        for row in conn.execute(query):
            told = {"kind": row.kind, "on": row.created_on.isoformat(), "status": row.status}
            found.setdefault(row.duty_id, []).append(told)
    return found


def _upcoming(conn: Connection, store: Store, row: RowMapping, duty: Duty) -> list[str]:
    """The days up to the due date on which a reminder is planned."""
    spec = programme_of(conn, store, row).duties.get(duty.slug)
    if spec is None or not duty.live:
        return []
    return [day.isoformat() for day, _ in reminder_days(duty, spec, duty.due)]
