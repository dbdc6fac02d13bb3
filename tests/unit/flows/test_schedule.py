from __future__ import annotations

import threading
from datetime import datetime, timedelta

from apscheduler.events import EVENT_JOB_REMOVED
from apscheduler.triggers.date import DateTrigger

from flows.bootstrap import SHANGHAI
from flows.schedule import JOBS, build_scheduler, trigger_of


def nothing() -> None:
    """A job that does nothing."""


def test_the_table_says_what_is_done_when() -> None:
    assert [(job.name, job.when, job.flow) for job in JOBS] == [
        ("sweep", "30 6 * * *", "sweep"),
        ("post", "* * * * *", "post"),
        ("orchestrate", 5, "trigger"),
        ("watch", 60, "—"),
    ]


def test_the_daily_sweep_is_at_half_past_six_in_shanghai() -> None:
    evening = datetime(2023, 5, 12, 20, tzinfo=SHANGHAI)
    wakes = trigger_of(JOBS[0]).get_next_fire_time(None, evening)
    assert wakes == datetime(2023, 5, 13, 6, 30, tzinfo=SHANGHAI)


def test_every_row_becomes_a_job_that_comes_late_rather_than_never() -> None:
    scheduler = build_scheduler({job.name: nothing for job in JOBS})
    scheduler.start(paused=True)
    jobs = {job.id: job for job in scheduler.get_jobs()}
    scheduler.shutdown()
    assert set(jobs) == {job.name for job in JOBS}
    assert {job.coalesce for job in jobs.values()} == {True}
    assert {job.misfire_grace_time for job in jobs.values()} == {None}
    assert {job.max_instances for job in jobs.values()} == {1}
    assert [jobs[job.name].name for job in JOBS] == [job.purpose for job in JOBS]


def test_a_wake_up_three_days_late_happens_once() -> None:
    fired: list[int] = []
    removed = threading.Event()
    scheduler = build_scheduler({job.name: nothing for job in JOBS})
    scheduler.add_listener(lambda _: removed.set(), EVENT_JOB_REMOVED)
    scheduler.add_job(fired.append, DateTrigger(datetime.now(SHANGHAI) - timedelta(days=3)), args=[1])
    scheduler.start()
    assert removed.wait(10)  # it is taken off the list when it has been handed to its worker
    scheduler.shutdown()
    assert fired == [1]
