"""The page of rules carried: every rule id that the program, its packs or its tests name, and where.

Reads the sources as text. Whether a rule is carried out rightly is for the tests, not for this page.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from console.handbook.markdown import code, page, table
from states.catalogue import Catalogue

CODE = ("states", "lifecycle", "notifications", "flows", "console")
TESTS = "tests"
SUFFIXES = (".py", ".yaml", ".txt", ".json")
OWN = "console/handbook/"
LONGEST_RANGE = 5
"""A longer range names a whole vocabulary, not rules that are carried out."""
FAMILIES = {
    "DOC": "文件", "PROG": "项目类别", "VAR": "流程种类", "LIFE": "流程", "ELIG": "申报条件",
    "TGT": "绩效目标",
    "FORM": "表单与材料", "DL": "期限", "FUND": "资金", "ROLE": "角色", "DUTY": "职责", "SANC": "处理措施",
    "AMB": "文件未明之处的取舍", "SCN": "情形",
}  # fmt: skip
INTRO = (
    "规则编号来自对各文件逐条整理的规则清单。下表列出本程序的代码、流程表、政策包和测试中出现的每个编号，"
    "以及出现的位置，便于查对哪些规则已经落实；没有列出的规则，本程序目前不予处理。"
    "“政策包”一栏给出引用该编号的政策包，条款原文见各政策包文件。"
)

_NAMED = re.compile(r"R-([A-Z]+)-(\d+)((?:…\d+|, -\d+)*)")
_MORE = re.compile(r"(…|, -)(\d+)")


def rules_page(root: Path, catalogue: Catalogue) -> str:
    """All rules, family by family."""
    found = places(root)
    families = sorted({family for family, _ in found}, key=_family_order)
    parts = [
        f"## {FAMILIES.get(family, family)}（R-{family}）\n\n{_family_table(family, found)}"
        for family in families
    ]
    documents = table(
        ("政策包", "版本", "文件"),
        ((code(one.slug), one.version, one.document.reference) for one in catalogue.packs.values()),
    )
    return page("已落实的规则", INTRO, documents, f"共 {len(found)} 条。", *parts)


def places(root: Path) -> dict[tuple[str, int], set[str]]:
    """Every rule with the files that name it."""
    found: dict[tuple[str, int], set[str]] = defaultdict(set)
    for folder in (*CODE, TESTS):
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.suffix in SUFFIXES and "__pycache__" not in path.parts and not name.startswith(OWN):
                for rule in named(path.read_text(encoding="utf-8")):
                    found[rule].add(name)
    return dict(found)


def named(text: str) -> Iterator[tuple[str, int]]:
    """The rules that a text names; "R-DL-25…27" names three, "R-ROLE-09, -11" two.

    Of a long range only the first counts.
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


def _family_order(family: str) -> tuple[int, str]:
    known = list(FAMILIES)
    return (known.index(family) if family in known else len(known), family)


def _family_table(family: str, found: dict[tuple[str, int], set[str]]) -> str:
    numbers = sorted(number for name, number in found if name == family)
    return table(("编号", "代码", "政策包", "测试"), (_row(family, n, found[family, n]) for n in numbers))


def _row(family: str, number: int, files: set[str]) -> tuple[str, str, str, str]:
    packs = {path for path in files if path.startswith("states/packs/")}
    tests = {path for path in files if path.startswith(f"{TESTS}/")}
    width = 3 if family == "TGT" else 2
    return (
        f"R-{family}-{number:0{width}d}",
        _listed(files - packs - tests),
        "、".join(code(Path(path).stem) for path in sorted(packs)),
        _listed(tests),
    )


def _listed(paths: set[str]) -> str:
    return "<br>".join(code(path) for path in sorted(paths))
