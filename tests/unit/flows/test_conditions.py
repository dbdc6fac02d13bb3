"""The table of conditions: every row can be told, and every flow of ours is known to it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.conditions import BY_NAME, CONDITIONS, FLOW_RUN, Condition
from flows.deployments import DEPLOYMENTS
from flows.failed_runs import FLOWS
from flows.schedule import JOBS
from flows.watch import trouble
from tests.architecture.test_readme import fault

FLOWS_FOLDER = Path(__file__).parents[3] / "flows"
FIGURES = {
    "home": "/home", "waiting": 3, "count": 2, "since": "11月28日 10:00", "free": "12 MiB", "name": "告警",
    "purpose": "清查", "words": "原因", "minutes": 12,
}  # fmt: skip


@pytest.mark.parametrize("row", [row for row in CONDITIONS if row is not FLOW_RUN], ids=lambda row: row.name)
def test_every_condition_says_what_it_means_and_what_to_do(row: Condition) -> None:
    told = trouble(row.name, FIGURES)
    said = (told.sentence, told.meaning, *told.advice, row.over.format_map(FIGURES))
    assert told.meaning
    assert told.advice
    assert not any("{" in one or "}" in one for one in said)


def test_every_condition_that_is_watched_stands_in_the_table() -> None:
    watched = set(re.findall(r'trouble\("(\w+)"', (FLOWS_FOLDER / "watch.py").read_text("utf-8")))
    assert len(watched) > 5
    assert watched <= BY_NAME.keys()


def commands(text: str) -> list[list[str]]:
    """The words of every command of ours that a sentence names, without the name of the program."""
    return [found.split() for found in re.findall(r"lifecycle ([ !#-~]*[a-z])", text)]


def test_every_command_that_is_advised_exists() -> None:
    sources = ("conditions", "failed_runs", "status")
    advised = [
        words for name in sources for words in commands((FLOWS_FOLDER / f"{name}.py").read_text("utf-8"))
    ]
    assert len(advised) > 10
    assert [found for words in advised if (found := fault(words)) is not None] == []


def test_a_failure_of_every_flow_of_ours_is_told_of() -> None:
    started = {row.flow for row in DEPLOYMENTS} | {job.flow for job in JOBS} - {"—"}
    assert started <= FLOWS.keys()
