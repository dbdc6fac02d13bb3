"""A mail server that fails in every way a server can: nothing lost, nothing doubled, the dead as told."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import trustme

from lifecycle.database import reading, transaction
from lifecycle.store import Store
from notifications.channels import (
    Attachment,
    Channel,
    Outgoing,
    PermanentFault,
    SettingsFault,
    TemporaryFault,
    UnreachableFault,
)
from notifications.dispatch import Delivered, deliver
from notifications.eml import EmlChannel
from notifications.mail import MailServer, SmtpChannel
from notifications.recording import RecordingChannel
from states.errors import UnavailableFault
from tests.mail_server import LATE_SECONDS, MailHost, free_port
from tests.notice_store import NOW, TABLES, add_notice, letter, row

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

LATER = NOW + timedelta(hours=1)
PATIENCE = 2 * LATE_SECONDS + 0.3
OUTGOING = Outgoing(
    key="test.mail",
    store_id="store-1",
    to=("a@example.org",),
    sender_name="河南省科学技术协会",
    subject="关于“示例论坛”立项的通知",
    body="示例学会：\n\n　　同意立项。\n",
    at=NOW,
    attachments=(
        Attachment("立项通知.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\3\4\0"),
        Attachment("../回执\n.pdf", "application/pdf", b"%PDF-1.4 \xff\x00"),
    ),
)  # fmt: skip


@contextmanager
def serving(**options: Any) -> Iterator[MailHost]:
    host = MailHost(**options)
    host.start()
    try:
        yield host
    finally:
        host.stop()


@pytest.fixture
def host() -> Iterator[MailHost]:
    with serving() as opened:
        yield opened


def smtp(mail_host: MailHost, **options: Any) -> SmtpChannel:
    hangs = any("hold" in waiting for waiting in mail_host.answers.values())
    timeout = PATIENCE if hangs else 30
    server = MailServer("127.0.0.1", "office@example.org", port=mail_host.port, timeout=timeout)
    return SmtpChannel(replace(server, **options))


def by_mail(store: Store, host: MailHost, now: datetime = NOW) -> Delivered | str:
    """What a run did, or why nobody could be reached."""
    try:
        return deliver(store, {"mail": smtp(host)}, now)
    except UnavailableFault as fault:
        return fault.message


def put(store: Store, *keys: str, **changes: Any) -> None:
    with transaction(store.engine) as conn:
        for key in keys:
            add_notice(conn, letter(), key=key, **{"status": "pending", **changes})


def stored(store: Store, key: str) -> Any:
    with reading(store.engine) as conn:
        return row(conn, key)


# fmt: off
FAULTS = [
    # what the server does          then it stands    with the remark                       mails taken at first, in all
    ({},                            "sent",           None,                                              1, 1),
    ({"DATA": ["late"]},            "sent",           None,                                              1, 1),
    ({"MAIL": ["late"]},            "sent",           None,                                              1, 1),
    ({"MAIL": ["451 greylisted"]},  "failed",         "邮件服务器暂不接受发件人：451 greylisted",        0, 1),
    ({"MAIL": ["421 closing"]},     "failed",         "邮件服务器暂停服务：421 closing",                 0, 1),
    ({"MAIL": ["drop"]},            "failed",         "邮件服务器中断了连接",                            0, 1),
    ({"MAIL": ["552 too big"]},     "dead",           "邮件太大，服务器不收：552 too big",               0, 0),
    ({"MAIL": ["553 not yours"]},   "pending",        "邮件服务器不接受发件人：553 not yours",           0, 1),
    ({"RCPT": ["450 busy"]},        "failed",         "收件人被拒：contact@example.org（450 busy）",     0, 1),
    ({"RCPT": ["550 unknown"]},     "dead",           "收件人被拒：contact@example.org（550 unknown）",  0, 0),
    ({"RCPT": ["554 Relay access denied"]}, "pending", "Relay access denied",                            0, 1),
    ({"RCPT": ["553 not owned by user"]}, "pending",  "请检查 LIFECYCLE_SMTP_SENDER",                    0, 1),
    ({"RCPT": ["530 login first"]}, "pending",        "请检查 LIFECYCLE_SMTP_SENDER 和登录名、密码",     0, 1),
    ({"DATA": ["550 no SendAs right"]}, "pending",    "请检查 LIFECYCLE_SMTP_SENDER",                    0, 1),
    ({"RCPT": ["421 closing"]},     "failed",         "邮件服务器暂停服务：421 closing",                 0, 1),
    ({"RCPT": ["drop"]},            "failed",         "邮件服务器中断了连接",                            0, 1),
    ({"RCPT": ["hold"]},            "failed",         "秒内没有答复",                                    0, 1),
    ({"DATA": ["451 later"]},       "failed",         "邮件服务器答复 451 later",                        0, 1),
    ({"DATA": ["421 closing"]},     "failed",         "邮件服务器暂停服务：421 closing",                 0, 1),
    ({"DATA": ["554 spam"]},        "dead",           "邮件服务器答复 554 spam",                         0, 0),
    ({"DATA": ["drop"]},            "failed",         "没有答复是否收下就中断了连接",                    1, 2),
    ({"DATA": ["hold"]},            "failed",         "秒内没有答复",                                    1, 2),
]
# fmt: on


@pytest.mark.parametrize(("answers", "status", "remark", "first", "in_all"), FAULTS, ids=str)
def test_what_a_server_does_ends_as_told(
    store: Store, host: MailHost, answers: dict[str, list[str]], status: str, remark: str | None,
    first: int, in_all: int,
) -> None:  # fmt: skip
    put(store, "the-one")
    host.answers |= answers
    by_mail(store, host)
    after = stored(store, "the-one")
    assert (after.status, len(host.mails)) == (status, first)
    assert (remark or "") in (after.error or "")
    assert bool(after.error) is (remark is not None)

    by_mail(store, host, LATER)
    assert stored(store, "the-one").status == ("dead" if status == "dead" else "sent")
    assert len(host.mails) == in_all
    assert len({message_from_bytes(mail.content)["Message-ID"] for mail in host.mails}) <= 1
    by_mail(store, host, LATER + timedelta(days=1))
    assert len(host.mails) == in_all


@pytest.mark.parametrize("answer", ["421 closing", "hold"])
def test_a_server_that_closes_or_hangs_is_left_alone_for_the_rest_of_the_run(
    store: Store, host: MailHost, answer: str
) -> None:
    put(store, "one", "two", "three")
    host.answers["RCPT"] = [answer]
    assert by_mail(store, host) == Delivered(failed=1)
    assert [stored(store, key).attempts for key in ("one", "two", "three")] == [1, 0, 0]
    assert by_mail(store, host, LATER) == Delivered(sent=3, keys=["one", "two", "three"])


def test_a_line_that_was_cut_between_two_mails_is_opened_anew(host: MailHost) -> None:
    channel = smtp(host)
    channel.send(OUTGOING)
    for answer in ("drop", "421 idle for too long"):
        host.answers["MAIL"] = [answer]
        channel.send(OUTGOING)
    channel.close()
    assert (len(host.mails), host.connections) == (3, 3)


def test_a_notice_for_which_alone_our_settings_are_refused_holds_up_no_other(
    store: Store, host: MailHost
) -> None:
    put(store, "one", "two", "three")
    host.answers["RCPT"] = ["554 relay denied"]
    said = by_mail(store, host)
    assert str(said).startswith(
        "收件人被拒：contact@example.org（554 relay denied）（请检查 LIFECYCLE_SMTP_SENDER"
    )
    assert by_mail(store, host) == Delivered(sent=2, keys=["two", "three"])
    assert by_mail(store, host, NOW + timedelta(minutes=2)) == Delivered(sent=1, keys=["one"])


def test_naming_many_recipients_to_a_slow_server_ends_before_the_lease(host: MailHost) -> None:
    many = tuple(f"{number}@example.org" for number in range(60))
    host.answers["RCPT"] = ["late"] * len(many)
    with pytest.raises(TemporaryFault, match="收件人没有报完") as caught:
        smtp(host, timeout=3 * LATE_SECONDS).send(replace(OUTGOING, to=many))
    assert caught.value.rest
    assert (len(host.asked) < len(many), host.mails) == (True, [])


@pytest.fixture
def colleagues(store: Store) -> str:
    """A letter to three people of the association."""
    with transaction(store.engine) as conn:
        for number, login in enumerate("abc", 11):
            person = {"id": number, "login": login, "name": login, "email": f"{login}@kx.cn", "active": True}
            conn.execute(TABLES["person"].insert().values(**person))
            grant = {"person_id": number, "role": "prov_association", "province": "*"}
            conn.execute(TABLES["role_grant"].insert().values(**grant, granted_by="root", granted_at=NOW))
    put(store, "to-three", receiver="prov_association")
    return "to-three"


A, B, C = "a@kx.cn", "b@kx.cn", "c@kx.cn"
# fmt: off
RECIPIENTS = [
    # answers for each recipient                         in the end   reached              with the remark                     got it
    ({B: ["450 busy"]},                                  "sent",      [A, C, B],           None,                               [[A, C], [B]]),
    ({B: ["450 busy"], C: ["550 gone", "550 gone"]},     "sent",      [A, B],              "部分收件人被拒：c@kx.cn（550 gone）", [[A], [B]]),
    ({B: ["450 busy", "550 gone"]},                      "sent",      [A, C],              "收件人被拒：b@kx.cn（550 gone）",  [[A, C]]),
    ({B: ["550 gone"]},                                  "sent",      [A, C],              "部分收件人被拒：b@kx.cn（550 gone）", [[A, C]]),
    ({A: ["450 busy"], B: ["550 gone", "550 gone"], C: ["450 busy"]},
                                                         "sent",      [A, C],              "部分收件人被拒：b@kx.cn（550 gone）", [[A, C]]),
    ({A: ["550 gone"], B: ["550 gone"], C: ["550 gone"]}, "dead",     [],                  "收件人被拒：a@kx.cn（550 gone）；b@kx.cn", []),
    ({B: ["554 relay denied"]},                          "sent",      [A, C, B],           None,                               [[A, C], [B]]),
    ({B: ["450 busy"] * 9},                              "dead",      [A, C],              "已尝试6次：收件人被拒：b@kx.cn（450 busy）", [[A, C]]),
]
# fmt: on


@pytest.mark.parametrize(("answers", "status", "reached", "remark", "taken"), RECIPIENTS, ids=str)
def test_each_recipient_gets_it_once_whatever_befalls_the_others(
    store: Store, host: MailHost, colleagues: str, answers: dict[str, list[str]], status: str,
    reached: list[str], remark: str | None, taken: list[list[str]],
) -> None:  # fmt: skip
    host.answers |= {address: list(waiting) for address, waiting in answers.items()}
    for day in range(8):
        by_mail(store, host, NOW + timedelta(days=day))
    after = stored(store, colleagues)
    assert after.status == status
    assert (after.address or "").split(", ") == (reached or [""])
    assert (remark or "") in (after.error or "")
    assert [mail.to for mail in host.mails] == taken


def test_a_mail_larger_than_the_server_takes_is_dead_and_the_next_one_goes(store: Store) -> None:
    put(store, "large", "small")
    with transaction(store.engine) as conn:
        details = {**letter().details, "defects": ["缺" * 30_000], "title": "缺" * 30_000}
        conn.execute(
            TABLES["notice"].update().where(TABLES["notice"].c.key == "large").values(details=details)
        )
    with serving(size=60_000) as host:
        assert by_mail(store, host) == Delivered(sent=1, dead=1, keys=["small"])
    assert "邮件太大，服务器不收：552" in stored(store, "large").error


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def server_side(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mail_goes_over_an_encrypted_line_to_a_server_that_the_office_trusts(
    server_side: ssl.SSLContext, ca_file: Path, security: str
) -> None:
    with serving(**{security: server_side}, login=("office", "geheim")) as host:
        channel = smtp(host, security=security, ca_file=ca_file, user="office", password="geheim")
        assert channel.send(OUTGOING).answer == "250 OK"
        channel.close()
        assert [mail.to for mail in host.mails] == [["a@example.org"]]


# fmt: off
SETTINGS = [
    # the server                our settings                                             what it is        words
    ("tls",      None,          {"security": "tls"},                                     SettingsFault,    "证书不受信任"),
    ("starttls", None,          {"security": "starttls"},                                SettingsFault,    "LIFECYCLE_CA_FILE"),
    ("starttls", None,          {"security": "none"},                                    SettingsFault,    "530"),
    ("none",     None,          {"security": "starttls"},                                SettingsFault,    "LIFECYCLE_SMTP_TLS"),
    ("none",     None,          {"security": "tls"},                                     UnreachableFault, "无法建立加密连接"),
    ("none",     "geheim",      {"user": "office", "password": "wrong"},                 SettingsFault,    "拒绝登录：535"),
    ("none",     "geheim",      {},                                                      SettingsFault,    "530"),
    ("none",     None,          {"user": "office", "password": "geheim"},                SettingsFault,    "不支持所设的加密或登录方式"),
]
# fmt: on


@pytest.mark.parametrize(("line", "password", "ours", "kind", "words"), SETTINGS)
def test_settings_that_the_server_does_not_take_are_told_and_kill_no_notice(
    server_side: ssl.SSLContext, line: str, password: str | None, ours: dict[str, Any],
    kind: type[Exception], words: str,
) -> None:  # fmt: skip
    encrypted = {} if line == "none" else {line: server_side}
    login = None if password is None else ("office", password)
    with serving(**encrypted, login=login) as host:
        channel = smtp(host, **ours)
        with pytest.raises(UnreachableFault, match=words) as caught:
            channel.send(OUTGOING)
        channel.close()
    assert type(caught.value) is kind
    assert "geheim" not in str(caught.value)


def test_an_authority_that_is_none_and_a_host_that_is_nowhere_are_told(
    tmp_path: Path, host: MailHost
) -> None:
    (tmp_path / "none.pem").write_text("no certificate")
    with pytest.raises(SettingsFault, match="不是证书文件"):
        smtp(host, ca_file=tmp_path / "none.pem").send(OUTGOING)
    with pytest.raises(UnreachableFault, match="找不到这个主机名"):
        smtp(host, host="nowhere.invalid").send(OUTGOING)
    with pytest.raises(UnreachableFault, match="对方拒绝连接"):
        smtp(host, port=free_port()).send(OUTGOING)


def eml(folder: Path) -> Callable[[Outgoing], bytes]:
    def sent(outgoing: Outgoing) -> bytes:
        EmlChannel(folder).send(outgoing)
        return (folder / f"{outgoing.key}.eml").read_bytes()

    return sent


def test_attachments_arrive_to_the_last_octet_by_server_and_by_file(host: MailHost, tmp_path: Path) -> None:
    channel = smtp(host)
    channel.send(OUTGOING)
    channel.send(OUTGOING)
    channel.close()
    first, second = (mail.content for mail in host.mails)
    assert first == second  # what comes twice is the same mail to the last octet
    for content in (first, eml(tmp_path)(OUTGOING)):
        message = message_from_bytes(content, policy=policy.default)
        body = message.get_body()  # type: ignore[attr-defined]
        assert body.get_content().replace("\r\n", "\n") == OUTGOING.body
        found = [
            (part.get_filename(), part.get_content_type(), part.get_content())
            for part in message.iter_attachments()  # type: ignore[attr-defined]
        ]
        assert found == [
            (name, sent.media, sent.data)
            for name, sent in zip(("立项通知.docx", ".._回执_.pdf"), OUTGOING.attachments, strict=True)
        ]


def test_what_no_mail_can_carry_is_refused_alike_by_server_file_and_recorder(
    host: MailHost, tmp_path: Path
) -> None:
    recorder = RecordingChannel()
    channels: list[Channel] = [smtp(host), EmlChannel(tmp_path), recorder]
    for channel in channels:
        with pytest.raises(PermanentFault, match="信件无法编制"):
            channel.send(replace(OUTGOING, subject="甲\r\nBcc: x@y"))
        channel.close()
    assert (host.mails, list(tmp_path.iterdir()), recorder.sent) == ([], [], [])
    recorder.send(OUTGOING)
    assert recorder.sent == [OUTGOING]
