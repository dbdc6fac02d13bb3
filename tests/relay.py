"""A relay in front of a server that goes dead after a given number of messages: an injected fault."""

from __future__ import annotations

import contextlib
import socket
import threading
from urllib.parse import urlsplit

from flows.server import FlowServer


class Relay:
    """Passes bytes on until it has seen `messages` of the client's; then nobody is there any more."""

    def __init__(self, server: FlowServer, messages: int) -> None:
        self._target = urlsplit(server.api_url).port
        self._left = messages
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.server = FlowServer(f"http://127.0.0.1:{self._listener.getsockname()[1]}/api", server.auth)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def dead(self) -> bool:
        """Whether it has gone."""
        return self._left <= 0

    def close(self) -> None:
        """Go now."""
        with self._lock:
            self._left = 0
            for one in (self._listener, *self._open):
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target or 0))
                with self._lock:
                    if self.dead:
                        client.close()
                        server.close()
                        return
                    self._open += [client, server]
                threading.Thread(target=self._pass, args=(client, server, True), daemon=True).start()
                threading.Thread(target=self._pass, args=(server, client, False), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, counts: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if counts:
                    self._left -= 1
                if self.dead:
                    self.close()
                    return
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
