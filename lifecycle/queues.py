"""How far behind each line of work is, counted in the database. Reads only; what is too long is not said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, func, select

from lifecycle.campaign_plan import Campaign, CampaignStatus
from lifecycle.campaign_rows import listed
from lifecycle.ledger import NOTICE, STORE
from lifecycle.outbox import COMMAND, FAILED, Backlog, backlog
from states.names import NoticeStatus

SHOWN: Final = 20
"""Campaigns and faults that are shown one by one."""
_AT_WORK: Final = (CampaignStatus.CONFIRMED, CampaignStatus.RUNNING)
_OPEN: Final = (
    NoticeStatus.HELD, NoticeStatus.PENDING, NoticeStatus.SENDING, NoticeStatus.FAILED, NoticeStatus.DEAD
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A command whose flow run was given up, with the last fault."""

    id: str
    summary: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Queues:
    """The lines of work of one store."""

    commands: Backlog
    given_up: tuple[GivenUp, ...]
    campaigns: tuple[Campaign, ...]
    notices: dict[str, int]
    """Counts by status, of what is not sent and not cancelled."""
    oldest_notice: date | None
    """The day of the oldest that could be on its way already."""
    swept_on: date | None
    created_at: datetime
    rehearsal: bool

    def as_json(self) -> dict[str, Any]:
        """The keys that a script reads."""
        line = self.commands
        given_up = [{"id": one.id, "summary": one.summary, "error": one.error} for one in self.given_up]
        return {
            "commands": {
                "pending": line.pending,
                "running": line.running,
                "failed": line.failed,
                "oldest": line.oldest.isoformat() if line.oldest else None,
                "given_up": given_up,
            },
            "campaigns": [
                {
                    "id": one.id,
                    "title": one.title,
                    "status": one.status.value,
                    "total": one.total,
                    "done": one.done,
                    "refused": one.refused,
                }
                for one in self.campaigns
            ],
            "notices": {
                **self.notices,
                "oldest": self.oldest_notice.isoformat() if self.oldest_notice else None,
            },
            "sweep": {"swept_on": self.swept_on.isoformat() if self.swept_on else None},
        }


def queues_of(conn: Connection) -> Queues:
    """The lines as they are now."""
    n, c = NOTICE.c, COMMAND.c
    waiting = [status.value for status in _OPEN]
    counted = select(n.status, func.count()).where(n.status.in_(waiting)).group_by(n.status)
    counts = dict.fromkeys(waiting, 0) | {row[0]: row[1] for row in conn.execute(counted)}
    leaving = [NoticeStatus.PENDING.value, NoticeStatus.FAILED.value]
    oldest = conn.execute(select(func.min(n.created_on)).where(n.status.in_(leaving))).scalar_one()
    broken = select(c.id, c.summary, c.error).where(c.status == FAILED).order_by(c.created_at).limit(SHOWN)
    store = conn.execute(select(STORE.c.swept_on, STORE.c.created_at, STORE.c.rehearsal)).one()
    return Queues(
        commands=backlog(conn),
        given_up=tuple(GivenUp(row.id, row.summary, row.error) for row in conn.execute(broken)),
        campaigns=tuple(one for one in listed(conn, SHOWN) if one.status in _AT_WORK),
        notices=counts,
        oldest_notice=oldest,
        swept_on=store.swept_on,
        created_at=store.created_at,
        rehearsal=bool(store.rehearsal),
    )
