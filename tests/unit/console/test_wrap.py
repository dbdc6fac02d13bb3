"""Chinese text in columns."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.help import listed
from console.wrap import width, wrapped

TEXTS = st.text(alphabet="项目，。（）abc xyz-", max_size=200)


def test_a_wide_character_takes_two_columns() -> None:
    assert width("项a") == 3


@given(TEXTS, st.integers(min_value=0, max_value=10))
def test_nothing_but_spaces_is_lost_when_a_text_is_broken(text: str, indent: int) -> None:
    assert "".join(wrapped(text, indent, 60)).replace(" ", "") == text.replace(" ", "")


@given(st.text(alphabet="项目申报", min_size=1, max_size=200))
def test_a_line_of_chinese_never_runs_over(text: str) -> None:
    assert max(width(line) for line in wrapped(text, 4, 40)) <= 40


def test_a_word_of_letters_is_not_torn() -> None:
    assert wrapped("项目编号 h23-young-talent-0001", 0, 29) == ["项目编号", "h23-young-talent-0001"]


def test_explanations_stand_beside_their_names_in_one_column() -> None:
    assert list(listed([("--on DATE", "业务日期"), ("--json", "文档")])) == [
        "  --on DATE  业务日期",
        "  --json     文档",
    ]
