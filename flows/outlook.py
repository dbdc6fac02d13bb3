"""How the schedule stands: what each job did last and does next, what is late, and who leads.

Read from the database and the lock alone, with or without a daemon. It changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from flows.bootstrap import SHANGHAI, App
from flows.leader import led
from flows.schedule import JOBS, Job, in_words, last_due, next_due
from lifecycle.database import reading
from lifecycle.jobs import DONE, FAILED, RUNNING, JobState, job_states
from lifecycle.leading import Leader, leader_of

LATE_AFTER = timedelta(minutes=10)
"""How long after its moment a job is late; a job that only looks, after its last look."""


class Standing(StrEnum):
    """How the last run of a job stands."""

    NEVER = "never"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    BROKEN = "broken"
    """Its process is gone; it is done again."""


LABELS = {
    Standing.NEVER: "未运行过",
    Standing.RUNNING: "正在进行",
    Standing.DONE: "完成",
    Standing.FAILED: "失败，将自动再试",
    Standing.BROKEN: "中断，将自动重做",
}


@dataclass(frozen=True, slots=True)
class JobOutlook:
    """One job at one moment."""

    job: Job
    state: JobState
    at: datetime
    since: datetime | None = None
    """Since when somebody leads; None where nobody does."""

    @property
    def standing(self) -> Standing:
        """How its last run stands."""
        state = self.state
        if state.started_at is None:
            return Standing.NEVER
        if state.result == RUNNING:
            return Standing.BROKEN if state.free(self.at) else Standing.RUNNING
        return {DONE: Standing.DONE, FAILED: Standing.FAILED}.get(str(state.result), Standing.BROKEN)

    @property
    def owed(self) -> datetime | None:
        """The last moment that came due and is not done yet."""
        due = None if isinstance(self.job.when, int) else last_due(self.job.when, self.at)
        return None if due is None or due <= self.state.watermark else due

    @property
    def late(self) -> bool:
        """Whether it should have been done a good while ago; what only looks, while somebody leads."""
        if isinstance(self.job.when, int):
            if self.since is None:
                return False
            looked = max(self.state.started_at or self.state.watermark, self.since)
            return self.at - looked > LATE_AFTER + timedelta(seconds=self.job.when)
        return self.owed is not None and self.at - self.owed > LATE_AFTER

    @property
    def overdue_since(self) -> datetime | None:
        """The moment that is late: that which it owes, or its last look. None where nothing is."""
        return (self.owed or self.state.started_at or self.state.watermark) if self.late else None

    @property
    def next(self) -> datetime | None:
        """When it is due next; None where it never is, or looks every few seconds."""
        return None if isinstance(self.job.when, int) else next_due(self.job.when, self.at)

    @property
    def seconds(self) -> float | None:
        """How long the last run took."""
        started, ended = self.state.started_at, self.state.ended_at
        return None if started is None or ended is None else (ended - started).total_seconds()

    def advice(self, *, led: bool) -> str | None:
        """What a person should do about it, in Chinese; None where nothing is wrong."""
        name, said = self.job.name, f"（{self.state.words}）" if self.state.words else ""
        by_hand = f"lifecycle schedule run {name}"
        if self.standing is Standing.FAILED:
            return f"{name}：上次失败{said}，程序会自动再试；排除原因后也可立即执行：{by_hand}"
        if self.late and not self.job.polls:
            since = self.overdue_since and f"{self.overdue_since.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
            ways = "守护进程应很快补做" if led else "启动守护进程后自动补做"
            return f"{name}：{since} 应做而未做，{ways}，也可立即执行：{by_hand}"
        if self.late:
            return f"{name}：守护进程久未查看，可能卡住了：请看 logs/daemon.log，必要时重启 lifecycle up"
        return None

    def as_json(self) -> dict[str, Any]:
        """The keys of `lifecycle schedule --json`."""
        state = self.state
        return {
            "name": self.job.name,
            "purpose": self.job.purpose,
            "when": in_words(self.job.when),
            "cron": self.job.when if isinstance(self.job.when, str) else None,
            "seconds": self.job.when if isinstance(self.job.when, int) else None,
            "flow": self.job.flow,
            "next": iso(self.next),
            "owed": iso(self.owed),
            "overdue": self.late,
            "last": {
                "result": str(self.standing),
                "due": iso(state.due),
                "started": iso(state.started_at),
                "ended": iso(state.ended_at),
                "seconds": self.seconds,
                "words": state.words,
                "attempts": state.attempts,
                "by": state.by,
            },
        }


@dataclass(frozen=True, slots=True)
class Outlook:
    """The whole schedule at one moment."""

    jobs: tuple[JobOutlook, ...]
    leader: Leader | None
    led: bool

    def warnings(self) -> list[str]:
        """What a person should do, in Chinese; empty where all is well."""
        found = []
        if not self.led:
            gone = self.leader is not None and self.leader.ended_at is None
            why = f"（上一个 {self.leader.by} 没有正常停止）" if gone and self.leader else ""
            found.append(f"没有守护进程在值守{why}，定时任务不会进行：请运行 lifecycle up。")
        return found + [told for one in self.jobs if (told := one.advice(led=self.led))]

    def as_json(self) -> dict[str, Any]:
        """The document of `lifecycle schedule --json`."""
        leader = self.leader
        told = leader and {"by": leader.by, "since": iso(leader.since), "ended": iso(leader.ended_at)}
        return {
            "led": self.led,
            "leader": told,
            "jobs": [one.as_json() for one in self.jobs],
            "warnings": self.warnings(),
        }


def read_outlook(app: App, at: datetime) -> Outlook:
    """Look at the schedule of a store. Raises UnavailableFault."""
    held = led(app.settings)
    with reading(app.engine) as conn:
        leader = leader_of(conn)
        return Outlook(jobs_of(conn, at, leader.since if leader and held else None), leader, held)


def jobs_of(conn: Connection, at: datetime, since: datetime | None) -> tuple[JobOutlook, ...]:
    """Every job of the table at one moment; `since` when somebody leads, None where nobody does."""
    states = job_states(conn, [job.name for job in JOBS])
    return tuple(JobOutlook(job, states[job.name], at, since) for job in JOBS)


def iso(moment: datetime | None) -> str | None:
    """A moment as documents tell it, in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds") if moment else None
