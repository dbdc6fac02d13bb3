"""The table of commands is the tree, and a start imports nothing heavy."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import typer

from console.help import WITHOUT_COMMAND
from console.tree import COMMANDS, cli
from tests.cli import call

HEAVY = ("sqlalchemy", "sqlmodel", "pydantic", "prefect", "rich", "yaml", "fastapi", "orjson", "transitions")


def context() -> Any:
    """A context of the root."""
    return typer.Context(cli(), info_name="lifecycle")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_is_in_its_file_and_has_a_page(name: str) -> None:
    command = cli().get_command(context(), name)
    assert command.name == name
    page = command.get_help(typer.Context(command, info_name=name))
    assert COMMANDS[name][1] in page.replace("\n  ", "")
    assert "全局选项" in page


@pytest.mark.parametrize(("group", "told"), [("campaigns", True), ("intake", False)])
def test_a_page_tells_where_a_group_lists_without_a_command(group: str, told: bool) -> None:
    assert (WITHOUT_COMMAND in call(group, "--help").out) is told


def test_a_file_holds_no_command_that_the_table_lacks() -> None:
    root = cli()
    for name in COMMANDS:
        root.get_command(context(), name)
    assert set(root.commands) == set(COMMANDS)


def test_the_command_line_starts_without_heavy_libraries() -> None:
    asked = f"import sys, console.main; print([name for name in {HEAVY!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
