"""From rows to frozen cases: what the core sees of a project. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, String, Table, bindparam, cast, func, select

from lifecycle.models import (
    CallRow,
    DutyRow,
    HistoryRow,
    HistoryValueRow,
    MaterialRow,
    PackRow,
    ProjectRow,
    UnitFactRow,
    UnitRow,
)
from lifecycle.store import Store
from lifecycle.values import decode, decode_all
from states.catalogue import Programme
from states.decision import Case, Duty, Move, Step, Unit
from states.errors import NotFoundFault
from states.names import DutyStatus, State
from states.outcomes import COUNTED
from states.proof import Proof
from states.reminders import Watched
from states.tables import lifecycle_of

PROJECT: Table = ProjectRow.__table__  # type: ignore[attr-defined]
UNIT: Table = UnitRow.__table__  # type: ignore[attr-defined]
UNIT_FACT: Table = UnitFactRow.__table__  # type: ignore[attr-defined]
HISTORY: Table = HistoryRow.__table__  # type: ignore[attr-defined]
VALUE: Table = HistoryValueRow.__table__  # type: ignore[attr-defined]
DUTY: Table = DutyRow.__table__  # type: ignore[attr-defined]
MATERIAL: Table = MaterialRow.__table__  # type: ignore[attr-defined]
PACK: Table = PackRow.__table__  # type: ignore[attr-defined]
CALL: Table = CallRow.__table__  # type: ignore[attr-defined]


CLOCK = "plan_deadlines"
"""The entry that the passing of time makes: windows of duties opened, dates counted anew. It is no step."""

# Built once: to build a statement costs more than to run it.
_PROJECT = select(PROJECT).where(PROJECT.c.id == bindparam("project"))
_PROJECT_LOCKED = _PROJECT.with_for_update(key_share=True)
_UNIT = select(UNIT).where(UNIT.c.id == bindparam("unit"))
_UNIT_FACTS = select(UNIT_FACT.c.name, UNIT_FACT.c.value).where(UNIT_FACT.c.unit_id == bindparam("unit"))
STEP = ("seq", "on", "action", "source", "dest", "actor", "role", "stood_in_by")
_STEPS = (
    select(*(HISTORY.c[name] for name in STEP))
    .where(HISTORY.c.project_id == bindparam("project"), HISTORY.c.action != CLOCK)
    .order_by(HISTORY.c.seq)
)
_RESTORES = select(VALUE.c.name, VALUE.c.old).where(
    VALUE.c.project_id == bindparam("project"), VALUE.c.seq == bindparam("seq")
)
_DUTIES = select(DUTY).where(DUTY.c.project_id == bindparam("project")).order_by(DUTY.c.id)
_KINDS = select(MATERIAL.c.kind).where(MATERIAL.c.project_id == bindparam("project"))
_TAKEN = select(func.count()).where(
    PROJECT.c.quota_pool == bindparam("pool"),
    PROJECT.c.state.in_(sorted(COUNTED)),
    PROJECT.c.id != bindparam("project"),
    func.coalesce(cast(PROJECT.c.flags, String), "").not_like('%"absorbed"%'),
)
"""What was absorbed by a parent takes no place of its own line, not even when it is closed (R-AMB-06)."""
_CALL = select(CALL).where(CALL.c.programme == bindparam("programme"))


def project_row(conn: Connection, project_id: str, *, lock: bool = False) -> RowMapping:
    """The row of a project, or NotFoundFault. Who is going to write locks it: others wait for their turn."""
    row = conn.execute(_PROJECT_LOCKED if lock else _PROJECT, {"project": project_id}).mappings().first()
    if row is None:
        raise NotFoundFault(f"没有编号为 {project_id} 的项目")
    return row


def programme_of(conn: Connection, store: Store, row: RowMapping) -> Programme:
    """The programme in the pack version that the project entered under."""
    current = store.catalogue.programmes.get(row["programme"])
    if current is not None and store.catalogue.packs[current.pack].digest == row["pack_digest"]:
        return current
    # Imported here: only projects on older packs need the reader.
    from lifecycle.overlay import stored  # noqa: PLC0415

    return stored(conn, row["pack_digest"]).programmes[row["programme"]]


def load_unit(conn: Connection, unit_id: int) -> Unit:
    """A unit with its verified facts."""
    row = conn.execute(_UNIT, {"unit": unit_id}).mappings().one()
    return as_unit(row, conn.execute(_UNIT_FACTS, {"unit": unit_id}).all())


def as_unit(row: RowMapping, facts: Iterable[Any]) -> Unit:
    """A unit from its row, and name and value of each of its verified facts."""
    return Unit(
        row["id"],
        row["name"],
        row["kind"],
        row["region"],
        row["host"],
        {name: decode(value) for name, value in facts},
        row["superior_id"],
    )


def load_steps(conn: Connection, project_id: str) -> tuple[Step, ...]:
    """The history as the core needs it; only the last step knows what an undo would restore."""
    rows = conn.execute(_STEPS, {"project": project_id}).mappings().all()
    if not rows:
        return ()
    return as_steps(rows, conn.execute(_RESTORES, {"project": project_id, "seq": rows[-1]["seq"]}).all())


def as_steps(rows: Sequence[RowMapping], restores: Iterable[Any]) -> tuple[Step, ...]:
    """Steps from their rows in order, and name and old value of what the last of them changed."""
    last = {name: decode(old) for name, old in restores if not name.startswith("~")}
    steps = [_step(row, {}) for row in rows[:-1]]
    return (*steps, *(_step(row, last) for row in rows[-1:]))


def _step(row: RowMapping, restores: dict[str, Any]) -> Step:
    told = {name: row[name] for name in STEP}
    return Step(restores=restores, **told)


def as_duty(row: RowMapping) -> Duty:
    """A duty from its row."""
    return Duty(
        slug=row["slug"],
        occurrence=row["occurrence"],
        rule=row["rule"],
        label=row["label"],
        owed_by=row["owed_by"],
        anchor=row["anchor"],
        anchor_date=row["anchor_date"],
        legal_due=row["legal_due"],
        due=row["due"],
        soft_due=row["soft_due"],
        provisional=row["provisional"],
        suggested=row["suggested"],
        status=DutyStatus(row["status"]),
        met_on=row["met_on"],
        marks=tuple(row["marks"] or ()),
        moves=tuple(_move(item) for item in row["moves"] or ()),
        steps=tuple(row["steps"] or ()),
        opened_on=row["opened_on"],
        opened_seq=row["opened_seq"],
        closed_seq=row["closed_seq"],
        id=row["id"],
        grace_until=row["grace_until"],
        proofs=tuple(Proof.from_json(one) for one in row["proofs"] or ()),
    )


def watched(row: RowMapping) -> Watched:
    """A live duty as the sweep sees it."""
    opened = row["opened_on"] or row["due"]
    return Watched(
        status=DutyStatus(row["status"]),
        suggested=row["suggested"],
        due=row["due"],
        soft_due=row["soft_due"],
        late_after=max(row["due"], row["grace_until"] or row["due"]),
        plan_from=row["plan_from"] or opened,
        entered_on=row["entered_on"] or opened,
        reminded_on=row["reminded_on"],
        told_on=row["told_on"],
        escalated=row["escalated"],
        escalated_on=row["escalated_on"],
    )


def _move(item: Mapping[str, Any]) -> Move:
    old = date.fromisoformat(item["from"]) if item["from"] else None
    on, new = date.fromisoformat(item["on"]), date.fromisoformat(item["to"])
    return Move(on, old, new, item["reason"], item.get("document"), item.get("amendment"))


def load_duties(conn: Connection, project_id: str) -> tuple[Duty, ...]:
    """All duties of a project, closed ones too."""
    rows = conn.execute(_DUTIES, {"project": project_id}).mappings().all()
    return tuple(as_duty(row) for row in rows)


def load_case(conn: Connection, store: Store, row: RowMapping) -> tuple[Case, Programme]:
    """The frozen case of a project row, and its programme."""
    programme = programme_of(conn, store, row)
    kinds = conn.execute(_KINDS, {"project": row["id"]}).scalars().all()
    unit, steps = load_unit(conn, row["unit_id"]), load_steps(conn, row["id"])
    return as_case(row, programme, unit, kinds, steps, load_duties(conn, row["id"])), programme


def as_case(
    row: RowMapping,
    programme: Programme,
    unit: Unit,
    kinds: Iterable[str],
    steps: tuple[Step, ...],
    duties: tuple[Duty, ...],
) -> Case:
    """The frozen case from the row of its project and what belongs to it."""
    managed = bool(programme.setting("management_steps", row["last_on"], True))
    return Case(
        id=row["id"],
        programme=row["programme"],
        lifecycle=lifecycle_of(row["variant"], managed),
        state=State(row["state"]),
        version=row["version"],
        title=row["title"],
        unit=unit,
        year=row["year"],
        facts=decode_all(row["facts"]),
        materials=frozenset(kinds),
        flags=frozenset(row["flags"] or ()),
        steps=steps,
        duties=duties,
        contact=row["contact"] or {},
        parent=row["parent_id"],
        marked=row["marked"],
        targets=row["targets"] or {},
        plan_on=row["plan_on"],
    )


def quota_taken(conn: Connection, pool: str, project_id: str) -> int:
    """Places taken in a pool by other projects."""
    return int(conn.execute(_TAKEN, {"pool": pool, "project": project_id}).scalar_one())


def call_is_open(conn: Connection, programme: str, on: date) -> bool:
    """Whether applications are taken on a day (R-DL-17): opened, and not closed before it."""
    row = conn.execute(_CALL, {"programme": programme}).mappings().first()
    if row is None or row["opens_on"] is None or on < row["opens_on"]:
        return False
    return row["closes_on"] is None or on <= row["closes_on"]
