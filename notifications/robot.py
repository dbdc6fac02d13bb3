"""A group robot: one HTTPS request for a message, and the vendor's own code in the answer.

These vendors answer HTTP 200 to a message that they reject, so the code in the body decides. A
vendor is a table of codes and a way to write the request; this file asks, reads and sorts. No
redirect is followed. The key stands in the address, so no address and no secret gets into a fault.
"""

from __future__ import annotations

import json
import logging
import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from lifecycle.routes import ChannelName
from lifecycle.settings import PREFIX
from lifecycle.system_faults import why
from notifications.channels import (
    Outgoing,
    PermanentFault,
    Receipt,
    SettingsFault,
    TemporaryFault,
    UnreachableFault,
)
from notifications.trust import trusting

ANSWER_LIMIT = 65_536
"""Octets of an answer that are read; a robot says a few words."""
SHOWN = 200
"""Characters of a vendor's words that are kept in the ledger."""
MASK = "***"

_NO_SUCH_ROBOT = frozenset({401, 403, 404, 405, 410})
_SHORTEST_SECRET = 6

Fault = type[TemporaryFault] | type[SettingsFault] | type[PermanentFault]


@dataclass(frozen=True, slots=True)
class Code:
    """One row of a vendor's table: a code, what it is to us, what to do about it.

    `said` narrows a code that the vendor uses for several things; rows are asked in their order.
    `wait` is the number of seconds that the vendor is known to stay busy.
    """

    code: int
    fault: Fault
    hint: str
    said: str = ""
    wait: float = 0


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent: parameters beside those of the address, and the body as JSON."""

    body: Mapping[str, Any]
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vendor:
    """One make of robot. `write` gets the message, the secret and the moment."""

    name: ChannelName
    code: tuple[str, ...]
    message: tuple[str, ...]
    codes: tuple[Code, ...]
    write: Callable[[Outgoing, str | None, float], Request]


@dataclass(frozen=True, slots=True)
class RobotAddress:
    """How to reach one robot."""

    webhook: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    timeout: float = 10.0
    proxy: str | None = field(default=None, repr=False)
    ca_file: Path | None = None


class RobotChannel:
    """Tells one group by one robot."""

    outside = True

    def __init__(self, vendor: Vendor, address: RobotAddress, clock: Callable[[], float] = time.time) -> None:
        self._vendor = vendor
        self._address = address
        self._clock = clock
        self._label = vendor.name.label
        self._client: httpx.Client | None = None

    def send(self, outgoing: Outgoing) -> Receipt:
        """Tell the group. Raises TemporaryFault, PermanentFault, UnreachableFault or SettingsFault."""
        request = self._vendor.write(outgoing, self._address.secret, self._clock())
        response, content = self._ask(request)
        return Receipt((f"{self._label}群",), answer=self._judge(response, content))

    def close(self) -> None:
        """Let go of the connection."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _ask(self, request: Request) -> tuple[httpx.Response, bytes]:
        limit = time.monotonic() + self._address.timeout
        content = json.dumps(request.body, ensure_ascii=False).encode("utf-8", "replace")
        content_type = {"Content-Type": "application/json; charset=utf-8"}
        read = bytearray()
        try:
            url = httpx.URL(self._address.webhook).copy_merge_params(request.params)
            with self._connected().stream("POST", url, content=content, headers=content_type) as response:
                for piece in response.iter_bytes():
                    read += piece
                    if time.monotonic() > limit:
                        raise TemporaryFault(self._late, rest=True)
                    if len(read) > ANSWER_LIMIT:
                        break
        except (
            httpx.ConnectError,
            httpx.ConnectTimeout,
            httpx.ProxyError,
            httpx.UnsupportedProtocol,
        ) as fault:
            raise UnreachableFault(f"{self._label}机器人无法连接：{self._masked(_reason(fault))}") from None
        except httpx.InvalidURL:  # ours, or the one to which it would send us on
            raise SettingsFault(f"{self._label}机器人的地址无效（请检查 {self._setting}）") from None
        except httpx.TimeoutException:
            raise TemporaryFault(self._late, rest=True) from None
        except httpx.HTTPError as fault:
            said = self._masked(str(fault))
            raise TemporaryFault(f"{self._label}机器人没有答复就中断了连接：{said}") from None
        return response, bytes(read[:ANSWER_LIMIT])

    @property
    def _late(self) -> str:
        return f"{self._label}机器人 {self._address.timeout:g} 秒内没有答复"

    def _connected(self) -> httpx.Client:
        if self._client is None:
            for name in ("httpx", "httpcore"):  # they log whole addresses, and the key stands in ours
                logging.getLogger(name).setLevel(logging.WARNING)
            trusted = trusting(httpx.create_ssl_context(trust_env=False), self._address.ca_file)
            self._client = httpx.Client(
                timeout=self._address.timeout,
                verify=trusted,
                proxy=self._address.proxy,
                follow_redirects=False,
                trust_env=False,
            )
        return self._client

    def _judge(self, response: httpx.Response, content: bytes) -> str:
        status = response.status_code
        if status == httpx.codes.TOO_MANY_REQUESTS or status >= 500:
            wait = _seconds(response.headers.get("Retry-After"), self._clock())
            raise TemporaryFault(f"{self._label}机器人答复 HTTP {status}", wait=wait, rest=True)
        if 300 <= status < 400:
            raise SettingsFault(
                f"{self._label}机器人的地址要求转到别处（HTTP {status}），不予跟随；请检查 {self._setting}"
            )
        code, words = self._read(content)
        said = self._masked(f"{code} {words}".strip() if code is not None else f"HTTP {status}")
        if code:
            raise self._fault(code, words, said)
        if status >= 400:
            refused = f"{self._label}机器人拒绝：{said}"
            if status in _NO_SUCH_ROBOT:
                raise SettingsFault(f"{refused}（请检查 {self._setting}）")
            raise PermanentFault(refused)
        if code is None:
            raise TemporaryFault(f"{self._label}机器人的答复无法识别（请检查 {self._setting}）", rest=True)
        return said

    @property
    def _setting(self) -> str:
        return f"{PREFIX}{self._vendor.name.upper()}_WEBHOOK"

    def _read(self, content: bytes) -> tuple[int | None, str]:
        """The vendor's code and words; no code where the answer is none of the vendor's."""
        try:
            told = json.loads(content)
        except (ValueError, RecursionError):  # the other side may say anything
            return None, ""
        if not isinstance(told, dict):
            return None, ""
        codes = [told[name] for name in self._vendor.code if isinstance(told.get(name), int)]
        words = [told[name] for name in self._vendor.message if isinstance(told.get(name), str)]
        return (codes[0] if codes else None), (words[0] if words else "")

    def _fault(self, code: int, words: str, said: str) -> Exception:
        for row in self._vendor.codes:
            if row.code == code and row.said in words.lower():
                text = f"{self._label}机器人拒绝：{said}（{row.hint}）"
                if row.fault is TemporaryFault:
                    return TemporaryFault(text, wait=row.wait, rest=True)
                return row.fault(text)
        return PermanentFault(f"{self._label}机器人拒绝：{said}")

    def _masked(self, text: str) -> str:
        """A vendor's or the system's words without anything of the key, on one line, not too long."""
        text = re.sub(r"https?://\S+", MASK, " ".join(text.split()))
        for secret in self._secrets():
            text = text.replace(secret, MASK)
        return text[:SHOWN]

    def _secrets(self) -> list[str]:
        address, proxy = urlsplit(self._address.webhook), urlsplit(self._address.proxy or "")
        parts = [value for _, value in parse_qsl(address.query)]
        parts += [address.path.rpartition("/")[2], address.password or "", proxy.password or ""]
        parts.append(self._address.secret or "")
        return [part for part in parts if len(part) >= _SHORTEST_SECRET]


def _reason(fault: BaseException) -> str:
    """Why there is no line, from the system's own fault where the library has wrapped one."""
    below: BaseException | None = fault
    while below is not None:
        if isinstance(below, ssl.SSLCertVerificationError):
            return f"证书不受信任：{below.verify_message}（自建证书请设 LIFECYCLE_CA_FILE）"
        if isinstance(below, OSError) and not isinstance(below, ssl.SSLError):
            return why(below)
        if isinstance(below, ssl.SSLError):
            return "安全连接（TLS）未能建立"
        below = below.__cause__ or below.__context__
    return str(fault)


def cut(text: str, limit: int, hint: str) -> str:
    """A text of at most `limit` octets of UTF-8: whole, or its beginning and the hint where to read on."""
    if len(text.encode("utf-8", "replace")) <= limit:
        return text
    end = f"\n{hint}"
    kept = text.encode("utf-8", "replace")[: limit - len(end.encode())].decode("utf-8", "ignore")
    return kept.rstrip() + end


def plain_text(outgoing: Outgoing, limit: int, harmless: Mapping[int, int | str] | None = None) -> str:
    """Subject and body for a group, cut where the vendor would refuse it.

    `harmless` has, for each sign that the vendor would take for more than text, what stands for it.
    """
    hint = f"（内容较长，未完。全文见 lifecycle notices show {outgoing.key}）"
    text = f"{outgoing.subject}\n\n{outgoing.body.strip()}"
    return cut(text.translate(harmless or {}), limit, hint)


def _seconds(retry_after: str | None, now: float) -> float:
    """The wait of a Retry-After header, in seconds or as a date (RFC 9110, 10.2.3); 0 for none."""
    if retry_after is None:
        return 0
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.fromtimestamp(now, UTC)).total_seconds())
