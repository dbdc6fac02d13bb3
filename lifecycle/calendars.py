"""Reads the working-day calendar from the packaged JSON and, if given, a later notice.

It checks that a file is well formed and says where it is not; what a working day means is
decided by `states.calendar`. It never guesses a year that no notice covers.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import states
from lifecycle.system_faults import why
from states.calendar import Calendar
from states.errors import BadInputFault

_PACKAGED = Path(states.__file__).parent / "calendars" / "china.json"
_DECEMBER = 12
_SATURDAY = 5


def load_calendar(extra: Path | None = None) -> Calendar:
    """The calendar of 2004–2026, with the years of `extra` put in their place (R-DL-37).

    `extra` has the shape of `states/calendars/china.json`. A year it names replaces the packaged
    one; under a year it may also name days of the December before, which notices do for 元旦.
    Raises BadInputFault naming file, year and what was expected.
    """
    known = _Notices()
    known.read(_PACKAGED)
    if extra is not None:
        known.read(extra)
    return Calendar(
        holidays=frozenset(day for day in known.rest if day.weekday() < _SATURDAY),
        worked=frozenset(known.worked),
        published=frozenset(known.published),
        festivals=known.rest,
    )


class _Notices:
    """The days read so far."""

    def __init__(self) -> None:
        self.rest: dict[date, str] = {}
        self.worked: set[date] = set()
        self.published: set[int] = set()

    def read(self, path: Path) -> None:
        """Take over the years of one file, the earlier year first."""
        years = _years(path)
        for year in years:
            self._forget(year)
        for year in sorted(years):
            self._take(year, years[year], f"{path.name} 的 {year} 年")

    def _forget(self, year: int) -> None:
        if year in self.published:
            self.rest = {day: name for day, name in self.rest.items() if day.year != year}
            self.worked = {day for day in self.worked if day.year != year}

    def _take(self, year: int, notice: Any, where: str) -> None:
        rest, worked = _parts(notice, where)
        named: dict[date, str] = {}
        for name, days in rest.items():
            if days == []:
                raise BadInputFault(f"{where}的“{name}”没有列出放假日期。")
            for text in _texts(days, f"{where} rest.{name}"):
                named[_day(text, year, where)] = name
        exchanged = {_day(text, year, where) for text in _texts(worked, f"{where} worked")}
        for day in sorted(exchanged):
            if day in named:
                raise BadInputFault(f"{where}：{day} 同时列为放假和调休上班。")
            if day.weekday() < _SATURDAY:
                raise BadInputFault(f"{where}：{day} 不是星期六或星期日，不能列为调休上班日。")
        self.rest = {day: name for day, name in self.rest.items() if day not in exchanged} | named
        self.worked = (self.worked - named.keys()) | exchanged
        self.published.add(year)


def _years(path: Path) -> dict[int, Any]:
    try:
        content = json.loads(path.read_bytes(), object_pairs_hook=_without_duplicates)
    except OSError as error:
        raise BadInputFault(f"放假安排文件 {path} 无法读取：{why(error)}。") from None
    except (ValueError, RecursionError):
        raise BadInputFault(f"放假安排文件 {path.name} 不是有效的 JSON（UTF-8 编码）。") from None
    except _RepeatedKeyError as error:
        raise BadInputFault(f"放假安排文件 {path.name} 中“{error}”重复出现。") from None
    if not isinstance(content, dict) or not {"years"} <= content.keys() <= {"source", "years"}:
        raise BadInputFault(f"放假安排文件 {path.name} 应含 years（及可选的 source），不得有其他项。")
    years = content["years"]
    if not isinstance(years, dict):
        raise BadInputFault(f'放假安排文件 {path.name} 的 years 应以年份为键，如 "2027"。')
    for key in years:
        if not (len(key) == 4 and key.isascii() and key.isdigit() and key > "1900"):
            raise BadInputFault(f'放假安排文件 {path.name} 的“{key}”不是四位年份，如 "2027"。')
    return {int(key): notice for key, notice in years.items()}


def _parts(notice: Any, where: str) -> tuple[dict[str, Any], Any]:
    if not isinstance(notice, dict) or notice.keys() != {"rest", "worked"}:
        raise BadInputFault(f"{where}应恰有 rest（节日名 → 放假日期）和 worked（调休上班日期）两项。")
    if not isinstance(notice["rest"], dict) or not notice["rest"]:
        raise BadInputFault(f"{where}的 rest 应为“节日名 → 放假日期列表”，且不能为空。")
    return notice["rest"], notice["worked"]


def _texts(days: Any, where: str) -> list[str]:
    if not isinstance(days, list) or not all(isinstance(day, str) for day in days):
        raise BadInputFault(f'{where} 应为日期列表，如 ["2027-01-01"]。')
    return days


def _day(text: str, year: int, where: str) -> date:
    day: date | None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise BadInputFault(f"{where}：“{text}”不是有效日期，应写作 {year}-01-01 的样式。")
    if day.year != year and (day.year, day.month) != (year - 1, _DECEMBER):
        raise BadInputFault(f"{where}：{day} 不在该年（或上一年 12 月）之内。")
    return day


class _RepeatedKeyError(Exception):
    """A JSON object names a key twice."""


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for key, value in pairs:
        if key in content:
            raise _RepeatedKeyError(key)
        content[key] = value
    return content
