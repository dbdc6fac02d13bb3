"""When what is done: the literal job table and the scheduler that wakes by it.

Jobs live in memory and only wake; the database knows what is due. It never does the work itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

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


# fmt: off  (a table reads better with its columns aligned)
JOBS: tuple[Job, ...] = (
    Job("sweep", "清查到期事项，补做漏掉的日子", "30 6 * * *", "sweep"),
    Job("post", "发送已签发的通知和公文", "* * * * *", "post"),
    Job("orchestrate", "为已办理的操作补上流程运行", 5, "trigger"),
    Job("watch", "查看各项服务是否正常，必要时告警", 60, "—"),
)
# fmt: on


def build_scheduler(work: Mapping[str, Callable[[], None]]) -> BackgroundScheduler:
    """A scheduler, not yet started, that calls `work[job.name]` for every row of the table.

    One worker thread: a flow server on SQLite bears one flow at a time. A wake-up that comes late
    (a suspended machine) still happens, once.
    """
    scheduler = BackgroundScheduler(
        timezone=SHANGHAI,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )
    for job in JOBS:
        scheduler.add_job(work[job.name], trigger_of(job), id=job.name, name=job.purpose)
    return scheduler


def trigger_of(job: Job) -> CronTrigger | IntervalTrigger:
    """What APScheduler needs to know of a row."""
    if isinstance(job.when, int):
        return IntervalTrigger(seconds=job.when, timezone=SHANGHAI)
    return CronTrigger.from_crontab(job.when, timezone=SHANGHAI)
