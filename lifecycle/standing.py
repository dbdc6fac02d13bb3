"""What the record knows against an application: call, counts, duplicates. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from lifecycle.calls import closings
from lifecycle.cases import HISTORY, PROJECT, call_is_open
from lifecycle.doubles import DEAD, same_person, same_title
from lifecycle.units import same_applicant
from states.admission import Standing, admission
from states.catalogue import Programme
from states.decision import Case, Unit
from states.errors import NotFoundFault, Reason, RefusedFault
from states.names import State


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
    parent: str | None = None,
) -> None:
    """Raise RefusedFault with every reason against taking the application in; `facts` as they will stand.

    A returned file may be completed after the call has closed (R-AMB-08).
    """
    reasons = _against(conn, programme, unit, title, facts, on, own, parent)
    if reasons:
        raise RefusedFault("；".join(reason.message for reason in reasons), reasons)


def require_parent(conn: Connection, programme: Programme, unit: Unit, parent: str | None) -> None:
    """Raise RefusedFault where a project cannot be the parent of an application, a draft too."""
    wrong = _wrong_parent(conn, programme, unit, parent)
    if wrong is not None:
        raise RefusedFault(wrong, (Reason("R-LIFE-60", wrong),))


def against_submission(conn: Connection, case: Case, programme: Programme, on: date) -> tuple[Reason, ...]:
    """Every reason of admission against submitting a project that lies here already."""
    if case.state not in (State.DRAFT, State.RETURNED):
        return ()
    own = Own(case.id, case.state is State.RETURNED)
    return _against(conn, programme, case.unit, case.title, case.facts, on, own, case.parent)


def revives(source: State, dest: State) -> bool:
    """Whether a step brings an application that had ended back among those that count."""
    return source in DEAD and dest not in DEAD and dest is not State.DRAFT


def against_revival(conn: Connection, case: Case, programme: Programme, on: date) -> tuple[Reason, ...]:
    """What admission has against an application that comes back: limits and doubles, not call or kind."""
    own = Own(case.id, True)
    reasons = _against(conn, programme, case.unit, case.title, case.facts, on, own, case.parent)
    return tuple(reason for reason in reasons if reason.rule in _revival_rules(programme))


def _revival_rules(programme: Programme) -> frozenset[str]:
    limit = programme.limit_citation
    return frozenset({"R-ELIG-45", "R-ELIG-46", limit.rule if limit and limit.rule else "R-ELIG-46"})


def _against(
    conn: Connection,
    programme: Programme,
    unit: Unit,
    title: str,
    facts: Mapping[str, Any],
    on: date,
    own: Own | None,
    parent: str | None,
) -> tuple[Reason, ...]:
    own_id = own.id if own else None
    blocks = programme.setting("same_talent_blocks", on, True)
    standing = Standing(
        call_open=(own is not None and own.returned) or call_is_open(conn, programme.slug, on),
        counted=_counted(conn, programme, unit, own_id, on),
        same_title=same_title(conn, programme, unit, title, own_id),
        same_person=same_person(conn, programme, facts, own_id) if blocks else None,
        wrong_parent=_wrong_parent(conn, programme, unit, parent),
    )
    return admission(programme, unit, standing, on)


def _counted(conn: Connection, programme: Programme, unit: Unit, own_id: str | None, on: date) -> int:
    """Applications of the same legal applicant, over all programmes that share the limit (R-ELIG-46).

    A withdrawn one counts when it was withdrawn after its call had closed, or always by the pack
    (R-ELIG-47, R-AMB-07).
    """
    p = PROJECT.c
    theirs = (
        p.unit_id.in_(same_applicant(conn, unit)),
        p.programme.in_(programme.limit_scope or (programme.slug,)),
        p.id != (own_id or ""),
    )
    withdrawn = p.state == str(State.WITHDRAWN)
    live = select(func.count()).select_from(PROJECT).where(*theirs, ~withdrawn, p.state != str(State.DRAFT))
    gone = conn.execute(select(p.id, p.programme).where(*theirs, withdrawn)).all()
    if not programme.setting("withdrawn_counted", on, False):
        gone = [row for row in gone if _withdrawn_late(conn, row.id, row.programme)]
    return int(conn.execute(live).scalar_one()) + len(gone)


def _withdrawn_late(conn: Connection, project: str, programme: str) -> bool:
    """Whether a call had closed between the application and its withdrawal."""
    h, end = HISTORY.c, str(State.WITHDRAWN)
    mine = select(func.min(h.on)).where(h.project_id == project)
    applied = conn.execute(mine).scalar_one()
    withdrawn = conn.execute(mine.where(h.dest == end, h.source != end)).scalar_one()
    return any(applied <= closed < withdrawn for closed in closings(conn, programme))


def _wrong_parent(conn: Connection, programme: Programme, unit: Unit, parent: str | None) -> str | None:
    """Why a project cannot be the parent of an application, or None."""
    if parent is None:
        return None
    p = PROJECT.c
    row = conn.execute(select(p.programme, p.unit_id).where(p.id == parent)).first()
    if row is None:
        raise NotFoundFault(f"没有编号为 {parent} 的项目")
    if programme.child_of != row.programme:
        wanted = programme.relatives.get(programme.child_of or "", programme.child_of)
        return f"{parent} 不能作为上级项目（应为{wanted}）" if wanted else "该类项目没有上级项目"
    shared = programme.variant == "award-selection" or row.unit_id == unit.id
    return None if shared else f"上级项目 {parent} 由其他单位申报"
