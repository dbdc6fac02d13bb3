from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from flows.leader import LOCK, leadership
from lifecycle.settings import Settings, read_settings
from states.errors import UnavailableFault

HELD_BY_ANOTHER = "另一台机器上已有一个守护进程在使用同一个数据库，请先停止它。"
HOLDER = """
import sys, time
from pathlib import Path
from flows.leader import leadership
from lifecycle.settings import read_settings

with leadership(read_settings({}, home=Path(sys.argv[1]), database_url=sys.argv[2])):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def alone(tmp_path: Path) -> Settings:
    """A home without a store."""
    return read_settings({}, home=tmp_path)


def test_one_home_has_one_daemon(alone: Settings) -> None:
    with leadership(alone):
        assert (alone.home / LOCK).read_text() == f"{os.getpid()}\n"
        with pytest.raises(UnavailableFault) as caught, leadership(alone):
            pytest.fail("two leaders")
    assert caught.value.message == f"已有一个守护进程在使用 {alone.home}，请先停止它。"


def test_the_place_is_free_again_afterwards(alone: Settings) -> None:
    with leadership(alone):
        pass
    with leadership(alone):
        assert (alone.home / LOCK).read_text() == f"{os.getpid()}\n"


@pytest.mark.postgres
def test_two_machines_on_one_database_have_one_daemon(empty_postgres: Settings, tmp_path: Path) -> None:
    other = replace(empty_postgres, home=tmp_path / "other machine")
    with leadership(empty_postgres), pytest.raises(UnavailableFault) as caught, leadership(other):
        pytest.fail("two leaders")
    assert caught.value.message == HELD_BY_ANOTHER
    with leadership(other), pytest.raises(UnavailableFault), leadership(empty_postgres):
        pytest.fail("two leaders")


@pytest.mark.postgres
def test_a_leader_that_is_killed_leaves_its_place(empty_postgres: Settings, tmp_path: Path) -> None:
    words = [str(tmp_path / "other machine"), str(empty_postgres.database_url)]
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, *words], stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(UnavailableFault, match="另一台机器"), leadership(empty_postgres):
            pytest.fail("two leaders")
    finally:
        holder.kill()
        holder.communicate()
    deadline = time.monotonic() + 30
    while True:
        try:
            with leadership(empty_postgres):
                return
        except UnavailableFault:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_database_that_cannot_be_reached_is_unavailable(tmp_path: Path) -> None:
    nowhere = read_settings({}, home=tmp_path, database_url=f"postgresql:///x?host={tmp_path}")
    with pytest.raises(UnavailableFault, match="数据库暂不可用"), leadership(nowhere):
        pytest.fail("no database")
