"""What becomes of duties when a case takes a step: opened, moved, met, suspended, resumed, cancelled.

The plan (`states.duties`) is compared with what stands; each difference carries its reason, and
nothing that was missed is ever made unmissed by a plan (R-DL-25…27, R-AMB-32, R-AMB-47).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from states.calendar import Calendar
from states.catalogue import DutySpec, Programme
from states.decision import Case, Duty, Move, Step
from states.duties import KINDS, Kind
from states.moving import (
    FIXED_LATE,
    NOT_IN_TIME,
    RESUMED,
    After,
    due_today,
    follows,
    missed,
    moved,
    redated,
    stood_by,
)
from states.names import Action as A
from states.names import DutyStatus
from states.names import State as S
from states.planners.event import cancelled
from states.planners.plan import Planned, Situation, begun
from states.planners.windows import LAPSED
from states.proof import Proof
from states.waiver import WAIVED

UNPROVEN = "未附回执"
"""The remark on a day of receipt that nobody proved; periods run from it all the same (R-DL-06)."""
_RECEIPTS = ("result_receipt", "completion_receipt")
_ENDINGS = frozenset({LAPSED, WAIVED, UNPROVEN})
"""Remarks that tell how a duty came to be owed no longer: they go with an undo that lets it be owed again."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What becomes of the duties of a case."""

    duties: tuple[Duty, ...]
    """Every duty that is new or differs."""
    plan_on: date | None
    """The next day on which a window begins or one that nobody used lapses; None where none is to come."""


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
        if after.state in kind.live:
            turns = (opening, *(window.lapses_on for window in windows))
            openings += [day for day in turns if day is not None and day > after.on]
        planned = {(kind.slug, window.occurrence): window for window in windows}
        for key in planned.keys() | mine.keys():
            duty = _next(kind, spec, mine.get(key), planned.get(key), now, after)
            if duty is not None:
                wanted[key] = duty
    changed = tuple(duty for key, duty in sorted(wanted.items()) if before.get(key) != duty)
    return Reconciled(changed, min(openings, default=None))


def _unwound(duty: Duty, undone: Step, after: After) -> Duty:
    """A duty as it stood before the step that is undone: open again, with its former date and marks."""
    last = duty.moves[-1] if duty.moves else None
    if undone.action == A.RESUME_HALTED and last and (last.on, last.reason) == (undone.on, RESUMED):
        old = last.old or duty.legal_due
        back = Move(after.on, duty.due, old, "撤销恢复实施", amendment=stood_by(duty))
        duty = replace(duty, due=old, soft_due=old, moves=(*duty.moves, back))
    if undone.action == A.ACCEPT_RESCHEDULE and duty.marks and duty.due > duty.legal_due:
        late = DutyStatus.LATE if duty.status is DutyStatus.MET else duty.status
        duty = replace(duty, status=late, marks=tuple(dict.fromkeys((*duty.marks, NOT_IN_TIME))))
    suspended = duty.status is DutyStatus.SUSPENDED and after.state is not S.HALTED
    if duty.closed_seq != after.reverses and not suspended:
        return duty
    status = DutyStatus.SUGGESTED if duty.suggested else DutyStatus.OPEN
    proofs = tuple(proof for proof in duty.proofs if proof.seq != after.reverses)
    marks = tuple(mark for mark in duty.marks if mark not in _ENDINGS)
    duty = replace(duty, status=status, met_on=None, closed_seq=None, proofs=proofs, marks=marks)
    return replace(duty, status=DutyStatus.OVERDUE) if missed(duty, after) else duty


def _next(
    kind: Kind, spec: DutySpec, duty: Duty | None, planned: Planned | None, now: Situation, after: After
) -> Duty | None:
    live = after.state in kind.live and planned is not None
    if duty is None:
        return _opened(kind, spec, planned, now, after) if live and planned else None
    if LAPSED in duty.marks:
        return duty
    if after.action is A.ACCEPT_RESCHEDULE and NOT_IN_TIME in duty.marks:
        return _excused(duty)
    if duty.live and (after.action in kind.met_by or _fact_met(kind, after)):
        return _met_by_step(kind, duty, after)
    off = kind.follows_event and cancelled(after.facts)
    if duty.live and after.state is S.HALTED:
        return duty if missed(duty, after) else replace(duty, status=DutyStatus.SUSPENDED)
    if off and (duty.live or (duty.status is DutyStatus.SUSPENDED and live)):
        return duty if duty.live and missed(duty, after) else _waiting(duty, planned, now, after)
    if not live or planned is None:
        return _shelved(duty, after)
    if duty.live:
        return _lapsed(moved(kind, duty, planned, now, after), planned, after)
    if duty.status in (DutyStatus.SUSPENDED, DutyStatus.CANCELLED) or _reopens(kind, duty, after):
        return _lapsed(_reopened(kind, duty, planned, now, after), planned, after)
    return duty


def _met_by_step(kind: Kind, duty: Duty, after: After) -> Duty:
    """The duty as a step or a fact fulfilled it, with the papers of that step."""
    form = str(after.action) if after.action in kind.met_by else str(kind.met_by_fact)
    done = met(duty, after.on, after.seq, Proof(after.on, form, after.seq, after.papers))
    unproven = duty.slug in _RECEIPTS and not after.on_paper
    return replace(done, marks=(*done.marks, UNPROVEN)) if unproven else done


def _excused(duty: Duty) -> Duty:
    """The reason for a late date is accepted: a report by the date set then was in time (R-AMB-47)."""
    marks = tuple(mark for mark in duty.marks if mark != NOT_IN_TIME)
    in_time = duty.status is DutyStatus.LATE and duty.met_on is not None and duty.met_on <= duty.due
    return replace(duty, marks=marks, status=DutyStatus.MET if in_time else duty.status)


def _fact_met(kind: Kind, after: After) -> bool:
    return kind.met_by_fact is not None and after.facts.get(kind.met_by_fact) is not None


def _waiting(duty: Duty, planned: Planned | None, now: Situation, after: After) -> Duty:
    """A duty of a cancelled event: it waits, by the date that the event has meanwhile (R-AMB-47)."""
    if planned is None or (planned.anchor_date, planned.legal_due) == (duty.anchor_date, duty.legal_due):
        return replace(duty, status=DutyStatus.SUSPENDED)
    move = Move(after.on, duty.due, planned.due, follows(planned, now.programme))
    fresh = redated(duty, planned)
    return replace(fresh, status=DutyStatus.SUSPENDED, moves=(*duty.moves, move))


def _reopens(kind: Kind, duty: Duty, after: After) -> bool:
    """What was met is owed again: a returned rectification with its date unchanged (R-AMB-32), the halt of a
    cancelled event that was not granted (R-AMB-47), a day that was recorded and taken back (R-AMB-24).
    """
    if duty.status is DutyStatus.WAIVED:
        return False
    if duty.slug == "rectification_report":
        return after.action is A.RETURN_RECTIFICATION
    if duty.slug == "halt_request":
        return after.action in (A.CANCEL_REQUEST, A.REFUSE_HALT)
    return kind.met_by_fact is not None and not _fact_met(kind, after)


def _shelved(duty: Duty, after: After) -> Duty:
    """A duty that is owed no longer: what was missed stays missed, the rest is cancelled (R-SANC-13)."""
    undone = after.reverses is not None and (duty.opened_seq or 0) >= after.reverses
    if missed(duty, after) and not undone:
        closed = after.seq if duty.closed_seq is None else duty.closed_seq
        return replace(duty, status=DutyStatus.OVERDUE, closed_seq=closed)
    suspended = duty.status is DutyStatus.SUSPENDED
    if not duty.live and not (suspended and after.state is not S.HALTED):
        return duty
    return replace(duty, status=DutyStatus.CANCELLED, closed_seq=after.seq)


def met(duty: Duty, on: date, seq: int, proof: Proof) -> Duty:
    """The duty as fulfilled on a day: late after its due date and grace, or when a late date made it so."""
    late = not duty.suggested and (on > duty.late_after or NOT_IN_TIME in duty.marks)
    status = DutyStatus.LATE if late else DutyStatus.MET
    return replace(duty, status=status, met_on=on, closed_seq=seq, proofs=(*duty.proofs, proof))


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
        opened_on=_opening_day(planned, now.case, after),
        opened_seq=after.seq,
    )
    if kind.follows_event and planned.due < after.on:
        return due_today(duty, FIXED_LATE, after.on)
    return _lapsed(duty, planned, after)


def _lapsed(duty: Duty, planned: Planned, after: After) -> Duty:
    """A suggested window is owed no longer from the day on which it lapses; anything else is as it was."""
    over = planned.lapses_on is not None and planned.lapses_on <= after.on
    if not (over and duty.live and duty.suggested):
        return duty
    return replace(duty, status=DutyStatus.CANCELLED, closed_seq=after.seq, marks=(*duty.marks, LAPSED))


def _opening_day(planned: Planned, case: Case, after: After) -> date:
    """The day on which a duty is opened: of a window its own, however late a sweep comes by to open it.

    A window that a step makes known opens with the step: nothing is said about the past.
    """
    if planned.opens_on is None or after.action is not None or not case.steps:
        return after.on
    return min(after.on, max(planned.opens_on, case.steps[-1].on))


def _again(duty: Duty, planned: Planned) -> Duty:
    """The duty by its plan; while that is the same, a date or a grace that was decided stands."""
    same = (planned.anchor_date, planned.legal_due) == (duty.anchor_date, duty.legal_due)
    if same and (duty.amended_by is not None or duty.grace_until is not None):
        return replace(duty, status=DutyStatus.SUGGESTED if duty.suggested else DutyStatus.OPEN)
    return redated(duty, planned)


def _reopened(kind: Kind, duty: Duty, planned: Planned, now: Situation, after: After) -> Duty:
    fresh = replace(_again(duty, planned), met_on=None, closed_seq=None, marks=duty.marks)
    suspended = duty.status is DutyStatus.SUSPENDED
    halted_on: date | None = now.case.facts.get("project.halted_on") if suspended else None
    if halted_on is not None and halted_on <= duty.due and fresh.due < after.on:
        due = after.on + (duty.due - halted_on)
        step = f"自恢复之日 {after.on.isoformat()} 起续算剩余期限，至 {due.isoformat()}"
        fresh = replace(fresh, due=due, soft_due=due, steps=(*fresh.steps, step), grace_until=None)
    if kind.follows_event and duty.status is DutyStatus.CANCELLED and planned.due < after.on:
        fresh = due_today(fresh, FIXED_LATE, after.on)
    if fresh.due == duty.due:
        return fresh
    why = RESUMED if suspended else "重新开启"
    return replace(fresh, moves=(*duty.moves, Move(after.on, duty.due, fresh.due, why)))
