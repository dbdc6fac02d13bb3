"""Guards of a scoped amendment of deadlines: it came by its own door, and the project can follow it."""

from __future__ import annotations

from states.amending import against
from states.amendment import Amendment, Deadline
from states.errors import Reason
from states.guards.ask import Ask, no
from states.tables import LIFECYCLES


def amendment_given(ask: Ask) -> Reason | None:
    """The amendment itself came with the step; it has a number, a scope and one undo."""
    if ask.command.amends is not None:
        return None
    return no("R-DL-25", "期限调整整体办理、整体撤销：用 lifecycle amendments preview、make、undo")


def still_running(ask: Ask) -> Reason | None:
    """The term of a project that has ended is not moved; what it owes beyond its end may be."""
    amends, case = ask.command.amends, ask.case
    moves_end = isinstance(amends, Amendment) and amends.deadline is Deadline.END
    if moves_end and case.state in LIFECYCLES[case.lifecycle].ends:
        return no("R-DL-25", f"项目已是“{case.state.label}”，实施结束日不再调整")
    return None


def amendable(ask: Ask) -> Reason | None:
    """The dates of this project can be set as the amendment says, or put back as they were."""
    return against(ask.case, ask.command, ask.context.calendar)
