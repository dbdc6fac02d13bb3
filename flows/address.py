"""Where the daemon of a home answers, and the token that opens it: one file that its owner alone can read.

Written by the daemon when it answers, taken away when it stops. A file that is left behind by a killed one
leads nowhere, and nothing rests on it. Imports nothing dear: the command line reads it at every call.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Final

from lifecycle.login import operating_system_login

FILE: Final = "daemon.json"
_LONGEST: Final = 4096


@dataclass(frozen=True, slots=True)
class Address:
    """One daemon as its home knows it."""

    host: str
    port: int
    token: str = field(repr=False)
    login: str
    """Whose process it is: who holds the token acts as this user of the operating system."""
    build: str
    """Which program it runs; another one is not spoken to."""
    store: str
    """Which store it works on, as a digest of its settings."""
    pid: int


def new_token() -> str:
    """A secret for one life of a daemon."""
    return secrets.token_urlsafe(32)


def write_address(home: Path, address: Address) -> None:
    """Put the file in place in one step, readable by its owner only."""
    beside = home / f".{FILE}.{address.pid}"
    with suppress(FileNotFoundError):
        beside.unlink()
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(address), file)
    beside.replace(home / FILE)


def remove_address(home: Path, token: str) -> None:
    """Take the file away if it is still that of this token."""
    found = read_address(home)
    if found is not None and found.token == token:
        with suppress(OSError):
            (home / FILE).unlink()


def read_address(home: Path) -> Address | None:
    """The daemon of a home that this user of the operating system may trust, or None.

    A file that somebody else wrote or could write, and one that cannot be read, are as good as none.
    """
    try:
        kept = json.loads(_private_text(home / FILE))
        found = Address(**{one.name: kept[one.name] for one in fields(Address)})
    except (OSError, ValueError, TypeError, KeyError):
        return None
    told = (found.host, found.token, found.login, found.build, found.store)
    sound = all(isinstance(text, str) for text in told) and isinstance(found.port, int)
    return found if sound and found.login == operating_system_login() else None


def _private_text(path: Path) -> str:
    """A plain file of our own that nobody else can read. Raises OSError, also for any other."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_mode & 0o077 or about.st_uid != os.geteuid():
            raise PermissionError(path)
        return os.read(descriptor, _LONGEST).decode()
    finally:
        os.close(descriptor)
