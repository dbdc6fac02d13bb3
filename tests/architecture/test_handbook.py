"""The handbook says what the program does: generated pages are fresh, and no word lacks its term."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from console.handbook import ROOT, stale
from console.handbook.commands import SETTINGS_IN_ENGLISH
from console.handbook.conditions import WORDS
from console.handbook.places import named
from console.handbook.states import diagram
from lifecycle.packs import load_catalogue
from lifecycle.settings import PREFIX, describe
from states.duties import KINDS
from states.guards import CONDITIONS, GUARDS
from states.names import Action, Labelled, Role, State
from states.notices import KINDS as NOTICES
from states.tables import LIFECYCLES, To
from tests.architecture.source import modules

GLOSSARY = ROOT / "deploy" / "handbook" / "glossary.md"
ROW = re.compile(r"^\| `([^`]+)` \| ([^|]+) \|", re.MULTILINE)


def terms(section: str) -> Counter[tuple[str, str]]:
    """The pairs of word and term under one heading of the glossary, as it is written."""
    text = GLOSSARY.read_text(encoding="utf-8").split(f"\n## {section}\n")[1].split("\n## ")[0]
    return Counter((word, term) for word, term in ROW.findall(text))


def test_every_generated_page_is_fresh() -> None:
    assert stale() == [], "run: make handbook"


@pytest.mark.parametrize(("section", "words"), [("状态", State), ("操作", Action), ("角色", Role)])
def test_every_word_of_a_vocabulary_has_one_term(section: str, words: type[Labelled]) -> None:
    assert terms(section) == Counter((word.value, word.label) for word in words)


def test_every_kind_of_notice_has_one_term() -> None:
    assert terms("通知和公文") == Counter((kind.slug, kind.label) for kind in NOTICES.values())


def test_every_kind_of_duty_has_the_term_that_its_packs_print() -> None:
    programmes = load_catalogue().programmes.values()
    printed = {
        (kind.slug, one.duties[kind.slug].label)
        for kind in KINDS
        for one in programmes
        if kind.slug in one.duties
    }

    assert terms("应办事项") == Counter(printed)


def test_every_guard_and_condition_has_chinese_words() -> None:
    assert set(WORDS) == GUARDS.keys() | CONDITIONS.keys()


def test_every_setting_has_english_words() -> None:
    assert set(SETTINGS_IN_ENGLISH) == {one.variable.removeprefix(PREFIX) for one in describe()}


def test_every_setting_is_used() -> None:
    sources = [one.text for one in modules() if one.path != "lifecycle/settings.py"]
    unused = {
        name
        for name in SETTINGS_IN_ENGLISH
        if not any(f"settings.{name.lower()}" in text for text in sources)
    }

    assert unused == {"ACTOR", "ON"}  # those two are answered by the options of the command line


@pytest.mark.parametrize("name", LIFECYCLES)
def test_a_diagram_shows_every_row_that_changes_the_state(name: str) -> None:
    table = LIFECYCLES[name]
    drawn = {
        (source, dest, label)
        for source, dest, labels in re.findall(r"^  (\w+) --> (\w+) : (.+)$", diagram(table), re.MULTILINE)
        for label in labels.split("、")
    }
    moving = [row for row in table.rows if row.dest not in (To.SAME, To.PREVIOUS)]

    assert drawn == {
        (str(source), str(row.dest), row.action.label) for row in moving for source in row.sources
    }


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("(R-DL-25…27)", [("DL", 25), ("DL", 26), ("DL", 27)]),
        ("R-ROLE-09, -11", [("ROLE", 9), ("ROLE", 11)]),
        ("R-LIFE-30…163", [("LIFE", 30)]),
        ("R-TGT-104 and R-AMB-02", [("TGT", 104), ("AMB", 2)]),
        ("R-LIFE-1 of 3", [("LIFE", 1)]),
        ("def test_r_scn_02_a_county_walks() -> None:", [("SCN", 2)]),
    ],
)
def test_a_text_names_its_rules_short_ranges_included(text: str, rules: list[tuple[str, int]]) -> None:
    assert list(named(text)) == rules
