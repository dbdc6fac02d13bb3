"""One message for all reminders that one receiver gets on one day: which belong together, and how it reads.

A suggested date stands apart and is never called 逾期. Letters are never part of a digest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

from lifecycle.ledger import NoticeView
from lifecycle.routes import ROBOTS
from notifications.recipients import Recipients
from notifications.render import Rendered, render_with

MOST_BY_MAIL, MOST_BY_ROBOT = 200, 12
"""Notices in one message; a group robot takes short messages only."""
HEADINGS = ("期限", "状况", "事项", "项目", "依据", "咨询电话")

# fmt: off
PARTS: tuple[tuple[str, str], ...] = (
    ("escalation", "提请督促"),
    ("overdue",    "已逾期"),
    ("reminder",   "将到期"),
    ("suggestion", "建议日期（供安排工作参考）"),
)
# fmt: on
"""The kinds in the order of the message, each with its heading."""


@dataclass(frozen=True, slots=True)
class Part:
    """The notices of one kind as a table."""

    label: str
    lines: tuple[str, ...]


def grouped(
    notices: Sequence[NoticeView], reached: Callable[[NoticeView], Recipients]
) -> list[list[NoticeView]]:
    """The notices that go to the same addresses by the same channel, where there are several."""
    groups: dict[tuple[Any, ...], list[NoticeView]] = {}
    for notice in notices:
        found = reached(notice)
        if found.reason is None:
            sender = notice.details.get("association"), notice.details.get("addressee")
            groups.setdefault((notice.channel, notice.receiver, found.addresses, sender), []).append(notice)
    return [part for group in groups.values() for part in _parts(group) if len(part) > 1]


def _parts(group: list[NoticeView]) -> list[list[NoticeView]]:
    most = MOST_BY_ROBOT if group[0].channel in ROBOTS else MOST_BY_MAIL
    return [group[start : start + most] for start in range(0, len(group), most)]


def render_digest(notices: Sequence[NoticeView]) -> Rendered:
    """The message. Raises DefinitionFault for a notice whose values are missing."""
    first = notices[0]
    grounds: dict[str, int] = {}
    for notice in notices:
        if notice.details.get("cited"):
            grounds.setdefault(notice.details["cited"], len(grounds) + 1)
    parts = []
    for kind, label in PARTS:
        mine = sorted((one for one in notices if one.kind == kind), key=lambda one: one.details["due"])
        if mine:
            rows = [_row(notice, grounds) for notice in mine]
            parts.append(Part(f"{label}（{len(mine)}项）", tuple(aligned([HEADINGS, *rows]))))
    late = sum(notice.kind in ("overdue", "escalation") for notice in notices)
    values = {
        **first.details,
        "subject": _subject(notices, late),
        "rehearsal": first.rehearsal,
        "number_of": len(notices),
        "parts": parts,
        "grounds": list(grounds),
        "on_cn": max(notices, key=lambda notice: str(notice.details["on"])).details["on_cn"],
    }
    return render_with("digest", values)


def _subject(notices: Sequence[NoticeView], late: int) -> str:
    if all(notice.kind == "suggestion" for notice in notices):
        return f"建议汇总：{len(notices)}项工作的建议日期"
    return f"期限提醒汇总：{len(notices)}项" + (f"，其中逾期{late}项" if late else "")


def _row(notice: NoticeView, grounds: dict[str, int]) -> tuple[str, ...]:
    told = notice.details
    days, late = told["days"], notice.kind in ("overdue", "escalation")
    ahead = told.get("offset", 1) < 0
    when = f"逾期{days}日" if late else "今日" if days == 0 else f"还有{days}日" if ahead else f"已过{days}日"
    label = told["duty_label"] + (f"（{told['duty_occurrence']}）" if told["duty_occurrence"] else "")
    note = f"注{grounds[told['cited']]}" if told.get("cited") else "—"
    marks = "（暂定）" if told["provisional"] else ""
    project = f"“{told['title']}”{notice.project}"
    return (told["due"] + marks, when, label, project, note, told["phone"] or "—")


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows of a table, its columns as wide as their widest cell; a Chinese sign is two wide."""
    widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["｜".join(_padded(row, widths)).rstrip() for row in rows]


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]


def _width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in text)
