"""What a command has led to, read back from the record: steps with their clauses, notices, values for people.

Reads only. What is shown is what was committed, never what a flow believes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, tuple_

from lifecycle.models import Base
from lifecycle.requests import Done, Followed

HISTORY = Base.metadata.tables["history"]
NOTICE = Base.metadata.tables["notice"]
PROJECT = Base.metadata.tables["project"]
ANSWER = Base.metadata.tables["idempotency"]

SHOWN_AT_MOST = 200
"""Rows in one artifact: what a page shows at once; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """One step of a command: project, states, clause, and how many notices came of it."""

    project: str
    programme: str
    title: str
    action: str
    source: str
    dest: str
    rule: str | None
    cite: str | None
    document: str | None
    reason: str | None
    notices: int


def consequences(
    conn: Connection, command_id: str, done: Sequence[Done | Followed]
) -> tuple[Consequence, ...]:
    """The first steps of a command in the order they were taken, at most `SHOWN_AT_MOST`."""
    first = done[:SHOWN_AT_MOST]
    if not first:
        return ()
    rows = conn.execute(
        select(HISTORY, PROJECT.c.title, PROJECT.c.programme)
        .join(PROJECT, PROJECT.c.id == HISTORY.c.project_id)
        .where(tuple_(HISTORY.c.project_id, HISTORY.c.seq).in_([(item.id, item.seq) for item in first]))
    )
    entries = {(row.project_id, row.seq): row for row in rows}
    counts = conn.execute(
        select(NOTICE.c.project_id, func.count().label("number"))
        .where(NOTICE.c.command_id == command_id, NOTICE.c.project_id.in_([item.id for item in first]))
        .group_by(NOTICE.c.project_id)
    )
    notices = {row.project_id: row.number for row in counts}
    return tuple(
        Consequence(
            project=item.id,
            programme=entry.programme,
            title=entry.title,
            action=entry.action,
            source=item.source,
            dest=item.dest,
            rule=entry.rule,
            cite=entry.cite,
            document=entry.cite_document,
            reason=entry.reason,
            notices=notices.get(item.id, 0),
        )
        for item in first
        if (entry := entries.get((item.id, item.seq))) is not None
    )


def title_of(conn: Connection, project_id: str) -> str | None:
    """The title of one project, or None."""
    return conn.execute(select(PROJECT.c.title).where(PROJECT.c.id == project_id)).scalar()


def carried_out(conn: Connection, key: str, project_ids: Sequence[str]) -> tuple[str, ...]:
    """Those of the projects on which the command under this key was done, in the given order.

    A repeat is asked for these only: a project that was refused then must not pass now unasked.
    """
    known: set[str] = set()
    for start in range(0, len(project_ids), SHOWN_AT_MOST):
        keys = [f"{key}/{project_id}" for project_id in project_ids[start : start + SHOWN_AT_MOST]]
        known.update(conn.execute(select(ANSWER.c.key).where(ANSWER.c.key.in_(keys))).scalars())
    return tuple(project_id for project_id in project_ids if f"{key}/{project_id}" in known)


def states_reached(conn: Connection, key: str, project_ids: Sequence[str]) -> list[str]:
    """The states to which the command under this key has led its first projects."""
    keys = [f"{key}/{project_id}" for project_id in project_ids[:SHOWN_AT_MOST]]
    answers = conn.execute(select(ANSWER.c.answer).where(ANSWER.c.key.in_(keys))).scalars()
    return sorted({str(answer["dest"]) for answer in answers})
