"""A relay in front of a flow server that does to requests and answers what a test tells it: injected faults.

It goes dead after so many messages, holds at a request or at its answer, is slow, cuts answers in the
middle, or lies. The server behind may be killed and started again meanwhile.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flows.server import FlowServer

METHODS = (b"GET ", b"POST ", b"PATCH ", b"PUT ", b"DELETE ")
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nContent-Length: 2\r\n\r\n{}"
NONSENSE = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{"sense": "none"}'
PATIENCE = 120


@dataclass
class Hold:
    """A stop at the request whose first line has `path` in it, after `skip` such requests passed.

    With `answer` the server has done it already and only its answer is held. `reached` tells that
    somebody hangs there; `release` lets it go on, `drop` cuts the line instead.
    """

    path: str
    answer: bool = False
    skip: int = 0
    reached: threading.Event = field(default_factory=threading.Event)
    _over: threading.Event = field(default_factory=threading.Event)
    _dropped: bool = False

    def release(self) -> None:
        """Let it go on."""
        self._over.set()

    def drop(self) -> None:
        """Cut the line."""
        self._dropped = True
        self._over.set()

    def wait(self) -> bool:
        """Hang here; whether the line lives on."""
        self.reached.set()
        return self._over.wait(PATIENCE) and not self._dropped


@dataclass
class _Line:
    """One connection: the client's end and the server's, and what is to happen to the next answer."""

    client: socket.socket
    server: socket.socket
    hold: Hold | None = None
    cut: bool = False
    lie: bool = False

    def close(self) -> None:
        for one in (self.client, self.server):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


class Relay:
    """Passes bytes on; after `messages` of the client's nobody is there any more.

    `delay` seconds go by before each answer. Answers to requests with `cut` in their first line end in
    the middle; those with `lie` in it are answered with 200 and nonsense, and never reach the server. So do
    not those that it is `busy` for: as often as is told for a part of a first line, the answer is 503.
    """

    def __init__(self, server: FlowServer, messages: int | None = None) -> None:
        self._target = urlsplit(server.api_url).port
        self._left = messages
        self._lock = threading.Lock()
        self._lines: list[_Line] = []
        self._holds: list[Hold] = []
        self._closed = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.server = FlowServer(f"http://127.0.0.1:{self._listener.getsockname()[1]}/api", server.auth)
        self.delay = 0.0
        self.cut: str | None = None
        self.lie: str | None = None
        self.busy: dict[str, int] = {}
        self.requests: list[str] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def dead(self) -> bool:
        """Whether it has gone."""
        return self._closed.is_set()

    def hold(self, path: str, *, answer: bool = False, skip: int = 0) -> Hold:
        """Stop whoever next asks for a path, before the server hears it or before its answer is heard."""
        made = Hold(path, answer, skip)
        with self._lock:
            self._holds.append(made)
        return made

    def close(self) -> None:
        """Go now."""
        with self._lock:
            self._closed.set()
            for hold in self._holds:
                hold.drop()
            for line in self._lines:
                line.close()
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._target or 0))
                except OSError:
                    client.close()  # as if nobody listened
                    continue
                line = _Line(client, server)
                with self._lock:
                    if self.dead:
                        line.close()
                        return
                    self._lines.append(line)
                for work in (self._ask, self._answer):
                    threading.Thread(target=self._guarded, args=(work, line), daemon=True).start()

    def _guarded(self, work: object, line: _Line) -> None:
        assert callable(work)
        with contextlib.suppress(OSError):
            work(line)
        line.close()

    def _ask(self, line: _Line) -> None:
        while data := line.client.recv(65536):
            if self._gone():
                self.close()
                return
            if data.startswith(METHODS):
                first = data.partition(b"\r\n")[0].decode(errors="replace")
                self.requests.append(first)
                refused = self._refused(first)
                line.lie = refused or (self.lie is not None and self.lie in first)
                line.cut = self.cut is not None and self.cut in first
                line.hold = self._hold_of(first)
                if line.lie:
                    line.client.sendall(BUSY if refused else NONSENSE)
            if line.lie:
                continue  # what belongs to a request that was answered already
            if line.hold is not None and not line.hold.answer:
                hold, line.hold = line.hold, None
                if not hold.wait():
                    return
            line.server.sendall(data)

    def _answer(self, line: _Line) -> None:
        while data := line.server.recv(65536):
            if self.delay and self._closed.wait(self.delay):
                return
            hold, line.hold = line.hold, None
            if hold is not None and not hold.wait():
                return
            if line.cut:
                line.client.sendall(data[: len(data) // 2])
                return
            line.client.sendall(data)

    def _refused(self, first: str) -> bool:
        with self._lock:
            for path, left in self.busy.items():
                if left and path in first:
                    self.busy[path] = left - 1
                    return True
        return False

    def _gone(self) -> bool:
        with self._lock:
            if self._left is None:
                return self.dead
            self._left -= 1
            return self._left <= 0 or self.dead

    def _hold_of(self, first: str) -> Hold | None:
        with self._lock:
            for hold in self._holds:
                if hold.path not in first or hold.reached.is_set():
                    continue
                if hold.skip:
                    hold.skip -= 1
                    continue
                return hold
        return None
