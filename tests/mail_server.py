"""A real mail server on the loopback whose next answers a test may set."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

OK = "250 OK"
LATE_SECONDS = 0.2


@dataclass(frozen=True)
class Mail:
    """One mail that the server took, and the line on which it came: ports come again, sessions do not."""

    sender: str
    to: list[str]
    content: bytes
    line: Any = None


class MailHost:
    """Takes mail, and answers MAIL, RCPT and DATA from `answers` while there are any.

    An answer is what is said, or `drop`: cut the line (of a mail: after it was taken); `hold`: do not
    answer before `let_go`, with `held` set (a mail: after it was taken, with `taken` set); `late`: answer
    well, but slowly. RCPT also looks under the address.
    With `tls` the line is encrypted from its first octet, with `starttls` it has to be; with `login`
    nobody is served who does not know it.
    """

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
        size: int = 33_554_432,
    ) -> None:
        self.port = free_port()
        self.mails: list[Mail] = []
        self.answers: dict[str, list[str]] = defaultdict(list)
        self.taken, self.held = threading.Event(), threading.Event()
        self._waiting: list[asyncio.Event] = []
        self.asked: list[str] = []
        self._login = login
        self._lines: set[Any] = set()
        wanted: dict[str, Any] = {"data_size_limit": size}
        if starttls is not None:
            wanted |= {"tls_context": starttls, "require_starttls": True}
        if login is not None:
            wanted |= {"authenticator": self._judge, "auth_required": True, "auth_require_tls": False}
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ssl_context=tls, **wanted)

    @property
    def connections(self) -> int:
        """How many connections brought mail."""
        return len(self._lines)

    @property
    def hanging(self) -> int:
        """How many were told to wait."""
        return len(self._waiting)

    def start(self) -> None:
        """Listen."""
        self._controller.start()

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()

    def let_go(self) -> None:
        """Answer well whoever is held."""
        for over in self._waiting:
            self._controller.loop.call_soon_threadsafe(over.set)

    async def handle_MAIL(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take the sender unless told otherwise."""
        answer = await self._said(server, self._next("MAIL"))
        if answer == OK:
            envelope.mail_from = address
        return answer

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take the recipient unless told otherwise."""
        self.asked.append(address)
        answer = await self._said(server, self._next(address, "RCPT"))
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
        self.mails.append(Mail(envelope.mail_from or "", list(envelope.rcpt_tos), content, session))
        self._lines.add(session)
        self.taken.set()
        return await self._said(server, answer)

    async def _said(self, server: SMTP, answer: str) -> str:
        if answer == "late":
            await asyncio.sleep(LATE_SECONDS)
            return OK
        if answer == "drop":
            assert server.transport is not None
            server.transport.abort()
        if answer == "hold":
            over = asyncio.Event()
            self._waiting.append(over)
            self.held.set()
            await over.wait()
            return OK
        return answer if answer[0].isdigit() else "451 gone"

    def _next(self, *verbs: str) -> str:
        waiting = next((self.answers[verb] for verb in verbs if self.answers.get(verb)), [])
        return waiting.pop(0) if waiting else OK

    def _judge(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        assert self._login is not None
        known = (data.login.decode(), data.password.decode()) == self._login
        return AuthResult(success=known, handled=False)


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
