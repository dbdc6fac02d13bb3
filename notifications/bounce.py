"""A bounce: the report by which a mail system says that it could not deliver a mail (RFC 3464).

Reads what the report says of each recipient and which mail it is about. It changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser

FAILED = "failed"
"""The action of a report that is final; `delayed` and `delivered` ask for nothing."""
REASON_KEPT = 200


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a report says: the key and Message-ID of the mail, and why it failed for which addresses."""

    key: str
    message_id: str
    failed: Mapping[str, str]


def read_bounce(content: bytes) -> Bounce | None:
    """The report in a mail, or None where the mail is no report about one of our notices."""
    message = BytesParser(policy=policy.default).parsebytes(content)
    failed: dict[str, str] = {}
    original: Message | None = None
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            failed |= dict(_failures(part))
        elif kind == "message/rfc822" and original is None:
            original = _first(part)
        elif kind == "text/rfc822-headers" and original is None:
            headers = part.get_payload(decode=True)
            original = BytesParser(policy=policy.default).parsebytes(bytes(headers), headersonly=True)
    if original is None or not (original["X-Lifecycle-Key"] and original["Message-ID"]):
        return None
    return Bounce(str(original["X-Lifecycle-Key"]).strip(), str(original["Message-ID"]).strip(), failed)


def _failures(part: Message) -> Iterator[tuple[str, str]]:
    """The recipients of a report for whom it is final, each with the reason given."""
    for block in part.walk():
        recipient = block["Final-Recipient"] or block["Original-Recipient"]
        if recipient and str(block["Action"] or "").strip().lower() == FAILED:
            told = str(block["Diagnostic-Code"] or block["Status"] or "").partition(";")
            reason = " ".join((told[2] or told[0]).split())[:REASON_KEPT]
            yield str(recipient).rpartition(";")[2].strip().strip("<>"), reason


def _first(part: Message) -> Message | None:
    inside = part.get_payload()
    return inside[0] if isinstance(inside, list) and isinstance(inside[0], Message) else None
