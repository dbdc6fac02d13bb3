"""What a file holds before it means anything: records of named entries, each with its place.

Every format (yaml, json, csv, xlsx) comes down to these; `lifecycle.intake` gives them meaning.
Nothing here knows a programme.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Final

CELL_LIMIT = 32_767
"""The most characters that Excel lets into one cell; longer text is a broken file."""
DEPTH_LIMIT = 20


class Spoilt(Enum):
    """The value of a cell that was filled in but cannot be taken; its fault stands in the record."""

    SPOILT = "spoilt"

    def __str__(self) -> str:
        return "…"


SPOILT: Final = Spoilt.SPOILT


@dataclass(frozen=True, slots=True)
class Entry:
    """One key or column with its value and place ("C7", "12:5"); `inner` are a mapping's own entries."""

    key: str
    value: object
    at: str
    inner: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """One application as it stands in the file; `faults` are those that the format itself shows."""

    source: str
    entries: tuple[Entry, ...]
    faults: tuple[str, ...] = ()


def shown(value: object, limit: int = 40) -> str:
    """A value as an error message quotes it: one line, printable, cut short."""
    text = value.isoformat() if isinstance(value, (date, datetime)) else str(value)[: limit * 4]
    plain = "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))
    return plain if len(plain) <= limit else plain[:limit] + "…"


def is_blank(value: object) -> bool:
    """Whether a cell or key says nothing (a blank always means unknown)."""
    return value is None or (isinstance(value, str) and not value.strip())


def text_fault(value: object) -> str | None:
    """Why a text cannot be taken, or None: too long, control characters, half characters."""
    if not isinstance(value, str):
        return None
    if len(value) > CELL_LIMIT:
        return f"共 {len(value):,} 字，超过单元格上限 {CELL_LIMIT:,} 字"
    if any((c < " " and c not in "\t\r\n") or c == "\x7f" or "\ud800" <= c <= "\udfff" for c in value):
        return "含有控制字符或不完整的字符，应为普通文字"
    return None


def cell_fault(value: object) -> str | None:
    """Why a table cell cannot be taken, or None; also catches what a spreadsheet program spoils."""
    if isinstance(value, str):
        if value.lstrip().startswith("="):
            return "是公式文本，应为公式的结果（复制后“选择性粘贴”为数值）"
        return text_fault(value)
    if isinstance(value, float) and not abs(value) < 10**15:
        return "位数过多，表格软件已丢失末位数字，应为文本。请把该列设为文本格式后重新填写"
    return None


def placed(at: str, name: str, value: object, fault: str) -> str:
    """The one form of a message about a value: where, which, what was there, what is wrong."""
    return f"{at}（{shown(name)}）“{shown(value)}”：{fault}"


def not_an_application(source: str, at: str, value: object) -> Record:
    """The record of an item that holds no keys at all."""
    fault = f"{at}“{shown(value)}”：应为一项申报（键与值），如 programme、title、unit"
    return Record(source, (), (fault,))
