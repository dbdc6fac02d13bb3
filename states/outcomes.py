"""Sets of states that several rules ask about: which are ends, which hold a place of a quota."""

from __future__ import annotations

from states.names import State
from states.tables import LIFECYCLES

ENDED: frozenset[State] = frozenset(state for table in LIFECYCLES.values() for state in table.ends)
"""States in which a case of whatever lifecycle has ended; none of them is on the way in another."""

_BEFORE_APPROVAL = frozenset(
    {
        State.DRAFT,
        State.SUBMITTED,
        State.RETURNED,
        State.CITY_REVIEW,
        State.FORM_REVIEW,
        State.FORM_FAILED,
        State.SITE_SURVEY,
        State.EXPERT_REVIEW,
        State.DEPARTMENT_DISCUSSION,
        State.CHAIR_MEETING,
        State.NOT_SELECTED,
        State.AWAITING_PARENT,
    }
)
NOT_APPLIED: frozenset[State] = frozenset({State.DRAFT, State.WITHDRAWN, State.FORM_FAILED})
"""States of a child that is not, or no longer, applied for together with its parent."""

_UNFUNDED = frozenset(
    state
    for name, table in LIFECYCLES.items()
    if name.startswith("award-")
    or name in ("task-checklist", "track-only", "three-discussions-one-publication")
    for state in table.states
)

COUNTED: frozenset[State] = (
    frozenset(State) - _BEFORE_APPROVAL - _UNFUNDED - {State.ABSORBED, State.WITHDRAWN}
)
"""States in which a project holds a place of its quota; absorbed children take none (R-AMB-06)."""
