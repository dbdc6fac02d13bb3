"""The published list as a record: which projects one publication named, when, where and by whom (R-LIFE-65).

One command that publishes many projects of a programme makes one list; what is to be on the next one is
asked here too. Nothing here decides whether a result may be published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, exists, insert, select

from lifecycle.cases import HISTORY, PROJECT, UNIT
from lifecycle.models import PublicationEntryRow, PublicationRow
from states.decision import Case
from states.names import Action, State
from states.publicity import Selected

LIST: Final[Table] = PublicationRow.__table__  # type: ignore[attr-defined]
ENTRY: Final[Table] = PublicationEntryRow.__table__  # type: ignore[attr-defined]
SELECTED: Final = (State.APPROVED, State.PROPOSED_NOMINATION)
"""States in which a result waits for its publication."""


def list_publication(
    conn: Connection, case: Case, command_id: str, on: date, url: str | None, by: str, at: datetime
) -> None:
    """Put a project on the list of its command, making the list with the first one."""
    one = (LIST.c.command_id == command_id) & (LIST.c.programme == case.programme)
    known = conn.execute(select(LIST.c.id).where(one)).scalar_one_or_none()
    if known is None:
        values = {"command_id": command_id, "programme": case.programme, "on": on, "url": url}
        made = conn.execute(insert(LIST).values(**values, published_by=by, at=at).returning(LIST.c.id))
        known = int(made.scalar_one())
    values = {"publication_id": known, "project_id": case.id, "title": case.title, "unit": case.unit.name}
    conn.execute(insert(ENTRY), values)


@dataclass(frozen=True, slots=True)
class Published:
    """A list as it was published: its day, its address, and the entries that still stand."""

    on: date
    url: str | None
    entries: tuple[Selected, ...]


def unpublished(conn: Connection, programmes: Sequence[str]) -> tuple[Selected, ...]:
    """What is selected and not public yet, by id: the next list. What a document decided is on none."""
    p = PROJECT.c
    query = (
        select(p.id, p.title, p.facts, p.flags, UNIT.c.name)
        .join(UNIT, UNIT.c.id == p.unit_id)
        .where(p.programme.in_(programmes), p.state.in_([str(state) for state in SELECTED]))
        .order_by(p.id)
    )
    return tuple(
        Selected(row.id, row.title, row.name)
        for row in conn.execute(query)
        if not (row.facts or {}).get("publication.on") and "imported" not in (row.flags or ())
    )


def last_published(conn: Connection, programmes: Sequence[str]) -> Published | None:
    """The list that was published last (all lists of its day), or None."""
    days = select(LIST.c.on).where(LIST.c.programme.in_(programmes)).order_by(LIST.c.id.desc())
    on = conn.execute(days.limit(1)).scalar()
    if on is None:
        return None
    query = (
        select(LIST.c.url, ENTRY.c.project_id, ENTRY.c.title, ENTRY.c.unit)
        .join(ENTRY, ENTRY.c.publication_id == LIST.c.id)
        .where(LIST.c.programme.in_(programmes), LIST.c.on == on, ~withdrawn())
        .order_by(ENTRY.c.project_id, LIST.c.id)
    )
    rows = {row.project_id: row for row in conn.execute(query)}
    urls = [row.url for row in rows.values() if row.url]
    entries = tuple(Selected(row.project_id, row.title, row.unit) for row in rows.values())
    return Published(on, urls[-1] if urls else None, entries)


def withdrawn() -> ColumnElement[bool]:
    """Whether an entry's publication was undone since: the next entry of its project takes it back."""
    made, undo = HISTORY.alias(), HISTORY.alias()
    return exists().where(
        made.c.project_id == ENTRY.c.project_id,
        made.c.at == LIST.c.at,
        made.c.action == str(Action.PUBLISH_RESULTS),
        undo.c.project_id == made.c.project_id,
        undo.c.seq == made.c.seq + 1,
        undo.c.action == str(Action.REVERSE_STEP),
    )
