"""The text of a pack's file, or the complaint why there is none: size, access, encoding."""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path
from typing import Final

from lifecycle.system_faults import why
from lifecycle.yaml_positions import Reader

MOST_BYTES: Final = 2 * 2**20
"""The largest pack that is read; the shipped ones are well below a tenth of it."""


def text_of(reader: Reader, path: Path) -> str | None:
    """What the file says, or None with the complaint recorded at its beginning."""
    found = _read(path)
    if isinstance(found, str):
        reader.faults.append((1, 1, found))
        return None
    try:
        return found.decode("utf-8-sig")
    except UnicodeDecodeError:
        reader.faults.append((1, 1, "文件编码不对（期望 UTF-8）"))
        return None


def _read(path: Path) -> bytes | str:
    """The bytes of a file, or the complaint why they are not read."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        return f"无法打开文件：{why(error)}（期望 可读的 YAML 文件）"
    if len(data) > MOST_BYTES:
        return f"文件过大（期望 不超过 {MOST_BYTES // 2**20} MB）"
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "文件是 UTF-16 编码（期望 UTF-8，请另存为 UTF-8）"
    return data
