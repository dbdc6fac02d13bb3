"""The coverage page: every rule of the register, how it is served and by which test, counted first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from console.handbook.coverage import Coverage, Entry, Served
from console.handbook.markdown import code, page, table
from states.catalogue import Catalogue

__all__ = ["FAMILIES", "rules_page"]

FAMILIES: Final = {
    "DOC": "文件", "PROG": "项目类别", "VAR": "流程种类", "LIFE": "流程", "ELIG": "申报条件",
    "TGT": "绩效目标", "FORM": "表单与材料", "DL": "期限", "FUND": "资金", "ROLE": "角色",
    "DUTY": "职责", "SANC": "处理措施",
    "AMB": "文件未明之处的取舍", "SCN": "情形",
}  # fmt: skip
INTRO: Final = (
    "规则编号来自对四份文件逐条整理的规则清单，每个编号一行。“怎样落实”列出流程表的行、政策包、职责清单和程序文件，"
    "“测试”列出点到该编号的测试；两栏都由程序查出，不由人填写。条款原文见各政策包文件。"
)


def rules_page(coverage: Coverage, catalogue: Catalogue) -> str:
    """All rules, family by family, with the counts first."""
    entries = coverage.entries.values()
    present = {entry.family for entry in entries}
    parts = [
        f"## {label}（R-{family}）\n\n{_family(coverage, family)}"
        for family, label in FAMILIES.items()
        if family in present
    ]
    documents = table(
        ("政策包", "版本", "文件"),
        ((code(one.slug), one.version, one.document.reference) for one in catalogue.packs.values()),
    )
    return page("规则落实情况", INTRO, _counts(coverage), documents, *parts)


def _counts(coverage: Coverage) -> str:
    families = [family for family in FAMILIES if any(e.family == family for e in coverage.entries.values())]
    rows = [(FAMILIES[family], *_counted(coverage, family)) for family in families]
    total = len(coverage.entries)
    heads = [coverage.counts[served] for served in Served]
    sentence = f"共 {total} 条：" + "，".join(
        f"{served.label} {number} 条" for served, number in zip(Served, heads, strict=True)
    )
    return f"**{sentence}。**\n\n" + table(
        ("类别", "条数", *(served.label for served in Served)), [*rows, ("合计", total, *heads)]
    )


def _counted(coverage: Coverage, family: str) -> tuple[int, ...]:
    mine = [entry.served for entry in coverage.entries.values() if entry.family == family]
    return (len(mine), *(mine.count(served) for served in Served))


def _family(coverage: Coverage, family: str) -> str:
    mine = (entry for entry in coverage.entries.values() if entry.family == family)
    return table(("编号", "内容", "情况", "怎样落实", "测试"), (_row(coverage, entry) for entry in mine))


def _row(coverage: Coverage, entry: Entry) -> tuple[str, ...]:
    waits = f"（{entry.waits}）" if entry.waits else ""
    ways = [*([entry.note] if entry.note else []), *coverage.ways(entry)]
    return (
        entry.rule,
        entry.title,
        f"{entry.served.label}{waits}",
        _listed(ways),
        _listed(code(path) for path in coverage.tests(entry)),
    )


def _listed(lines: Iterable[str]) -> str:
    return "<br>".join(lines)
