"""What the doors ask of an amendment of deadlines, and what they are answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lifecycle.requests import Declined
from lifecycle.scope import Scope, manifest
from states.amendment import Changes, Deadline, Shift


@dataclass(frozen=True, slots=True)
class Order:
    """One amendment as asked for at a door."""

    scope: Scope
    deadline: Deadline
    shift: Shift
    on: date
    document: str
    """NUMBER@DATE."""
    reason: str
    duty: str | None = None
    """By slug, R- id or Chinese label."""
    period: str | None = None
    due_today: bool = False
    missed: bool = False
    key: str | None = None
    manifest: str | None = None
    """The digest of the list that was previewed; another list is a ConflictFault."""


@dataclass(frozen=True, slots=True)
class Touched:
    """One project with what is changed, or would be; `seq` only where it was written."""

    id: str
    title: str
    unit: str
    changes: Changes
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an amendment did, would do, or what its undoing did."""

    number: int | None
    ids: tuple[str, ...]
    done: tuple[Touched, ...]
    refused: tuple[Declined, ...]

    @property
    def manifest(self) -> str:
        """The digest of the frozen list."""
        return manifest(self.ids)
