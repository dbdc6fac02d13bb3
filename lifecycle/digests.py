"""Digests: which notices go out as one message, kept so that a second attempt is the same message.

Works inside the caller's transaction and never commits. Who is reached where, and how a digest reads, is
not known here; notices that belong together are handed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from lifecycle.ledger import NOTICE, VIEW, NoticeView, view_of
from states.names import NoticeStatus
from states.notices import digest_key
from states.reminding import OF_A_DUTY

_N = NOTICE.c
_LOOSE = (
    _N.digest.is_(None),
    _N.attempts == 0,  # what was tried alone stays alone: it may have arrived
    _N.status == NoticeStatus.PENDING.value,
)
_WAITING = VIEW.where(
    *_LOOSE,
    _N.kind.in_(OF_A_DUTY),
    _N.not_before.is_(None) | (_N.not_before <= bindparam("now")),
).order_by(_N.id)
_TOGETHER = (
    update(NOTICE).where(_N.key == bindparam("of_key"), *_LOOSE).values(digest=bindparam("as_part_of"))
)
_PARTS = select(_N.key).where(_N.digest == bindparam("digest")).order_by(_N.id)


def loose_reminders(conn: Connection, now: datetime) -> list[NoticeView]:
    """Reminders that could leave now and belong to no digest yet, oldest first; letters never do."""
    return [view_of(row) for row in conn.execute(_WAITING, {"now": now})]


def bind(conn: Connection, groups: Sequence[Sequence[NoticeView]]) -> None:
    """Let each group go out as one message from now on; what another worker took meanwhile is left out."""
    rows = []
    for group in groups:
        first, day = group[0], max(notice.created_on for notice in group)
        key = digest_key(day, first.receiver, first.channel, [notice.key for notice in group])
        rows += [{"of_key": notice.key, "as_part_of": key} for notice in group]
    if rows:
        conn.execute(_TOGETHER, rows)


def parts_of(conn: Connection, digest: str) -> list[str]:
    """The keys of the notices that went out as one message."""
    return list(conn.execute(_PARTS, {"digest": digest}).scalars())
