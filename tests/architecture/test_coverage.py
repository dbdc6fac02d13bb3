"""No rule without a line, no line without what it claims: the register against the sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from console.handbook import ROOT
from console.handbook.coverage import Coverage, Entry, Served, coverage, register
from console.handbook.rules import FAMILIES
from states.names import Action, Role

PAGE = ROOT / "deploy" / "handbook" / "rules.md"
ROW = re.compile(r"^\| (R-[A-Z]+-\d+) \|[^|]*\| ([^|（]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def held() -> Coverage:
    return coverage(ROOT)


def one(**parts: object) -> Coverage:
    """A register of one carried rule, changed by the parts, that no source names."""
    entry = Entry(**{"rule": "R-AMB-99", "title": "试", "served": Served.CARRIED, **parts})  # type: ignore[arg-type]
    return Coverage({entry.rule: entry}, {})


def test_what_the_register_claims_is_there(held: Coverage) -> None:
    assert held.unserved == []


def test_the_program_names_no_rule_that_the_register_does_not_know(held: Coverage) -> None:
    assert held.unknown == {}


def test_every_rule_of_a_row_is_in_the_register_under_a_family_of_the_page(held: Coverage) -> None:
    assert {entry.family for entry in held.entries.values()} == set(FAMILIES)


def test_the_page_has_one_line_for_every_rule_and_counts_them_at_the_top(held: Coverage) -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = ROW.findall(text)
    labels = [label.strip() for _, label in rows]
    sentence = "，".join(f"{served.label} {labels.count(served.label)} 条" for served in Served)

    assert sorted(rule for rule, _ in rows) == sorted(held.entries)
    assert f"**共 {len(rows)} 条：{sentence}。**" in text


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ({}, "nothing carries it"),
        ({"rule": "R-SCN-99"}, "no test names it"),
        ({"served": Served.DISPLAY}, "shown nowhere"),
        ({"served": Served.PLANNED}, "does not say what it waits for"),
        ({"role": Role.AUDITOR, "served": Served.PARTLY}, "does not say what it waits for"),
        ({"rule": "R-LIFE-30", "served": Served.PLANNED, "waits": "x"}, "a row carries it"),
    ],
)
def test_a_line_that_claims_too_much_is_named(parts: dict[str, object], fault: str) -> None:
    assert any(fault in said for said in one(**parts).unserved)


@pytest.mark.parametrize(
    "parts",
    [
        {"role": Role.AUDITOR},
        {"action": Action.SUBMIT, "rule": "R-LIFE-30"},
        {"served": Served.DISPLAY, "note": "仅供查阅"},
        {"served": Served.PLANNED, "waits": "资金台账"},
    ],
)
def test_a_line_that_keeps_its_word_is_not(parts: dict[str, object]) -> None:
    assert one(**parts).unserved == []


def test_a_rule_that_a_pack_only_shows_is_not_called_carried_out() -> None:
    entry = Entry("R-TGT-999", "试", Served.CARRIED)
    named = {entry.rule: {"states/packs/henan-2023.yaml", "tests/unit/test_some.py"}}
    shown = Coverage({entry.rule: entry}, named)
    decided = Coverage({entry.rule: entry}, named, {entry.rule: {("henan-2023", "计划指标")}})

    assert shown.unserved == ["R-TGT-999 is called carried out, but a pack only shows it"]
    assert decided.unserved == []
    assert decided.ways(entry) == ["政策包 `henan-2023`（计划指标）"]


def test_a_sample_that_names_a_rule_is_no_test_of_it() -> None:
    entry = Entry("R-TGT-999", "试", Served.CARRIED)
    named = {entry.rule: {"lifecycle/record.py", "tests/application_samples.py"}}

    assert Coverage({entry.rule: entry}, named).unserved == [
        "R-TGT-999 is called carried out, but no test names it"
    ]


@pytest.mark.parametrize(
    "line", ["R-AMB-99: {title: 试, served: maybe}", "R-AMB-99: {served: carried, more: 1}"]
)
def test_a_line_that_does_not_fit_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "register.yaml"
    path.write_text(line, encoding="utf-8")

    with pytest.raises((ValueError, TypeError)):
        register(path)
