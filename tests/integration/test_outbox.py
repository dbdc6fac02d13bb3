"""The orchestration outbox on both databases: first come first served, leased, never lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from lifecycle.database import reading, transaction
from lifecycle.outbox import (
    GIVE_UP_AFTER,
    LONGEST_PAUSE,
    Backlog,
    QueuedCommand,
    backlog,
    claim_command,
    enqueue,
    fail_command,
    find_command,
    finish_command,
    note_outage,
    pause,
)

NOON = datetime(2023, 5, 12, 4, tzinfo=UTC)
LEASE = 60.0


def put(engine: Engine, name: str, at: datetime = NOON) -> None:
    with transaction(engine) as conn:
        enqueue(
            conn, id=name, action="submit", programme="p", summary="提交申报：示例", actor="li",
            project_ids=["p-0001"], body={"key": name, "on": "2023-05-12"}, at=at,
        )  # fmt: skip


def claim(engine: Engine, at: datetime = NOON) -> QueuedCommand | None:
    with transaction(engine) as conn:
        return claim_command(conn, at, LEASE)


def taken(engine: Engine, at: datetime = NOON) -> QueuedCommand:
    command = claim(engine, at)
    assert command is not None
    return command


def found(engine: Engine, name: str) -> QueuedCommand:
    with reading(engine) as conn:
        command = find_command(conn, name)
    assert command is not None
    return command


def line(engine: Engine) -> Backlog:
    with reading(engine) as conn:
        return backlog(conn)


def test_the_oldest_command_comes_first_and_a_claimed_one_is_not_given_twice(engine: Engine) -> None:
    put(engine, "younger", NOON + timedelta(seconds=1))
    put(engine, "older")
    assert [taken(engine).id, taken(engine).id] == ["older", "younger"]
    assert claim(engine) is None


def test_a_command_keeps_all_that_it_was_given(engine: Engine) -> None:
    put(engine, "a")
    assert taken(engine) == QueuedCommand(
        id="a", action="submit", programme="p", summary="提交申报：示例", actor="li",
        project_ids=("p-0001",), body={"key": "a", "on": "2023-05-12"}, status="running", attempts=1,
        created_at=NOON, flow_run_id=None, error=None,
    )  # fmt: skip


def test_a_command_that_is_not_committed_is_not_in_line(engine: Engine) -> None:
    with engine.connect() as conn:
        enqueue(
            conn, id="a", action="submit", programme="p", summary="", actor="li", project_ids=[], body={},
            at=NOON,
        )  # fmt: skip
        conn.rollback()
    assert line(engine) == Backlog(0, 0, 0, None)


def test_a_lease_that_ended_gives_the_command_to_the_next_worker(engine: Engine) -> None:
    put(engine, "a")
    taken(engine)
    assert claim(engine, NOON + timedelta(seconds=LEASE - 1)) is None
    assert taken(engine, NOON + timedelta(seconds=LEASE)).attempts == 2


def test_a_worker_that_lost_its_lease_cannot_put_the_command_back(engine: Engine) -> None:
    put(engine, "a")
    late = taken(engine)
    taken(engine, NOON + timedelta(seconds=LEASE))
    with transaction(engine) as conn:
        assert fail_command(conn, late, "迟到", NOON) is False
    assert found(engine, "a").status == "running"


def test_a_finished_command_leaves_the_line_and_is_finished_once(engine: Engine) -> None:
    put(engine, "a")
    with transaction(engine) as conn:
        assert finish_command(conn, "a", "run-1", NOON) is True
        assert finish_command(conn, "a", "run-2", NOON) is False
    assert (found(engine, "a").status, found(engine, "a").flow_run_id) == ("done", "run-1")
    assert claim(engine) is None


def test_a_failed_attempt_waits_before_the_next(engine: Engine) -> None:
    put(engine, "a")
    command = taken(engine)
    with transaction(engine) as conn:
        assert fail_command(conn, command, "故障", NOON) is True
    assert (found(engine, "a").status, found(engine, "a").error) == ("pending", "故障")
    assert claim(engine, NOON + timedelta(seconds=4)) is None
    assert taken(engine, NOON + timedelta(seconds=5)).id == "a"


def test_a_command_that_waits_does_not_hold_up_the_next(engine: Engine) -> None:
    put(engine, "a")
    put(engine, "b", NOON + timedelta(seconds=1))
    first = taken(engine)
    with transaction(engine) as conn:
        fail_command(conn, first, "故障", NOON)
    assert taken(engine).id == "b"


def test_after_too_many_attempts_a_command_waits_for_a_person(engine: Engine) -> None:
    put(engine, "a")
    at = NOON
    for _ in range(GIVE_UP_AFTER):
        command = taken(engine, at)
        with transaction(engine) as conn:
            fail_command(conn, command, "故障", at)
        at += LONGEST_PAUSE
    assert claim(engine, at) is None
    assert line(engine) == Backlog(0, 0, 1, None)


def test_a_command_that_waits_for_a_busy_store_is_never_given_up(engine: Engine) -> None:
    put(engine, "a")
    at = NOON
    for _ in range(GIVE_UP_AFTER + 1):
        command = taken(engine, at)
        with transaction(engine) as conn:
            fail_command(conn, command, "数据库正忙", at, waits=True)
        at += LONGEST_PAUSE
    assert (found(engine, "a").status, taken(engine, at).id) == ("pending", "a")


def test_an_outage_is_written_once_and_counts_no_attempt(engine: Engine) -> None:
    put(engine, "a")
    with transaction(engine) as conn:
        assert note_outage(conn, "没有应答") == 1
        assert note_outage(conn, "没有应答") == 0
    assert (found(engine, "a").attempts, found(engine, "a").error) == (0, "没有应答")


def test_the_backlog_tells_how_long_the_oldest_waits(engine: Engine) -> None:
    put(engine, "a")
    put(engine, "b", NOON + timedelta(hours=1))
    taken(engine)
    assert line(engine) == Backlog(pending=1, running=1, failed=0, oldest=NOON)


@given(st.integers(1, 200))
def test_pauses_grow_and_end_at_five_minutes(attempts: int) -> None:
    assert pause(1) == timedelta(seconds=5)
    assert pause(attempts) <= pause(attempts + 1) <= LONGEST_PAUSE
