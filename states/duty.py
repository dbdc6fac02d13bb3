"""A duty as a frozen value: what is owed by whom and by when, with every move of its date.

What should be owed is planned in `states.planners`, what becomes of it in `states.reconcile`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from states.names import DutyStatus
from states.proof import Proof


@dataclass(frozen=True, slots=True)
class Move:
    """One change of a duty's date, kept for ever (R-DL-03)."""

    on: date
    old: date | None
    new: date
    reason: str
    document: str | None = None
    """The decision that moved it, as NUMBER@DATE; None where a fact did."""
    amendment: int | None = None
    """Number of the amendment that set the new date itself; None for a date that was counted."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Something owed by a date. `occurrence` tells windows of a recurring duty apart ("" if once)."""

    slug: str
    occurrence: str
    rule: str
    label: str
    owed_by: str
    anchor: str
    anchor_date: date
    legal_due: date
    due: date
    soft_due: date
    provisional: bool
    suggested: bool
    status: DutyStatus
    met_on: date | None = None
    marks: tuple[str, ...] = ()
    """Printed remarks such as 因会期调整, 未按期."""
    moves: tuple[Move, ...] = ()
    steps: tuple[str, ...] = ()
    """How the date was derived, in Chinese."""
    opened_on: date | None = None
    opened_seq: int | None = None
    closed_seq: int | None = None
    id: int | None = None
    grace_until: date | None = None
    """The internal cut-off, where one later than `due` was granted. Never told outside the office."""
    proofs: tuple[Proof, ...] = ()
    """What was done for it, oldest first."""

    @property
    def key(self) -> tuple[str, str]:
        """What tells a duty apart within its project."""
        return self.slug, self.occurrence

    @property
    def live(self) -> bool:
        """Whether the duty is still owed. A missed one that ended otherwise keeps its mark only."""
        standing = (DutyStatus.OPEN, DutyStatus.SUGGESTED, DutyStatus.OVERDUE)
        return self.status in standing and self.closed_seq is None

    @property
    def status_label(self) -> str:
        """The status for people; missed or late by a date that is not certain it is for the time being."""
        missed = self.status in (DutyStatus.OVERDUE, DutyStatus.LATE)
        return f"{self.status.label}（暂定）" if missed and self.provisional else self.status.label

    @property
    def late_after(self) -> date:
        """The last day on which the duty counts as kept: the public date, or the internal grace after it."""
        return max(self.due, self.grace_until or self.due)

    @property
    def amended_by(self) -> int | None:
        """The number of the amendment by which its date stands; None for a date that was counted."""
        return self.moves[-1].amendment if self.moves else None


def standing(before: Sequence[Duty], changed: Sequence[Duty]) -> tuple[Duty, ...]:
    """All duties after those changed have taken the place of what they were."""
    return tuple(({duty.key: duty for duty in before} | {duty.key: duty for duty in changed}).values())
