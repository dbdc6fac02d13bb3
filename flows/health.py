"""The daemon's pages on the loopback: is it alive and how long are the lines behind it, and the feeds.

GET /health answers JSON, GET /feeds/TOKEN.ics a feed (`flows.feed_page`); nothing else is answered and
nothing is ever changed.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from flows.bootstrap import App, now
from flows.feed_page import Page, feed_page
from lifecycle.claims import waiting_count
from lifecycle.database import reading
from lifecycle.outbox import backlog
from states.errors import LifecycleError, UnavailableFault


def health_page(app: App) -> ThreadingHTTPServer:
    """A server, not yet serving, on the host and port of the settings. UnavailableFault if taken."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(answer_of(app, self.path, self.headers.get("If-None-Match")))

        def do_HEAD(self) -> None:
            self._answer(answer_of(app, self.path, self.headers.get("If-None-Match")))

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it is called by
            """Nothing: it is asked every few seconds, and the address of a feed is a secret."""

        def _answer(self, page: Page) -> None:
            self.send_response(page.status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Content-Length", str(len(page.content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(page.content)

    address = (app.settings.daemon_host, app.settings.daemon_port)
    try:
        server = ThreadingHTTPServer(address, Handler)
    except OSError:
        raise UnavailableFault(f"守护进程的端口 {address[1]} 已被占用，请用 --port 另选。") from None
    server.daemon_threads = True
    return server


def answer_of(app: App, path: str, known: str | None) -> Page:
    """What is answered to a GET of a path; `known` is the ETag that the other side holds already."""
    try:
        if path == "/health":
            return _as_json(HTTPStatus.OK, health_of(app))
        return feed_page(app, path, known) or _as_json(HTTPStatus.NOT_FOUND, {"error": "not_found"})
    except LifecycleError as fault:
        told = {"error": fault.code, "message": fault.message}
        return _as_json(HTTPStatus.SERVICE_UNAVAILABLE, told)


def _as_json(status: HTTPStatus, body: dict[str, Any]) -> Page:
    headers = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"}
    return Page(status, json.dumps(body, ensure_ascii=False).encode(), headers)


def health_of(app: App) -> dict[str, Any]:
    """The numbers of the page, read from the database."""
    with reading(app.engine) as conn:
        commands = backlog(conn)
        notices = waiting_count(conn, now())
    return {
        "status": "ok",
        "rehearsal": app.rehearsal,
        "commands": {
            "pending": commands.pending,
            "running": commands.running,
            "failed": commands.failed,
            "oldest": commands.oldest.isoformat() if commands.oldest else None,
        },
        "notices": {"waiting": notices},
    }
