"""The working-day calendar out of yearly notices: those packaged with the program, and others put over them.

A year is one notice (国务院办公厅放假通知). What a working day means is decided by `states.calendar`; which
notices a store has imported is kept in `lifecycle.calendar_imports`. It never guesses a year without notice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import states
from states.calendar import Calendar

_PACKAGED: Final = Path(states.__file__).parent / "calendars" / "china.json"
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class YearNotice:
    """The days that the notice of one year names, a few of them in the months on either side."""

    rest: Mapping[date, str]
    """Days off, weekends among them, with the festival."""
    worked: frozenset[date]
    """Weekend days that are worked (调休)."""

    def as_json(self) -> dict[str, Any]:
        """By festival, in the order of the days: the shape of the packaged file."""
        rest: dict[str, list[str]] = {}
        for day, name in sorted(self.rest.items()):
            rest.setdefault(name, []).append(day.isoformat())
        return {"rest": rest, "worked": [day.isoformat() for day in sorted(self.worked)]}

    @property
    def digest(self) -> str:
        """What the notice says as a SHA-256: two files that say the same have the same."""
        canonical = json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return sha256(canonical.encode()).hexdigest()


def notice_of(body: Mapping[str, Any]) -> YearNotice:
    """A notice from what `YearNotice.as_json` made of it."""
    rest = {date.fromisoformat(day): name for name, days in body["rest"].items() for day in days}
    return YearNotice(rest, frozenset(date.fromisoformat(day) for day in body["worked"]))


@cache
def packaged_source() -> str:
    """Where the packaged years come from."""
    return str(_packaged_file()["source"])


@cache
def packaged_years() -> Mapping[int, YearNotice]:
    """The notices that ship with the program, by year."""
    return {int(year): notice_of(body) for year, body in _packaged_file()["years"].items()}


@cache
def load_calendar() -> Calendar:
    """The calendar of the packaged years alone (R-DL-01)."""
    return calendar_from(packaged_years())


def calendar_from(years: Mapping[int, YearNotice]) -> Calendar:
    """The calendar that these notices give, by year.

    Where two notices name one day, the later year's holds: the notice of a year also arranges its New Year.
    """
    rest: dict[date, str] = {}
    worked: set[date] = set()
    for year in sorted(years):
        notice = years[year]
        rest = {day: name for day, name in rest.items() if day not in notice.worked} | dict(notice.rest)
        worked = (worked - notice.rest.keys()) | notice.worked
    return Calendar(
        holidays=frozenset(day for day in rest if day.weekday() < _SATURDAY),
        worked=frozenset(worked),
        published=frozenset(years),
        festivals=rest,
    )


def _packaged_file() -> Any:
    return json.loads(_PACKAGED.read_bytes())
