"""A command between door and record: its action by name, its values as typed, its form for the flow server.

Pure but for the archive's names; decides nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from lifecycle.archive import archived
from lifecycle.requests import Declined, Request
from states.errors import LifecycleError, UsageFault, fault_of
from states.names import Action

if TYPE_CHECKING:
    from lifecycle.stepping import Asked


def parse_action(text: str) -> Action:
    """An action by code or Chinese label; UsageFault lists near ones."""
    for action in Action:
        if text in (action.value, action.label):
            return action

    near = "、".join(get_close_matches(text, [a.value for a in Action], n=3, cutoff=0.4))
    raise UsageFault(f"没有名为“{text}”的操作{f'，是否指：{near}' if near else ''}")


def as_fault(declined: Declined) -> LifecycleError:
    """The error that a declined project stands for."""
    return fault_of(declined.code, declined.message, declined.reasons)


def typed_out(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they would have been typed, so that a repeat has the same fingerprint."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(values), default=str, ensure_ascii=False))
    return plain


def body_of(asked: Asked, request: Request) -> dict[str, Any]:
    """The command as the flow repeats it: papers by their digest in the archive."""
    return {
        "action": str(asked.action),
        "on": asked.on.isoformat(),
        "login": asked.actor.login,
        "stood_in_by": asked.actor.stood_in_by,
        "reason": asked.reason,
        "document": request.document,
        "materials": [[kind, archived(item)] for kind, item in asked.filed],
        "values": typed_out(request.values),
        "key": request.key or asked.command_id,
    }
