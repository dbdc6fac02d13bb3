"""Excel workbooks (.xlsx) to records, by calamine, after a look at what calamine does not tell.

The look goes over the sheets' XML for formulas without a result, error values and absurd sizes,
so that a small hostile file costs little. Hidden sheets and the sheets 填写说明 and 字典 are not read.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from lifecycle.records import Record
from lifecycle.sheets import Grid, Known, Merge, address, find_heading, no_heading, records_of
from states.errors import BadInputFault

IGNORED_SHEETS = frozenset({"填写说明", "字典"})
OLE_MAGIC = b"\xd0\xcf\x11\xe0"
UNPACKED_LIMIT = 300_000_000
CELLS_LIMIT = 5_000_000
MERGES_LIMIT = 5_000
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def read_xlsx(name: str, data: bytes, known: Known) -> list[Record]:
    """The records of every visible sheet that has a heading row.

    Raises BadInputFault where the workbook cannot be read: not a zip, encrypted, broken, too large.
    """
    grids = list(_grids(name, data))
    records: list[Record] = []
    found = False
    for grid in grids:
        heading = find_heading(grid, known)
        if heading is not None:
            found = True
            records.extend(records_of(grid, heading))
    if not found:
        raise BadInputFault(no_heading(name))
    return records


def _grids(name: str, data: bytes) -> Iterator[Grid]:
    looks = _look_over(name, data)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for title, look in looks.items():
            sheet = workbook.get_sheet_by_name(title)
            rows = _padded(sheet.to_python(skip_empty_area=False), look)
            yield Grid(f"{name} {title}!", rows, address, _merges(name, sheet), look.faults)
    except CalamineError as error:
        raise _broken(name) from error
    except BaseException as error:
        # calamine is Rust: a panic in it arrives as a BaseException of its own.
        if type(error).__name__ != "PanicException":
            raise
        raise _broken(name) from error


def _padded(cells: Sequence[Sequence[object]], look: _Look) -> list[tuple[int, Sequence[object]]]:
    """Numbered rows, wide and many enough for spoilt cells, which calamine takes for no cells at all."""
    rows = [[*row, *[""] * (look.right - len(row))] for row in cells]
    rows.extend([""] * look.right for _ in range(look.bottom - len(rows)))
    return list(enumerate(rows, start=1))


def _merges(name: str, sheet: CalamineSheet) -> list[Merge]:
    ranges = sheet.merged_cell_ranges or []
    if len(ranges) > MERGES_LIMIT:
        raise BadInputFault(f"{name} {sheet.name}：合并单元格超过 {MERGES_LIMIT:,} 处，请取消合并")
    return [Merge(top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in ranges]


def _broken(name: str) -> BadInputFault:
    return BadInputFault(f"{name}：工作簿已损坏，应为可用 Excel 打开的 .xlsx 文件，请重新另存后再试")


@dataclass(slots=True)
class _Look:
    """What one sheet's XML says about its cells."""

    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    bottom: int = 0
    right: int = 0
    row: int = 0
    column: int = 0
    kind: str = ""
    formula: bool = False
    inside: bool = False
    value: str = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """A row, a cell, a formula or a value begins."""
        match tag.rpartition(":")[2]:
            case "row":
                self.row = int(attributes.get("r", self.row + 1))
                self.column = 0
            case "c":
                self._enter(attributes.get("r"))
                self.kind = attributes.get("t", "")
                self.formula, self.inside, self.value = False, False, ""
            case "f":
                self.formula = True
            case "v" | "t":
                self.inside = True

    def _enter(self, reference: str | None) -> None:
        if reference is None:
            self.column += 1
            return
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise ValueError(reference)
        self.column = 0
        for letter in match[1]:
            self.column = self.column * 26 + ord(letter) - 64
        self.row = int(match[2])

    def text(self, data: str) -> None:
        """Characters; only their being there, and an error's name, matter."""
        if self.inside and len(self.value) < 40:
            self.value += data[:40]

    def end(self, tag: str) -> None:
        """A value or a cell ends."""
        match tag.rpartition(":")[2]:
            case "v" | "t":
                self.inside = False
            case "c":
                self._leave()

    def _leave(self) -> None:
        if self.kind == "e":
            self.faults[self.row, self.column] = f"单元格是错误值 {self.value}，应为正确的内容"
        elif self.formula and not self.value.strip() and self.kind != "str":
            # Kind "str" with nothing in it is a saved result: the formula gave an empty text.
            self.faults[self.row, self.column] = (
                "公式没有保存结果，应为数值或文字。请在 Excel 里打开并保存，或粘贴为数值"
            )
        if self.value or (self.row, self.column) in self.faults:
            self.bottom, self.right = max(self.bottom, self.row), max(self.right, self.column)


def _look_over(name: str, data: bytes) -> dict[str, _Look]:
    """One look per visible sheet, by the sheet's title."""
    if data.startswith(OLE_MAGIC):
        raise BadInputFault(f"{name}：工作簿设有打开密码，或是旧版 .xls，应为未加密的 .xlsx，请另存后再试")
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise BadInputFault(f"{name}：不是 Excel 工作簿（.xlsx），请用 Excel 另存为 .xlsx 后再试")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(member.file_size for member in package.infolist()) > UNPACKED_LIMIT:
                raise BadInputFault(
                    f"{name}：工作簿解压后超过 {UNPACKED_LIMIT // 1_000_000} MB，请删去多余内容后再试"
                )
            return {
                title: _look_at(name, title, package.read(part))
                for title, part in _sheet_parts(package)
                if title.strip() not in IGNORED_SHEETS
            }
    except (
        zipfile.BadZipFile,
        LookupError,
        ValueError,
        RuntimeError,
        NotImplementedError,
        EOFError,
    ) as error:
        raise _broken(name) from error
    except (expat.ExpatError, OSError, zlib.error) as error:
        raise _broken(name) from error


def _look_at(name: str, title: str, xml: bytes) -> _Look:
    look = _Look()
    parser = _parser()
    parser.StartElementHandler = look.start
    parser.EndElementHandler = look.end
    parser.CharacterDataHandler = look.text
    parser.Parse(xml, True)
    if look.bottom * look.right > CELLS_LIMIT:
        raise BadInputFault(
            f"{name} {title}：数据一直延伸到 {address(look.bottom, look.right)}，"
            f"超过 {CELLS_LIMIT:,} 格，请删去表格外的内容"
        )
    return look


def _parser() -> expat.XMLParserType:
    """An XML parser that refuses document types: no spreadsheet has one, every entity attack does."""

    def refuse(*_: object) -> None:
        raise ValueError("doctype")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    return parser


def _sheet_parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Title and part name of every visible worksheet."""
    targets = {
        item.get("Id", ""): item.get("Target", "")
        for tag, item in _elements(package.read("xl/_rels/workbook.xml.rels"))
        if tag == "Relationship" and item.get("Type", "").endswith("/worksheet")
    }
    for tag, item in _elements(package.read("xl/workbook.xml")):
        if tag != "sheet" or item.get("state", "visible") != "visible":
            continue
        link = next((value for key, value in item.items() if key.rpartition(":")[2] == "id"), "")
        if link in targets:
            yield item.get("name", ""), posixpath.normpath(posixpath.join("/xl", targets[link])).lstrip("/")


def _elements(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    parser = _parser()
    parser.StartElementHandler = lambda tag, item: found.append((tag.rpartition(":")[2], item))
    parser.Parse(xml, True)
    return found
