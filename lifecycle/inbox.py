"""The folder into which files of applications are put, and which of them can be taken now.

A link is never followed and nothing outside the folder is opened. A file that has just changed, or changes
while it is read, is left for the next time: it may be half copied. It knows no application, writes nothing.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from lifecycle.intake import LARGEST
from lifecycle.records import shown
from lifecycle.settings import Settings
from lifecycle.system_faults import why
from states.errors import BadInputFault, UsageFault

ENDINGS: Final = frozenset({".yaml", ".yml", ".json", ".csv", ".tsv", ".xlsx", ".xlsm"})
UNFINISHED: Final = ("~$", ".")
"""How the names of files begin that a program has open or is still writing."""
SETTLED_AFTER: Final = 3.0
"""Seconds without a change after which a file counts as whole."""
CHANGING: Final = "刚有改动，可能尚未复制完，留待下次"
MOST_FILES: Final = 2000
"""Files of one run; the rest is left for the next."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that can be taken: its name within the folder."""

    folder: Path
    name: str

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.folder / self.name


@dataclass(frozen=True, slots=True)
class Left:
    """A file that is left alone this time, and why."""

    name: str
    why: str

    def as_json(self) -> dict[str, str]:
        """Plain values for any door."""
        return {"file": self.name, "why": self.why}


@dataclass(frozen=True, slots=True)
class Inbox:
    """What lies in the folder: what can be taken, in the order of names, and what is left."""

    folder: Path
    files: tuple[Found, ...]
    left: tuple[Left, ...]


def intake_folder(settings: Settings) -> Path:
    """Where files of applications are put."""
    return settings.intake_folder or settings.home / "intake"


def look_into(root: Path, inside: str, at: datetime) -> Inbox:
    """What can be taken at a moment from a file or folder inside `root` ("" is all of it).

    Of a folder only the files that lie directly in it: attachments belong into folders of their own.
    Raises UsageFault for a path that leads outside, or through a link; BadInputFault for what is not there.
    """
    place = _within(root, inside)
    if place.is_dir():
        names, folder = _names(place), place
    else:
        names, folder = [place.name], place.parent
    files: list[Found] = []
    left: list[Left] = []
    for name in names:
        if Path(name).suffix.lower() not in ENDINGS:
            if folder != place:
                raise BadInputFault(f"{shown(name, 100)}：应为 yaml、json、csv 或 xlsx 文件")
            continue
        reason = "超过一次读取的文件数，留待下次" if len(files) >= MOST_FILES else _against(folder, name, at)
        if reason is None:
            files.append(Found(folder, name))
        else:
            left.append(Left(name, reason))
    return Inbox(folder, tuple(files), tuple(left))


def read_whole(file: Found) -> bytes | Left:
    """The bytes of a file, or why it is left: it changed while it was read, or cannot be read."""
    try:
        handle = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        return Left(file.name, f"无法读取：{why(error)}")
    with os.fdopen(handle, "rb") as source:
        before = os.fstat(source.fileno())
        if not stat.S_ISREG(before.st_mode):
            return Left(file.name, "不是普通文件")
        data = source.read(LARGEST + 1)
        after = os.fstat(source.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(
        data
    ) != after.st_size:
        return Left(file.name, _LARGE if after.st_size > LARGEST else CHANGING)
    return data


_LARGE: Final = f"文件过大，应不超过 {LARGEST // 1_000_000} MB，请分成几个文件"


def _within(root: Path, inside: str) -> Path:
    """The place that a path names: the folder itself or inside it, with no link on the way."""
    try:
        top = root.resolve(strict=True)
    except FileNotFoundError:
        raise BadInputFault(f"还没有申报文件夹“{root}”，请先建立它，再放入申报文件。") from None
    except OSError as error:
        raise BadInputFault(f"申报文件夹“{root}”无法打开：{why(error)}。") from None
    text = inside.strip()
    if "\0" in text:
        raise UsageFault(f"路径“{shown(text, 200)}”无效。")
    named = top if not text else Path(os.path.normpath(top / text))
    refused = UsageFault(f"“{shown(text, 200)}”不在申报文件夹 {top} 之内，或经过符号链接。")
    if not named.is_relative_to(top):
        raise refused
    try:
        real = named.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        reason = why(error) if isinstance(error, OSError) else "链接循环"
        raise BadInputFault(f"“{shown(text, 200)}”无法打开：{reason}。") from None
    if real != named:
        raise refused
    return named


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(_of_files(entries))
    except OSError as error:
        raise BadInputFault(f"申报文件夹“{folder}”无法打开：{why(error)}。") from None


def _of_files(entries: Iterator[os.DirEntry[str]]) -> Iterator[str]:
    for entry in entries:
        if not entry.name.startswith(UNFINISHED) and not entry.is_dir(follow_symlinks=False):
            yield entry.name


def _against(folder: Path, name: str, at: datetime) -> str | None:
    """Why a file is not taken now, as far as one can tell without opening it."""
    try:
        found = os.lstat(folder / name)
    except OSError as error:
        return f"无法读取：{why(error)}"
    if stat.S_ISLNK(found.st_mode):
        return "是符号链接，不读取"
    if not stat.S_ISREG(found.st_mode):
        return "不是普通文件"
    # The time of the last change of the inode too: a copy that keeps the old date sets it at its end.
    if at.timestamp() - max(found.st_mtime, found.st_ctime) < SETTLED_AFTER:
        return CHANGING
    return _LARGE if found.st_size > LARGEST else None
