"""Days, lengths and sums as a letter writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.wording import chinese_amount, chinese_length, nested


@pytest.mark.parametrize(
    ("length", "words"),
    [("P3M", "3个月"), ("W5", "5个工作日"), ("P10D", "10日"), ("P2Y", "2年"), ("适时", "适时")],
)
def test_a_length_is_read_out_in_chinese(length: str, words: str) -> None:
    assert chinese_length(length) == words


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (15_000_000, "15万元"),
        (100_000_000, "100万元"),
        (1_000_000, "1万元"),
        (6_250_000, "6.25万元"),
        (15_500_000, "15.5万元"),
        (6_200_050, "62,000.50元"),
        (6_234_500, "62,345元"),
        (500_000, "5,000元"),
        (0, "0元"),
    ],
)
def test_a_round_sum_is_written_in_ten_thousands(fen: int, words: str) -> None:
    assert chinese_amount(fen) == words


@given(st.integers(0, 10**12))
def test_a_sum_is_never_rounded(fen: int) -> None:
    words = chinese_amount(fen).removesuffix("元").replace(",", "")
    yuan = Decimal(words.removesuffix("万")) * (10_000 if words.endswith("万") else 1)
    assert yuan * 100 == fen


@pytest.mark.parametrize(
    ("given_text", "written"),
    [
        ("关于““一市一品”大会”的通知", "关于“‘一市一品’大会”的通知"),
        ("“会‘议”", "“会‘议”"),
        ("“甲“乙“丙”丁”戊”", "“甲‘乙“丙”丁’戊”"),
        ("“O’Neil”", "“O’Neil”"),
        ("缺了“一半", "缺了“一半"),
        ("多了”一半", "多了”一半"),
    ],
)
def test_a_quotation_inside_a_quotation_has_the_other_marks(given_text: str, written: str) -> None:
    assert nested(given_text) == written


@given(st.text("“”‘’甲乙", max_size=40))
def test_only_marks_change_and_writing_again_changes_nothing(text: str) -> None:
    once = nested(text)

    assert nested(once) == once
    assert [sign for sign in once if sign not in "“”‘’"] == [sign for sign in text if sign not in "“”‘’"]


@given(st.recursive(st.text("甲乙", max_size=3), lambda inner: inner.map(lambda text: f"甲“{text}”乙")))
def test_two_double_marks_never_open_one_right_after_the_other(text: str) -> None:
    written = nested(f"“{text}”")

    assert "““" not in written
    assert "””" not in written
