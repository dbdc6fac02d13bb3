"""How a duty was fulfilled: when, by which door, with which papers, and what was said (R-DL-03).

A report of a session or an inspection says more than that it took place: the particulars that a pack may
ask for stand here, one literal row each. What was done for a duty is kept with the duty itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from states.specs import FactSpec

REPORT = "report"
"""The form of what was reported; of what a step or a fact fulfilled it is that step or fact."""
COUNT = "count"


def _asked(name: str, label: str, kind: str) -> FactSpec:
    return FactSpec(name, label, kind, in_template=False)  # type: ignore[arg-type]


# fmt: off
PARTICULARS: Mapping[str, FactSpec] = {spec.name: spec for spec in (
    _asked("held_on", "办理日期", "date"),
    _asked("place",   "地点",     "text"),
    _asked("subject", "主题",     "text"),
    _asked("experts", "到场专家", "text"),
    _asked(COUNT,     "数量",     "int"),
)}
# fmt: on


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing done for a duty."""

    on: date
    form: str
    """`report`, else the action or the fact that fulfilled the duty."""
    seq: int
    """The entry of the history that tells of it."""
    papers: tuple[str, ...] = ()
    said: tuple[tuple[str, str | int], ...] = ()
    """Particulars by name; days in ISO form."""

    def as_json(self) -> dict[str, Any]:
        """Plain values, as kept and shown."""
        return {
            "on": self.on.isoformat(),
            "form": self.form,
            "seq": self.seq,
            "papers": list(self.papers),
            "said": dict(self.said),
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Proof:
        """What `as_json` gave."""
        return cls(
            date.fromisoformat(found["on"]),
            found["form"],
            found["seq"],
            tuple(found["papers"]),
            tuple(sorted(found["said"].items())),
        )


def particular(text: str) -> FactSpec | None:
    """A particular by name or Chinese label."""
    by_label = (spec for spec in PARTICULARS.values() if spec.label == text)
    return PARTICULARS.get(text) or next(by_label, None)


def said(values: Mapping[str, Any]) -> tuple[tuple[str, str | int], ...]:
    """Typed particulars as a proof keeps them."""
    return tuple(
        sorted((name, value if isinstance(value, int) else str(value)) for name, value in values.items())
    )


def reached(proofs: tuple[Proof, ...]) -> int:
    """The sum of what was counted; a report without a count is one."""
    return sum(int(dict(one.said).get(COUNT, 1)) for one in proofs)
