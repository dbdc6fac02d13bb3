"""Where a rule is named: the files of the program, its packs and its tests that carry its id.

Reads the sources as text. Whether a rule is carried out rightly is for the tests.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

__all__ = ["PACKS", "TESTS", "Places", "named", "places", "rule_id"]

CODE: Final = ("states", "lifecycle", "notifications", "flows", "console")
PACKS: Final = "states/packs/"
TESTS: Final = "tests"
SUFFIXES: Final = (".py", ".yaml", ".txt", ".json")
OWN: Final = (
    "console/handbook/",
    "tests/architecture/test_coverage.py",
    "tests/architecture/test_handbook.py",
)
"""What speaks of ids only to list them."""
LONGEST_RANGE: Final = 5
"""A longer range names a whole vocabulary, not rules that are carried out."""

Places = dict[str, set[str]]

_NAMED = re.compile(r"R-([A-Z]+)-(\d+)((?:…\d+|, -\d+)*)")
_MORE = re.compile(r"(…|, -)(\d+)")
_TEST_NAME = re.compile(r"def test_r_([a-z]+)_(\d+)_")


def rule_id(family: str, number: int) -> str:
    """The id as it is written: targets with three digits, all others with two."""
    return f"R-{family}-{number:0{3 if family == 'TGT' else 2}d}"


def places(root: Path) -> Places:
    """Every rule with the files that name it, by path from the root."""
    found: Places = defaultdict(set)
    for folder in (*CODE, TESTS):
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.suffix in SUFFIXES and "__pycache__" not in path.parts and not name.startswith(OWN):
                for rule in named(path.read_text(encoding="utf-8")):
                    found[rule_id(*rule)].add(name)
    return dict(found)


def named(text: str) -> Iterator[tuple[str, int]]:
    """The rules that a text names; "R-DL-25…27" names three, "R-ROLE-09, -11" two.

    Of a long range only the first counts. A test may carry its rule in its name: `test_r_scn_02_…`.
    """
    for match in _NAMED.finditer(text):
        family, last = match[1], int(match[2])
        yield family, last
        for sign, digits in _MORE.findall(match[3]):
            number = int(digits)
            first = last + 1 if sign == "…" else number
            if number - first < LONGEST_RANGE:
                yield from ((family, each) for each in range(first, number + 1))
            last = number
    for match in _TEST_NAME.finditer(text):
        yield match[1].upper(), int(match[2])
