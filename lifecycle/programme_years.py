"""One programme and year as an administrator sees it: projects by stage, what is due, what is late.

Stages are a literal table over states and duties; every project and every live duty is in exactly one.
Reads only, counts only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from lifecycle.cases import CALL, DUTY, PROJECT
from states.catalogue import Programme
from states.names import DutyStatus, State


@dataclass(frozen=True, slots=True)
class Stage:
    """One row: the states that belong to a stage of the year, and the duties that are watched in it."""

    name: str
    label: str
    states: frozenset[State]
    duties: frozenset[str] = frozenset()


# fmt: off
STAGES: Final[tuple[Stage, ...]] = (
    Stage("call",          "申报",     frozenset({State.DRAFT, State.SUBMITTED, State.RETURNED, State.CITY_REVIEW}), frozenset({"completion", "completion_receipt"})),
    Stage("form_review",   "形式审查", frozenset({State.FORM_REVIEW})),
    Stage("review",        "评审",     frozenset({State.SITE_SURVEY, State.EXPERT_REVIEW, State.DEPARTMENT_DISCUSSION, State.CHAIR_MEETING, State.AWAITING_PARENT})),
    Stage("approval",      "立项",     frozenset({State.APPROVED})),
    Stage("running",       "实施",     frozenset({State.EXECUTING, State.ABSORBED, State.EXTENSION_PENDING, State.HALT_PENDING, State.HALTED})),
    Stage("midterm",       "中期考核", frozenset({State.MIDTERM, State.MIDTERM_RECTIFYING}), frozenset({"midterm_report"})),
    Stage("evaluation",    "绩效评价", frozenset({State.PERFORMANCE_REVIEW}), frozenset({"evaluation_opening", "evaluation_feedback"})),
    Stage("rectification", "整改",     frozenset({State.RECTIFYING, State.RECTIFICATION_SUBMITTED}), frozenset({"rectification_report", "result_receipt"})),
    Stage("ended",         "已结束",   frozenset({State.CLOSED, State.CLOSED_UNQUALIFIED, State.DISQUALIFIED, State.TERMINATED, State.WITHDRAWN, State.FORM_FAILED, State.NOT_SELECTED})),
    Stage("other",         "其他",     frozenset()),
)
# fmt: on
OWED_WHILE_RUNNING: Final = "running"
"""The stage of all duties that no other stage names."""
OTHER: Final = "other"
"""The stage of all states that no other stage names, such as those of awards and checklists."""


@dataclass(frozen=True, slots=True)
class StageStanding:
    """One stage of a programme and year."""

    stage: Stage
    states: Mapping[State, int]
    """Projects that are in it, by state."""
    owed: int
    """Live duties that are watched in it."""
    next_due: date | None
    """The earliest day of those that are not past."""
    overdue: int
    """Binding dates that are past; what a suggested date passed is in `waiting`."""
    waiting: int
    """Suggested dates that have come and whose step has not been taken."""

    @property
    def count(self) -> int:
        """Projects that are in it."""
        return sum(self.states.values())


@dataclass(frozen=True, slots=True)
class YearStanding:
    """One programme and year."""

    programme: str
    title: str
    year: int
    on: date
    opens_on: date | None
    closes_on: date | None
    stages: tuple[StageStanding, ...]

    @property
    def total(self) -> int:
        """All its projects."""
        return sum(one.count for one in self.stages)

    def stage(self, name: str) -> StageStanding:
        """One stage by its name."""
        return next(one for one in self.stages if one.stage.name == name)


def year_standing(conn: Connection, programme: Programme, year: int, on: date) -> YearStanding:
    """How a programme and year stand on a day."""
    call = conn.execute(select(CALL).where(CALL.c.programme == programme.slug)).mappings().first()
    states = _states(conn, programme.slug, year)
    owed = _owed(conn, programme.slug, year, on)
    return YearStanding(
        programme.slug,
        programme.title,
        year,
        on,
        call["opens_on"] if call else None,
        call["closes_on"] if call else None,
        tuple(_standing(stage, states, owed) for stage in STAGES),
    )


@dataclass(frozen=True, slots=True)
class _Owed:
    slug: str
    count: int
    next_due: date | None
    overdue: int
    waiting: int


def _states(conn: Connection, slug: str, year: int) -> dict[State, int]:
    p = PROJECT.c
    query = select(p.state, func.count()).where(p.programme == slug, p.year == year).group_by(p.state)
    return {State(row[0]): int(row[1]) for row in conn.execute(query)}


def _owed(conn: Connection, slug: str, year: int, on: date) -> list[_Owed]:
    d, p = DUTY.c, PROJECT.c
    late = or_(
        d.status == str(DutyStatus.OVERDUE),
        and_(d.status == str(DutyStatus.OPEN), func.coalesce(d.grace_until, d.due) < on, d.due < on),
    )
    waiting = and_(d.status == str(DutyStatus.SUGGESTED), d.due <= on)
    coming = case((d.due >= on, d.due))
    query = (
        select(d.slug, func.count(), func.min(coming), _how_many(late), _how_many(waiting))
        .join(PROJECT, p.id == d.project_id)
        .where(p.programme == slug, p.year == year, d.closed_seq.is_(None))
        .group_by(d.slug)
    )
    return [_Owed(*row) for row in conn.execute(query)]


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _standing(stage: Stage, states: Mapping[State, int], owed: list[_Owed]) -> StageStanding:
    named = frozenset[State]().union(*(one.states for one in STAGES))
    watched = frozenset[str]().union(*(one.duties for one in STAGES))
    mine = {
        state: count
        for state, count in states.items()
        if state in stage.states or (stage.name == OTHER and state not in named)
    }
    here = [
        one
        for one in owed
        if one.slug in stage.duties or (stage.name == OWED_WHILE_RUNNING and one.slug not in watched)
    ]
    days = [one.next_due for one in here if one.next_due is not None]
    return StageStanding(
        stage,
        mine,
        sum(one.count for one in here),
        min(days, default=None),
        sum(int(one.overdue) for one in here),
        sum(int(one.waiting) for one in here),
    )
