"""Mail by SMTP: one connection for a run, refusals of single recipients kept.

4xx answers and lost connections are temporary, 5xx answers are final, a server that cannot be
reached stops the run. It never decides whether or when to try again.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from notifications.channels import (
    Outgoing,
    PermanentFault,
    Receipt,
    TemporaryFault,
    UnreachableFault,
    refusals_text,
)
from notifications.message import compose


@dataclass(frozen=True, slots=True)
class MailServer:
    """How to reach the mail server."""

    host: str
    sender: str
    port: int = 25
    security: Literal["none", "starttls", "tls"] = "none"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 20.0


class SmtpChannel:
    """Sends mail through one server."""

    outside = True

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._client: smtplib.SMTP | None = None

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand one mail to the server. Raises TemporaryFault, PermanentFault or UnreachableFault."""
        message = compose(outgoing, self._server.sender)
        client = self._connected()
        try:
            refused = client.sendmail(self._server.sender, outgoing.to, message.as_bytes())
        except smtplib.SMTPRecipientsRefused as fault:
            raise _all_refused(fault.recipients) from fault
        except smtplib.SMTPSenderRefused as fault:
            raise _sender_refused(fault) from fault
        except smtplib.SMTPResponseException as fault:
            raise _answered(fault) from fault
        except (smtplib.SMTPException, OSError) as fault:
            self.close()
            raise TemporaryFault(f"邮件服务器中断了连接：{fault}") from fault
        accepted = tuple(address for address in outgoing.to if address not in refused)
        return Receipt(accepted, _reasons(refused))

    def close(self) -> None:
        """Leave the server politely if it still listens."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            client.quit()
        except (smtplib.SMTPException, OSError):
            client.close()

    def _connected(self) -> smtplib.SMTP:
        if self._client is not None and not self._alive(self._client):
            self.close()
        if self._client is None:
            self._client = self._connect()
        return self._client

    @staticmethod
    def _alive(client: smtplib.SMTP) -> bool:
        try:
            return client.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        where = f"{server.host}:{server.port}"
        client: smtplib.SMTP | None = None
        try:
            client = self._open()
            if server.security == "starttls":
                client.starttls(context=ssl.create_default_context())
            if server.user is not None:
                client.login(server.user, server.password or "")
        except (smtplib.SMTPException, OSError) as fault:
            if client is not None:
                client.close()
            words = "拒绝登录" if isinstance(fault, smtplib.SMTPAuthenticationError) else "无法连接"
            raise UnreachableFault(f"邮件服务器 {where} {words}：{fault}") from fault
        return client

    def _open(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
        return smtplib.SMTP(server.host, server.port, timeout=server.timeout)


Refusals = Mapping[str, tuple[int, bytes]]


def _reasons(refused: Refusals) -> dict[str, str]:
    return {address: f"{code} {_text(words)}" for address, (code, words) in refused.items()}


def _all_refused(refused: Refusals) -> TemporaryFault | PermanentFault:
    words = "收件人被拒：" + refusals_text(_reasons(refused))
    final = all(code >= 500 for code, _ in refused.values())
    return PermanentFault(words) if final else TemporaryFault(words)


def _sender_refused(fault: smtplib.SMTPSenderRefused) -> TemporaryFault | UnreachableFault:
    # A refused sender is our setting, not this notice's fault: no notice may die of it.
    words = f"邮件服务器不接受发件人：{fault.smtp_code} {_text(fault.smtp_error)}"
    return UnreachableFault(words) if fault.smtp_code >= 500 else TemporaryFault(words)


def _answered(fault: smtplib.SMTPResponseException) -> TemporaryFault | PermanentFault:
    words = f"邮件服务器答复 {fault.smtp_code} {_text(fault.smtp_error)}"
    return PermanentFault(words) if fault.smtp_code >= 500 else TemporaryFault(words)


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
