"""How the projects of a programme and year stand in a season: whom it may be opened for, what is missing.

The season's step, states, duty and papers come from `states.seasons`, the dates from the record. Reads only;
whether each project may take the step is judged when the campaign is drafted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, RowMapping, and_, select

from lifecycle.cases import DUTY, MATERIAL, PROJECT, UNIT
from lifecycle.listing import slugs_under
from states.catalogue import Catalogue, Programme
from states.errors import Reason, RefusedFault, UsageFault
from states.names import DutyStatus, State
from states.papers import PAPERS
from states.seasons import Season, sources_of

TOGETHER = 500
PROVINCES: Mapping[str, str] = {"henan": "河南", "fujian": "福建"}


@dataclass(frozen=True, slots=True)
class Missing:
    """A project of the season with the papers that its unit has not brought yet."""

    project: str
    title: str
    unit: str
    state: State
    papers: tuple[str, ...]
    """Chinese labels."""


@dataclass(frozen=True, slots=True)
class SeasonStanding:
    """One programme in a season. The groups of projects are apart from each other."""

    programme: str
    title: str
    ready: tuple[str, ...]
    """Ids of the projects for which the season may be opened by its date."""
    early: tuple[tuple[str, date], ...]
    """Those whose date is later, each with it."""
    past: int
    """Those in a state from which it is opened, for which it is met, waived or suspended."""
    under_way: int
    elsewhere: Mapping[str, int]
    """All others by state."""
    missing: tuple[Missing, ...]
    """Papers that are not there, of those that are ready or under way."""


def programmes_in(catalogue: Catalogue, text: str) -> tuple[Programme, ...]:
    """The programmes that a text means: slug, R-PROG id or title of a programme or group, or a province.

    NotFoundFault lists what there is.
    """
    provinces = {code for code, name in PROVINCES.items() if text.strip() in (code, name, f"{name}省")}
    if provinces:
        return tuple(one for one in catalogue.programmes.values() if one.province in provinces)
    if not text.strip():
        raise UsageFault("请写明项目类别（代码或名称）、分组，或者省份（henan、fujian）。")
    return tuple(catalogue.programmes[slug] for slug in slugs_under(catalogue, text.strip()))


def with_season(found: Sequence[Programme], season: Season, on: date) -> tuple[Programme, ...]:
    """Those whose table has the season on a day. RefusedFault with the rule where none has."""
    having = tuple(one for one in found if sources_of(season, one, on))
    if not having:
        named = "、".join(one.title for one in found[:3])
        message = f"“{named}”没有{season.label}这一环节"
        raise RefusedFault(message, (Reason(season.rule, message),))
    return having


def season_standing(
    conn: Connection, season: Season, programme: Programme, year: int, on: date, until: date
) -> SeasonStanding:
    """How the projects of a programme and year stand; dates later than `until` are not yet ready."""
    sources = sources_of(season, programme, on)
    dated = season.duty in programme.duties
    ready: list[str] = []
    early: list[tuple[str, date]] = []
    elsewhere: Counter[str] = Counter()
    wanted: list[RowMapping] = []
    past = under_way = 0
    for row in _projects(conn, season, programme, year):
        state = State(row["state"])
        if state in season.under_way:
            under_way += 1
            wanted.append(row)
        elif state not in sources:
            elsewhere[row["state"]] += 1
        elif not dated or (row["status"] in _DUE and row["due"] <= until):
            ready.append(row["id"])
            wanted.append(row)
        elif row["status"] in _DUE:
            early.append((row["id"], row["due"]))
        else:
            past += 1
    missing = tuple(_missing(conn, season, programme, wanted))
    return SeasonStanding(
        programme.slug, programme.title, tuple(ready), tuple(early), past, under_way, elsewhere, missing
    )


_DUE = tuple(str(status) for status in (DutyStatus.OPEN, DutyStatus.SUGGESTED, DutyStatus.OVERDUE))


def _projects(conn: Connection, season: Season, programme: Programme, year: int) -> list[RowMapping]:
    """Projects with the live duty of the season, if there is one."""
    p, d = PROJECT.c, DUTY.c
    live = and_(d.project_id == p.id, d.slug == season.duty, d.closed_seq.is_(None))
    query = (
        select(p.id, p.title, p.state, UNIT.c.name.label("unit"), d.status, d.due)
        .join(UNIT, UNIT.c.id == p.unit_id)
        .outerjoin(DUTY, live)
        .where(p.programme == programme.slug, p.year == year)
    )
    rows: dict[str, RowMapping] = {row["id"]: row for row in conn.execute(query.order_by(p.id)).mappings()}
    return list(rows.values())


def _missing(
    conn: Connection, season: Season, programme: Programme, wanted: Sequence[RowMapping]
) -> Iterator[Missing]:
    asked = [slug for slug in season.papers if slug in programme.materials]
    if not asked:
        return
    for part in (wanted[start : start + TOGETHER] for start in range(0, len(wanted), TOGETHER)):
        filed = filed_kinds(conn, [row["id"] for row in part], asked)
        for row in part:
            lacking = [slug for slug in asked if slug not in filed.get(row["id"], frozenset())]
            if lacking:
                labels = tuple(programme.materials[slug].label for slug in lacking)
                yield Missing(row["id"], row["title"], row["unit"], State(row["state"]), labels)


def filed_kinds(conn: Connection, ids: Sequence[str], kinds: Sequence[str]) -> Mapping[str, frozenset[str]]:
    """Which of some kinds of papers are filed, by project."""
    m = MATERIAL.c
    query = select(m.project_id, m.kind).where(m.project_id.in_(ids), m.kind.in_(kinds)).distinct()
    found: dict[str, set[str]] = {}
    for row in conn.execute(query).mappings():
        found.setdefault(row["project_id"], set()).add(row["kind"])
    return {project: frozenset(held) for project, held in found.items()}


def paper_label(programme: Programme, slug: str) -> str:
    """The Chinese word for a kind of paper."""
    spec = programme.materials.get(slug)
    return spec.label if spec else PAPERS.get(slug, slug)
