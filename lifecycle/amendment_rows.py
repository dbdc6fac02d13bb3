"""Amendments as rows: written, found again, and what each changed turned into values and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, Table, insert, select, update

from lifecycle.amended import AmendmentProjectRow, AmendmentRow
from lifecycle.cases import PROJECT, UNIT
from states.amendment import Change, Changes, Dates, Shift
from states.errors import NotFoundFault
from states.names import DutyStatus

AMENDMENT: Final[Table] = AmendmentRow.__table__  # type: ignore[attr-defined]
TOUCHED: Final[Table] = AmendmentProjectRow.__table__  # type: ignore[attr-defined]
UNDONE: Final = "undone"
DAYS: Final = ("anchor_date", "legal_due", "due", "soft_due", "grace_until")


def add(conn: Connection, values: Mapping[str, Any], ids: Sequence[str]) -> int:
    """A new amendment with a row for each project; returns its number."""
    number = conn.execute(insert(AMENDMENT).values(**values).returning(AMENDMENT.c.id)).scalar_one()
    known = set(conn.execute(select(PROJECT.c.id).where(PROJECT.c.id.in_(ids))).scalars())
    rows = [{"amendment_id": number, "project_id": one} for one in ids if one in known]
    if rows:
        conn.execute(insert(TOUCHED), rows)
    return int(number)


def by_key(conn: Connection, key: str) -> RowMapping | None:
    """The amendment that was made under a key."""
    return conn.execute(select(AMENDMENT).where(AMENDMENT.c.key == key)).mappings().first()


def by_number(conn: Connection, number: int) -> RowMapping:
    """The amendment of that number, or NotFoundFault."""
    row = conn.execute(select(AMENDMENT).where(AMENDMENT.c.id == number)).mappings().first()
    if row is None:
        raise NotFoundFault(f"没有第 {number} 号期限调整。")
    return row


def numbered(conn: Connection) -> Sequence[RowMapping]:
    """All amendments in their order."""
    return conn.execute(select(AMENDMENT).order_by(AMENDMENT.c.id)).mappings().all()


def touched(conn: Connection, number: int) -> Sequence[RowMapping]:
    """The projects of an amendment by id, with title and unit."""
    return conn.execute(_touched(number).order_by(TOUCHED.c.project_id)).mappings().all()


def fates(conn: Connection) -> dict[int, list[RowMapping]]:
    """What became of the projects of every amendment by its number, without their changes."""
    t = TOUCHED.c
    found: dict[int, list[RowMapping]] = {}
    query = select(t.amendment_id, t.seq, t.reasons, t.undone_seq)
    for row in conn.execute(query.order_by(t.amendment_id)).mappings():
        found.setdefault(row["amendment_id"], []).append(row)
    return found


def touched_one(conn: Connection, number: int, project_id: str) -> RowMapping | None:
    """What an amendment did to one project, as `touched`; None where it does not name it."""
    query = _touched(number).where(TOUCHED.c.project_id == project_id)
    return conn.execute(query).mappings().first()


def _touched(number: int) -> Select[Any]:
    return (
        select(TOUCHED, PROJECT.c.title, UNIT.c.name.label("unit_name"))
        .join(PROJECT, PROJECT.c.id == TOUCHED.c.project_id)
        .join(UNIT, UNIT.c.id == PROJECT.c.unit_id)
        .where(TOUCHED.c.amendment_id == number)
    )


def settle(conn: Connection, number: int, project_id: str, **values: Any) -> None:
    """Write what became of a project: `seq` and `changes`, or `reasons`, or `undone_seq` and `changes`.

    What an undo changed stands beside what it undid, under `UNDONE`, so that a repeat answers as before.
    """
    t = TOUCHED.c
    conn.execute(update(TOUCHED).where(t.amendment_id == number, t.project_id == project_id).values(**values))


def shift_values(shift: Shift) -> dict[str, Any]:
    """A shift as it is kept."""
    return {"to": _iso(shift.to), "by": shift.by, "back": shift.back}


def shift_of(kept: Mapping[str, Any]) -> Shift:
    """The shift that was kept."""
    return Shift(_day(kept["to"]), kept["by"], kept["back"])


def changes_values(changes: Changes) -> dict[str, Any]:
    """What was changed, as it is kept."""
    ends = changes.ends_on
    return {
        "ends_on": [_iso(day) for day in ends] if ends else None,
        "duties": [
            {
                "slug": one.slug,
                "occurrence": one.occurrence,
                "label": one.label,
                "before": _dates_values(one.before) if one.before else None,
                "after": _dates_values(one.after),
            }
            for one in changes.duties
        ],
    }


def changes_from(kept: Mapping[str, Any], seq: int) -> Changes:
    """What was changed, as the core knows it."""
    ends = [date.fromisoformat(day) for day in kept["ends_on"] or ()]
    return Changes(
        seq,
        (ends[0], ends[1]) if ends else None,
        tuple(
            Change(
                one["slug"],
                one["occurrence"],
                one["label"],
                _dates(one["before"]) if one["before"] else None,
                _dates(one["after"]),
            )
            for one in kept["duties"]
        ),
    )


def _dates_values(dates: Dates) -> dict[str, Any]:
    told = {field.name: getattr(dates, field.name) for field in fields(dates)}
    days = {name: _iso(told[name]) for name in DAYS}
    return {
        **told,
        **days,
        "status": str(dates.status),
        "marks": list(dates.marks),
        "steps": list(dates.steps),
    }


def _dates(kept: Mapping[str, Any]) -> Dates:
    days = {name: _day(kept[name]) for name in DAYS}
    lists = {name: tuple(kept[name]) for name in ("marks", "steps")}
    return Dates(**{**kept, **days, **lists, "status": DutyStatus(kept["status"])})


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
