"""The law of the sweep: whichever days it missed, the duties of a case are those of a sweep on every day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from states.decision import Duty, Refused
from states.names import Action, DutyStatus
from tests.factories import SOCIETY, Walk, applied, approved, context

APPROVED = date(2016, 5, 20)
DAYS = 300
Event = tuple[Action | str, dict[str, Any]]

EVENTS: tuple[Event, ...] = (
    ("report", {}),
    ("report", {}),
    (Action.FILE_FUND_METHOD, {"materials": frozenset({"fund_method"})}),
    (Action.RECORD_INSPECTION, {}),
    (Action.REQUEST_HALT, {"materials": frozenset({"halt_request"})}),
    (Action.APPROVE_HALT, {"materials": frozenset({"halt_decision"})}),
    (Action.RESUME_HALTED, {}),
    (Action.OPEN_EVALUATION, {}),
    (Action.REVERSE_STEP, {}),
    (Action.END_PILOT, {}),
    ("sweep", {}),
    ("sweep", {}),
)
_PLAN = st.lists(st.tuples(st.integers(0, DAYS), st.sampled_from(EVENTS)), max_size=24)


def pilot() -> Walk:
    """A pilot with a subsidy, on the day of its approval, in a pack that allows halts (R-AMB-43)."""
    walk = approved(SOCIETY, APPROVED)
    walk = Walk(replace(walk.case, lifecycle="fujian-society-managed"), context(SOCIETY))
    walk.do(Action.START, APPROVED, materials=frozenset({"contract"}))
    walk.do(Action.CONFIRM_PROGRESS, APPROVED, materials=frozenset({"progress_confirmation"}))
    paper = frozenset({"subsidy_decision"})
    walk.do(Action.DECIDE_SUBSIDY, APPROVED, materials=paper, values={"subsidy.amount": 8_000_000})
    return walk


def happen(walk: Walk, day: date, event: Event) -> str:
    """Let one thing happen, if it may; what became of it."""
    what, given_with = event
    if what == "sweep":
        return "swept"
    if what == "report":
        walk.open(day)
        owed = [one for one in walk.case.duties if one.slug == "monthly_progress" and one.live]
        if not owed:
            return "nothing owed"
        walk.report("monthly_progress", day, max(owed, key=lambda one: one.due).occurrence)
        return "reported"
    order, outcome = walk.ask(Action(what), day, **given_with)
    if isinstance(outcome, Refused):
        return f"refused {sorted(str(reason.rule) for reason in outcome.reasons)}"
    walk.case = applied(walk.case, order, outcome)
    return str(outcome.dest)


def run(plan: list[tuple[int, Event]], *, daily: bool) -> tuple[list[str], dict[tuple[str, str], Duty]]:
    """All that happened, and the duties after a last sweep."""
    walk, told = pilot(), []
    swept = {offset for offset, (what, _) in plan if what == "sweep"}
    for offset in range(DAYS + 1):
        day = APPROVED + timedelta(days=offset)
        if daily or offset in swept or offset == DAYS:
            walk.sweep(day)
        told += [happen(walk, day, event) for at, event in plan if at == offset]
    walk.sweep(APPROVED + timedelta(days=DAYS))
    return told, {duty.key: duty for duty in walk.case.duties}


@settings(max_examples=40, deadline=None)
@given(_PLAN)
def test_any_days_swept_leave_the_duties_of_a_sweep_on_every_day(plan: list[tuple[int, Event]]) -> None:
    """R-DL-37, R-DL-27, R-DL-09."""
    plan = sorted(plan, key=lambda one: one[0])
    assert run(plan, daily=False) == run(plan, daily=True)


@settings(max_examples=15, deadline=None)
@given(_PLAN)
def test_a_sweep_of_a_day_that_was_swept_changes_nothing(plan: list[tuple[int, Event]]) -> None:
    walk = pilot()
    for offset, event in sorted(plan, key=lambda one: one[0]):
        happen(walk, APPROVED + timedelta(days=offset), event)
    walk.sweep(APPROVED + timedelta(days=DAYS))
    before = walk.case
    assert walk.sweep(APPROVED + timedelta(days=DAYS)) == []
    assert walk.case == before


@settings(max_examples=15, deadline=None)
@given(_PLAN)
def test_no_window_is_opened_before_its_day_or_while_the_project_is_halted(
    plan: list[tuple[int, Event]],
) -> None:
    walk = pilot()
    halted: set[date] = set()
    by_day = sorted(plan, key=lambda one: one[0])
    for offset in range(DAYS + 1):
        day = APPROVED + timedelta(days=offset)
        if walk.case.state == "halted":
            halted.add(day)
            assert all(one.opened_on != day for one in walk.open(day))
        walk.sweep(day)
        for at, event in by_day:
            if at == offset:
                happen(walk, day, event)
    for duty in walk.case.duties:
        if duty.slug == "monthly_progress" and duty.status is not DutyStatus.CANCELLED:
            assert duty.opened_on is not None
            assert duty.opened_on >= duty.anchor_date
