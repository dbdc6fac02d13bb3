"""The command line's end of the line to the daemon: it finds it, makes sure of it, asks, never waits long.

Every doubt ends as `Unanswered`: the caller then does the work himself, under the same id, so that what
the daemon may have done counts as done. Standard library only.
"""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Callable
from hmac import compare_digest
from typing import Any, Final

from flows.address import Address, read_address
from flows.wire import build_of, proof, store_of
from lifecycle.settings import Settings

HELLO_SECONDS: Final = 1.5
SILENT_SECONDS: Final = 10.0
"""A daemon at work speaks every second; one that says nothing for so long is given up."""
LONGEST_LINE: Final = 256 * 2**20

Answer = dict[str, Any]


class Unanswered(Exception):
    """守护进程没有答复。"""

    def __init__(self, asked: bool) -> None:
        self.asked = asked
        """Whether it may have been at work when it was given up."""
        super().__init__()


class DaemonLine:
    """One connection to the daemon of a home, made sure of."""

    def __init__(self, address: Address) -> None:
        """Raises Unanswered when nobody answers, or somebody who does not know the token."""
        self._token = address.token
        self._line = http.client.HTTPConnection(address.host, address.port, timeout=HELLO_SECONDS)
        nonce = os.urandom(16).hex()
        try:
            self._line.request("GET", f"/hello/{nonce}")
            told = json.loads(self._line.getresponse().read(4096))["proof"]
        except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
            told = ""
        if not compare_digest(str(told).encode(), proof(address.token, nonce).encode()):
            self.close()
            raise Unanswered(asked=False)

    def ask(self, path: str, document: Answer, progress: Callable[[int], None] | None = None) -> Answer:
        """The last line of what is answered; `progress` is told the numbers on the way. Raises Unanswered."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        try:
            body = json.dumps(document).encode()
            self._line.request("POST", path, body, headers)
            self._line.sock.settimeout(SILENT_SECONDS)
            with self._line.getresponse() as response:
                return _last(response, progress)
        except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
            raise Unanswered(asked=True) from None

    def close(self) -> None:
        """Hang up."""
        self._line.close()


def find_daemon(settings: Settings) -> DaemonLine | None:
    """The daemon of this home and store that runs this very program, or None; answers at once."""
    address = read_address(settings.home)
    if address is None or address.store != store_of(settings) or address.build != build_of():
        return None
    try:
        return DaemonLine(address)
    except Unanswered:
        return None


def _last(response: http.client.HTTPResponse, progress: Callable[[int], None] | None) -> Answer:
    if response.status != http.client.OK:
        raise ValueError(response.status)
    while text := response.readline(LONGEST_LINE):
        line = json.loads(text)
        if "exit" in line:
            return {**line, "exit": int(line["exit"]), "document": dict(line["document"])}
        if progress is not None and "progress" in line:
            progress(int(line["progress"]))
    raise ValueError("the answer broke off")
