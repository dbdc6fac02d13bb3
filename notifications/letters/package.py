"""A .docx as a zip whose bytes depend on its parts alone.

The library that writes a .docx stamps every part with the time of day; two renderings of one letter
would then differ, and nobody could prove that a letter is the one that was sent. Knows no letter.
"""

from __future__ import annotations

import io
import zipfile
from typing import Final

_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can name."""
_UNIX: Final = 3
_PLAIN_FILE: Final = 0o100644 << 16


def packed(document: bytes) -> bytes:
    """The same parts in the same order, without a trace of when and where they were put together."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as written:
        for name, content in parts(document).items():
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = _UNIX
            entry.external_attr = _PLAIN_FILE
            written.writestr(entry, content)
    return target.getvalue()


def parts(document: bytes) -> dict[str, bytes]:
    """The parts of a .docx by name, in their order. Raises zipfile.BadZipFile for anything else."""
    with zipfile.ZipFile(io.BytesIO(document)) as source:
        return {entry.filename: source.read(entry) for entry in source.infolist()}
