"""How the projects of a programme and year stand in the review: candidates, papers, scores, and the quota.

States, steps and papers come from `states.seasons` and the programme's own table (R-LIFE-36 to R-LIFE-42). It
sorts lists that people give by the step that each project's state asks for. Who is selected people decide,
and whether the step may be taken the core. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from lifecycle.cases import PROJECT, UNIT, quota_taken
from lifecycle.seasons import TOGETHER, filed_kinds, paper_label
from lifecycle.values import decode_all
from states.catalogue import Programme
from states.errors import Reason, RefusedFault, UsageFault
from states.names import Action, State
from states.seasons import Sitting, papers_of, sittings_of

SCORE = "review.score"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One project before its decision, with what it lacks for the passing step."""

    project: str
    title: str
    unit: str
    state: State
    lacks: tuple[str, ...]
    """Chinese labels of papers that are not filed yet; the step may bring them."""
    score: str | None


@dataclass(frozen=True, slots=True)
class ReviewStanding:
    """One programme in its review."""

    programme: str
    title: str
    before: Mapping[str, int]
    """Projects that have not come so far, by state."""
    candidates: tuple[Candidate, ...]
    quota: int | None
    """Places, or None where the document prints none (文件未载明)."""
    taken: int

    @property
    def free(self) -> int | None:
        """Places that are left, or None where there is no limit."""
        return None if self.quota is None else max(0, self.quota - self.taken)


@dataclass(frozen=True, slots=True)
class Decision:
    """One step with the projects of one programme on which it is to be taken."""

    programme: str
    action: Action
    ids: tuple[str, ...]
    passes: bool


def with_review(found: Sequence[Programme], on: date) -> tuple[Programme, ...]:
    """Those whose table has a review on a day. RefusedFault where none has."""
    having = tuple(one for one in found if sittings_of(one, on))
    if not having:
        named = "、".join(one.title for one in found[:3])
        message = f"“{named}”不经专家评审或会议讨论立项"
        raise RefusedFault(message, (Reason("R-LIFE-41", message),))
    return having


_BEFORE = (State.SUBMITTED, State.RETURNED, State.CITY_REVIEW, State.FORM_REVIEW, State.AWAITING_PARENT)


def review_standing(conn: Connection, programme: Programme, year: int, on: date) -> ReviewStanding:
    """How a programme stands in its review on a day."""
    sittings = sittings_of(programme, on)
    p = PROJECT.c
    query = (
        select(p.id, p.title, p.state, p.facts, UNIT.c.name.label("unit"))
        .join(UNIT, UNIT.c.id == p.unit_id)
        .where(p.programme == programme.slug, p.year == year)
        .order_by(p.id)
    )
    by_state = {sitting.state: sitting for sitting in sittings}
    wanted: list[RowMapping] = [*_in_states(conn, query, by_state)]
    before = [row["state"] for row in _in_states(conn, query, _BEFORE)]
    return ReviewStanding(
        programme.slug,
        programme.title,
        {state: before.count(state) for state in dict.fromkeys(before)},
        tuple(_candidates(conn, programme, on, by_state, wanted)),
        programme.quota_on(on),
        quota_taken(conn, programme.quota_pool, ""),
    )


def _in_states(conn: Connection, query: Select[Any], states: Iterable[State]) -> Iterator[RowMapping]:
    wanted = query.where(PROJECT.c.state.in_([str(state) for state in states]))
    return iter(conn.execute(wanted).mappings())


def _candidates(
    conn: Connection,
    programme: Programme,
    on: date,
    by_state: Mapping[State, Sitting],
    wanted: Sequence[RowMapping],
) -> list[Candidate]:
    groups = {state: papers_of(sitting, programme, on) for state, sitting in by_state.items()}
    kinds = sorted({kind for asked in groups.values() for group in asked for kind in group})
    found: list[Candidate] = []
    for part in (wanted[start : start + TOGETHER] for start in range(0, len(wanted), TOGETHER)):
        filed = filed_kinds(conn, [row["id"] for row in part], kinds)
        for row in part:
            state, held = State(row["state"]), filed.get(row["id"], frozenset())
            lacking = [group for group in groups[state] if not held.intersection(group)]
            labels = tuple("或".join(paper_label(programme, kind) for kind in group) for group in lacking)
            score = decode_all(row["facts"] or {}).get(SCORE)
            told = None if score is None else str(score)
            found.append(Candidate(row["id"], row["title"], row["unit"], state, labels, told))
    return found


def decisions_on(
    programme: Programme,
    standing: ReviewStanding,
    on: date,
    selected: Sequence[str],
    rejected: Sequence[str],
    *,
    rest: bool = False,
) -> tuple[Decision, ...]:
    """The steps that lists of projects mean, by their states; with `rest` all other candidates are rejected.

    Ids of other programmes are left alone. Raises UsageFault for an id on both lists, RefusedFault where a
    state has no step that ends the review.
    """
    both = set(selected) & set(rejected)
    if both:
        raise UsageFault(f"同一项目不能既入选又不入选：{'、'.join(sorted(both))}")
    sittings = {sitting.state: sitting for sitting in sittings_of(programme, on)}
    chosen, refused = set(selected), set(rejected)
    groups: dict[tuple[Action, bool], list[str]] = {}
    for one in standing.candidates:
        sitting = sittings[one.state]
        if one.project in chosen:
            groups.setdefault((sitting.passes, True), []).append(one.project)
        elif one.project in refused or (rest and sitting.fails is not None):
            if sitting.fails is None:
                raise RefusedFault(f"项目 {one.project} 现为“{one.state.label}”，此时没有不入选的决定")
            groups.setdefault((sitting.fails, False), []).append(one.project)
    return tuple(
        Decision(programme.slug, action, tuple(ids), passes) for (action, passes), ids in groups.items()
    )
