"""What the flow dashboard shows in Chinese: names of runs, tags, and summary tables as markdown.

Only words. What happened is read from the record; nothing is decided or changed here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lifecycle.consequences import Consequence
from lifecycle.outbox import QueuedCommand
from lifecycle.requests import Batch, Swept
from notifications.dispatch import Delivered
from states.catalogue import Catalogue
from states.names import Action, State

TITLE_LENGTH = 30
REFUSED_AT_MOST = 5
"""Refused projects that the message of a run names."""


def action_label(action: str) -> str:
    """The Chinese word for an action; the code itself where there is none."""
    return Action(action).label if action in set(Action) else action


def state_label(state: str) -> str:
    """The Chinese word for a state; the code itself where there is none."""
    return State(state).label if state in set(State) else state


def all_refused(batch: Batch) -> str:
    """Why nothing was done, in the words of the refusals."""
    told = [
        f"{one.id}：{'；'.join(dict.fromkeys([one.message, *(why.message for why in one.reasons)]))}"
        for one in batch.refused[:REFUSED_AT_MOST]
    ]
    return f"{len(batch.refused)} 个项目均未办理。" + " ".join(told)


def run_name(command: QueuedCommand, catalogue: Catalogue, title: str | None) -> str:
    """How the run of a command is called: action, then the one project, or programme and count."""
    label = action_label(command.action)
    count = len(command.project_ids)
    if count == 1:
        return f"{label} · {command.project_ids[0]}" + (f" {_short(title)}" if title else "")
    programme = catalogue.programmes.get(command.programme)
    return f"{label} · {programme.title if programme else command.programme or '多个项目类别'} · {count} 项"


def run_tags(command: QueuedCommand) -> list[str]:
    """The tags that are known before the run; those of the states reached come after the commit."""
    return [f"programme:{command.programme}", f"command:{command.id}"]


def state_tags(batch: Batch) -> list[str]:
    """One tag for each state that was reached."""
    return sorted({f"state:{item.dest}" for item in batch.done})


def linked(report: str, links: Sequence[str]) -> str:
    """A summary with links below it."""
    return "\n".join([report, "", "　".join(links)]) if links else report


def step_rows(steps: Sequence[Consequence]) -> list[dict[str, str | int]]:
    """The steps of a command as rows of a table."""
    return [
        {
            "项目": step.project,
            "名称": step.title,
            "原状态": state_label(step.source),
            "现状态": state_label(step.dest),
            "依据": _clause(step),
            "通知": step.notices,
        }
        for step in steps
    ]


def late_rows(totals: Sequence[Mapping[str, Any]]) -> list[dict[str, str | int]]:
    """What is late and what is due soon, by programme."""
    return [
        {
            "项目类别": str(one["label"]),
            "逾期": int(one["overdue"]),
            "最早逾期": one["oldest"] or "—",
            "本月到期": int(one["soon"]),
            "最近到期": one["next"] or "—",
        }
        for one in totals
    ]


def followed_name(step: Consequence) -> str:
    """How the run of a child's step is called."""
    return f"{action_label(step.action)} · {step.project} {_short(step.title)}"


def followed_report(step: Consequence) -> str:
    """What became of one child, and after whom."""
    return "\n".join([f"# {followed_name(step)}", "", step.reason or "", "", *_table((step,))])


def command_report(
    heading: str,
    batch: Batch,
    steps: Sequence[Consequence],
    children: Sequence[Consequence],
    delivered: Delivered | None,
) -> str:
    """The summary table of one command, with what the children of its projects followed."""
    lines = [
        f"# {heading}",
        "",
        f"办理 {len(batch.done)} 项，未办理 {len(batch.refused)} 项。{_sent(delivered)}",
    ]
    if steps:
        lines += ["", *_table(steps)]
    if len(batch.done) > len(steps):
        lines += ["", f"另有 {len(batch.done) - len(steps)} 项未列出。"]
    if children:
        lines += ["", "## 随之办理的子项目", "", *_table(children)]
    if batch.refused:
        lines += ["", "| 未办理的项目 | 原因 |", "|---|---|"]
        lines += [f"| {item.id} | {cell(item.message)} |" for item in batch.refused]
    return "\n".join(lines)


def _table(steps: Sequence[Consequence]) -> list[str]:
    return [
        "| 项目 | 名称 | 原状态 | 现状态 | 依据 | 通知 |",
        "|---|---|---|---|---|---|",
        *(
            f"| {step.project} | {cell(step.title)} | {state_label(step.source)} | {state_label(step.dest)} "
            f"| {cell(_clause(step))} | {step.notices} |"
            for step in steps
        ),
    ]


def sweep_report(swept: Swept) -> str:
    """The numbers of one sweep."""
    return "\n".join(
        (
            f"# 每日清查 {swept.on.isoformat()}",
            "",
            "| 新开事项 | 提醒 | 转为逾期 | 生成通知 |",
            "|---|---|---|---|",
            f"| {swept.opened} | {swept.reminded} | {swept.overdue} | {len(swept.notices)} |",
            *(["", f"按新载入的放假安排改期 {swept.recounted} 项。"] if swept.recounted else []),
            *(["", swept.hint] if swept.hint else []),
        )
    )


def post_report(delivered: Delivered) -> str:
    """The numbers of one delivery, and the channels that could not be reached."""
    return "\n".join(
        (
            "# 通知发送",
            "",
            *(f"- {words}；该渠道的通知原样等待。" for words in delivered.unreachable.values()),
            "",
            "| 已发送 | 失败待重试 | 停止重试 | 已取消 |",
            "|---|---|---|---|",
            f"| {delivered.sent} | {delivered.failed} | {delivered.dead} | {delivered.cancelled} |",
        )
    )


def _sent(delivered: Delivered | None) -> str:
    if delivered is None:
        return "邮件服务器暂不可用，通知留待稍后发送。"
    return f"本次发送通知 {delivered.sent} 件。"


def _clause(step: Consequence) -> str:
    return " ".join(filter(None, (step.rule, step.cite, step.document))) or "—"


def _short(title: str) -> str:
    return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1] + "…"


def cell(text: str) -> str:
    """Text as it may stand in a cell of a markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")
