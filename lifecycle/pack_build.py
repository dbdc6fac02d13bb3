"""From a pack that was read and judged to frozen programmes.

Decides how management, group and programme sections combine: the programme over its group over
the pack's management over the inherited one, by key, each value with its own citation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

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
    TargetSpec,
)

_FEN = 100
_CLAUSE_OF = {"targets": "contents", "materials": "conditions"}


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


def documents_of(pack: Entry) -> dict[str, Document]:
    """The pack's own document and those it cites besides."""
    own = {pack["pack"]: pack["document"], **(pack.get("documents") or {})}
    return {name: _document(name, entry) for name, entry in own.items()}


def management_of(pack: Entry, parent: Management) -> Management:
    """The pack's management sections over the inherited ones, by key."""
    own = pack.get("management") or {}
    home = pack["pack"]
    remind = {**parent.reminders, **(own.get("reminders") or {})}
    return Management(
        facts={**parent.facts, **_facts(own.get("facts"))},
        targets={**parent.targets, **_targets(own.get("targets"), home, {})},
        materials={**parent.materials, **_materials(own.get("materials"), home, {})},
        duties={
            **parent.duties,
            **{n: _duty(n, e, home, remind) for n, e in (own.get("duties") or {}).items()},
        },
        settings={**parent.settings, **_settings(own.get("settings"), home)},
        vocabulary={**parent.vocabulary, **_facts(pack.get("facts"))},
        documents={**parent.documents, **documents_of(pack)},
        reminders=remind,
    )


def programmes_of(pack: Entry, management: Management) -> dict[str, Programme]:
    """Every programme of the pack, resolved."""
    groups = pack.get("groups") or {}
    return {
        name: _Builder(pack, name, line, groups.get(line.get("parent") or ""), management).build()
        for name, line in pack["programmes"].items()
    }


class _Builder:
    """Resolves one programme."""

    def __init__(self, pack: Entry, name: str, line: Entry, group: Entry | None, above: Management) -> None:
        self.pack, self.name, self.line = pack, name, line
        self.group: Mapping[str, Any] = group if group is not None else {}
        self.above = above
        self.home: str = pack["pack"]
        self.clauses: dict[str, str] = {**self.group.get("clause", {}), **line["clause"]}

    def cite(self, entry: Mapping[str, Any], kind: str) -> Citation:
        """The entry's citation; its clause, if it names none, is the programme's for `kind`."""
        return _cite(entry, self.home, self.clauses.get(kind))

    def either(self, key: str) -> Any:
        """The programme's own value, else its group's."""
        return self.line.get(key, self.group.get(key))

    def joined(self, key: str) -> tuple[Any, ...]:
        """The group's list, then the programme's own."""
        return (*self.group.get(key, ()), *self.line.get(key, ()))

    def facts(self) -> dict[str, FactSpec]:
        """The named facts first, then those that every programme has."""
        named = dict.fromkeys(self.joined("facts"))
        pool = {**self.above.vocabulary, **self.above.facts}
        return {**{n: pool[n] for n in named}, **self.above.facts}

    def counted(self, key: str) -> tuple[int | None, Citation | None]:
        """A printed number with its citation."""
        entry = self.line.get(key)
        return (entry["value"], self.cite(entry, "conditions")) if entry else (None, None)

    def checks(self) -> tuple[CheckSpec, ...]:
        """The rules of the pack, then of the group, then the programme's own."""
        common = tuple(
            _check(entry, _cite(entry, self.home, None)) for entry in self.pack.get("checks") or ()
        )
        own = tuple(_check(entry, self.cite(entry, "conditions")) for entry in self.joined("checks"))
        return common + own

    def dated(self, key: str, scale: int) -> Dated | None:
        """A printed number through time, multiplied by `scale`; None where none is printed."""
        entries, clause = self.line.get(key), self.clauses.get("money")
        if not entries:
            return None
        return Dated(tuple((e["from"], e["value"] * scale, _cite(e, self.home, clause)) for e in entries))

    def tables(self) -> tuple[dict[str, TargetSpec], dict[str, MaterialSpec], dict[str, Dated]]:
        """Targets, materials and settings, by key: management, group, programme."""
        targets = dict(self.above.targets)
        materials = dict(self.above.materials)
        settings = dict(self.above.settings)
        for part in (self.group, self.line):
            targets.update(_targets(part.get("targets"), self.home, self.clauses))
            materials.update(_materials(part.get("materials"), self.home, self.clauses))
            settings.update(_settings(part.get("settings"), self.home))
        return targets, materials, settings

    def build(self) -> Programme:
        """The finished programme."""
        limit, months = self.counted("limit_per_unit"), self.counted("duration_months")
        targets, materials, settings = self.tables()
        return Programme(
            slug=self.name,
            title=self.line["title"],
            year=self.line["year"],
            province=self.pack["province"],
            pack=self.home,
            document=self.above.documents[self.home],
            variant=self.line["variant"],
            family=self.line["family"],
            parent=self.line.get("parent"),
            applicants=tuple(self.either("applicants")),
            applicants_warn=tuple(self.either("applicants_warn") or ()),
            applicants_note=self.either("applicants_note"),
            citation=self.cite(self.line, "title"),
            quota=self.dated("quota", 1),
            quota_pool=self.line.get("quota_pool", self.name),
            amount=self.dated("amount", _FEN),
            total_fen=self.line["total"] * _FEN if "total" in self.line else None,
            phone=self.either("phone"),
            email=self.either("email"),
            limit_per_unit=limit[0],
            limit_citation=limit[1],
            duration_months=months[0],
            duration_citation=months[1],
            already_decided=self.line.get("already_decided", False),
            facts=self.facts(),
            targets=tuple(targets.values()),
            materials=materials,
            checks=self.checks(),
            duties={n: self.above.duties[n] for n in dict.fromkeys(self.joined("duties"))},
            settings=settings,
            named_projects=tuple(self.line.get("named_projects") or ()),
            not_printed=self.joined("not_printed"),
            notes=self.joined("notes"),
        )


def _cite(entry: Mapping[str, Any], home: str, clause: str | None) -> Citation:
    quote = entry.get("quote")
    if quote is None:
        return Citation(entry.get("rule"), None, None, None, entry.get("why"))
    own = entry.get("clause")
    place = own if isinstance(own, str) else clause
    return Citation(entry.get("rule"), entry.get("document", home), place, quote, entry.get("why"))


def _document(name: str, entry: Entry) -> Document:
    return Document(
        id=name,
        title=entry["title"],
        issuer=entry["issuer"],
        number=entry["number"],
        date=entry["date"],
        in_force_from=entry["in_force_from"],
    )


def _settings(entries: Any, home: str) -> dict[str, Dated]:
    return {
        name: Dated(tuple((e["from"], e["value"], _cite(e, home, None)) for e in dated))
        for name, dated in (entries or {}).items()
    }


def _facts(entries: Any) -> dict[str, FactSpec]:
    return {
        name: FactSpec(
            name=name,
            label=e["label"],
            type=e["type"],
            values=tuple(e.get("values") or ()),
            value_labels=tuple(e.get("value_labels") or ()),
            personal=e.get("personal", False),
            in_template=e.get("in_template", True),
            note=e.get("note"),
        )
        for name, e in (entries or {}).items()
    }


def _targets(entries: Any, home: str, clauses: Mapping[str, str]) -> dict[str, TargetSpec]:
    clause = clauses.get(_CLAUSE_OF["targets"])
    return {
        name: TargetSpec(
            slug=name,
            label=e["label"],
            cmp=e["cmp"],
            number=e.get("number"),
            unit=e.get("unit"),
            binding=e.get("binding", "mandatory"),
            per=e.get("per", "total"),
            citation=_cite(e, home, clause),
            when=e.get("when"),
        )
        for name, e in (entries or {}).items()
    }


def _materials(entries: Any, home: str, clauses: Mapping[str, str]) -> dict[str, MaterialSpec]:
    clause = clauses.get(_CLAUSE_OF["materials"])
    return {
        name: MaterialSpec(
            slug=name,
            label=e["label"],
            action=e.get("action"),
            written=e.get("written", False),
            required=e.get("required", False),
            citation=_cite(e, home, clause),
        )
        for name, e in (entries or {}).items()
    }


def _check(entry: Entry, citation: Citation) -> CheckSpec:
    return CheckSpec(
        rule=entry["rule"],
        name=entry["name"],
        predicate=entry["predicate"],
        params=dict(entry.get("params") or {}),
        severity=entry.get("severity", "block"),
        stage=entry.get("stage", "form_review"),
        citation=citation,
    )


def _duty(slug: str, entry: Entry, home: str, remind: Mapping[str, Any]) -> DutySpec:
    met_by: Literal["action", "report", "fact"] = entry["met_by"]
    return DutySpec(
        slug=slug,
        rule=entry["rule"],
        label=entry["label"],
        length=entry["length"],
        owed_by=entry["owed_by"],
        owed_to=entry["owed_to"],
        met_by=met_by,
        suggested=entry.get("suggested", False),
        before=tuple(entry.get("before", remind.get("before", ()))),
        after=tuple(entry.get("after", remind.get("after", ()))),
        repeat=entry.get("repeat", remind.get("repeat")) or None,
        citation=_cite(entry, home, None),
    )
