"""What becomes of duties when a case takes a step: opened, moved, met, suspended, resumed, cancelled.

The plan (`states.duties`) is compared with what stands; each difference carries its reason, and
nothing that was missed is ever made unmissed by a plan (R-DL-25…27, R-AMB-32, R-AMB-47).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from states.calendar import Calendar
from states.catalogue import DutySpec, Programme
from states.decision import Case, Duty, Move, Step
from states.duties import KINDS, Kind
from states.guards import effective
from states.names import Action as A
from states.names import DutyStatus, State
from states.names import State as S
from states.planners.event import cancelled
from states.planners.plan import Planned, Situation, begun

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

    @property
    def missed_before(self) -> date:
        """A duty due before this day is missed: while the project is halted the clock stands still."""
        halted_on: date | None = self.facts.get("project.halted_on")
        return halted_on if self.state is S.HALTED and halted_on is not None else self.on


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What becomes of the duties of a case."""

    duties: tuple[Duty, ...]
    """Every duty that is new or differs."""
    plan_on: date | None
    """The next day on which a window of a recurring duty begins; None where none is to come."""


def reconcile(case: Case, programme: Programme, calendar: Calendar, after: After) -> Reconciled:
    """Compare what should be owed after a step, or by a day, with what stands (R-DL-25…27, R-AMB-47)."""
    undone = case.steps[-1] if after.reverses is not None and case.steps else None
    standing = {duty.key: _unwound(duty, undone, after) if undone else duty for duty in case.duties}
    before = {duty.key: duty for duty in case.duties}
    now = Situation(case, after.state, after.facts, programme, calendar, after.action, after.on)
    wanted: dict[tuple[str, str], Duty] = {}
    openings: list[date] = []
    for kind in KINDS:
        spec = programme.duties.get(kind.slug)
        mine = {key: duty for key, duty in standing.items() if key[0] == kind.slug}
        if spec is None:
            wanted |= {key: _shelved(duty, after) for key, duty in mine.items()}
            continue
        stood = {duty.occurrence: duty.opened_on for duty in mine.values()}
        windows, opening = begun(kind.plan(now, spec), after.on, stood)
        if opening is not None and after.state in kind.live:
            openings.append(opening)
        planned = {(kind.slug, window.occurrence): window for window in windows}
        for key in planned.keys() | mine.keys():
            duty = _next(kind, spec, mine.get(key), planned.get(key), now, after)
            if duty is not None:
                wanted[key] = duty
    changed = tuple(duty for key, duty in sorted(wanted.items()) if before.get(key) != duty)
    return Reconciled(changed, min(openings, default=None))


def _unwound(duty: Duty, undone: Step, after: After) -> Duty:
    """A duty as it stood before the step that is undone: open again, with its former date and marks."""
    moved = duty.moves[-1] if duty.moves else None
    if undone.action == A.RESUME_HALTED and moved and (moved.on, moved.reason) == (undone.on, RESUMED):
        old = moved.old or duty.legal_due
        back = Move(after.on, duty.due, old, "撤销恢复实施", amendment=_stood_by(duty))
        duty = replace(duty, due=old, soft_due=old, moves=(*duty.moves, back))
    if undone.action == A.ACCEPT_RESCHEDULE and duty.marks and duty.due > duty.legal_due:
        late = DutyStatus.LATE if duty.status is DutyStatus.MET else duty.status
        duty = replace(duty, status=late, marks=tuple(dict.fromkeys((*duty.marks, NOT_IN_TIME))))
    suspended = duty.status is DutyStatus.SUSPENDED and after.state is not S.HALTED
    if duty.closed_seq != after.reverses and not suspended:
        return duty
    status = DutyStatus.SUGGESTED if duty.suggested else DutyStatus.OPEN
    duty = replace(duty, status=status, met_on=None, closed_seq=None)
    return replace(duty, status=DutyStatus.OVERDUE) if _missed(duty, after) else duty


def _missed(duty: Duty, after: After) -> bool:
    """Whether the day has passed, even if no sweep has come by since to say so."""
    past = duty.status is DutyStatus.OPEN and duty.late_after < after.missed_before
    return past or duty.status is DutyStatus.OVERDUE


def _next(
    kind: Kind, spec: DutySpec, duty: Duty | None, planned: Planned | None, now: Situation, after: After
) -> Duty | None:
    live = after.state in kind.live and planned is not None
    if duty is None:
        return _opened(kind, spec, planned, now, after) if live and planned else None
    if after.action is A.ACCEPT_RESCHEDULE and NOT_IN_TIME in duty.marks:
        return _excused(duty)
    if duty.live and (after.action in kind.met_by or _fact_met(kind, after)):
        return met(duty, after.on, after.seq)
    off = kind.follows_event and cancelled(after.facts)
    if duty.live and after.state is S.HALTED:
        return duty if _missed(duty, after) else replace(duty, status=DutyStatus.SUSPENDED)
    if off and (duty.live or (duty.status is DutyStatus.SUSPENDED and live)):
        return duty if duty.live and _missed(duty, after) else _waiting(duty, planned, after)
    if not live or planned is None:
        return _shelved(duty, after)
    if duty.live:
        return _moved(kind, duty, planned, now, after)
    if duty.status in (DutyStatus.SUSPENDED, DutyStatus.CANCELLED) or _reopens(kind, duty, after):
        return _reopened(kind, duty, planned, now, after)
    return duty


def _excused(duty: Duty) -> Duty:
    """The reason for a late date is accepted: a report by the date set then was in time (R-AMB-47)."""
    marks = tuple(mark for mark in duty.marks if mark != NOT_IN_TIME)
    in_time = duty.status is DutyStatus.LATE and duty.met_on is not None and duty.met_on <= duty.due
    return replace(duty, marks=marks, status=DutyStatus.MET if in_time else duty.status)


def _fact_met(kind: Kind, after: After) -> bool:
    return kind.met_by_fact is not None and after.facts.get(kind.met_by_fact) is not None


def _waiting(duty: Duty, planned: Planned | None, after: After) -> Duty:
    """A duty of a cancelled event: it waits, by the date that the event has meanwhile (R-AMB-47)."""
    if planned is None or (planned.anchor_date, planned.legal_due) == (duty.anchor_date, duty.legal_due):
        return replace(duty, status=DutyStatus.SUSPENDED)
    moved = Move(after.on, duty.due, planned.due, f"{planned.anchor} 改为 {planned.anchor_date.isoformat()}")
    fresh = _redated(duty, planned)
    return replace(fresh, status=DutyStatus.SUSPENDED, moves=(*duty.moves, moved))


def _reopens(kind: Kind, duty: Duty, after: After) -> bool:
    """What was met is owed again: a returned rectification with its date unchanged (R-AMB-32), the halt of a
    cancelled event that was not granted (R-AMB-47), a day that was recorded and taken back (R-AMB-24).
    """
    if duty.slug == "rectification_report":
        return after.action is A.RETURN_RECTIFICATION
    if duty.slug == "halt_request":
        return after.action in (A.CANCEL_REQUEST, A.REFUSE_HALT)
    return kind.met_by_fact is not None and not _fact_met(kind, after)


def _shelved(duty: Duty, after: After) -> Duty:
    """A duty that is owed no longer: what was missed stays missed, the rest is cancelled (R-SANC-13)."""
    undone = after.reverses is not None and (duty.opened_seq or 0) >= after.reverses
    if _missed(duty, after) and not undone:
        closed = after.seq if duty.closed_seq is None else duty.closed_seq
        return replace(duty, status=DutyStatus.OVERDUE, closed_seq=closed)
    suspended = duty.status is DutyStatus.SUSPENDED
    if not duty.live and not (suspended and after.state is not S.HALTED):
        return duty
    return replace(duty, status=DutyStatus.CANCELLED, closed_seq=after.seq)


def met(duty: Duty, on: date, seq: int) -> Duty:
    """The duty as fulfilled on a day: late after its due date and grace, or when a late date made it so."""
    late = not duty.suggested and (on > duty.late_after or NOT_IN_TIME in duty.marks)
    status = DutyStatus.LATE if late else DutyStatus.MET
    return replace(duty, status=status, met_on=on, closed_seq=seq)


def _opened(kind: Kind, spec: DutySpec, planned: Planned, now: Situation, after: After) -> Duty | None:
    if _fact_met(kind, after):
        return None
    duty = Duty(
        slug=kind.slug,
        occurrence=planned.occurrence,
        rule=spec.rule,
        label=spec.label,
        owed_by=spec.owed_by,
        anchor=planned.anchor,
        anchor_date=planned.anchor_date,
        legal_due=planned.legal_due,
        due=planned.due,
        soft_due=planned.soft_due,
        provisional=planned.provisional,
        suggested=spec.suggested,
        status=DutyStatus.SUGGESTED if spec.suggested else DutyStatus.OPEN,
        steps=planned.steps,
        opened_on=_opening_day(kind, planned, now.case, after.on),
        opened_seq=after.seq,
    )
    if kind.follows_event and planned.due < after.on:
        return _due_today(duty, FIXED_LATE, after.on)
    return duty


def _opening_day(kind: Kind, planned: Planned, case: Case, on: date) -> date:
    """The day on which a duty is opened: of a window its own, however late a sweep comes by to open it.

    Never a day before the project came into a state in which it is owed: nothing is said about the past.
    """
    if planned.opens_on is None or case.state not in kind.live or not case.steps:
        return on
    return min(on, max(planned.opens_on, case.steps[-1].on))


def _due_today(duty: Duty, mark: str, on: date) -> Duty:
    """A date fixed or moved too late must not evade the month (R-AMB-47, R-DL-26)."""
    step = f"法定期限 {duty.legal_due.isoformat()} 已过，改为当日 {on.isoformat()}（{mark}）"
    marks = tuple(dict.fromkeys((*duty.marks, mark, NOT_IN_TIME)))
    return replace(duty, due=on, soft_due=on, marks=marks, steps=(*duty.steps, step))


def _moved(kind: Kind, duty: Duty, planned: Planned, now: Situation, after: After) -> Duty:
    same = (planned.anchor_date, planned.legal_due) == (duty.anchor_date, duty.legal_due)
    undoes = _undoes_a_move(duty, now.case, after)
    missed = _missed(duty, after) and not kind.follows_event and not undoes
    if same or (missed and planned.anchor not in RECEIPTS):
        return duty
    fresh = _redated(duty, planned)
    if undoes:
        fresh = _put_back(kind, fresh, duty.moves[-1], now, after)
    elif kind.follows_event:
        fresh = _with_the_event(fresh, duty, after)
    why = f"{planned.anchor} 改为 {planned.anchor_date.isoformat()}"
    if planned.anchor_date == duty.anchor_date:
        why = after.why or planned.steps[-1]
    stood = _stood_by(duty) if undoes else None
    return replace(fresh, moves=(*duty.moves, Move(after.on, duty.due, fresh.due, why, amendment=stood)))


def _stood_by(duty: Duty) -> int | None:
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
    if not _missed(duty, after):
        return _due_today(replace(fresh, marks=(RESCHEDULED,)), RESCHEDULED, after.on)
    marks = tuple(dict.fromkeys((*duty.marks, RESCHEDULED)))
    return replace(fresh, due=duty.due, soft_due=duty.soft_due, status=duty.status, marks=marks)


def _put_back(kind: Kind, fresh: Duty, move: Move, now: Situation, after: After) -> Duty:
    """The duty as it was before the move that is undone; the only change of a date leaves no mark."""
    if move.old is not None and move.old != fresh.due:
        fresh = replace(fresh, due=move.old, soft_due=move.old)
    if kind.follows_event:
        moved = any(step.action == A.RESCHEDULE_EVENT for step in effective(now.case)[:-1])
        late = fresh.due > fresh.legal_due
        marks = (RESCHEDULED,) if moved else (FIXED_LATE,) if late else ()
        fresh = replace(fresh, marks=(*marks, NOT_IN_TIME) if late else marks)
    return replace(fresh, status=DutyStatus.OVERDUE) if _missed(fresh, after) else fresh


def _redated(duty: Duty, planned: Planned) -> Duty:
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


def _again(duty: Duty, planned: Planned) -> Duty:
    """The duty by its plan; while that is the same, a date or a grace that was decided stands."""
    same = (planned.anchor_date, planned.legal_due) == (duty.anchor_date, duty.legal_due)
    if same and (duty.amended_by is not None or duty.grace_until is not None):
        return replace(duty, status=DutyStatus.SUGGESTED if duty.suggested else DutyStatus.OPEN)
    return _redated(duty, planned)


def _reopened(kind: Kind, duty: Duty, planned: Planned, now: Situation, after: After) -> Duty:
    fresh = replace(_again(duty, planned), met_on=None, closed_seq=None, marks=duty.marks)
    suspended = duty.status is DutyStatus.SUSPENDED
    halted_on: date | None = now.case.facts.get("project.halted_on") if suspended else None
    if halted_on is not None and halted_on <= duty.due and fresh.due < after.on:
        due = after.on + (duty.due - halted_on)
        step = f"自恢复之日 {after.on.isoformat()} 起续算剩余期限，至 {due.isoformat()}"
        fresh = replace(fresh, due=due, soft_due=due, steps=(*fresh.steps, step), grace_until=None)
    if kind.follows_event and duty.status is DutyStatus.CANCELLED and planned.due < after.on:
        fresh = _due_today(fresh, FIXED_LATE, after.on)
    if fresh.due == duty.due:
        return fresh
    why = RESUMED if suspended else "重新开启"
    return replace(fresh, moves=(*duty.moves, Move(after.on, duty.due, fresh.due, why)))
