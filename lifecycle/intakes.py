"""Files of applications out of a folder, each taken in once, with a record of what became of it.

A file is known by its bytes, an application by its row in them: read again, copied, renamed, or continued
after a kill, it adds nothing. What was refused is tried again, since a call may have been opened meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, insert, select

from lifecycle.bundle import Bundle, How
from lifecycle.database import transaction
from lifecycle.inbox import Found, Left, read_whole
from lifecycle.locks import hold
from lifecycle.models import IntakeFileRow
from lifecycle.people import Actor
from lifecycle.service import Service
from states.errors import LifecycleError

INTAKE_FILE: Final[Table] = IntakeFileRow.__table__  # type: ignore[attr-defined]
LABELS: Final = {"taken": "全部受理", "partly": "部分受理", "refused": "未受理"}


@dataclass(frozen=True, slots=True)
class FileTaken:
    """What became of one file. Accepted: project, title, source, before; refused: source, title, reasons."""

    name: str
    sha256: str
    status: str
    accepted: tuple[dict[str, Any], ...] = field(default=())
    refused: tuple[dict[str, Any], ...] = field(default=())

    @property
    def added(self) -> int:
        """How many applications are new by this time."""
        return sum(not one["before"] for one in self.accepted)

    @property
    def before(self) -> int:
        """How many applications were taken in at an earlier time."""
        return len(self.accepted) - self.added

    def as_json(self) -> dict[str, Any]:
        """Plain values for any door."""
        return {
            "file": self.name,
            "sha256": self.sha256,
            "status": self.status,
            "accepted": list(self.accepted),
            "refused": list(self.refused),
        }


def take_file(
    service: Service,
    actor: Actor,
    file: Found,
    on: date,
    at: Callable[[], datetime],
    reason: str | None = None,
) -> FileTaken | Left:
    """Take in what a file holds; one that changes meanwhile is left. Raises where the store is at fault."""
    actor.require_hand()
    data = read_whole(file)
    if isinstance(data, Left):
        return data
    bundle = Bundle(service, actor, How(on, reason, once=True))
    bundle.add(str(file.path), data)
    bundle.take()
    if bundle.grave is not None:
        raise bundle.grave
    taken = _told(file, sha256(data).hexdigest(), bundle)
    row = {
        "sha256": taken.sha256, "name": file.name, "folder": str(file.folder), "status": taken.status,
        "actor": actor.login, "on": on, "at": at(),
        "accepted": [{**one, "before": False} for one in taken.accepted], "refused": list(taken.refused),
    }  # fmt: skip
    with transaction(service.store.engine) as conn:
        hold(conn, f"intake:{taken.sha256}")
        conn.execute(delete(INTAKE_FILE).where(INTAKE_FILE.c.sha256 == taken.sha256))
        conn.execute(insert(INTAKE_FILE), row)
    return taken


def files_taken(conn: Connection, limit: int) -> list[dict[str, Any]]:
    """The files that were taken in last, newest first."""
    found = conn.execute(
        select(INTAKE_FILE).order_by(INTAKE_FILE.c.at.desc(), INTAKE_FILE.c.name).limit(limit)
    )
    return [
        {
            "file": row.name,
            "folder": row.folder,
            "sha256": row.sha256,
            "status": row.status,
            "status_label": LABELS[row.status],
            "actor": row.actor,
            "on": row.on.isoformat(),
            "at": row.at.isoformat(),
            "accepted": [{key: one[key] for key in ("project", "title", "source")} for one in row.accepted],
            "refused": row.refused,
        }
        for row in found
    ]


def _told(file: Found, digest: str, bundle: Bundle) -> FileTaken:
    accepted = tuple(
        {
            "project": one.project,
            "title": one.application.title,
            "source": one.application.source,
            "before": one.before,
        }
        for one in bundle.taken
    )
    refused = tuple(
        {
            "source": file.name if one.source == str(file.path) else one.source,
            "title": one.title,
            "code": one.fault.code,
            "reasons": _reasons(one.fault),
        }
        for one in bundle.refused
    )
    status = "taken" if not refused else "partly" if accepted else "refused"
    return FileTaken(file.name, digest, status, accepted, refused)


def _reasons(fault: LifecycleError) -> list[dict[str, Any]]:
    if not fault.reasons:
        return [{"rule": None, "message": fault.message}]
    return [{"rule": one.rule, "message": one.message} for one in fault.reasons]
