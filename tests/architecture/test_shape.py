"""A file is one noun and short, a function shorter, and each says in its docstring what it is for."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.source import Module, modules

FILE_LINES = 300
FUNCTION_LINES = 40
JUNK_DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc"}

# What may be longer, and why. A file by its path, a function by "path:name".
EXCEPTIONS: dict[str, str] = {}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(module: Module) -> Iterator[Function]:
    return (node for node in ast.walk(module.tree) if isinstance(node, Function))


def lines(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_a_file_has_at_most_300_lines() -> None:
    sizes = {module.path: len(module.text.splitlines()) for module in modules()}
    assert {path: n for path, n in sizes.items() if n > FILE_LINES and path not in EXCEPTIONS} == {}


def test_a_function_has_at_most_40_lines() -> None:
    sizes = {f"{module.path}:{one.name}": lines(one) for module in modules() for one in functions(module)}
    assert {name: n for name, n in sizes.items() if n > FUNCTION_LINES and name not in EXCEPTIONS} == {}


def test_an_exception_from_the_limits_is_still_needed() -> None:
    sizes = {module.path: len(module.text.splitlines()) - FILE_LINES for module in modules()}
    for module in modules():
        sizes |= {f"{module.path}:{one.name}": lines(one) - FUNCTION_LINES for one in functions(module)}
    assert [name for name in EXCEPTIONS if sizes.get(name, 0) <= 0] == []


def test_a_module_says_what_it_is_for() -> None:
    assert [module.path for module in modules() if not ast.get_docstring(module.tree)] == []


def test_a_public_function_says_what_it_does() -> None:
    silent = [
        f"{module.path}:{one.lineno} {one.name}"
        for module in modules()
        for one in module.tree.body
        if isinstance(one, Function)
        and not one.name.startswith("_")
        and not ast.get_docstring(one)
        and "/migrations/" not in module.path  # told by the module's docstring
    ]
    assert silent == []


def test_no_file_is_a_junk_drawer() -> None:
    named = [(module.path, set(module.path.removesuffix(".py").split("/"))) for module in modules()]
    assert [path for path, parts in named if parts & JUNK_DRAWERS] == []
