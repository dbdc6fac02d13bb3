"""How answers and errors are shown."""

from __future__ import annotations

import json

import pytest

from console.output import Answer, Screen, cell, emit, emit_fault, fault_lines, printable
from states.errors import BadInputFault, NotFoundFault, Reason, RefusedFault

REASONS = (Reason("R-LIFE-44", "尚未公示", cite="公示", document="henan-2023"), Reason(None, "缺合同"))


def test_a_refusal_lists_every_reason_with_its_ground_and_does_not_say_it_twice() -> None:
    fault = RefusedFault("尚未公示；缺合同", REASONS)
    assert fault_lines(fault) == [
        "错误（refused）：规则或当前状态不允许此操作。",
        "  · 尚未公示（R-LIFE-44，henan-2023，“公示”）",
        "  · 缺合同",
    ]


def test_a_fault_without_reasons_is_one_line() -> None:
    assert fault_lines(NotFoundFault("没有这个项目")) == ["错误（not_found）：没有这个项目"]


def test_a_fault_that_lists_its_reasons_line_by_line_keeps_only_its_heading() -> None:
    fault = BadInputFault(
        "政策包有误：\na:1:1: 甲\na:2:1: 乙", [Reason(None, "a:1:1: 甲"), Reason(None, "a:2:1: 乙")]
    )
    assert fault_lines(fault) == ["错误（bad_input）：政策包有误：", "  · a:1:1: 甲", "  · a:2:1: 乙"]


def test_an_error_is_one_document_on_standard_output_for_a_program(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert emit_fault(RefusedFault("否", REASONS), as_json=True) == 3
    shown = capsys.readouterr()
    assert json.loads(shown.out) == RefusedFault("否", REASONS).as_json()
    assert shown.err == ""


def test_a_partial_answer_says_what_was_done_and_that_something_was_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = Answer({"done": [1]}, lambda on: on.line("一项"), RefusedFault("另一项否"))
    assert emit(answer, as_json=True, rehearsal=False) == 3
    assert json.loads(capsys.readouterr().out) == {"done": [1], **RefusedFault("另一项否").as_json()}
    assert emit(answer, as_json=False, rehearsal=False) == 3
    assert tuple(capsys.readouterr()) == ("一项\n", "错误（refused）：另一项否\n")


def test_typed_text_steers_neither_the_terminal_nor_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().table("表", ("名",), [("\x1b[31m红[bold]",)])
    assert "�[31m红[bold]" in capsys.readouterr().out
    assert printable("甲\x07乙\n丙") == "甲�乙\n丙"


def test_values_are_shown_as_people_write_them() -> None:
    shown = [cell(value) for value in (None, True, False, 0, ["甲", "乙"], {"名": "丙"})]
    assert shown == ["", "是", "否", "0", "甲；乙", "名：丙"]
