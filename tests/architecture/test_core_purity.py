"""`states` reads no clock, environment, file, network or chance, and stands on two libraries only."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from tests.architecture.source import modules

LIBRARIES = {"states", "transitions", "dateutil"}
IMPURE = {
    "asyncio", "importlib", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets",
    "shutil", "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
CLOCKS = {"now", "utcnow", "today", "localtime", "monotonic"}
FILES = {"open", "input", "read_text", "read_bytes", "write_text", "write_bytes"}


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def called(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.lineno, node.func.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.lineno, node.func.id


def test_the_core_imports_only_pure_parts_of_the_standard_library_and_two_others() -> None:
    allowed = (set(sys.stdlib_module_names) - IMPURE) | LIBRARIES
    assert [
        (one.path, name) for one in modules("states") for name in imported(one.tree) if name not in allowed
    ] == []


def test_the_core_asks_no_clock_and_opens_no_file() -> None:
    impure = CLOCKS | FILES
    asked = [
        f"{one.path}:{line} {name}"
        for one in modules("states")
        for line, name in called(one.tree)
        if name in impure
    ]
    assert asked == []
