"""A due moment of a job is done once, late rather than never, by whoever is awake; on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select, update

from flows.bootstrap import SHANGHAI, App
from flows.schedule import JOBS, Job
from flows.timetable import LEASE_SECONDS, Timetable
from lifecycle.database import reading, transaction
from lifecycle.gate import STORE
from lifecycle.jobs import (
    BROKEN,
    DONE,
    FAILED,
    JOB,
    JOB_RUN,
    KEPT,
    JobRun,
    claim_job,
    finish_job,
    job_states,
    last_runs,
    renew_job,
)
from lifecycle.settings import Settings
from states.errors import ConflictFault

DAILY = Job("sweep", "清查", "30 6 * * *", "sweep")
LOOK = Job("post", "发送", 60, "post")
BEGAN = datetime(2026, 11, 28, 12, tzinfo=SHANGHAI)
FIRST = datetime(2026, 11, 29, 6, 30, tzinfo=SHANGHAI)


class Watchmaker:
    """A clock that stands until it is set, and the log of what was done."""

    def __init__(self, app: App) -> None:
        self.app, self.at = app, BEGAN
        self.done: list[datetime] = []
        self.fault: Exception | None = None
        self.during: Callable[[], None] = lambda: None

    def process(self, name: str, **options: bool) -> Timetable:
        """One process with its own timetable."""
        may = options.get("may", True)
        work = {job.name: self._work for job in JOBS}
        return Timetable(self.app, work, clock=lambda: self.at, name=name, may=lambda: may)

    def _work(self) -> str:
        if self.fault is not None:
            raise self.fault
        during, self.during = self.during, lambda: None
        during()
        self.done.append(self.at)
        return "做完了"

    def log(self) -> list[tuple[datetime | None, str]]:
        """Due moment and result of every run, oldest first."""
        with reading(self.app.engine) as conn:
            return [(run.due, run.result) for run in reversed(last_runs(conn, "sweep", 1000))]


@pytest.fixture
def clock(settings: Settings, engine: Engine) -> Iterator[Watchmaker]:
    """A store that was made at `BEGAN`, with its clock."""
    with transaction(engine) as conn:
        conn.execute(update(STORE).values(created_at=BEGAN))
    app = App(settings)
    yield Watchmaker(app)
    app.close()


def test_a_new_store_owes_nothing_and_a_missed_week_is_one_run(clock: Watchmaker) -> None:
    process = clock.process("one")
    process.run(DAILY)
    assert clock.done == []
    clock.at = FIRST + timedelta(days=6, hours=3)
    for _ in range(3):
        process.run(DAILY)
    assert clock.done == [clock.at]
    assert clock.log() == [(FIRST + timedelta(days=6), DONE)]
    with reading(clock.app.engine) as conn:
        state = job_states(conn, ["sweep"])["sweep"]
    assert (state.watermark, state.result, state.words, state.by) == (
        FIRST + timedelta(days=6), DONE, "做完了", "one",
    )  # fmt: skip


def test_two_processes_that_both_believe_to_lead_do_each_moment_once(clock: Watchmaker) -> None:
    one, other = clock.process("one"), clock.process("other")
    for day in range(5):
        clock.at = FIRST + timedelta(days=day)
        clock.during = lambda: other.run(DAILY)
        one.run(DAILY)
        other.run(DAILY)
    assert len(clock.done) == 5
    assert clock.log() == [(FIRST + timedelta(days=day), DONE) for day in range(5)]


def test_a_claim_on_a_row_that_has_moved_on_is_refused(clock: Watchmaker) -> None:
    clock.at = FIRST
    with reading(clock.app.engine) as conn:
        seen = job_states(conn, ["sweep"])["sweep"]
    clock.process("one").run(DAILY)
    with transaction(clock.app.engine) as conn:
        assert claim_job(conn, seen, FIRST, at=FIRST, lease_seconds=60, by="other") is None


def test_all_that_was_missed_is_caught_up_once_each_in_the_order_of_the_table(clock: Watchmaker) -> None:
    clock.at = BEGAN + timedelta(days=400)
    process = clock.process("one")
    process.catch_up()
    process.catch_up()
    with reading(clock.app.engine) as conn:
        done = conn.execute(select(JOB_RUN.c.job, JOB_RUN.c.result).order_by(JOB_RUN.c.id)).all()
    assert [tuple(one) for one in done] == [(job.name, DONE) for job in JOBS if not job.polls]
    assert done[0].job == "sweep"


def test_a_process_that_may_not_lead_begins_nothing(clock: Watchmaker) -> None:
    clock.at = FIRST
    clock.process("standby", may=False).catch_up()
    assert (clock.done, clock.log()) == ([], [])


def killed(clock: Watchmaker) -> JobRun:
    """A process claimed the moment that is due and was never heard of again."""
    with transaction(clock.app.engine) as conn:
        seen = job_states(conn, ["sweep"])["sweep"]
        run = claim_job(conn, seen, FIRST, at=clock.at, lease_seconds=LEASE_SECONDS, by="killed")
    assert run is not None
    return run


def test_a_job_killed_in_the_middle_is_done_again_when_its_lease_has_ended(clock: Watchmaker) -> None:
    clock.at = FIRST
    run, process = killed(clock), clock.process("one")
    process.run(DAILY)
    with pytest.raises(ConflictFault, match="正在进行（killed）"):
        process.run_now(DAILY)
    assert clock.done == []
    clock.at += timedelta(seconds=LEASE_SECONDS)
    process.run(DAILY)
    assert clock.log() == [(FIRST, BROKEN), (FIRST, DONE)]
    with transaction(clock.app.engine) as conn:  # the killed one was only asleep
        assert not renew_job(conn, run, clock.at)
        assert not finish_job(conn, run, clock.at, None)
    assert clock.log() == [(FIRST, BROKEN), (FIRST, DONE)]


def test_a_renewed_lease_keeps_others_away(clock: Watchmaker) -> None:
    clock.at = FIRST
    run = killed(clock)
    clock.at += timedelta(seconds=LEASE_SECONDS)
    with transaction(clock.app.engine) as conn:
        assert renew_job(conn, run, clock.at + timedelta(seconds=1))
    clock.process("one").run(DAILY)
    assert clock.done == []


def test_a_failed_job_is_tried_again_after_a_pause_and_its_moment_stays_due(clock: Watchmaker) -> None:
    clock.at, clock.fault = FIRST, ValueError("磁盘已满")
    process = clock.process("one")
    process.run(DAILY)
    process.run(DAILY)
    assert clock.log() == [(FIRST, FAILED)]
    clock.at += timedelta(seconds=5)
    process.run(DAILY)
    clock.fault = None
    clock.at += timedelta(seconds=5)
    process.run(DAILY)
    assert clock.done == []
    clock.at += timedelta(seconds=5)
    process.run(DAILY)
    assert clock.log() == [(FIRST, FAILED), (FIRST, FAILED), (FIRST, DONE)]


def test_a_run_by_hand_does_what_is_due_or_only_what_was_asked(clock: Watchmaker) -> None:
    process = clock.process("by hand")
    assert process.run_now(DAILY) == "做完了"
    clock.at = FIRST + timedelta(hours=1)
    process.run_now(DAILY)
    process.run(DAILY)
    assert clock.log() == [(None, DONE), (FIRST, DONE)]
    clock.fault = ValueError("坏了")
    with pytest.raises(ValueError, match="坏了"):
        process.run_now(DAILY)
    clock.fault = None
    process.run_now(DAILY)
    assert clock.log()[2:] == [(None, FAILED), (None, DONE)]


def test_a_job_that_only_looks_owes_nothing_and_is_noted_at_most_once_a_minute(clock: Watchmaker) -> None:
    process = clock.process("one")
    noted = []
    for second in range(0, 130, 5):
        clock.at = BEGAN + timedelta(seconds=second)
        clock.fault = ValueError("不通") if second == 10 else None
        process.run(LOOK)
        with reading(clock.app.engine) as conn:
            state = job_states(conn, ["post"])["post"]
        noted.append((state.started_at, state.result, state.words))
    at = [BEGAN + timedelta(seconds=second) for second in (0, 10, 15, 75)]
    assert list(dict.fromkeys(noted)) == [
        (at[0], DONE, None), (at[1], FAILED, "不通"), (at[2], DONE, None), (at[3], DONE, None),
    ]  # fmt: skip
    with reading(clock.app.engine) as conn:
        assert conn.execute(select(JOB_RUN)).all() == []


def test_the_log_forgets_what_is_old(clock: Watchmaker) -> None:
    process = clock.process("one")
    for days in (0, KEPT.days - 1, KEPT.days + 1):
        clock.at = FIRST + timedelta(days=days)
        process.run(DAILY)
    assert [due for due, _ in clock.log()] == [
        FIRST + timedelta(days=KEPT.days - 1), FIRST + timedelta(days=KEPT.days + 1),
    ]  # fmt: skip


def daily_before(at: datetime) -> datetime:
    """Half past six of the day, or of the day before."""
    today = datetime.combine(at.astimezone(SHANGHAI).date(), time(6, 30), SHANGHAI)
    return today if today <= at else today - timedelta(days=1)


WAKES = st.lists(
    st.tuples(
        st.integers(1, 60 * 60),  # minutes until somebody is awake
        st.sampled_from(["one", "other"]),
        st.sampled_from(["does", "does", "does", "fails", "dies", "is raced"]),
    ),
    max_size=12,
)


@profile(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wakes=WAKES)
def test_whichever_moments_the_daemons_are_awake_each_run_is_what_came_due_since_the_last(
    sqlite_settings: Settings, sqlite_engine: Engine, wakes: list[tuple[int, str, str]]
) -> None:
    with transaction(sqlite_engine) as conn:
        conn.execute(delete(JOB))
        conn.execute(delete(JOB_RUN))
        conn.execute(update(STORE).values(created_at=BEGAN))
    app = App(sqlite_settings)
    clock = Watchmaker(app)
    expected: list[datetime] = []
    mark, blocked_until = BEGAN, BEGAN
    failures: dict[datetime, int] = {}
    for minutes, name, fate in wakes:
        clock.at += timedelta(minutes=minutes)
        due = daily_before(clock.at)
        owed = due > mark and clock.at >= blocked_until
        clock.fault = None
        if fate == "fails":
            clock.fault = ValueError("坏了")
        elif fate == "is raced":
            clock.during = lambda: clock.process("rival").run(DAILY)
        if fate == "dies":
            if owed:
                die(app, due, clock.at, name)
                failures[due] = failures.get(due, 0) + 1
                blocked_until = clock.at + timedelta(seconds=LEASE_SECONDS)
            continue
        clock.process(name).run(DAILY)
        clock.during = lambda: None
        if owed and fate == "fails":
            failures[due] = failures.get(due, 0) + 1
            blocked_until = clock.at + timedelta(seconds=min(5 * 2 ** (failures[due] - 1), 300))
        elif owed:
            expected.append(due)
            mark = due
    assert [due for due, result in clock.log() if result == DONE] == expected
    assert len(clock.done) == len(expected)
    app.close()


def die(app: App, due: datetime, at: datetime, name: str) -> None:
    """A process takes what is due and is killed."""
    with transaction(app.engine) as conn:
        seen = job_states(conn, ["sweep"])["sweep"]
        assert claim_job(conn, seen, due, at=at, lease_seconds=LEASE_SECONDS, by=name) is not None
