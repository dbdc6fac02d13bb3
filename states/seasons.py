"""The seasons of a programme's year: which step opens each, which duty says when, which papers units bring.

Literal tables over actions, duties and papers that the lifecycles and packs know; whether a programme has a
season is asked of its own table and pack. Pure. Whether a single project may take the step is not decided
here (`states.decide`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from states.catalogue import Programme
from states.names import Action as A
from states.names import State as S
from states.tables import Lifecycle, lifecycle_of, walked
from states.tables.row import Row


@dataclass(frozen=True, slots=True)
class Season:
    """One row: the step that opens the season for a project, and what belongs to it."""

    name: str
    label: str
    rule: str
    opens: A
    duty: str
    """The duty whose (suggested) date says when it is time."""
    papers: tuple[str, ...]
    """What the units bring for it; missing papers never block the office's step."""
    under_way: frozenset[S]


@dataclass(frozen=True, slots=True)
class Sitting:
    """One row: in a state of the review the steps that go on and that end it, where the table has them."""

    state: S
    passes: A
    fails: A | None


# fmt: off
SEASONS: Final[tuple[Season, ...]] = (
    Season("midterm",    "中期考核", "R-DL-11", A.MIDTERM_OPEN,    "midterm_report",     ("midterm_report",),                                frozenset({S.MIDTERM, S.MIDTERM_RECTIFYING})),
    Season("evaluation", "绩效评价", "R-DL-14", A.OPEN_EVALUATION, "evaluation_opening", ("work_summary", "event_photos", "typical_cases"), frozenset({S.PERFORMANCE_REVIEW, S.RECTIFYING, S.RECTIFICATION_SUBMITTED})),
)
SITTINGS: Final[tuple[Sitting, ...]] = (
    Sitting(S.SITE_SURVEY,           A.SURVEY_DONE,          None),
    Sitting(S.EXPERT_REVIEW,         A.REVIEW_SELECT,        A.REVIEW_REJECT),
    Sitting(S.EXPERT_REVIEW,         A.REVIEW_TO_DEPARTMENT, None),
    Sitting(S.DEPARTMENT_DISCUSSION, A.RECOMMEND,            A.NOT_RECOMMENDED),
    Sitting(S.CHAIR_MEETING,         A.CHAIR_PASS,           A.CHAIR_REJECT),
)
# fmt: on

BY_NAME: Final = {season.name: season for season in SEASONS}


def table_on(programme: Programme, on: date) -> Lifecycle:
    """The table that projects of a programme walk on a day (R-AMB-43 switches rows on and off)."""
    managed = bool(programme.setting("management_steps", on, True))
    return walked(lifecycle_of(programme.variant, managed), programme.without)


def sources_of(season: Season, programme: Programme, on: date) -> frozenset[S]:
    """The states from which a season is opened in a programme; empty where its table has no such step."""
    return frozenset(state for state, action in table_on(programme, on).index if action is season.opens)


def sittings_of(programme: Programme, on: date) -> tuple[Sitting, ...]:
    """The states of the review of a programme, in their order, with the steps that its table has there."""
    index = table_on(programme, on).index
    found = [one for one in SITTINGS if (one.state, one.passes) in index]
    return tuple(
        one if one.fails is None or (one.state, one.fails) in index else Sitting(one.state, one.passes, None)
        for one in found
    )


def papers_of(sitting: Sitting, programme: Programme, on: date) -> tuple[tuple[str, ...], ...]:
    """The papers that the passing step asks for: of each group one has to be there."""
    rows: Iterable[Row] = table_on(programme, on).index[sitting.state, sitting.passes]
    groups = dict.fromkeys(tuple(paper.split("|")) for row in rows for paper in row.papers)
    return tuple(group for group in groups if "document" not in group)
