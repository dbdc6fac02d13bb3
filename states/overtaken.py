"""Letters that a later step makes untrue: what is not out yet is cancelled with that step. Literal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from states.names import Action

# fmt: off
OVERTAKEN: Final[Mapping[Action, tuple[str, ...]]] = {
    Action.SUBMIT:               ("completion_letter",),
    Action.SUBMIT_TO_CITY:       ("completion_letter",),
    Action.WITHDRAW:             ("acknowledgement", "completion_letter"),
    Action.LAPSE:                ("completion_letter",),
    Action.REVIEW_FORM_DECISION: ("form_failed_letter",),
    Action.REOPEN_REVIEW:        ("rejection_letter",),
    Action.PROMOTE_RESERVE:      ("rejection_letter",),
    Action.RELINQUISH:           ("approval_letter",),
    Action.REVOKE_APPROVAL:      ("approval_letter",),
    Action.TERMINATE:            ("approval_letter", "extension_letter", "halt_letter"),
    Action.ORDER_REEVALUATION:   ("evaluation_letter", "rectification_letter"),
}
# fmt: on
"""By action: the kinds of letters of earlier steps that hold no longer (decide ≠ inform)."""
