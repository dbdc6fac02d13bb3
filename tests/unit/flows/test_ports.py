from __future__ import annotations

from pathlib import Path

import pytest

from flows.leader import house_of
from flows.ports import FILE, as_served, ports_told
from lifecycle.settings import Settings, read_settings


@pytest.fixture
def served(tmp_path: Path) -> Settings:
    return read_settings({}, home=tmp_path, prefect_port=4301, daemon_port=4302)


def test_a_command_finds_the_ports_of_the_up_of_its_home(served: Settings) -> None:
    with house_of(served.home), ports_told(served):
        assert as_served(read_settings({}, home=served.home)) == served
    typed = read_settings({}, home=served.home)
    assert as_served(typed) == typed


def test_ports_that_a_killed_up_left_behind_count_no_more(served: Settings) -> None:
    with ports_told(served):
        typed = read_settings({}, home=served.home)
        assert as_served(typed) == typed


@pytest.mark.parametrize(
    "kept", ["", "[]", '{"prefect_port": 1}', '{"prefect_port": null, "daemon_port": 1}']
)
def test_a_file_that_says_something_else_is_as_good_as_none(served: Settings, kept: str) -> None:
    with house_of(served.home):
        (served.home / FILE).write_text(kept)
        assert as_served(served) == served
