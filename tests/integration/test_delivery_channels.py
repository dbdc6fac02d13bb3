"""Several channels in one delivery: one that fails holds up no other, and its notices wait as told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from lifecycle.database import reading, transaction
from lifecycle.store import Store
from notifications.channels import Channel, Outgoing, Receipt
from notifications.dispatch import Delivered, deliver
from notifications.recording import RecordingChannel
from notifications.retry import MAX_ATTEMPTS
from notifications.robot import RobotAddress, RobotChannel
from notifications.wecom import WECOM
from states.errors import UnavailableFault
from tests.mail_server import free_port
from tests.notice_store import NOW, add_notice, add_project, open_store, reminder, row
from tests.robot_host import Answer, RobotHost

LATER = NOW + timedelta(hours=1)
SENT, FAILED, DEAD, PENDING = "sent", "failed", "dead", "pending"


@pytest.fixture
def host() -> Iterator[RobotHost]:
    opened = RobotHost()
    opened.start()
    yield opened
    opened.stop()


def wecom(base: str, patience: float = 30) -> RobotChannel:
    return RobotChannel(WECOM, RobotAddress(f"{base}/cgi-bin/webhook/send?key=693a91f6", timeout=patience))


def put(store: Store, *keys: str, channel: str = "wecom") -> None:
    """Letters whose filed document nobody asks for, in the ledger of a channel."""
    with transaction(store.engine) as conn:
        for key in keys:
            plain = {"letter": False, "status": "pending", "kind": "acknowledgement"}
            add_notice(conn, reminder(), key=key, channel=channel, **plain, details=ACKNOWLEDGED)


ACKNOWLEDGED = {
    **reminder().details, "action": "accept_for_form_review", "handed_in_cn": None, "papers": [],
}  # fmt: skip


def run(store: Store, channels: dict[str, Channel], now: datetime = NOW) -> Delivered | str:
    """What a run did, or why nobody could be reached."""
    try:
        return deliver(store, channels, now)
    except UnavailableFault as fault:
        return fault.message


def stored(store: Store, *keys: str) -> list[Any]:
    with reading(store.engine) as conn:
        return [row(conn, key) for key in keys]


def busy(code: int, words: str) -> Answer:
    return Answer({"errcode": code, "errmsg": words})


# fmt: off
FAULTS = [
    # what the robot does first, how the three notices then stand, messages that came in at first and in all
    (Answer({"errcode": 0, "errmsg": "ok"}),           [SENT, SENT, SENT],        3, 3),
    (busy(45009, "api freq out of limit"),             [FAILED, PENDING, PENDING], 1, 4),
    (Answer(status=429, headers={"Retry-After": "9"}), [FAILED, PENDING, PENDING], 1, 4),
    (Answer(status=500),                               [FAILED, PENDING, PENDING], 1, 4),
    (Answer(manner="hang"),                            [FAILED, PENDING, PENDING], 1, 4),
    (Answer(manner="drop"),                            [FAILED, SENT, SENT],      3, 4),
    (Answer(b"<html>login</html>"),                    [FAILED, PENDING, PENDING], 1, 4),
    (Answer({}, status=302, headers={"Location": "/"}), [PENDING, PENDING, PENDING], 1, 4),
    (busy(93000, "invalid webhook url"),               [PENDING, PENDING, PENDING], 1, 4),
    (busy(40058, "markdown.content exceed max length"), [DEAD, SENT, SENT],       3, 3),
]
# fmt: on


@pytest.mark.parametrize(("answer", "states", "first", "in_all"), FAULTS, ids=str)
def test_what_a_robot_does_ends_as_told(
    store: Store, host: RobotHost, answer: Answer, states: list[str], first: int, in_all: int
) -> None:
    keys = ("one", "two", "three")
    put(store, *keys)
    host.answers.append(answer)
    run(store, {"wecom": wecom(host.address, 0.4 if answer.manner == "hang" else 30)})
    after = stored(store, *keys)
    assert [one.status for one in after] == states
    assert [one.attempts for one in after] == [int(one.status != PENDING) for one in after]
    assert len(host.told) == first

    run(store, {"wecom": wecom(host.address)}, LATER)
    run(store, {"wecom": wecom(host.address)}, LATER + timedelta(days=1))
    assert [one.status for one in stored(store, *keys)] == [DEAD if one == DEAD else SENT for one in states]
    assert len(host.told) == in_all


def test_a_robot_that_stays_busy_kills_the_notice_it_refused_and_no_other(
    store: Store, host: RobotHost
) -> None:
    put(store, "refused", "waiting")
    host.answers += [Answer(status=500)] * MAX_ATTEMPTS
    for attempt in range(MAX_ATTEMPTS):
        run(store, {"wecom": wecom(host.address)}, NOW + timedelta(days=attempt))
    refused, waiting = stored(store, "refused", "waiting")
    assert (refused.status, refused.error) == (DEAD, f"已尝试{MAX_ATTEMPTS}次：企业微信机器人答复 HTTP 500")
    assert (waiting.status, waiting.attempts) == (PENDING, 0)
    assert run(store, {"wecom": wecom(host.address)}, NOW + timedelta(days=30)) == Delivered(
        sent=1, keys=["waiting"]
    )


def test_a_wait_that_the_robot_asks_for_is_kept(store: Store, host: RobotHost) -> None:
    put(store, "one")
    host.answers.append(Answer(status=429, headers={"Retry-After": "3600"}))
    run(store, {"wecom": wecom(host.address)})
    (after,) = stored(store, "one")
    assert NOW + timedelta(hours=1) <= after.not_before <= NOW + timedelta(hours=2)
    assert run(store, {"wecom": wecom(host.address)}, NOW + timedelta(minutes=59)) == Delivered()


def test_a_robot_that_is_away_holds_up_no_mail(store: Store) -> None:
    put(store, "to-group", "to-group-too")
    put(store, "by-mail", channel="mail")
    mail = RecordingChannel()
    done = run(store, {"mail": mail, "wecom": wecom(f"http://127.0.0.1:{free_port()}")})
    away = "企业微信机器人无法连接：对方拒绝连接"
    assert done == Delivered(sent=1, keys=["by-mail"], unreachable={"wecom": away})
    first, second = stored(store, "to-group", "to-group-too")
    assert (first.status, first.attempts, first.error) == (PENDING, 0, away)
    assert (second.status, second.attempts, second.error) == (PENDING, 0, None)


def test_a_robot_whose_address_was_taken_out_of_the_settings_keeps_its_notices(store: Store) -> None:
    put(store, "to-group")
    assert run(store, {"mail": RecordingChannel()}) == "没有设置 LIFECYCLE_WECOM_WEBHOOK"
    (after,) = stored(store, "to-group")
    assert (after.status, after.attempts) == (PENDING, 0)


def test_a_channel_that_nobody_knows_is_a_dead_letter(store: Store) -> None:
    put(store, "by-pigeon", channel="pigeon")
    assert run(store, {"mail": RecordingChannel()}) == Delivered(dead=1)


class Faulty(RecordingChannel):
    """A channel with a fault in it, for one notice."""

    def send(self, outgoing: Outgoing) -> Receipt:
        if outgoing.key == "one":
            raise ZeroDivisionError
        return super().send(outgoing)


def test_a_fault_of_the_program_with_one_notice_holds_up_no_other(store: Store) -> None:
    put(store, "one", "two", channel="mail")
    assert run(store, {"mail": Faulty()}) == Delivered(sent=1, failed=1, keys=["two"])
    (after,) = stored(store, "one")
    assert (after.status, after.error) == (FAILED, "程序内部错误：ZeroDivisionError")


def test_trouble_with_the_next_notice_takes_nothing_back_of_the_last(store: Store) -> None:
    put(store, "sound", "broken", channel="mail")
    with transaction(store.engine) as conn:
        conn.execute(text("UPDATE notice SET details = '{' WHERE key = 'broken'"))
    mail = RecordingChannel()
    with pytest.raises(ValueError, match="end of data"):
        deliver(store, {"mail": mail}, NOW)
    assert [outgoing.key for outgoing in mail.sent] == ["sound"]
    with reading(store.engine) as conn:
        status = conn.execute(text("SELECT status FROM notice WHERE key = 'sound'")).scalar_one()
    assert status == SENT


def test_a_practice_store_writes_what_it_would_have_told_a_group_into_a_file(
    tmp_path: Path, host: RobotHost
) -> None:
    practice = open_store(tmp_path, rehearsal=True)
    with transaction(practice.engine) as conn:
        add_project(conn)
    put(practice, "to-group")
    assert run(practice, {"wecom": wecom(host.address)}) == Delivered(sent=1, keys=["to-group"])
    assert host.told == []
    written = (tmp_path / "outbox" / "to-group.eml").read_text(encoding="utf-8")
    assert "To: undisclosed-recipients:;" in written
    practice.engine.dispose()
