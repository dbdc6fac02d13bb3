"""A real web server on the loopback in the place of a vendor of robots; a test may set its next answers."""

from __future__ import annotations

import json
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

TAKEN = {"errcode": 0, "errmsg": "ok", "code": 0, "msg": "success"}
"""What every vendor says to a message that it takes, in its own words."""


@dataclass(frozen=True)
class Answer:
    """What the server does next: `hang` reads and never answers, `drop` cuts the line, `drip` never ends."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    manner: Literal["answer", "hang", "drop", "drip"] = "answer"


@dataclass(frozen=True)
class Told:
    """One message as it came in."""

    path: str
    query: dict[str, str]
    body: dict[str, Any]


class RobotHost:
    """Keeps what it is told and answers from `answers` while there are any, else that it was taken."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.told: list[Told] = []
        self.answers: list[Answer] = []
        self._over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._scheme = "https" if tls else "http"
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, and let go of whoever hangs."""
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Take one message and answer it."""
        target = urlsplit(handler.path)
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        self.told.append(Told(target.path, dict(parse_qsl(target.query)), body))
        answer = self.answers.pop(0) if self.answers else Answer(TAKEN)
        if answer.manner == "hang":
            self._over.wait(60)
        if answer.manner in ("hang", "drop"):
            handler.close_connection = True
            return
        content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content) + 1000 * (answer.manner == "drip")))
        handler.end_headers()
        handler.wfile.write(content)
        while answer.manner == "drip" and not self._over.wait(0.05):
            handler.wfile.write(b" ")


def _handler(host: RobotHost) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            try:
                host.answer(self)
            except OSError:  # the other side has gone
                self.close_connection = True

        def log_message(self, *_words: object) -> None:
            """A test reads what it needs from `told`."""

    return Handler
