"""The single things that a pack prints, as frozen values: documents, citations, dated values, papers.

How they make up a programme stands in `states.catalogue`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

NOT_PRINTED = "文件未载明"

Day = date
"""A second name for the type, where a field is itself called date."""

FactType = Literal["date", "bool", "int", "decimal", "text", "enum", "records", "money"]
Severity = Literal["block", "warn", "info"]
Stage = Literal["submit", "form_review", "evaluation"]


@dataclass(frozen=True, slots=True)
class Document:
    """A numbered policy document (R-DOC-01…05). `number` is None where it carries none (无文号)."""

    id: str
    title: str
    issuer: str | None
    number: str | None
    date: Day | None
    in_force_from: Day

    @property
    def reference(self) -> str:
        """How a letter or refusal names the document."""
        return f"《{self.title}》（{self.number or '无文号'}）"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a value or rule stands: rule id, document, clause and the printed words.

    `quote` None means the documents are silent and the value is a default (basis: inferred).
    """

    rule: str | None
    document: str | None
    clause: str | None
    quote: str | None
    why: str | None = None
    """One sentence on why a default was chosen where the documents leave it open."""

    @property
    def inferred(self) -> bool:
        """Whether the value is our default, not the document's."""
        return self.quote is None


@dataclass(frozen=True, slots=True)
class Dated:
    """One setting through time: (in force from, value, citation), oldest first."""

    entries: tuple[tuple[date, Any, Citation], ...]

    def on(self, day: date) -> tuple[Any, Citation] | None:
        """The value in force on `day`, or None before the first entry."""
        found = None
        for since, value, citation in self.entries:
            if since > day:
                break
            found = (value, citation)
        return found

    def latest(self) -> tuple[Any, Citation]:
        """The newest value, whatever the day."""
        _, value, citation = self.entries[-1]
        return value, citation


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One fact that an application or a record may carry; a blank is always "unknown"."""

    name: str
    label: str
    type: FactType
    values: tuple[str, ...] = ()
    value_labels: tuple[str, ...] = ()
    """Chinese labels of `values`, in the same order; empty where the values are Chinese already."""
    personal: bool = False
    """Personal data: masked in logs, erasable from the record."""
    in_template: bool = True
    """Whether the blank application workbook has a column for it."""
    note: str | None = None


@dataclass(frozen=True, slots=True)
class TargetSpec:
    """One performance indicator (R-TGT-…)."""

    slug: str
    label: str
    cmp: Literal["ge", "le", "eq", "done"]
    number: int | None
    unit: str | None
    binding: str
    per: str
    citation: Citation
    when: tuple[str, ...] = ()
    """Levels of an event that the target binds; empty: whatever the level."""
    unless: str | None = None
    """The yes-or-no fact that lifts the target, such as that a meeting is classified (R-AMB-16)."""
    items: tuple[str, ...] = ()
    """What a target of several parts consists of."""
    any_of: tuple[Mapping[str, Any], ...] = ()
    """Ways of meeting the target, each with label, number and unit; one of them is enough."""
    kinds: tuple[str, ...] = ()
    """What counts towards the number."""
    domain: str | None = None
    """Where the target has to be met, if not everywhere."""
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class MaterialSpec:
    """One kind of paper (R-FORM-…); `action` is the step it belongs to, if any."""

    slug: str
    label: str
    action: str | None
    written: bool
    required: bool
    citation: Citation


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """One eligibility rule as declared in a pack: which predicate, with which parameters."""

    rule: str
    name: str
    predicate: str
    params: Mapping[str, Any]
    severity: Severity
    stage: Stage
    citation: Citation


SUPERIOR = "superior"
"""Who is told of an overdue duty besides roles: the unit that is recorded as standing above its unit."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of escalation: who is told of a duty that is so many days overdue."""

    after: int
    to: str
    """A role, or `SUPERIOR`."""


@dataclass(frozen=True, slots=True)
class DutySpec:
    """One duty of a programme (R-DL-…); parameters not given in the pack keep `states.duties`' own.

    `before`/`after` are days relative to the due date on which reminders fall; after the last
    of `after` a reminder repeats every `repeat` days; `escalate` tells the levels above (R-DL-02).

    A report has to bring `papers` and say the `particulars`; `recorded` asks for a record of any form. With a
    `quota` it is met when the counts that were reported reach it. `ad_hoc` has no date: each report is one.
    """

    slug: str
    rule: str
    label: str
    length: str | None
    owed_by: str
    owed_to: str
    met_by: Literal["action", "report", "fact"]
    suggested: bool
    before: tuple[int, ...]
    after: tuple[int, ...]
    repeat: int | None
    citation: Citation
    every: str | None = None
    papers: tuple[str, ...] = ()
    particulars: tuple[str, ...] = ()
    recorded: bool = False
    quota: int | None = None
    times: int | None = None
    ad_hoc: bool = False
    escalate: tuple[Rung, ...] = ()
    month_days: tuple[int, ...] = ()
    """Days of the month in which it is due, on which it is spoken of besides `before`, such as the 1st."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How an ambiguous place of the documents is read where no setting carries the choice (R-AMB-…)."""

    rule: str
    choice: str
    why: str
    options: tuple[str, ...]
    since: Day | None
    citation: Citation
