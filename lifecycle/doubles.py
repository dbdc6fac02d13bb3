"""Doubles among the applications on file (R-ELIG-45): the same title, talent or event, and similar titles.

What is certain is refused at admission or blocks; what only looks alike is pointed out. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any, Final

from sqlalchemy import Connection, select

from lifecycle.cases import PROJECT
from lifecycle.values import decode, encode_all
from states.catalogue import Programme
from states.decision import Case, Finding, Unit
from states.facts import normal_title
from states.names import State
from states.outcomes import COUNTED

RULE: Final = "R-ELIG-45"
DEAD: Final = tuple(
    str(s)
    for s in (State.WITHDRAWN, State.FORM_FAILED, State.NOT_SELECTED, State.TERMINATED, State.CLOSED,
              State.CLOSED_UNQUALIFIED, State.DISQUALIFIED)
)  # fmt: skip
ALIKE: Final = 0.85
"""Titles of one unit that share this much of their signs look alike; inferred."""

_TALENT = ("talent.id_number", "talent.name", "talent.birth_date")
_NOT_LIVE = (*DEAD, str(State.DRAFT))


def same_title(
    conn: Connection, programme: Programme, unit: Unit, title: str, own_id: str | None
) -> str | None:
    """A live application of the same unit and programme under the same normalised title."""
    p = PROJECT.c
    query = select(p.id).where(
        p.unit_id == unit.id,
        p.programme == programme.slug,
        p.normal_title == normal_title(title),
        p.state.not_in(_NOT_LIVE),
        p.id != (own_id or ""),
    )
    return conn.execute(query).scalars().first()


def same_person(
    conn: Connection, programme: Programme, given: Mapping[str, Any], own_id: str | None
) -> str | None:
    """A live application of the same year for the same talent: by id number, else name and birth."""
    number, name, birth = (given.get(n) for n in _TALENT)
    named = name is not None and birth is not None
    if number is None and not named:
        return None
    p = PROJECT.c
    query = select(p.id, p.facts).where(
        p.year == programme.year, p.state.not_in(_NOT_LIVE), p.id != (own_id or "")
    )
    wanted = encode_all({n: given.get(n) for n in _TALENT})
    for project_id, facts in conn.execute(query):
        if number is not None and facts.get(_TALENT[0]) is not None:
            if facts[_TALENT[0]] == wanted[_TALENT[0]]:
                return str(project_id)
        elif named and _same_name(facts, wanted):
            return str(project_id)
    return None


def _same_name(facts: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """The same name, however it is spaced, and the same day of birth."""
    _, name, birth = _TALENT
    spelt = normal_title(str(facts.get(name) or "")) == normal_title(str(wanted[name]))
    return spelt and facts.get(birth) == wanted[birth]


def record_findings(conn: Connection, case: Case, programme: Programme) -> tuple[Finding, ...]:
    """What the record holds against an application beside the pack: the same event, similar titles, and
    earlier support of the same talent (R-AMB-45).
    """
    same = [*_same_event(conn, case, programme), *_same_talent(conn, case, programme)]
    alike = (*_alike(conn, case), *_supported_before(conn, case, programme))
    return (*(_finding(told, "block") for told in same), *(_finding(told, "warn") for told in alike))


def _finding(message: str, severity: str) -> Finding:
    return Finding(RULE, "fail", severity, "form_review", message, None, None, name="no_duplicate")


def _same_event(conn: Connection, case: Case, programme: Programme) -> Iterator[str]:
    """Live applications for one event, by whatever unit: the same first day, and the same theme or title."""
    starts, theme = case.facts.get("event.starts_on"), case.facts.get("event.theme")
    if starts is None or "event.starts_on" not in programme.facts:
        return
    p = PROJECT.c
    query = select(p.id, p.unit_id, p.normal_title, p.facts).where(
        p.year == case.year,
        p.state.not_in(_NOT_LIVE),
        p.id != case.id,
        p.facts["event.starts_on"]["d"].as_string() == starts.isoformat(),
    )
    for row in conn.execute(query.order_by(p.id)):
        other = decode(row.facts.get("event.theme"))
        themed = bool(theme and other) and normal_title(str(theme)) == normal_title(str(other))
        if themed or row.normal_title == normal_title(case.title):
            who = "同一单位" if row.unit_id == case.unit.id else "另一单位"
            yield f"与{who}申报的 {row.id} 为同一活动（同日、同{'主题' if themed else '名'}）"


def _same_talent(conn: Connection, case: Case, programme: Programme) -> Iterator[str]:
    """A talent who is applied for elsewhere, whatever the application said when it came in (R-AMB-45)."""
    if "talent.name" in programme.facts and programme.setting("same_talent_blocks", case.steps[-1].on, True):
        other = same_person(conn, programme, case.facts, case.id)
        if other is not None:
            yield f"被托举人已在 {other} 中申报"


def _alike(conn: Connection, case: Case) -> Iterator[str]:
    """Titles of the same unit and year that are the same in another programme, or look alike in any."""
    p = PROJECT.c
    query = select(p.id, p.programme, p.normal_title).where(
        p.unit_id == case.unit.id, p.year == case.year, p.state.not_in(_NOT_LIVE), p.id != case.id
    )
    mine = normal_title(case.title)
    for row in conn.execute(query.order_by(p.id)):
        if row.normal_title == mine:
            if row.programme != case.programme:
                yield f"与同一单位申报的 {row.id} 同名，请核对是否重复"
        elif SequenceMatcher(None, mine, row.normal_title, autojunk=False).ratio() >= ALIKE:
            yield f"与同一单位申报的 {row.id} 名称相近，请核对是否重复"


def _supported_before(conn: Connection, case: Case, programme: Programme) -> Iterator[str]:
    """The same talent in a project of an earlier year (R-AMB-45)."""
    number, name, birth = (case.facts.get(n) for n in _TALENT)
    named = name is not None and birth is not None
    if number is None and not named:
        return
    wanted = encode_all({n: case.facts.get(n) for n in _TALENT})
    p = PROJECT.c
    query = select(p.id, p.facts).where(p.year < programme.year, p.state.in_(sorted(COUNTED))).order_by(p.id)
    for row in conn.execute(query):
        numbered = number is not None and row.facts.get(_TALENT[0]) == wanted[_TALENT[0]]
        if numbered or (named and _same_name(row.facts, wanted)):
            yield f"被托举人此前已获 {row.id} 支持，请核对"
