"""The tables hold exactly the expected rows, and every triple of state, action and role is decided."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from states.decide import decide
from states.decision import Accepted, Refused
from states.names import REPRESENTABLE, Action, Role, State
from states.tables import ANY, LIFECYCLES, Lifecycle, Row, To, lifecycle_of
from states.tables.row import AMENDMENTS
from tests.factories import LIFECYCLE_OF, case, command, context

GOLDEN = Path(__file__).parents[2] / "golden" / "lifecycles"
ROLE_RULES = {"R-ROLE-26"}
STATE_RULE = "可以："


def shown(row: Row, table: Lifecycle) -> str:
    sources = "any" if row.sources == ANY else ",".join(sorted(row.sources))
    return f"{row.rule} {row.action}: {sources} → {row.dest} ({'|'.join(row.roles)})"


def merged(table: Lifecycle) -> set[str]:
    """Rows that differ in nothing but their sources, written as one."""
    sources: dict[Row, set[State]] = {}
    for row in table.rows:
        key = replace(row, sources=(), guards=(), papers=(), when=None)
        sources.setdefault(key, set()).update(row.sources)
    return {shown(replace(key, sources=tuple(found)), table) for key, found in sources.items()}


@pytest.mark.parametrize("name", LIFECYCLES)
def test_a_lifecycle_has_exactly_the_expected_rows(name: str) -> None:
    expected = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert merged(LIFECYCLES[name]) == set(expected)


@pytest.mark.parametrize("name", LIFECYCLES)
def test_only_ends_and_their_reopening_rows_lead_out_of_an_end(name: str) -> None:
    table = LIFECYCLES[name]
    leaving = {
        (source, row.action)
        for (source, _), rows in table.index.items()
        for row in rows
        if source in table.ends and row.dest not in (To.SAME, To.PREVIOUS)
    }
    reopening = {
        (State.FORM_FAILED, Action.REVIEW_FORM_DECISION),
        (State.NOT_SELECTED, Action.REOPEN_REVIEW),
        (State.NOT_SELECTED, Action.PROMOTE_RESERVE),
        (State.PROPOSED_NOMINATION, Action.REVOKE_APPROVAL),
    }
    assert leaving == {pair for pair in reopening if pair[0] in table.ends}


HENAN_ENDS = "closed closed_unqualified form_failed not_selected terminated withdrawn"
FUJIAN_ENDS = "closed disqualified form_failed not_selected terminated withdrawn"


@pytest.mark.parametrize(
    ("name", "states", "ends"),
    [
        ("base", 23, HENAN_ENDS),
        ("parent-child", 21, HENAN_ENDS),
        ("two-year-talent", 21, HENAN_ENDS),
        ("evaluation-only", 11, "closed closed_unqualified terminated"),
        ("fujian-county", 19, FUJIAN_ENDS),
        ("fujian-county-managed", 24, FUJIAN_ENDS),
        ("fujian-society", 18, FUJIAN_ENDS),
        ("fujian-society-managed", 23, FUJIAN_ENDS),
        ("award-nomination", 6, "not_nominated not_qualified proposed_nomination"),
        ("award-selection", 6, "not_awarded not_qualified result"),
        ("award-edition", 4, "edition_concluded"),
        ("task-checklist", 3, "done"),
        ("track-only", 3, "result"),
        ("three-discussions-one-publication", 5, "publish"),
    ],
)
def test_a_lifecycle_has_the_states_and_ends_of_its_variant(name: str, states: int, ends: str) -> None:
    table = LIFECYCLES[name]
    assert (len(table.states), " ".join(sorted(table.ends))) == (states, ends)


def test_the_switch_picks_the_wider_table_in_fujian_only() -> None:
    asked = [
        (variant, on) for variant in ("base", "two-year-talent", "fujian-society") for on in (False, True)
    ]
    assert [lifecycle_of(*pair) for pair in asked] == [
        "base", "base", "two-year-talent", "two-year-talent", "fujian-society", "fujian-society-managed",
    ]  # fmt: skip


def test_what_no_fujian_document_prints_is_off_until_the_switch() -> None:
    off, on = LIFECYCLES["fujian-society"], LIFECYCLES["fujian-society-managed"]
    assert {str(s) for s in on.states - off.states} == {
        "midterm", "midterm_rectifying", "extension_pending", "halt_pending", "halted",
    }  # fmt: skip


def rows_of(table: Lifecycle, state: State, action: Action) -> tuple[Row, ...]:
    """Straight from the rows, not from the compiled lookup."""
    return tuple(
        row for row in table.rows if row.action is action and (row.sources == ANY or state in row.sources)
    )


@pytest.mark.parametrize("name", LIFECYCLES)
def test_every_state_action_and_role_is_accepted_or_refused_as_the_table_says(name: str) -> None:
    """Rows are refused for papers and guards alone; without a row, or in the wrong role, it says so."""
    table = LIFECYCLES[name]
    world = context(LIFECYCLE_OF[name])
    sent = {(action, role): command(action, roles=frozenset({role})) for action in Action for role in Role}
    for state in State:
        now = case(LIFECYCLE_OF[name], state, lifecycle=name)
        allowed = tuple(table.allowed.get(state, ()))
        for action in Action:
            rows = rows_of(table, state, action) if state in table.states else ()
            for role in Role:
                outcome = decide(now, sent[action, role], world)
                judge(outcome, (action, state, allowed), rows, role)


def judge(
    outcome: Accepted | Refused,
    asked: tuple[Action, State, tuple[Action, ...]],
    rows: tuple[Row, ...],
    role: Role,
) -> None:
    """Whether an outcome is what the rows for it say."""
    represents = role is Role.CLERK and any(r in REPRESENTABLE for row in rows for r in row.roles)
    may = represents or any(role in row.roles for row in rows)
    if isinstance(outcome, Accepted):
        assert (bool(rows), may, outcome.role) == (True, True, role)
        return
    assert (outcome.action, outcome.state, outcome.allowed) == asked
    assert outcome.forbidden == (bool(rows) and not may)
    said = {reason.rule for reason in outcome.reasons} & ROLE_RULES
    assert said == (ROLE_RULES if outcome.forbidden else set())
    stopped = [r.message for r in outcome.reasons if STATE_RULE in r.message and r.rule == "R-LIFE-00"]
    assert len(stopped) == (0 if rows else 1)


@pytest.mark.parametrize("name", LIFECYCLES)
def test_the_allowed_actions_are_those_that_have_a_row_for_somebody(name: str) -> None:
    table = LIFECYCLES[name]
    for state in table.states:
        assert set(table.allowed[state]) == {
            action
            for action in set(Action) - AMENDMENTS
            if any(set(row.roles) != {Role.SYSTEM} for row in rows_of(table, state, action))
        }


@pytest.mark.parametrize("name", LIFECYCLES)
def test_every_state_that_is_no_end_offers_a_step_to_another_state(name: str) -> None:
    table = LIFECYCLES[name]
    onward = {
        source
        for (source, _), rows in table.index.items()
        for row in rows
        if row.dest not in (To.SAME, To.PREVIOUS)
    }
    assert table.states - table.ends <= onward


def test_a_step_that_no_row_of_the_lifecycle_knows_says_so() -> None:
    found = decide(
        case("fj16-pilot-society", State.EXECUTING),
        command(Action.MIDTERM_OPEN),
        context("fj16-pilot-society"),
    )
    assert isinstance(found, Refused)
    assert found.reasons[0].message.startswith("“福建试点学会流程”没有“开展中期考核”这一步；当前可以：")
