"""What the record knows against an application: call, counts, duplicates. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from lifecycle.cases import PROJECT, call_is_open
from lifecycle.units import same_applicant
from lifecycle.values import encode_all
from states.admission import Standing, admission
from states.catalogue import Programme
from states.decision import Case, Finding, Unit
from states.errors import NotFoundFault, Reason, RefusedFault
from states.facts import normal_title
from states.names import State
from states.outcomes import COUNTED

DEAD = tuple(
    str(s)
    for s in (State.WITHDRAWN, State.FORM_FAILED, State.NOT_SELECTED, State.TERMINATED, State.CLOSED,
              State.CLOSED_UNQUALIFIED, State.DISQUALIFIED)
)  # fmt: skip


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
        same_title=_same_title(conn, programme, unit, title, own_id),
        same_person=_same_person(conn, programme, facts, own_id) if blocks else None,
        wrong_parent=_wrong_parent(conn, programme, unit, parent),
    )
    return admission(programme, unit, standing, on)


def _uncounted(programme: Programme, on: date) -> tuple[str, ...]:
    """States that do not count as applied for; withdrawn ones may, by the pack (R-ELIG-47, R-AMB-07)."""
    draft = (str(State.DRAFT),)
    return draft if programme.setting("withdrawn_counted", on, False) else (*draft, str(State.WITHDRAWN))


def _counted(conn: Connection, programme: Programme, unit: Unit, own_id: str | None, on: date) -> int:
    """Applications of the same legal applicant, over all programmes that share the limit (R-ELIG-46)."""
    p = PROJECT.c
    query = (
        select(func.count())
        .select_from(PROJECT)
        .where(
            p.unit_id.in_(same_applicant(conn, unit)),
            p.programme.in_(programme.limit_scope or (programme.slug,)),
            p.state.not_in(_uncounted(programme, on)),
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
        p.year == programme.year, p.state.not_in((*DEAD, str(State.DRAFT))), p.id != (own_id or "")
    )
    wanted = encode_all({n: given.get(n) for n in names})
    for project_id, facts in conn.execute(query):
        if number is not None and facts.get(names[0]) is not None:
            if facts[names[0]] == wanted[names[0]]:
                return str(project_id)
        elif named and all(facts.get(n) == wanted[n] for n in names[1:]):
            return str(project_id)
    return None


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


def record_findings(conn: Connection, case: Case, programme: Programme) -> tuple[Finding, ...]:
    """What the record points out beside the pack: similar titles, earlier support (R-ELIG-45)."""
    found = [*_similar(conn, case), *_supported_before(conn, case, programme)]
    return tuple(
        Finding("R-ELIG-45", "fail", "warn", "form_review", message, None, None, name="no_duplicate")
        for message in found
    )


def _similar(conn: Connection, case: Case) -> list[str]:
    """The same title by the same unit in another programme of the year."""
    p = PROJECT.c
    query = select(p.id).where(
        p.unit_id == case.unit.id,
        p.year == case.year,
        p.normal_title == normal_title(case.title),
        p.programme != case.programme,
        p.state.not_in((*DEAD, str(State.DRAFT))),
    )
    return [
        f"与同一单位申报的 {one} 同名，请核对是否重复" for one in conn.execute(query.order_by(p.id)).scalars()
    ]


def _supported_before(conn: Connection, case: Case, programme: Programme) -> list[str]:
    """The same talent in a project of an earlier year (R-AMB-45)."""
    number = case.facts.get("talent.id_number")
    name, birth = case.facts.get("talent.name"), case.facts.get("talent.birth_date")
    if number is None and (name is None or birth is None):
        return []
    wanted = encode_all({"talent.id_number": number, "talent.name": name, "talent.birth_date": birth})
    p = PROJECT.c
    query = select(p.id, p.facts).where(p.year < programme.year, p.state.in_(sorted(COUNTED))).order_by(p.id)
    same = [
        row.id
        for row in conn.execute(query)
        if (number is not None and row.facts.get("talent.id_number") == wanted["talent.id_number"])
        or (
            name is not None
            and birth is not None
            and all(row.facts.get(n) == wanted[n] for n in ("talent.name", "talent.birth_date"))
        )
    ]
    return [f"被托举人此前已获 {one} 支持，请核对" for one in same]
