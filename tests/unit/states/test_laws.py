"""Laws that hold on every way a case can take, and for every rhythm of sweeps."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from states.decide import decide
from states.decision import Accepted, Context, Refused
from states.kin import Parent
from states.names import Action, Role, State
from states.settable import SETS
from states.tables import LIFECYCLES, To
from tests.factories import (
    EVENT,
    EVERY_PAPER,
    EVERY_ROLE,
    FORMAL,
    LIFECYCLE_OF,
    QUOTA_HOLDERS,
    SOCIETY,
    TALENT,
    Walk,
    applied,
    case,
    command,
    context,
    started,
)

BEGIN = date(2023, 3, 1)
DAYS = st.dates(date(2020, 1, 1), date(2027, 12, 31))
TEXTS = {
    "evaluation.conclusion": st.sampled_from(["优秀", "良好", "合格", "不合格"]),
    "evaluation.has_issues": st.booleans(),
    "objection.decision": st.sampled_from(["成立", "不成立"]),
    "project.amount": st.integers(0, 10**9),
    "subsidy.amount": st.integers(1, 10**9),
}
DATED = ("_on", "_end", "event.starts_on", "event.ends_on", "publication.on", "inspection.on")
NAMES = sorted({name for names in SETS.values() for name in names} | {"event.starts_on"})


def values_of(action: Action) -> st.SearchStrategy[dict[str, Any]]:
    """Plausible values that the step may carry; a correction may carry or remove any."""

    def value(name: str) -> st.SearchStrategy[Any]:
        kind = TEXTS.get(name, DAYS if name.endswith(DATED) else st.just("某"))
        return st.none() | kind if action is Action.CORRECT_RECORD else kind

    names = NAMES if action is Action.CORRECT_RECORD else SETS.get(action, ())
    optional = {name: value(name) for name in names}
    return st.fixed_dictionaries({}, optional=optional)


def orders(state: State, lifecycle: str) -> st.SearchStrategy[tuple[Action, dict[str, Any]]]:
    """Mostly a step that the table allows here, sometimes any other."""
    allowed = LIFECYCLES[lifecycle].allowed[state]
    action = st.sampled_from(allowed) | st.sampled_from(allowed) | st.sampled_from(list(Action))
    return action.flatmap(lambda a: st.tuples(st.just(a), values_of(a)))


FUNDED = ("base", "parent-child", "two-year-talent", "fujian-society", "fujian-society-managed")
"""Lifecycles that a walk can begin in the middle of; the others begin at their entry."""


def begun(slug: str, stage: str, lifecycle: str) -> Walk:
    """A walk at the entry, at the review, or running, with an event a hundred days ahead."""
    if lifecycle not in FUNDED:
        return Walk.of(slug, state=LIFECYCLES[lifecycle].entry)
    if stage == "running":
        return started(slug, BEGIN, {"event.starts_on": BEGIN + timedelta(days=100)})
    walk = Walk.of(slug)
    if stage == "review":
        for action in (Action.SUBMIT, Action.ACCEPT_FOR_FORM_REVIEW, Action.FORM_PASS):
            walk.do(action, BEGIN)
    return walk


@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(data=st.data(), lifecycle=st.sampled_from(sorted(LIFECYCLES)), length=st.integers(5, 25))
def test_no_way_leaves_the_table_or_the_quota_and_every_step_can_be_undone(
    data: st.DataObject, lifecycle: str, length: int
) -> None:
    table = LIFECYCLES[lifecycle]
    slug = LIFECYCLE_OF[lifecycle]
    parent = data.draw(st.none() | st.sampled_from(sorted(table.states)).map(lambda s: Parent("p", s, False)))
    walk = begun(slug, data.draw(st.sampled_from(["draft", "review", "running"])), lifecycle)
    walk.case = replace(walk.case, lifecycle=lifecycle, marked=data.draw(st.booleans()), plan_on=BEGIN)
    walk.context = context(slug, parent=parent)
    quota = walk.context.programme.quota_on(date(2027, 1, 1))
    taken = data.draw(st.integers((quota or 12) - 1, (quota or 12) + 1))
    walk.context = replace(walk.context, quota_taken=taken)
    already = walk.case.state in QUOTA_HOLDERS
    today = BEGIN
    for n in range(length):
        today += timedelta(days=data.draw(st.integers(0, 120)))
        walk.sweep(today)
        action, values = data.draw(orders(walk.case.state, lifecycle))
        order = command(
            action,
            today,
            actor=f"甲{n}",
            reason="理由",
            document=FORMAL,
            materials=EVERY_PAPER,
            values=values,
        )
        outcome = decide(walk.case, order, walk.context)
        if isinstance(outcome, Accepted):
            before = walk.case
            walk.case = applied(before, order, outcome)
            if order.action is not Action.REVERSE_STEP:
                undone_as_it_was(walk, before, today, walk.context)
        else:
            assert outcome.reasons
        assert walk.case.state in table.states
        assert already or quota is None or taken < quota or walk.case.state not in QUOTA_HOLDERS
        assert len({duty.key for duty in walk.case.duties}) == len(walk.case.duties)


def full(world: Context, today: date) -> bool:
    """Whether every place of the pool is taken by others."""
    quota = world.programme.quota_on(today)
    return quota is not None and not world.programme.already_decided and world.quota_taken >= quota


def undone_as_it_was(walk: Walk, before: Any, today: date, world: Context) -> None:
    """Undoing the last step gives state, facts, flags and what is owed as they were before it.

    Only a place that was given up and is taken by another cannot be had back.
    """
    order = command(Action.REVERSE_STEP, today, actor="另一人", reason="理由")
    outcome = decide(walk.case, order, world)
    if before.state in QUOTA_HOLDERS and walk.case.state not in QUOTA_HOLDERS and full(world, today):
        assert isinstance(outcome, Refused)
        assert [reason.rule for reason in outcome.reasons] == ["R-LIFE-63"]
        return
    assert isinstance(outcome, Accepted)
    back = applied(walk.case, order, outcome)
    assert (back.state, back.facts, back.flags) == (before.state, before.facts, before.flags)
    owed = {d.key: (d.due, d.status) for d in before.duties if d.live}
    assert {d.key: (d.due, d.status) for d in back.duties if d.live} == owed
    own = command(Action.REVERSE_STEP, today, actor=walk.case.steps[-1].actor, reason="理由")
    assert not isinstance(decide(walk.case, own, world), Accepted)


@settings(max_examples=60, deadline=None)
@given(
    data=st.data(),
    lifecycle=st.sampled_from(sorted(LIFECYCLES)),
    roles=st.frozensets(st.sampled_from(sorted(Role)), max_size=3),
    papers=st.frozensets(st.sampled_from(sorted(EVERY_PAPER)), max_size=3),
    reason=st.none() | st.just("理由"),
)
def test_a_decision_is_a_value_that_changes_nothing_and_is_the_same_every_time(
    data: st.DataObject, lifecycle: str, roles: frozenset[Role], papers: frozenset[str], reason: str | None
) -> None:
    state = data.draw(st.sampled_from(sorted(LIFECYCLES[lifecycle].states)))
    action, values = data.draw(orders(state, lifecycle))
    slug = LIFECYCLE_OF[lifecycle]
    now, world = case(slug, state, lifecycle=lifecycle), context(slug)
    order = command(action, roles=roles, materials=papers, reason=reason, values=values)
    untouched = copy.deepcopy((now, order))
    assert decide(now, order, world) == decide(now, order, world)
    assert (now, order) == untouched


@given(lifecycle=st.sampled_from(sorted(LIFECYCLES)), data=st.data())
def test_more_roles_never_forbid_what_fewer_allow(lifecycle: str, data: st.DataObject) -> None:
    state = data.draw(st.sampled_from(sorted(LIFECYCLES[lifecycle].states)))
    action, values = data.draw(orders(state, lifecycle))
    role = data.draw(st.sampled_from(sorted(Role)))
    slug = LIFECYCLE_OF[lifecycle]
    now = case(slug, state, lifecycle=lifecycle)
    few = decide(now, command(action, roles=frozenset({role}), values=values, on_paper=True), context(slug))
    all_roles = decide(now, command(action, roles=EVERY_ROLE, values=values, on_paper=True), context(slug))
    if isinstance(few, Accepted):
        assert isinstance(all_roles, Accepted)
    elif not isinstance(all_roles, Accepted):
        assert few.forbidden or not all_roles.forbidden


def running(slug: str, start: date) -> Walk:
    """A walk that owes things: in Fujian a rectification, elsewhere what its programme prints."""
    walk = started(slug, start, {"event.starts_on": start + timedelta(days=100)})
    if slug == SOCIETY:
        walk.do(Action.OPEN_EVALUATION, start)
        values = {"evaluation.conclusion": "合格", "evaluation.has_issues": True}
        walk.do(Action.RECORD_EVALUATION, start, materials=frozenset({"evaluation_report"}), values=values)
        walk.do(Action.EVALUATE_ISSUES, start)
        walk.do(Action.RECORD_RECEIPT, start, values={"evaluation.received_on": start})
    return walk


@settings(max_examples=40, deadline=None)
@given(
    slug=st.sampled_from([EVENT, TALENT, SOCIETY]),
    start=st.dates(date(2020, 5, 1), date(2024, 6, 30)),
    gaps=st.lists(st.integers(0, 60), min_size=1, max_size=20),
)
def test_any_rhythm_of_sweeps_marks_the_same_duties_and_says_a_part_of_what_daily_sweeps_say(
    slug: str, start: date, gaps: list[int]
) -> None:
    days = [start + timedelta(days=sum(gaps[: n + 1])) for n in range(len(gaps))]
    daily, seldom = running(slug, start), running(slug, start)
    daily.sweep_daily(start, days[-1])
    for today in days:
        seldom.sweep(today)
    assert seldom.overdue() == daily.overdue()
    said = {(key, offset) for _, key, offset in daily.sent}
    assert {(key, offset) for _, key, offset in seldom.sent} <= said
    assert len({(day, key) for day, key, _ in seldom.sent}) == len(seldom.sent)
    # What was said before and on the day is stale once the duty is overdue, even if that is said on a later
    # working day only; and so is whatever was said of a window that lapsed.
    late, owed = daily.overdue(), {duty.key for duty in daily.case.duties if duty.live}
    latest = {key: n for _, key, n in daily.sent if key in owed and (n > 0 or key not in late)}
    assert {key: n for _, key, n in seldom.sent if key in owed and (n > 0 or key not in late)} == latest


def test_every_state_that_is_no_end_always_has_a_way_on() -> None:
    for name, table in LIFECYCLES.items():
        for state in table.states - table.ends:
            moving = [
                action
                for (source, action), rows in table.index.items()
                if source == state and any(row.dest not in (To.SAME, To.PREVIOUS) for row in rows)
            ]
            assert moving, (name, state)
