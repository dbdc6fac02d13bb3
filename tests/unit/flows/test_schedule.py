from __future__ import annotations

import threading
from datetime import date, datetime, time, timedelta
from functools import partial

import pytest
from apscheduler.events import EVENT_JOB_REMOVED
from apscheduler.triggers.date import DateTrigger
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.bootstrap import SHANGHAI
from flows.jobs import Jobs
from flows.schedule import ALONGSIDE, CATCH_UP, JOBS, build_scheduler, in_words, last_due, next_due


def nothing() -> None:
    """A job that does nothing."""


WITHIN = 60
WORK = {job.name: nothing for job in JOBS}
MOMENTS = st.integers(0, 10 * 366 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=minutes, seconds=minutes % 60)
)


def test_every_row_has_a_method_that_does_it_and_words_for_when() -> None:
    assert [job.name for job in JOBS if not callable(getattr(Jobs, job.name, None))] == []
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert [job.name for job in JOBS if in_words(job.when) == job.when] == []


def test_the_sweep_comes_first_and_daily_at_half_past_six_in_shanghai() -> None:
    evening = datetime(2023, 5, 12, 20, tzinfo=SHANGHAI)
    assert JOBS[0].name == "sweep"
    assert next_due(str(JOBS[0].when), evening) == datetime(2023, 5, 13, 6, 30, tzinfo=SHANGHAI)


def test_every_row_becomes_a_job_that_comes_late_rather_than_never() -> None:
    scheduler = build_scheduler(WORK, nothing)
    scheduler.start(paused=True)
    jobs = {job.id: job for job in scheduler.get_jobs()}
    scheduler.shutdown()
    assert set(jobs) == {*WORK, CATCH_UP}
    assert {job.coalesce for job in jobs.values()} == {True}
    assert {job.misfire_grace_time for job in jobs.values()} == {None}
    assert {job.max_instances for job in jobs.values()} == {1}
    assert [jobs[job.name].name for job in JOBS] == [job.purpose for job in JOBS]


def test_what_was_missed_is_done_first_and_then_every_line_is_looked_at() -> None:
    done: list[str] = []
    looked = threading.Event()

    def look(name: str) -> None:
        done.append(name)
        if {job.name for job in JOBS if job.polls} <= set(done):
            looked.set()

    work = {job.name: partial(look, job.name) for job in JOBS}
    scheduler = build_scheduler(work, lambda: done.append(CATCH_UP))
    scheduler.start()
    assert looked.wait(WITHIN)
    scheduler.shutdown()
    assert done[0] == CATCH_UP


def test_no_sweep_and_no_letter_waits_for_what_waits_on_a_flow_server() -> None:
    over, catching_up, posted = threading.Event(), threading.Event(), threading.Event()
    hanging = {name: threading.Event() for name in ALONGSIDE}

    def hang(name: str) -> None:
        hanging[name].set()
        over.wait(3 * WITHIN)

    work = {job.name: nothing for job in JOBS} | {name: partial(hang, name) for name in ALONGSIDE}
    scheduler = build_scheduler(work | {"post": posted.set}, catching_up.set)
    scheduler.start()
    assert all(event.wait(WITHIN) for event in hanging.values())
    posted.clear()
    scheduler.get_job("post").modify(next_run_time=datetime.now(SHANGHAI))
    assert posted.wait(WITHIN)
    assert catching_up.wait(WITHIN)
    over.set()
    scheduler.shutdown()


def test_a_wake_up_three_days_late_happens_once() -> None:
    fired: list[int] = []
    removed = threading.Event()
    scheduler = build_scheduler(WORK, nothing)
    scheduler.add_listener(lambda _: removed.set(), EVENT_JOB_REMOVED)
    scheduler.add_job(fired.append, DateTrigger(datetime.now(SHANGHAI) - timedelta(days=3)), args=[1])
    scheduler.start()
    assert removed.wait(WITHIN)  # it is taken off the list when it has been handed to its worker
    scheduler.shutdown()
    assert fired == [1]


@settings(deadline=None)
@given(at=MOMENTS, hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_the_last_moment_of_a_daily_row_is_of_today_or_of_yesterday(
    at: datetime, hour: int, minute: int
) -> None:
    today = datetime.combine(at.date(), time(hour, minute), SHANGHAI)
    assert last_due(f"{minute} {hour} * * *", at) == (today if today <= at else today - timedelta(days=1))


@settings(deadline=None)
@given(at=MOMENTS, day=st.integers(1, 28))
def test_the_last_moment_of_a_monthly_row_is_of_this_month_or_of_the_last(at: datetime, day: int) -> None:
    month = at.date().replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    found = [datetime.combine(one.replace(day=day), time(8), SHANGHAI) for one in (month, before)]
    assert last_due(f"0 8 {day} * *", at) == next(one for one in found if one <= at)


@pytest.mark.parametrize(
    ("when", "at", "due"),
    [
        ("15 * * * *", "2026-11-28T09:14:59", "2026-11-28T08:15"),
        ("0 9 * * mon", "2026-11-30T09:00", "2026-11-30T09:00"),
        ("0 9 * * mon", "2026-11-29T09:00", "2026-11-23T09:00"),
        ("0 0 29 2 *", "2027-11-29T09:00", "2024-02-29T00:00"),
        ("* * * * *", "2026-01-01T00:00", "2026-01-01T00:00"),
    ],
)
def test_the_last_moment_is_found_however_long_ago(when: str, at: str, due: str) -> None:
    moment, expected = (datetime.fromisoformat(f"{text}+08:00") for text in (at, due))
    assert last_due(when, moment) == expected


def test_a_moment_that_never_comes_is_none() -> None:
    assert last_due("0 0 31 2 *", datetime(2026, 11, 28, tzinfo=SHANGHAI)) is None
    assert next_due("0 0 31 2 *", datetime(2026, 11, 28, tzinfo=SHANGHAI)) is None


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (5, "每 5 秒"),
        (60, "每 1 分钟"),
        (90, "每 90 秒"),
        ("30 6 * * *", "每天 06:30"),
        ("15 * * * *", "每小时第 15 分"),
        ("0 8 1 * *", "每月 1 日 08:00"),
        ("0 8 1,10 * *", "每月 1、10 日 08:00"),
        ("5 9 * * mon", "每周一 09:05"),
        ("5 9 * * mon,fri", "每周一、五 09:05"),
        ("*/5 * * * *", "*/5 * * * *"),
        ("5 9 1 * mon", "5 9 1 * mon"),
        ("5 9 1-3 * *", "5 9 1-3 * *"),
        ("5 9 * 2 *", "5 9 * 2 *"),
    ],
)
def test_when_is_said_in_chinese_where_there_are_plain_words(when: str | int, words: str) -> None:
    assert in_words(when) == words


def test_no_day_is_lost_between_two_moments() -> None:
    day, found = date(2026, 11, 28), []
    at = datetime.combine(day, time(), SHANGHAI)
    while len(found) < 800:
        at = next_due("30 6 * * *", at) or at
        found.append(at.date())
    assert found == [day + timedelta(days=number) for number in range(800)]
