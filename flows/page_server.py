"""The daemon's pages over HTTP: finds the row of the table, asks for the token, keeps to limits and times.

Only the loopback gets at what is the owner's. A slow, large or lying request ends alone: every read has an
end, bodies and connections are counted, and no fault of a page is told but by its sentence.
"""

from __future__ import annotations

import io
import ipaddress
import re
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from hmac import compare_digest
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from flows.page import Asked, Desk, Page, Route, Who, as_json
from flows.page_routes import ROUTES
from flows.server import warning_token
from lifecycle.log import get_log
from states.errors import LifecycleError, UnavailableFault

REQUEST_SECONDS: Final = 10.0
"""A request has to be here whole within this time, and an idle connection is closed after it."""
CONNECTIONS: Final = 64
_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Names under which the loopback is asked for; any other is a page elsewhere that had its name bent to us."""


class PageServer(ThreadingHTTPServer):
    """The pages of one daemon, bound and not yet serving. UnavailableFault if the port is taken."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self, desk: Desk, routes: Sequence[Route] = ROUTES, request_seconds: float = REQUEST_SECONDS
    ) -> None:
        self.request_seconds = request_seconds
        self.desk = desk
        self.routes = tuple((re.compile(route.path), route) for route in routes)
        self.stopping = False
        self._seats = threading.BoundedSemaphore(CONNECTIONS)
        self._working = 0
        self._calm = threading.Condition()
        address = (desk.app.settings.daemon_host, desk.app.settings.daemon_port)
        try:
            super().__init__(address, _Handler)
        except OSError:
            raise UnavailableFault(f"守护进程的端口 {address[1]} 已被占用，请用 --port 另选。") from None

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a connection its thread; one too many is closed at once."""
        if not self._seats.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """As it is, and the seat becomes free."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._seats.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke off concerns nobody else."""

    def answer(self, method: str, asked: Asked, route: Route) -> Page:
        """The page, or the sentence of what went wrong."""
        try:
            return route.answer(self.desk, asked)
        except LifecycleError as fault:
            status = HTTPStatus.SERVICE_UNAVAILABLE if fault.code == "unavailable" else HTTPStatus.BAD_REQUEST
            return as_json(status, {"error": fault.code, "message": fault.message})
        except Exception as error:  # noqa: BLE001 - the log gets it all, the other side a sentence
            get_log().exception("page_failed", method=method, page=route.path, error=str(error))
            return refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "程序内部错误，详见守护进程的日志。")

    def enter(self) -> bool:
        """Begin to work on a request; false when the daemon is about to end."""
        with self._calm:
            if self.stopping:
                return False
            self._working += 1
            return True

    def leave(self) -> None:
        """End what `enter` began."""
        with self._calm:
            self._working -= 1
            self._calm.notify_all()

    def close(self, grace: float) -> bool:
        """Take no more, and let what is at work end within `grace` seconds; whether it did."""
        with self._calm:
            self.stopping = True
        self.shutdown()
        self.server_close()
        with self._calm:
            return self._calm.wait_for(lambda: not self._working, grace)


def refusal(status: HTTPStatus, message: str, **headers: str) -> Page:
    """A page that says why there is none; the connection ends with it."""
    return as_json(status, {"error": status.phrase.lower().replace(" ", "_"), "message": message}, **headers)


class _Deadline(io.RawIOBase):
    """Reads of a connection that all together end in time, however slowly it drips."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.ends = 0.0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "lifecycle", ""
    server: PageServer

    def setup(self) -> None:
        """Read under a deadline."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        self._deadline = _Deadline(self.connection)
        self.rfile = io.BufferedReader(self._deadline)

    def handle_one_request(self) -> None:
        """The next request, whole within its time."""
        self._deadline.ends = time.monotonic() + self.server.request_seconds
        super().handle_one_request()

    def __getattr__(self, name: str) -> Any:
        """Every method is looked up in the table, none has a function of its own."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it is called by
        """Nothing: it is asked every few seconds, and the address of a feed is a secret."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What cannot be read as HTTP is answered as everything else."""
        self.close_connection = True
        self._send(refusal(HTTPStatus(code), "无法识别的请求。"))

    def _serve(self) -> None:
        if not self.server.enter():
            self.close_connection = True
            self._send(refusal(HTTPStatus.SERVICE_UNAVAILABLE, "守护进程正在停止。"))
            return
        try:
            self._send(self._page())
        except (TimeoutError, ConnectionError):
            self.close_connection = True
        finally:
            self.server.leave()

    def _page(self) -> Page:
        path = self.path.partition("?")[0]
        rows = [route for pattern, route in self.server.routes if pattern.fullmatch(path)]
        method = "GET" if self.command == "HEAD" else self.command
        route = next((one for one in rows if one.method == method), None)
        refused = _no_route(rows) if route is None else self._barred(route) or self._unfit(route)
        if refused is not None or route is None:
            self.close_connection = True  # a body that was not read would be taken for the next request
            return refused or _no_route(rows)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        return self.server.answer(self.command, Asked(path, headers, body), route)

    def _barred(self, route: Route) -> Page | None:
        """Why this caller may not, or None."""
        if route.who is Who.ANYBODY:
            return None
        if route.who is Who.FLOW_SERVER:
            return self._unknown(warning_token(self.server.desk.app.settings.home))
        if not ipaddress.ip_address(self.client_address[0].partition("%")[0]).is_loopback:
            return refusal(HTTPStatus.FORBIDDEN, "只接受本机的请求。")
        host = re.sub(r":\d+$", "", self.headers.get("Host") or "").lower()
        if host not in _NAMES or self.headers.get("Origin") is not None:
            return refusal(HTTPStatus.FORBIDDEN, "只接受本机程序的请求。")
        return self._unknown(self.server.desk.token)

    def _unknown(self, ours: str) -> Page | None:
        """The refusal of a caller who does not show our token, or None."""
        word, _, token = (self.headers.get("Authorization") or "").partition(" ")
        known = compare_digest(token.strip().encode(), ours.encode())
        if word.lower() != "bearer" or not known or not ours:
            return refusal(HTTPStatus.UNAUTHORIZED, "令牌不对。", **{"WWW-Authenticate": "Bearer"})
        return None

    def _unfit(self, route: Route) -> Page | None:
        """What is wrong with the form of the request, or None."""
        length = self.headers.get("Content-Length")
        if self.headers.get("Transfer-Encoding") or len(self.headers.get_all("Content-Length") or ()) > 1:
            return refusal(HTTPStatus.LENGTH_REQUIRED, "请求须写明一个 Content-Length。")
        if not re.fullmatch(r"\d{1,12}", length or ("" if route.longest_body else "0")):
            return refusal(HTTPStatus.LENGTH_REQUIRED, "请求须写明 Content-Length。")
        if int(length or 0) > route.longest_body:
            return refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"请求超过 {route.longest_body} 字节。")
        kind = (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        if route.longest_body and kind != "application/json":
            return refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "请求须为 application/json。")
        return None

    def _send(self, page: Page) -> None:
        self.connection.settimeout(REQUEST_SECONDS)
        self.send_response(page.status)
        for name, value in {"X-Content-Type-Options": "nosniff", **page.headers}.items():
            self.send_header(name, value)
        if page.more is not None:
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(page.content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD":
            return
        self.wfile.write(page.content)
        for piece in page.more or ():
            with suppress(ConnectionError, TimeoutError):  # the work goes on whoever still listens
                self.wfile.write(piece)


def _no_route(rows: Sequence[Route]) -> Page:
    """No such path, or not in this way."""
    if not rows:
        return as_json(HTTPStatus.NOT_FOUND, {"error": "not_found"})
    allowed = ", ".join(sorted({row.method for row in rows}))
    return refusal(HTTPStatus.METHOD_NOT_ALLOWED, "此地址不接受这种请求。", Allow=allowed)
