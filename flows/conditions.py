"""What administrators are warned of: one literal table. It holds no measurement and tells nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Condition:
    """One row: its sentence, after how long it is told (seconds; None: by the setting), what to do.

    `over` is said when it has ended, to those who heard of its beginning; blank: nothing is said.
    """

    name: str
    sentence: str
    after: int | None
    meaning: str
    advice: tuple[str, ...]
    over: str = ""


FLOW_RUN: Final = Condition("flow_run", "流程“{name}”{state}", 0, "", ())

# fmt: off  (a table reads better with its columns aligned)
CONDITIONS: Final = (
    FLOW_RUN,
    Condition(
        "flow_runs",
        "最近一小时内另有 {count} 次流程运行失败，不再逐件告知",
        0,
        "逐件情况在流程看板上和 lifecycle status 中都能看到",
        ("在流程看板上按“失败”筛选，先看最早的一次", "查看：lifecycle status"),
    ),
    Condition(
        "flow_server",
        "流程服务器自 {since} 起没有应答",
        None,
        "办理、清查和发送照常；{waiting} 项操作的流程运行等待补上，看板暂时看不到新的运行",
        ("查看日志：{home}/logs/prefect.log", "重新启动：停止后再运行 lifecycle up"),
        "流程服务器已恢复（停了 {minutes} 分钟），{waiting} 项操作的流程运行正在补上",
    ),
    Condition(
        "worker",
        "没有工作进程在岗",
        600,
        "从看板启动的流程一直等待；办理、清查、发送照常",
        ("lifecycle up（不带 --no-worker）会启动一个", "它的日志：数据文件夹下的 logs/worker.log"),
    ),
    Condition(
        "job_failed",
        "自动工作“{purpose}”失败",
        180,
        "系统不断重试，成功后自动了结；办理不受影响",
        ("原因：{words}", "看：lifecycle schedule", "守护进程日志：{home}/logs/daemon.log"),
    ),
    Condition(
        "automation",
        "流程服务器上的告警自动化被停用",
        0,
        "失败的运行改由守护进程每分钟查看，告警不会遗漏，只是迟一点",
        ("在流程看板的“Automations”中启用“{name}”；删除它则自动重建",),
    ),
    Condition(
        "commands_failed",
        "{count} 项操作的流程运行多次失败，已停止重试",
        0,
        "这些操作都已经生效；没有做完的是其后的流程运行",
        ("看原因：lifecycle status", "排除原因后重新排队：lifecycle runs retry --all"),
    ),
    Condition(
        "commands_behind",
        "有操作等待流程运行已超过 1 小时（{waiting} 项）",
        0,
        "这些操作都已经生效；流程看板落后于实际",
        ("看是否有大批量操作正在运行：lifecycle status", "守护进程日志：{home}/logs/daemon.log"),
    ),
    Condition(
        "notices_dead",
        "{count} 件通知停止重试，没有送达",
        0,
        "收件人没有得到这些通知",
        ("看原因：lifecycle notices --status dead", "改正收件地址后重发：lifecycle notices retry 编号"),
    ),
    Condition(
        "disk_low",
        "数据所在磁盘只剩 {free}",
        0,
        "写满之后办理会被拒绝，已提交的不会丢失",
        ("清理或扩大磁盘：{home}", "流程服务器的旧记录按规定清理，升级留下的 *.backup.sqlite3 可以移走"),
    ),
)
# fmt: on
"""A setting gives the time of the flow server's absence (`flow_server_away_minutes`)."""

BY_NAME: Final = {row.name: row for row in CONDITIONS}
BEHIND_SECONDS: Final = 3600
DISK_BYTES: Final = 2**30
"""Less room than this is told of."""
