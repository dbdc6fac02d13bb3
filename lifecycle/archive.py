"""The archive of papers: bytes under their own SHA-256, below the home folder.

Decides what may be filed (kind of file, size) and keeps it unchanged: a paper is written aside,
synced and put in place in one step, and nothing ever overwrites. Never touches the database.
"""

from __future__ import annotations

import io
import os
import re
import stat
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from lifecycle.system_faults import why
from states.errors import BadInputFault, NotFoundFault, TamperedFault, UnavailableFault

ALLOWED: Final = (
    *("pdf", "ofd", "docx", "doc", "wps", "xlsx", "xls", "et", "csv", "txt", "md", "json", "yaml"),
    *("jpg", "jpeg", "png", "zip", "eml"),
)
FOLDER: Final = "archive"
LONGEST_NAME: Final = 200

_PIECE: Final = 1 << 20
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Filed:
    """A paper that lies in the archive."""

    filename: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Archived:
    """A paper that was filed before, named by its digest; no text that a person types becomes one."""

    filename: str
    sha256: str


def archived(filed: Filed) -> str:
    """How a filed paper is named in a queued command; `named_again` reads it."""
    return f"{filed.sha256}:{filed.filename}"


def named_again(text: str) -> Archived:
    """The paper that a queued command names. Only for what this program wrote, never for what is typed."""
    sha256, _, filename = text.partition(":")
    return Archived(filename, sha256)


def look_at(path: Path, max_bytes: int) -> Filed:
    """What filing a file would give, with everything asked of it that filing asks; keeps nothing.

    Raises BadInputFault as `file_material` does.
    """
    name = _checked_name(path)
    with _opened(path) as source:
        return Filed(name, *_pour(source, None, path, max_bytes))


def look_at_bytes(name: str, data: bytes, max_bytes: int) -> Filed:
    """What filing these bytes would give; keeps nothing. Raises as `file_material` does."""
    path = Path(name)
    return Filed(_checked_name(path), *_pour(io.BytesIO(data), None, path, max_bytes))


def file_material(home: Path, path: Path, max_bytes: int) -> Filed:
    """Copy a file into the archive before anything about it is written to the database.

    Raises BadInputFault for what cannot be filed, UnavailableFault where the archive cannot be
    written. The same paper filed twice lies there once.
    """
    name = _checked_name(path)
    with _opened(path) as source:
        return _copy(home, name, path, source, max_bytes)


def file_bytes(home: Path, name: str, data: bytes, max_bytes: int) -> Filed:
    """Keep what was made here as a paper of that name. Raises as `file_material` does."""
    path = Path(name)
    return _copy(home, _checked_name(path), path, io.BytesIO(data), max_bytes)


def find_archived(home: Path, archived: Archived) -> Filed:
    """A paper that was filed before, proven to be there. Raises as `open_material` does.

    A name that no filed paper can have is a BadInputFault.
    """
    if "/" in archived.filename or _checked_name(Path(archived.filename)) != archived.filename:
        raise BadInputFault(f"材料文件名“{archived.filename}”无效，应为不带文件夹的文件名。")
    with open_material(home, archived.sha256) as paper:
        return Filed(archived.filename, archived.sha256, paper.seek(0, os.SEEK_END))


def open_material(home: Path, sha256_hex: str) -> BinaryIO:
    """A filed paper, open for reading and proven to be what was filed.

    Raises NotFoundFault when it is not there, TamperedFault when its bytes are other ones.
    """
    if not _SHA256.fullmatch(sha256_hex):
        raise NotFoundFault(f"材料编号“{sha256_hex}”无效。")
    try:
        paper = _place(home, sha256_hex).open("rb")
    except OSError:
        raise NotFoundFault(f"档案中没有编号为 {sha256_hex} 的材料。") from None
    digest = sha256()
    while piece := paper.read(_PIECE):
        digest.update(piece)
    if digest.hexdigest() != sha256_hex:
        paper.close()
        raise TamperedFault(f"档案中的材料 {sha256_hex} 已被改动，与登记时不符。")
    paper.seek(0)
    return paper


def is_whole(home: Path, sha256_hex: str) -> bool:
    """Whether a filed paper lies there as it was filed."""
    try:
        open_material(home, sha256_hex).close()
    except (NotFoundFault, TamperedFault):
        return False
    return True


def _opened(path: Path) -> BinaryIO:
    """A plain file with something in it, open for reading."""
    try:
        source: BinaryIO = open(path, "rb", opener=_open_at_once)  # noqa: SIM115 (Path.open takes no opener)
    except OSError as error:
        raise BadInputFault(f"材料“{path}”无法读取：{why(error)}。") from None
    try:
        _check_kind(path, os.fstat(source.fileno()))
    except BadInputFault:
        source.close()
        raise
    return source


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting: a pipe that nobody writes to would hold us for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _place(home: Path, sha256_hex: str) -> Path:
    """Where a paper lies; two levels of folders keep each of them small."""
    return home / FOLDER / sha256_hex[:2] / sha256_hex[2:4] / sha256_hex


def _checked_name(path: Path) -> str:
    """The file's name, if it may be kept as it is."""
    name = path.name
    if not name.isprintable() or len(name) > LONGEST_NAME:
        raise BadInputFault(f"材料文件名{name!r}含有不可显示的字符，或超过 {LONGEST_NAME} 个字。")
    if path.suffix.lower().removeprefix(".") not in ALLOWED:
        raise BadInputFault(f"材料“{path}”的文件类型不受理，应为：{'、'.join(ALLOWED)}。")
    return name


def _check_kind(path: Path, status: os.stat_result) -> None:
    """Only a plain file with something in it can be filed."""
    if not stat.S_ISREG(status.st_mode):
        raise BadInputFault(f"材料“{path}”不是普通文件。")
    if status.st_size == 0:
        raise BadInputFault(f"材料“{path}”是空文件。")


def _copy(home: Path, name: str, path: Path, source: BinaryIO, max_bytes: int) -> Filed:
    """Copy aside, then put in place; the file aside is gone whatever happens."""
    try:
        (home / FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(prefix=".incoming-", dir=home / FOLDER)
        try:
            with os.fdopen(handle, "wb") as copy:
                digest, size = _pour(source, copy, path, max_bytes)
                copy.flush()
                os.fsync(copy.fileno())
            _settle(home, Path(aside), digest)
        finally:
            Path(aside).unlink(missing_ok=True)
    except OSError as error:
        raise UnavailableFault(f"材料“{path}”无法存入档案：{why(error)}。") from None
    return Filed(name, digest, size)


def _pour(source: BinaryIO, copy: BinaryIO | None, path: Path, max_bytes: int) -> tuple[str, int]:
    """Copy, where there is anything to copy to, while hashing and counting; the file may grow meanwhile."""
    digest, size = sha256(), 0
    while piece := source.read(_PIECE):
        size += len(piece)
        if size > max_bytes:
            raise BadInputFault(f"材料“{path}”超过 {_shown(max_bytes)}，不受理。")
        digest.update(piece)
        if copy is not None:
            copy.write(piece)
    return digest.hexdigest(), size


def _settle(home: Path, aside: Path, sha256_hex: str) -> None:
    """Put a paper in place unless it lies there already; one that was damaged there is made good."""
    place = _place(home, sha256_hex)
    for folder in (place.parent.parent, place.parent):
        folder.mkdir(mode=0o700, exist_ok=True)
    aside.chmod(0o400)
    try:
        os.link(aside, place)
    except FileExistsError:
        if is_whole(home, sha256_hex):
            return
        aside.replace(place)
    handle = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _shown(size: int) -> str:
    """A size for people."""
    return f"{size / 2**20:g} MB" if size >= 2**20 else f"{size} 字节"
