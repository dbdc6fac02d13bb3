"""Who may write what on which day: business dates, unit scope, capacity. Checks only, writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, select

from lifecycle.models import StoreRow
from lifecycle.people import Actor
from states.decision import Unit
from states.errors import ForbiddenFault, RefusedFault
from states.names import Role

STORE: Table = StoreRow.__table__  # type: ignore[attr-defined]

_STORE = select(STORE.c.store_id, STORE.c.rehearsal, STORE.c.swept_on)
CHINA = ZoneInfo("Asia/Shanghai")
UNIT_ROLES = frozenset({Role.APPLICANT, Role.UNDERTAKING_UNIT, Role.FJ_SOCIETY_UNIT})
BACKDATERS = frozenset({Role.CLERK, Role.PROV_ASSOCIATION})


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What this store is: its id, whether it is a practice store, and how far it was swept."""

    store_id: str
    rehearsal: bool
    swept_on: date | None


def store_facts(conn: Connection) -> StoreFacts:
    """Read the store's one row."""
    row = conn.execute(_STORE).one()
    return StoreFacts(row.store_id, row.rehearsal, row.swept_on)


def today(at: datetime) -> date:
    """The business day of a moment, in Asia/Shanghai."""
    return at.astimezone(CHINA).date()


def check_day(
    conn: Connection, on: date, at: datetime, roles: frozenset[Role], reason: str | None, last_on: date | None
) -> bool:
    """Whether the entry is backdated (补录); refuses days that the record may not have.

    In a practice store any day that is not before the last entry will do. In a real one no day of
    the future, and a day before today only for a clerk or the association, with a reason.
    """
    if last_on is not None and on < last_on:
        raise RefusedFault(f"业务日期 {on.isoformat()} 早于该项目最近一次记录 {last_on.isoformat()}")
    if store_facts(conn).rehearsal:
        return False
    now = today(at)
    if on > now:
        raise RefusedFault(
            f"业务日期 {on.isoformat()} 在将来，正式库不接受（演练请用 init --rehearsal 建演练库）"
        )
    if on == now:
        return False
    if not roles & BACKDATERS:
        raise ForbiddenFault("补录以前日期的事项须由经办人员或省科协办理")
    if not reason:
        raise RefusedFault("补录以前日期的事项须用 --reason 写明原因")
    return True


def roles_for(actor: Actor, province: str, unit: Unit) -> frozenset[Role]:
    """The actor's roles in a province; those of a unit count only for the actor's own unit."""
    roles = actor.roles_in(province)
    return roles if actor.unit_id is not None and actor.unit_id == unit.id else roles - UNIT_ROLES


def foreign_unit(actor: Actor, province: str, unit: Unit) -> bool:
    """Whether the actor holds a unit's role, but for another unit or none."""
    return bool(actor.roles_in(province) & UNIT_ROLES) and actor.unit_id != unit.id
