"""The published list as a record: which projects one publication named, when, where and by whom (R-LIFE-65).

One command that publishes many projects of a programme makes one list. Nothing here decides whether a
result may be published.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, exists, insert, select

from lifecycle.cases import HISTORY
from lifecycle.models import PublicationEntryRow, PublicationRow
from states.decision import Case
from states.names import Action

LIST: Final[Table] = PublicationRow.__table__  # type: ignore[attr-defined]
ENTRY: Final[Table] = PublicationEntryRow.__table__  # type: ignore[attr-defined]


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
