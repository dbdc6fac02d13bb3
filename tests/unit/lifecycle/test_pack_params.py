"""Every parameter of every eligibility rule is judged before a rule is ever asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from lifecycle.packs import check_files, load_catalogue
from states.eligibility import PREDICATES
from states.params import Kind, Param
from tests.unit.lifecycle.pack_samples import SOUND, written

CHECK = "predicate: fact_true, params: {fact: unit.sound}, "
PARAMS = [(name, key, param) for name, one in PREDICATES.items() for key, param in one.params.items()]


def wrong(param: Param) -> list[str]:
    """Values of another kind, as a pack would have them."""
    word = "很早" if param.kind in (Kind.DAY, Kind.COUNT) else "5"
    if param.many:
        return [word, "[[5]]", "true", "[]"]
    return [word, "[甲]", "很早" if param.kind is Kind.FLAG else "true"]


@pytest.mark.parametrize(("name", "key", "param"), PARAMS, ids=[f"{name} {key}" for name, key, _ in PARAMS])
def test_a_parameter_of_another_kind_is_refused_at_its_place(
    tmp_path: Path, name: str, key: str, param: Param
) -> None:
    for value in wrong(param):
        text = SOUND.replace(CHECK, f"predicate: {name}, params: {{{key}: {value}}}, ")
        (told,) = [
            one for one in check_files([written(tmp_path, text)]) if f"判断 {name} 的参数 {key} " in one
        ]

        line, column = (int(part) for part in told.removeprefix(f"{tmp_path}/demo-2024.yaml:").split(":")[:2])
        there = text.split("\n")[line - 1][column - 1 :]
        assert there.lstrip("[").startswith(value.lstrip("["))


def test_the_shipped_packs_give_every_predicate_something_to_do() -> None:
    used = {check.predicate for one in load_catalogue().programmes.values() for check in one.checks}
    assert used == set(PREDICATES)


@pytest.mark.parametrize(
    ("instead", "message"),
    [
        ("predicate: mentor_team, params: {at_least: -1}, ", "at_least 的值“-1”不对（期望 非负整数）"),
        ("predicate: fact_true, params: unit.sound, ", "params 的值“unit.sound”不对（期望 键值对）"),
        ("predicate: statements_given, params: {facts: [null]}, ", "（期望 文字、整数、日期或 true/false）"),
        ("predicate: statements_given, params: {facts: &a [*a]}, ", "不支持引用（*名称），请把内容写出来"),
        (f"predicate: statements_given, params: {'[' * 100_000}, ", "嵌套过深，应不超过 20 层"),
    ],
)
def test_a_value_that_cannot_be_read_is_told_once(tmp_path: Path, instead: str, message: str) -> None:
    (told,) = check_files([written(tmp_path, SOUND.replace(CHECK, instead))])

    assert told.endswith(message)
