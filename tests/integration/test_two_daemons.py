"""Two real daemons on one store: one leads, the other takes over, and each due moment is done once."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text, update

from flows.bootstrap import SHANGHAI
from flows.schedule import JOBS, last_due, next_due
from lifecycle.database import reading, transaction
from lifecycle.gate import STORE
from lifecycle.jobs import BROKEN, DONE, JOB_RUN, RUNNING, JobState, job_states
from lifecycle.leading import leader_of
from lifecycle.settings import Settings
from tests.daemon_in_time import Daemon

pytestmark = [pytest.mark.xdist_group("daemons"), pytest.mark.timeout(300)]

SATURDAY = datetime(2026, 11, 28, 12, tzinfo=SHANGHAI)
FAILOVER_SECONDS = 30
DAILY = [job for job in JOBS if isinstance(job.when, str) and job.when.split()[1] != "*"]
"""The rows of which every moment of a week can be waited for; each is done once a day at most."""


class Pair:
    """The daemons of a test, whose clocks go together."""

    def __init__(self, settings: Settings, engine: Engine, folder: Path) -> None:
        self.settings, self.engine, self.folder = settings, engine, folder
        self.at = SATURDAY
        self.all: list[Daemon] = []
        with transaction(engine) as conn:
            conn.execute(update(STORE).values(created_at=SATURDAY))

    def start(self) -> Daemon:
        """One more daemon: on a home of its own where the store is not in it."""
        home = self.settings.home
        if self.settings.database_url:
            home = self.folder / f"machine-{len(self.all)}"
        self.all.append(Daemon(self.settings, home, self.at))
        return self.all[-1]

    def wait_for(self, what: str, condition: Callable[[], bool], seconds: float = 60) -> None:
        """Until the condition holds; fails with the logs where it does not in time."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "\n".join([what, *(one.log.read_text() for one in self.all)])
            time.sleep(0.05)

    def move(self, to: datetime) -> None:
        """Let it be later, everywhere, and wait until all that is due by then is done."""
        self.set_clocks(to)
        self.wait_for(f"not done by {to}", self.nothing_is_due)

    def set_clocks(self, to: datetime) -> None:
        """Let it be later, everywhere."""
        self.at = to
        for daemon in self.all:
            if daemon.process.poll() is None:
                daemon.set_clock(to)

    def nothing_is_due(self) -> bool:
        """Whether every daily job has come as far as it is owed."""
        states = self.states()
        return all(
            (last_due(str(job.when), self.at) or self.at) <= states[job.name].watermark for job in DAILY
        )

    def states(self) -> dict[str, JobState]:
        """The rows of the daily jobs."""
        with reading(self.engine) as conn:
            return job_states(conn, [job.name for job in DAILY])

    def runs(self, job: str, result: str) -> list[datetime]:
        """The due moments of a job whose runs ended so."""
        with reading(self.engine) as conn:
            asked = select(JOB_RUN.c.due).where(JOB_RUN.c.job == job, JOB_RUN.c.result == result)
            return list(conn.execute(asked.order_by(JOB_RUN.c.due)).scalars())

    @contextmanager
    def sweep_held_up(self) -> Iterator[None]:
        """Nobody can finish a sweep: the row that it writes at its end is taken."""
        with transaction(self.engine) as conn:
            conn.execute(select(STORE.c.id).with_for_update())
            yield


@pytest.fixture
def pair(settings: Settings, engine: Engine, tmp_path: Path) -> Iterator[Pair]:
    """A store that was made at noon on a Saturday; every daemon is gone in the end."""
    pair = Pair(settings, engine, tmp_path)
    yield pair
    for daemon in pair.all:
        daemon.kill()


def moments(when: str, after: datetime, until: datetime) -> list[datetime]:
    """Every moment of a row within a time."""
    found, at = [], next_due(when, after)
    while at is not None and at <= until:
        found.append(at)
        at = next_due(when, at)
    return found


def handed_over(pair: Pair, to: Daemon) -> None:
    pair.wait_for("nobody took over", to.leads, FAILOVER_SECONDS)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_the_one_that_waits_takes_over_from_one_that_is_killed_or_stops(pair: Pair) -> None:
    first = pair.start()
    pair.wait_for("no leader", first.leads)
    second = pair.start()
    pair.wait_for("no standby", second.stands_by)
    assert first.leads()
    first.kill()
    handed_over(pair, second)
    with reading(pair.engine) as conn:
        leader = leader_of(conn)
    assert leader is not None
    assert f"/{second.process.pid}/" in leader.by
    second.process.send_signal(signal.SIGTERM)
    assert second.process.wait(60) == 0
    with reading(pair.engine) as conn:
        left = leader_of(conn)
    assert left is not None
    assert left.ended_at is not None


@pytest.mark.parametrize("settings", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_over_a_week_each_moment_is_done_once_whoever_is_killed_or_cut_off(pair: Pair) -> None:
    first = pair.start()
    pair.wait_for("no leader", first.leads)
    second = pair.start()
    pair.wait_for("no standby", second.stands_by)

    pair.move(SATURDAY + timedelta(hours=9))
    pair.move(SATURDAY + timedelta(days=1))
    with pair.sweep_held_up():
        pair.set_clocks(SATURDAY + timedelta(days=2))
        pair.wait_for("no sweep begun", lambda: pair.states()["sweep"].result == RUNNING)
        first.kill()
    handed_over(pair, second)
    pair.move(pair.at + timedelta(minutes=2))  # the lease of the killed one has ended
    first = pair.start()
    pair.wait_for("no standby again", first.stands_by)
    pair.move(SATURDAY + timedelta(days=3))

    cut(pair, second)
    pair.wait_for("nobody leads", lambda: first.leads() != second.leads(), FAILOVER_SECONDS)
    pair.move(SATURDAY + timedelta(days=4))
    leader, other = (first, second) if first.leads() else (second, first)
    leader.kill()
    handed_over(pair, other)
    pair.move(SATURDAY + timedelta(days=5))
    pair.move(SATURDAY + timedelta(days=6, hours=1))
    pair.move(SATURDAY + timedelta(days=7))

    for job in DAILY:
        assert pair.runs(job.name, DONE) == moments(str(job.when), SATURDAY, pair.at), job.name
    assert len(pair.runs("sweep", DONE)) == 7
    assert pair.runs("sweep", BROKEN) == [datetime(2026, 11, 30, 6, 30, tzinfo=SHANGHAI)]
    for job in JOBS:
        assert set(Counter(pair.runs(job.name, DONE)).values()) <= {1}, job.name


def cut(pair: Pair, leader: Daemon) -> None:
    """The database ends the connection that holds the lead."""
    asked = text(
        "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid) "
        "WHERE locktype = 'advisory' AND datname = current_database() "
        "AND application_name = 'lifecycle leader'"
    )
    with transaction(pair.engine) as conn:
        assert conn.execute(asked).scalars().all() == [True]
    pair.wait_for("leads on", lambda: not leader.leads(), 60)


@pytest.mark.soak
@pytest.mark.parametrize("settings", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_leader_that_slept_in_the_middle_of_a_sweep_wakes_as_a_standby_and_changes_nothing(
    pair: Pair,
) -> None:
    first = pair.start()
    pair.wait_for("no leader", first.leads)
    second = pair.start()
    pair.wait_for("no standby", second.stands_by)
    with pair.sweep_held_up():
        pair.set_clocks(SATURDAY + timedelta(days=1))
        pair.wait_for("no sweep begun", lambda: pair.states()["sweep"].result == RUNNING)
        first.process.send_signal(signal.SIGSTOP)
        handed_over(pair, second)
    pair.move(pair.at + timedelta(minutes=2))
    due = datetime(2026, 11, 29, 6, 30, tzinfo=SHANGHAI)
    assert (pair.runs("sweep", BROKEN), pair.runs("sweep", DONE)) == ([due], [due])

    first.process.send_signal(signal.SIGCONT)
    pair.wait_for("leads on", lambda: first.stands_by() and second.leads())
    pair.wait_for("its sweep ends", lambda: "ours=false" in first.log.read_text())
    assert (pair.runs("sweep", BROKEN), pair.runs("sweep", DONE)) == ([due], [due])
    pair.move(SATURDAY + timedelta(days=2))
    assert pair.runs("sweep", DONE) == [due, due + timedelta(days=1)]
