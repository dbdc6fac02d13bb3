"""One running event, swept and told of on the days that are asked for: what goes out, what stands.

`Diary` is a sequence of what happens on which day; `lived` carries it out in one store, sweeping on some days
and sending what is ready. It judges nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import select

from lifecycle.database import reading
from lifecycle.waiving import waive_duty
from notifications.dispatch import deliver
from notifications.recording import RecordingChannel
from states.errors import LifecycleError
from tests.record_store import ASSOCIATION, CLERK, MOMENT, SECOND, TABLES, Records

BEGIN: Final = date(2020, 3, 16)
"""The day on which the event begins to run."""
DUTY: Final = "preparation_report"
DOCUMENT: Final = "示例文〔2020〕1号@2020-03-16"
LIVE: Final = ("open", "suggested", "overdue")

Day = int
Diary = Mapping[Day, tuple[str, ...]]
"""Words of `ACTS` by the day, counted from `BEGIN`, on which they are said."""


def _step(action: str, **given: Any) -> Callable[[Records, str, date], object]:
    return lambda store, project, on: store.ask(action, project, on=on, **given)


def _own(action: str, **given: Any) -> Callable[[Records, str, date], object]:
    return lambda store, project, on: store.ask(action, project, actor=store.member(project), on=on, **given)


def _held_in(days: int) -> Callable[[Records, str, date], object]:
    def act(store: Records, project: str, on: date) -> object:
        starts = (on + timedelta(days=days)).isoformat()
        return store.service.amend(CLERK, project, {"event.starts_on": starts}, on, "会期调整")

    return act


def _halt(store: Records, project: str, on: date) -> None:
    _own("request_halt", papers=("halt_request",))(store, project, on)
    _step("approve_halt", papers=("halt_decision",))(store, project, on)


def _extension(store: Records, project: str, on: date) -> None:
    ends = {"request.new_end": "2021-03-31"}
    _own("request_extension", papers=("extension_request",), values=ends)(store, project, on)
    _step("approve_extension", papers=("extension_decision",))(store, project, on)


ACTS: Final[Mapping[str, Callable[[Records, str, date], object]]] = {
    "held soon": _held_in(33),
    "held later": _held_in(62),
    "held too soon": _held_in(20),
    "report": lambda store, project, on: store.service.report(
        store.member(project), project, DUTY, on, reason="口头汇报"
    ),
    "waive": lambda store, project, on: waive_duty(
        store.app.store, ASSOCIATION, project, DUTY, on, MOMENT, reason="免报", document=DOCUMENT
    ),
    "halt": _halt,
    "resume": _step("resume_halted"),
    "extend": _extension,
    "undo": _step("reverse_step", actor=SECOND),
    "terminate": _step("terminate", papers=("settlement",), document=DOCUMENT),
}


@dataclass
class Lived:
    """What came of a diary."""

    sent: dict[str, Day] = field(default_factory=dict)
    """Every notice about a duty that went out, with the day on which it did."""
    stood: dict[Day, dict[str, tuple[str, date, bool]]] = field(default_factory=dict)
    """After each sweep: status, due date and whether it is still owed, by duty."""
    untrue: list[str] = field(default_factory=list)
    """Notices that went out although their duty was not owed any more, or by another date."""
    repeated: list[Day] = field(default_factory=list)
    """Days whose second sweep did anything."""


def lived(store: Records, project: str, diary: Diary, sweeps: Iterable[Day], last: Day) -> Lived:
    """Carry out a diary; what is refused is left. On the days of `sweeps` sweep twice, then send."""
    found, days = Lived(), set(sweeps)
    for day in range(last + 1):
        on = BEGIN + timedelta(days=day)
        for word in diary.get(day, ()):
            try:
                ACTS[word](store, project, on)
            except LifecycleError:
                continue
        if day in days:
            store.service.sweep(on)
            again = store.service.sweep(on)
            if (again.opened, again.reminded, again.overdue, again.escalated, again.notices) != (
                0,
                0,
                0,
                0,
                (),
            ):
                found.repeated.append(day)
            _send(store, project, day, found)
            found.stood[day] = _standing(store, project)
    return found


def _send(store: Records, project: str, day: Day, found: Lived) -> None:
    deliver(store.app.store, {"mail": RecordingChannel()}, MOMENT + timedelta(days=day))
    n, d = TABLES["notice"].c, TABLES["duty"].c
    query = (
        select(n.key, n.details, d.status, d.due, d.closed_seq)
        .join(TABLES["duty"], d.id == n.duty_id)
        .where(n.project_id == project, n.status == "sent", n.key.not_in(list(found.sent)))
    )
    with reading(store.app.engine) as conn:
        for row in conn.execute(query):
            found.sent[row.key] = day
            owed = row.status in LIVE and row.closed_seq is None
            if not owed or row.due.isoformat() != row.details["due"]:
                found.untrue.append(row.key)


def _standing(store: Records, project: str) -> dict[str, tuple[str, date, bool]]:
    d = TABLES["duty"].c
    query = select(d.slug, d.occurrence, d.status, d.due, d.closed_seq).where(d.project_id == project)
    with reading(store.app.engine) as conn:
        return {
            f"{row.slug}.{row.occurrence}": (row.status, row.due, row.closed_seq is None)
            for row in conn.execute(query)
        }
