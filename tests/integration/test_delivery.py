"""Delivery against a real store, a real mail server and a process that is killed in the middle."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from lifecycle import claims, ledger
from lifecycle.database import reading, transaction
from lifecycle.store import Store
from notifications.channels import Channel
from notifications.dispatch import Delivered, deliver
from notifications.eml import EmlChannel
from notifications.letters import release as letters
from notifications.mail import MailServer, SmtpChannel
from notifications.recording import RecordingChannel
from notifications.retry import MAX_ATTEMPTS
from states.catalogue import Catalogue, Dated
from states.errors import NotFoundFault, RefusedFault, UnavailableFault
from tests.mail_server import MailHost, free_port
from tests.notice_samples import REPORT
from tests.notice_store import (
    NOW,
    PROJECT,
    TABLES,
    add_duty,
    add_notice,
    add_project,
    letter,
    open_store,
    reminder,
    row,
)

ROOT = Path(__file__).parents[2]
DEADLINE = 30
LATER = NOW + timedelta(hours=1)


def put(store: Store, *, duty_status: str = "open", due: date = date(2020, 6, 30), **changes: Any) -> str:
    """A reminder of a duty that stands as given."""
    with transaction(store.engine) as conn:
        duty_id = add_duty(conn, status=duty_status, due=due)
        return add_notice(conn, reminder(), duty_id=duty_id, **changes)


def put_letter(store: Store, **changes: Any) -> str:
    with transaction(store.engine) as conn:
        return add_notice(conn, letter(), **changes)


def stored(store: Store, key: str) -> Any:
    with reading(store.engine) as conn:
        return row(conn, key)


def smtp(port: int) -> SmtpChannel:
    return SmtpChannel(MailServer("127.0.0.1", "office@example.org", port=port, timeout=10))


def by_mail(store: Store, host: MailHost, now: Any = NOW) -> Delivered:
    return deliver(store, {"mail": smtp(host.port)}, now)


def parsed(content: bytes) -> Message:
    return message_from_bytes(content, policy=policy.default)


def test_a_reminder_goes_by_itself_and_once(store: Store) -> None:
    key = put(store)
    channel = RecordingChannel()
    first = deliver(store, {"mail": channel}, NOW)
    second = deliver(store, {"mail": channel}, LATER)
    assert first == Delivered(sent=1, keys=[key])
    assert second == Delivered()
    assert [outgoing.to for outgoing in channel.sent] == [("contact@example.org",)]
    after = stored(store, key)
    assert (after.status, after.attempts, after.address) == ("sent", 1, "contact@example.org")
    assert (after.lease_by, after.lease_until, after.error) == (None, None, None)


def test_a_held_letter_stays_and_a_released_one_goes(store: Store) -> None:
    key = put_letter(store)
    channel = RecordingChannel()
    assert deliver(store, {"mail": channel}, NOW) == Delivered()
    (released,) = letters.release(store, [key], by="李四", at=NOW, on=NOW.date())
    assert (released.status, released.released_by) == ("pending", "李四")
    assert deliver(store, {"mail": channel}, NOW) == Delivered(sent=1, keys=[key])
    assert channel.sent[0].subject == "关于“示例论坛”立项的通知"


def test_what_is_not_held_cannot_be_released_and_nothing_else_is(store: Store) -> None:
    held, pending = put_letter(store), put(store)
    with pytest.raises(RefusedFault, match="待发送"):
        letters.release(store, [held, pending], by="李四", at=NOW, on=NOW.date())
    with pytest.raises(NotFoundFault, match="no-such"):
        letters.release(store, [held, "no-such"], by="李四", at=NOW, on=NOW.date())
    assert stored(store, held).status == "held"


@pytest.mark.parametrize(
    ("status", "due", "words"),
    [
        ("met", date(2020, 6, 30), "所提醒的事项已是“按期”"),
        ("suspended", date(2020, 6, 30), "所提醒的事项已是“中止计算”"),
        ("open", date(2020, 8, 30), "期限已改为2020-08-30"),
    ],
)
def test_a_reminder_that_lost_its_meaning_is_cancelled(
    store: Store, status: str, due: date, words: str
) -> None:
    key = put(store, duty_status=status, due=due)
    channel = RecordingChannel()
    assert deliver(store, {"mail": channel}, NOW) == Delivered(cancelled=1)
    assert channel.sent == []
    assert (stored(store, key).status, stored(store, key).error) == ("cancelled", words)


def test_without_any_address_a_notice_is_dead_until_somebody_helps(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with transaction(store.engine) as conn:
        add_project(conn, contact=None, unit=None)
    key = put(store)
    channel = RecordingChannel()
    assert deliver(store, {"mail": channel}, NOW) == Delivered(dead=1)
    assert (stored(store, key).status, stored(store, key).error) == ("dead", "缺少收件地址")
    with transaction(store.engine) as conn:
        conn.execute(TABLES["unit"].update().values(email="unit@example.org"))
        assert [view.attempts for view in ledger.retry(conn, key)] == [0]
    assert deliver(store, {"mail": channel}, NOW) == Delivered(sent=1, keys=[key])
    assert channel.sent[0].to == ("unit@example.org",)
    store.engine.dispose()


def test_a_sent_notice_cannot_be_retried(store: Store) -> None:
    key = put(store, status="sent")
    with pytest.raises(RefusedFault, match="已发送"), transaction(store.engine) as conn:
        ledger.retry(conn, key)


def test_the_association_is_reached_by_role_else_by_the_printed_address(store: Store) -> None:
    channel = RecordingChannel()
    put(store, receiver="prov_association")
    deliver(store, {"mail": channel}, NOW)
    with transaction(store.engine) as conn:
        for login, email, active in (("zhang", "zhang@kx.cn", True), ("gone", "gone@kx.cn", False)):
            person = TABLES["person"].insert().values(login=login, name=login, email=email, active=active)
            (person_id,) = conn.execute(person).inserted_primary_key or (None,)
            grant = {"person_id": person_id, "role": "prov_association", "province": "henan"}
            conn.execute(TABLES["role_grant"].insert().values(**grant, granted_by="root", granted_at=NOW))
        add_notice(conn, letter(), key="second", receiver="prov_association", status="pending")
    deliver(store, {"mail": channel}, NOW)
    assert [outgoing.to for outgoing in channel.sent] == [("hnxhb@vip.163.com",), ("zhang@kx.cn",)]


def test_where_no_programme_prints_an_address_the_pack_may(store: Store) -> None:
    (known,) = store.catalogue.programmes.values()
    email = Dated(((date(2020, 4, 22), "office@kx.cn", REPORT),))
    quiet = replace(known, email=None, settings={"association_email": email})
    key = put(store, receiver="prov_association")
    channel = RecordingChannel()
    other = replace(store, catalogue=Catalogue({}, {quiet.slug: quiet}))
    assert deliver(other, {"mail": channel}, NOW) == Delivered(sent=1, keys=[key])
    assert channel.sent[0].to == ("office@kx.cn",)


def test_mail_arrives_whole(store: Store, mail_host: MailHost) -> None:
    key = put_letter(store, status="pending")
    assert by_mail(store, mail_host) == Delivered(sent=1, keys=[key])
    (mail,) = mail_host.mails
    message = parsed(mail.content)
    assert (mail.sender, mail.to) == ("office@example.org", ["contact@example.org"])
    assert message["Subject"] == "关于“示例论坛”立项的通知"
    assert isinstance(message, EmailMessage)
    body, (attached,) = message.get_body(), message.iter_attachments()
    assert body is not None
    assert "同意立项" in body.get_content()
    assert attached.get_filename() == "关于“示例论坛”立项的通知.docx"
    assert sha256(attached.get_content()).hexdigest() == stored(store, key).letter_sha256


def test_one_connection_carries_a_whole_run(store: Store, mail_host: MailHost) -> None:
    with transaction(store.engine) as conn:
        keys = [add_notice(conn, letter(), key=f"key-{n}", status="pending") for n in range(5)]
    assert by_mail(store, mail_host).keys == keys
    assert (len(mail_host.mails), mail_host.connections) == (5, 1)


def test_a_4xx_answer_is_tried_again_later(store: Store, mail_host: MailHost) -> None:
    key = put(store)
    mail_host.answers["DATA"] = ["451 try later"]
    assert by_mail(store, mail_host) == Delivered(failed=1)
    failed = stored(store, key)
    assert (failed.status, failed.error) == ("failed", "邮件服务器答复 451 try later")
    assert NOW < failed.not_before < LATER
    assert by_mail(store, mail_host) == Delivered()
    assert by_mail(store, mail_host, LATER) == Delivered(sent=1, keys=[key])
    assert stored(store, key).attempts == 2


def test_a_5xx_answer_is_final(store: Store, mail_host: MailHost) -> None:
    key = put(store)
    mail_host.answers["DATA"] = ["554 rejected"]
    assert by_mail(store, mail_host) == Delivered(dead=1)
    assert (stored(store, key).status, stored(store, key).error) == ("dead", "邮件服务器答复 554 rejected")


def test_a_server_that_drops_the_line_after_data_is_asked_again_with_the_same_id(
    store: Store, mail_host: MailHost
) -> None:
    key = put(store)
    mail_host.answers["DATA"] = ["drop"]
    assert by_mail(store, mail_host) == Delivered(failed=1)
    assert by_mail(store, mail_host, LATER) == Delivered(sent=1, keys=[key])
    first, second = (parsed(mail.content)["Message-ID"] for mail in mail_host.mails)
    assert first == second


def test_a_dropped_line_does_not_stop_the_rest(store: Store, mail_host: MailHost) -> None:
    with transaction(store.engine) as conn:
        for number in range(3):
            add_notice(conn, letter(), key=f"key-{number}", status="pending")
    mail_host.answers["DATA"] = ["drop"]
    assert by_mail(store, mail_host) == Delivered(sent=2, failed=1, keys=["key-1", "key-2"])


def test_after_the_last_attempt_a_notice_is_dead(store: Store, mail_host: MailHost) -> None:
    key = put(store)
    mail_host.answers["DATA"] = ["451 try later"] * MAX_ATTEMPTS
    runs = [by_mail(store, mail_host, NOW + timedelta(days=day)) for day in range(MAX_ATTEMPTS)]
    assert runs == [Delivered(failed=1)] * (MAX_ATTEMPTS - 1) + [Delivered(dead=1)]
    assert stored(store, key).error == f"已尝试{MAX_ATTEMPTS}次：邮件服务器答复 451 try later"


def test_refusals_of_single_recipients_are_kept(store: Store, mail_host: MailHost) -> None:
    with transaction(store.engine) as conn:
        for person_id, login in ((11, "good"), (12, "bad")):
            person = {"id": person_id, "login": login, "name": login, "email": f"{login}@kx.cn"}
            conn.execute(TABLES["person"].insert().values(**person, active=True))
            grant = {"person_id": person_id, "role": "prov_association", "province": "*"}
            conn.execute(TABLES["role_grant"].insert().values(**grant, granted_by="root", granted_at=NOW))
    key = put(store, receiver="prov_association")
    mail_host.answers["RCPT"] = ["550 no such user"]
    assert by_mail(store, mail_host) == Delivered(sent=1, keys=[key])
    after = stored(store, key)
    assert (after.address, after.error) == ("good@kx.cn", "部分收件人被拒：bad@kx.cn（550 no such user）")


def test_when_all_recipients_are_refused_nothing_was_sent(store: Store, mail_host: MailHost) -> None:
    key = put(store)
    mail_host.answers["RCPT"] = ["450 busy", "550 no such user"]
    assert by_mail(store, mail_host) == Delivered(failed=1)
    assert by_mail(store, mail_host, LATER) == Delivered(dead=1)
    assert stored(store, key).error == "收件人被拒：contact@example.org（550 no such user）"


def test_a_refused_sender_kills_no_notice(store: Store, mail_host: MailHost) -> None:
    key = put(store)
    mail_host.answers["MAIL"] = ["530 authentication required"]
    with pytest.raises(UnavailableFault, match="530"):
        by_mail(store, mail_host)
    assert (stored(store, key).status, stored(store, key).attempts) == ("pending", 0)


def test_an_unreachable_server_leaves_everything_pending(store: Store) -> None:
    keys = [put(store), put_letter(store, status="pending")]
    with pytest.raises(UnavailableFault, match="无法连接"):
        deliver(store, {"mail": smtp(free_port())}, NOW)
    assert [(stored(store, key).status, stored(store, key).attempts) for key in keys] == [("pending", 0)] * 2


def test_a_rehearsal_sends_nothing_outside(tmp_path: Path, mail_host: MailHost) -> None:
    store = open_store(tmp_path, rehearsal=True)
    with transaction(store.engine) as conn:
        add_project(conn)
    key = put(store)
    assert by_mail(store, mail_host) == Delivered(sent=1, keys=[key])
    assert mail_host.mails == []
    assert parsed((tmp_path / "outbox" / f"{key}.eml").read_bytes())["Subject"].startswith("【演练】")
    store.engine.dispose()


def test_a_notice_that_cannot_be_written_is_dead_and_the_next_one_goes(store: Store) -> None:
    broken, sound = put(store, details={"due": "2020-06-30"}), put_letter(store, status="pending")
    assert deliver(store, {"mail": RecordingChannel()}, NOW) == Delivered(sent=1, dead=1, keys=[sound])
    assert stored(store, broken).status == "dead"


def test_the_limit_and_the_progress_count_notices(store: Store) -> None:
    with transaction(store.engine) as conn:
        keys = [add_notice(conn, letter(), key=f"key-{n}", status="pending") for n in range(4)]
    seen: list[int] = []
    done = deliver(store, {"mail": RecordingChannel()}, NOW, limit=3, progress=seen.append)
    assert (done.keys, seen) == (keys[:3], [1, 2, 3])


def test_two_workers_never_send_the_same(store: Store) -> None:
    with transaction(store.engine) as conn:
        keys = [add_notice(conn, letter(), key=f"key-{n:02}", status="pending") for n in range(40)]
    channels = [RecordingChannel(), RecordingChannel()]
    others = [open_store(store.home), open_store(store.home)]
    start = threading.Barrier(2)

    def work(number: int) -> None:
        start.wait(DEADLINE)
        deliver(others[number], {"mail": channels[number]}, NOW)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert sorted(outgoing.key for channel in channels for outgoing in channel.sent) == keys
    for other in others:
        other.engine.dispose()


def test_a_worker_that_lost_its_lease_records_nothing(store: Store) -> None:
    key = put(store)
    with transaction(store.engine) as conn:
        claims.claim(conn, NOW, 60, "slow", 1)
    with transaction(store.engine) as conn:
        assert claims.claim(conn, NOW + timedelta(seconds=60), 60, "quick", 1) == []
        (taken,) = claims.claim(conn, NOW + timedelta(seconds=61), 60, "quick", 1)
    with transaction(store.engine) as conn:
        assert not claims.mark_dead(conn, key, "slow", "too late")
        assert claims.mark_sent(conn, key, "quick", LATER, "a@b.cn")
    assert (taken.key, taken.attempts, stored(store, key).status) == (key, 2, "sent")


STOPPING = """
import sys
from pathlib import Path
from notifications.dispatch import deliver
from notifications.eml import EmlChannel
from notifications.letters import release as letters
from tests.notice_store import NOW, open_store

class Stopping(EmlChannel):
    def send(self, outgoing):
        receipt = super().send(outgoing)
        print("written", flush=True)
        sys.stdin.read()
        return receipt

home = Path(sys.argv[1])
deliver(open_store(home), {"mail": Stopping(home / "outbox")}, NOW)
"""

MAILING = """
import sys
from pathlib import Path
from notifications.dispatch import deliver
from notifications.mail import MailServer, SmtpChannel
from tests.notice_store import NOW, open_store

server = MailServer("127.0.0.1", "office@example.org", port=int(sys.argv[2]), timeout=60)
deliver(open_store(Path(sys.argv[1])), {"mail": SmtpChannel(server)}, NOW)
"""


def kill_when(script: str, arguments: list[str], ready: Callable[[subprocess.Popen[str]], object]) -> None:
    """Run a delivering process and kill it, as a power cut would, once it has come to `ready`."""
    command = [sys.executable, "-c", script, *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        try:
            assert ready(process), process.stderr and process.stderr.read()
        finally:
            process.kill()
        assert process.wait(DEADLINE) == -signal.SIGKILL


def test_killed_between_file_and_record_a_notice_exists_once(store: Store) -> None:
    key = put(store)
    kill_when(STOPPING, [str(store.home)], lambda process: process.stdout and process.stdout.readline())
    assert stored(store, key).status == "sending"
    channels: dict[str, Channel] = {"mail": EmlChannel(store.home / "outbox")}
    assert deliver(store, channels, NOW) == Delivered()
    assert deliver(store, channels, LATER) == Delivered(sent=1, keys=[key])
    assert deliver(store, channels, LATER + timedelta(days=1)) == Delivered()
    assert [path.name for path in (store.home / "outbox").iterdir()] == [f"{key}.eml"]


def test_killed_after_the_server_took_it_a_mail_comes_again_under_the_same_id(
    store: Store, mail_host: MailHost
) -> None:
    key = put(store)
    mail_host.answers["DATA"] = ["hold"]
    arguments = [str(store.home), str(mail_host.port)]
    kill_when(MAILING, arguments, lambda _process: mail_host.taken.wait(DEADLINE))
    assert stored(store, key).status == "sending"
    assert by_mail(store, mail_host, LATER) == Delivered(sent=1, keys=[key])
    first, second = (parsed(mail.content)["Message-ID"] for mail in mail_host.mails)
    assert first == second


def test_the_ledger_is_listed_oldest_first_in_the_words_of_the_contract(store: Store) -> None:
    first, second = put(store), put_letter(store)
    with reading(store.engine) as conn:
        assert [notice.key for notice in ledger.list_notices(conn)] == [first, second]
        assert [notice.key for notice in ledger.list_notices(conn, status="held")] == [second]
        assert [notice.key for notice in ledger.list_notices(conn, kind="reminder", limit=5)] == [first]
        shown = ledger.show_notice(conn, first).as_json()
        assert claims.waiting_count(conn, NOW) == 1
        with pytest.raises(NotFoundFault, match="no-such"):
            ledger.show_notice(conn, "no-such")
    assert shown == {
        "key": first,
        "project": PROJECT,
        "duty": "preparation_report",
        "kind": "reminder",
        "to": "undertaking_unit",
        "channel": "mail",
        "subject": "提醒：“示例论坛”筹备方案汇报（截止2020年6月30日）",
        "status": "pending",
        "attempts": 0,
        "created_on": "2020-06-23",
        "sent_at": None,
        "error": None,
        "answer": None,
        "digest": None,
    }
