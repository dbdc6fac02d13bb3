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

from states.specs import (
    NOT_PRINTED,
    CheckSpec,
    Citation,
    Dated,
    Day,
    Document,
    DutySpec,
    FactSpec,
    FactType,
    MaterialSpec,
    Reading,
    Rung,
    Severity,
    Stage,
    TargetSpec,
)

__all__ = [
    "NOT_PRINTED",
    "Catalogue",
    "CheckSpec",
    "Citation",
    "Dated",
    "Day",
    "Document",
    "DutySpec",
    "FactSpec",
    "FactType",
    "MaterialSpec",
    "Pack",
    "Programme",
    "Reading",
    "Rung",
    "Severity",
    "Stage",
    "TargetSpec",
]


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
    """The printed line for questions; every letter and notice carries it (R-PROG-50)."""
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
