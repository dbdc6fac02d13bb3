"""A file for a person that appears whole or not at all: written beside its place, then put there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lifecycle.system_faults import why
from states.errors import BadInputFault


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A file beside the wanted one that takes its place when everything is written."""
    if not path.parent.is_dir():
        raise BadInputFault(f"文件“{path}”无法写入：没有文件夹“{path.parent}”。")
    if path.is_dir():
        raise BadInputFault(f"“{path}”是文件夹，请写明文件名。")
    try:
        handle, name = tempfile.mkstemp(prefix=".export-", suffix=path.suffix, dir=path.parent)
    except OSError as error:
        raise BadInputFault(f"文件“{path}”无法写入：{why(error)}。") from None
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that was made in memory. Raises BadInputFault where it cannot be written."""
    with whole_file(path) as part:
        part.write_bytes(content)
