"""What a written value means, and what is refused with which words."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.catalogue import FactSpec, FactType
from states.errors import BadInputFault
from states.facts import normal_title, parse_fact, parse_money, yuan


def spec(kind: FactType, **more: object) -> FactSpec:
    return FactSpec("event.starts_on", "召开日期", kind, **more)  # type: ignore[arg-type]


LEVEL = spec("enum", values=("international", "national"), value_labels=("国际性", "全国性"))


@pytest.mark.parametrize(
    "raw",
    [
        "2023-05-01", "2023/5/1", "2023年5月1日", "2023.5.1", " 2023年05月01日 ", "２０２３-０５-０１",
        "2023-05-01 00:00:00", date(2023, 5, 1), datetime(2023, 5, 1, 8, 30),  # noqa: DTZ001 - a cell carries no zone
    ],
)  # fmt: skip
def test_a_date_is_understood_however_an_office_writes_it(raw: object) -> None:
    assert parse_fact(spec("date"), raw) == date(2023, 5, 1)


@pytest.mark.parametrize("kind", get_args(FactType))
@pytest.mark.parametrize("raw", [None, "", "  ", "-", "未知", float("nan")])
def test_a_blank_is_unknown_for_every_type(kind: FactType, raw: object) -> None:
    assert parse_fact(spec(kind, values=("甲",)), raw) is None


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("是", True), ("有", True), ("TRUE", True), (True, True), (1, True),
        ("否", False), ("无", False), (False, False), (0.0, False),
    ],
)  # fmt: skip
def test_yes_and_no_are_read_in_chinese_and_english(raw: object, value: bool) -> None:
    assert parse_fact(spec("bool"), raw) is value


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("int", "1,200", 1200),
        ("int", 200.0, 200),
        ("decimal", "0.5", Decimal("0.5")),
        ("text", "  两端空格 ", "两端空格"),
        ("text", 12.0, "12"),
        ("text", ["工作目标", "工作机制"], "工作目标、工作机制"),
        ("text", True, "是"),
        ("money", "100000", 10000000),
        ("money", "62,000.50元", 6200050),
        ("records", "无", []),
        ("records", "甲；乙", [{"name": "甲"}, {"name": "乙"}]),
        ("records", {"year": 2022}, [{"year": 2022}]),
        ("records", '[{"year": 2022}]', [{"year": 2022}]),
        ("records", [{"on": date(2022, 1, 1)}], [{"on": "2022-01-01"}]),
    ],
)
def test_a_value_is_typed_as_its_fact_says(kind: FactType, raw: object, value: object) -> None:
    assert parse_fact(spec(kind), raw) == value


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (
            "姓名=甲，职务=理事；姓名=乙，职务=委员",
            [{"姓名": "甲", "职务": "理事"}, {"姓名": "乙", "职务": "委员"}],
        ),
        ("甲,职务＝理事\n乙", [{"name": "甲", "职务": "理事"}, {"name": "乙"}]),
        ("甲学会；乙学会", [{"name": "甲学会"}, {"name": "乙学会"}]),
    ],
)
def test_records_can_be_typed_into_one_cell(raw: str, found: list[dict[str, str]]) -> None:
    assert parse_fact(spec("records"), raw) == found


def test_a_record_that_says_one_thing_twice_is_refused() -> None:
    with pytest.raises(BadInputFault, match="每个名称只写一次"):
        parse_fact(spec("records"), "姓名=甲，姓名=乙")


@pytest.mark.parametrize("raw", ["international", "国际性"])
def test_an_enum_is_given_by_code_or_by_label(raw: str) -> None:
    assert parse_fact(LEVEL, raw) == "international"


@pytest.mark.parametrize(
    ("told", "raw", "expected"),
    [
        (spec("date"), "2023-02-30", "真实存在的日期，如 2023-05-01"),
        (spec("date"), "五月", "日期，如 2023-05-01、2023/5/1 或 2023年5月1日"),
        (spec("date"), 45047.0, "日期，如 2023-05-01、2023/5/1 或 2023年5月1日"),
        (spec("bool"), "也许", "是或否"),
        (spec("int"), "2.5", "整数"),
        (spec("int"), True, "整数"),
        (spec("decimal"), "很多", "数字"),
        (LEVEL, "市级", "其中之一：国际性、全国性"),
        (spec("text"), 410105198710300000.0, "文字格式：该号码已被表格软件舍入，请按文本填写"),
        (spec("int"), 1e17, "文字格式：该数字位数过多，已被表格软件舍入，请按文本填写"),
        (spec("money"), "10万元", "以元为单位的数字，如 100000；不能用“万”"),
        (spec("records"), [[1]], "每项为一条记录（名称: 值）"),
        (spec("records"), "[{", "列表，或以分号隔开的各项"),
        (spec("records"), 3, "列表，每项一条记录"),
    ],
)
def test_what_cannot_be_read_is_refused_with_name_label_and_what_was_expected(
    told: FactSpec, raw: object, expected: str
) -> None:
    with pytest.raises(BadInputFault) as refused:
        parse_fact(told, raw)

    shown = str(raw)[:40]
    assert refused.value.message == f"召开日期（event.starts_on）的值“{shown}”无法识别（期望 {expected}）"


def test_a_personal_value_is_never_repeated_in_an_error() -> None:
    with pytest.raises(BadInputFault) as refused:
        parse_fact(FactSpec("talent.birth_date", "出生日期", "date", personal=True), "1987年13月1日")

    assert refused.value.message == (
        "出生日期（talent.birth_date）的值（已隐去）无法识别（期望 真实存在的日期，如 2023-05-01）"
    )


@pytest.mark.parametrize("raw", ["10万", "-1", "1.005", "abc", True, ""])
def test_money_is_yuan_with_at_most_two_places_and_never_negative(raw: object) -> None:
    with pytest.raises(BadInputFault):
        parse_money(raw)


@given(st.integers(0, 10**12))
def test_money_written_out_and_read_again_is_the_same(fen: int) -> None:
    assert parse_money(yuan(fen)) == fen


def test_yuan_has_two_places() -> None:
    assert (yuan(10000000), yuan(5), yuan(-8799950)) == ("100000.00", "0.05", "-87999.50")


@pytest.mark.parametrize(
    "other", ["河南省 化学学术年会", "河南省化学学术年会。", "“河南省化学学术年会”", "河南省化学－学术年会"]
)
def test_titles_that_differ_only_in_spaces_and_punctuation_are_the_same(other: str) -> None:
    assert normal_title(other) == normal_title("河南省化学学术年会")


@given(
    st.text(st.sampled_from("河南省化学学术年会ABCxyz2023"), min_size=1),
    st.lists(st.tuples(st.integers(0, 20), st.sampled_from(" \u3000\t-－·。，《》“”()（）、"))),
)
def test_no_space_or_punctuation_anywhere_makes_another_title(
    title: str, added: list[tuple[int, str]]
) -> None:
    changed = title
    for place, mark in added:
        changed = changed[:place] + mark + changed[place:]

    assert normal_title(changed) == normal_title(title)
