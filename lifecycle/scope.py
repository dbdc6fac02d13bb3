"""Which projects an amendment of deadlines means: conditions that all have to hold. Reads only.

Whether a project can follow the amendment is not asked here, only whether it is one of those meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, exists, select

from lifecycle.cases import DUTY, PROJECT, UNIT
from lifecycle.listing import find_state, slugs_under
from states.amendment import Deadline
from states.catalogue import Catalogue
from states.errors import NotFoundFault, UsageFault
from states.facts import normal_name
from states.names import DutyStatus
from states.tables import LIFECYCLES

ENDED: Final = frozenset().union(*(table.ends for table in LIFECYCLES.values()))
"""States of projects whose term is not moved any more; they are meant only by id or by state."""
PENDING: Final = tuple(
    str(s) for s in (DutyStatus.OPEN, DutyStatus.SUGGESTED, DutyStatus.OVERDUE, DutyStatus.SUSPENDED)
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Conditions on projects; all that are given have to hold."""

    ids: tuple[str, ...] = ()
    unit: str | None = None
    programme: str | None = None
    """A programme or a group of them."""
    ends_on: date | None = None
    started_by: date | None = None
    """The project had begun by this day."""
    states: tuple[str, ...] = ()

    @property
    def selects(self) -> bool:
        """Whether anything but ids is asked for, so that somebody has to look at what was found."""
        return self != Scope(ids=self.ids)

    def as_json(self) -> dict[str, Any]:
        """The conditions that were given."""
        told = {name: value for name, value in asdict(self).items() if value}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in told.items()}


def find_duty_slug(catalogue: Catalogue, text: str) -> str:
    """The slug of a duty by slug, R- id or Chinese label. NotFoundFault; UsageFault if several are meant."""
    known = {duty.slug: duty for one in catalogue.programmes.values() for duty in one.duties.values()}
    labels = {d.label: d.slug for one in catalogue.programmes.values() for d in one.duties.values()}
    if text in known:
        return text
    found = {labels[text]} if text in labels else {d.slug for d in known.values() if d.rule == text}
    if len(found) > 1:
        raise UsageFault(f"“{text}”有多个事项：{'、'.join(sorted(found))}，请用代码指明。")
    if not found:
        listed = "、".join(f"{duty.label}（{duty.slug}）" for duty in known.values())
        raise NotFoundFault(f"没有名为“{text}”的事项；现有：{listed}")
    return found.pop()


def duty_label(catalogue: Catalogue, slug: str) -> str:
    """What a duty is called in Chinese; the slug where no programme has it any more."""
    named = (one.duties[slug].label for one in catalogue.programmes.values() if slug in one.duties)
    return next(named, slug)


def selected(
    conn: Connection,
    catalogue: Catalogue,
    scope: Scope,
    deadline: Deadline,
    duty: str | None,
    period: str | None,
) -> list[str]:
    """The ids that are meant, in order; ids that were named and do not exist stay among them, to be told."""
    if scope == Scope():
        raise UsageFault(
            "没有写调整哪些项目：项目编号，或 --unit、--programme、--ends-on、--started-by、--state。"
        )
    p = PROJECT.c
    if not scope.selects:
        return list(dict.fromkeys(scope.ids))
    conditions = [*_conditions(conn, catalogue, scope), *_dated(deadline, duty, period)]
    if scope.ids:
        conditions.append(p.id.in_(scope.ids))
    elif not scope.states and deadline is Deadline.END:
        conditions.append(p.state.not_in(sorted(ENDED)))
    found = set(conn.execute(select(p.id).where(*conditions)).scalars())
    known = set(conn.execute(select(p.id).where(p.id.in_(scope.ids))).scalars())
    return sorted(found | (set(scope.ids) - known))


def _conditions(conn: Connection, catalogue: Catalogue, scope: Scope) -> list[ColumnElement[bool]]:
    p = PROJECT.c
    found: list[ColumnElement[bool]] = []
    if scope.unit is not None:
        unit = select(UNIT.c.id).where(UNIT.c.normal_name == normal_name(scope.unit))
        if conn.execute(unit).first() is None:
            raise NotFoundFault(f"没有名为“{scope.unit}”的单位。")
        found.append(p.unit_id.in_(unit))
    if scope.programme is not None:
        found.append(p.programme.in_(slugs_under(catalogue, scope.programme)))
    if scope.ends_on is not None:
        found.append(p.ends_on == scope.ends_on)
    if scope.started_by is not None:
        found.append(p.started_on <= scope.started_by)
    if scope.states:
        found.append(p.state.in_([str(find_state(state)) for state in scope.states]))
    return found


def _dated(deadline: Deadline, duty: str | None, period: str | None) -> list[ColumnElement[bool]]:
    """A project without the date in question is not meant, unless it was named."""
    if deadline is Deadline.END:
        return [PROJECT.c.ends_on.is_not(None)]
    d = DUTY.c
    named = [d.project_id == PROJECT.c.id, d.slug == duty, d.status.in_(PENDING), d.closed_seq.is_(None)]
    if period is not None:
        named.append(d.occurrence == period)
    return [exists().where(*named)]


def manifest(ids: Sequence[str]) -> str:
    """One digest over the frozen list of projects: SHA-256 of the ids in order, one a line."""
    return sha256("".join(f"{one}\n" for one in ids).encode()).hexdigest()
