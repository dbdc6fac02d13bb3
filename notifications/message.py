"""An outgoing message as an RFC 5322 mail.

The Message-ID depends on key and store alone, so a mail that was sent twice after a crash shows
itself as one to every mail system.
"""

from __future__ import annotations

import hashlib
import re
from email.headerregistry import Address, Group
from email.message import EmailMessage
from email.policy import SMTP
from typing import Literal

from notifications.channels import Outgoing, PermanentFault

LINE_LIMIT = 998
"""Octets in a line of mail (RFC 5322, 2.1.1)."""

_NO_NAME = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
"""What cannot stand in the name of a file everywhere."""


def compose(outgoing: Outgoing, sender: str, *, readable: bool = False) -> EmailMessage:
    """The mail. `readable` leaves the text as plain UTF-8 where its lines allow it.

    Raises PermanentFault for what no mail can carry, such as a line break in a name.
    """
    try:
        return _message(outgoing, sender, readable)
    except ValueError as fault:
        raise PermanentFault(f"信件无法编制：{fault}") from fault


def message_id(key: str, store_id: str) -> str:
    """The fixed Message-ID of a notice."""
    return f"<{_digest(key)}@{store_id}>"


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _message(outgoing: Outgoing, sender: str, readable: bool) -> EmailMessage:
    local, _, domain = sender.rpartition("@")
    message = EmailMessage(policy=SMTP)
    message["Subject"] = outgoing.subject
    message["From"] = Address(outgoing.sender_name, local, domain)
    # What a robot would have told its group has no address; a practice store keeps it as a file.
    message["To"] = ", ".join(outgoing.to) or Group("undisclosed-recipients")
    message["Date"] = outgoing.at
    message["Message-ID"] = message_id(outgoing.key, outgoing.store_id)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Lifecycle-Key"] = outgoing.key
    message.set_content(outgoing.body, charset="utf-8", cte=_encoding(outgoing.body, readable))
    for one in outgoing.attachments:
        kind, _, subtype = one.media.partition("/")
        message.add_attachment(one.data, maintype=kind, subtype=subtype, filename=_NO_NAME.sub("_", one.name))
    if outgoing.attachments:  # a mail that is sent twice after a crash is the same mail to the last byte
        message.set_boundary(f"=={_digest(outgoing.key)}==")
    return message


def _encoding(body: str, readable: bool) -> Literal["8bit", "base64"]:
    longest = max((len(line.encode()) for line in body.splitlines()), default=0)
    return "8bit" if readable and longest <= LINE_LIMIT else "base64"
