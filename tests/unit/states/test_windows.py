"""Windows of recurring duties: which have begun by a day, and when the next one does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from states.planners.plan import Planned, begun

FIRST = date(2016, 1, 1)


def weekly() -> Iterator[Planned]:
    """A window every week, without an end."""
    for n in count():
        day = FIRST + timedelta(weeks=n)
        due = day + timedelta(days=6)
        yield Planned(str(n), "project.approved_on", day, due, due, due, False, (), opens_on=day)


def test_nothing_has_begun_before_the_first_window() -> None:
    assert begun(weekly(), FIRST - timedelta(days=1), {}) == ([], FIRST)


def test_a_window_begins_on_its_own_day_and_the_next_is_told() -> None:
    windows, coming = begun(weekly(), FIRST, {})

    assert [window.occurrence for window in windows] == ["0"]
    assert coming == FIRST + timedelta(weeks=1)


def test_a_step_entered_late_closes_no_window_that_stands() -> None:
    standing = {"0": FIRST, "3": FIRST + timedelta(weeks=3)}
    windows, coming = begun(weekly(), FIRST, standing)

    assert [window.occurrence for window in windows] == ["0", "3"]
    assert coming == FIRST + timedelta(weeks=1)


@given(st.integers(0, 400), st.integers(0, 400))
def test_a_later_day_keeps_every_window_and_only_adds(some: int, more: int) -> None:
    early, later = FIRST + timedelta(days=some), FIRST + timedelta(days=some + more)
    before, _ = begun(weekly(), early, {})
    after, coming = begun(weekly(), later, {})

    assert after[: len(before)] == before
    assert coming is not None
    assert later < coming <= later + timedelta(weeks=1)
