"""The only file that imports `transitions`: one shared machine per table, fired on a tiny carrier.

`transitions` builds a machine with misspelt names without complaint and gives a bare False for a
refused guard; so tables are checked first (`states.check`), guards are asked by `states.decide`
for their reasons, and the machine is the last word on where a step leads.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from transitions import Machine, MachineError

from states.names import Action, State
from states.tables import LIFECYCLES, To


class Carrier:
    """What a machine moves: the state, and the conditions that hold."""

    __slots__ = ("conditions", "state")

    def __init__(self, state: str, conditions: frozenset[str]) -> None:
        self.state = state
        self.conditions = conditions


@cache
def machine(lifecycle: str) -> Machine:
    """The shared machine of a lifecycle, built once. Relative destinations stay where they are."""
    table = LIFECYCLES[lifecycle]
    built = Machine(
        model=None,
        initial=None,
        states=sorted(str(s) for s in table.states),
        auto_transitions=False,
        send_event=True,
    )
    for (source, action), rows in table.index.items():
        for row in rows:
            built.add_transition(
                str(action),
                str(source),
                None if isinstance(row.dest, To) else str(row.dest),
                conditions=[_holds(row.when)] if row.when else None,
            )
    return built


def _holds(condition: str) -> Any:
    def holds(event: Any) -> bool:
        return condition in event.model.conditions

    return holds


def fire(lifecycle: str, state: State, action: Action, conditions: frozenset[str]) -> State | None:
    """The state after `action`, or None if the machine has no such step from here.

    Steps whose destination depends on the case (same, return_to, previous) give `state` itself.
    """
    carrier = Carrier(str(state), conditions)
    events = machine(lifecycle).events
    if str(action) not in events:
        return None
    try:
        moved = events[str(action)].trigger(carrier)
    except MachineError:
        return None
    return State(carrier.state) if moved else None
