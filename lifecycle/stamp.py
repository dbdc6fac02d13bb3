"""Who, when and with what: the part of a written entry that is not the decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lifecycle.archive import Filed
from lifecycle.one_commit import OneCommit
from lifecycle.people import Actor
from lifecycle.routes import Routes

CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Stamp:
    """The circumstances of one entry."""

    actor: Actor
    at: datetime
    on: date
    command_id: str | None = None
    reason: str | None = None
    document: str | None = None
    backdated: bool = False
    rehearsal: bool = False
    filed: tuple[tuple[str, Filed], ...] = ()
    routes: Routes = ()
    """The channels besides mail by which its notices go out."""
    commit: OneCommit | None = None
    """Set where the transaction writes more entries than this one, under one row of the ledger."""

    @property
    def entered_on(self) -> date | None:
        """The day on which an entry is made that was backdated; None for one that is made on its day."""
        return self.at.astimezone(CHINA).date() if self.backdated else None
