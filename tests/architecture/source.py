"""What the architecture tests look at: the modules of the five packages, and the text of the whole tree.

Decides nothing; the rules stand in the tests beside it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("states", "lifecycle", "notifications", "flows", "console")
MADE = {"__pycache__", ".venv", ".git", "build", "dist", ".hypothesis", ".benchmarks"}


@dataclass(frozen=True, slots=True)
class Module:
    """One source file."""

    path: str
    text: str
    tree: ast.Module


@cache
def modules(*packages: str) -> tuple[Module, ...]:
    """Every module of the packages named, or of all five."""
    paths = [path for package in packages or PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    texts = [(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]
    return tuple(Module(path, text, ast.parse(text, path)) for path, text in texts)


def texts() -> list[tuple[str, str]]:
    """Every file that is or may be committed and that reads as UTF-8, with its text."""
    tops = [path for path in ROOT.iterdir() if path.name not in MADE and not path.name.endswith("_cache")]
    found = [path for top in tops for path in ([top] if top.is_file() else sorted(top.rglob("*")))]
    read = []
    for path in found:
        if path.is_file() and not MADE.intersection(path.relative_to(ROOT).parts):
            try:
                read.append((path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")))
            except UnicodeDecodeError:
                continue
    return read
