"""The page of lifecycles: one diagram and one table each, from the rows that the program walks by."""

from __future__ import annotations

from collections.abc import Iterator

from console.chart import RELATIVE, WRITING, states_of
from console.handbook.conditions import words
from console.handbook.markdown import cell, code, page, table
from states.catalogue import Catalogue
from states.names import State
from states.papers import PAPERS
from states.tables import ANY, LIFECYCLES, Lifecycle, Row, To

HEADINGS = ("规则", "操作", "从 → 到", "办理", "须满足", "须附材料", "书面", "依据")
BY_SWITCH = "目前没有项目类别；由政策包设置 `management_steps` 启用（R-AMB-43）"
INTRO = (
    "每个流程一张图、一张表。表中一行就是程序中的一行；没有列出的操作一律不予办理。“从”写“任何状态”的，"
    "在每个状态（含终结状态）都可以办理。“书面”一栏：“书面”指须有材料、文号或书面理由之一，"
    "“正式文件”指须有文号和日期。“依据”为空的，是文件没有载明、由本系统设定的步骤；其缘由见[增设的步骤](added-rows.md)。"
    "图中略去不改变状态的操作以及“更正记录”“撤销上一步”。"
)


def states_page(catalogue: Catalogue) -> str:
    """All lifecycles."""
    return page("流程与状态", INTRO, *(section(table_, catalogue) for table_ in LIFECYCLES.values()))


def section(lifecycle: Lifecycle, catalogue: Catalogue) -> str:
    """One lifecycle: who walks it, its diagram, its rows, its ends."""
    walked = [
        f"{one.title}（{code(one.slug)}）"
        for one in catalogue.programmes.values()
        if one.variant == lifecycle.name
    ]
    ends = "、".join(state.label for state in states_of(lifecycle) if state in lifecycle.ends)
    lines = [
        f"## {lifecycle.label}（{code(lifecycle.name)}，{lifecycle.rule}）",
        f"适用：{'；'.join(walked) or BY_SWITCH}。",
        f"终结状态：{ends}。",
        f"```mermaid\n{diagram(lifecycle)}\n```",
        table(HEADINGS, (row_cells(row, catalogue) for row in lifecycle.rows)),
    ]
    return "\n\n".join(lines)


def diagram(lifecycle: Lifecycle) -> str:
    """The rows that change the state, as a mermaid diagram; one arrow for each pair of states."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for source, dest, label in _moves(lifecycle):
        arrows.setdefault((source, dest), []).append(label)
    relative = any(dest == "return_to" for _, dest in arrows)
    lines = ["stateDiagram-v2"]
    lines += [f'  state "{state.label}" as {state}' for state in states_of(lifecycle)]
    lines += [f'  state "{RELATIVE[To.RETURN]}" as return_to'] if relative else []
    lines.append(f"  [*] --> {lifecycle.entry}")
    lines += [
        f"  {source} --> {dest} : {'、'.join(dict.fromkeys(labels))}"
        for (source, dest), labels in arrows.items()
    ]
    lines += [f"  {state} --> [*]" for state in states_of(lifecycle) if state in lifecycle.ends]
    return "\n".join(lines)


def _moves(lifecycle: Lifecycle) -> Iterator[tuple[str, str, str]]:
    for row in lifecycle.rows:
        if row.dest in (To.SAME, To.PREVIOUS) or row.sources == ANY:
            continue
        for source in row.sources:
            yield str(source), str(row.dest), row.action.label


def row_cells(row: Row, catalogue: Catalogue) -> tuple[str, ...]:
    """One row of the table in words."""
    sources = "任何状态" if row.sources == ANY else "、".join(state.label for state in row.sources)
    dest = row.dest.label if isinstance(row.dest, State) else RELATIVE[row.dest]
    when = f"（{words((row.when,))}时）" if row.when else ""
    return (
        row.rule,
        f"{row.action.label}<br>{code(row.action)}",
        f"{sources} → {dest}{when}",
        "、".join(role.label for role in row.roles),
        words(row.guards),
        "；".join(paper_label(paper) for paper in row.papers),
        WRITING[str(row.writing)],
        clause(row, catalogue),
    )


def paper_label(paper: str) -> str:
    """A paper of a row, "a|b" being one of them."""
    names = ["文号和日期" if slug == "document" else PAPERS[slug] for slug in paper.split("|")]
    return cell(" 或 ".join(names))


def clause(row: Row, catalogue: Catalogue) -> str:
    """The printed words that a row stands on, with their document."""
    if row.quote is None:
        return ""
    document = catalogue.document(row.document) if row.document else None
    return f"“{row.quote}”（{document.number or document.title if document else row.document}）"
