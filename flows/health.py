"""The health page: is the daemon alive, and does it lead, and how long are the lines behind it.

Read from the database at each call; nothing is decided and nothing changed.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flows.bootstrap import App, now
from flows.page import Asked, Desk, Page, as_json
from lifecycle.claims import waiting_count
from lifecycle.database import reading
from lifecycle.outbox import backlog


def health_page(desk: Desk, asked: Asked) -> Page:
    """GET /health: the numbers as JSON."""
    return as_json(HTTPStatus.OK, health_of(desk.app, leads=desk.leads()))


def health_of(app: App, *, leads: bool) -> dict[str, Any]:
    """The numbers of the page, read from the database."""
    with reading(app.engine) as conn:
        commands = backlog(conn)
        notices = waiting_count(conn, now())
    return {
        "status": "ok",
        "leader": leads,
        "rehearsal": app.rehearsal,
        "commands": {
            "pending": commands.pending,
            "running": commands.running,
            "failed": commands.failed,
            "oldest": commands.oldest.isoformat() if commands.oldest else None,
        },
        "notices": {"waiting": notices},
    }
