"""What the flow dashboard shows of files that were read: the run's name, a summary, and two tables.

Only words, and no more rows than a page can bear; the whole list is `lifecycle intake list`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from lifecycle.inbox import Left
from lifecycle.intakes import LABELS, FileTaken

MOST_ROWS: Final = 500


def run_name(done: Sequence[FileTaken]) -> str:
    """How the run is called once it is known what became of it."""
    refused = sum(len(one.refused) for one in done)
    told = f"读取申报 · {len(done)} 个文件 · 新受理 {sum(one.added for one in done)} 项"
    return f"{told} · 未受理 {refused} 项" if refused else told


def intake_report(done: Sequence[FileTaken], left: Sequence[Left]) -> str:
    """One line for each file."""
    lines = [f"# {run_name(done)}", ""]
    if not done and not left:
        return "\n".join([*lines, "申报文件夹中没有申报文件。"])
    lines += ["| 文件 | 结果 | 新受理 | 此前已受理 | 未受理 |", "|---|---|---|---|---|"]
    for one in done[:MOST_ROWS]:
        counts = f"{one.added} | {one.before} | {len(one.refused)}"
        lines.append(f"| {_cell(one.name)} | {LABELS[one.status]} | {counts} |")
    lines += [f"| {_cell(one.name)} | 未读取：{_cell(one.why)} | | | |" for one in left[:MOST_ROWS]]
    hidden = max(len(done) - MOST_ROWS, 0) + max(len(left) - MOST_ROWS, 0)
    if hidden:
        lines += ["", f"另有 {hidden} 个文件未列出，见 lifecycle intake list。"]
    return "\n".join(lines)


def accepted_table(done: Sequence[FileTaken]) -> list[dict[str, Any]]:
    """The projects, with where each stood."""
    return _bounded(
        [
            {
                "文件": one.name,
                "位置": item["source"],
                "项目编号": item["project"],
                "项目名称": item["title"],
                "结果": "此前已受理" if item["before"] else "受理",
            }
            for one in done
            for item in one.accepted
        ]
    )


def refused_table(done: Sequence[FileTaken], left: Sequence[Left]) -> list[dict[str, Any]]:
    """What was refused, with place and every reason, and the files that were not read."""
    rows = [
        {
            "文件": one.name,
            "位置": item["source"],
            "项目名称": item["title"] or "",
            "原因": "；".join(_reason(reason) for reason in item["reasons"]),
        }
        for one in done
        for item in one.refused
    ]
    rows += [{"文件": one.name, "位置": "", "项目名称": "", "原因": f"未读取：{one.why}"} for one in left]
    return _bounded(rows)


def _bounded(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len(rows) <= MOST_ROWS:
        return rows
    rest = dict.fromkeys(rows[0], "")
    rest["文件"] = f"另有 {len(rows) - MOST_ROWS} 项，见 lifecycle intake list"
    return [*rows[:MOST_ROWS], rest]


def _reason(reason: dict[str, Any]) -> str:
    return f"{reason['message']}（{reason['rule']}）" if reason["rule"] else str(reason["message"])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
