"""Amendments of deadlines on the screen: the list, one of them, and the old and new dates of each project."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from console.bulk import PROGRESS_FROM, show_declined
from console.output import Screen
from states.amendment import Deadline
from states.errors import LifecycleError

SCOPE = {
    "ids": "项目",
    "unit": "单位",
    "programme": "项目类别",
    "ends_on": "实施期结束于",
    "started_by": "开始不晚于",
    "states": "状态",
}
HEADINGS = ("项目编号", "项目名称", "单位", "事项", "原日期", "新日期")


def show_amendments(on: Screen, found: Sequence[dict[str, Any]]) -> None:
    """All amendments, one a line."""
    if not found:
        on.line("没有期限调整。")
        return
    rows = [
        (
            one["number"],
            one["on"],
            _what(one),
            one["document"],
            one["reason"],
            one["actor"],
            f"{one['done']}/{one['count']}",
            one["undone"] or "",
        )
        for one in found
    ]
    headings = ("编号", "日期", "调整", "文号", "理由", "办理人", "已调整/项目数", "已撤销")
    on.table(f"期限调整（{len(found)} 次）", headings, rows)


def _what(one: dict[str, Any]) -> str:
    duty = one["duty_label"]
    return f"{one['deadline_label']}{f'（{duty}）' if duty else ''}{one['change_label']}"


def _scope(scope: dict[str, Any]) -> str:
    told = ((SCOPE[name], value) for name, value in scope.items())
    return "；".join(
        f"{label}：{'、'.join(value) if isinstance(value, list) else value}" for label, value in told
    )


def show_amendment(on: Screen, one: dict[str, Any]) -> None:
    """One amendment with what it did to each project."""
    on.pairs(
        [
            ("编号", one["number"]),
            ("日期", one["on"]),
            ("调整", _what(one)),
            ("范围", _scope(one["scope"])),
            ("文号", one["document"]),
            ("理由", one["reason"]),
            ("办理人", one["actor"] + (f"（{one['stood_in_by']} 代办）" if one["stood_in_by"] else "")),
            (
                "项目数",
                f"{one['count']}，已调整 {one['done']}，未调整 {one['refused']}，已撤销 {one['undone']}",
            ),
            ("名单校验值", one["manifest"]),
        ]
    )
    rows = [row for project in one["projects"] for row in _rows(project, one["deadline"])]
    on.table(None, HEADINGS, rows)
    for project in one["projects"]:
        if project["undone_seq"] is not None:
            on.line(f"已撤销：{project['id']}（第 {project['undone_seq']} 条）")
        if project["seq"] is None and project["reasons"]:
            on.line(f"未调整：{project['id']}：{'；'.join(project['reasons'])}")


def show_outcome(
    on: Screen,
    told: dict[str, Any],
    declined: Sequence[tuple[str, LifecycleError]],
    deadline: Deadline,
    verb: str,
    *,
    all_: bool,
) -> None:
    """What was done, or would be, then what was declined with every reason."""
    if not told["count"]:
        on.line("没有符合条件的项目。")
        return
    number = f"第 {told['number']} 号期限调整：" if told["number"] else "预览（未写入）："
    on.line(f"{number}共 {told['count']} 个项目，{verb} {len(told['done'])} 个，未调整 {len(declined)} 个。")
    on.line(f"项目名单校验值（SHA-256）：{told['manifest']}")
    projects = told["done"] if all_ else told["done"][:PROGRESS_FROM]
    rows = [row for project in projects for row in _rows(project, str(deadline))]
    if rows:
        on.table(None, HEADINGS, rows)
    if len(projects) < len(told["done"]):
        on.line(f"……其余 {len(told['done']) - len(projects)} 个见 lifecycle amendments show {told['number']}")
    if told["count"] > 1:
        show_declined([(f"未调整：{project}", fault) for project, fault in declined])


def _rows(project: dict[str, Any], deadline: str) -> Iterator[tuple[Any, ...]]:
    """A row for each date of a project that changes, its name on the first of them."""
    named: tuple[Any, ...] = (project["id"], project["title"], project["unit"])
    for what, old, new in _dates(project, deadline):
        yield (*named, what, old, new)
        named = ("", "", "")


def _dates(project: dict[str, Any], deadline: str) -> Iterator[tuple[str, str, str]]:
    if project["ends_on"]:
        yield "实施结束日", project["ends_on"]["from"], project["ends_on"]["to"]
    for duty in project["duties"]:
        label = duty["label"] + (f"（{duty['period']}）" if duty["period"] else "")
        if deadline == Deadline.GRACE:
            yield f"{label}，宽限至（内部）", duty["grace_from"] or "无", duty["grace_to"] or "无"
        else:
            yield label, duty["from"] or "新增", duty["to"] or "取消"
