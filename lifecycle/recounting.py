"""Recounting the dates of a store after its calendar changed, in chunks of one transaction each (R-DL-37).

How far a recount has come is kept with it, so that one broken off is taken up by a repeated import or the
next sweep, and one done twice changes nothing. Which date moves is decided by `states.recount`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, extract, func, or_, select, update

from lifecycle.calendar_file import CalendarFile
from lifecycle.calendar_imports import (
    IMPORT,
    RECOUNT,
    add_import,
    judge_import,
    note_recount,
    span_of,
)
from lifecycle.calendar_years import notices_of
from lifecycle.calendars import calendar_from, packaged_years
from lifecycle.cases import DUTY, PROJECT, load_case
from lifecycle.database import reading, transaction
from lifecycle.gate import is_rehearsal
from lifecycle.locks import hold
from lifecycle.people import Actor
from lifecycle.recount_rows import write_recounted
from lifecycle.replanning import SYSTEM
from lifecycle.stamp import Stamp
from lifecycle.store import Store
from states.decision import Duty
from states.names import DutyStatus
from states.recount import Change, recount

CHUNK = 50
FIRST_PACKAGED = range(2004, 2027)
"""The years that the program has had from its first version on; later ones call for a recount."""
OWED = tuple(
    str(s) for s in (DutyStatus.OPEN, DutyStatus.SUGGESTED, DutyStatus.OVERDUE, DutyStatus.SUSPENDED)
)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Redated:
    """One duty that changed, or would: its date, or only how certain it is."""

    project: str
    before: Duty
    duty: Duty

    @property
    def moved(self) -> bool:
        """Whether its date is another one."""
        return self.duty.due != self.before.due

    @property
    def confirmed(self) -> bool:
        """Whether its date stands, and is certain from now on."""
        return not self.moved and self.before.provisional and not self.duty.provisional

    def as_json(self) -> dict[str, Any]:
        """Plain values for any door."""
        return {
            "project": self.project,
            "duty": self.duty.slug,
            "label": self.duty.label,
            "period": self.duty.occurrence or None,
            "from": self.before.due.isoformat(),
            "to": self.duty.due.isoformat(),
            "provisional": self.duty.provisional,
        }


@dataclass(frozen=True, slots=True)
class Recounted:
    """What an import did: projects looked at, dates that moved, and those now certain as they stood."""

    fresh: bool = False
    """Whether the notice was new to the store."""
    looked: int = 0
    moved: tuple[Redated, ...] = ()
    confirmed: int = 0

    def plus(self, looked: int, changes: Sequence[Redated]) -> Recounted:
        """With what some more projects gave."""
        moved = tuple(one for one in changes if one.moved)
        firm = sum(one.confirmed for one in changes)
        return replace(
            self, looked=self.looked + looked, moved=(*self.moved, *moved), confirmed=self.confirmed + firm
        )

    def as_json(self) -> dict[str, Any]:
        """The keys of the import's answer."""
        return {
            "imported": self.fresh,
            "looked": self.looked,
            "moved": [one.as_json() for one in self.moved],
            "confirmed": self.confirmed,
        }


def import_notice(
    store: Store,
    actor: Actor,
    found: CalendarFile,
    on: date,
    at: datetime,
    *,
    replacing: str | None = None,
    reason: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Recounted:
    """Keep a year's notice and recount what rests on it; with `dry_run` only tell what would move.

    The same notice again only takes up what was broken off. Raises as `judge_import`.
    """
    if dry_run:
        with reading(store.engine) as conn:
            fresh = judge_import(conn, actor, found, on, at, replacing)
            return _preview(conn, store, found, on) if fresh else Recounted()
    with transaction(store.engine) as conn:
        hold(conn, "calendar")
        fresh = judge_import(conn, actor, found, on, at, replacing)
        if fresh:
            add_import(conn, actor, found, on, at, reason)
    return replace(finish_recounts(store, on, at, progress), fresh=fresh)


def finish_recounts(store: Store, on: date, at: datetime, progress: Progress | None = None) -> Recounted:
    """Do what is left of every recount, oldest first. One small query where nothing is."""
    done = Recounted()
    left: dict[int, int] = {}
    with reading(store.engine) as conn:
        idle = not conn.execute(_unfinished().limit(1)).first() and not _new_in_the_program(conn)
    while not idle:
        with transaction(store.engine) as conn:
            _note_packaged(conn, on)
            row = conn.execute(_unfinished().limit(1).with_for_update()).mappings().first()
            if row is None:
                break
            if row["id"] not in left:
                left[row["id"]] = _left(conn, row) if progress else 0
            looked, changes = _chunk(conn, store, row, on, at)
        done = done.plus(looked, changes)
        left[row["id"]] -= looked
        if progress is not None and looked:
            progress(done.looked, max(left[row["id"]], 0))
    return done


def unfinished(conn: Connection) -> list[dict[str, Any]]:
    """Recounts that were broken off, with how many projects are left; plain values for any door."""
    return [
        {"year": row["year"], "looked": row["looked"], "moved": row["moved"], "left": _left(conn, row)}
        for row in conn.execute(_unfinished()).mappings().all()
    ]


def provisional_years(conn: Connection, published: frozenset[int]) -> dict[int, int]:
    """Duties still owed by a date that is not certain, counted by the year of that date."""
    year = extract("year", DUTY.c.due)
    query = (
        select(year, func.count())
        .where(DUTY.c.provisional, DUTY.c.status.in_(OWED), DUTY.c.closed_seq.is_(None))
        .group_by(year)
    )
    return {int(found): int(count) for found, count in conn.execute(query) if int(found) not in published}


def _unfinished() -> Select[Any]:
    return select(RECOUNT).where(RECOUNT.c.finished_at.is_(None)).order_by(RECOUNT.c.id)


def _new_in_the_program(conn: Connection) -> list[int]:
    """Years that a newer program brought and that dates were never recounted by."""
    later = [year for year in packaged_years() if year not in FIRST_PACKAGED]
    if not later:
        return []
    known = set(conn.execute(select(RECOUNT.c.year)).scalars())
    return [year for year in later if year not in known]


def _note_packaged(conn: Connection, on: date) -> None:
    for year in _new_in_the_program(conn):
        note_recount(conn, year, None, *span_of(year, packaged_years()[year]), on)


def _affected(row: RowMapping | Mapping[str, Any]) -> Select[Any]:
    """Projects beyond the cursor with a date that may rest on a day of the recount, in order."""
    d = DUTY.c
    days = (d.anchor_date, d.legal_due, d.due, d.soft_due)
    late = and_(d.status == str(DutyStatus.LATE), d.provisional)
    return (
        select(d.project_id)
        .distinct()
        .where(
            d.project_id > row["cursor"],
            or_(d.status.in_(OWED), late),
            or_(*(day <= row["last_on"] for day in days)),
            or_(*(day >= row["first_on"] for day in days)),
        )
        .order_by(d.project_id)
    )


def _left(conn: Connection, row: RowMapping) -> int:
    return int(conn.execute(select(func.count()).select_from(_affected(row).subquery())).scalar_one())


def _chunk(
    conn: Connection, store: Store, row: RowMapping, on: date, at: datetime
) -> tuple[int, list[Redated]]:
    """Look at the next projects, write what changed, and move the cursor past them."""
    ids = conn.execute(_affected(row).limit(CHUNK)).scalars().all()
    if not ids:
        conn.execute(update(RECOUNT).where(RECOUNT.c.id == row["id"]).values(finished_at=at))
        return 0, []
    query = select(PROJECT).where(PROJECT.c.id.in_(ids)).order_by(PROJECT.c.id)
    projects = conn.execute(query.with_for_update(key_share=True)).mappings().all()
    change = _change_of(conn, row, on)
    changes: list[Redated] = []
    for project in projects:
        day = max(on, project["last_on"])
        changes += _recount(conn, store, project, replace(change, on=day), at)
    moved = sum(one.moved for one in changes)
    conn.execute(
        update(RECOUNT)
        .where(RECOUNT.c.id == row["id"])
        .values(cursor=ids[-1], looked=RECOUNT.c.looked + len(ids), moved=RECOUNT.c.moved + moved)
    )
    return len(ids), changes


def _change_of(conn: Connection, row: RowMapping, on: date) -> Change:
    """The calendar as it was before the recount's notice, and as it is."""
    after = notices_of(conn)
    if row["import_id"] is None:
        before = {year: one for year, one in after.items() if year != row["year"]}
        return Change(calendar_from(before), calendar_from(after), on, f"载入 {row['year']} 年放假安排")
    told = conn.execute(select(IMPORT).where(IMPORT.c.id == row["import_id"])).mappings().one()
    return Change(
        calendar_from(notices_of(conn, before=row["import_id"])),
        calendar_from(after),
        on,
        f"载入 {row['year']} 年放假安排（{told['number']}）",
        f"{told['number']}@{told['issued_on'].isoformat()}",
    )


def _recount(
    conn: Connection, store: Store, project: RowMapping, change: Change, at: datetime
) -> list[Redated]:
    case, programme = load_case(conn, store, project)
    changed = recount(case, programme, change)
    if changed:
        stamp = Stamp(
            Actor(SYSTEM, {}, None), at, change.on, reason=change.reason, document=change.document,
            rehearsal=is_rehearsal(conn),
        )  # fmt: skip
        write_recounted(conn, project, case, changed, stamp)
    return _changes(case.id, case.duties, changed)


def _changes(project: str, before: Sequence[Duty], changed: Sequence[Duty]) -> list[Redated]:
    old = {duty.key: duty for duty in before}
    return [Redated(project, old[duty.key], duty) for duty in changed]


def _preview(conn: Connection, store: Store, found: CalendarFile, on: date) -> Recounted:
    """What an import would move, on an unchanging view and without writing."""
    before = notices_of(conn)
    after = {**before, found.year: found.notice}
    stands = [before[found.year]] if found.year in before else []
    first, last = span_of(found.year, *stands, found.notice)
    change = Change(calendar_from(before), calendar_from(after), on, "", None)
    done = Recounted(fresh=True)
    row: dict[str, Any] = {"cursor": "", "first_on": first, "last_on": last}
    while ids := conn.execute(_affected(row).limit(CHUNK)).scalars().all():
        query = select(PROJECT).where(PROJECT.c.id.in_(ids)).order_by(PROJECT.c.id)
        for project in conn.execute(query).mappings().all():
            case, programme = load_case(conn, store, project)
            changed = recount(case, programme, replace(change, on=max(on, project["last_on"])))
            done = done.plus(1, _changes(case.id, case.duties, changed))
        row["cursor"] = ids[-1]
    return done
