"""What the record itself knows of a unit's earlier projects, as the facts that eligibility asks for.

Nobody has to type what was concluded here: evaluations, disqualifications and the projects of earlier years
are added to what the register and the file say (R-ELIG-08…10, -44, R-SANC-01, -03, -08, -09). Reads only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, or_, select

from lifecycle.cases import PROJECT, UNIT
from lifecycle.store import Store
from lifecycle.values import decode
from states.catalogue import Programme
from states.decision import Unit
from states.looks import records
from states.names import State
from states.outcomes import COUNTED

EVALUATIONS = "unit.evaluations"
DISQUALIFIED = "unit.disqualifications"
PAST = "unit.past_special_fund_projects"
YEAR_BEFORE = "unit.previous_year_projects"
SAME_TYPE = "unit.previous_year_congress_projects"

_BY_STATE = {
    State.DISQUALIFIED: "取消试点资格",
    State.TERMINATED: "未完成",
    State.CLOSED_UNQUALIFIED: "不合格",
}


def with_track_record(
    conn: Connection, store: Store, programme: Programme, unit: Unit, facts: Mapping[str, Any]
) -> dict[str, Any]:
    """The facts, with what earlier projects of the same legal applicant add to them."""
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
    added = {name: [*records(facts.get(name)), *rows] for name, rows in found.items() if rows}
    return {**facts, **added}


def _earlier(conn: Connection, store: Store, programme: Programme, unit: Unit) -> list[dict[str, Any]]:
    """One record for every project of an earlier year that was approved, oldest first."""
    legal = unit.host or unit.name
    p, u = PROJECT.c, UNIT.c
    query = (
        select(p.id, p.programme, p.title, p.year, p.state, p.facts, p.flags, p.overdue)
        .join(UNIT, u.id == p.unit_id)
        .where(
            or_(u.name == legal, u.host == legal),
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
    late = state is State.RECTIFYING and row.overdue > 0
    return {
        "title": row.title,
        "year": row.year,
        "conclusion": conclusion,
        "has_issues": bool(decode(facts.get("evaluation.has_issues"))),
        "rectification_overdue": "是" if late else "否",
        "family": programme.family,
        "province": programme.province,
        "state": state,
        "source": row.id,
    }
