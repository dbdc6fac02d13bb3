"""The form of the handbook's pages: headings, tables, and the line that says how a page is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MADE = "> 本页由程序生成，请勿手工修改；更新用 `make handbook`，核对用 `python -m console.handbook --check`。"


def page(title: str, *parts: str) -> str:
    """A whole page."""
    return "\n\n".join([f"# {title}", MADE, *(part for part in parts if part)]) + "\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; what would break a cell is escaped."""
    lines = [_row(headings), "|" + "---|" * len(headings)]
    return "\n".join([*lines, *(_row([cell(value) for value in row]) for row in rows)])


def cell(value: object) -> str:
    """A value in a cell of a table."""
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", "<br>")


def code(value: object) -> str:
    """A word of the program."""
    return f"`{value}`"


def _row(cells: Sequence[object]) -> str:
    return f"| {' | '.join(str(one) for one in cells)} |"
