"""Facts into JSON and back, and from what people type."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lifecycle.values import canonical, decode, decode_all, encode, encode_all, parse_values, plain
from states.errors import BadInputFault
from tests.factories import EVENT, programme

LEAVES = (
    some.none()
    | some.booleans()
    | some.integers()
    | some.text()
    | some.dates()
    | some.decimals(allow_nan=False, allow_infinity=False)
)
FACTS = some.recursive(
    LEAVES, lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner), max_leaves=12
)


@given(FACTS)
def test_a_fact_survives_json(value: Any) -> None:
    stored = json.loads(json.dumps(encode(value)))
    assert decode(stored) == value
    assert type(decode(stored)) is type(value)


@given(some.dictionaries(some.text(), LEAVES))
def test_all_facts_survive_together(facts: dict[str, Any]) -> None:
    assert decode_all(encode_all(facts)) == facts
    assert decode_all(None) == {}


@given(some.dictionaries(some.text(), FACTS))
def test_one_text_for_one_value_whatever_the_order_of_its_keys(value: dict[str, Any]) -> None:
    assert canonical(value) == canonical(dict(reversed(value.items())))
    assert decode(json.loads(canonical(value))) == value


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("project.amount", 6_200_050, "62000.50"),
        ("event.days", 3, 3),
        ("event.starts_on", date(2020, 10, 20), "2020-10-20"),
        ("review.score", Decimal("85.50"), "85.50"),
        ("x", [{"on": date(2020, 1, 2)}], [{"on": "2020-01-02"}]),
        ("x", True, True),
    ],
)
def test_facts_leave_plain(name: str, value: Any, shown: Any) -> None:
    assert plain(name, value) == shown


def test_values_are_typed_by_name_alias_or_label_and_a_blank_removes() -> None:
    typed = parse_values(
        programme(EVENT),
        {"amount": "50000", "召开日期": "2020年10月20日", "review.score": "85.5", "publication.url": " "},
    )
    assert typed == {
        "project.amount": 5_000_000,
        "event.starts_on": date(2020, 10, 20),
        "review.score": Decimal("85.5"),
        "publication.url": None,
    }


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"amount": "五万"}, "资助金额（元）（project.amount）的值“五万”无法识别"),
        ({"evaluation.conclusion": "很好"}, "绩效评价等次（evaluation.conclusion）的值“很好”无法识别"),
        ({"amout": "5"}, "没有名为“amout”的事项"),
        ({"contact.email": "a@b"}, "电子邮箱（contact.email）应为一个邮箱地址"),
        ({"amount": "5", "资助金额（元）": "6"}, "资助金额（元）（project.amount）给了不止一个值"),
    ],
)
def test_what_cannot_be_read_names_the_fact(values: dict[str, str], said: str) -> None:
    with pytest.raises(BadInputFault) as told:
        parse_values(programme(EVENT), values)
    assert told.value.message.startswith(said)
