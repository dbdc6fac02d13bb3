from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from flows.reports import (
    command_report,
    followed_name,
    followed_report,
    post_report,
    run_name,
    run_tags,
    state_tags,
    sweep_report,
)
from lifecycle.consequences import Consequence
from lifecycle.outbox import QueuedCommand
from lifecycle.requests import Batch, Declined, Done, Swept
from notifications.dispatch import Delivered
from tests.application_samples import CATALOGUE

DONE = Done("h23-event-0001", "submitted", "form_review", 3)
STEP = Consequence(
    project="h23-event-0001",
    programme="h23-event",
    title="甲|乙",
    action="accept_for_form_review",
    source="submitted",
    dest="form_review",
    rule="R-LIFE-32",
    cite="第五条",
    document="豫科协〔2023〕1号",
    reason=None,
    notices=1,
)
CHILD = replace(
    STEP, project="h23-child-0001", title="子项目", action="absorb", source="awaiting_parent",
    dest="absorbed", rule="R-LIFE-43", reason="随 h23-city-0001 第 5 条记录", notices=0,
)  # fmt: skip


def command(*projects: str, programme: str = "h23-event", action: str = "approve_extension") -> QueuedCommand:
    at = datetime(2023, 5, 12, tzinfo=UTC)
    return QueuedCommand("c1", action, programme, "", "li", projects, {}, "pending", 0, at, None, None)


def test_a_run_on_one_project_is_called_after_it() -> None:
    assert run_name(command("h23-event-0001"), CATALOGUE, "示例论坛") == "批准延期 · h23-event-0001 示例论坛"


def test_a_long_title_is_cut() -> None:
    name = run_name(command("h23-event-0001"), CATALOGUE, "长" * 40)
    assert name == "批准延期 · h23-event-0001 " + "长" * 29 + "…"


def test_a_run_on_many_projects_is_called_after_programme_and_count() -> None:
    assert run_name(command("a", "b"), CATALOGUE, None) == "批准延期 · 学术交流活动 · 2 项"


def test_what_is_not_known_keeps_its_code() -> None:
    unknown = command("a", "b", programme="x", action="y")
    assert run_name(unknown, CATALOGUE, None) == "y · x · 2 项"


def test_tags_name_programme_command_and_each_state_once() -> None:
    assert run_tags(command("a")) == ["programme:h23-event", "command:c1"]
    assert state_tags(Batch("c1", (DONE, DONE), ())) == ["state:form_review"]


def test_the_summary_shows_each_step_with_its_clause_and_each_refusal() -> None:
    declined = Declined("h23-event-0002", "refused", "状态不符", ())
    report = command_report("受理", Batch("c1", (DONE,), (declined,)), [STEP], [], Delivered(sent=2))
    assert report.splitlines() == [
        "# 受理",
        "",
        "办理 1 项，未办理 1 项。本次发送通知 2 件。",
        "",
        "| 项目 | 名称 | 原状态 | 现状态 | 依据 | 通知 |",
        "|---|---|---|---|---|---|",
        "| h23-event-0001 | 甲\\|乙 | 已申报 | 形式审查 | R-LIFE-32 第五条 豫科协〔2023〕1号 | 1 |",
        "",
        "| 未办理的项目 | 原因 |",
        "|---|---|",
        "| h23-event-0002 | 状态不符 |",
    ]


def test_a_long_batch_says_how_many_it_leaves_out() -> None:
    report = command_report("受理", Batch("c1", (DONE,) * 5, ()), [STEP], [], None)
    assert report.splitlines()[2] == "办理 5 项，未办理 0 项。邮件服务器暂不可用，通知留待稍后发送。"
    assert report.splitlines()[-1] == "另有 4 项未列出。"


def test_what_children_followed_stands_below_and_each_has_a_report_of_its_own() -> None:
    report = command_report("评审立项", Batch("c1", (DONE,), ()), [STEP], [CHILD], None)
    heading, _, *rows = report.splitlines()[-5:]
    assert (heading, rows[0]) == ("## 随之办理的子项目", "| 项目 | 名称 | 原状态 | 现状态 | 依据 | 通知 |")
    assert rows[2].startswith("| h23-child-0001 | 子项目 | 待试点市结果 | 纳入试点市子项目管理 | R-LIFE-43")
    assert followed_name(CHILD) == "纳入试点市 · h23-child-0001 子项目"
    assert followed_report(CHILD).splitlines()[:3] == [f"# {followed_name(CHILD)}", "", CHILD.reason]


def test_a_sweep_and_a_delivery_are_shown_in_numbers() -> None:
    swept = Swept(date(2023, 5, 12), 1, 2, 3, ("a", "b"))
    assert sweep_report(swept).splitlines()[-1] == "| 1 | 2 | 3 | 2 |"
    assert post_report(Delivered(4, 3, 2, 1)).splitlines()[-1] == "| 4 | 3 | 2 | 1 |"
