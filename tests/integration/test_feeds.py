"""Feeds for calendar programs: what an event says, that it is valid, and that reading changes nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from icalendar import Calendar, Event
from sqlalchemy import update

from flows.bootstrap import App, now
from flows.page import Desk
from flows.page_server import PageServer
from lifecycle.agenda import Wanted
from lifecycle.database import reading, transaction
from lifecycle.feed_entries import Entry, Feed, read_feed
from lifecycle.feeds import add_feed, list_feeds, revoke_feed
from lifecycle.people import Actor
from lifecycle.settings import Settings
from lifecycle.units import known_unit
from notifications.ical import ical
from states.errors import ForbiddenFault, NotFoundFault, UsageFault
from states.names import DutyStatus, Role
from tests.integration.ports import free_port
from tests.record_store import CHECKER, CLERK, TABLES, Records, records

DUTY = "preparation_report"
ON = date(2020, 9, 1)
UNIT = "河南省示例学会1"
SECRET = ("contact@example.org", "示例题目", "示例理由", "宽限")
AUDITOR = Actor("auditor", {"henan": frozenset({Role.AUDITOR})}, None)


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(replace(settings, daemon_port=free_port()), tmp_path)
    yield made
    made.app.close()


def read(store: Records, reader: Actor = CLERK, **wanted: Any) -> Feed:
    with reading(store.app.engine) as conn:
        return read_feed(conn, store.app.store, reader, ON, Wanted(**wanted), "示例")


def events(content: bytes) -> dict[str, Event]:
    """The events of a file by the name of their duty, after it was found to be valid."""
    assert content.replace(b"\r\n", b"").count(b"\n") == 0
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    calendar = Calendar.from_ical(content)
    assert (calendar["version"], calendar["method"]) == ("2.0", "PUBLISH")
    found = [one for one in calendar.walk("VEVENT") if isinstance(one, Event)]
    assert all(not one.errors for one in calendar.walk())
    assert len({str(one["uid"]) for one in found}) == len(found)
    return {str(one["uid"]).split(".")[1].split("@")[0]: one for one in found}


def one(store: Records, **changed: Any) -> Event:
    """The event of the report, its row changed first."""
    if changed:
        d = TABLES["duty"]
        with transaction(store.app.engine) as conn:
            conn.execute(update(d).where(d.c.slug == DUTY).values(**changed))
    return events(ical(read(store)))[DUTY]


def test_an_event_says_date_clause_phone_and_how_the_date_was_counted(store: Records) -> None:
    project = store.started()
    duty = store.duty(project, DUTY)
    event = one(store)

    assert event["dtstart"].dt == date(2020, 9, 20)
    assert event["dtstart"].to_ical() == b"20200920"
    assert event["dtstart"].params["VALUE"] == "DATE"
    assert event["dtend"].dt == date(2020, 9, 21)
    assert (event["status"], event["transp"]) == ("CONFIRMED", "TRANSPARENT")
    assert event["summary"] == f"筹备方案汇报 · {UNIT} · {project}"
    told = str(event["description"])
    for words in (*duty["steps"], "期限：2020-09-20", "依据：", "于学术活动召开一个月前", "咨询电话："):
        assert words in told
    assert "\n" in told
    alarms = [alarm["trigger"].dt for alarm in event.walk("VALARM")]
    # The plan counts from Friday the 18th, since the 20th is a Sunday.
    assert alarms == [timedelta(hours=9) - timedelta(days=days) for days in (9, 5, 3, 2)]
    assert {alarm["action"] for alarm in event.walk("VALARM")} == {"DISPLAY"}


def test_the_uid_stays_and_the_sequence_rises_with_every_move(store: Records) -> None:
    project = store.started()
    before = one(store)
    store.service.amend(
        CLERK, project, {"event.starts_on": "2020-11-20", "event.ends_on": "2020-11-21"}, ON, "会期调整"
    )
    after = one(store)
    assert after["uid"] == before["uid"]
    assert (before["dtstart"].dt, after["dtstart"].dt) == (date(2020, 9, 20), date(2020, 10, 20))
    assert after["sequence"] > before["sequence"]
    assert "2020-09-20 改为 2020-10-20" in str(after["description"])


@pytest.mark.parametrize(("status", "closed"), [("met", 9), ("suspended", None), ("cancelled", 9)])
def test_a_suggested_day_is_never_called_a_limit_however_it_ended(
    store: Records, status: str, closed: int | None
) -> None:
    """R-AMB-27."""
    store.started()
    event = one(store, status=status, closed_seq=closed, suggested=True)
    assert "\n建议日期：2020-09-20" in str(event["description"])


@pytest.mark.parametrize(
    ("changed", "status", "mark"),
    [
        ({"status": "overdue"}, "CONFIRMED", "【逾期】"),
        ({"status": "suggested", "suggested": True}, "CONFIRMED", "【建议日期】"),
        ({"status": "suspended"}, "TENTATIVE", "【中止计算】"),
        ({"provisional": True}, "TENTATIVE", "【暂定】"),
        ({"status": "cancelled", "closed_seq": 9}, "CANCELLED", "【已取消】"),
        ({"status": "waived", "closed_seq": 9}, "CANCELLED", "【已免除】"),
        ({"status": "overdue", "closed_seq": 9}, "CANCELLED", "【逾期】"),
        ({"status": "met", "met_on": ON, "closed_seq": 9}, "CONFIRMED", "【已办结】"),
    ],
)
def test_every_standing_of_a_duty_is_marked(
    store: Records, changed: dict[str, Any], status: str, mark: str
) -> None:
    """R-AMB-27: a suggested date is never called 逾期."""
    store.started()
    event = one(store, **changed)
    assert (event["status"], str(event["summary"])[: len(mark)]) == (status, mark)
    assert mark.strip("【】") in {str(word) for word in event["categories"].cats}
    assert ("逾期" in event.to_ical().decode()) == (mark == "【逾期】")
    rings = changed.get("status") in (None, "suggested")
    assert bool(event.walk("VALARM")) == rings


def test_long_and_odd_texts_come_back_as_they_were() -> None:
    text = '逗号,分号;反斜杠\\换行\n引号"冒号:' + "很长的文字" * 60
    entry = Entry(
        uid="p-0001.duty@store", due=date(2024, 2, 29), status=DutyStatus.OPEN, live=True, provisional=False,
        label=text, period="2024-02", unit="示例；学会", project="p-0001", programme="类别,其二",
        owed_by="单位", suggested=False,
        steps=(text,), moves=(), ground=text, phone="0371-1;2", met_on=None, alarms=(0,), sequence=3,
        revised=ON,
    )  # fmt: skip
    content = ical(Feed("名,称;", (entry,), 7, True))
    event = events(content)["duty"]
    assert str(event["summary"]) == f"{text}（2024-02） · 示例；学会 · p-0001"
    assert text in str(event["description"])
    assert [str(word) for word in event["categories"].cats] == ["类别,其二", "待履行"]
    calendar = Calendar.from_ical(content)
    assert str(calendar["x-wr-calname"]) == "【演练】应办期限：名,称;"
    assert "另有 7 项" in str(calendar["x-wr-caldesc"])
    assert content == ical(Feed("名,称;", (entry,), 7, True))


def test_no_personal_data_no_typed_reason_and_no_internal_grace_is_in_a_feed(store: Records) -> None:
    project = store.started()
    with transaction(store.app.engine) as conn:
        d = TABLES["duty"]
        conn.execute(update(d).values(grace_until=date(2020, 9, 27)))
    content = ical(read(store)).decode().replace("\r\n ", "")
    assert project in content
    for word in (*SECRET, "2020-09-27", "20200927"):
        assert word not in content


def test_a_feed_of_a_unit_has_its_own_duties_only(store: Records) -> None:
    first, second = store.started(1), store.started(2)
    assert {entry.project for entry in read(store).entries} == {first, second}
    assert {entry.project for entry in read(store, unit=UNIT).entries} == {first}
    assert {entry.project for entry in read(store, store.member(second)).entries} == {second}


@contextmanager
def serving(app: App) -> Iterator[httpx.Client]:
    """The pages of the daemon on the loopback."""
    server = PageServer(Desk(app, "", lambda: None))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    host, port = server.server_address[:2]
    with httpx.Client(base_url=f"http://{host!s}:{port}") as client:
        yield client
    server.shutdown()
    server.server_close()
    thread.join()


def add(
    store: Records, actor: Actor = CLERK, unit: str | None = None, name: str | None = None
) -> tuple[int, str]:
    with transaction(store.app.engine) as conn:
        feed, token = add_feed(conn, actor, known_unit(conn, unit) if unit else None, name, now())
    return feed.id, token


def test_a_calendar_program_is_answered_and_nothing_changes(store: Records) -> None:
    first, second = store.started(1), store.started(2)
    _, own = add(store, unit=UNIT)
    number, whole = add(store)
    before = store.everything()
    with serving(store.app) as client:
        answer = client.get(f"/feeds/{own}.ics")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer.headers["Cache-Control"] == "private, max-age=3600"
        assert {str(e["uid"]).split(".")[0] for e in events(answer.content).values()} == {first}
        assert second in client.get(f"/feeds/{whole}.ics").text.replace("\r\n ", "")

        tag = answer.headers["ETag"]
        again = client.get(f"/feeds/{own}.ics", headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
        head = client.head(f"/feeds/{own}.ics")
        assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", tag)

        wrong = [f"/feeds/{'x' * 43}.ics", "/feeds/.ics", f"/feeds/{own}", f"/feeds/../{own}.ics", "/feeds/"]
        assert {client.get(path).status_code for path in wrong} == {404}
        assert client.post(f"/feeds/{own}.ics").status_code == 405
        assert client.get("/health").json()["status"] == "ok"
        assert store.everything() == before

        with transaction(store.app.engine) as conn:
            revoke_feed(conn, CLERK, number, now())
        assert client.get(f"/feeds/{whole}.ics").status_code == 404
        assert client.get(f"/feeds/{own}.ics").status_code == 200


def test_only_the_digest_of_a_token_is_kept(store: Records) -> None:
    store.started()
    _, token = add(store)
    assert len(token) == 43
    rows = store.rows("feed")
    assert token not in str(rows)
    assert len(rows[0]["token_sha256"]) == 64
    assert add(store)[1] != token


def test_people_of_a_unit_make_and_see_feeds_of_their_own_only(store: Records) -> None:
    """R-ROLE-27."""
    member = store.member(store.started(1))
    store.started(2)
    number, _ = add(store, member, UNIT)
    whole, _ = add(store, CLERK)
    refused: list[tuple[Actor, str | None]] = [
        (member, None),
        (member, "河南省示例学会2"),
        (CHECKER, None),
        (AUDITOR, None),
    ]
    for actor, unit in refused:
        with pytest.raises(ForbiddenFault):
            add(store, actor, unit)
    with reading(store.app.engine) as conn:
        assert [feed.id for feed in list_feeds(conn, member)] == [number]
        assert [feed.id for feed in list_feeds(conn, CLERK)] == [number, whole]
    with transaction(store.app.engine) as conn:
        with pytest.raises(ForbiddenFault):
            revoke_feed(conn, member, whole, now())
        with pytest.raises(NotFoundFault):
            revoke_feed(conn, CLERK, 99, now())
        first = revoke_feed(conn, member, number, now())
        assert revoke_feed(conn, CLERK, number, now()) == first
    for name in ("", "长" * 61, "换\n行"):
        with pytest.raises(UsageFault):
            add(store, name=name or " ")
