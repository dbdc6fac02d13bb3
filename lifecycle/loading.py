"""The cases of many projects read together, in a handful of queries, for who has locked them all. Reads only.

Only of projects without parent or children: what is read beforehand of a family may move while it is worked
through.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, RowMapping, bindparam, select, tuple_

from lifecycle.calendar_years import calendar_of
from lifecycle.cases import (
    CLOCK,
    DUTY,
    HISTORY,
    MATERIAL,
    PROJECT,
    STEP,
    UNIT,
    UNIT_FACT,
    VALUE,
    as_case,
    as_duty,
    as_steps,
    as_unit,
    programme_of,
)
from lifecycle.store import Store
from states.calendar import Calendar
from states.catalogue import Programme
from states.decision import Case, Unit

_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
_PARENTS: Final = select(PROJECT.c.parent_id).where(PROJECT.c.parent_id.in_(_IDS)).distinct()
_KINDS: Final = select(MATERIAL.c.project_id, MATERIAL.c.kind).where(MATERIAL.c.project_id.in_(_IDS))
_DUTIES: Final = select(DUTY).where(DUTY.c.project_id.in_(_IDS)).order_by(DUTY.c.id)
_STEPS: Final = (
    select(HISTORY.c.project_id, *(HISTORY.c[name] for name in STEP))
    .where(HISTORY.c.project_id.in_(_IDS), HISTORY.c.action != CLOCK)
    .order_by(HISTORY.c.project_id, HISTORY.c.seq)
)
_RESTORES: Final = select(VALUE.c.project_id, VALUE.c.name, VALUE.c.old).where(
    tuple_(VALUE.c.project_id, VALUE.c.seq).in_(bindparam("last", expanding=True))
)
_UNITS: Final = select(UNIT).where(UNIT.c.id.in_(_IDS))
_UNIT_FACTS: Final = select(UNIT_FACT.c.unit_id, UNIT_FACT.c.name, UNIT_FACT.c.value).where(
    UNIT_FACT.c.unit_id.in_(_IDS)
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A case that was read together with others, with the calendar that holds for them all."""

    case: Case
    programme: Programme
    calendar: Calendar


def load_cases(conn: Connection, store: Store, rows: Sequence[RowMapping]) -> dict[str, Loaded]:
    """The cases of project rows by id, those of families left out, and those that cannot be read."""
    parents = set(conn.execute(_PARENTS, {"ids": [row["id"] for row in rows]}).scalars())
    alone = [row for row in rows if row["parent_id"] is None and row["id"] not in parents]
    if not alone:
        return {}
    ids = [row["id"] for row in alone]
    calendar = calendar_of(conn, store.calendar)
    kinds = _grouped(conn, _KINDS, {"ids": ids})
    duties = _grouped(conn, _DUTIES, {"ids": ids})
    steps = _grouped(conn, _STEPS, {"ids": ids})
    last = [(one, found[-1]["seq"]) for one, found in steps.items()]
    restores = _grouped(conn, _RESTORES, {"last": last}) if last else {}
    units = _units(conn, sorted({row["unit_id"] for row in alone}))
    found: dict[str, Loaded] = {}
    for row in alone:
        one = row["id"]
        try:
            programme = programme_of(conn, store, row)
            case = as_case(
                row,
                programme,
                units[row["unit_id"]],
                [kind["kind"] for kind in kinds.get(one, ())],
                as_steps(steps.get(one, ()), [(old["name"], old["old"]) for old in restores.get(one, ())]),
                tuple(as_duty(duty) for duty in duties.get(one, ())),
            )
        except (ValueError, KeyError, TypeError):
            continue  # who asks for it alone is told
        found[one] = Loaded(case, programme, calendar)
    return found


def _units(conn: Connection, ids: Sequence[int]) -> dict[int, Unit]:
    facts: defaultdict[int, list[tuple[str, Any]]] = defaultdict(list)
    for row in conn.execute(_UNIT_FACTS, {"ids": ids}):
        facts[row.unit_id].append((row.name, row.value))
    rows = conn.execute(_UNITS, {"ids": ids}).mappings()
    return {row["id"]: as_unit(row, facts[row["id"]]) for row in rows}


def _grouped(conn: Connection, query: Any, given: Mapping[str, Any]) -> dict[str, list[RowMapping]]:
    """The rows of a query by their project, in the order in which they come."""
    found: defaultdict[str, list[RowMapping]] = defaultdict(list)
    for row in conn.execute(query, given).mappings():
        found[row["project_id"]].append(row)
    return found
