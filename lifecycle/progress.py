"""Monthly progress as administrators look at it: who has reported, who has not, by programme (R-DL-09).

Two months stand beside each other: the reports that were due in the month before, which are done with, and
those due in the month that runs. Reads only; what is late is said by the duty itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from dateutil.relativedelta import relativedelta
from sqlalchemy import Connection, select

from lifecycle.cases import DUTY, PROJECT, UNIT
from states.names import DutyStatus

SLUG: Final = "monthly_progress"
_LEFT_OUT: Final = (str(DutyStatus.CANCELLED),)
REPORTED: Final = frozenset({DutyStatus.MET, DutyStatus.LATE})
NOT_REPORTED: Final = frozenset({DutyStatus.OPEN, DutyStatus.OVERDUE})


@dataclass(frozen=True, slots=True)
class MonthlyReport:
    """One report that is owed: by which project, for which month (`YYYY-MM`), by when, and how it stands."""

    programme: str
    project: str
    title: str
    unit: str
    month: str
    due: date
    status: DutyStatus
    met_on: date | None


@dataclass(frozen=True, slots=True)
class MonthCount:
    """The reports of one programme for one month, counted; others are waived or suspended."""

    programme: str
    month: str
    owed: int
    reported: int
    late: int
    overdue: int
    open: int


def monthly_reports(conn: Connection, on: date) -> list[MonthlyReport]:
    """Every report that was due last month or is due in the month of `on`; who has not reported first."""
    month = on.replace(day=1)
    first, beyond = month - relativedelta(months=1), month + relativedelta(months=1)
    d, p = DUTY.c, PROJECT.c
    asked = (
        select(p.programme, p.id, p.title, UNIT.c.name, d.occurrence, d.due, d.status, d.met_on)
        .join(PROJECT, p.id == d.project_id)
        .join(UNIT, UNIT.c.id == p.unit_id)
        .where(d.slug == SLUG, d.due >= first, d.due < beyond, d.status.not_in(_LEFT_OUT))
        .order_by(p.programme, d.occurrence, p.id)
    )
    found = [
        MonthlyReport(row[0], row[1], row[2], row[3], row[4], row[5], DutyStatus(row[6]), row[7])
        for row in conn.execute(asked)
    ]
    return sorted(found, key=_standing)


def _standing(one: MonthlyReport) -> tuple[bool, bool]:
    return one.status is not DutyStatus.OVERDUE, one.status not in NOT_REPORTED


def counted(reports: Sequence[MonthlyReport]) -> list[MonthCount]:
    """The same, one line for each programme and month."""
    lines: dict[tuple[str, str], list[DutyStatus]] = {}
    for one in reports:
        lines.setdefault((one.programme, one.month), []).append(one.status)
    return [
        MonthCount(
            programme, month, len(found), sum(one in REPORTED for one in found),
            *(found.count(one) for one in (DutyStatus.LATE, DutyStatus.OVERDUE, DutyStatus.OPEN)),
        )
        for (programme, month), found in sorted(lines.items())
    ]  # fmt: skip
