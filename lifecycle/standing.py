"""What the record knows against an application: call, counts, duplicates. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, or_, select

from lifecycle.cases import PROJECT, UNIT, call_is_open
from lifecycle.values import encode_all
from states.admission import Standing, admission
from states.catalogue import Programme
from states.decision import Case, Unit
from states.errors import Reason, RefusedFault
from states.facts import normal_title
from states.names import State

DEAD = tuple(
    str(s)
    for s in (State.WITHDRAWN, State.FORM_FAILED, State.NOT_SELECTED, State.TERMINATED, State.CLOSED,
              State.CLOSED_UNQUALIFIED, State.DISQUALIFIED)
)  # fmt: skip
UNCOUNTED = (str(State.WITHDRAWN), str(State.DRAFT))


@dataclass(frozen=True, slots=True)
class Own:
    """The project that is handed in again: it does not count against itself."""

    id: str
    returned: bool


def require_admission(
    conn: Connection,
    programme: Programme,
    unit: Unit,
    title: str,
    facts: Mapping[str, Any],
    on: date,
    own: Own | None,
) -> None:
    """Raise RefusedFault with every reason against taking the application in; `facts` as they will stand.

    A returned file may be completed after the call has closed (R-AMB-08).
    """
    reasons = _against(conn, programme, unit, title, facts, on, own)
    if reasons:
        raise RefusedFault("；".join(reason.message for reason in reasons), reasons)


def against_submission(conn: Connection, case: Case, programme: Programme, on: date) -> tuple[Reason, ...]:
    """Every reason of admission against submitting a project that lies here already."""
    if case.state not in (State.DRAFT, State.RETURNED):
        return ()
    own = Own(case.id, case.state is State.RETURNED)
    return _against(conn, programme, case.unit, case.title, case.facts, on, own)


def _against(
    conn: Connection,
    programme: Programme,
    unit: Unit,
    title: str,
    facts: Mapping[str, Any],
    on: date,
    own: Own | None,
) -> tuple[Reason, ...]:
    own_id = own.id if own else None
    standing = Standing(
        call_open=(own is not None and own.returned) or call_is_open(conn, programme.slug, on),
        counted=_counted(conn, programme, unit, own_id),
        same_title=_same_title(conn, programme, unit, title, own_id),
        same_person=_same_person(conn, programme, facts, own_id),
    )
    return admission(programme, unit, standing, on)


def _counted(conn: Connection, programme: Programme, unit: Unit, own_id: str | None) -> int:
    """Applications of the same legal applicant: the host where there is one (R-ELIG-46)."""
    legal = unit.host or unit.name
    p, u = PROJECT.c, UNIT.c
    query = (
        select(func.count())
        .select_from(PROJECT.join(UNIT, u.id == p.unit_id))
        .where(
            or_(u.name == legal, u.host == legal),
            p.programme == programme.slug,
            p.state.not_in(UNCOUNTED),
            p.id != (own_id or ""),
        )
    )
    return int(conn.execute(query).scalar_one())


def _same_title(
    conn: Connection, programme: Programme, unit: Unit, title: str, own_id: str | None
) -> str | None:
    p = PROJECT.c
    query = select(p.id).where(
        p.unit_id == unit.id,
        p.programme == programme.slug,
        p.normal_title == normal_title(title),
        p.state.not_in((*DEAD, str(State.DRAFT))),
        p.id != (own_id or ""),
    )
    return conn.execute(query).scalars().first()


def _same_person(
    conn: Connection, programme: Programme, given: Mapping[str, Any], own_id: str | None
) -> str | None:
    """A live application of the same year for the same talent: by id number, else name and birth."""
    names = ("talent.id_number", "talent.name", "talent.birth_date")
    number, name, birth = (given.get(n) for n in names)
    named = name is not None and birth is not None
    if number is None and not named:
        return None
    p = PROJECT.c
    query = select(p.id, p.facts).where(
        p.programme == programme.slug, p.state.not_in((*DEAD, str(State.DRAFT))), p.id != (own_id or "")
    )
    wanted = encode_all({n: given.get(n) for n in names})
    for project_id, facts in conn.execute(query):
        if number is not None and facts.get(names[0]) is not None:
            if facts[names[0]] == wanted[names[0]]:
                return str(project_id)
        elif named and all(facts.get(n) == wanted[n] for n in names[1:]):
            return str(project_id)
    return None
