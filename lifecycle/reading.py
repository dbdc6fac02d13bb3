"""Bytes to records: decodes the text, tells the format, keeps every value's place.

No file is opened here, and no value is given a meaning.
"""

from __future__ import annotations

import re

from lifecycle.json_records import json_records
from lifecycle.records import Record
from lifecycle.sheets import Known, read_csv
from lifecycle.xlsx import OLE_MAGIC, read_xlsx
from lifecycle.yaml_records import yaml_records
from states.errors import BadInputFault

ZIP_MAGIC = b"PK\x03\x04"
_FORMATS = {
    ".xlsx": "xlsx", ".xlsm": "xlsx", ".csv": "csv", ".tsv": "csv",
    ".json": "json", ".yaml": "yaml", ".yml": "yaml",
}  # fmt: skip
_BINARY = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def read_records(name: str, data: bytes, known: Known, suffix: str = "") -> list[Record]:
    """All records of one file, in its order.

    `suffix` names the format; without a known one the content tells. Raises BadInputFault for
    whatever cannot be read as a whole.
    """
    if not data.strip():
        raise BadInputFault(f"{name}：文件是空的，应有至少一项申报")
    kind = _FORMATS.get(suffix.lower()) or _sniffed(name, data, known)
    if kind == "xlsx":
        return read_xlsx(name, data, known)
    text = decode(name, data)
    if kind == "csv":
        return read_csv(name, text, known)
    return list(json_records(name, text) if kind == "json" else yaml_records(name, text))


def _sniffed(name: str, data: bytes, known: Known) -> str:
    if data.startswith((ZIP_MAGIC, OLE_MAGIC)):
        return "xlsx"
    text = decode(name, data)
    if text.lstrip()[:1] in ("{", "["):
        return "json"
    try:
        read_csv(name, text, known)
    except BadInputFault:
        return "yaml"
    return "csv"


def decode(name: str, data: bytes) -> str:
    """Text from UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030.

    Raises BadInputFault for anything else and for binary content.
    """
    if data.startswith((ZIP_MAGIC, OLE_MAGIC)):
        raise BadInputFault(f"{name}：内容是 Excel 工作簿或压缩包，与扩展名不符，应以 .xlsx 为扩展名")
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    else:
        raise BadInputFault(f"{name}：无法识别文字编码，应为 UTF-8、UTF-16（带 BOM）或 GB18030")
    found = _BINARY.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise BadInputFault(f"{name}:{line}：含有二进制内容（控制字符），应为文本文件")
    if not text.strip():
        raise BadInputFault(f"{name}：文件是空的，应有至少一项申报")
    return text
