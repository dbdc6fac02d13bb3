"""What a scoped amendment of deadlines is: what it changes, what it changed, and what undoing it takes.

Values only. What becomes of a project is decided in `states.amending`; which projects are meant, and how
it is kept, stands in `lifecycle`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from states.duty import Duty
from states.names import DutyStatus, Labelled
from states.wording import chinese_length


class Deadline(Labelled):
    """Which deadline an amendment changes. A public date and an internal one never in the same amendment."""

    END = "end", "实施结束日"
    DUE = "due", "期限"
    GRACE = "grace", "内部宽限"


@dataclass(frozen=True, slots=True)
class Shift:
    """A new date: a day, or a length counted from the day that stands, backwards if `back`."""

    to: date | None = None
    by: str | None = None
    """ISO 8601 as in `states.periods`; with `to` empty as well the date is taken away."""
    back: bool = False

    def __str__(self) -> str:
        if self.to is not None:
            return f"改为 {self.to.isoformat()}"
        if self.by is None:
            return "取消"
        return f"{'提前' if self.back else '延后'} {chinese_length(self.by)}"


@dataclass(frozen=True, slots=True)
class Amendment:
    """What one decision changes on every project that it names."""

    number: int
    """0 while it is only tried."""
    deadline: Deadline
    shift: Shift
    duty: str | None = None
    """Slug of the duty; None where the end of the term is moved."""
    period: str | None = None
    due_today: bool = False
    """A day that is past already becomes today, instead of being refused (R-DL-26)."""
    missed: bool = False
    """What was missed is taken in, instead of staying missed (R-DL-25)."""


@dataclass(frozen=True, slots=True)
class Dates:
    """Of a duty what an amendment may change."""

    status: DutyStatus
    closed_seq: int | None
    anchor: str
    anchor_date: date
    legal_due: date
    due: date
    soft_due: date
    provisional: bool
    grace_until: date | None
    marks: tuple[str, ...]
    steps: tuple[str, ...]
    amended_by: int | None

    @classmethod
    def of(cls, duty: Duty) -> Dates:
        """The dates of a duty as it stands."""
        return cls(
            duty.status, duty.closed_seq, duty.anchor, duty.anchor_date, duty.legal_due, duty.due,
            duty.soft_due, duty.provisional, duty.grace_until, duty.marks, duty.steps, duty.amended_by,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One duty before and after; None where there was none."""

    slug: str
    occurrence: str
    label: str
    before: Dates | None
    after: Dates

    @property
    def key(self) -> tuple[str, str]:
        """What tells the duty apart within its project."""
        return self.slug, self.occurrence


@dataclass(frozen=True, slots=True)
class Changes:
    """All that an amendment changed on one project, and with which history entry."""

    seq: int
    ends_on: tuple[date, date] | None
    """The end of the term before and after."""
    duties: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Undoing:
    """The undoing of an amendment on one project."""

    number: int
    deadline: Deadline
    changes: Changes
    hands: frozenset[str]
    """Everybody whose hand was in the amendment: none of them may undo it (R-LIFE-160)."""


def changes_of(
    before: Mapping[tuple[str, str], Duty], changed: tuple[Duty, ...], facts: tuple[Any, Any], seq: int
) -> Changes:
    """What a step changed: `facts` are the end of the term before and after it."""
    old, new = facts
    return Changes(
        seq,
        (old, new) if old != new else None,
        tuple(
            Change(
                duty.slug,
                duty.occurrence,
                duty.label,
                Dates.of(before[duty.key]) if duty.key in before else None,
                Dates.of(duty),
            )
            for duty in changed
        ),
    )
