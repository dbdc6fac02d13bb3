"""One line of a pack resolved: its own values over those of the lines above it, over the pack's management.

Lists are joined from the top down, single values taken from the nearest line that has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lifecycle import pack_entries as entry_of
from lifecycle.yaml_positions import Entry
from states.catalogue import (
    CheckSpec,
    Citation,
    Dated,
    Document,
    DutySpec,
    FactSpec,
    MaterialSpec,
    Programme,
    Reading,
    TargetSpec,
)
from states.duties import TASKS

_FEN = 100


@dataclass(frozen=True, slots=True)
class Management:
    """The sections that a child pack inherits."""

    facts: Mapping[str, FactSpec] = field(default_factory=dict)
    targets: Mapping[str, TargetSpec] = field(default_factory=dict)
    materials: Mapping[str, MaterialSpec] = field(default_factory=dict)
    duties: Mapping[str, DutySpec] = field(default_factory=dict)
    settings: Mapping[str, Dated] = field(default_factory=dict)
    vocabulary: Mapping[str, FactSpec] = field(default_factory=dict)
    """Facts that a programme may name; only the named ones are asked for."""
    documents: Mapping[str, Document] = field(default_factory=dict)
    reminders: Mapping[str, Any] = field(default_factory=dict)
    """The reminder plan of duties that print none of their own (R-DL-02)."""
    readings: Mapping[str, Reading] = field(default_factory=dict)


class Builder:
    """Resolves one line."""

    def __init__(self, pack: Entry, name: str, entries: Mapping[str, Entry], above: Management) -> None:
        self.pack, self.name, self.above = pack, name, above
        self.home: str = pack["pack"]
        self.slugs = lineage(name, entries)
        self.lines = [entries[slug] for slug in self.slugs]
        self.clauses = _clauses(self.lines)

    def cite(self, entry: Mapping[str, Any], kind: str) -> Citation:
        """The entry's citation; its clause, if it names none, is the line's for `kind`."""
        return entry_of.cite(entry, self.home, self.clauses.get(kind))

    def nearest(self, key: str, default: Any = None) -> Any:
        """The value of the nearest line that has one."""
        return next((line[key] for line in self.lines if key in line), default)

    def printed_by(self, key: str) -> str | None:
        """The slug of the nearest line that prints a value."""
        return next((s for s, line in zip(self.slugs, self.lines, strict=True) if key in line), None)

    def joined(self, key: str) -> tuple[Any, ...]:
        """The lists of all lines, from the top down."""
        return tuple(item for line in reversed(self.lines) for item in line.get(key) or ())

    def facts(self) -> dict[str, FactSpec]:
        """The named facts first, then those that every programme has."""
        named = dict.fromkeys(self.joined("facts"))
        pool = {**self.above.vocabulary, **self.above.facts}
        return {**{n: pool[n] for n in named}, **self.above.facts}

    def counted(self, key: str) -> tuple[int | None, Citation | None]:
        """A printed number with its citation."""
        entry = self.nearest(key)
        return (entry["value"], self.cite(entry, "conditions")) if entry else (None, None)

    def checks(self) -> tuple[CheckSpec, ...]:
        """The rules of the pack, then of the lines from the top down."""
        common = tuple(
            entry_of.check(entry, entry_of.cite(entry, self.home, None))
            for entry in self.pack.get("checks") or ()
        )
        own = tuple(entry_of.check(entry, self.cite(entry, "conditions")) for entry in self.joined("checks"))
        return common + own

    def dated(self, key: str, scale: int) -> Dated | None:
        """A printed number through time, multiplied by `scale`; None where none is printed."""
        entries, clause = self.nearest(key), self.clauses.get("money")
        if not entries:
            return None
        cited = ((e["from"], e["value"] * scale, entry_of.cite(e, self.home, clause)) for e in entries)
        return Dated(tuple(cited))

    def tables(self) -> tuple[dict[str, TargetSpec], dict[str, MaterialSpec], dict[str, Dated]]:
        """Targets, materials and settings, by key: management, then the lines from the top down."""
        targets = dict(self.above.targets)
        materials = dict(self.above.materials)
        settings = dict(self.above.settings)
        for line in reversed(self.lines):
            targets.update(entry_of.targets(line.get("targets"), self.home, self.clauses))
            materials.update(entry_of.materials(line.get("materials"), self.home, self.clauses))
            settings.update(entry_of.settings(line.get("settings"), self.home))
        return targets, materials, settings

    def duties(self) -> dict[str, DutySpec]:
        """The duties that the lines name, each with its task while the day it counts from is not known."""
        named = dict.fromkeys(self.joined("duties"))
        tasks = (task for slug, several in TASKS.items() if slug in named for task in several)
        held = (slug for slug in (*named, *tasks) if slug in named or slug in self.above.duties)
        return {n: self.above.duties[n] for n in dict.fromkeys(held)}

    def readings(self) -> tuple[Reading, ...]:
        """How ambiguous places are read: the pack's, then those of the lines."""
        found = dict(self.above.readings)
        for line in reversed(self.lines):
            found |= {one.rule: one for one in entry_of.readings(line.get("readings"), self.home)}
        return tuple(found[rule] for rule in sorted(found))

    def build(self) -> Programme:
        """The finished line."""
        own = self.lines[0]
        limit, months = self.counted("limit_per_unit"), self.counted("duration_months")
        targets, materials, settings = self.tables()
        return Programme(
            slug=self.name,
            title=own["title"],
            year=self.nearest("year", self.above.documents[self.home].in_force_from.year),
            province=self.pack["province"],
            pack=self.home,
            document=self.above.documents[self.home],
            variant=self.nearest("variant", "base"),
            family=self.nearest("family", self.name),
            parent=own.get("parent"),
            applicants=tuple(self.nearest("applicants", ())),
            applicants_warn=tuple(self.nearest("applicants_warn", ())),
            applicants_note=self.nearest("applicants_note"),
            citation=self.cite(own, "title"),
            quota=self.dated("quota", 1),
            quota_pool=self.nearest("quota_pool") or self.printed_by("quota") or self.name,
            amount=self.dated("amount", _FEN),
            total_fen=own["total"] * _FEN if "total" in own else None,
            limit_per_unit=limit[0],
            limit_citation=limit[1],
            duration_months=months[0],
            duration_citation=months[1],
            already_decided=own.get("already_decided", False),
            facts=self.facts(),
            targets=tuple(targets.values()),
            materials=materials,
            checks=self.checks(),
            duties=self.duties(),
            settings=settings,
            named_projects=tuple(own.get("named_projects") or ()),
            **self.said(),
            **self.place(),
        )

    def said(self) -> dict[str, Any]:
        """Whom to ask, and what a reader should know."""
        return {
            "phone": self.nearest("phone"),
            "email": self.nearest("email"),
            "not_printed": self.joined("not_printed"),
            "notes": self.joined("notes"),
        }

    def place(self) -> dict[str, Any]:
        """Where the line stands among the others, and what it leaves out."""
        own = self.lines[0]
        return {
            "group": self.name in (self.pack.get("groups") or {}),
            "lineage": self.slugs,
            "limit_pool": self.printed_by("limit_per_unit") or self.name,
            "required_children": tuple(own.get("required_children") or ()),
            "child_of": self.nearest("child_of"),
            "without": tuple(self.joined("without")),
            "umbrella": self.nearest("umbrella"),
            "hosts": tuple(self.nearest("hosts", ())),
            "readings": self.readings(),
        }


def lineage(name: str, entries: Mapping[str, Entry]) -> tuple[str, ...]:
    """A line's slug and those of all lines above it; a circle ends where it closes."""
    found = [name]
    while True:
        parent = entries[found[-1]].get("parent")
        if parent is None or parent not in entries or parent in found:
            return tuple(found)
        found.append(parent)


def _clauses(lines: list[Entry]) -> dict[str, str]:
    return {kind: place for line in reversed(lines) for kind, place in (line.get("clause") or {}).items()}
