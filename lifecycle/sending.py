"""When a notice of a programme may leave: by the setting of the store, else by that of its pack.

A practice store keeps no hours: its clock is `--on`, and what it sends goes into a folder.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection

from lifecycle.calendar_years import calendar_of
from lifecycle.ledger import NoticeView
from lifecycle.stamp import CHINA
from lifecycle.store import Store
from states.calendar import Calendar
from states.catalogue import Programme
from states.hours import ALL_HOURS, SendingHours, read_hours


def hours_of(store: Store, programme: Programme | None, day: date) -> SendingHours:
    """The sending hours of a programme on a day."""
    if store.settings.send_hours is not None:
        return store.settings.send_hours
    return read_hours(str(programme.setting("send_hours", day, ALL_HOURS)) if programme else ALL_HOURS)


def waits_until(
    store: Store, programme: Programme | None, now: datetime, calendar: Calendar, *, rehearsal: bool
) -> datetime | None:
    """The moment for which a notice has to wait by the store's calendar, or None where it may leave now."""
    if rehearsal:
        return None
    local = now.astimezone(CHINA)
    opening = hours_of(store, programme, local.date()).opening(local, calendar)
    return None if opening <= local else opening.astimezone(now.tzinfo)


class Openings:
    """Until when the notices of one run have to wait; each programme is asked about once."""

    def __init__(self, store: Store, now: datetime) -> None:
        self._store = store
        self._now = now
        self._known: dict[str, datetime | None] = {}

    def of(self, conn: Connection, notice: NoticeView) -> datetime | None:
        """The moment for which a notice has to wait, or None where it may leave now."""
        if notice.anytime or notice.rehearsal:
            return None
        if notice.programme not in self._known:
            programme = self._store.catalogue.programmes.get(notice.programme)
            calendar = calendar_of(conn, self._store.calendar)
            until = waits_until(self._store, programme, self._now, calendar, rehearsal=False)
            self._known[notice.programme] = until
        return self._known[notice.programme]
