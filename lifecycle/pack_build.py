"""From a pack that was read and judged to frozen programmes.

Decides how management, group and programme sections combine: the programme over its group over
the pack's management over the inherited one, by key, each value with its own citation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lifecycle import pack_entries as entry_of
from lifecycle.pack_line import Builder, Management
from lifecycle.yaml_positions import Entry
from states.catalogue import Document, Programme


def documents_of(pack: Entry) -> dict[str, Document]:
    """The pack's own document and those it cites besides."""
    own = {pack["pack"]: pack["document"], **(pack.get("documents") or {})}
    return {name: entry_of.document(name, entry) for name, entry in own.items()}


def management_of(pack: Entry, parent: Management) -> Management:
    """The pack's management sections over the inherited ones, by key."""
    own = pack.get("management") or {}
    home = pack["pack"]
    remind = {**parent.reminders, **(own.get("reminders") or {})}
    return Management(
        facts={**parent.facts, **entry_of.facts(own.get("facts"))},
        targets={**parent.targets, **entry_of.targets(own.get("targets"), home, {})},
        materials={**parent.materials, **entry_of.materials(own.get("materials"), home, {})},
        duties={
            **parent.duties,
            **{n: entry_of.duty(n, e, home, remind) for n, e in (own.get("duties") or {}).items()},
        },
        settings={**parent.settings, **entry_of.settings(own.get("settings"), home)},
        vocabulary={**parent.vocabulary, **entry_of.facts(pack.get("facts"))},
        documents={**parent.documents, **documents_of(pack)},
        reminders=remind,
        readings={**parent.readings, **{r.rule: r for r in entry_of.readings(pack.get("readings"), home)}},
    )


def lines_of(pack: Entry, management: Management) -> tuple[dict[str, Programme], dict[str, Programme]]:
    """Every group and every programme of the pack, resolved."""
    entries: dict[str, Entry] = {**(pack.get("groups") or {}), **pack["programmes"]}
    built = {name: Builder(pack, name, entries, management).build() for name in entries}
    told = {name: _with_relatives(line, built) for name, line in built.items()}
    groups = {name: line for name, line in told.items() if line.group}
    return groups, {name: line for name, line in told.items() if not line.group}


def _with_relatives(line: Programme, lines: Mapping[str, Programme]) -> Programme:
    """The line with what stands below it and what is counted together with it."""
    children = tuple(name for name, other in lines.items() if other.parent == line.slug)
    scope = tuple(n for n, o in lines.items() if not o.group and o.limit_pool == line.limit_pool)
    related = (*line.required_children, *line.lineage[1:], *children, *filter(None, [line.child_of]))
    titles = {slug: lines[slug].title for slug in related if slug in lines}
    found = replace(line, children=children, limit_scope=scope, relatives=titles)
    if not line.group or line.applicants:
        return found
    below = dict.fromkeys(k for o in lines.values() if line.slug in o.lineage[1:] for k in o.applicants)
    return replace(found, applicants=tuple(below))
