"""One application taken in, in one transaction; under a mark at most once, whoever asks again and when.

What admission decides is `lifecycle.admitting`; the papers are archived before the transaction begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection

from lifecycle.admitting import Entry, admit
from lifecycle.answers import answered, remember
from lifecycle.archive import Filed
from lifecycle.database import rolled_back, transaction
from lifecycle.extract import extract_of
from lifecycle.intake import Application
from lifecycle.locks import hold
from lifecycle.papers import file_all, file_form
from lifecycle.people import Actor
from lifecycle.store import Store

Form = str | tuple[str, bytes]
"""The file that an application came in: its path, or its name with its bytes."""
_TAKEN: Final = sha256(b"intake").hexdigest()


@dataclass(frozen=True, slots=True)
class Offered:
    """One application as somebody hands it in."""

    application: Application
    on: date
    reason: str | None = None
    parent: str | None = None
    draft: bool = False
    form: Form | None = None
    shared: bool = False
    """Whether the form holds other applications too: then only its own part of it is kept."""
    mark: str | None = None
    """The row of the file: what was taken in under it is not taken in again."""


def take_in(store: Store, actor: Actor, offered: Offered, at: datetime, *, dry_run: bool = False) -> str:
    """Take one application in; returns its project id ("" on a dry run). Raises with every reason."""
    entry = Entry(
        actor, offered.application, offered.on, at, offered.reason, _filed(store, offered, dry_run),
        offered.draft, offered.parent,
    )  # fmt: skip
    if dry_run:
        with rolled_back(store.engine) as conn:
            admit(conn, store, entry)
        return ""
    with transaction(store.engine) as conn:
        if offered.mark is not None:
            hold(conn, f"key:{offered.mark}")
            before = taken_before(conn, offered.mark)
            if before is not None:
                return before
        project = admit(conn, store, entry)
        if offered.mark is not None:
            remember(conn, offered.mark, _TAKEN, {"project": project}, at)
    return project


def taken_before(conn: Connection, mark: str) -> str | None:
    """The project that was taken in under this mark, if one was."""
    answer = answered(conn, mark, _TAKEN)
    return None if answer is None else str(answer["project"])


def _filed(store: Store, offered: Offered, dry_run: bool) -> tuple[tuple[str, Filed], ...]:
    filed = file_all(store, offered.application.materials, dry_run=dry_run)
    if offered.form is None:
        return filed
    part = extract_of(offered.application) if offered.shared else None
    return (*filed, file_form(store, offered.form, part, dry_run=dry_run))
