"""The handbook's generated pages, made from the tables, packs and commands themselves.

Each page is a pure function of what the program holds, so that it cannot say anything else than the
program does. `python -m console.handbook` writes them; with `--check` it only names the stale ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

from console.handbook.commands import commands_page, settings_table
from console.handbook.coverage import coverage
from console.handbook.duties import duties_page
from console.handbook.glossary import glossary_page
from console.handbook.markdown import code, table
from console.handbook.rules import rules_page
from console.handbook.states import states_page
from lifecycle.packs import load_catalogue
from notifications.letters.variables import PUBLICITY, VARIABLES

__all__ = ["BLOCKS", "ROOT", "stale", "wanted"]

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = Path("deploy/handbook")


def variables_table(variables: Mapping[str, str]) -> str:
    """The variables of a template with their meanings."""
    return table(("变量", "内容"), [(code(name), meaning) for name, meaning in variables.items()])


BLOCKS: Final = (
    ("README.md", "settings", partial(settings_table, "en")),
    ("README.zh-CN.md", "settings", partial(settings_table, "zh")),
    ("deploy/handbook/operations.md", "settings", partial(settings_table, "zh")),
    ("deploy/handbook/letters.md", "letter-variables", partial(variables_table, VARIABLES)),
    ("deploy/handbook/letters.md", "publicity-variables", partial(variables_table, PUBLICITY)),
)
"""Hand-written pages with generated blocks: which block, and what makes it."""


def wanted(root: Path = ROOT) -> dict[Path, str]:
    """Every generated page, and every page with a generated block, as it should stand."""
    catalogue = load_catalogue()
    pages = {
        FOLDER / "states.md": states_page(catalogue),
        FOLDER / "duties.md": duties_page(catalogue),
        FOLDER / "glossary.md": glossary_page(catalogue),
        FOLDER / "cli.md": commands_page(),
        FOLDER / "rules.md": rules_page(coverage(root), catalogue),
    }
    for path, block, made in BLOCKS:
        text = pages.get(Path(path)) or (root / path).read_text(encoding="utf-8")
        pages[Path(path)] = filled(text, block, made())
    return pages


def filled(text: str, block: str, content: str) -> str:
    """The text with the content between the two marks of a block; a ValueError if they are not there."""
    begin, end = f"<!-- {block}: made by make handbook -->", f"<!-- /{block} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise ValueError(f"expected one block between {begin} and {end}")
    return pattern.sub(lambda _: f"{begin}\n{content}\n{end}", text)


def stale(root: Path = ROOT) -> list[str]:
    """The pages that do not stand as they should."""
    return [path.as_posix() for path, text in wanted(root).items() if _written(root / path) != text]


def _written(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
