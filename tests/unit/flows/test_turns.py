"""Turns at a flow server: never more at work than it bears, and a long run goes after the short ones."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import turns as module
from flows.turns import Turns
from tests.flow_host import wait_until

SOON = 60.0


def started(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


@given(slots=st.integers(1, 4), workers=st.integers(1, 8))
def test_never_more_are_at_work_than_there_are_turns_and_everybody_has_one(slots: int, workers: int) -> None:
    turns, lock = Turns(slots), threading.Lock()
    at_work: list[int] = []
    most: list[int] = []

    def work() -> None:
        assert turns.take(SOON)
        with lock:
            at_work.append(1)
            most.append(len(at_work))
        with lock:
            at_work.pop()
        turns.leave()

    threads = [started(work) for _ in range(workers)]
    for thread in threads:
        thread.join(SOON)
    assert len(most) == workers
    assert max(most) <= slots


def test_who_finds_no_turn_in_time_goes_without() -> None:
    turns = Turns()
    assert turns.take(SOON)
    assert not turns.take(0.01)
    turns.leave()
    assert turns.take(0.01)


def test_a_long_run_lets_those_go_first_who_came_after_it() -> None:
    turns, order = Turns(), list[str]()
    assert turns.take(SOON)

    def work(name: str, patient: bool) -> None:
        assert turns.take(SOON, patient=patient)
        order.append(name)
        turns.leave()

    long = started(lambda: work("long", True))
    short = started(lambda: work("short", False))
    wait_until(turns.wanted, SOON)
    turns.leave()
    for thread in (long, short):
        thread.join(SOON)
    assert order == ["short", "long"]


def test_a_long_run_is_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.0)
    turns = Turns(2)
    assert turns.take(SOON)
    assert turns.take(SOON)
    got: list[bool] = []
    waits = started(lambda: got.append(turns.take(SOON)))
    wait_until(turns.wanted, SOON)
    turns.resize(4)
    waits.join(SOON)
    assert turns.take(SOON, patient=True)


def test_more_turns_are_seen_by_those_who_wait() -> None:
    turns = Turns()
    assert turns.take(SOON)
    got: list[bool] = []
    waits = started(lambda: got.append(turns.take(SOON)))
    wait_until(turns.wanted, SOON)
    turns.resize(2)
    waits.join(SOON)
    assert got == [True]
