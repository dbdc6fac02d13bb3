"""The duties that somebody asks for, in the order of their urgency: pages, counts and totals.

How urgent a duty is stands in `lifecycle.urgency`, how one is told in `lifecycle.queries`. Never changes
anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, select, tuple_

from lifecycle.cases import DUTY, PROJECT, UNIT
from lifecycle.listing import PROJECT as LISTED
from lifecycle.listing import UNIT as LISTED_UNIT
from lifecycle.listing import in_sight, slugs_under
from lifecycle.people import Actor
from lifecycle.queries import duty_objects
from lifecycle.store import Store
from lifecycle.urgency import OPEN_GROUPS, SOON, Group, groups_of, ranges
from states.catalogue import Catalogue
from states.errors import NotFoundFault, UsageFault
from states.facts import normal_name
from states.names import Role

FARTHEST: Final = 36_500
"""Days that one may look ahead: a hundred years."""
ESCALATION: Final = "escalation"
LARGEST_ID: Final = 2**31 - 1
_CURSOR: Final = re.compile(r"([a-z]+)\.(\d{4}-\d{2}-\d{2})\.(\d{1,10})")
D: Final = DUTY.c


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which duties are asked for; None leaves all."""

    within: int | None = None
    overdue: bool = False
    project: str | None = None
    unit: str | None = None
    duty: str | None = None
    programme: str | None = None
    owed_by: str | None = None
    status: str | None = None
    year: int | None = None

    def groups(self) -> tuple[Group, ...]:
        """The groups that are asked for. UsageFault for a status that there is not."""
        found = tuple(Group) if self.status is None else groups_of(self.status)
        if self.overdue:
            found = tuple(group for group in found if group is Group.OVERDUE)
        # The days of a duty that is suspended do not run: it is due within none of them.
        return found if self.within is None else tuple(one for one in found if one is not Group.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Agenda:
    """The duties that one reader asked for, on one day; every answer is read when it is asked for."""

    conn: Connection
    store: Store
    reader: Actor
    on: date
    wanted: Wanted

    def page(self, limit: int, after: str | None = None) -> tuple[list[dict[str, Any]], str | None]:
        """Duties by urgency from a cursor on, and the cursor of the next page. UsageFault for a wrong one."""
        start = None if after is None else _cursor(after)
        found: list[tuple[Group, date, int]] = []
        for group in self.wanted.groups():
            if start is not None and list(Group).index(group) < list(Group).index(start[0]):
                continue
            behind = start[1:] if start is not None and start[0] is group else None
            found += [(group, *place) for place in self._places(group, limit + 1 - len(found), behind)]
            if len(found) > limit:
                break
        onward = ".".join(str(part) for part in found[limit - 1]) if len(found) > limit else None
        return self._told(found[:limit]), onward

    def ids(self, limit: int) -> list[int]:
        """The row ids of the first duties by urgency."""
        found: list[int] = []
        for group in self.wanted.groups():
            if len(found) < limit:
                found += [number for _, number in self._places(group, limit - len(found), None)]
        return found

    def closed_ids(self, since: date, limit: int) -> list[int]:
        """The row ids of duties due since a day that are no longer owed, the latest first."""
        query = select(D.id).where(D.closed_seq.is_not(None), D.due >= since, *self._narrowed())
        return list(self.conn.execute(query.order_by(D.due.desc(), D.id).limit(limit)).scalars())

    def first_of_each(self, limit: int) -> dict[Group, list[dict[str, Any]]]:
        """The first few duties of every group that has any."""
        found = {group: self._places(group, limit, None) for group in self.wanted.groups()}
        told = self._told([(group, *place) for group, places in found.items() for place in places])
        return {group: [one for one in told if one["group"] == str(group)] for group in found if found[group]}

    def counts(self) -> dict[Group, int]:
        """How many duties each group has."""
        narrowed = self._narrowed()
        return {group: self._count(group, narrowed) for group in self.wanted.groups()}

    def totals(self, what: str, *, late_only: bool = False) -> list[dict[str, Any]]:
        """Units, programmes or duties by how much of theirs is overdue, and what is due this month."""
        column = {"unit": PROJECT.c.unit_id, "programme": PROJECT.c.programme, "duty": D.slug}[what]
        asked = self.wanted.groups()
        late = self._by(column, [group for group in asked if group is Group.OVERDUE])
        soon = {} if late_only else self._by(column, [group for group in asked if group in SOON])
        worst = sorted({**late, **soon}, key=lambda key: (-late.get(key, (0,))[0], str(key)))
        labels = self._labels(what, worst[:1] if late_only else worst)
        return [
            {
                what: labels[key] if what == "unit" else key,
                "label": labels[key],
                "overdue": late[key][0] if key in late else 0,
                "oldest": late[key][1].isoformat() if key in late else None,
                "soon": soon[key][0] if key in soon else 0,
                "next": soon[key][1].isoformat() if key in soon else None,
            }
            for key in labels
        ]

    def _labels(self, what: str, keys: Sequence[Any]) -> dict[Any, str]:
        """Keys in their order with their Chinese names."""
        if what == "unit":
            u = UNIT.c
            rows = self.conn.execute(select(u.id, u.name).where(u.id.in_(keys))).all()
            found = {row.id: row.name for row in rows}
        elif what == "programme":
            found = {key: line.title for key, line in self.store.catalogue.lines.items()}
        else:
            programmes = self.store.catalogue.programmes.values()
            found = {slug: duty.label for one in programmes for slug, duty in one.duties.items()}
        return {key: found.get(key, str(key)) for key in keys}

    def next_due(self, counts: Mapping[Group, int]) -> str | None:
        """The nearest date of what is open and not past, among groups of which these are the counts."""
        for group, many in counts.items():
            if many and group in OPEN_GROUPS:
                ahead = [due for due, _ in self._places(group, 1, (self.on, 0))]
                if ahead:
                    return ahead[0].isoformat()
        return None

    def _by(self, column: ColumnElement[Any], groups: Sequence[Group]) -> dict[Any, tuple[int, date]]:
        found: dict[Any, tuple[int, date]] = {}
        narrowed = self._narrowed()
        for group in groups:
            for ranged in ranges(group, self.on):
                query = (
                    select(column, func.count(), func.min(D.due)).where(ranged, *narrowed).group_by(column)
                )
                if column is not D.slug:
                    query = query.join_from(DUTY, PROJECT, PROJECT.c.id == D.project_id)
                for key, many, oldest in self.conn.execute(query):
                    known = found.get(key, (0, oldest))
                    found[key] = (known[0] + many, min(known[1], oldest))
        return found

    def _count(self, group: Group, narrowed: Sequence[ColumnElement[bool]]) -> int:
        parts = (
            select(func.count()).select_from(DUTY).where(one, *narrowed) for one in ranges(group, self.on)
        )
        return sum(int(self.conn.execute(part).scalar_one()) for part in parts)

    def _places(self, group: Group, limit: int, behind: tuple[date, int] | None) -> list[tuple[date, int]]:
        """Due date and id of the duties of a group in their order, behind a place."""
        narrowed = self._narrowed()
        found: list[tuple[date, int]] = []
        for ranged in ranges(group, self.on):
            query = select(D.due, D.id).where(ranged, *narrowed).order_by(D.due, D.id).limit(limit)
            if behind is not None:
                query = query.where(tuple_(D.due, D.id) > behind)
            found += [(due, number) for due, number in self.conn.execute(query)]
        return sorted(found)[:limit]

    def _told(self, places: Sequence[tuple[Group, date, int]]) -> list[dict[str, Any]]:
        ids = [number for _, _, number in places]
        objects = duty_objects(self.conn, self.store, ids, internal=self.reader.sees_grace)
        return [objects[number] | self._urgency(group, due, objects[number]) for group, due, number in places]

    def _urgency(self, group: Group, due: date, told: Mapping[str, Any]) -> dict[str, Any]:
        """What the screen says of a duty beside the duty itself."""
        said = {(one["on"], one["kind"]) for one in told["reminders"] if one["status"] != "cancelled"}
        days = {day for day, kind in said if kind != ESCALATION}
        ahead = [day for day in told["upcoming"] if day > self.on.isoformat()]
        return {
            "group": str(group),
            "group_label": group.label,
            "days_left": None if group is Group.SUSPENDED else (due - self.on).days,
            "reminded": {
                "times": len(days),
                "last_on": max(days, default=None),
                "escalated": sum(kind == ESCALATION for _, kind in said),
            },
            "next_reminder": ahead[0] if ahead else None,
        }

    def _narrowed(self) -> list[ColumnElement[bool]]:
        """What the filters and the sight of the reader leave."""
        wanted, found = self.wanted, list[ColumnElement[bool]]()
        if wanted.within is not None:
            if not 0 <= wanted.within <= FARTHEST:
                raise UsageFault(
                    f"--within 的值“{wanted.within}”无效，应为 0 至 {FARTHEST} 的天数，例如 30。"
                )
            found.append(D.due <= self.on + timedelta(days=wanted.within))
        if wanted.project is not None:
            found.append(D.project_id == wanted.project)
        if wanted.owed_by is not None:
            found.append(D.owed_by == str(role_of(wanted.owed_by)))
        if wanted.duty is not None:
            found.append(_named(self.store.catalogue, wanted.duty))
        projects = self._projects()
        if projects is not None:
            found.append(D.project_id.in_(projects))
        return found

    def _projects(self) -> Any:
        """The ids of the projects that are left, or None for all."""
        p, wanted, left = LISTED.c, self.wanted, list[ColumnElement[bool]]()
        if wanted.programme is not None:
            left.append(p.programme.in_(slugs_under(self.store.catalogue, wanted.programme)))
        if wanted.unit is not None:
            left.append(LISTED_UNIT.c.normal_name == normal_name(wanted.unit))
        if wanted.year is not None:
            left.append(p.year == wanted.year)
        if not self.reader.sees_all:
            left.append(in_sight(self.reader))
        query = select(p.id).join(LISTED_UNIT, LISTED_UNIT.c.id == p.unit_id)
        return query.where(*left) if left else None


def role_of(text: str) -> Role:
    """A role by code or label; UsageFault lists them."""
    for role in Role:
        if text in (role.value, role.label):
            return role
    raise UsageFault(f"没有名为“{text}”的责任方，应为：{'、'.join(f'{one}（{one.label}）' for one in Role)}")


def _named(catalogue: Catalogue, text: str) -> ColumnElement[bool]:
    """The duties of that name, rule or label. NotFoundFault where no programme has one: a slip must not
    look like nothing owed.
    """
    known = {duty.slug: duty for one in catalogue.programmes.values() for duty in one.duties.values()}
    slugs = sorted(slug for slug, duty in known.items() if text in (slug, duty.rule, duty.label))
    if not slugs:
        listed = "、".join(f"{duty.label}（{duty.slug}）" for duty in known.values())
        raise NotFoundFault(f"没有名为“{text}”的事项；现有：{listed}")
    return D.slug.in_(slugs)


def _cursor(text: str) -> tuple[Group, date, int]:
    found = _CURSOR.fullmatch(text)
    try:
        assert found is not None  # noqa: S101 - told below, like the others
        assert int(found[3]) <= LARGEST_ID  # noqa: S101 - as above
        return Group(found[1]), date.fromisoformat(found[2]), int(found[3])
    except (AssertionError, ValueError):
        raise UsageFault(
            f"--after 的值“{text}”无效，应为上一页给出的 next，例如 overdue.2023-06-30.17。"
        ) from None
