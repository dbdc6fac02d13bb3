"""A real mail server on the loopback whose next answers a test may set."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 OK"


@dataclass(frozen=True)
class Mail:
    """One mail that the server took."""

    sender: str
    to: list[str]
    content: bytes


class MailHost:
    """Takes mail, and answers MAIL, RCPT and DATA from `answers` while there are any.

    `drop` takes the mail and cuts the line; `hold` takes it, sets `taken` and never answers.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[Mail] = []
        self.answers: dict[str, list[str]] = defaultdict(list)
        self.taken = threading.Event()
        self._peers: set[Any] = set()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    @property
    def connections(self) -> int:
        """How many connections brought mail."""
        return len(self._peers)

    def start(self) -> None:
        """Listen."""
        self._controller.start()

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()

    async def handle_MAIL(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take the sender unless told otherwise."""
        answer = self._next("MAIL")
        if answer == OK:
            envelope.mail_from = address
        return answer

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take the recipient unless told otherwise."""
        answer = self._next("RCPT")
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the mail unless told otherwise."""
        answer = self._next("DATA")
        if answer[0] in "45":
            return answer
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(Mail(envelope.mail_from or "", list(envelope.rcpt_tos), content))
        self._peers.add(session.peer)
        self.taken.set()
        if answer == "drop":
            assert server.transport is not None
            server.transport.abort()
        if answer == "hold":
            await asyncio.Event().wait()
        return OK

    def _next(self, verb: str) -> str:
        waiting = self.answers[verb]
        return waiting.pop(0) if waiting else OK


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
