"""Waiting longer each time, giving up in the end, and never all at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifications.retry import JITTER, LONGEST, MAX_ATTEMPTS, WAITS, next_attempt

NOW = datetime(2020, 6, 30, 1, tzinfo=UTC)


@given(st.text(max_size=30), st.integers(1, MAX_ATTEMPTS - 1))
def test_a_wait_stays_within_its_jitter_and_repeats_itself(key: str, attempts: int) -> None:
    again = next_attempt(key, attempts, NOW)
    assert again is not None
    wait = (again - NOW) / timedelta(seconds=WAITS[attempts - 1])
    assert 1 - JITTER <= wait <= 1 + JITTER
    assert again == next_attempt(key, attempts, NOW)


@given(st.text(max_size=30))
def test_each_wait_is_longer_than_the_one_before(key: str) -> None:
    waits = [next_attempt(key, attempts, NOW) or NOW for attempts in range(1, MAX_ATTEMPTS)]
    assert waits == sorted(set(waits))


@given(st.integers(MAX_ATTEMPTS, 100))
def test_after_the_last_attempt_there_is_none(attempts: int) -> None:
    assert next_attempt("key", attempts, NOW) is None


def test_notices_that_failed_together_do_not_come_back_together() -> None:
    moments = {next_attempt(f"key-{number}", 1, NOW) for number in range(100)}
    assert len(moments) == 100


@given(st.text(max_size=30), st.integers(1, MAX_ATTEMPTS - 1), st.floats(0, 10 * LONGEST))
def test_a_wait_that_was_asked_for_is_kept_but_never_much_longer_than_a_day(
    key: str, attempts: int, asked: float
) -> None:
    plain, again = next_attempt(key, attempts, NOW), next_attempt(key, attempts, NOW, asked)
    assert plain is not None
    assert again is not None
    assert plain <= again <= NOW + timedelta(seconds=LONGEST * (1 + JITTER))
    assert again >= NOW + timedelta(seconds=min(asked, LONGEST * (1 - JITTER)))
