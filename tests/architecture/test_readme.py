"""What the hand-written pages tell people to type or to open is there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest

from console.tree import cli
from tests.architecture.source import ROOT

READMES = ("README.md", "README.zh-CN.md")
HANDBOOK = tuple(f"deploy/handbook/{name}.md" for name in ("operations", "letters", "added-rows"))
PAGES = (*READMES, "ARCHITECTURE.md", *HANDBOOK)
MADE_LATER = {"outbox/", "archive/", "prefect/", "logs/", "practice/outbox", "/health"}
TAKING_A_VALUE = {"--home", "--as", "--on"}
LINE = re.compile(r"^\s*lifecycle ([^#\n]+)", re.MULTILINE)
INLINE = re.compile(r"`lifecycle ([^`]+)`")
LINK = re.compile(r"\]\(([^)#:]+)\)")
PATH = re.compile(r"`((?:states|lifecycle|notifications|flows|console|deploy|tests)/[\w./-]*)`")


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def typed(page: str) -> Iterator[list[str]]:
    """The words of every command that a page shows, without the name of the program."""
    text = read(page)
    blocks = "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    for line in [*LINE.findall(blocks.replace("&& lifecycle", "\nlifecycle")), *INLINE.findall(text)]:
        yield shlex.split(line.replace("&&", " ").replace("…", ""))


def fault(words: list[str]) -> str | None:
    """Why a command line cannot be meant: an unknown command, or an option that it does not have."""
    command, path = cli(), []
    options = list(words)
    while options and hasattr(command, "commands"):
        word = options.pop(0)
        if word in TAKING_A_VALUE:
            options = options[1:]
        elif word == "--json":
            continue
        elif (member := command.get_command(None, word)) is not None:
            command, path = member, [*path, word]
        elif command.invoke_without_command and word.startswith("--"):
            options.insert(0, word)
            break
        else:
            return f"no command {' '.join([*path, word])}"
    known = known_options(command)
    unknown = [word.partition("=")[0] for word in options if word.startswith("--") and word != "--help"]
    return next((f"{' '.join(path)} has no {word}" for word in unknown if word not in known), None)


def known_options(command: Any) -> set[str]:
    return {name for parameter in command.params for name in getattr(parameter, "opts", [])}


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_a_page_shows_exists_with_its_options(page: str) -> None:
    assert [found for words in typed(page) if (found := fault(words)) is not None] == []


def test_a_command_that_is_not_there_would_be_noticed() -> None:
    assert fault(["fund", "pay", "x"]) == "no command fund"
    assert fault(["--on", "2023-03-01", "call", "shut", "x"]) == "no command call shut"
    assert fault(["list", "--colour"]) == "list has no --colour"
    assert fault(["notices", "--status", "dead"]) is None


@pytest.mark.parametrize("page", READMES)
def test_the_tour_is_long_enough_to_be_one(page: str) -> None:
    shown = {words[0] for words in typed(page)} - TAKING_A_VALUE
    later = {word for words in typed(page) for word in words}

    assert {"init", "users", "up", "audit"} <= shown
    assert {"apply", "actions", "trigger", "due", "sweep", "notices", "show", "verify"} <= later


@pytest.mark.parametrize("page", READMES)
def test_a_readme_opens_with_the_two_commands_of_a_fresh_machine(page: str) -> None:
    first = re.search(r"^```sh\n(.*?)^```", read(page), re.MULTILINE | re.DOTALL)

    assert first is not None
    assert [line.split("#")[0].strip() for line in first[1].splitlines()] == ["make demo", "make test"]


@pytest.mark.parametrize("page", READMES)
def test_every_make_target_that_a_readme_names_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))

    assert set(re.findall(r"\bmake ([a-z]+)\b", read(page))) - targets == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_names_is_there(page: str) -> None:
    here = (ROOT / page).parent
    named = {ROOT / path for path in PATH.findall(read(page)) if path not in MADE_LATER}
    linked = {here / link for link in LINK.findall(read(page))}

    assert [path for path in sorted(named | linked) if not path.exists()] == []


def test_both_readmes_tell_the_same() -> None:
    english, chinese = (
        [len(part.split("\n- ")) for part in re.split(r"^#{2,3} ", read(page), flags=re.MULTILINE)]
        for page in READMES
    )

    assert english == chinese
