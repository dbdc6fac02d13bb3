"""Reports that were missed: counted by duty, shown with the project and to the evaluator, nothing else.

No document names a consequence (R-SANC-10); a report that came late stays missed. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from states.catalogue import Programme
from states.decision import Duty, Finding
from states.names import DutyStatus

COUNTED = (DutyStatus.OVERDUE, DutyStatus.LATE)


@dataclass(frozen=True, slots=True)
class Missed:
    """How often one kind of report was not there on its day."""

    slug: str
    label: str
    rule: str
    overdue: tuple[str, ...]
    """Periods that are still not there, or never came ("" where the duty has none)."""
    late: tuple[str, ...]
    """Periods that came after their day."""

    @property
    def count(self) -> int:
        """All periods that were missed."""
        return len(self.overdue) + len(self.late)

    def as_json(self) -> dict[str, Any]:
        """Plain values for any door."""
        return {
            "duty": self.slug,
            "label": self.label,
            "rule": self.rule,
            "missed": self.count,
            "overdue": list(self.overdue),
            "late": list(self.late),
        }

    def __str__(self) -> str:
        parts = [(self.overdue, "逾期未报"), (self.late, "逾期补报")]
        told = [
            f"{what} {len(periods)} 次" + (f"（{'、'.join(periods)}）" if all(periods) else "")
            for periods, what in parts
            if periods
        ]
        return f"{self.label}：{'，'.join(told)}"


def missed_reports(duties: Iterable[Duty], programme: Programme) -> tuple[Missed, ...]:
    """What was missed of the duties that a report meets, by kind; suggested days are never missed."""
    by_kind: dict[str, list[Duty]] = {}
    for duty in sorted(duties, key=lambda one: one.key):
        spec = programme.duties.get(duty.slug)
        if duty.status in COUNTED and spec is not None and spec.met_by == "report":
            by_kind.setdefault(duty.slug, []).append(duty)
    return tuple(
        Missed(
            slug,
            found[0].label,
            found[0].rule,
            *(tuple(one.occurrence for one in found if one.status is status) for status in COUNTED),
        )
        for slug, found in by_kind.items()
    )


def missed_findings(duties: Iterable[Duty], programme: Programme) -> Iterator[Finding]:
    """What the evaluator is shown of it: a remark that stands against nothing (R-SANC-10, R-DL-09)."""
    for one in missed_reports(duties, programme):
        yield Finding(
            "R-SANC-10", "pass", "warn", "evaluation", f"提示：{one}", None, None, name=f"missed_{one.slug}"
        )
