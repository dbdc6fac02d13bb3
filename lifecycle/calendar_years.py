"""The years of the calendar that hold in a store: those packaged, and over them the notices imported.

Of a year the last import holds. Asked at every command that counts days, so that it knows one table by name
only and never the models. How a notice comes in is told in `lifecycle.calendar_imports`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import JSON, Connection, Date, DateTime, Engine, column, select, table

from lifecycle.calendars import YearNotice, calendar_from, notice_of, packaged_source, packaged_years
from states.calendar import Calendar

IMPORTED: Final = table(
    "calendar_import",
    *(column(name) for name in ("id", "year", "number", "digest", "file", "actor", "stood_in_by", "reason")),
    *(column(name, Date) for name in ("issued_on", "on")),
    column("at", DateTime),
    column("body", JSON),
)
REMINDED_FROM: Final = 11
"""The month from which next year's notice is asked for: it has come out in October or November of late."""

_NEWEST = select(IMPORTED.c.id, IMPORTED.c.digest).order_by(IMPORTED.c.id.desc()).limit(1)
_KNOWN: WeakKeyDictionary[Engine, tuple[tuple[int, str], Calendar]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Standing:
    """The notice of a year that holds, and where it comes from."""

    year: int
    notice: YearNotice
    number: str | None = None
    issued_on: date | None = None
    imported_by: str | None = None
    imported_at: datetime | None = None
    file: str | None = None

    @property
    def source(self) -> str:
        """Where it comes from, for people."""
        return packaged_source() if self.number is None else "国务院办公厅放假通知（已载入）"


def calendar_of(conn: Connection, base: Calendar) -> Calendar:
    """The calendar that holds in this store now: `base` as long as nothing was imported.

    Asked within a transaction that has locked a project, it is never older than what a recount of that
    project went by.
    """
    newest = conn.execute(_NEWEST).first()
    if newest is None:
        return base
    stamp = (int(newest.id), str(newest.digest))
    known = _KNOWN.get(conn.engine)
    if known is None or known[0] != stamp:
        known = _KNOWN[conn.engine] = (stamp, calendar_from(notices_of(conn)))
    return known[1]


def notices_of(conn: Connection, before: int | None = None) -> dict[int, YearNotice]:
    """The notice that holds for each year; with `before`, as it was until that import."""
    return {year: one.notice for year, one in standing_years(conn, before).items()}


def standing_years(conn: Connection | None, before: int | None = None) -> dict[int, Standing]:
    """Every published year with where it comes from, in order; without a store those packaged."""
    found = {year: Standing(year, notice) for year, notice in packaged_years().items()}
    if conn is None:
        return found
    query = select(IMPORTED).order_by(IMPORTED.c.id)
    for row in conn.execute(query if before is None else query.where(IMPORTED.c.id < before)).mappings():
        found[row["year"]] = Standing(
            row["year"], notice_of(row["body"]), row["number"], row["issued_on"], row["actor"],
            row["at"].replace(tzinfo=UTC),
            row["file"],
        )  # fmt: skip
    return dict(sorted(found.items()))


def history_of(conn: Connection, year: int) -> list[dict[str, Any]]:
    """Every import of a year, oldest first; plain values for any door."""
    rows = conn.execute(select(IMPORTED).where(IMPORTED.c.year == year).order_by(IMPORTED.c.id)).mappings()
    return [
        {
            "number": row["number"],
            "date": row["issued_on"].isoformat(),
            "digest": row["digest"],
            "file": row["file"],
            "on": row["on"].isoformat(),
            "at": row["at"].replace(tzinfo=UTC).isoformat(),
            "by": row["actor"],
            "stood_in_by": row["stood_in_by"],
            "reason": row["reason"],
        }
        for row in rows
    ]


def missing_next_year(published: frozenset[int], on: date) -> str | None:
    """What an administrator is asked to do from November on while next year's notice is not loaded."""
    if on.month < REMINDED_FROM or on.year + 1 in published:
        return None
    year = on.year + 1
    return (
        f"{year} 年放假通知尚未载入，该年的期限均为暂定；通知印发后请系统管理员载入："
        f"lifecycle calendar template {year}，填好后 lifecycle calendar import"
    )
