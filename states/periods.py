"""Statutory periods: from a trigger day and a length to the legal last day, step by step.

Counts as the civil law does (R-DL-01, R-AMB-05): the trigger day is left out, all months are
counted at once, and a last day of rest runs on to the next working day; before an event it
never moves. Which duty has which period, and whether it rolls, is not decided here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from states.calendar import WEEKDAYS, Calendar
from states.errors import BadInputFault

_ACCEPTED = "可用写法：P3M（月）、P10D（日）、P1Y（年）、P2W（周）、P1Y6M（年月）、W10（工作日）"
_ISO = re.compile(r"P(?=[0-9])(?:([0-9]{1,5})Y)?(?:([0-9]{1,5})M)?(?:([0-9]{1,7})D)?", re.ASCII)
_WEEKS = re.compile(r"P([0-9]{1,6})W", re.ASCII)
_WORKDAYS = re.compile(r"W([0-9]{1,5})", re.ASCII)
_SATURDAY = 5
_YEARS_NAMED = 3
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Length:
    """How long a period is: months and days together, or working days alone."""

    months: int = 0
    days: int = 0
    workdays: int = 0

    def __post_init__(self) -> None:
        if min(self.months, self.days, self.workdays) < 0:
            raise BadInputFault("期间长度不能为负数；事件之前的期限请用倒计。")
        if self.workdays and (self.months or self.days):
            raise BadInputFault("期间不能既按月、日又按工作日计算。")

    def __str__(self) -> str:
        if self.workdays:
            return f"W{self.workdays}"
        months = f"{self.months}M" if self.months else ""
        days = f"{self.days}D" if self.days or not self.months else ""
        return f"P{months}{days}"


@dataclass(frozen=True, slots=True)
class Period:
    """A counted period. `soft` is the day to work towards; `due` is the last lawful day."""

    start: date
    length: str
    nominal: date
    due: date
    soft: date
    rolled: bool
    calendar: str  # "published" | "provisional"
    steps: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The keys of the contract for `lifecycle period`."""
        return {
            "start": self.start.isoformat(),
            "length": self.length,
            "nominal": self.nominal.isoformat(),
            "due": self.due.isoformat(),
            "soft": self.soft.isoformat(),
            "rolled": self.rolled,
            "calendar": self.calendar,
            "steps": list(self.steps),
        }


@dataclass(frozen=True, slots=True)
class _Statute:
    """The articles in force for a period that starts from a given day (R-DL-01)."""

    start: str
    month_end: str  # empty where the law is silent and the month's last day is practice
    rest_day: str


_STATUTES = (
    (date(2021, 1, 1), _Statute("民法典第201条", "民法典第202条", "民法典第203条")),
    (date(2017, 10, 1), _Statute("民法总则第201条", "民法总则第202条", "民法总则第203条")),
    (date.min, _Statute("民法通则第154条", "", "民法通则第154条")),
)


def parse_length(text: str) -> Length:
    """The length written as ISO 8601 (`P3M`, `P10D`, `P1Y`, `P2W`, `P1Y6M`) or as `W10`.

    Raises BadInputFault for any other writing and for a length of nothing.
    """
    length = _read(text)
    if length is None:
        raise BadInputFault(f"期间“{text}”无法识别。{_ACCEPTED}。")
    if length == Length():
        raise BadInputFault(f"期间“{text}”的长度为零。{_ACCEPTED}。")
    return length


def _read(text: str) -> Length | None:
    if found := _WORKDAYS.fullmatch(text):
        return Length(workdays=int(found[1]))
    if found := _WEEKS.fullmatch(text):
        return Length(days=7 * int(found[1]))
    if found := _ISO.fullmatch(text):
        years, months, days = (int(part or 0) for part in found.groups())
        return Length(months=12 * years + months, days=days)
    return None


def statutory_period(
    start: date,
    length: Length | str,
    calendar: Calendar,
    *,
    before: bool = False,
    roll: bool = True,
) -> Period:
    """The period that runs from `start`, or back from it (`before`), with its derivation (R-DL-01).

    Forward, a last day of rest runs on to the next working day if `roll`. Before an event the
    legal day stays and `soft` is the working day at or before it. Raises BadInputFault for an
    unreadable length and for a date outside the years 1–9999.
    """
    counted = parse_length(length) if isinstance(length, str) else length
    statute = next(law for since, law in _STATUTES if start >= since)
    nominal, counting = _count(start, counted, calendar, before, statute)
    due = calendar.next_workday(nominal) if roll and not before else nominal
    soft = calendar.previous_workday(due)
    role, by = ("事件日", "参照") if before else ("起算日", "")
    steps = [f"{role} {start} 不计入（{by}{statute.start}）", *counting]
    steps += _last_day(nominal, due, soft, calendar, before=before, statute=statute)
    # Working days read every day after the trigger; months and days only what lies at the end.
    read_from = start + (nominal > start) * _ONE_DAY - (nominal < start) * _ONE_DAY
    looked_at = (nominal, due, soft, read_from if counted.workdays else nominal)
    unknown = _unpublished(calendar, min(looked_at), max(looked_at))
    if unknown:
        steps.append(f"未载入 {unknown} 年放假通知：暂按周末和固定日期的节日推算，载入后重算")
    return Period(
        start=start,
        length=length if isinstance(length, str) else str(length),
        nominal=nominal,
        due=due,
        soft=soft,
        rolled=due != nominal,
        calendar="provisional" if unknown else "published",
        steps=tuple(steps),
    )


def _count(
    start: date, length: Length, calendar: Calendar, before: bool, statute: _Statute
) -> tuple[date, list[str]]:
    """The last day as counted, before any rest day is looked at, and how it was reached."""
    sign, mark = (-1, "-") if before else (1, "+")
    if length.workdays:
        day = calendar.add_workdays(start, sign * length.workdays)
        return day, [f"{start} {mark} {length.workdays} 个工作日 → {day}"]
    steps = []
    try:
        # One addition of all months: month by month, 31 January would lose its day in February.
        month_day = start + relativedelta(months=sign * length.months)
        day = month_day + timedelta(days=sign * length.days)
    except (OverflowError, ValueError):
        way = "往前" if before else "往后"
        raise BadInputFault(f"从 {start} {way}推算 {length}，日期超出公元 1—9999 年，无法计算。") from None
    if length.months:
        law = f"，{statute.month_end}" if statute.month_end else ""
        clamped = f"（无对应日，以月末日为准{law}）" if month_day.day != start.day else ""
        steps.append(f"{start} {mark} {length.months} 个月 → {month_day}{clamped}")
    if length.days:
        steps.append(f"{month_day} {mark} {length.days} 日 → {day}")
    return day, steps


def _last_day(
    nominal: date, due: date, soft: date, calendar: Calendar, *, before: bool, statute: _Statute
) -> list[str]:
    why = calendar.why_rest(nominal)
    if why is None:
        if nominal.weekday() >= _SATURDAY:
            return [f"{nominal} 为{WEEKDAYS[nominal.weekday()]}，调休上班 → 期限为当日"]
        return [f"{nominal} 为工作日 → 期限为当日"]
    rest = f"{nominal} 为法定休息日（{why}）"
    if due != nominal:
        return [f"{rest} → 顺延至 {due}（{statute.rest_day}）"]
    policy = "事件之前的期限不顺延" if before else "此类期限不顺延"
    return [f"{rest} → {policy}，期限仍为当日", f"提前到前一工作日 {soft} 办理并提醒"]


def _unpublished(calendar: Calendar, first: date, last: date) -> str:
    years = [year for year in range(first.year, last.year + 1) if calendar.is_provisional(date(year, 1, 1))]
    if len(years) > _YEARS_NAMED:
        return f"{years[0]}—{years[-1]}"
    return "、".join(str(year) for year in years)
