"""What a feed of deadlines tells of each duty: its public date, how it was counted, on which clause it rests.

No title, name or contact of a person, no reason that somebody typed, and never an internal grace: a feed
lies in calendars outside the office. How it is written is `notifications.ical`. Reads only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, select

from lifecycle.agenda import Agenda, Wanted
from lifecycle.cases import DUTY, PROJECT, UNIT, as_duty, programme_of
from lifecycle.gate import store_facts
from lifecycle.people import Actor
from lifecycle.store import Store
from states.decision import Duty
from states.duty import Move
from states.grounds import duty_ground
from states.names import DutyStatus, Role
from states.specs import DutySpec

MOST: Final = 2_000
"""Owed duties in one feed; those left out are the least urgent, and their number is told."""
KEPT: Final = timedelta(days=180)
"""How long a duty stays in a feed after its date when it is no longer owed, for calendars to learn of it."""
ALARMED: Final = 7
"""Alarms are set for the days of the reminder plan from a week before on; earlier ones belong to the mail."""
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One duty as a feed tells it."""

    uid: str
    due: date
    status: DutyStatus
    live: bool
    provisional: bool
    suggested: bool
    label: str
    period: str
    unit: str
    project: str
    programme: str
    owed_by: str
    steps: tuple[str, ...]
    moves: tuple[Move, ...]
    ground: str | None
    phone: str | None
    met_on: date | None
    alarms: tuple[int, ...]
    """Days before the due date."""
    sequence: int
    revised: date


@dataclass(frozen=True, slots=True)
class Feed:
    """A whole feed, ready to be written."""

    name: str
    entries: tuple[Entry, ...]
    left_out: int
    rehearsal: bool


def read_feed(conn: Connection, store: Store, reader: Actor, on: date, wanted: Wanted, name: str) -> Feed:
    """The duties that a reader may see, by urgency, and those closed lately. Internal dates are left out."""
    agenda = Agenda(conn, store, reader, on, wanted)
    facts = store_facts(conn)
    owed, total = agenda.ids(MOST), sum(agenda.counts().values())
    plain = wanted.status is None and not wanted.overdue and wanted.within is None
    ids = owed + (agenda.closed_ids(on - KEPT, MOST) if plain else [])
    rows: dict[int, RowMapping] = {}
    for chunk in (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK)):
        rows |= {row["id"]: row for row in conn.execute(_rows(chunk)).mappings()}
    entries = tuple(_entry(conn, store, rows[number], facts.store_id) for number in ids)
    return Feed(name, entries, total - len(owed), facts.rehearsal)


def _rows(ids: list[int]) -> Any:
    p = PROJECT.c
    return (
        select(DUTY, p.programme, p.pack_digest, p.version, p.last_on, UNIT.c.name.label("unit_name"))
        .join(PROJECT, p.id == DUTY.c.project_id)
        .join(UNIT, UNIT.c.id == p.unit_id)
        .where(DUTY.c.id.in_(ids))
    )


def _entry(conn: Connection, store: Store, row: RowMapping, store_id: str) -> Entry:
    duty, programme = as_duty(row), programme_of(conn, store, row)
    occurrence = f".{duty.occurrence}" if duty.occurrence else ""
    return Entry(
        uid=f"{row['project_id']}.{duty.slug}{occurrence}@{store_id}",
        due=duty.due,
        status=duty.status,
        live=duty.live,
        provisional=duty.provisional,
        suggested=duty.suggested,
        label=duty.label,
        period=duty.occurrence,
        unit=row["unit_name"],
        project=row["project_id"],
        programme=programme.title,
        owed_by=Role(duty.owed_by).label,
        steps=duty.steps,
        moves=duty.moves,
        ground=duty_ground(duty.slug, duty.rule, programme, duty.due).cited,
        phone=programme.phone,
        met_on=duty.met_on,
        alarms=_alarms(duty, programme.duties.get(duty.slug)),
        # Every step on a project raises its version, and moves are only ever added: this never falls.
        sequence=row["version"] + len(duty.moves),
        revised=row["last_on"],
    )


def _alarms(duty: Duty, spec: DutySpec | None) -> tuple[int, ...]:
    """The last days of the reminder plan, counted from the due date; none for what is late or closed."""
    if spec is None or not duty.live or duty.status is DutyStatus.OVERDUE:
        return ()
    sooner = (duty.due - duty.soft_due).days
    return tuple(sorted({days + sooner for days in spec.before if days <= ALARMED}, reverse=True))
