"""How the words of the command line are read."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.options import parse_day, parse_materials, parse_pairs, parse_values, parse_whole, read_options
from states.errors import UsageFault


@given(st.dates())
def test_a_day_is_read_in_each_of_its_writings(day: date) -> None:
    year = f"{day.year:04d}"
    written = (day.isoformat(), f"{year}/{day.month}/{day.day}", f"{year}年{day.month}月{day.day}日")
    assert [parse_day(text, "--on") for text in written] == [day, day, day]


@pytest.mark.parametrize(
    "text", ["", "2023", "2023-13-01", "2023-02-30", "2023-05/01", "1/5/2023", "0000-01-01"]
)
def test_anything_else_is_no_day(text: str) -> None:
    with pytest.raises(UsageFault, match="2023-05-01"):
        parse_day(text, "--on")


@given(st.integers(min_value=0, max_value=10**17))
def test_a_whole_number_is_read_back(number: int) -> None:
    assert parse_whole(str(number), "--limit") == number


@pytest.mark.parametrize("text", ["-1", "1.5", "", "x", "1" * 19])
def test_anything_else_is_no_number(text: str) -> None:
    with pytest.raises(UsageFault):
        parse_whole(text, "--limit")


def test_only_the_first_sign_parts_a_name_from_its_value() -> None:
    assert parse_pairs(["a = b=c "], "--set", "名称=值") == (("a", "b=c"),)


def test_a_blank_value_is_kept_because_it_removes_a_fact() -> None:
    assert parse_values(["event.ends_on="]) == {"event.ends_on": ""}


def test_a_kind_of_paper_may_come_twice() -> None:
    assert parse_materials(["contract=a.pdf", "contract=b.pdf"]) == (
        ("contract", "a.pdf"),
        ("contract", "b.pdf"),
    )


def test_what_is_typed_goes_before_the_environment() -> None:
    environment = {"LIFECYCLE_ON": "2020-01-01", "LIFECYCLE_ACTOR": "a"}
    typed = read_options({"on": "2023-05-01", "as": "b", "json": True}, environment)
    assert (typed.on, typed.actor, typed.json) == (date(2023, 5, 1), "b", True)
    bare = read_options({}, environment)
    assert (bare.on, bare.actor, bare.json) == (date(2020, 1, 1), "a", False)
