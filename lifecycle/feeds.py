"""The feeds that calendar programs subscribe to: made for one unit or for all, and revoked.

Who holds the address of a feed reads it, so the address carries a token of 256 random bits. It is told
once, to whoever made the feed; only its SHA-256 is kept. What a feed contains is `lifecycle.feed_entries`.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, insert, select, update

from lifecycle.cases import UNIT
from lifecycle.models import FeedRow
from lifecycle.people import Actor
from states.decision import Unit
from states.errors import ForbiddenFault, NotFoundFault, UsageFault
from states.names import Role

FEED: Final[Table] = FeedRow.__table__  # type: ignore[attr-defined]
LONGEST: Final = 60
MAKERS: Final = frozenset(
    {Role.PROV_ASSOCIATION, Role.ACADEMIC_DEPARTMENT, Role.SERVICE_CENTRE, Role.CLERK, Role.ADMIN}
)
"""Who makes and revokes feeds of any unit, and of all; people of a unit do so for their own."""

_feed = FEED.c
_FEEDS = select(FEED, UNIT.c.name.label("unit")).outerjoin(UNIT, UNIT.c.id == _feed.unit_id)


@dataclass(frozen=True, slots=True)
class KnownFeed:
    """A feed as it is listed."""

    id: int
    name: str
    unit: str | None
    unit_id: int | None
    created_by: str
    created_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None

    def as_json(self) -> dict[str, Any]:
        """Plain values for any door."""
        return {
            "feed": self.id,
            "name": self.name,
            "unit": self.unit,
            "created_by": self.created_by,
            "created_at": self.created_at.isoformat(),
            "revoked_by": self.revoked_by,
            "revoked_at": self.revoked_at.isoformat() if self.revoked_at else None,
        }


def add_feed(
    conn: Connection, actor: Actor, unit: Unit | None, name: str | None, at: datetime
) -> tuple[KnownFeed, str]:
    """Make a feed of a unit, or of all; returns it with its token, which is told this once."""
    _require(actor, None if unit is None else unit.id)
    called = (name or (unit.name if unit else "全部单位")).strip()
    if not called or len(called) > LONGEST or not called.isprintable():
        raise UsageFault(f"--name 的值“{called}”无效，应为 1 至 {LONGEST} 个字。")
    token = secrets.token_urlsafe(32)
    made = conn.execute(
        insert(FEED)
        .values(
            name=called,
            unit_id=unit.id if unit else None,
            token_sha256=_digest(token),
            created_by=actor.login,
            created_at=at,
        )
        .returning(_feed.id)
    ).scalar_one()
    return _known(conn.execute(_FEEDS.where(_feed.id == made)).one()), token


def list_feeds(conn: Connection, reader: Actor) -> list[KnownFeed]:
    """The feeds that a reader is shown: those of his unit, or all."""
    query = _FEEDS.order_by(_feed.id)
    if not reader.sees_all:
        query = query.where(_feed.unit_id.is_not(None), _feed.unit_id == reader.own_unit)
    return [_known(row) for row in conn.execute(query)]


def revoke_feed(conn: Connection, actor: Actor, number: int, at: datetime) -> KnownFeed:
    """End a feed for good. Revoking it again changes nothing."""
    actor.require_hand()
    row = conn.execute(_FEEDS.where(_feed.id == number)).first()
    if row is None:
        raise NotFoundFault(f"没有编号为 {number} 的日历订阅；现有的见 lifecycle feeds list。")
    _require(actor, row.unit_id)
    if row.revoked_at is None:
        values = {"revoked_by": actor.login, "revoked_at": at}
        conn.execute(update(FEED).where(_feed.id == number, _feed.revoked_at.is_(None)).values(**values))
        row = conn.execute(_FEEDS.where(_feed.id == number)).one()
    return _known(row)


def find_feed(conn: Connection, token: str) -> KnownFeed | None:
    """The feed of a token, or None where there is none or it was revoked."""
    digest = _digest(token)
    for row in conn.execute(_FEEDS.where(_feed.token_sha256 == digest, _feed.revoked_at.is_(None))):
        if hmac.compare_digest(row.token_sha256, digest):
            return _known(row)
    return None


def _require(actor: Actor, unit_id: int | None) -> None:
    """Raise ForbiddenFault unless the actor may make or end feeds of a unit, or of all (None)."""
    actor.require_hand()
    held = frozenset().union(*actor.roles.values())
    if held & MAKERS or (unit_id is not None and actor.own_unit == unit_id):
        return
    if actor.own_unit is None:
        raise ForbiddenFault(f"日历订阅须由办公机构办理；{actor.login} 没有这些角色。")
    raise ForbiddenFault(f"{actor.login} 只能办理本单位的日历订阅（--unit 写明本单位）。")


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _known(row: Row[Any]) -> KnownFeed:
    return KnownFeed(
        row.id,
        row.name,
        row.unit,
        row.unit_id,
        row.created_by,
        row.created_at,
        row.revoked_by,
        row.revoked_at,
    )
