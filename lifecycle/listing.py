"""Lists of projects as plain dicts in the shape of the CLI contract. Never changes anything.

The tables are named here without their models: importing those costs several times what a list does.
A test holds the two alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Date,
    RowMapping,
    Select,
    and_,
    column,
    func,
    or_,
    select,
    table,
)

from lifecycle.people import Actor
from lifecycle.remarks import remarked, remarks_on
from states.catalogue import Catalogue, Programme
from states.errors import NotFoundFault, UsageFault
from states.facts import normal_name, yuan
from states.names import State

PLAIN = (
    "id",
    "programme",
    "title",
    "year",
    "state",
    "version",
    "amount_fen",
    "parent_id",
    "overdue",
    "unit_id",
)
PROJECT = table(
    "project",
    *(column(name) for name in PLAIN),
    column("marked", Boolean),
    column("started_on", Date),
    column("ends_on", Date),
)
DUTY = table(
    "duty",
    *(column(name) for name in ("project_id", "status", "closed_seq")),
    *(column(name, Date) for name in ("due", "grace_until")),
)
UNIT = table(
    "unit", *(column(name) for name in ("id", "name", "kind", "region", "normal_name", "superior_id"))
)


class Parts(Protocol):
    """Whatever can say which programmes there are, when it is asked."""

    @property
    def catalogue(self) -> Catalogue:
        """All programmes."""


def find_programme(catalogue: Catalogue, text: str) -> Programme:
    """A programme by slug, R-PROG id or Chinese title; NotFoundFault lists what there is, UsageFault
    which ones a title may mean, or which ones a group consists of.
    """
    found = find_line(catalogue, text)
    if not found.group:
        return found
    below = [one.slug for one in catalogue.programmes.values() if found.slug in one.lineage]
    group = f"{found.title}（{found.slug}）"
    raise UsageFault(f"{group}是分组，不直接申报；请用其下的项目类别：{'、'.join(below)}")


def find_line(catalogue: Catalogue, text: str) -> Programme:
    """A group or programme, found in the same way."""
    lines = catalogue.lines
    found = [lines[text]] if text in lines else []
    found = found or [p for p in lines.values() if text in (p.citation.rule, p.title)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageFault(f"“{text}”有多个项目类别：{'、'.join(p.slug for p in found)}，请用代码指明")
    known = "、".join(sorted(catalogue.programmes))
    raise NotFoundFault(f"没有名为“{text}”的项目类别；现有：{known}")


def slugs_under(catalogue: Catalogue, text: str) -> list[str]:
    """The programmes at or below a line: a group stands for all of its own."""
    line = find_line(catalogue, text)
    return [one.slug for one in catalogue.programmes.values() if line.slug in one.lineage]


def find_state(text: str) -> State:
    """A state by code or Chinese label; UsageFault lists them."""
    for state in State:
        if text in (state.value, state.label):
            return state
    known = "、".join(f"{state}（{state.label}）" for state in State)
    raise UsageFault(f"没有名为“{text}”的状态，应为：{known}")


def project_list(
    conn: Connection,
    parts: Parts,
    *,
    state: str | None = None,
    programme: str | None = None,
    unit: str | None = None,
    year: int | None = None,
    overdue: bool = False,
    limit: int = 50,
    after: str | None = None,
    reader: Actor | None = None,
    remark: str | None = None,
    on: date | None = None,
) -> tuple[list[dict[str, Any]], str | None]:
    """Projects by id, paged by keyset; the second value is the cursor of the next page.

    With a `reader` only those that he is shown (R-ROLE-27); with `on` each with its remarks by that day.
    """
    if limit < 1:
        raise UsageFault(f"每页项数 {limit} 无效，应为 1 或更大的整数")
    p = PROJECT.c
    query = _page(after, reader).limit(limit + 1)
    if state is not None:
        query = query.where(p.state == str(find_state(state)))
    if programme is not None:
        query = query.where(p.programme.in_(slugs_under(parts.catalogue, programme)))
    if unit is not None:
        query = query.where(UNIT.c.normal_name == normal_name(unit))
    query = query.where(*([p.year == year] if year is not None else []), *([_late(on)] if overdue else []))
    if remark is not None and on is not None:
        query = query.where(remarked(remark, p.id, on))
    rows = conn.execute(query).mappings().all()
    shown = [project_summary(row) for row in rows[:limit]]
    following = shown[-1]["id"] if len(rows) > limit else None
    return _with_remarks(conn, shown, on), following


def _late(on: date | None) -> ColumnElement[bool]:
    """Projects with something overdue: marked so by a sweep, or past its date and not swept yet."""
    marked, d = PROJECT.c.overdue > 0, DUTY.c
    if on is None:
        return marked
    past = (d.closed_seq.is_(None), d.status == "open", d.due < on, func.coalesce(d.grace_until, d.due) < on)
    return or_(marked, PROJECT.c.id.in_(select(d.project_id).where(*past)))


def _page(after: str | None, reader: Actor | None) -> Select[Any]:
    """Projects by id from the one after a cursor on, those in sight only."""
    query = projects().order_by(PROJECT.c.id)
    if after is not None:
        query = query.where(PROJECT.c.id > after)
    return query if reader is None or reader.sees_all else query.where(in_sight(reader))


def _with_remarks(conn: Connection, shown: list[dict[str, Any]], on: date | None) -> list[dict[str, Any]]:
    if on is None:
        return shown
    told = remarks_on(conn, [one["id"] for one in shown], on)
    return [{**one, "remarks": told[one["id"]]} for one in shown]


def in_sight(reader: Actor) -> ColumnElement[bool]:
    """Whether a project of a unit is shown to somebody of a unit: its own, a city's counties (R-ROLE-27)."""
    own = PROJECT.c.unit_id == reader.own_unit
    return or_(own, PROJECT.c.unit_id.in_(sorted(reader.below))) if reader.below else own


def projects() -> Select[Any]:
    """Projects with the names of their units."""
    u = UNIT.c
    return select(
        PROJECT, u.name.label("unit_name"), u.kind.label("unit_kind"), u.region.label("unit_region")
    ).join(UNIT, u.id == PROJECT.c.unit_id)


def summaries(conn: Connection, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
    """The project objects that meet a condition on `PROJECT`, by id."""
    rows = conn.execute(projects().where(condition).order_by(PROJECT.c.id)).mappings()
    return [project_summary(row) for row in rows]


def project_summary(row: RowMapping) -> dict[str, Any]:
    """The project object of the contract, without its details."""
    return {
        "id": row["id"],
        "programme": row["programme"],
        "title": row["title"],
        "unit": {"name": row["unit_name"], "kind": row["unit_kind"], "region": row["unit_region"]},
        "year": row["year"],
        "state": row["state"],
        "state_label": State(row["state"]).label,
        "version": row["version"],
        "amount": yuan(row["amount_fen"]) if row["amount_fen"] is not None else None,
        "parent": row["parent_id"],
        "marked": row["marked"],
        "started_on": _iso(row["started_on"]),
        "ends_on": _iso(row["ends_on"]),
        "overdue": row["overdue"],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def select_ids(conn: Connection, where: Sequence[tuple[str | None, str | None]], reader: Actor) -> list[str]:
    """The ids that any of the STATE/PROGRAMME pairs selects among those that a reader is shown.

    A part that is None selects all.
    """
    p = PROJECT.c
    parts = [
        and_(
            p.state == state if state else p.id == p.id,
            p.programme == programme if programme else p.id == p.id,
        )
        for state, programme in where
    ]
    if not parts:
        return []
    query = select(p.id).where(or_(*parts)).order_by(p.id)
    if not reader.sees_all:
        query = query.where(in_sight(reader))
    return list(conn.execute(query).scalars())


def counts_by_state(conn: Connection) -> dict[str, int]:
    """How many projects stand where."""
    p = PROJECT.c
    rows = conn.execute(select(p.state, func.count()).group_by(p.state)).all()
    return {row[0]: row[1] for row in sorted(rows, key=str)}
