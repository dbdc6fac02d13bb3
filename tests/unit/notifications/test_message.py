"""A notice as a mail: headers fixed by the key, Chinese that survives, nothing smuggled in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from notifications.channels import Attachment, Outgoing, PermanentFault
from notifications.message import compose, message_id

OUTGOING = Outgoing(
    key="h20-academic-event-0001....approval_letter",
    store_id="store-1",
    to=("a@example.org", "b@example.org"),
    sender_name="河南省科学技术协会",
    subject="关于“示例论坛”立项的通知",
    body="示例学会：\n\n　　同意立项。\n",
    at=datetime(2020, 6, 30, 1, tzinfo=UTC),
)


def parsed(outgoing: Outgoing, *, readable: bool = False) -> EmailMessage:
    content = compose(outgoing, "office@example.org", readable=readable).as_bytes()
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text(message: EmailMessage) -> str:
    return str(message.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize("readable", [True, False])
def test_a_mail_says_what_was_meant(readable: bool) -> None:
    message = parsed(OUTGOING, readable=readable)
    assert message["Subject"] == OUTGOING.subject
    assert message["From"].addresses[0].display_name == "河南省科学技术协会"
    assert message["From"].addresses[0].addr_spec == "office@example.org"
    assert [address.addr_spec for address in message["To"].addresses] == ["a@example.org", "b@example.org"]
    assert message["Date"].datetime == OUTGOING.at
    assert text(message) == OUTGOING.body
    assert message["X-Lifecycle-Key"] == OUTGOING.key


def test_a_readable_mail_shows_its_text_to_any_editor() -> None:
    content = compose(OUTGOING, "office@example.org", readable=True).as_bytes()
    assert "同意立项。".encode() in content


def test_a_line_too_long_for_mail_is_encoded() -> None:
    message = parsed(replace(OUTGOING, body="长" * 400 + "\n"), readable=True)
    assert message["Content-Transfer-Encoding"] == "base64"
    assert text(message) == "长" * 400 + "\n"


def test_the_message_id_rests_on_key_and_store_alone() -> None:
    later = replace(OUTGOING, at=datetime(2021, 1, 1, tzinfo=UTC), body="另一稿\n")
    assert (
        parsed(OUTGOING)["Message-ID"] == parsed(later)["Message-ID"] == message_id(OUTGOING.key, "store-1")
    )
    assert message_id(OUTGOING.key, "store-2") != message_id(OUTGOING.key, "store-1")


@pytest.mark.parametrize(
    "broken",
    [replace(OUTGOING, subject="甲\r\nBcc: x@y"), replace(OUTGOING, sender_name="甲\nBcc: x@y")],
)
def test_a_line_break_in_a_header_is_refused_for_good(broken: Outgoing) -> None:
    with pytest.raises(PermanentFault):
        compose(broken, "office@example.org")


def test_what_goes_with_a_mail_arrives_under_its_name_and_the_mail_repeats_to_the_byte() -> None:
    media = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    sent = replace(OUTGOING, attachments=(Attachment("关于立项的通知.docx", media, b"PK\x00\r\n\xff"),))
    message = parsed(sent, readable=True)
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("关于立项的通知.docx", media)
    assert attached.get_content() == b"PK\x00\r\n\xff"
    body = message.get_body()
    assert body is not None
    assert str(body.get_content()).replace("\r\n", "\n") == OUTGOING.body
    assert compose(sent, "o@example.org").as_bytes() == compose(sent, "o@example.org").as_bytes()
