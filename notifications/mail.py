"""Mail by SMTP: one connection for a run, refusals of single recipients kept apart.

4xx answers and lost connections are temporary, 5xx answers are final, a server that cannot be
reached or does not take our settings stops the run. It never decides whether or when to try again.
"""

from __future__ import annotations

import re
import smtplib
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NoReturn

from lifecycle.system_faults import why
from notifications.channels import (
    Outgoing,
    PermanentFault,
    Receipt,
    SettingsFault,
    TemporaryFault,
    UnreachableFault,
    refusals_text,
)
from notifications.message import compose
from notifications.trust import trusting

CLOSING = 421
"""The server ends the line; the next one may fare better."""
LOGIN_WANTED = frozenset({530, 535})
TOO_LARGE = 552
"""This mail is too large for the server (RFC 1870): no fault of the sender's."""

CHECK = "请检查 LIFECYCLE_SMTP_SENDER 和登录名、密码"
STEPS = 9
"""Answers that are waited for before the recipients are through; a lease of the ledger outlasts them."""

_OURS = re.compile(
    r"relay|rcpthosts|not owned by user|send ?as|must (be )?(the )?(same|equal)"
    r"|auth\w* (is )?required|need to auth|auth\w* first|not authenticated",
    re.IGNORECASE,
)
"""Refusals of a recipient or a mail that are about our login or sender: no notice may die of them."""

Refusals = Mapping[str, tuple[int, bytes]]


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
    ca_file: Path | None = None


class SmtpChannel:
    """Sends mail through one server."""

    outside = True

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._client: smtplib.SMTP | None = None

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand one mail to the server. Raises TemporaryFault, PermanentFault or UnreachableFault."""
        content = compose(outgoing, self._server.sender).as_bytes()
        limit = time.monotonic() + STEPS * self._server.timeout
        client = self._begin(len(content))
        refused = self._name(client, outgoing.to, limit)
        if len(refused) == len(outgoing.to):
            self._reset(client)
            raise _all_refused(refused)
        answer = self._hand_over(client, content)
        accepted = tuple(address for address in outgoing.to if address not in refused)
        final = {address: reply for address, reply in refused.items() if _is_final(*reply)}
        later = {address: reply for address, reply in refused.items() if not _is_final(*reply)}
        return Receipt(accepted, _reasons(final), _reasons(later), answer)

    def close(self) -> None:
        """Leave the server politely if it still listens."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            client.quit()
        except (smtplib.SMTPException, OSError):
            client.close()

    def _begin(self, size: int) -> smtplib.SMTP:
        """The line, with a mail begun. A line left idle may have been cut: it is opened anew once."""
        if self._client is not None:
            try:
                code, words = self._mail(self._client, size)
            except smtplib.SMTPServerDisconnected:
                code, words = CLOSING, b""
            if code != CLOSING:
                return self._begun(self._client, code, words)
            self._drop()
        self._client = self._connect()
        try:
            code, words = self._mail(self._client, size)
        except smtplib.SMTPServerDisconnected as fault:
            self._cut("邮件服务器中断了连接", fault)
        return self._begun(self._client, code, words)

    def _mail(self, client: smtplib.SMTP, size: int) -> tuple[int, bytes]:
        return client.mail(self._server.sender, [f"size={size}"] if client.has_extn("size") else [])

    def _begun(self, client: smtplib.SMTP, code: int, words: bytes) -> smtplib.SMTP:
        if code < 400:
            return client
        if code == CLOSING:
            self._closing(words)
        self._reset(client)
        said = f"{code} {_text(words)}"
        if code == TOO_LARGE:
            raise PermanentFault(f"邮件太大，服务器不收：{said}")
        if code < 500:
            raise TemporaryFault(f"邮件服务器暂不接受发件人：{said}")
        # A refused sender is our setting, not this notice's fault: no notice may die of it.
        raise SettingsFault(f"邮件服务器不接受发件人：{said}（{CHECK}）")

    def _name(self, client: smtplib.SMTP, to: tuple[str, ...], limit: float) -> Refusals:
        """Name the recipients; those that the server refused, with its answers."""
        refused: dict[str, tuple[int, bytes]] = {}
        try:
            for address in to:
                if time.monotonic() > limit:
                    self._drop()
                    raise TemporaryFault("邮件服务器答复太慢，收件人没有报完", rest=True)
                code, words = client.rcpt(address)
                if code == CLOSING:
                    self._closing(words)
                if code >= 400:
                    refused[address] = code, words
        except smtplib.SMTPServerDisconnected as fault:
            self._cut("邮件服务器中断了连接", fault)
        return refused

    def _hand_over(self, client: smtplib.SMTP, content: bytes) -> str:
        try:
            code, words = client.data(content)
        except smtplib.SMTPDataError as fault:
            code, words = fault.smtp_code, _bytes(fault.smtp_error)
        except smtplib.SMTPServerDisconnected as fault:
            self._cut("邮件服务器没有答复是否收下就中断了连接", fault)
        if code == CLOSING:
            self._closing(words)
        if code < 400:
            return f"{code} {_text(words)}"
        self._reset(client)
        said = f"邮件服务器答复 {code} {_text(words)}"
        if code >= 500 and _is_ours(code, words):
            raise SettingsFault(f"{said}（{CHECK}）")
        raise PermanentFault(said) if code >= 500 else TemporaryFault(said)

    def _closing(self, words: bytes) -> NoReturn:
        self._drop()
        raise TemporaryFault(f"邮件服务器暂停服务：{CLOSING} {_text(words)}", rest=True)

    def _cut(self, words: str, fault: smtplib.SMTPServerDisconnected) -> NoReturn:
        self._drop()
        late = isinstance(fault.__context__, TimeoutError)
        if late:
            words = f"邮件服务器 {self._server.timeout:g} 秒内没有答复"
        raise TemporaryFault(words, rest=late) from fault

    def _reset(self, client: smtplib.SMTP) -> None:
        try:
            client.rset()
        except smtplib.SMTPException:
            self._drop()

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _connect(self) -> smtplib.SMTP:
        client: smtplib.SMTP | None = None
        trusted = trusting(ssl.create_default_context(), self._server.ca_file)
        try:
            client = self._open(trusted)
            if self._server.security == "starttls":
                client.starttls(context=trusted)
            client.ehlo_or_helo_if_needed()
            if self._server.user is not None:
                client.login(self._server.user, self._server.password or "")
        except (smtplib.SMTPException, OSError) as fault:
            if client is not None:
                client.close()
            raise self._no_line(fault) from fault
        return client

    def _open(self, trusted: ssl.SSLContext) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            return smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=trusted)
        return smtplib.SMTP(server.host, server.port, timeout=server.timeout)

    def _no_line(self, fault: smtplib.SMTPException | OSError) -> UnreachableFault:
        where = f"邮件服务器 {self._server.host}:{self._server.port}"
        if isinstance(fault, smtplib.SMTPAuthenticationError):
            said = f"{where} 拒绝登录：{fault.smtp_code} {_text(fault.smtp_error)}"
            if fault.smtp_code < 500:
                return UnreachableFault(said)
            return SettingsFault(f"{said}（请检查 LIFECYCLE_SMTP_USER 和 LIFECYCLE_SMTP_PASSWORD）")
        if isinstance(fault, smtplib.SMTPNotSupportedError):
            return SettingsFault(f"{where} 不支持所设的加密或登录方式：{fault}（请检查 LIFECYCLE_SMTP_TLS）")
        if isinstance(fault, ssl.SSLCertVerificationError):
            return SettingsFault(
                f"{where} 的证书不受信任：{fault.verify_message}（自建证书请设 LIFECYCLE_CA_FILE）"
            )
        if isinstance(fault, ssl.SSLError):
            return UnreachableFault(
                f"{where} 无法建立加密连接：{fault.reason}（请检查 LIFECYCLE_SMTP_TLS 和端口）"
            )
        if isinstance(fault, smtplib.SMTPResponseException):
            return UnreachableFault(f"{where} 不接受连接：{fault.smtp_code} {_text(fault.smtp_error)}")
        below = fault.__context__ if isinstance(fault, smtplib.SMTPException) else fault
        said = why(below) if isinstance(below, OSError) else "对方中断了连接"
        return UnreachableFault(f"{where} 无法连接：{said}")


def _reasons(refused: Refusals) -> dict[str, str]:
    return {address: f"{code} {_text(words)}" for address, (code, words) in refused.items()}


def _all_refused(refused: Refusals) -> TemporaryFault | PermanentFault | SettingsFault:
    words = "收件人被拒：" + refusals_text(_reasons(refused))
    if all(code >= 500 and _is_ours(code, told) for code, told in refused.values()):
        return SettingsFault(f"{words}（{CHECK}）")
    final = all(_is_final(*reply) for reply in refused.values())
    return PermanentFault(words) if final else TemporaryFault(words)


def _is_final(code: int, words: bytes) -> bool:
    """Whether a refusal of a recipient stays: not where it is about our settings, which can be mended."""
    return code >= 500 and not _is_ours(code, words)


def _is_ours(code: int, words: bytes) -> bool:
    return code in LOGIN_WANTED or _OURS.search(_text(words)) is not None


def _bytes(words: bytes | str) -> bytes:
    return words.encode() if isinstance(words, str) else words


def _text(words: bytes | str) -> str:
    told = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(told.split())
