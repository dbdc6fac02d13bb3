"""Programmes and packs as frozen values: what a policy document prints, with its citation.

The packs' YAML is read by `lifecycle.packs`; this module only holds the shapes and answers
questions about them. A value that the document does not print is None, and says so
(文件未载明).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    when: str | None = None
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


@dataclass(frozen=True, slots=True)
class DutySpec:
    """One duty of a programme (R-DL-…); parameters not given in the pack keep `states.duties`' own.

    `before`/`after` are days relative to the due date on which reminders fall; after the last
    of `after` a reminder repeats every `repeat` days (R-DL-02).
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


@dataclass(frozen=True, slots=True)
class Reading:
    """How an ambiguous place of the documents is read where no setting carries the choice (R-AMB-…)."""

    rule: str
    choice: str
    why: str
    options: tuple[str, ...]
    since: Day | None
    citation: Citation


@dataclass(frozen=True, slots=True)
class Programme:
    """One line of a document: a programme that takes applications, or a group of such (`group`)."""

    slug: str
    title: str
    year: int
    province: Literal["henan", "fujian"]
    pack: str
    document: Document
    variant: str
    family: str
    parent: str | None
    applicants: tuple[str, ...]
    applicants_warn: tuple[str, ...]
    applicants_note: str | None
    citation: Citation
    quota: Dated | None
    quota_pool: str
    amount: Dated | None
    total_fen: int | None
    phone: str | None
    email: str | None
    limit_per_unit: int | None
    limit_citation: Citation | None
    duration_months: int | None
    duration_citation: Citation | None
    already_decided: bool
    """True where the document names projects that are decided: they enter by import_approved."""
    facts: Mapping[str, FactSpec] = field(default_factory=dict)
    targets: tuple[TargetSpec, ...] = ()
    materials: Mapping[str, MaterialSpec] = field(default_factory=dict)
    checks: tuple[CheckSpec, ...] = ()
    duties: Mapping[str, DutySpec] = field(default_factory=dict)
    settings: Mapping[str, Dated] = field(default_factory=dict)
    named_projects: tuple[str, ...] = ()
    not_printed: tuple[str, ...] = ()
    """What a reader would look for and the document does not print, in Chinese."""
    notes: tuple[str, ...] = ()
    group: bool = False
    lineage: tuple[str, ...] = ()
    """Its own slug, then those of all lines above it."""
    children: tuple[str, ...] = ()
    """Slugs of the lines right below it."""
    limit_pool: str = ""
    """The line that prints the limit per unit; applications below it are counted together."""
    limit_scope: tuple[str, ...] = ()
    """Every programme whose applications count towards the limit."""
    required_children: tuple[str, ...] = ()
    """The kinds of children that must be applied for together with it, as slugs of lines (R-ELIG-27)."""
    child_of: str | None = None
    """The programme that a parent project must belong to."""
    without: tuple[str, ...] = ()
    """Actions of the lifecycle that this programme leaves out."""
    relatives: Mapping[str, str] = field(default_factory=dict)
    """Titles of the lines that it requires as children or belongs under, by slug."""
    umbrella: str | None = None
    """The joint name under which everything selected is managed (R-PROG-51)."""
    hosts: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()

    def quota_on(self, day: date) -> int | None:
        """Places, or None where the document prints no quota (no limit)."""
        found = self.quota.on(day) if self.quota else None
        return None if found is None else int(found[0])

    def amount_fen_on(self, day: date) -> int | None:
        """Money per project in fen, or None where the document prints no amount."""
        found = self.amount.on(day) if self.amount else None
        return None if found is None else int(found[0])

    def setting(self, name: str, day: date, default: Any = None) -> Any:
        """A dated setting of the pack, e.g. `publicity_workdays`."""
        dated = self.settings.get(name)
        found = dated.on(day) if dated else None
        return default if found is None else found[0]


@dataclass(frozen=True, slots=True)
class Pack:
    """One policy document made executable."""

    slug: str
    version: str
    digest: str
    document: Document
    documents: Mapping[str, Document]
    inherits: str | None
    programmes: Mapping[str, Programme]
    source: str
    """The resolved pack as canonical JSON; stored by `digest` and pointed to by projects."""
    groups: Mapping[str, Programme] = field(default_factory=dict)
    readings: tuple[Reading, ...] = ()

    @property
    def lines(self) -> tuple[Programme, ...]:
        """Groups and programmes, each parent before what is below it."""
        every = {**self.groups, **self.programmes}
        found: dict[str, Programme] = {}
        for line in every.values():
            for slug in reversed(line.lineage):
                found.setdefault(slug, every[slug])
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All packs that are loaded, with their programmes by slug."""

    packs: Mapping[str, Pack]
    programmes: Mapping[str, Programme]

    @property
    def groups(self) -> Mapping[str, Programme]:
        """Every group by slug; groups take no applications."""
        return {slug: one for pack in self.packs.values() for slug, one in pack.groups.items()}

    @property
    def lines(self) -> Mapping[str, Programme]:
        """Every group and programme by slug, each parent before what is below it."""
        return {line.slug: line for pack in self.packs.values() for line in pack.lines}

    def document(self, document_id: str) -> Document | None:
        """A document by its id, from whichever pack knows it."""
        for pack in self.packs.values():
            if document_id in pack.documents:
                return pack.documents[document_id]
        return None
