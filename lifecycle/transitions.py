"""Transitions that were committed, without anything personal: project, action, states, day, rule. Reads only.

For whoever tells other programs that something has happened. Actor, title, reason and values stay
in the record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select, tuple_

from lifecycle.answers import from_answer
from lifecycle.campaign_rows import DONE, ITEM, items_of
from lifecycle.models import Base
from lifecycle.requests import Done

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


@dataclass(frozen=True, slots=True)
class Moved:
    """How many projects of a programme an action took from one state to another."""

    programme: str
    action: str
    source: str | None
    dest: str
    count: int


def moves_of(steps: Iterable[Transition]) -> tuple[Moved, ...]:
    """Transitions counted, in their order."""
    counted = Counter((step.programme, step.action, step.source, step.dest) for step in steps)
    return tuple(Moved(*move, count) for move, count in counted.items())


def moves_by_chunk(conn: Connection, campaign_id: str, action: str) -> dict[int, tuple[Moved, ...]]:
    """What became of each chunk of a campaign, as the database counts it; steps of children are not in it."""
    i = ITEM.c
    move = (i.chunk, i.programme, i.answer["source"].as_string(), i.answer["dest"].as_string())
    query = (
        select(*move, func.count())
        .where(i.campaign_id == campaign_id, i.outcome == DONE)
        .group_by(*move)
        .order_by(i.chunk, func.min(i.position))
    )
    found: dict[int, tuple[Moved, ...]] = {}
    for chunk, programme, source, dest, count in conn.execute(query):
        found[chunk] = (*found.get(chunk, ()), Moved(programme, action, source, dest, count))
    return found


def chunk_transitions(conn: Connection, campaign_id: str, number: int) -> tuple[Transition, ...]:
    """The transitions of a chunk of a campaign in the order of its list, each with those of its children."""
    done = [
        from_answer(item["answer"]) for item in items_of(conn, campaign_id, number) if item["outcome"] == DONE
    ]
    return transitions_of(conn, entries_of(done))


def entries_of(done: Iterable[Done]) -> list[tuple[str, int]]:
    """The entries (project id, sequence number) that steps have made, those of children too."""
    found: list[tuple[str, int]] = []
    for item in done:
        found.append((item.id, item.seq))
        found += [(step.id, step.seq) for step in item.followed]
    return found


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
