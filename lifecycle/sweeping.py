"""The daily sweep: what is due up to a day and not yet spoken of, in chunks of one transaction each.

The database knows what is due (`duty.next_on`); a missed night is caught up by the next sweep, and
a second sweep of a day finds nothing. Decides by `states.reminders`, never by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, select, update

from lifecycle.calendar_years import calendar_of, missing_next_year
from lifecycle.cases import DUTY, PROJECT, UNIT, as_duty, programme_of
from lifecycle.database import reading, transaction
from lifecycle.gate import STORE, is_rehearsal, refuse_future, store_facts
from lifecycle.noticing import NOTICE, notice_rows
from lifecycle.people import Actor
from lifecycle.recounting import finish_recounts
from lifecycle.replanning import SYSTEM, open_windows
from lifecycle.requests import Swept
from lifecycle.stamp import Stamp
from lifecycle.store import Store
from lifecycle.values import decode_all
from states.attention import reminded
from states.catalogue import Programme
from states.decision import Case, Duty, Unit
from states.names import DutyStatus, NoticeStatus, State
from states.notices import reminder_notice
from states.reminders import Tick, tick
from states.tables import lifecycle_of

CHUNK = 500
OPENED_AT_ONCE = 100
LIVE = tuple(str(s) for s in (DutyStatus.OPEN, DutyStatus.SUGGESTED, DutyStatus.OVERDUE))

_BY_DAY = (
    select(DUTY.c.project_id).where(DUTY.c.status.in_(LIVE)).order_by(DUTY.c.next_on, DUTY.c.id).limit(CHUNK)
)


def sweep(store: Store, on: date, at: datetime) -> Swept:
    """Remind, mark overdue and catch up to `on`. Counts what this run did; a repeat counts nothing."""
    with reading(store.engine) as conn:
        refuse_future(conn, on, at)
    recounted = finish_recounts(store, on, at)
    with reading(store.engine) as conn:
        hint = missing_next_year(calendar_of(conn, store.calendar).published, on)
        swept_on = store_facts(conn).swept_on
    _open(store, on, at)
    with reading(store.engine) as conn:
        opened = _opened_between(conn, swept_on, on)
    reminded = overdue = 0
    keys: list[str] = []
    while True:
        with transaction(store.engine) as conn:
            projects = _locked(conn, on)
            if not projects:
                break
            told, late = _chunk(conn, store, _due(conn, on, projects), on, at)
            keys += told
            reminded += len({key.rpartition(".")[0] for key in told})  # once, by however many channels
            overdue += late
    with transaction(store.engine) as conn:
        if swept_on is None or on > swept_on:
            conn.execute(update(STORE).values(swept_on=on))
    return Swept(on, opened, reminded, overdue, tuple(keys), len(recounted.moved), hint)


def _open(store: Store, on: date, at: datetime) -> None:
    """Open the windows of recurring duties that have begun, each with its own day."""
    while True:
        with transaction(store.engine) as conn:
            if open_windows(conn, store, on, at, OPENED_AT_ONCE) is None:
                return


def _opened_between(conn: Connection, after: date | None, on: date) -> int:
    conditions = [DUTY.c.opened_on <= on]
    if after is not None:
        conditions.append(DUTY.c.opened_on > after)
    return int(conn.execute(select(func.count()).select_from(DUTY).where(*conditions)).scalar_one())


def _locked(conn: Connection, on: date) -> Sequence[str]:
    """The projects of the next duties to look at, locked in one order: steps on them wait, and are seen."""
    due = _BY_DAY.where(DUTY.c.next_on <= on).subquery()
    query = select(PROJECT.c.id).where(PROJECT.c.id.in_(select(due.c.project_id))).order_by(PROJECT.c.id)
    return conn.execute(query.with_for_update(key_share=True)).scalars().all()


def _due(conn: Connection, on: date, projects: Sequence[str]) -> Sequence[RowMapping]:
    p, u = PROJECT.c, UNIT.c
    query = (
        select(DUTY, p.programme, p.pack_digest, p.variant, p.title, p.state, p.version, p.year, p.contact,
               p.facts, u.id.label("unit_id"), u.name.label("unit_name"), u.kind.label("unit_kind"))
        .join(PROJECT, p.id == DUTY.c.project_id)
        .join(UNIT, u.id == p.unit_id)
        .where(DUTY.c.next_on <= on, DUTY.c.status.in_(LIVE), p.id.in_(projects))
        .order_by(DUTY.c.next_on, DUTY.c.id)
    )  # fmt: skip
    return conn.execute(query).mappings().all()


def _chunk(
    conn: Connection, store: Store, rows: Sequence[RowMapping], on: date, at: datetime
) -> tuple[list[str], int]:
    rehearsal, routes = is_rehearsal(conn), store.settings.routes
    stamp = Stamp(Actor(SYSTEM, {}, None), at, on, rehearsal=rehearsal, routes=routes)
    updates: list[dict[str, Any]] = []
    notices: list[dict[str, Any]] = []
    turned: list[str] = []
    for row in rows:
        programme = programme_of(conn, store, row)
        duty = as_duty(row)
        spec = reminded(programme, duty.slug, decode_all(row["facts"]), on)
        seen = tick(duty, spec, on, row["reminded_on"])
        updates.append(_update(row, seen, on))
        if seen.status is DutyStatus.OVERDUE and duty.status is not DutyStatus.OVERDUE:
            turned.append(row["project_id"])
        if seen.offset is not None:
            notices += _notices(row, duty, seen.offset, programme, stamp)
    _apply(conn, updates, turned)
    return _insert_new(conn, notices), len(turned)


def _update(row: RowMapping, seen: Tick, on: date) -> dict[str, Any]:
    return {
        "duty": row["id"],
        "to_status": str(seen.status),
        "to_next": seen.next_on,
        "to_reminded": on if seen.offset is not None else row["reminded_on"],
    }


def _apply(conn: Connection, updates: list[dict[str, Any]], turned: list[str]) -> None:
    if updates:
        conn.execute(
            update(DUTY)
            .where(DUTY.c.id == bindparam("duty"))
            .values(
                status=bindparam("to_status"),
                next_on=bindparam("to_next"),
                reminded_on=bindparam("to_reminded"),
            ),
            updates,
        )
    if turned:
        conn.execute(
            update(PROJECT).where(PROJECT.c.id == bindparam("project")).values(overdue=PROJECT.c.overdue + 1),
            [{"project": project} for project in turned],
        )


def _notices(
    row: RowMapping, duty: Duty, offset: int, programme: Programme, stamp: Stamp
) -> list[dict[str, Any]]:
    plan = reminder_notice(_case(row), duty, offset, programme)
    return notice_rows(row["project_id"], plan, None, {duty.key: row["id"]}, stamp)


def _case(row: RowMapping) -> Case:
    """As much of a case as a reminder speaks of."""
    return Case(
        id=row["project_id"],
        programme=row["programme"],
        lifecycle=lifecycle_of(row["variant"], False),
        state=State(row["state"]),
        version=row["version"],
        title=row["title"],
        unit=Unit(row["unit_id"], row["unit_name"], row["unit_kind"], None),
        year=row["year"],
        facts=decode_all(row["facts"]),
        materials=frozenset(),
        flags=frozenset(),
        steps=(),
        duties=(),
        contact=row["contact"] or {},
    )


def _insert_new(conn: Connection, notices: list[dict[str, Any]]) -> list[str]:
    """Insert notices whose key is new; an older reminder of the same duty not yet out is overtaken.

    A date that moved away and back gives the key that was cancelled when it moved: it is due again.
    """
    if not notices:
        return []
    n = NOTICE.c
    keys = [notice["key"] for notice in notices]
    known = {r.key: r.status for r in conn.execute(select(n.key, n.status).where(n.key.in_(keys)))}
    fresh = [notice for notice in notices if notice["key"] not in known]
    again = [notice for notice in notices if known.get(notice["key"]) == str(NoticeStatus.CANCELLED)]
    if fresh or again:
        overtaken = n.duty_id.in_([notice["duty_id"] for notice in (*fresh, *again)])
        conn.execute(_OVERTAKE.where(overtaken))
    if again:
        conn.execute(_REVIVE, [_revived(notice) for notice in again])
    if fresh:
        conn.execute(NOTICE.insert(), fresh)
    return [notice["key"] for notice in notices if notice in fresh or notice in again]


_OVERTAKE = (
    update(NOTICE)
    .where(NOTICE.c.status.in_([str(NoticeStatus.PENDING), str(NoticeStatus.FAILED)]))
    .values(status=str(NoticeStatus.CANCELLED))
)
_REVIVE = (
    update(NOTICE)
    .where(NOTICE.c.key == bindparam("of_key"))
    .values(
        subject=bindparam("new_subject"), details=bindparam("new_details"), created_on=bindparam("on"),
        status=str(NoticeStatus.PENDING), attempts=0, not_before=None, error=None, address=None,
    )
)  # fmt: skip


def _revived(notice: dict[str, Any]) -> dict[str, Any]:
    """A cancelled reminder as it is due again: from the start, with what it says now."""
    return {
        "of_key": notice["key"],
        "new_subject": notice["subject"],
        "new_details": notice["details"],
        "on": notice["created_on"],
    }
