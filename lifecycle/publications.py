"""The published list as a record: which projects one publication named, when, where and by whom (R-LIFE-65).

One command that publishes many projects of a programme makes one list. Nothing here decides whether a
result may be published.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, insert, select

from lifecycle.models import PublicationEntryRow, PublicationRow
from states.decision import Case

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


def publications(conn: Connection) -> list[dict[str, Any]]:
    """Every published list with its projects, oldest first; plain values for any door."""
    entries: dict[int, list[dict[str, str]]] = {}
    for row in conn.execute(select(ENTRY).order_by(ENTRY.c.project_id)):
        told = {"id": row.project_id, "title": row.title, "unit": row.unit}
        entries.setdefault(row.publication_id, []).append(told)
    return [
        {
            "programme": row.programme,
            "on": row.on.isoformat(),
            "url": row.url,
            "by": row.published_by,
            "projects": entries.get(row.id, []),
        }
        for row in conn.execute(select(LIST).order_by(LIST.c.id))
    ]
