"""One message for all reminders of one receiver and day: bound once, sent once, recorded each on its own."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from lifecycle import claims, digests, ledger
from lifecycle.database import reading, transaction
from lifecycle.store import Store
from notifications.digest import grouped
from notifications.dispatch import Delivered, deliver
from notifications.mail import MailServer, SmtpChannel
from notifications.message import message_id
from notifications.recipients import Recipients
from notifications.recording import RecordingChannel
from tests.mail_server import MailHost
from tests.notice_store import NOW, TABLES, add_many, add_notice, add_project, letter, open_store, row

NOTICE = TABLES["notice"]
MANY = 4
DEADLINE = 30
LATER = NOW + timedelta(hours=1)


def for_one(store: Store, number: int = MANY) -> list[str]:
    """Reminders of so many projects of one unit, which has one contact; their keys."""
    with transaction(store.engine) as conn:
        keys = add_many(conn, number)
        conn.execute(update(TABLES["project"]).values(contact={"email": "office@example.org"}))
    return keys


def stored(store: Store) -> dict[str, Any]:
    with reading(store.engine) as conn:
        return {found.key: found for found in conn.execute(select(NOTICE).order_by(NOTICE.c.id))}


def by_mail(store: Store, host: MailHost, now: Any = NOW) -> Delivered:
    channel = SmtpChannel(MailServer("127.0.0.1", "office@example.org", port=host.port, timeout=10))
    return deliver(store, {"mail": channel}, now)


def test_all_reminders_of_one_receiver_go_out_as_one_message(store: Store) -> None:
    keys, channel = for_one(store), RecordingChannel()
    done = deliver(store, {"mail": channel}, NOW)
    assert (done.sent, done.messages, done.keys) == (MANY, 1, keys)
    (sent,) = channel.sent
    assert sent.subject == "期限提醒汇总：4项"
    assert sent.to == ("office@example.org",)
    lines = sent.body.splitlines()
    (heading,) = [line for line in lines if line.startswith("期限")]
    assert [cell.strip() for cell in heading.split("｜")] == [
        "期限", "状况", "事项", "项目", "依据", "咨询电话",
    ]  # fmt: skip
    rows = [line for line in lines if "｜注1" in line]
    assert len(rows) == MANY
    for key, line in zip(keys, rows, strict=True):
        assert key.split(".")[0] in line
        assert "0371-65707758" in line
    assert "注1：《河南通知》" in sent.body
    after = stored(store)
    assert {(found.status, found.address, found.digest) for found in after.values()} == {
        ("sent", "office@example.org", sent.key)
    }
    assert sent.key.startswith("digest.2020-06-23.undertaking_unit.mail.")


def test_letters_and_reminders_of_others_go_by_themselves(store: Store) -> None:
    with transaction(store.engine) as conn:
        keys = add_many(conn, 2)
        letters = [add_notice(conn, letter(), key=f"letter-{n}", status="pending") for n in range(2)]
    channel = RecordingChannel()
    done = deliver(store, {"mail": channel}, NOW)
    assert (done.messages, sorted(done.keys)) == (4, sorted(keys + letters))
    assert {found.digest for found in stored(store).values()} == {None}
    assert [outgoing.key for outgoing in channel.sent] == [*keys, *letters]


def test_the_setting_sends_one_by_one(tmp_path: Path) -> None:
    store = open_store(tmp_path, digest=False)
    with transaction(store.engine) as conn:
        add_project(conn)
    for_one(store)
    assert deliver(store, {"mail": RecordingChannel()}, NOW).messages == MANY
    store.engine.dispose()


def test_what_lost_its_meaning_is_left_out_and_the_rest_goes(store: Store) -> None:
    keys = for_one(store)
    bound(store, keys)
    with transaction(store.engine) as conn:
        met = TABLES["duty"].c.id == stored(store)[keys[1]].duty_id
        conn.execute(update(TABLES["duty"]).where(met).values(status="met"))
    channel = RecordingChannel()
    done = deliver(store, {"mail": channel}, NOW)
    assert (done.sent, done.cancelled, done.messages) == (MANY - 1, 1, 1)
    assert keys[1].split(".")[0] not in channel.sent[0].body
    assert stored(store)[keys[1]].status == "cancelled"


def bound(store: Store, keys: list[str]) -> str:
    """Bind notices together, as a delivery does before it is killed; the key of their message."""
    with transaction(store.engine) as conn:
        loose = [one for one in digests.loose_reminders(conn, NOW) if one.key in keys]
        digests.bind(conn, grouped(loose, lambda _: Recipients(("office@example.org",))))
    return str(stored(store)[keys[0]].digest)


def test_a_second_attempt_is_the_same_message_whatever_came_meanwhile(
    store: Store, mail_host: MailHost
) -> None:
    """The server had taken it, the line was lost: the fixed Message-ID lets a mail system drop the copy."""
    keys = for_one(store)
    mail_host.answers["DATA"] = ["drop"]
    assert by_mail(store, mail_host).failed == MANY
    with transaction(store.engine) as conn:
        conn.execute(
            NOTICE.insert().values(
                **{**dict(row(conn, keys[0])._mapping), "id": 999, "key": keys[0] + "x", "status": "pending",
                   "digest": None, "attempts": 0, "not_before": None}
            )
        )  # fmt: skip
    done = by_mail(store, mail_host, LATER)
    assert (done.sent, done.messages) == (MANY + 1, 2)
    first, *others = [message_from_bytes(mail.content, policy=policy.default) for mail in mail_host.mails]
    same = [mail for mail in others if mail["Message-ID"] == first["Message-ID"]]
    assert [mail.get_content() for mail in same] == [first.get_content()]  # type: ignore[attr-defined]
    digest = stored(store)[keys[0]].digest
    assert first["Message-ID"].strip() == message_id(digest, str(ledger_store_id(store)))


def ledger_store_id(store: Store) -> str:
    with reading(store.engine) as conn:
        return str(conn.execute(select(TABLES["store"].c.store_id)).scalar_one())


def test_a_refusal_holds_for_all_and_a_retry_by_hand_takes_all(store: Store, mail_host: MailHost) -> None:
    keys = for_one(store)
    mail_host.answers["DATA"] = ["554 rejected"]
    assert by_mail(store, mail_host).dead == MANY
    assert {found.error for found in stored(store).values()} == {"邮件服务器答复 554 rejected"}
    with transaction(store.engine) as conn:
        assert sorted(view.key for view in ledger.retry(conn, keys[2])) == sorted(keys)
    assert by_mail(store, mail_host).messages == 1


def test_one_whose_address_was_corrected_parts_from_the_others(store: Store) -> None:
    keys = for_one(store)
    bound(store, keys)
    project = stored(store)[keys[3]].project_id
    with transaction(store.engine) as conn:
        mine = TABLES["project"].c.id == project
        conn.execute(update(TABLES["project"]).where(mine).values(contact={"email": "new@example.org"}))
    channel = RecordingChannel()
    assert deliver(store, {"mail": channel}, NOW).sent == MANY
    assert sorted(outgoing.to for outgoing in channel.sent) == [("new@example.org",), ("office@example.org",)]


def test_a_killed_worker_leaves_the_same_message(store: Store) -> None:
    keys = for_one(store)
    digest = bound(store, keys)
    with transaction(store.engine) as conn:
        (first,) = claims.claim(conn, NOW, 60, "killed", 1)
        assert {view.key for view in claims.claim_rest(conn, first, NOW, 60, "killed")} == set(keys[1:])
    assert deliver(store, {"mail": RecordingChannel()}, NOW).sent == 0
    channel = RecordingChannel()
    done = deliver(store, {"mail": channel}, NOW + timedelta(minutes=2))
    assert ([outgoing.key for outgoing in channel.sent], done.sent) == ([digest], MANY)


def test_two_workers_never_share_a_message(store: Store) -> None:
    keys = for_one(store, 30)
    bound(store, keys[:10])
    bound(store, keys[10:20])
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
    sent = [outgoing.key for channel in channels for outgoing in channel.sent]
    assert len(sent) == len(set(sent))
    assert {found.status for found in stored(store).values()} == {"sent"}
    for other in others:
        other.engine.dispose()


def test_suggested_dates_stand_apart_and_are_never_called_overdue(store: Store) -> None:
    keys = for_one(store, 2)
    with transaction(store.engine) as conn:
        conn.execute(update(TABLES["duty"]).values(status="suggested", suggested=True))
        conn.execute(update(NOTICE).where(NOTICE.c.key.in_(keys)).values(kind="suggestion"))
    channel = RecordingChannel()
    deliver(store, {"mail": channel}, NOW)
    (sent,) = channel.sent
    assert sent.subject == "建议汇总：2项工作的建议日期"
    assert "一、建议日期（供安排工作参考）（2项）" in sent.body
    assert "逾期" not in sent.subject + sent.body


def test_at_another_hour_everything_waits_and_a_letter_released_for_any_hour_goes(tmp_path: Path) -> None:
    from states.hours import read_hours

    store = open_store(tmp_path, send_hours=read_hours("08:30-17:30"))
    with transaction(store.engine) as conn:
        add_project(conn)
        held = add_notice(conn, letter(), key="waits", status="pending")
        urgent = add_notice(conn, letter(), key="goes", status="pending", anytime=True)
    for_one(store, 2)
    evening = NOW.replace(hour=12)  # eight in the evening in China
    channel = RecordingChannel()
    done = deliver(store, {"mail": channel}, evening)
    assert (done.keys, done.waiting) == ([urgent], 3)
    waiting = stored(store)[held]
    assert (waiting.status, waiting.attempts) == ("pending", 0)
    assert waiting.not_before == (NOW + timedelta(days=1)).replace(hour=0, minute=30)
    assert deliver(store, {"mail": channel}, evening).waiting == 0
    assert deliver(store, {"mail": channel}, waiting.not_before).messages == 2
    store.engine.dispose()


def test_a_day_that_is_past_is_not_announced(store: Store) -> None:
    keys = for_one(store, 2)
    with transaction(store.engine) as conn:
        conn.execute(update(TABLES["duty"]).values(due=date(2020, 6, 30)))
        for key in keys:
            details = {**row(conn, key).details, "due": "2020-06-30"}
            conn.execute(update(NOTICE).where(NOTICE.c.key == key).values(details=details))
    done = deliver(store, {"mail": RecordingChannel()}, NOW + timedelta(days=8))
    assert (done.sent, done.cancelled) == (0, 2)
    assert {found.error for found in stored(store).values()} == {"期限已过"}
