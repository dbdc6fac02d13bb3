"""A flow run that failed, crashed or is late: what happened, what it means, and what to do, in Chinese.

It is told once for each run, whoever brings the word (the flow server's automation, or the daemon that
looks itself). What it means is read from the database: a flow server cannot tell what was committed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from flows.bootstrap import STORE_TAG, App
from flows.conditions import FLOW_RUN
from lifecycle.campaign_plan import Campaign
from lifecycle.campaign_rows import find as find_campaign
from lifecycle.database import transaction
from lifecycle.log import get_log, mask
from lifecycle.outbox import DONE, FAILED, GIVE_UP_AFTER, QueuedCommand, find_command
from lifecycle.warning_ledger import Trouble, begin, end, known, lasting, tell, told_since

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_AN_HOUR: Final = 10
"""Messages about single runs; what fails beyond that is kept and shown, and told of in one sentence."""
_RAISED: Final = re.compile(r"^Flow run encountered an exception: (?:\w+: )?")
LONGEST: Final = 300
"""Characters of a flow's own words that are passed on."""

LATE: Final = "Late"
STATES: Final = {"Failed": "失败", "Crashed": "中断", LATE: "迟迟没有开始", "TimedOut": "超时"}
NOT_BEGUN: Final[tuple[str, tuple[str, ...]]] = (
    "它还没有开始，什么也没有改变；有工作进程在岗时自动开始",
    ("看有没有工作进程在岗：lifecycle status", "lifecycle up（不带 --no-worker）会启动一个"),
)

# fmt: off  (a table reads better with its columns aligned)
FLOWS: Final = {
    "trigger": "是否已经生效以数据库为准：lifecycle show 项目编号；以同一编号（key）再次运行不会重复办理",
    "campaign": "名单确认后已完成的批次已经生效，其余尚未办理；再次运行只办理余下的批次",
    "intake": "已登记的申报不受影响；同一批文件可以再次运行，不会重复登记",
    "sweep": "到期清查没有做完；下次清查补做漏掉的日子，不会重复",
    "post": "没有发出的通知仍在台账中，下一分钟自动再发",
    "review_round": "已办理的项目已经生效；可以再次运行，已办理的不会重复",
    "midterm_campaign": "已办理的项目已经生效；可以再次运行，已办理的不会重复",
    "evaluation_campaign": "已办理的项目已经生效；可以再次运行，已办理的不会重复",
    "programme_year": "已办理的步骤已经生效；可以再次运行，已办理的不会重复",
    "reconcile": "操作不受影响；下次核对自动补做",
    "prune": "操作不受影响；流程服务器的旧记录留待下次清理",
    "progress": "月度进展没有汇总；下次自动补做",
}
# fmt: on
"""Our flows by name: what it means where one of them fails, unless the database knows better."""


@dataclass(frozen=True, slots=True)
class FailedRun:
    """What the flow server says of a run: to be shown, not to be believed about the record."""

    id: str
    name: str
    flow: str
    state: str
    message: str
    tags: tuple[str, ...]
    at: datetime
    link: str = ""

    @property
    def late(self) -> bool:
        """Whether it has only not begun."""
        return self.state == LATE

    @property
    def key(self) -> str:
        """By which a run is told of once; one that was late may fail yet."""
        return f"{FLOW_RUN.name}:{self.id}{':late' if self.late else ''}"

    @property
    def command_id(self) -> str | None:
        """The command that it carried out, by its tag."""
        return next((tag.removeprefix("command:") for tag in self.tags if tag.startswith("command:")), None)


def warn_of_run(app: App, run: FailedRun, now: datetime) -> bool:
    """Tell the administrators of a run. False where it was told before, or there is nothing to tell."""
    if any(tag.startswith(STORE_TAG) and tag != app.tag for tag in run.tags):
        return False  # the run of another store on the same flow server
    with transaction(app.engine) as conn:
        if known(conn, [run.key]):
            return False
        command = find_command(conn, run.command_id) if run.command_id else None
        if run.command_id and command is None:
            return False  # the run of another store on the same flow server
        is_campaign = command is not None and "campaign" in command.body
        campaign = find_campaign(conn, command.id) if command and is_campaign else None
        trouble = trouble_of(run, command, campaign)
        if not run.late:
            end(conn, FLOW_RUN.name, _late(run.id), now)
        new = begin(conn, trouble, run.at, run.key)
        over = command is not None and command.status == DONE
        if not new or over:
            if over:
                end(conn, trouble.condition, trouble.subject, now)
            return False
        loud = told_since(conn, FLOW_RUN.name, now - timedelta(hours=1)) < MOST_AN_HOUR
        told = tell(conn, trouble, now, app.settings.routes) if loud else None
    get_log().warning("flow_run_failed", run=run.id, flow=run.flow, state=run.state, command=run.command_id)
    if told == ():
        get_log().warning("warning_reaches_nobody", sentence=trouble.sentence)
    return told is not None


def trouble_of(run: FailedRun, command: QueuedCommand | None, campaign: Campaign | None = None) -> Trouble:
    """How a failed run is told; command and campaign are what the record knows of them."""
    happened = STATES.get(run.state, run.state)
    said = mask(_RAISED.sub("", " ".join(run.message.split()))[:LONGEST])
    if run.late:
        meaning, advice = NOT_BEGUN
    else:
        meaning, advice = _by_record(command, campaign) if command else _by_flow(run.flow)
    return Trouble(
        condition=FLOW_RUN.name,
        # One command may need several attempts: while its first failure lasts, the next ones say nothing new.
        subject=_late(run.id) if run.late else f"command:{command.id}" if command else run.id,
        sentence=f"流程“{run.name}”{happened}",
        meaning=meaning,
        advice=(*([f"先看原因：{said}"] if said else []), *advice),
        link=run.link,
        more={
            "run": run.id,
            "flow": run.flow,
            "state": run.state,
            "command": command.id if command else None,
        },
    )


def _by_record(command: QueuedCommand, campaign: Campaign | None) -> tuple[str, tuple[str, ...]]:
    """What holds, by our own record of the command."""
    if campaign is None:
        holds = f"操作已经生效（{command.summary}），不必再办；没有做完的只是其后的流程运行"
    else:
        counted = f"共{campaign.total}项，已办理{campaign.handled}项"
        holds = f"批量办理“{campaign.title}”{counted}并已生效，其余尚未办理"
    if command.status == DONE:
        return holds, ("无须办理：另一次运行已经完成",)
    if command.status == FAILED:
        return holds, (f"排除原因后重新排队：lifecycle runs retry {command.id[:12]}",)
    return holds, (
        f"系统自动再试（已试{command.attempts}次，至多{GIVE_UP_AFTER}次）；一小时后仍未完成再处理",
    )


def _by_flow(flow: str) -> tuple[str, tuple[str, ...]]:
    meaning = FLOWS.get(flow, "已提交的内容以数据库为准")
    return meaning, ("处理后关闭本告警：lifecycle status close 编号",)


def settle_runs(conn: Connection, now: datetime, states: Mapping[str, str]) -> int:
    """End the warnings about what is well by now; returns how many.

    Of a command the record is asked. Of any other run the flow server is (`states` by run): one that was
    started anew from the dashboard has ended well, one that was late has begun.
    """
    ended = 0
    for one in lasting(conn):
        if one.condition != FLOW_RUN.name:
            continue
        run, command = str(one.details.get("run")), one.details.get("command")
        if command:
            found = find_command(conn, str(command))
            well = found is not None and found.status == DONE
        else:
            begun = one.details.get("state") == LATE and states.get(run, "SCHEDULED") != "SCHEDULED"
            well = begun or states.get(run) == "COMPLETED"
        if well:
            ended += end(conn, one.condition, one.subject, now) is not None
    return ended


def _late(run_id: str) -> str:
    return f"late:{run_id}"


def run_of(told: object, ui_url: str) -> FailedRun:
    """A run from the words of the automation. Raises ValueError for what is no such thing."""
    if not isinstance(told, Mapping):
        raise ValueError("object expected")  # noqa: TRY004 - one kind of error for whatever is wrong in it
    words = {name: told.get(name) for name in ("name", "flow", "state", "message")}
    tags = told.get("tags") or []
    if not isinstance(tags, list) or not all(
        isinstance(one, str) for one in (*tags, *filter(None, words.values()))
    ):
        raise ValueError("text expected")
    number, at = str(UUID(str(told.get("id")))), datetime.fromisoformat(str(told.get("at")))
    if at.tzinfo is None:
        raise ValueError("a moment with its zone expected")
    return FailedRun(
        id=number,
        name=str(words["name"] or "")[:LONGEST],
        flow=str(words["flow"] or "")[:LONGEST],
        state=str(words["state"] or "")[:LONGEST],
        message=str(words["message"] or "")[:LONGEST],
        tags=tuple(tags),
        at=at,
        link=link_of(ui_url, number),
    )


def link_of(ui_url: str, run_id: str) -> str:
    """Where a person sees a run."""
    return f"{ui_url}/runs/flow-run/{run_id}"
