"""What a lifecycle table is made of: a row, its destinations and forms of writing, and the table itself.

Only shapes and the questions that a table answers about itself; the rows stand in the files beside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from states.names import Action as A
from states.names import Role as R
from states.names import State as S

AMENDMENTS: frozenset[A] = frozenset({A.AMEND_DEADLINES, A.ADJUST_GRACE, A.UNDO_AMENDMENT})
"""Steps that many projects take together by a command of their own, and that are undone as a whole."""


class To(StrEnum):
    """Destinations that depend on the case."""

    SAME = "same"
    RETURN = "return_to"
    PREVIOUS = "previous"


class Writing(StrEnum):
    """How far a step must be in writing."""

    NO = "no"
    WRITTEN = "written"
    """A paper, a document number or a written reason must come with it."""
    FORMAL = "formal"
    """A formal document with number and date must come with it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One transition. `papers` are material slugs ("a|b": one of them, "document": a document number)."""

    rule: str
    action: A
    sources: tuple[S, ...]
    dest: S | To
    roles: tuple[R, ...]
    guards: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    writing: Writing = Writing.NO
    document: str | None = None
    quote: str | None = None
    when: str | None = None
    reopens: bool = False


@dataclass(frozen=True)
class Lifecycle:
    """A named table with its entry and its ends."""

    name: str
    label: str
    rule: str
    entry: S
    ends: frozenset[S]
    rows: tuple[Row, ...]
    hands_in: A | None = None
    """The step by which `apply` hands a case in; None where a case is only recorded."""

    @cached_property
    def states(self) -> frozenset[S]:
        """Every state that a row of the table names."""
        named = {s for row in self.rows for s in row.sources if row.sources != ANY}
        return frozenset(named | {row.dest for row in self.rows if isinstance(row.dest, S)})

    @cached_property
    def index(self) -> dict[tuple[S, A], tuple[Row, ...]]:
        """Rows by (state, action), conditional ones before the unconditional."""
        found: dict[tuple[S, A], list[Row]] = {}
        for row in sorted(self.rows, key=lambda r: r.when is None):
            for source in self.states if row.sources == ANY else row.sources:
                found.setdefault((source, row.action), []).append(row)
        return {key: tuple(rows) for key, rows in found.items()}

    @cached_property
    def allowed(self) -> dict[S, tuple[A, ...]]:
        """The actions that somebody may take, by state, in table order; what only the system does, and what
        has a command of its own, is none.
        """
        single = [row for row in self.rows if row.action not in AMENDMENTS and set(row.roles) != {R.SYSTEM}]
        order = list(dict.fromkeys(row.action for row in single))
        return {s: tuple(a for a in order if (s, a) in self.index) for s in self.states}


ANY: tuple[S, ...] = ()
"""Sources of a row that applies in every state, terminal ones too."""


def within(states: frozenset[S], *parts: Iterable[Row]) -> tuple[Row, ...]:
    """The rows of the parts as far as they lie within a set of states: a variant is such a set.

    Sources outside are left away; a row without a source, or with a destination outside, is left out.
    """
    kept = []
    for row in (each for part in parts for each in part):
        sources = tuple(state for state in row.sources if state in states)
        lost = not sources and row.sources != ANY
        if not lost and (isinstance(row.dest, To) or row.dest in states):
            kept.append(replace(row, sources=sources))
    return tuple(kept)


def without(table: Lifecycle, actions: Iterable[A]) -> Lifecycle:
    """The table as a programme walks it that leaves some actions out."""
    left_out = frozenset(actions)
    rows = tuple(row for row in table.rows if row.action not in left_out)
    return replace(table, rows=rows) if left_out else table


NO, WRITTEN, FORMAL = Writing.NO, Writing.WRITTEN, Writing.FORMAL
H20, H21, H23, F16 = "henan-2020", "henan-2021", "henan-2023", "fujian-2016"

APPLICANT = (R.APPLICANT,)
UNIT = (R.UNDERTAKING_UNIT,)
ASSOCIATION = (R.PROV_ASSOCIATION,)
CHECKER = (R.FORM_CHECKER,)
CENTRE = (R.SERVICE_CENTRE,)
DEPARTMENT = (R.ACADEMIC_DEPARTMENT,)
CHAIR = (R.CHAIR_MEETING,)
CITY = (R.CITY_KX_REVIEWER,)
RECORDERS = (R.CLERK, R.PROV_ASSOCIATION)
EVALUATORS = (R.EVALUATOR, R.PROV_ASSOCIATION, R.ACADEMIC_DEPARTMENT)
ASSOCIATION_OR_DEPARTMENT = (R.PROV_ASSOCIATION, R.ACADEMIC_DEPARTMENT)
ASSOCIATION_OR_UNIT = (R.PROV_ASSOCIATION, R.UNDERTAKING_UNIT)
SYSTEM = (R.SYSTEM,)
"""Who takes the steps, as the rows name them."""
