"""The machine and the compiled lookup of the same table give the same destinations everywhere."""

from __future__ import annotations

from itertools import chain, combinations, product

import pytest

from states.guards import CONDITIONS
from states.machine import fire, machine
from states.names import Action, State
from states.tables import LIFECYCLES, To

SETS = [frozenset(c) for c in chain.from_iterable(combinations(CONDITIONS, n) for n in range(3))]


@pytest.mark.parametrize("name", LIFECYCLES)
def test_machine_and_lookup_agree_on_every_state_action_and_condition(name: str) -> None:
    table = LIFECYCLES[name]
    for state, action, held in product(table.states, Action, SETS):
        rows = table.index.get((state, action), ())
        row = next((row for row in rows if row.when is None or row.when in held), None)
        expected = None if row is None else state if isinstance(row.dest, To) else row.dest
        assert fire(name, state, action, held) is expected, (state, action, held)


def test_the_machine_knows_no_step_that_the_table_has_not() -> None:
    for name, table in LIFECYCLES.items():
        assert set(machine(name).events) == {str(row.action) for row in table.rows}


def test_a_step_of_another_lifecycle_leads_nowhere() -> None:
    assert fire("fujian-society", State.EXECUTING, Action.MIDTERM_OPEN, frozenset()) is None


def test_the_machine_of_a_lifecycle_is_built_once() -> None:
    assert machine("base") is machine("base")
