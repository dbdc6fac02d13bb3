"""When what is done: the literal job table, and what follows from a row.

To add a job: a row here and a method of its name in `flows/jobs.py`. A row that says cron owes
something at each of its moments: it is claimed in the database, done once, and caught up. A row that says
seconds only looks whether a line of work is waiting that has claims of its own: it owes nothing.
This file reads no database and does no work.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from flows.bootstrap import SHANGHAI


@dataclass(frozen=True, slots=True)
class Job:
    """One row: what for, when (cron in Asia/Shanghai, or every so many seconds), and which flow."""

    name: str
    purpose: str
    when: str | int
    flow: str

    @property
    def polls(self) -> bool:
        """Whether it only looks for work, and nothing is ever due."""
        return isinstance(self.when, int)


# fmt: off  (a table reads better with its columns aligned)
JOBS: tuple[Job, ...] = (
    Job("sweep", "清查到期事项，补做漏掉的日子", "30 6 * * *", "sweep"),
    Job("progress", "汇总月度进展：谁已报送，谁还没有", "0 8 1 * *", "progress"),
    Job("prune", "按保留期限清理流程服务器上的旧运行", "30 3 * * *", "prune"),
    Job("reconcile", "核对已办理的操作与流程运行，补缺去重", "0 5 * * *", "reconcile"),
    Job("post", "发送已签发的通知和公文", 60, "post"),
    Job("orchestrate", "为已办理的操作补上流程运行", 5, "trigger"),
    Job("watch", "查看各项服务是否正常，必要时告警", 60, "—"),
)
# fmt: on
"""In the order in which missed ones are caught up."""

ALONGSIDE = ("orchestrate", "watch")
"""Rows with a thread of their own: they wait on a flow server, and no sweep and no letter waits for them."""

CATCH_UP, CATCH_UP_SECONDS = "catch-up", 20
"""How often all rows are looked through: for what failed, and for what a killed process left."""

WINDOWS = tuple(timedelta(hours=hours) for hours in (1, 25, 24 * 32, 24 * 367, 24 * 1462))
"""How far back the last moment of a cron row is looked for; the longest spans a leap year."""


def build_scheduler(
    work: Mapping[str, Callable[[], None]], catch_up: Callable[[], None]
) -> BackgroundScheduler:
    """A scheduler, not yet started: `work[job.name]` for every row, and `catch_up` at once and often.

    One thread for all that changes the record, where what waits in a line is looked for right after the
    catching up, and one for each row of `ALONGSIDE`. A wake-up that comes late (a suspended machine) still
    happens, once.
    """
    # That a job is still at work when its next turn comes is no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(
        timezone=SHANGHAI,
        executors={name: ThreadPoolExecutor(1) for name in ("default", *ALONGSIDE)},
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )
    now = datetime.now(SHANGHAI)
    scheduler.add_job(catch_up, trigger_of(CATCH_UP_SECONDS), id=CATCH_UP, next_run_time=now)
    for job in JOBS:
        first = {"next_run_time": now + timedelta(seconds=1)} if job.polls else {}
        thread = job.name if job.name in ALONGSIDE else "default"
        scheduler.add_job(
            work[job.name],
            trigger_of(job.when),
            id=job.name,
            name=job.purpose,
            executor=thread,
            **first,
        )
    return scheduler


@lru_cache(maxsize=64)
def trigger_of(when: str | int) -> CronTrigger | IntervalTrigger:
    """What APScheduler needs to know of a row."""
    if isinstance(when, int):
        return IntervalTrigger(seconds=when, timezone=SHANGHAI)
    return CronTrigger.from_crontab(when, timezone=SHANGHAI)


def last_due(when: str, at: datetime) -> datetime | None:
    """The last moment of a cron row that is not after `at`; None where there was none for four years."""
    trigger = trigger_of(when)
    for window in WINDOWS:
        moment: datetime | None = trigger.get_next_fire_time(None, at - window)
        if moment is None or moment > at:
            continue
        while (later := trigger.get_next_fire_time(moment, moment)) is not None and later <= at:
            moment = later
        return moment
    return None


def next_due(when: str, at: datetime) -> datetime | None:
    """The first moment of a cron row after `at`; None where there never is one."""
    found: datetime | None = trigger_of(when).get_next_fire_time(at, at)
    return found


def in_words(when: str | int) -> str:
    """When a row is due, in Chinese; a cron expression that has no plain words stays as it is."""
    if isinstance(when, int):
        return f"每 {when} 秒" if when < 60 or when % 60 else f"每 {when // 60} 分钟"
    minute, hour, day, month, weekday = when.split()
    if not minute.isdigit() or month != "*":
        return when
    if hour == day == weekday == "*":
        return f"每小时第 {minute} 分"
    if not hour.isdigit() or (day != "*" and weekday != "*"):
        return when
    clock = f"{int(hour):02}:{int(minute):02}"
    if day != "*":
        return f"每月 {day.replace(',', '、')} 日 {clock}" if day.replace(",", "").isdigit() else when
    if weekday == "*":
        return f"每天 {clock}"
    names = {"mon": "一", "tue": "二", "wed": "三", "thu": "四", "fri": "五", "sat": "六", "sun": "日"}
    known = [names.get(name) for name in weekday.split(",")]
    return f"每周{'、'.join(filter(None, known))} {clock}" if all(known) else when
