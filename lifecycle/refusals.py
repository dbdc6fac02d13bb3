"""From the refusals of the core to the errors at a door, with what the record has against a step besides."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy import Connection

from lifecycle.gate import OTHER_UNIT
from lifecycle.log import log_broken
from lifecycle.people import Actor
from lifecycle.requests import Declined
from lifecycle.sight import require_sight
from states.decision import Refused
from states.errors import ForbiddenFault, LifecycleError, Reason, RefusedFault
from states.names import Action, State

BROKEN: Final = "程序内部错误，该项目未作改动；请将操作编号和项目编号告知系统管理员。"


def refused_also(
    refused: Refused | None, action: Action, state: State, against: tuple[Reason, ...]
) -> Refused | None:
    """The refusal with what the record knows besides; who may not is told nothing more."""
    if not against or (refused is not None and refused.forbidden):
        return refused
    if refused is None:
        return Refused(action, state, against, ())
    known = {reason.rule for reason in refused.reasons}
    more = tuple(reason for reason in against if reason.rule not in known)
    return replace(refused, reasons=(*refused.reasons, *more))


def refusal(outcome: Refused, other_unit: bool) -> LifecycleError:
    """The error that a refusal becomes at a door."""
    reasons: tuple[Reason, ...] = outcome.reasons
    if outcome.forbidden and other_unit:
        reasons = (replace(reasons[0], message=OTHER_UNIT), *reasons[1:])
    message = "；".join(reason.message for reason in reasons)
    return ForbiddenFault(message, reasons) if outcome.forbidden else RefusedFault(message, reasons)


def declined_by(project_id: str, fault: LifecycleError) -> Declined:
    """A project that a fault keeps from a step, with every reason."""
    return Declined(project_id, fault.code, fault.message, fault.reasons)


def broken_by(project_id: str, fault: Exception) -> Declined:
    """A project on which the program itself failed: it is left as it was, and the log has the rest."""
    log_broken("project_broken", fault, project=project_id)
    return Declined(project_id, LifecycleError.code, BROKEN, ())


def require_own(conn: Connection, actor: Actor, project_id: str) -> None:
    """Who may not even see a project is told nothing of what stands against a step."""
    try:
        require_sight(conn, actor, project_id)
    except ForbiddenFault:
        raise ForbiddenFault(OTHER_UNIT, (Reason("R-ROLE-26", OTHER_UNIT),)) from None
