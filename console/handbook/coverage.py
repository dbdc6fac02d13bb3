"""How every rule of the register is served, and by which test: found in tables, packs, code and tests.

The register (`register.yaml` beside this file) is the product's own list of rule ids; it says only what
each is about and whether it is carried out, displayed or planned. Ways and tests are never written down:
they are looked up, so that the page cannot claim what is not there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Final

import yaml

from console.handbook.deciding import deciding
from console.handbook.places import PACKS, TESTS, Places, places
from lifecycle.packs import load_catalogue
from states.names import Action, Role, State
from states.responsibilities import RESPONSIBILITIES
from states.tables import LIFECYCLES

__all__ = ["REGISTER", "Coverage", "Entry", "Served", "coverage", "register"]

REGISTER: Final = Path(__file__).with_name("register.yaml")
TABLE_TEST: Final = "tests/unit/states/test_tables.py"
"""It walks every state, action and role of every lifecycle, so that no row needs to be named there."""
READERS: Final = {
    "tests/golden/lifecycles/": TABLE_TEST,
    "tests/golden/figures/": "tests/unit/lifecycle/test_figures.py",
}
"""Golden files, by the test that holds the program to them."""
ROLE_TEST: Final = "tests/unit/states/test_roles.py"


class Served(StrEnum):
    """What becomes of a rule."""

    CARRIED = "carried"
    PARTLY = "partly"
    DISPLAY = "display"
    PLANNED = "planned"

    @property
    def label(self) -> str:
        """The word on the page."""
        return {"carried": "已落实并有测试", "partly": "部分落实", "display": "只供查阅", "planned": "待建"}[
            self.value
        ]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the register: `waits` says what a rule waits for, `note` what a shown one says."""

    rule: str
    title: str
    served: Served
    waits: str = ""
    note: str = ""
    state: State | None = None
    action: Action | None = None
    flag: str | None = None
    variant: str | None = None
    role: Role | None = None

    @property
    def family(self) -> str:
        """The middle of the id: DOC, LIFE, …"""
        return self.rule.split("-")[1]

    @property
    def of_a_table(self) -> bool:
        """Whether the rule is a word or a row of the lifecycles, which one test walks entirely."""
        return any(word is not None for word in (self.state, self.action, self.flag, self.variant))


@dataclass(frozen=True)
class Coverage:
    """The register with all places where its ids are named."""

    entries: Mapping[str, Entry]
    found: Places
    decided: Mapping[str, set[tuple[str, str]]] = field(default_factory=dict)
    """By rule: the packs that decide by it, and the part that does."""

    def ways(self, entry: Entry) -> list[str]:
        """How the rule is served, as phrases in Chinese; empty when nothing serves it."""
        paths = {path for path in self.found.get(entry.rule, set()) if not path.startswith(f"{TESTS}/")}
        packs = sorted(Path(path).stem for path in paths if path.startswith(PACKS))
        rows = [f"流程表 {way}" for way in _rows(entry.rule)]
        told = (PACKS, "states/tables/") if rows else (PACKS,)
        code = sorted(path for path in paths if not path.startswith(told))
        return [
            *_words(entry),
            *rows,
            *(f"职责 `{one.role}` {one.clause}" for one in RESPONSIBILITIES if one.rule == entry.rule),
            *(f"政策包 `{name}`{self._parts(entry.rule, name)}" for name in packs),
            *(f"`{path}`" for path in code),
        ]

    def _parts(self, rule: str, pack: str) -> str:
        parts = sorted(part for name, part in self.decided.get(rule, ()) if name == pack)
        return f"（{'、'.join(parts)}）" if parts else ""

    def only_shown(self, entry: Entry) -> bool:
        """Whether nothing but a pack names the rule, and no pack decides by it."""
        ways = self.ways(entry)
        return bool(ways) and entry.rule not in self.decided and all(way.startswith("政策包") for way in ways)

    def tests(self, entry: Entry) -> list[str]:
        """The tests that name the rule; for a word of the tables, the tests that walk all of them."""
        naming = {_reader(path) for path in self.found.get(entry.rule, set()) if _is_test(path)}
        if naming:
            return sorted(naming)
        if entry.of_a_table:
            return [TABLE_TEST]
        return [ROLE_TEST] if entry.role is not None else []

    @cached_property
    def counts(self) -> Counter[Served]:
        """How many rules are carried out, displayed and planned."""
        return Counter(entry.served for entry in self.entries.values())

    @cached_property
    def unserved(self) -> list[str]:
        """What the page must not hold: a rule called carried without way or test, or displayed nowhere."""
        faults = []
        for entry in self.entries.values():
            scenario = entry.family == "SCN"
            claimed = entry.served in (Served.CARRIED, Served.PARTLY)
            if claimed and not (scenario or self.ways(entry)):
                faults.append(f"{entry.rule} is called carried out, but nothing carries it")
            if claimed and self.only_shown(entry):
                faults.append(f"{entry.rule} is called carried out, but a pack only shows it")
            if claimed and not self.tests(entry):
                faults.append(f"{entry.rule} is called carried out, but no test names it")
            if entry.served is Served.DISPLAY and not (entry.note or self.ways(entry)):
                faults.append(f"{entry.rule} is called displayed, but is shown nowhere")
            if entry.served in (Served.PARTLY, Served.PLANNED) and not entry.waits:
                faults.append(f"{entry.rule} is not finished, but does not say what it waits for")
            if entry.served is Served.PLANNED and list(_rows(entry.rule)):
                faults.append(f"{entry.rule} is called planned, but a row carries it")
        return faults

    @cached_property
    def unknown(self) -> dict[str, list[str]]:
        """Ids that the program or its tests name and the register does not know."""
        return {rule: sorted(paths) for rule, paths in self.found.items() if rule not in self.entries}


def register(path: Path = REGISTER) -> dict[str, Entry]:
    """The register by id; a KeyError, TypeError or ValueError where a line does not fit."""
    lines = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {rule: _entry(rule, line) for rule, line in lines.items()}


def coverage(root: Path) -> Coverage:
    """The register of the program against the sources under a root."""
    return Coverage(register(), places(root), deciding(load_catalogue()))


def _entry(rule: str, line: Mapping[str, str]) -> Entry:
    kinds = {"served": Served, "state": State, "action": Action, "role": Role}
    return Entry(rule=rule, **{key: kinds.get(key, str)(value) for key, value in line.items()})  # type: ignore[arg-type]


def _is_test(path: str) -> bool:
    """Whether a path is a test, or a case or golden file that one reads; a sample proves nothing."""
    named = path.startswith(f"{TESTS}/") and Path(path).name.startswith("test_")
    return named or path.startswith((f"{TESTS}/cases/", *READERS))


def _reader(path: str) -> str:
    return next((test for folder, test in READERS.items() if path.startswith(folder)), path)


def _words(entry: Entry) -> Iterable[str]:
    if entry.state is not None:
        held = [name for name, table in LIFECYCLES.items() if entry.state in table.states]
        yield from (f"状态 `{entry.state}`（{_some(held)}）" for _ in held[:1])
    if entry.flag is not None:
        yield f"标记 `{entry.flag}`"
    if entry.variant is not None and entry.variant in LIFECYCLES:
        yield f"流程 `{entry.variant}`"
    if entry.role is not None:
        yield f"角色 `{entry.role}`"


def _rows(rule: str) -> Iterable[str]:
    held: dict[Action, list[str]] = {}
    for name, table in LIFECYCLES.items():
        for row in table.rows:
            if row.rule == rule and name not in held.setdefault(row.action, []):
                held[row.action].append(name)
    return [f"`{action}`（{_some(names)}）" for action, names in held.items()]


def _some(names: list[str]) -> str:
    return "、".join(names) if len(names) < len(LIFECYCLES) else "各流程"
