"""Claims on both databases: the oldest that is ready, once, and nothing of a channel that rests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from lifecycle import claims
from lifecycle.database import transaction
from tests.notice_store import NOW, add_notice, add_project, reminder, row

LEASE = 60
# fmt: off
ROWS: list[tuple[str, dict[str, Any]]] = [
    # key         how it stands                                                          oldest first
    ("held",      {"status": "held"}),
    ("running",   {"status": "sending", "lease_until": NOW + timedelta(seconds=1)}),
    ("orphaned",  {"status": "sending", "lease_until": NOW - timedelta(seconds=1)}),
    ("early",     {"status": "pending", "not_before": NOW + timedelta(seconds=1)}),
    ("again",     {"status": "failed", "not_before": NOW}),
    ("sent",      {"status": "sent"}),
    ("robot",     {"status": "pending", "channel": "wecom"}),
    ("first",     {"status": "pending"}),
    ("dead",      {"status": "dead"}),
    ("second",    {"status": "pending"}),
]
# fmt: on


@pytest.fixture
def lined_up(engine: Engine) -> Engine:
    with transaction(engine) as conn:
        add_project(conn)
        for key, changes in ROWS:
            add_notice(conn, reminder(), key=key, **changes)
    return engine


def claimed(engine: Engine, limit: int, worker: str = "one", **options: Any) -> list[str]:
    with transaction(engine) as conn:
        return [view.key for view in claims.claim(conn, NOW, LEASE, worker, limit, **options)]


def test_the_oldest_that_is_ready_is_taken_first_whatever_it_waited_for(lined_up: Engine) -> None:
    with transaction(lined_up) as conn:
        assert claims.waiting_count(conn, NOW) == 5
    taken = [claimed(lined_up, 1) for _ in range(3)]
    assert taken == [["orphaned"], ["again"], ["robot"]]
    assert claimed(lined_up, 10) == ["first", "second"]
    assert claimed(lined_up, 10) == []


def test_a_channel_that_rests_keeps_its_notices(lined_up: Engine) -> None:
    assert claimed(lined_up, 3, without={"wecom"}) == ["orphaned", "again", "first"]
    assert claimed(lined_up, 3, without={"wecom", "mail"}) == []
    assert claimed(lined_up, 3) == ["robot", "second"]


def test_what_one_is_taking_is_passed_over_by_the_other(lined_up: Engine) -> None:
    if lined_up.dialect.name == "sqlite":
        assert [claimed(lined_up, 2, worker) for worker in ("one", "two")] == [
            ["orphaned", "again"],
            ["robot", "first"],
        ]
        return
    with transaction(lined_up) as conn:
        ours = [view.key for view in claims.claim(conn, NOW, LEASE, "one", 2)]
        assert (ours, claimed(lined_up, 2, "two")) == (["orphaned", "again"], ["second"])
    assert claimed(lined_up, 2, "two") == ["robot", "first"]


def test_a_claim_is_leased_counted_and_can_be_marked_by_its_worker_alone(lined_up: Engine) -> None:
    (key,) = claimed(lined_up, 1)
    with transaction(lined_up) as conn:
        after = row(conn, key)
        assert (after.status, after.attempts, after.lease_by) == ("sending", 1, "one")
        assert after.lease_until == NOW + timedelta(seconds=LEASE)
        assert not claims.mark_cancelled(conn, key, "two", "no")
        assert claims.give_back(conn, key, "one", "server away")
        after = row(conn, key)
        assert (after.status, after.attempts, after.lease_by, after.error) == (
            "pending", 0, None, "server away",
        )  # fmt: skip
