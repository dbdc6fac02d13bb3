"""Sent is not delivered: a mail that comes back makes its notice a dead letter, which can go again."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from tests.acceptance.driver import Practice
from tests.cli import application
from tests.mail_server import MailHost

PROJECT = "h23-young-talent-0001"
ADDRESS = "li@example.com"
REPORT = """From: MAILER-DAEMON@mail.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: office@example.org
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="AAA"

--AAA
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.
--AAA
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; {address}
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <{address}>: Recipient address
    rejected: User unknown
--AAA
Content-Type: {kind}

{original}
--AAA--
"""


@pytest.fixture
def mail_host() -> Iterator[MailHost]:
    opened = MailHost()
    opened.start()
    yield opened
    opened.stop()


@pytest.fixture
def sent(tmp_path: Path, mail_host: MailHost, monkeypatch: pytest.MonkeyPatch) -> Practice:
    """A real store from which one notice went out."""
    for name, value in (("MAIL_CHANNEL", "smtp"), ("SMTP_HOST", "127.0.0.1"), ("SMTP_PORT", mail_host.port)):
        monkeypatch.setenv(f"LIFECYCLE_{name}", str(value))
    office = Practice(tmp_path / "home")
    office.done("init")
    for login, role in (("clerk", "clerk"), ("checker", "form_checker")):
        office.done("users", "add", login)
        office.done("users", "grant", login, role, "--province", "henan")
    office.done("call", "open", "h23-young-talent", by="clerk")
    office.done("apply", office.write("a.json", [application("示例人才项目")]), by="clerk")
    office.done("trigger", "accept_for_form_review", PROJECT, by="checker")
    (notice,) = office.done("notices", "deliver")["notices"]
    assert (notice["status"], notice["answer"]) == ("sent", "250 OK")
    return office


def report(office: Practice, original: bytes, *, whole: bool = True, **changes: str) -> Path:
    """A bounce of a mail, with the whole of it or its headers alone."""
    text = original.decode("ascii").replace("\r\n", "\n")
    words = {
        "address": ADDRESS,
        "action": "failed",
        "kind": "message/rfc822" if whole else "text/rfc822-headers",
        "original": text if whole else text.split("\n\n")[0],
        **changes,
    }
    path = office.home.parent / "退信.eml"
    path.write_bytes(REPORT.format_map(words).replace("\n", "\r\n").encode())
    return path


@pytest.mark.parametrize("whole", [True, False])
def test_a_mail_that_came_back_is_a_dead_letter_until_it_goes_again(
    sent: Practice, mail_host: MailHost, whole: bool
) -> None:
    bounce = report(sent, mail_host.mails[0].content, whole=whole)
    (back,) = sent.done("notices", "bounced", bounce, by="clerk")["notices"]
    reason = "550 5.1.1 <li@example.com>: Recipient address rejected: User unknown"
    assert (back["status"], back["error"]) == ("dead", f"退信：{ADDRESS}（{reason}）")
    assert (back["to"], back["answer"]) == ("applicant", None)
    assert sent.done("notices", "bounced", bounce, by="clerk")["notices"] == []

    sent.done("notices", "retry", back["key"])
    (again,) = sent.done("notices", "deliver")["notices"]
    assert (again["status"], again["to"], again["error"]) == ("sent", ADDRESS, None)
    first, second = (parsed(mail.content)["Message-ID"] for mail in mail_host.mails)
    assert first == second


def test_a_report_of_a_delay_asks_for_nothing(sent: Practice, mail_host: MailHost) -> None:
    bounce = report(sent, mail_host.mails[0].content, action="delayed")
    assert sent.done("notices", "bounced", bounce)["notices"] == []
    assert [one["status"] for one in sent.notices(PROJECT)] == ["sent"]


def test_what_is_no_bounce_of_this_store_is_refused_and_changes_nothing(
    sent: Practice, mail_host: MailHost
) -> None:
    mail = mail_host.mails[0].content
    genuine = str(parsed(mail)["Message-ID"])
    forged = report(sent, mail.replace(genuine.encode(), b"<0123456789abcdef0123456789abcdef@elsewhere>"))
    refused = sent.run("notices", "bounced", forged)
    assert (refused.status, "所退的邮件不是本库发出的" in refused.err) == (7, True)

    plain = sent.home.parent / "plain.eml"
    plain.write_bytes(mail)
    refused = sent.run("notices", "bounced", plain)
    assert (refused.status, "不是本系统通知的退信" in refused.err) == (7, True)

    stranger = report(sent, mail, address="nobody@example.org")
    refused = sent.run("notices", "bounced", stranger)
    assert (refused.status, "没有发给nobody@example.org" in refused.err) == (5, True)
    assert sent.run("notices", "bounced", sent.home / "missing.eml").status == 7
    assert sent.ask("notices", "bounced", report(sent, mail), by="checker").status == 4
    assert [one["status"] for one in sent.notices(PROJECT)] == ["sent"]


def parsed(content: bytes) -> Message:
    return message_from_bytes(content)
