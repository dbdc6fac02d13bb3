"""Windows of recurring duties: months, spans, years, every so many days, and what a halt does to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.decision import Step
from states.names import Action, State
from states.planners.plan import Situation
from states.planners.windows import Window, every, months, recurring, spans, years
from tests.factories import SOCIETY, calendar, case, programme

DAYS = st.dates(date(2004, 1, 1), date(2026, 12, 31))
DAY = timedelta(days=1)


def told(windows: Iterable[Window], count: int = 4) -> list[tuple[str, date, date]]:
    """Name, first and last day of the first windows."""
    return [(one.occurrence, one.begins, one.due) for one in islice(windows, count)]


def situation(*steps: tuple[Action, date]) -> Situation:
    """A pilot on whose way these steps were taken."""
    found = case(SOCIETY, State.EXECUTING)
    taken = [Step(n, on, a, "executing", "executing", "甲", "x") for n, (a, on) in enumerate(steps, 2)]
    found = replace(found, steps=(*found.steps, *taken))
    return Situation(found, State.EXECUTING, {}, programme(SOCIETY), calendar(), None, date(2030, 1, 1))


def test_a_month_is_told_by_the_last_day_of_the_next() -> None:
    """R-DL-09, R-AMB-18."""
    assert told(months(date(2015, 12, 20)), 3) == [
        ("2015-12", date(2016, 1, 1), date(2016, 1, 31)),
        ("2016-01", date(2016, 2, 1), date(2016, 2, 29)),
        ("2016-02", date(2016, 3, 1), date(2016, 3, 31)),
    ]


def test_the_day_may_be_set_and_a_shorter_month_takes_its_last() -> None:
    assert told(months(date(2016, 12, 5), 10), 2) == [
        ("2016-12", date(2017, 1, 1), date(2017, 1, 10)),
        ("2017-01", date(2017, 2, 1), date(2017, 2, 10)),
    ]
    assert told(months(date(2017, 1, 5), 30), 1) == [("2017-01", date(2017, 2, 1), date(2017, 2, 28))]


def test_the_month_of_the_approval_is_due_with_the_first_report() -> None:
    assert told(months(date(2016, 5, 20), merged=True), 3) == [
        ("2016-05", date(2016, 6, 1), date(2016, 7, 31)),
        ("2016-06", date(2016, 7, 1), date(2016, 7, 31)),
        ("2016-07", date(2016, 8, 1), date(2016, 8, 31)),
    ]


def test_spans_are_counted_from_the_anchor_and_never_chained() -> None:
    """R-DL-21, R-DL-07: a chained count would lose the last day of a month for good."""
    assert told(spans(date(2020, 8, 31), 6)) == [
        ("1", date(2020, 8, 31), date(2021, 2, 28)),
        ("2", date(2021, 3, 1), date(2021, 8, 31)),
        ("3", date(2021, 9, 1), date(2022, 2, 28)),
        ("4", date(2022, 3, 1), date(2022, 8, 31)),
    ]
    assert [one.occurrence for one in spans(date(2020, 8, 31), 6, until=date(2022, 8, 30))] == ["1", "2", "3"]


def test_a_year_has_one_window_and_the_first_begins_with_the_duty() -> None:
    """R-DL-20, R-DL-35."""
    assert told(years(date(2016, 9, 19), opens=(12, 1)), 2) == [
        ("2016", date(2016, 12, 1), date(2016, 12, 31)),
        ("2017", date(2017, 12, 1), date(2017, 12, 31)),
    ]
    assert told(years(date(2016, 9, 19), due=(1, 31)), 1) == [("2017", date(2017, 1, 1), date(2017, 1, 31))]
    whole = years(date(2023, 3, 5), until=date(2024, 6, 30))
    assert told(whole) == [
        ("2023", date(2023, 3, 5), date(2023, 12, 31)),
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
    ]


def test_every_so_many_days_ends_with_the_event() -> None:
    """R-DL-10."""
    windows = every(date(2023, 5, 4), date(2023, 7, 3), 30, until=date(2023, 9, 1))
    assert told(windows) == [
        ("1", date(2023, 5, 4), date(2023, 7, 3)),
        ("2", date(2023, 7, 4), date(2023, 8, 2)),
    ]


@given(DAYS, st.integers(1, 24))
def test_spans_follow_each_other_without_a_gap(anchor: date, length: int) -> None:
    found = list(islice(spans(anchor, length), 6))
    assert found[0].begins == anchor
    assert all(one.begins <= one.due for one in found)
    assert all(after.begins == one.due + DAY for one, after in pairwise(found))


@given(DAYS, st.integers(1, 31))
def test_every_month_has_its_window_within_the_next_month(first: date, day: int) -> None:
    for one in islice(months(first, day), 30):
        assert one.begins.day == 1
        assert (one.due.year, one.due.month) == (one.begins.year, one.begins.month)
        assert one.covers[1] + DAY == one.begins


HALT = ((Action.APPROVE_HALT, date(2016, 6, 10)), (Action.RESUME_HALTED, date(2016, 9, 20)))


def planned(*steps: tuple[Action, date], lapsing: bool = False) -> dict[str, tuple[date | None, date]]:
    """First and last day of the first windows of the months from April 2016 on."""
    found = recurring(situation(*steps), "x", months(date(2016, 4, 1)), lapsing=lapsing)
    return {one.occurrence: (one.opens_on, one.due) for one in islice(found, 5)}


def test_a_month_wholly_within_a_halt_owes_nothing_and_none_begins_in_it() -> None:
    """R-DL-27: July and August were halted all along; June's report runs from the resumption."""
    assert planned(*HALT) == {
        "2016-04": (date(2016, 5, 1), date(2016, 5, 31)),
        "2016-05": (date(2016, 6, 1), date(2016, 6, 30)),
        "2016-06": (date(2016, 9, 20), date(2016, 10, 20)),
        "2016-09": (date(2016, 10, 1), date(2016, 10, 31)),
        "2016-10": (date(2016, 11, 1), date(2016, 11, 30)),
    }


def test_an_undone_halt_takes_nothing_away() -> None:
    undone = (HALT[0], (Action.REVERSE_STEP, date(2016, 6, 11)))
    assert planned(*undone) == planned()


@pytest.mark.parametrize("lapsing", [False, True])
def test_a_window_that_nobody_used_lapses_with_the_next_where_the_duty_says_so(lapsing: bool) -> None:
    found = recurring(situation(), "x", spans(date(2016, 1, 15), 6, until=date(2017, 1, 15)), lapsing=lapsing)
    assert [one.lapses_on for one in found] == ([date(2016, 7, 16), None] if lapsing else [None, None])


def test_a_day_of_rest_is_told_and_moves_nothing() -> None:
    """R-DL-01: the monthly report does not run on."""
    found = next(recurring(situation(), "x", months(date(2016, 6, 1))))
    assert (found.legal_due, found.due, found.soft_due) == (
        date(2016, 7, 31), date(2016, 7, 31), date(2016, 7, 29),
    )  # fmt: skip
