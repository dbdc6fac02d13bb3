"""A list written as xlsx or csv: streamed, under frozen headings, with text that no spreadsheet runs.

Knows nothing of the record. The file appears whole or not at all.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from lifecycle.whole_file import whole_file
from states.errors import RefusedFault

RISKY: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""What a spreadsheet would take for a formula at the beginning of a text."""

MOST_ROWS: Final = 1_048_575
"""What one sheet of a workbook holds below its headings."""

_WIDTH: Final = 16
_LONGEST: Final = 32_000


def write_csv(
    path: Path, headings: tuple[str, ...], rows: Iterable[tuple[Any, ...]], tick: Callable[[], None]
) -> int:
    """Write UTF-8 with a mark, as spreadsheets here expect; returns the number of rows."""
    with whole_file(path) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        count = 0
        for row in rows:
            writer.writerow([_text(value) for value in row])
            count += 1
            tick()
    return count


def write_xlsx(
    path: Path,
    label: str,
    headings: tuple[str, ...],
    rows: Iterable[tuple[Any, ...]],
    tick: Callable[[], None],
) -> int:
    """Write one sheet row by row; days as dates, money as numbers; returns the number of rows."""
    import xlsxwriter  # noqa: PLC0415 - only an export pays for it

    with whole_file(path) as part:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(str(part), options) as book:
            sheet = book.add_worksheet(label[:31])
            heading = book.add_format({"bold": True})
            formats = {
                date: book.add_format({"num_format": "yyyy-mm-dd"}),
                Decimal: book.add_format({"num_format": "#,##0.00"}),
            }
            sheet.set_column(0, len(headings) - 1, _WIDTH)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, headings, heading)
            count = 0
            for count, row in enumerate(rows, 1):
                if count > MOST_ROWS:
                    raise RefusedFault(f"超过一张工作表的 {MOST_ROWS} 行；请缩小范围，或导出为 csv。")
                for column, value in enumerate(row):
                    _cell(sheet, count, column, value, formats)
                tick()
    return count


def _cell(sheet: Any, row: int, column: int, value: Any, formats: dict[type, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        sheet.write_string(row, column, value.isoformat(timespec="seconds"))
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), formats[date])  # noqa: DTZ001
    elif isinstance(value, Decimal):
        sheet.write_number(row, column, float(value), formats[Decimal])
    elif isinstance(value, int) and not isinstance(value, bool):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value)[:_LONGEST])


def _text(value: Any) -> str:
    """A value as csv text; what a spreadsheet would run is made text by an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (int, Decimal)):
        return f"{value:.2f}" if isinstance(value, Decimal) else str(value)
    said = str(value)
    return f"'{said}" if said.startswith(RISKY) else said
