"""The single entries of a pack as frozen values: documents, facts, targets, checks, duties, settings.

Each with its own citation; how sections combine is decided in `lifecycle.pack_build`.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    Reading,
    Rung,
    TargetSpec,
)

_CLAUSE_OF = {"targets": "contents", "materials": "conditions"}


def cite(entry: Mapping[str, Any], home: str, clause: str | None) -> Citation:
    """An entry's citation; without a printed quote it is a default of ours."""
    quote = entry.get("quote")
    if quote is None:
        return Citation(entry.get("rule"), None, None, None, entry.get("why"))
    own = entry.get("clause")
    place = own if isinstance(own, str) else clause
    return Citation(entry.get("rule"), entry.get("document", home), place, quote, entry.get("why"))


def document(name: str, entry: Entry) -> Document:
    """A document that the pack rests on or cites."""
    return Document(
        id=name,
        title=entry["title"],
        issuer=entry["issuer"],
        number=entry["number"],
        date=entry["date"],
        in_force_from=entry["in_force_from"],
    )


def settings(entries: Any, home: str) -> dict[str, Dated]:
    """Dated settings by name."""
    return {
        name: Dated(tuple((e["from"], e["value"], cite(e, home, None)) for e in dated))
        for name, dated in (entries or {}).items()
    }


def facts(entries: Any) -> dict[str, FactSpec]:
    """Facts by name."""
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


def targets(entries: Any, home: str, clauses: Mapping[str, str]) -> dict[str, TargetSpec]:
    """Targets by slug; a clause that is not given is that of the contents."""
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
            citation=cite(e, home, clause),
            when=tuple(e.get("when") or ()),
            unless=e.get("unless"),
            items=tuple(e.get("items") or ()),
            any_of=tuple(dict(way) for way in e.get("any_of") or ()),
            kinds=tuple(e.get("kinds") or ()),
            domain=e.get("domain"),
            evidence=e.get("evidence"),
        )
        for name, e in (entries or {}).items()
    }


def materials(entries: Any, home: str, clauses: Mapping[str, str]) -> dict[str, MaterialSpec]:
    """Materials by slug; a clause that is not given is that of the conditions."""
    clause = clauses.get(_CLAUSE_OF["materials"])
    return {
        name: MaterialSpec(
            slug=name,
            label=e["label"],
            action=e.get("action"),
            written=e.get("written", False),
            required=e.get("required", False),
            citation=cite(e, home, clause),
        )
        for name, e in (entries or {}).items()
    }


def check(entry: Entry, citation: Citation) -> CheckSpec:
    """One eligibility rule."""
    return CheckSpec(
        rule=entry["rule"],
        name=entry["name"],
        predicate=entry["predicate"],
        params=dict(entry.get("params") or {}),
        severity=entry.get("severity", "block"),
        stage=entry.get("stage", "form_review"),
        citation=citation,
    )


def duty(slug: str, entry: Entry, home: str, remind: Mapping[str, Any]) -> DutySpec:
    """One duty, with the reminder plan of the pack where it has none; a suggested one never escalates."""
    met_by: Literal["action", "report", "fact"] = entry["met_by"]
    suggested = entry.get("suggested", False)
    ladder = () if suggested else entry.get("escalate", remind.get("escalate", ()))
    return DutySpec(
        slug=slug,
        rule=entry["rule"],
        label=entry["label"],
        length=entry["length"],
        owed_by=entry["owed_by"],
        owed_to=entry["owed_to"],
        met_by=met_by,
        suggested=suggested,
        before=tuple(entry.get("before", remind.get("before", ()))),
        after=tuple(entry.get("after", remind.get("after", ()))),
        repeat=entry.get("repeat", remind.get("repeat")) or None,
        citation=cite(entry, home, None),
        every=entry.get("every"),
        papers=tuple(entry.get("papers", ())),
        particulars=tuple(entry.get("particulars", ())),
        recorded=entry.get("recorded", False),
        quota=entry.get("quota"),
        times=entry.get("times"),
        ad_hoc=entry.get("ad_hoc", False),
        escalate=tuple(Rung(rung["after"], rung["to"]) for rung in ladder),
        month_days=tuple(entry.get("month_days", ())),
    )


def readings(entries: Any, home: str) -> tuple[Reading, ...]:
    """How ambiguous places are read, by the number of the ambiguity."""
    return tuple(
        Reading(
            rule=rule,
            choice=e["choice"],
            why=e["why"],
            options=tuple(e.get("options") or ()),
            since=e.get("from"),
            citation=cite({"rule": rule, **e}, home, None),
        )
        for rule, e in sorted((entries or {}).items())
    )
