"""Commands and flow runs compared: what has no finished run, what has no command, what is there twice.

Pure: two lists in, what has to be repaired out. It asks no server and changes nothing. Repaired as it says
and carried out, every command has exactly one finished run, and the next comparison finds nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from lifecycle.outbox import DONE, FAILED, RUNNING
from lifecycle.outbox_repairs import Standing

COMPLETED: Final = "COMPLETED"
TAKEN: Final = "PENDING"
"""State of a run that a worker took from the line and has not begun."""
AT_WORK: Final = frozenset({"PENDING", "RUNNING"})
"""States of a run that a process has to be behind; a scheduled or paused one waits for its own reasons."""

DOUBLE: Final = "重复"
ORPHAN: Final = "无对应操作"
AGAIN: Final = "再次启动"
"""Tag of a run that was put back in the line of the workers: that is done once."""


class Repair(StrEnum):
    """What is to be done about a difference."""

    REQUEUE = "requeue"
    LINK = "link"
    DOUBLE = "double"
    ORPHAN = "orphan"
    CRASH = "crash"
    RESTART = "restart"

    @property
    def label(self) -> str:
        """In Chinese."""
        return {"requeue": "重新排队", "link": "记为完成", "double": "标为重复", "orphan": "标为无对应操作",
                "crash": "标为中断", "restart": "再次启动"}[self.value]  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunSeen:
    """A flow run of ours as the server shows it; `since` is when it came into its state.

    `pooled` says that it was started from the dashboard, for a worker of our pool.
    """

    id: str
    name: str
    tags: tuple[str, ...]
    state: str
    since: datetime
    pooled: bool = False

    @property
    def command_id(self) -> str | None:
        """The command that it carries out, by its tag; None for a run of another kind."""
        return next((tag.removeprefix("command:") for tag in self.tags if tag.startswith("command:")), None)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing to be repaired: on a command, on a run, or on both (`LINK`)."""

    repair: Repair
    why: str
    command: Standing | None = None
    run: RunSeen | None = None


def compare(
    commands: Sequence[Standing],
    runs: Iterable[RunSeen],
    known: Collection[str],
    now: datetime,
    quiet: timedelta,
) -> tuple[Difference, ...]:
    """What has to be repaired.

    `runs` are all runs of these commands and what else is ours; `known` the ids of commands that the
    record has, compared or not. A run that has been at work for longer than `quiet`, and whose command nobody
    holds, has no process behind it.
    """
    by_command: dict[str, list[RunSeen]] = {}
    for run in sorted(runs, key=lambda one: (one.since, one.id)):
        by_command.setdefault(run.command_id or "", []).append(run)
    found: list[Difference] = []
    for command in commands:
        mine = by_command.pop(command.id, [])
        found += _of_command(command, mine)
        if not command.held:
            found += gone(mine, now, quiet)
    for command_id, others in by_command.items():
        if command_id and command_id not in known:
            found += [
                Difference(Repair.ORPHAN, "本库没有这项操作", run=run)
                for run in others
                if ORPHAN not in run.tags
            ]
        found += gone(others, now, quiet)
    return tuple(found)


def _of_command(command: Standing, runs: Sequence[RunSeen]) -> list[Difference]:
    """What is wrong with one command, by its runs from the oldest to the newest."""
    done = [run for run in runs if run.state == COMPLETED]
    if not done:
        why = _unfinished(command, runs)
        return [Difference(Repair.REQUEUE, why, command)] if why else []
    linked = [run for run in done if run.id == command.flow_run_id]
    kept = (linked or [run for run in done if DOUBLE not in run.tags] or done)[0]
    found = [
        Difference(Repair.DOUBLE, "同一操作已有另一次完成的运行", command, run)
        for run in done
        if run is not kept and DOUBLE not in run.tags
    ]
    if command.held or (command.status == DONE and command.flow_run_id == kept.id):
        return found
    why = "运行已完成，而操作没有记为完成" if command.status != DONE else "所记的不是完成的那次运行"
    return [Difference(Repair.LINK, why, command, kept), *found]


def _unfinished(command: Standing, runs: Sequence[RunSeen]) -> str | None:
    """Why a command without a completed run has to go back in line; None where it need not."""
    if command.status == DONE:
        return "记为完成，但所记的运行没有完成" if runs else "记为完成，但流程服务器上没有它的运行"
    if command.status == FAILED:
        return "多次未成，已停止重试"
    if command.status == RUNNING and not command.held:
        return "执行它的进程已中断"
    return None


def gone(runs: Iterable[RunSeen], now: datetime, quiet: timedelta) -> list[Difference]:
    """Runs at work for longer than `quiet`: broken off, or never begun by the worker that took them."""
    return [_of_gone(run) for run in runs if run.state in AT_WORK and now - run.since >= quiet]


def _of_gone(run: RunSeen) -> Difference:
    if run.state != TAKEN or not run.pooled:
        return Difference(Repair.CRASH, "执行它的进程已不在", run=run)
    if AGAIN in run.tags:
        return Difference(Repair.CRASH, "取走它的工作进程两次没有启动它，请查看工作进程的日志", run=run)
    return Difference(Repair.RESTART, "取走它的工作进程没有启动它就中断了", run=run)
