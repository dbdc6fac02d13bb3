"""What becomes of a bulk command as a whole: one fault out of many, with the status of the contract.

One thing asked for and declined has the status of its own reason; of several, 3, or 7 where all
that failed could not be read. A store that cannot be reached comes before everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from console.output import reason_line, say
from states.errors import BadInputFault, LifecycleError, Reason, RefusedFault

ORDINARY = range(2, 8)
"""Statuses that concern the thing asked for, not the program or the store."""


def whole_fault(faults: Sequence[LifecycleError], asked: int) -> LifecycleError | None:
    """The fault that a bulk command ends with, or None where nothing was declined."""
    if not faults:
        return None
    if asked == 1:
        return faults[0]
    grave = next((fault for fault in faults if fault.exit_status not in ORDINARY), None)
    if grave is not None:
        return grave
    family = BadInputFault if all(isinstance(fault, BadInputFault) for fault in faults) else RefusedFault
    return family(f"共 {asked} 项，{len(faults)} 项未办理，原因已逐项列出。")


def reasons_of(fault: LifecycleError) -> list[Reason]:
    """Every reason of a fault; its message where it has none."""
    return list(fault.reasons) or [Reason(None, fault.message)]


def declined_json(fault: LifecycleError) -> dict[str, Any]:
    """What a list of declined things says about one."""
    return {
        "code": fault.code,
        "message": fault.message,
        "reasons": [reason.as_json() for reason in reasons_of(fault)],
    }


def show_declined(declined: Sequence[tuple[str, LifecycleError]]) -> None:
    """What was declined, each with its reasons, on standard error."""
    for heading, fault in declined:
        say(f"{heading}（{fault.code}）")
        for reason in reasons_of(fault):
            say(f"  · {reason_line(reason)}")
