"""The daemon's health page on the loopback: is it alive, and how long are the lines behind it.

GET /health answers JSON; nothing else is answered and nothing is changed.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from flows.bootstrap import App, now
from lifecycle.claims import waiting_count
from lifecycle.database import reading
from lifecycle.outbox import backlog
from states.errors import LifecycleError, UnavailableFault


def health_page(app: App) -> ThreadingHTTPServer:
    """A server, not yet serving, on the host and port of the settings. UnavailableFault if taken."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != "/health":
                self._answer(HTTPStatus.NOT_FOUND, {"error": "not_found"})
                return
            try:
                self._answer(HTTPStatus.OK, health_of(app))
            except LifecycleError as fault:
                self._answer(HTTPStatus.SERVICE_UNAVAILABLE, {"error": fault.code, "message": fault.message})

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it is called by
            """Nothing: it is asked every few seconds."""

        def _answer(self, status: HTTPStatus, body: dict[str, Any]) -> None:
            content = json.dumps(body, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    address = (app.settings.daemon_host, app.settings.daemon_port)
    try:
        server = ThreadingHTTPServer(address, Handler)
    except OSError:
        raise UnavailableFault(f"守护进程的端口 {address[1]} 已被占用，请用 --port 另选。") from None
    server.daemon_threads = True
    return server


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
