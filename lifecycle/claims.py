"""Claiming notices under a lease, and recording what became of each.

Every function works inside the caller's transaction and never commits. What a claim took can be
marked only by the worker whose lease still holds, so two workers never record the same notice. The
statements are built once: a delivery runs them for every notice.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Update,
    bindparam,
    exists,
    func,
    or_,
    select,
    union_all,
    update,
)

from lifecycle.ledger import NOTICE, VIEW, NoticeView, view_of
from states.names import NoticeStatus

_N = NOTICE.c
_DUE = or_(_N.not_before.is_(None), _N.not_before <= bindparam("now"))
_READY: tuple[tuple[NoticeStatus, ColumnElement[bool]], ...] = (
    (NoticeStatus.PENDING, _DUE),
    (NoticeStatus.FAILED, _DUE),
    (NoticeStatus.SENDING, _N.lease_until < bindparam("now")),  # the lease of a killed worker ran out
)
"""What makes a notice ready, by its status: each is one walk along the index of status and id."""
_UNFINISHED = tuple(status for status, _ in _READY)
_BEFORE = NOTICE.alias("before")
_FIRST = or_(
    _N.digest.is_(None),
    _N.digest == _N.key,
    ~exists().where(
        _BEFORE.c.digest == _N.digest,
        _BEFORE.c.id < _N.id,
        _BEFORE.c.status.in_([status.value for status in _UNFINISHED]),
    ),
)
"""Of the notices that go out in one message the first stands for all: they are taken and tried together."""


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

    Those of the channels in `without` are left alone. One statement takes and marks them: on PostgreSQL
    rows that another worker is taking are passed over, on SQLite writers queue.
    """
    values = {
        "now": now,
        "most": limit,
        "without": list(without),
        "by_worker": worker,
        "until": now + timedelta(seconds=lease_seconds),
    }
    taken = conn.execute(_CLAIM, values).scalars().all()
    return [view_of(row) for row in conn.execute(_CLAIMED, {"taken": taken})] if taken else []


def claim_rest(
    conn: Connection, first: NoticeView, now: datetime, lease_seconds: float, worker: str
) -> list[NoticeView]:
    """Take all others that go out in one message with a notice that was just taken, under the same lease.

    Only the first of them can be taken by `claim`, so that no two workers share a message.
    """
    if first.digest in (None, first.key):
        return []
    values = {
        "with_key": first.key,
        "as_part_of": first.digest,
        "by_worker": worker,
        "until": now + timedelta(seconds=lease_seconds),
    }
    found = conn.execute(_CLAIM_REST, values).scalars().all()
    return [view_of(row) for row in conn.execute(_CLAIMED, {"taken": found})] if found else []


def waiting_count(conn: Connection, now: datetime) -> int:
    """How many notices could be claimed now."""
    return int(conn.execute(_WAITING, {"now": now}).scalar_one())


def mark_sent(
    conn: Connection,
    key: str,
    worker: str,
    sent_at: datetime,
    address: str | None,
    *,
    remark: str | None = None,
    answer: str | None = None,
) -> bool:
    """Record that the other side took it and what it said; `remark` keeps refusals of single recipients.

    False if the lease was lost.
    """
    values = {"sent_at": sent_at, "address": address, "error": remark, "answer": answer}
    return _mark(conn, _SENT, key, worker, **values)


def mark_failed(
    conn: Connection, key: str, worker: str, error: str, not_before: datetime, *, address: str | None = None
) -> bool:
    """Record a temporary failure; the next attempt is not before the given moment.

    `address` names the recipients that were reached all the same: the next attempt leaves them out.
    """
    return _mark(conn, _FAILED, key, worker, error=error, not_before=not_before, address=address)


def mark_dead(conn: Connection, key: str, worker: str, error: str, *, address: str | None = None) -> bool:
    """Give up: a person has to look at it and retry. `address` as in `mark_failed`."""
    return _mark(conn, _DEAD, key, worker, error=error, address=address)


def mark_cancelled(conn: Connection, key: str, worker: str, reason: str) -> bool:
    """Record that a claimed notice has lost its meaning and was not sent."""
    return _mark(conn, _CANCELLED, key, worker, error=reason)


def give_back(
    conn: Connection, key: str, worker: str, error: str, not_before: datetime | None = None
) -> bool:
    """Return a claimed notice as if it had never been taken, or to the end of the line until a moment."""
    return _mark(conn, _GIVEN_BACK, key, worker, error=error, not_before=not_before)


def put_off(conn: Connection, key: str, worker: str, until: datetime) -> bool:
    """Return a claimed notice that may not leave at this hour."""
    return _mark(conn, _PUT_OFF, key, worker, not_before=until)


def part(conn: Connection, key: str, worker: str) -> bool:
    """Return a claimed notice that no longer goes to where the others of its message go."""
    return _mark(conn, _PARTED, key, worker)


def _mark(conn: Connection, statement: Update, key: str, worker: str, **values: Any) -> bool:
    named = {f"new_{name}": value for name, value in values.items()}
    return conn.execute(statement, {"of_key": key, "by_worker": worker, **named}).rowcount == 1


def _claiming() -> Update:
    """Oldest of the oldest of each status; each arm stops after as many rows as are wanted."""
    arms = [
        select(_N.id)
        .where(
            _N.status == status.value, ready, _N.channel.not_in(bindparam("without", expanding=True)), _FIRST
        )
        .order_by(_N.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
        .subquery()
        for status, ready in _READY
    ]
    found = union_all(*(select(arm.c.id) for arm in arms)).subquery()
    chosen = select(found.c.id).order_by(found.c.id).limit(bindparam("most")).cte("chosen")
    return (
        update(NOTICE)
        .where(_N.id.in_(select(chosen.c.id)))
        .values(
            status=NoticeStatus.SENDING.value,
            attempts=_N.attempts + 1,
            lease_by=bindparam("by_worker"),
            lease_until=bindparam("until"),
        )
        .returning(_N.id)
    )


def _marking(status: NoticeStatus, *columns: str, **values: Any) -> Update:
    given: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
    return (
        update(NOTICE)
        .where(
            _N.key == bindparam("of_key"),
            _N.status == NoticeStatus.SENDING.value,
            _N.lease_by == bindparam("by_worker"),
        )
        .values(status=status.value, lease_by=None, lease_until=None, **given, **values)
    )


_CLAIM = _claiming()
_CLAIM_REST = (
    update(NOTICE)
    .where(
        _N.digest == bindparam("as_part_of"),
        _N.key != bindparam("with_key"),
        _N.status.in_([status.value for status in _UNFINISHED]),
    )
    .values(
        status=NoticeStatus.SENDING.value,
        attempts=_N.attempts + 1,
        lease_by=bindparam("by_worker"),
        lease_until=bindparam("until"),
    )
    .returning(_N.id)
)
_CLAIMED = VIEW.where(_N.id.in_(bindparam("taken", expanding=True))).order_by(_N.id)
_WAITING = (
    select(func.count())
    .select_from(NOTICE)
    .where(or_(*((_N.status == status.value) & ready for status, ready in _READY)))
)
_SENT = _marking(NoticeStatus.SENT, "sent_at", "address", "error", "answer")
_FAILED = _marking(NoticeStatus.FAILED, "error", "not_before", "address")
_DEAD = _marking(NoticeStatus.DEAD, "error", "address")
_CANCELLED = _marking(NoticeStatus.CANCELLED, "error")
_PUT_OFF = _marking(NoticeStatus.PENDING, "not_before", attempts=_N.attempts - 1)
_PARTED = _marking(NoticeStatus.PENDING, attempts=_N.attempts - 1, digest=None)
_GIVEN_BACK = _marking(NoticeStatus.PENDING, "error", "not_before", attempts=_N.attempts - 1)
