"""The answer to a calendar program that asks for a feed: the file, or that it has it already.

A wrong token, a revoked one and a path that never was are answered alike. Nothing is written, not even that
it was asked.
"""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from http import HTTPStatus
from typing import Final

from flows.bootstrap import today
from flows.page import Asked, Desk, Page, as_json
from lifecycle.agenda import Wanted
from lifecycle.database import reading
from lifecycle.feed_entries import read_feed
from lifecycle.feeds import find_feed
from lifecycle.gate import store_facts
from lifecycle.people import EVERYWHERE, Actor
from notifications.ical import ical
from states.names import Role

FRESH_SECONDS: Final = 3_600
_READER: Final = Actor("feed", {EVERYWHERE: frozenset({Role.VIEWER})}, None)
"""Who holds a token sees what the public sees of the duties in that feed: no internal date."""


def feed_page(desk: Desk, asked: Asked) -> Page:
    """The feed of the token in the path, 304 where the other side holds it still."""
    app, token = desk.app, asked.path.rpartition("/")[2].removesuffix(".ics")
    with reading(app.engine) as conn:
        feed = find_feed(conn, token)
        if feed is None:
            return as_json(HTTPStatus.NOT_FOUND, {"error": "not_found"})
        facts = store_facts(conn)
        on: date = (facts.swept_on if facts.rehearsal else None) or today()
        content = ical(read_feed(conn, app.store, _READER, on, Wanted(unit=feed.unit), feed.name))
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    headers = {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": 'inline; filename="deadlines.ics"',
        "Cache-Control": f"private, max-age={FRESH_SECONDS}",
        "ETag": tag,
    }
    known = asked.headers.get("if-none-match")
    if known is not None and tag in (one.strip().removeprefix("W/") for one in known.split(",")):
        return Page(HTTPStatus.NOT_MODIFIED, b"", headers)
    return Page(HTTPStatus.OK, content, headers)
