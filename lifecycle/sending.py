"""When a notice of a programme may leave: by the setting of the store, else by that of its pack.

A practice store keeps no hours: its clock is `--on`, and what it sends goes into a folder.
"""

from __future__ import annotations

from datetime import date, datetime

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
