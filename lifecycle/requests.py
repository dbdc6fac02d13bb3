"""What the doors ask of the service, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lifecycle.archive import Archived
from states.errors import Reason


@dataclass(frozen=True, slots=True)
class Request:
    """One action on one or many projects, as typed at a door (values still text)."""

    action: str
    projects: tuple[str, ...]
    on: date
    reason: str | None = None
    document: str | None = None
    """NUMBER@DATE."""
    materials: tuple[tuple[str, str | Archived], ...] = ()
    """(kind, path) pairs; papers of a command that is repeated are in the archive already."""
    values: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    if_version: int | None = None
    dry_run: bool = False
    command_id: str | None = None
    """The id that the command is to have; the same one again is answered as it was and put in line once."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A step that a child took because its parent moved, in the same transaction."""

    id: str
    action: str
    source: str
    dest: str
    seq: int

    def as_json(self) -> dict[str, Any]:
        """The keys of the contract's steps, with the action."""
        return {"id": self.id, "action": self.action, "from": self.source, "to": self.dest, "seq": self.seq}


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was taken (now, or before under the same key), and what its family followed."""

    id: str
    source: str
    dest: str
    seq: int
    followed: tuple[Followed, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The keys of the contract; `followed` only where a child moved too."""
        told: dict[str, Any] = {"id": self.id, "from": self.source, "to": self.dest, "seq": self.seq}
        if self.followed:
            told["followed"] = [step.as_json() for step in self.followed]
        return told


@dataclass(frozen=True, slots=True)
class Declined:
    """A project on which the step was not taken; `code` is that of the error family."""

    id: str
    code: str
    message: str
    reasons: tuple[Reason, ...]

    def as_json(self) -> dict[str, Any]:
        """The keys of the contract, with the code; the message is the reason where there is no other."""
        reasons = [reason.as_json() for reason in self.reasons or (Reason(None, self.message),)]
        return {"id": self.id, "code": self.code, "message": self.message, "reasons": reasons}


@dataclass(frozen=True, slots=True)
class Batch:
    """The outcome of a request: all-or-nothing per project, never per batch."""

    command_id: str
    done: tuple[Done, ...]
    refused: tuple[Declined, ...]

    def as_json(self) -> dict[str, Any]:
        """The JSON of `lifecycle trigger`."""
        return {
            "done": [item.as_json() for item in self.done],
            "refused": [item.as_json() for item in self.refused],
        }


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did."""

    on: date
    opened: int
    reminded: int
    overdue: int
    notices: tuple[str, ...]
    recounted: int = 0
    """Dates moved by a recount of the calendar that this sweep finished."""
    hint: str | None = None
    """What an administrator is asked to do about the calendar."""
    escalated: int = 0
    unsaid: int = 0
    """Marked overdue without a word, because they were past due when they were entered."""

    def as_json(self) -> dict[str, Any]:
        """The JSON of `lifecycle sweep`."""
        return {
            "on": self.on.isoformat(),
            "opened": self.opened,
            "reminded": self.reminded,
            "overdue": self.overdue,
            "notices": list(self.notices),
            "recounted": self.recounted,
            "hint": self.hint,
            "escalated": self.escalated,
            "unsaid": self.unsaid,
        }
