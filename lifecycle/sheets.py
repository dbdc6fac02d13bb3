"""Tables to records: finds the heading row, reads the rows below it, reports what a table spoils.

Serves csv and xlsx alike. It does not know what a heading means; it is told which are known.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import islice

from lifecycle.records import CELL_LIMIT, SPOILT, Entry, Record, cell_fault, is_blank, placed, shown
from states.errors import BadInputFault

Known = Callable[[str], bool]
"""Tells whether a heading is one that an application may carry."""

HEADING_ROWS = 10
EXAMPLE = re.compile(r"[(（【\[]?示例[)）】\]]?")


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range, 1-based and inclusive."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def address(self) -> str:
        """The range as Excel writes it."""
        return f"{address(self.top, self.left)}:{address(self.bottom, self.right)}"


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: numbered rows of cells, and what is known to be wrong with single cells."""

    prefix: str
    """What stands before the row number in a source, e.g. "a.csv:" or "a.xlsx 申报表!"."""
    rows: Sequence[tuple[int, Sequence[object]]]
    place: Callable[[int, int], str]
    merges: Sequence[Merge] = ()
    faults: Mapping[tuple[int, int], str] = field(default_factory=dict)
    ragged: bool = False
    """Whether a row's own length means something (csv)."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading row: where the rows below it start, and the heading of each column."""

    index: int
    names: tuple[str, ...]
    hits: int


def letters(column: int) -> str:
    """The letters of a 1-based column: 1 → A, 28 → AB."""
    text = ""
    while column:
        column, digit = divmod(column - 1, 26)
        text = chr(65 + digit) + text
    return text


def address(row: int, column: int) -> str:
    """A cell's address as Excel writes it."""
    return f"{letters(column)}{row}"


def find_heading(grid: Grid, known: Known) -> Heading | None:
    """The row among the first ten with most known headings (two at least), or None.

    Raises BadInputFault where a heading is merged over several columns or stands twice.
    """
    best: Heading | None = None
    for index, (_, cells) in enumerate(grid.rows[:HEADING_ROWS]):
        names = tuple("" if is_blank(cell) else str(cell).strip() for cell in cells)
        hits = sum(1 for name in names if name and known(name))
        if hits >= 2 and hits > (best.hits if best else 0):
            best = Heading(index, names, hits)
    return _settled(grid, best) if best else None


def _settled(grid: Grid, heading: Heading) -> Heading:
    """The heading with tall merged cells filled in and trailing blanks cut."""
    number = grid.rows[heading.index][0]
    names = list(heading.names)
    index = heading.index
    for merge in grid.merges:
        if not merge.top <= number <= merge.bottom:
            continue
        if merge.left != merge.right:
            raise BadInputFault(
                f"{grid.prefix}{number}：表头 {merge.address} 是跨列合并的单元格，"
                "应为每列一个表头。请取消合并后重新填写"
            )
        top = next((cells for row, cells in grid.rows if row == merge.top), ())
        if merge.left <= min(len(names), len(top)) and not is_blank(top[merge.left - 1]):
            names[merge.left - 1] = str(top[merge.left - 1]).strip()
        index = max(index, heading.index + merge.bottom - number)
    while names and not names[-1]:
        names.pop()
    for column, name in enumerate(names, start=1):
        if name and name in names[: column - 1]:
            first = grid.place(number, names.index(name) + 1)
            raise BadInputFault(
                f"{grid.prefix}{number}：表头“{shown(name)}”重复（{first} 与 {grid.place(number, column)}），"
                "每个表头只能出现一次"
            )
    return Heading(index, tuple(names), heading.hits)


def records_of(grid: Grid, heading: Heading) -> list[Record]:
    """Every filled row below the heading; blank rows and rows marked 示例 are left out."""
    records = []
    spoilt = {row for row, _ in grid.faults}
    for number, cells in grid.rows[heading.index + 1 :]:
        first = next((cell for cell in cells if not is_blank(cell)), None)
        if first is None and number not in spoilt:
            continue
        if isinstance(first, str) and EXAMPLE.fullmatch(first.strip()):
            continue
        records.append(_record(grid, heading, number, cells))
    return records


def _record(grid: Grid, heading: Heading, number: int, cells: Sequence[object]) -> Record:
    names = heading.names
    faults = [
        f"{merge.address} 是合并单元格，应为每行各填一格。请取消合并后逐行填写"
        for merge in grid.merges
        if merge.top <= number <= merge.bottom and merge.left <= len(names)
    ]
    if grid.ragged and len(cells) < len(names):
        faults.append(f"第 {number} 行只有 {len(cells)} 列，应与表头同为 {len(names)} 列")
    entries = []
    for column, cell in enumerate(cells, start=1):
        name = names[column - 1] if column <= len(names) else ""
        at = grid.place(number, column)
        fault = grid.faults.get((number, column))
        if is_blank(cell) and fault is None:
            continue
        fault = fault or cell_fault(cell)
        if fault:
            faults.append(placed(at, name or "无表头", cell, fault))
        if not name:
            faults.append(placed(at, "无表头", cell, "这一列没有表头，应删去或补上表头"))
        else:
            # A spoilt cell still counts as filled in, so that it is not reported as missing too.
            entries.append(Entry(name, SPOILT if fault else plain(cell), at))
    return Record(f"{grid.prefix}{number}", tuple(entries), tuple(faults))


def plain(cell: object) -> object:
    """A spreadsheet's cell as a person means it: 200.0 is 200, midnight is a day."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date()
    return cell


def read_csv(name: str, text: str, known: Known) -> list[Record]:
    """The records of a csv text, separated by comma, semicolon or tab.

    Raises BadInputFault with the line where the text is no table or no heading is found.
    """
    best: tuple[int, str] = (0, ",")
    for delimiter in (",", ";", "\t"):
        heading = find_heading(_grid(name, text, delimiter, HEADING_ROWS, lenient=True), known)
        if heading and heading.hits > best[0]:
            best = (heading.hits, delimiter)
    grid = _grid(name, text, best[1], None)
    heading = find_heading(grid, known)
    if heading is None:
        raise BadInputFault(no_heading(name))
    return records_of(grid, heading)


def no_heading(name: str) -> str:
    """What to say of a table in which no heading row is recognised."""
    return f"{name}：前 {HEADING_ROWS} 行里找不到表头，应有“项目类别”“项目名称”“申报单位”等列名"


def _grid(name: str, text: str, delimiter: str, limit: int | None, lenient: bool = False) -> Grid:
    rows: list[tuple[int, Sequence[object]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in islice(reader, limit):
            rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        if not lenient:
            hint = f"单元格超过 {CELL_LIMIT:,} 字或引号不配对" if "limit" in str(error) else "引号不配对"
            raise BadInputFault(f"{name}:{line}：从这一行起读不成表格，{hint}") from error
    return Grid(f"{name}:", rows, lambda row, column: f"{row}:{column}", ragged=True)
