"""Rows of the demo's workbooks and the writing of them: one sheet per programme, Chinese headings.

The headings come from the same register that the reader of applications uses. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lifecycle.columns import FACT_PREFIX, MATERIAL_PREFIX, TARGET_PREFIX, Columns
from states.catalogue import Catalogue, Programme
from states.errors import BadInputFault

Row = dict[str, str]
"""Dotted name → what is typed into the cell."""


@dataclass(frozen=True, slots=True)
class Book:
    """One workbook: rows by programme."""

    name: str
    sheets: Mapping[str, tuple[Row, ...]]


def row(
    ref: str,
    title: str,
    unit: str,
    kind: str,
    region: str,
    cells: Mapping[str, str],
    *,
    email: str | None = None,
) -> Row:
    """One application: the fields that all have, then its own."""
    return {
        "ref": ref,
        "title": title,
        "unit.name": unit,
        "unit.kind": kind,
        "unit.region": region,
        "contact.name": "示例联系人",
        "contact.phone": "0371-00000000",
        "contact.email": email or f"{ref}@example.org",
        **cells,
    }


def write_book(book: Book, folder: Path, catalogue: Catalogue, ids: Mapping[str, str]) -> Path:
    """Write the workbook and the papers that it names; a row's `id` is filled in from its label."""
    import xlsxwriter

    path = folder / book.name
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as workbook:
        for slug, rows in book.sheets.items():
            programme = catalogue.programmes[slug]
            filled = [_filled(each, programme, ids) for each in rows]
            _write_sheet(workbook.add_worksheet(slug[:31]), filled, Columns(programme))
            _write_papers(filled, folder)
    return path


def _filled(given: Row, programme: Programme, ids: Mapping[str, str]) -> Row:
    """The row with its programme, and the plan just as printed where an application says nothing else."""
    if "id" in given:
        return {"programme": programme.slug, **given, "id": ids[given["id"]]}
    mandatory = [target for target in programme.targets if target.binding == "mandatory"]
    plan = {f"targets.{t.slug}": "是" if t.cmp == "done" else str(t.number or "") for t in mandatory}
    return {"programme": programme.slug, **plan, **given}


def _write_sheet(sheet: object, rows: Sequence[Row], columns: Columns) -> None:
    names = list(dict.fromkeys(name for each in rows for name in each))
    write = sheet.write_string  # type: ignore[attr-defined]  # xlsxwriter has no types
    for column, name in enumerate(names):
        write(0, column, _heading(columns, name))
        for number, each in enumerate(rows, 1):
            if each.get(name):
                write(number, column, each[name])


def _heading(columns: Columns, name: str) -> str:
    """The Chinese heading of a field, with its prefix where the bare label means two things."""
    column = columns.find(name)
    if column is None:
        return name
    try:
        if columns.find(column.label) is column:
            return column.label
    except BadInputFault:
        pass  # the bare label is ambiguous: say which is meant
    if column.fact:
        return FACT_PREFIX + column.label
    return (TARGET_PREFIX if column.target else MATERIAL_PREFIX) + column.label


def _write_papers(rows: Sequence[Row], folder: Path) -> None:
    for each in rows:
        for name, file in each.items():
            if name.startswith("materials."):
                (folder / file).write_text(f"示例材料：{file}\n", encoding="utf-8")
