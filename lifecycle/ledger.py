"""SQL on the ledger of notices: claim under a lease, record what became of each, release, retry, list.

Every function works inside the caller's transaction and never commits. What a claim took can be
marked only by the worker whose lease still holds, so two workers never record the same notice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, update

from lifecycle.models import Base
from states.errors import NotFoundFault, RefusedFault
from states.names import NoticeStatus

NOTICE = Base.metadata.tables["notice"]
DUTY = Base.metadata.tables["duty"]
PROJECT = Base.metadata.tables["project"]
STORE = Base.metadata.tables["store"]


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice as a reader or a channel needs it; a frozen copy, never a live row."""

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
    sent_at: datetime | None
    error: str | None
    store_id: str
    rehearsal: bool

    def as_json(self) -> dict[str, Any]:
        """The notice object of the contract."""
        return {
            "key": self.key,
            "project": self.project,
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
        }


def claim(
    conn: Connection,
    now: datetime,
    lease_seconds: float,
    worker: str,
    limit: int,
    *,
    without: Collection[str] = (),
) -> list[NoticeView]:
    """Take up to `limit` notices that are ready, oldest first, under a lease of `worker`.

    Those of the channels in `without` are left alone.

    One statement takes and marks them: on PostgreSQL rows that another worker is taking are
    passed over, on SQLite writers queue. A lease that ran out (a killed worker) is taken anew.
    """
    ready = and_(_ready(now), NOTICE.c.channel.not_in(without))
    oldest = select(NOTICE.c.id).where(ready).order_by(NOTICE.c.id).limit(limit)
    chosen = oldest.with_for_update(skip_locked=True).cte("chosen")
    taken = conn.execute(
        update(NOTICE)
        .where(NOTICE.c.id.in_(select(chosen.c.id)), ready)
        .values(
            status=NoticeStatus.SENDING.value,
            attempts=NOTICE.c.attempts + 1,
            lease_by=worker,
            lease_until=now + timedelta(seconds=lease_seconds),
        )
        .returning(NOTICE.c.id)
    ).scalars()
    return _views(conn, NOTICE.c.id.in_(list(taken)))


def mark_sent(
    conn: Connection,
    key: str,
    worker: str,
    sent_at: datetime,
    address: str | None,
    *,
    remark: str | None = None,
) -> bool:
    """Record delivery; `remark` keeps refusals of single recipients. False if the lease was lost."""
    return _mark(conn, key, worker, NoticeStatus.SENT, sent_at=sent_at, address=address, error=remark)


def mark_failed(
    conn: Connection, key: str, worker: str, error: str, not_before: datetime, *, address: str | None = None
) -> bool:
    """Record a temporary failure; the next attempt is not before the given moment.

    `address` names the recipients that were reached all the same: the next attempt leaves them out.
    """
    values = {"error": error, "not_before": not_before, "address": address}
    return _mark(conn, key, worker, NoticeStatus.FAILED, **values)


def mark_dead(conn: Connection, key: str, worker: str, error: str, *, address: str | None = None) -> bool:
    """Give up: a person has to look at it and retry. `address` as in `mark_failed`."""
    return _mark(conn, key, worker, NoticeStatus.DEAD, error=error, address=address)


def mark_cancelled(conn: Connection, key: str, worker: str, reason: str) -> bool:
    """Record that a claimed notice has lost its meaning and was not sent."""
    return _mark(conn, key, worker, NoticeStatus.CANCELLED, error=reason)


def give_back(conn: Connection, key: str, worker: str, error: str) -> bool:
    """Return a claimed notice untouched, as if it had never been taken."""
    attempts = NOTICE.c.attempts - 1
    return _mark(conn, key, worker, NoticeStatus.PENDING, attempts=attempts, error=error)


def release(conn: Connection, keys: Sequence[str], by: str) -> list[NoticeView]:
    """Let held letters go (R-FORM-38 and others). Raises NotFoundFault or RefusedFault."""
    values = {"status": NoticeStatus.PENDING.value, "released_by": by}
    return _by_hand(conn, keys, (NoticeStatus.HELD,), values, "只有待签发的公文可以签发")


def retry(conn: Connection, key: str) -> NoticeView:
    """Put a failed or dead notice back in line. Raises NotFoundFault or RefusedFault."""
    values = {"status": NoticeStatus.PENDING.value, "attempts": 0, "error": None, "not_before": None}
    from_states = (NoticeStatus.FAILED, NoticeStatus.DEAD)
    return _by_hand(conn, [key], from_states, values, "只有发送失败或停止重试的通知可以重发")[0]


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


def waiting_count(conn: Connection, now: datetime) -> int:
    """How many notices could be claimed now."""
    return int(conn.execute(select(func.count()).select_from(NOTICE).where(_ready(now))).scalar_one())


def _ready(now: datetime) -> ColumnElement[bool]:
    due = or_(NOTICE.c.not_before.is_(None), NOTICE.c.not_before <= now)
    lined_up = NOTICE.c.status.in_((NoticeStatus.PENDING.value, NoticeStatus.FAILED.value))
    orphaned = and_(NOTICE.c.status == NoticeStatus.SENDING.value, NOTICE.c.lease_until < now)
    return or_(and_(lined_up, due), orphaned)


def _mark(conn: Connection, key: str, worker: str, status: NoticeStatus, **values: Any) -> bool:
    result = conn.execute(
        update(NOTICE)
        .where(
            NOTICE.c.key == key,
            NOTICE.c.status == NoticeStatus.SENDING.value,
            NOTICE.c.lease_by == worker,
        )
        .values(status=status.value, lease_by=None, lease_until=None, **values)
    )
    return result.rowcount == 1


def _by_hand(
    conn: Connection,
    keys: Sequence[str],
    allowed: tuple[NoticeStatus, ...],
    values: dict[str, Any],
    refusal: str,
) -> list[NoticeView]:
    wanted = list(dict.fromkeys(keys))
    found = {view.key: view for view in _views(conn, NOTICE.c.key.in_(wanted))}
    if missing := [key for key in wanted if key not in found]:
        raise NotFoundFault(f"没有编号为“{'”“'.join(missing)}”的通知。")
    states = tuple(status.value for status in allowed)
    changed = conn.execute(
        update(NOTICE)
        .where(NOTICE.c.key.in_(wanted), NOTICE.c.status.in_(states))
        .values(**values)
        .returning(NOTICE.c.key)
    )
    done = set(changed.scalars())
    if wrong := [key for key in wanted if key not in done]:
        listed = "；".join(f"{key}（{NoticeStatus(found[key].status).label}）" for key in wrong)
        raise RefusedFault(f"{refusal}：{listed}。")
    return _views(conn, NOTICE.c.key.in_(wanted))


def _views(conn: Connection, *wanted: ColumnElement[bool], limit: int | None = None) -> list[NoticeView]:
    store = conn.execute(select(STORE.c.store_id, STORE.c.rehearsal)).one()
    query: Select[Any] = (
        select(NOTICE, PROJECT.c.programme, DUTY.c.slug.label("duty_slug"))
        .join(PROJECT, PROJECT.c.id == NOTICE.c.project_id)
        .outerjoin(DUTY, DUTY.c.id == NOTICE.c.duty_id)
        .where(*wanted)
        .order_by(NOTICE.c.id)
        .limit(limit)
    )
    return [_view(row, store) for row in conn.execute(query)]


def _view(row: Any, store: Any) -> NoticeView:
    details = dict(row.details or {})
    return NoticeView(
        key=row.key,
        project=row.project_id,
        programme=row.programme,
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
        sent_at=row.sent_at,
        error=row.error,
        store_id=store.store_id,
        rehearsal=bool(store.rehearsal),
    )
