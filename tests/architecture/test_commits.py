"""One file commits, so that a change is written whole or not at all."""

from __future__ import annotations

import ast

from tests.architecture.source import Module, modules

ENDS = {"commit", "begin"}  # engine.begin() commits when its block ends


def ends_a_transaction(module: Module) -> list[str]:
    """The places that commit by method or by SQL."""
    found = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ENDS:
            found.append(f"{module.path}:{node.lineno} .{node.func.attr}()")
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.upper() == "COMMIT":
            found.append(f"{module.path}:{node.lineno} COMMIT")
    return found


def test_only_the_database_module_commits() -> None:
    found = [place for module in modules() for place in ends_a_transaction(module)]
    assert [place for place in found if not place.startswith("lifecycle/database.py:")] == []
