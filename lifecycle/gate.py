"""Who may write what on which day: business dates, unit scope, capacity. Checks only, writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Table, bindparam, select

from lifecycle.models import GrantRow, PersonRow, StoreRow
from lifecycle.people import UNIT_ROLES, Actor
from lifecycle.stamp import CHINA
from states.decision import Case, Unit
from states.errors import ForbiddenFault, RefusedFault
from states.names import Action, Role
from states.tables import LIFECYCLES

STORE: Table = StoreRow.__table__  # type: ignore[attr-defined]
GRANT: Table = GrantRow.__table__  # type: ignore[attr-defined]
PERSON: Table = PersonRow.__table__  # type: ignore[attr-defined]

_ROLES_OF = (
    select(GRANT.c.role)
    .join(PERSON, PERSON.c.id == GRANT.c.person_id)
    .where(PERSON.c.login == bindparam("login"))
)
_STORE = select(STORE.c.store_id, STORE.c.rehearsal, STORE.c.swept_on)
BACKDATERS = frozenset({Role.CLERK, Role.PROV_ASSOCIATION})
OTHER_UNIT = "该项目属于其他单位，您只能办理本单位（设区市科协为所辖县）的项目"

_PRACTICE: WeakKeyDictionary[Engine, bool] = WeakKeyDictionary()


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


def is_rehearsal(conn: Connection) -> bool:
    """Whether this is a practice store; what a store is never changes, so each engine is asked once."""
    known = _PRACTICE.get(conn.engine)
    if known is None:
        known = _PRACTICE[conn.engine] = store_facts(conn).rehearsal
    return known


def today(at: datetime) -> date:
    """The business day of a moment, in Asia/Shanghai."""
    return at.astimezone(CHINA).date()


def refuse_future(conn: Connection, on: date, at: datetime) -> bool:
    """Refuse a day that a real store has not reached yet; False in a practice store, whose clock `on` is."""
    if is_rehearsal(conn):
        return False
    if on > today(at):
        raise RefusedFault(
            f"业务日期 {on.isoformat()} 在将来，正式库不接受（演练请用 init --rehearsal 建演练库）"
        )
    return True


def was_before(conn: Connection, on: date, at: datetime) -> bool:
    """Whether an entry of that day is made later than it happened, in a real store."""
    return on < today(at) and not is_rehearsal(conn)


def check_day(
    conn: Connection, on: date, at: datetime, roles: frozenset[Role], reason: str | None, last_on: date | None
) -> bool:
    """Whether the entry is backdated (补录); refuses days that the record may not have.

    In a practice store any day that is not before the last entry will do. In a real one no day of
    the future, and a day before today only for a clerk or the association, with a reason.
    """
    if last_on is not None and on < last_on:
        raise RefusedFault(f"业务日期 {on.isoformat()} 早于该项目最近一次记录 {last_on.isoformat()}")
    if not refuse_future(conn, on, at) or on == today(at):
        return False
    if not roles & BACKDATERS:
        raise ForbiddenFault("补录以前日期的事项须由经办人员或省科协办理")
    if not reason:
        raise RefusedFault("补录以前日期的事项须用 --reason 写明原因")
    return True


def roles_for(actor: Actor, province: str, unit: Unit) -> frozenset[Role]:
    """The actor's roles in a province: a unit's for the own unit, a city's for its counties (R-ROLE-27)."""
    roles = actor.roles_in(province)
    if unit.id not in actor.below:
        roles -= {Role.CITY_KX_REVIEWER}
    return roles if actor.unit_id is not None and actor.unit_id == unit.id else roles - UNIT_ROLES


def delegate_of(conn: Connection, actor: Actor) -> str | None:
    """Who acts for another by delegation. The administrator at the desk is nobody's delegate (decided so
    for the embedded store); his name stands in the history all the same.
    """
    if actor.stood_in_by is None:
        return None
    held = conn.execute(_ROLES_OF, {"login": actor.stood_in_by}).scalars().all()
    return None if Role.ADMIN in held else actor.stood_in_by


def foreign_unit(actor: Actor, province: str, case: Case, action: Action) -> bool:
    """Whether only the unit stands in the way: a role that would do is held, but for another unit or none."""
    rows = LIFECYCLES[case.lifecycle].index.get((case.state, action), ())
    asked = {role for row in rows for role in row.roles}
    held = actor.roles_in(province) & asked
    return bool(held & (UNIT_ROLES | {Role.CITY_KX_REVIEWER})) and not held & roles_for(
        actor, province, case.unit
    )
