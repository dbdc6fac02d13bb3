"""The ledger of warnings: what is wrong with the running of the system, since when, and who was told.

The moment since when lies here, so that a daemon that was started anew does not begin to count again. Every
function works inside the caller's transaction and never commits. What counts as wrong is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Insert, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from lifecycle.addresses import staff_addresses
from lifecycle.ledger import NOTICE
from lifecycle.models import Base
from lifecycle.routes import ChannelName, Routes, channels_of
from lifecycle.stamp import CHINA
from states.errors import NotFoundFault
from states.names import NoticeStatus, Role
from states.notices import notice_key

WARNING = Base.metadata.tables["warning"]
STORE = Base.metadata.tables["store"]
KIND = "warning"
"""The kind of the notices by which administrators are told."""
_W = WARNING.c


@dataclass(frozen=True, slots=True)
class Trouble:
    """What somebody saw: a condition, of what, and how it is told. Chinese, without personal data."""

    condition: str
    subject: str
    sentence: str
    meaning: str = ""
    advice: tuple[str, ...] = ()
    link: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    def details(self) -> dict[str, Any]:
        """What the row keeps."""
        return {"meaning": self.meaning, "advice": list(self.advice), "link": self.link, **self.more}


@dataclass(frozen=True, slots=True)
class Warned:
    """One row; a frozen copy."""

    id: int
    key: str
    condition: str
    subject: str
    sentence: str
    details: dict[str, Any]
    since: datetime
    told_at: datetime | None
    ended_at: datetime | None

    def as_json(self) -> dict[str, Any]:
        """The keys that a script reads."""
        return {
            "id": self.id,
            "condition": self.condition,
            "subject": self.subject,
            "sentence": self.sentence,
            **{name: self.details.get(name) for name in ("meaning", "advice", "link")},
            "since": self.since.isoformat(),
            "told_at": self.told_at.isoformat() if self.told_at else None,
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
        }


def begin(conn: Connection, trouble: Trouble, since: datetime, key: str | None = None) -> bool:
    """Write down that something is wrong. False where that is known: it lasts, or the key was there before.

    An occurrence with a key of its own is kept as one that is over where the same lasts already.
    """
    row = {
        "key": key or f"{trouble.condition}:{trouble.subject}:{since.isoformat()}",
        "condition": trouble.condition,
        "subject": trouble.subject,
        "sentence": trouble.sentence,
        "details": trouble.details(),
        "since": since,
    }
    made = _insert(conn).on_conflict_do_nothing().returning(_W.id)
    if conn.execute(made.values(row)).first() is not None:
        return True
    if key is not None:
        conn.execute(made.values({**row, "ended_at": since}))
    return False


def tell(conn: Connection, trouble: Trouble, at: datetime, routes: Routes) -> tuple[str, ...] | None:
    """Tell of what lasts, in the words of now, once. The keys of the notices; None where it was told."""
    told = update(WARNING).where(_is(trouble.condition, trouble.subject), _W.told_at.is_(None))
    changed = told.values(told_at=at, sentence=trouble.sentence, details=trouble.details())
    number = conn.execute(changed.returning(_W.id)).scalar_one_or_none()
    return None if number is None else _write(conn, number, trouble, at, routes)


def end(
    conn: Connection, condition: str, subject: str, at: datetime, routes: Routes = (),
    told: Trouble | None = None,
) -> Warned | None:  # fmt: skip
    """Write down that it is over; `told` is said where its beginning was. None where nothing lasted."""
    over = update(WARNING).where(_is(condition, subject)).values(ended_at=at).returning(*WARNING.c)
    row = conn.execute(over).first()
    if row is None:
        return None
    warned = _warned(row)
    if told is not None and warned.told_at is not None:
        _write(conn, warned.id, told, at, routes, "end")
    return warned


def close(conn: Connection, number: int, at: datetime) -> Warned:
    """A person has seen to it. Raises NotFoundFault for a number that is not open."""
    over = update(WARNING).where(_W.id == number, _W.ended_at.is_(None)).values(ended_at=at)
    row = conn.execute(over.returning(*WARNING.c)).first()
    if row is None:
        raise NotFoundFault(f"没有编号为 {number} 的未了告警。")
    return _warned(row)


def lasting(conn: Connection) -> list[Warned]:
    """What is not over, oldest first, told or not."""
    found = select(WARNING).where(_W.ended_at.is_(None)).order_by(_W.since, _W.id)
    return [_warned(row) for row in conn.execute(found)]


def known(conn: Connection, keys: list[str]) -> set[str]:
    """Which of these keys are written down already."""
    return set(conn.execute(select(_W.key).where(_W.key.in_(keys))).scalars()) if keys else set()


def told_since(conn: Connection, condition: str, moment: datetime) -> int:
    """How many warnings of a condition were told since a moment."""
    counted = select(func.count()).where(_W.condition == condition, _W.told_at >= moment)
    return int(conn.execute(counted).scalar_one())


def _write(
    conn: Connection, number: int, trouble: Trouble, at: datetime, routes: Routes, occurrence: str = "begin"
) -> tuple[str, ...]:
    """The notices to the administrators: by mail where one has an address, by the robots of their routes."""
    channels = channels_of(routes, Role.ADMIN.value, letter=False)
    if not staff_addresses(conn, Role.ADMIN.value, None):
        channels = tuple(channel for channel in channels if channel != ChannelName.MAIL)
    rehearsal = bool(conn.execute(select(STORE.c.rehearsal)).scalar_one())
    day = at.astimezone(CHINA)
    told = {
        **trouble.details(),
        "sentence": trouble.sentence,
        "number": number,
        "at": f"{day:%Y-%m-%d %H:%M}",
        "association": "",
        "addressee": Role.ADMIN.label,
        "rehearsal": rehearsal,
    }
    rows = [
        {
            "key": notice_key(
                "system", KIND, trouble.condition, str(number), occurrence, Role.ADMIN.value, channel
            ),
            "kind": KIND,
            "letter": False,
            "receiver": Role.ADMIN.value,
            "channel": str(channel),
            "subject": trouble.sentence,
            "details": told,
            "status": NoticeStatus.PENDING.value,
            "attempts": 0,
            "created_on": day.date(),
            "anytime": True,
        }
        for channel in channels
    ]
    if rows:
        conn.execute(NOTICE.insert(), rows)
    return tuple(str(row["key"]) for row in rows)


def _is(condition: str, subject: str) -> Any:
    return (_W.condition == condition) & (_W.subject == subject) & _W.ended_at.is_(None)


def _insert(conn: Connection) -> Any:
    made: Insert = (postgres_insert if conn.dialect.name == "postgresql" else sqlite_insert)(WARNING)
    return made


def _warned(row: Any) -> Warned:
    return Warned(
        id=row.id,
        key=row.key,
        condition=row.condition,
        subject=row.subject,
        sentence=row.sentence,
        details=dict(row.details or {}),
        since=row.since,
        told_at=row.told_at,
        ended_at=row.ended_at,
    )
