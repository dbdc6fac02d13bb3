"""Remarks on projects that are to be watched, and the closer reminders of first-time hosts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.attention import Standing, closer, remarks, reminded
from states.names import DutyStatus
from tests.factories import programme

CONGRESS = "h21-city-product-congress"
DAY = date(2021, 9, 1)
SPEC = programme(CONGRESS).duties["completion"]


def duty(slug: str, status: DutyStatus, met_on: date | None = None) -> Standing:
    return Standing(slug, status, date(2021, 8, 31), met_on)


@pytest.mark.parametrize(
    ("standing", "told"),
    [
        (duty("midterm_report", DutyStatus.SUGGESTED), ("未中期考核",)),
        (duty("midterm_report", DutyStatus.CANCELLED), ("未中期考核",)),
        (duty("midterm_report", DutyStatus.WAIVED), ()),
        (duty("midterm_report", DutyStatus.MET, DAY), ()),
        (duty("preparation_report", DutyStatus.OPEN), ("未按期汇报",)),
        (duty("preparation_report", DutyStatus.LATE, DAY), ("未按期汇报",)),
        (duty("preparation_report", DutyStatus.MET, date(2021, 8, 31)), ()),
        (duty("cycle_summary", DutyStatus.OVERDUE), ()),
    ],
)
def test_a_missing_midterm_and_a_late_preparation_report_are_remarked_on(
    standing: Standing, told: tuple[str, ...]
) -> None:
    """R-DL-11, R-DL-05."""
    assert remarks({}, [standing], DAY) == told
    assert remarks({}, [], DAY) == ()


def test_on_its_day_nothing_is_missing_yet() -> None:
    standing = [duty("midterm_report", DutyStatus.SUGGESTED), duty("preparation_report", DutyStatus.OPEN)]
    assert remarks({}, standing, date(2021, 8, 31)) == ()


def test_who_hosts_for_the_first_time_is_watched_and_reminded_twice_as_closely() -> None:
    """R-DL-32: 30、14、7、3、1、0 become ten days, and after the date every fortnight."""
    first = {"event.first_time_host": True}
    assert remarks(first, [], DAY) == ("重点关注",)
    assert remarks({"event.first_time_host": False}, [], DAY) == ()
    held = programme(CONGRESS)
    spec = held.duties["rectification_report"]
    assert reminded(held, "rectification_report", {}, DAY) == spec
    found = reminded(held, "rectification_report", first, DAY)
    assert found.before == (30, 22, 14, 10, 7, 5, 3, 2, 1, 0)
    assert (found.after, found.repeat) == ((1, 4, 7, 10, 14), 15)
    off = programme(CONGRESS, first_host_closer=False)
    assert reminded(off, "rectification_report", first, DAY) == spec


DAYS = st.lists(st.integers(0, 400), max_size=8, unique=True).map(tuple)


@given(DAYS, DAYS)
def test_a_closer_plan_keeps_every_day_and_halves_every_gap(
    before: tuple[int, ...], after: tuple[int, ...]
) -> None:
    found = closer(replace(SPEC, before=before, after=after))
    for old, new in ((before, found.before), (after, found.after)):
        assert set(old) <= set(new)
        widest = max((b - a for a, b in pairwise(sorted(old))), default=0)
        assert all(b - a <= (widest + 1) // 2 for a, b in pairwise(sorted(new)))
