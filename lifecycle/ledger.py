"""The ledger of notices as people see it: list, show, release, retry.

Every function works inside the caller's transaction and never commits. Claiming and what becomes of
a notice on its way is in `lifecycle.claims`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, true, update

from lifecycle.models import Base
from states.errors import NotFoundFault, RefusedFault
from states.names import NoticeStatus

NOTICE = Base.metadata.tables["notice"]
DUTY = Base.metadata.tables["duty"]
PROJECT = Base.metadata.tables["project"]
STORE = Base.metadata.tables["store"]

VIEW: Select[Any] = (
    select(NOTICE, PROJECT.c.programme, DUTY.c.slug.label("duty_slug"), STORE.c.store_id, STORE.c.rehearsal)
    .outerjoin(PROJECT, PROJECT.c.id == NOTICE.c.project_id)
    .join(STORE, true())
    .outerjoin(DUTY, DUTY.c.id == NOTICE.c.duty_id)
)
"""A notice with what a reader needs to know of its project, its duty and the store, which is one row."""


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice as a reader or a channel needs it; a frozen copy, never a live row.

    A warning of the system itself has no project and no programme: both are empty.
    """

    key: str
    project: str
    programme: str
    duty: str | None
    duty_id: int | None
    kind: str
    letter: bool
    receiver: str
    address: str | None
    channel: str
    subject: str
    details: dict[str, Any]
    status: str
    attempts: int
    created_on: str
    released_by: str | None
    released_at: datetime | None
    letter_sha256: str | None
    sent_at: datetime | None
    error: str | None
    store_id: str
    rehearsal: bool
    answer: str | None = None
    anytime: bool = False
    """Released to leave at any hour."""
    digest: str | None = None
    """The key of the message that it goes with, where it goes with others."""

    def as_json(self) -> dict[str, Any]:
        """The notice object of the contract."""
        return {
            "key": self.key,
            "project": self.project or None,
            "duty": self.duty,
            "kind": self.kind,
            "to": self.address or self.receiver,
            "channel": self.channel,
            "subject": self.subject,
            "status": self.status,
            "attempts": self.attempts,
            "created_on": self.created_on,
            "sent_at": self.sent_at.isoformat() if self.sent_at else None,
            "error": self.error,
            "answer": self.answer,
            "digest": self.digest,
        }


def retry(conn: Connection, key: str) -> list[NoticeView]:
    """Put a failed or dead notice back in line, with those that went out and failed in one message with it.

    They stay one message: another one under the same Message-ID would be dropped. Raises NotFoundFault or
    RefusedFault.
    """
    values: dict[str, Any] = {
        "status": NoticeStatus.PENDING.value, "attempts": 0, "error": None, "not_before": None,
        "digest": func.coalesce(NOTICE.c.digest, NOTICE.c.key),
    }  # fmt: skip
    from_states = (NoticeStatus.FAILED, NoticeStatus.DEAD)
    keys = [key]
    if (digest := show_notice(conn, key).digest) is not None:
        failed = NOTICE.c.status.in_([status.value for status in from_states])
        parts = select(NOTICE.c.key).where(NOTICE.c.digest == digest, failed)
        keys += [part for part in conn.execute(parts).scalars() if part != key]
    return change_by_hand(conn, keys, from_states, values, "只有发送失败或停止重试的通知可以重发")


def list_notices(
    conn: Connection,
    *,
    status: str | None = None,
    project: str | None = None,
    kind: str | None = None,
    keys: Sequence[str] | None = None,
    limit: int | None = None,
) -> list[NoticeView]:
    """The ledger, oldest first, narrowed by what is given."""
    wanted: list[ColumnElement[bool]] = []
    if keys is not None:
        wanted.append(NOTICE.c.key.in_(list(keys)))
    for column, value in ((NOTICE.c.status, status), (NOTICE.c.project_id, project), (NOTICE.c.kind, kind)):
        if value is not None:
            wanted.append(column == value)
    return _views(conn, *wanted, limit=limit)


def show_notice(conn: Connection, key: str) -> NoticeView:
    """One notice by its key. Raises NotFoundFault."""
    found = _views(conn, NOTICE.c.key == key)
    if not found:
        raise NotFoundFault(f"没有编号为“{key}”的通知。")
    return found[0]


def in_state(
    conn: Connection, keys: Sequence[str], allowed: tuple[NoticeStatus, ...], refusal: str
) -> list[NoticeView]:
    """The notices of these keys, each in one of the allowed states. Raises NotFoundFault or RefusedFault."""
    wanted = list(dict.fromkeys(keys))
    found = {view.key: view for view in _views(conn, NOTICE.c.key.in_(wanted))}
    if missing := [key for key in wanted if key not in found]:
        raise NotFoundFault(f"没有编号为“{'”“'.join(missing)}”的通知。")
    states = tuple(status.value for status in allowed)
    if wrong := [key for key in wanted if found[key].status not in states]:
        listed = "；".join(f"{key}（{NoticeStatus(found[key].status).label}）" for key in wrong)
        raise RefusedFault(f"{refusal}：{listed}。")
    return list(found.values())


def change_by_hand(
    conn: Connection,
    keys: Sequence[str],
    allowed: tuple[NoticeStatus, ...],
    values: Mapping[str, Any],
    refusal: str,
) -> list[NoticeView]:
    """Change what is in one of the allowed states, all or none. Raises as `in_state` does."""
    in_state(conn, keys, allowed, refusal)
    wanted = list(dict.fromkeys(keys))
    states = tuple(status.value for status in allowed)
    changed = conn.execute(
        update(NOTICE).where(NOTICE.c.key.in_(wanted), NOTICE.c.status.in_(states)).values(**values)
    )
    if changed.rowcount != len(wanted):  # somebody else was quicker: say who stands where now
        in_state(conn, keys, allowed, refusal)
    return _views(conn, NOTICE.c.key.in_(wanted))


def _views(conn: Connection, *wanted: ColumnElement[bool], limit: int | None = None) -> list[NoticeView]:
    query = VIEW.where(*wanted).order_by(NOTICE.c.id).limit(limit)
    return [view_of(row) for row in conn.execute(query)]


def view_of(row: Any) -> NoticeView:
    """A row of `VIEW` as a frozen copy."""
    details = dict(row.details or {})
    return NoticeView(
        key=row.key,
        project=row.project_id or "",
        programme=row.programme or "",
        duty=row.duty_slug or details.get("duty"),
        duty_id=row.duty_id,
        kind=row.kind,
        letter=bool(row.letter),
        receiver=row.receiver,
        address=row.address,
        channel=row.channel,
        subject=row.subject,
        details=details,
        status=row.status,
        attempts=row.attempts,
        created_on=row.created_on.isoformat(),
        released_by=row.released_by,
        released_at=row.released_at,
        letter_sha256=row.letter_sha256,
        sent_at=row.sent_at,
        error=row.error,
        store_id=row.store_id,
        rehearsal=bool(row.rehearsal),
        answer=row.answer,
        anytime=bool(row.anytime),
        digest=row.digest,
    )
