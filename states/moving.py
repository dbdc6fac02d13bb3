"""Dates of duties that stand: moved with what they count from, put back with an undo, due today if too late.

Pure. Which duties are looked at, and what else becomes of them, is told in `states.reconcile`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from states.catalogue import Programme
from states.core_facts import fact_spec
from states.decision import Case, Duty, Move
from states.duties import Kind
from states.guards import effective
from states.names import Action as A
from states.names import DutyStatus, State
from states.names import State as S
from states.planners.plan import Planned, Situation

RESUMED = "恢复实施"
RESCHEDULED = "因会期调整"
FIXED_LATE = "会期确定过晚"
NOT_IN_TIME = "未按期"
RECEIPTS = frozenset({"evaluation.received_on", "return.received_on"})
"""Days that may be corrected after what counts from them was missed: it never was, if the day was wrong."""


@dataclass(frozen=True, slots=True)
class After:
    """The case as it will be after a step: what duties are reconciled against."""

    state: State
    facts: Mapping[str, Any]
    action: A | None
    on: date
    seq: int
    reverses: int | None = None
    why: str | None = None
    """Why dates are counted anew where no fact changed, such as a calendar that was loaded."""
    papers: tuple[str, ...] = ()
    """What the step brought."""
    on_paper: bool = False
    """Whether it brought a paper or names a document."""

    @property
    def missed_before(self) -> date:
        """A duty due before this day is missed: while the project is halted the clock stands still."""
        halted_on: date | None = self.facts.get("project.halted_on")
        return halted_on if self.state is S.HALTED and halted_on is not None else self.on


def missed(duty: Duty, after: After) -> bool:
    """Whether the day has passed, even if no sweep has come by since to say so."""
    past = duty.status is DutyStatus.OPEN and duty.late_after < after.missed_before
    return past or duty.status is DutyStatus.OVERDUE


def due_today(duty: Duty, mark: str, on: date) -> Duty:
    """A date fixed or moved too late must not evade the month (R-AMB-47, R-DL-26)."""
    step = f"法定期限 {duty.legal_due.isoformat()} 已过，改为当日 {on.isoformat()}（{mark}）"
    marks = tuple(dict.fromkeys((*duty.marks, mark, NOT_IN_TIME)))
    return replace(duty, due=on, soft_due=on, marks=marks, steps=(*duty.steps, step))


def moved(kind: Kind, duty: Duty, planned: Planned, now: Situation, after: After) -> Duty:
    """The duty by the date that is planned now, with the reason of the move; one that was missed stays."""
    same = (planned.anchor_date, planned.legal_due) == (duty.anchor_date, duty.legal_due)
    undoes = _undoes_a_move(duty, now.case, after)
    fixed = missed(duty, after) and not kind.follows_event and not undoes
    if same or (fixed and planned.anchor not in RECEIPTS):
        return duty
    fresh = redated(duty, planned)
    if undoes:
        fresh = _put_back(kind, fresh, duty, now, after)
    elif kind.follows_event:
        fresh = _with_the_event(fresh, duty, after)
    why = follows(planned, now.programme)
    if planned.anchor_date == duty.anchor_date:
        why = after.why or planned.steps[-1]
    stood = stood_by(duty) if undoes else None
    return replace(fresh, moves=(*duty.moves, Move(after.on, duty.due, fresh.due, why, amendment=stood)))


def follows(planned: Planned, programme: Programme) -> str:
    """Why a date moves whose anchor moved: which day people call by what name, and what it is now."""
    spec = fact_spec(programme, planned.anchor)
    return f"{spec.label if spec else '起算日'}改为 {planned.anchor_date.isoformat()}"


def stood_by(duty: Duty) -> int | None:
    """The amendment by which the date stood before its last move, which is undone."""
    return duty.moves[-2].amendment if len(duty.moves) > 1 else None


def _undoes_a_move(duty: Duty, case: Case, after: After) -> bool:
    """Whether the step that is undone had changed a date, and this duty's with it."""
    if after.reverses is None or not duty.moves:
        return False
    undone = case.steps[-1]
    return duty.moves[-1].on == undone.on and any(name.endswith("_on") for name in undone.restores)


def _with_the_event(fresh: Duty, duty: Duty, after: After) -> Duty:
    """A duty whose event was moved: due today if its day is past, unless it was missed already."""
    if fresh.due >= after.on:
        return replace(fresh, marks=(RESCHEDULED,))
    if not missed(duty, after):
        return due_today(replace(fresh, marks=(RESCHEDULED,)), RESCHEDULED, after.on)
    marks = tuple(dict.fromkeys((*duty.marks, RESCHEDULED)))
    return replace(fresh, due=duty.due, soft_due=duty.soft_due, status=duty.status, marks=marks)


def _put_back(kind: Kind, fresh: Duty, duty: Duty, now: Situation, after: After) -> Duty:
    """The duty as it was before the move that is undone; the only change of a date leaves no mark.

    A date that had been counted is counted again: the calendar may have changed since (R-DL-37).
    """
    *before, move = duty.moves
    decided = bool(before) and (before[-1].amendment is not None or before[-1].reason == RESUMED)
    if move.old is not None and move.old != fresh.due and (kind.follows_event or decided):
        fresh = replace(fresh, due=move.old, soft_due=move.old)
    if kind.follows_event:
        moved = any(step.action == A.RESCHEDULE_EVENT for step in effective(now.case)[:-1])
        late = fresh.due > fresh.legal_due
        marks = (RESCHEDULED,) if moved else (FIXED_LATE,) if late else ()
        fresh = replace(fresh, marks=(*marks, NOT_IN_TIME) if late else marks)
    return replace(fresh, status=DutyStatus.OVERDUE) if missed(fresh, after) else fresh


def redated(duty: Duty, planned: Planned) -> Duty:
    """The duty, owed again, by the dates that are planned now."""
    return replace(
        duty,
        anchor_date=planned.anchor_date,
        legal_due=planned.legal_due,
        due=planned.due,
        soft_due=planned.soft_due,
        provisional=planned.provisional,
        steps=planned.steps,
        status=DutyStatus.SUGGESTED if duty.suggested else DutyStatus.OPEN,
        grace_until=None,
    )
