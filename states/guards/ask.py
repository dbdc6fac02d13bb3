"""What a guard may look at, and the two helpers that all guards share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from states.decision import Case, Command, Context, Step
from states.errors import Reason
from states.names import Action


class Ask(NamedTuple):
    """All that a guard may look at; `facts` are those after the command's own values."""

    case: Case
    facts: Mapping[str, Any]
    command: Command
    context: Context


Guard = Callable[[Ask], Reason | None]


def no(rule: str, message: str) -> Reason:
    """A reason of severity block, without a clause of its own."""
    return Reason(rule=rule, message=message)


def effective(case: Case) -> tuple[Step, ...]:
    """The steps of a case that stand."""
    return standing_steps(case.steps)


def standing_steps(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps that stand: those undone and their undoing left out."""
    kept: list[Step] = []
    for step in steps:
        if step.action == Action.REVERSE_STEP and kept:
            kept.pop()
        else:
            kept.append(step)
    return tuple(kept)
