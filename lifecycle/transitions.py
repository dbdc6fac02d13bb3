"""Transitions that were committed, without anything personal: project, action, states, day, rule. Reads only.

For whoever tells other programs that something has happened. Actor, title, reason and values stay
in the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select, tuple_

from lifecycle.models import Base

HISTORY = Base.metadata.tables["history"]
PROJECT = Base.metadata.tables["project"]

TOGETHER = 200
"""Entries that are looked up by one query."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One entry of one project's history, as it may be told to anybody."""

    project: str
    seq: int
    programme: str
    action: str
    source: str | None
    dest: str
    on: date
    rule: str | None


def transitions_of(conn: Connection, entries: Sequence[tuple[str, int]]) -> tuple[Transition, ...]:
    """The transitions of entries (project id, sequence number) in their order; unknown ones are left out."""
    found: dict[tuple[str, int], Transition] = {}
    for part in _parts(entries):
        h = HISTORY.c
        query = (
            select(h.project_id, h.seq, PROJECT.c.programme, h.action, h.source, h.dest, h.on, h.rule)
            .join(PROJECT, PROJECT.c.id == h.project_id)
            .where(tuple_(h.project_id, h.seq).in_(part))
        )
        found |= {(row[0], row[1]): Transition(*row) for row in conn.execute(query)}
    return tuple(found[entry] for entry in entries if entry in found)


def _parts(entries: Sequence[tuple[str, int]]) -> Iterator[Sequence[tuple[str, int]]]:
    return (entries[start : start + TOGETHER] for start in range(0, len(entries), TOGETHER))
