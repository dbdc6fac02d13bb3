"""What the record itself knows of a unit's earlier projects, as the facts that eligibility asks for.

Nobody has to type what was concluded here: evaluations, disqualifications and the projects of earlier years
are added to what the register and the file say (R-ELIG-08…10, -44, R-SANC-01, -03, -08, -09). Reads only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, exists, select

from lifecycle.cases import DUTY, PROJECT
from lifecycle.store import Store
from lifecycle.units import same_applicant
from lifecycle.values import decode
from states.catalogue import Programme
from states.decision import Unit
from states.facts import normal_title
from states.looks import records
from states.names import DutyStatus, State
from states.outcomes import COUNTED
from states.unit_checks import word_of, year_of

EVALUATIONS = "unit.evaluations"
DISQUALIFIED = "unit.disqualifications"
PAST = "unit.past_special_fund_projects"
YEAR_BEFORE = "unit.previous_year_projects"
TITLES = ("title", "name", "项目名称")
SAME_TYPE = "unit.previous_year_congress_projects"

_BY_STATE = {
    State.DISQUALIFIED: "取消试点资格",
    State.TERMINATED: "未完成",
    State.CLOSED_UNQUALIFIED: "不合格",
}

_RECTIFIES_LATE = exists().where(
    DUTY.c.project_id == PROJECT.c.id,
    DUTY.c.slug == "rectification_report",
    DUTY.c.status == str(DutyStatus.OVERDUE),
    ~DUTY.c.provisional,
)
"""A rectification not reported by a date that is certain, whatever became of the project since (R-AMB-12)."""


def with_track_record(
    conn: Connection, store: Store, programme: Programme, unit: Unit, facts: Mapping[str, Any]
) -> dict[str, Any]:
    """The facts, with what earlier projects of the same legal applicant add to them.

    What staff verified of such a project goes before what the record holds (R-AMB-12).
    """
    verified = unit.facts
    facts = {**facts, **_pilot(conn, unit)}
    earlier = _earlier(conn, store, programme, unit)
    if not earlier:
        return dict(facts)
    before = [one for one in earlier if one["year"] == programme.year - 1]
    found = {
        EVALUATIONS: [one for one in earlier if one["conclusion"] and one["state"] != State.DISQUALIFIED],
        DISQUALIFIED: [one for one in earlier if one["state"] == State.DISQUALIFIED],
        PAST: [one for one in earlier if one["province"] == "henan"],
        YEAR_BEFORE: before,
        SAME_TYPE: [one for one in before if one["family"] == programme.family],
    }
    added = {
        name: [*records(facts.get(name)), *_unverified(rows, records(verified.get(name)))]
        for name, rows in found.items()
        if rows
    }
    return {**facts, **added}


def _pilot(conn: Connection, unit: Unit) -> dict[str, Any]:
    """That the city was chosen as a national pilot, by the track that is kept here (R-VAR-10, R-LIFE-158)."""
    p = PROJECT.c
    query = select(p.facts).where(p.unit_id.in_(same_applicant(conn, unit)), p.variant == "track-only")
    chosen = any(decode((row.facts or {}).get("track.outcome")) == "入选" for row in conn.execute(query))
    return {"unit.is_kczg_pilot": True} if chosen else {}


def _unverified(rows: list[dict[str, Any]], verified: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the record that nobody has verified otherwise: by the project's id, or title and year."""
    ids = {str(one.get("source")) for one in verified}
    named = {(normal_title(word_of(one, *TITLES)), year_of(one)) for one in verified}
    return [
        row
        for row in rows
        if row["source"] not in ids and (normal_title(row["title"]), row["year"]) not in named
    ]


def _earlier(conn: Connection, store: Store, programme: Programme, unit: Unit) -> list[dict[str, Any]]:
    """One record for every project of an earlier year that was approved, oldest first."""
    p = PROJECT.c
    query = (
        select(p.id, p.programme, p.title, p.year, p.state, p.facts, _RECTIFIES_LATE.label("late"))
        .where(
            p.unit_id.in_(same_applicant(conn, unit)),
            p.year < programme.year,
            p.state.in_(sorted({*COUNTED, State.ABSORBED})),
        )
        .order_by(p.year, p.id)
    )
    known = store.catalogue.programmes
    return [_record(row, known[row.programme]) for row in conn.execute(query) if row.programme in known]


def _record(row: Any, programme: Programme) -> dict[str, Any]:
    facts = row.facts or {}
    state = State(row.state)
    conclusion = _BY_STATE.get(state) or decode(facts.get("evaluation.conclusion")) or ""
    return {
        "title": row.title,
        "year": row.year,
        "conclusion": conclusion,
        "has_issues": bool(decode(facts.get("evaluation.has_issues"))),
        "rectification_overdue": "是" if row.late else "否",
        "family": programme.family,
        "province": programme.province,
        "state": state,
        "source": row.id,
    }
