from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from flows.leader import FORGET_SECONDS, HOUSE_LOCK, LEADER_LOCK, Place, house_of, led, place_of
from lifecycle.database import open_engine, transaction
from lifecycle.settings import Settings, read_settings
from states.errors import UnavailableFault

HOLDER = """
import sys
from pathlib import Path
from flows import leader
from flows.leader import place_of
from lifecycle.settings import read_settings

leader.FORGET_SECONDS = int(sys.argv[3])
place = place_of(read_settings({}, home=Path(sys.argv[1]), database_url=sys.argv[2] or None))
assert place.take()
print("held", flush=True)
while sys.stdin.readline():
    print(place.held(), flush=True)
"""


@pytest.fixture
def alone(tmp_path: Path) -> Settings:
    """A home without a store."""
    return read_settings({}, home=tmp_path)


@pytest.fixture(params=["file", pytest.param("database", marks=pytest.mark.postgres)])
def place_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A home of its own, once with a store in a file and once on PostgreSQL."""
    if request.param == "file":
        return read_settings({}, home=tmp_path / "home")
    found: Settings = request.getfixturevalue("empty_postgres")
    return found


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def holder(settings: Settings, forget: int = FORGET_SECONDS) -> subprocess.Popen[str]:
    """Another process that has taken the place, and asks for it only when it is told to."""
    words = [str(settings.home), settings.database_url or "", str(forget)]
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def test_one_leads_and_another_stands_by_until_it_leaves(place_settings: Settings) -> None:
    first, second = place_of(place_settings), place_of(place_settings)
    assert first.take()
    assert first.held()
    assert (second.take(), second.held(), led(place_settings)) == (False, False, True)
    first.leave()
    assert (first.held(), second.take(), second.held()) == (False, True, True)
    assert not first.take()
    first.leave()
    second.leave()
    assert not led(place_settings)


def test_a_leader_that_is_killed_leaves_its_place(place_settings: Settings) -> None:
    process, place = holder(place_settings), place_of(place_settings)
    try:
        assert not place.take()
    finally:
        process.kill()
        process.communicate()
    assert within(30, place.take)
    place.leave()


def test_the_lock_of_a_file_tells_its_process(alone: Settings) -> None:
    place = place_of(alone)
    assert place.take()
    assert (alone.home / LEADER_LOCK).read_text() == f"{os.getpid()}\n"
    place.leave()


@pytest.mark.postgres
def test_homes_on_one_database_share_one_place(empty_postgres: Settings, tmp_path: Path) -> None:
    first, second = place_of(empty_postgres), place_of(replace(empty_postgres, home=tmp_path / "elsewhere"))
    assert (first.take(), second.take()) == (True, False)
    first.leave()
    second.leave()


@pytest.mark.postgres
def test_a_leader_whose_connection_is_cut_knows_it_at_its_next_question(empty_postgres: Settings) -> None:
    first, second = place_of(empty_postgres), place_of(empty_postgres)
    assert first.take()
    engine = open_engine(empty_postgres)
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lifecycle leader'"
    with transaction(engine) as conn:
        assert conn.execute(text(cut)).all() == [(True,)]
    engine.dispose()
    assert not first.held()
    assert within(30, second.take)
    assert not first.take()
    first.leave()
    second.leave()


@pytest.mark.postgres
def test_a_leader_that_stands_still_is_forgotten_and_knows_it_when_it_goes_on(
    empty_postgres: Settings,
) -> None:
    process, place = holder(empty_postgres, forget=1), place_of(empty_postgres)
    try:
        assert within(30, place.take)
        assert process.communicate("\n", 30)[0].endswith("False\n")
    finally:
        process.kill()
        process.wait()
        place.leave()


def test_a_database_that_is_away_gives_no_place_and_no_fault(tmp_path: Path) -> None:
    place: Place = place_of(read_settings({}, home=tmp_path, database_url=f"postgresql:///x?host={tmp_path}"))
    assert (place.take(), place.held()) == (False, False)


def test_one_home_has_one_up_beside_any_daemon(alone: Settings) -> None:
    place = place_of(alone)
    assert place.take()
    with house_of(alone.home):
        assert (alone.home / HOUSE_LOCK).read_text() == f"{os.getpid()}\n"
        with pytest.raises(UnavailableFault) as caught, house_of(alone.home):
            pytest.fail("two houses")
    assert caught.value.message == f"已有一个 up 在使用 {alone.home}，请先停止它。"
    with house_of(alone.home):
        pass
    place.leave()
