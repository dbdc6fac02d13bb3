"""The daily sweep: what is due up to a day and not yet spoken of, in chunks of one transaction each.

The database knows what is due (`duty.next_on`); a missed night is caught up by the next sweep, and
a second sweep of a day finds nothing. What is said of each duty is in `lifecycle.reminding`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select, update

from lifecycle.calendar_years import calendar_of, missing_next_year
from lifecycle.cases import DUTY, PROJECT
from lifecycle.database import reading, transaction
from lifecycle.gate import STORE, is_rehearsal, refuse_future, store_facts
from lifecycle.people import Actor
from lifecycle.recounting import finish_recounts
from lifecycle.reminding import LIVE, STANDING, Said, say
from lifecycle.replanning import SYSTEM, open_windows
from lifecycle.requests import Swept
from lifecycle.stamp import Stamp
from lifecycle.store import Store

CHUNK = 500
OPENED_AT_ONCE = 100


def sweep(store: Store, on: date, at: datetime, *, past: bool = False) -> Swept:
    """Remind, escalate, mark overdue and catch up to `on`. Counts what this run did; a repeat counts nothing.

    `past`: also speak of what was past due when it was entered, and has not been spoken of since.
    """
    with reading(store.engine) as conn:
        refuse_future(conn, on, at)
    recounted = finish_recounts(store, on, at)
    with reading(store.engine) as conn:
        hint = missing_next_year(calendar_of(conn, store.calendar).published, on)
        swept_on = store_facts(conn).swept_on
    _open(store, on, at)
    with reading(store.engine) as conn:
        opened = _opened_between(conn, swept_on, on)
        stamp = _stamp(conn, store, on, at)
    total = _Total()
    while total.chunk(store, stamp, DUTY.c.next_on <= on):
        pass
    if past:
        while total.chunk(store, stamp, _UNSAID, past=True):
            pass
    with transaction(store.engine) as conn:
        if swept_on is None or on > swept_on:
            conn.execute(update(STORE).values(swept_on=on))
    said = total.said
    return Swept(
        on, opened, said.reminded, said.overdue, tuple(said.keys), len(recounted.moved), hint,
        said.escalated, said.unsaid,
    )  # fmt: skip


_UNSAID = and_(DUTY.c.reminded_on.is_(None), DUTY.c.entered_on > DUTY.c.due)
"""Duties that were past due when they were entered, and of which nothing was said."""


@dataclass(slots=True)
class _Total:
    """What the chunks of one sweep did, and how far the second pass has come."""

    said: Said = field(default_factory=Said)
    last: int = 0

    def chunk(self, store: Store, stamp: Stamp, wanted: ColumnElement[bool], *, past: bool = False) -> bool:
        """One transaction's worth of the duties that are wanted. False when there is none left."""
        with transaction(store.engine) as conn:
            found = _next(conn, wanted, self.last if past else None)
            if not found:
                return False
            _lock(conn, [project for _, project in found])
            own = DUTY.c.id.in_([duty for duty, _ in found])
            self.said.add(say(conn, store, stamp, and_(own, wanted), past=past))
            self.last = max(self.last, *(duty for duty, _ in found))
        return True


def _stamp(conn: Connection, store: Store, on: date, at: datetime) -> Stamp:
    routes = store.settings.routes
    return Stamp(Actor(SYSTEM, {}, None), at, on, rehearsal=is_rehearsal(conn), routes=routes)


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


def _next(conn: Connection, wanted: ColumnElement[bool], after: int | None) -> list[tuple[int, str]]:
    """The next duties to look at with their projects: by day, or by id where they have no day."""
    d = DUTY.c
    query = select(d.id, d.project_id).where(d.status.in_(LIVE), STANDING, wanted).limit(CHUNK)
    query = query.order_by(d.next_on, d.id) if after is None else query.where(d.id > after).order_by(d.id)
    return [(row.id, row.project_id) for row in conn.execute(query)]


def _lock(conn: Connection, projects: Sequence[str]) -> None:
    """Lock projects, in one order: steps on them wait, and are seen."""
    if conn.dialect.name == "sqlite":
        return  # a writer has the whole store to itself
    query = select(PROJECT.c.id).where(PROJECT.c.id.in_(set(projects))).order_by(PROJECT.c.id)
    conn.execute(query.with_for_update(key_share=True)).all()
