"""Every deadline by urgency: groups, filters, pages, counts, totals, and what a unit is shown of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from lifecycle.agenda import Agenda, Wanted
from lifecycle.database import reading, transaction
from lifecycle.people import Actor
from lifecycle.settings import Settings
from lifecycle.watch import read_watch
from states.errors import NotFoundFault, UsageFault
from states.names import Role
from tests.record_store import CLERK, TABLES, TALENT, Records, records

DUTY = "preparation_report"
DUE = date(2020, 9, 20)
LATE = DUE + timedelta(days=1)
DAY = date(2020, 9, 9)
"""A Wednesday: the week has four days to come, the month three weeks."""


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(settings, tmp_path)
    yield made
    made.app.close()


def page(
    store: Records, limit: int = 100, after: str | None = None, reader: Actor = CLERK, **given: Any
) -> tuple[list[dict[str, Any]], str | None]:
    """One page of what is asked for."""
    on = given.pop("on", LATE)
    with reading(store.app.engine) as conn:
        return Agenda(conn, store.app.store, reader, on, Wanted(**given)).page(limit, after)


def owed(store: Records, **given: Any) -> list[tuple[str, str]]:
    """Project and name of the duties that are listed."""
    return [(one["project"], one["duty"]) for one in page(store, **given)[0]]


def counts(store: Records, on: date, reader: Actor = CLERK, **given: Any) -> dict[str, int]:
    """The groups that have any duty."""
    with reading(store.app.engine) as conn:
        found = Agenda(conn, store.app.store, reader, on, Wanted(**given)).counts()
    return {str(group): many for group, many in found.items() if many}


def spread(store: Records, days: Sequence[tuple[int, dict[str, Any]]]) -> str:
    """A project whose duties are replaced by one each so many days from DAY."""
    project = store.started()
    d = TABLES["duty"]
    with transaction(store.app.engine) as conn:
        like = dict(conn.execute(d.select().where(d.c.slug == DUTY)).mappings().one())
        del like["id"]
        conn.execute(update(d).values(status="cancelled"))
        for number, (after, changed) in enumerate(days):
            due = DAY + timedelta(days=after)
            conn.execute(insert(d).values(**{**like, "due": due, "occurrence": f"n{number}", **changed}))
    return project


def test_duties_are_narrowed_by_what_is_asked(store: Records) -> None:
    first, second = store.started(1), store.started(2)
    mine = [(first, DUTY), (second, DUTY)]
    label, rule = store.duty(first, DUTY)["label"], "R-DL-05"

    for name in (DUTY, label, rule):
        assert owed(store, duty=name) == mine
    assert owed(store, duty=DUTY, unit="河南省示例学会2") == mine[1:]
    assert owed(store, duty=DUTY, project=first) == mine[:1]
    assert owed(store, duty=DUTY, programme="h20-academic-event", year=2020) == mine
    assert owed(store, duty=DUTY, programme=TALENT) == owed(store, duty=DUTY, year=2019) == []
    assert owed(store, duty=DUTY, owed_by="undertaking_unit") == mine
    assert owed(store, duty=DUTY, owed_by="clerk") == []
    assert owed(store, on=date(2020, 9, 10), duty=DUTY, within=9) == []
    assert owed(store, on=date(2020, 9, 10), duty=DUTY, within=10) == mine
    assert owed(store, on=DUE, overdue=True) == []
    assert owed(store, overdue=True) == mine == owed(store, status="逾期")
    store.service.sweep(LATE)
    assert owed(store, overdue=True) == mine
    store.service.report(store.member(first), first, DUTY, LATE, reason="口头汇报")
    assert owed(store, overdue=True) == mine[1:]


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"duty": "preparation_reprot"}, NotFoundFault),
        ({"status": "没有"}, UsageFault),
        ({"owed_by": "没有"}, UsageFault),
        ({"within": -1}, UsageFault),
        ({"after": "overdue.2020-13-01.1"}, UsageFault),
        ({"after": "overdue.2020-09-01.9999999999"}, UsageFault),
        ({"after": "h20-academic-event-0001"}, UsageFault),
    ],
)
def test_a_slip_is_told_and_never_looks_like_nothing_owed(
    store: Records, given: dict[str, Any], fault: type[Exception]
) -> None:
    store.started()
    with pytest.raises(fault):
        page(store, **given)


def test_groups_follow_the_calendar_and_a_suggested_or_suspended_date_is_never_overdue(
    store: Records,
) -> None:
    """R-AMB-27: a suggested date that has passed stays suggested."""
    spread(store, [
        (-3, {}), (-2, {"status": "overdue"}), (0, {}), (4, {}), (5, {}), (21, {}), (22, {}),
        (60, {"provisional": True}), (3, {"provisional": True}),
        (-9, {"status": "suggested", "suggested": True}), (-9, {"status": "suspended"}),
        (-9, {"status": "overdue", "closed_seq": 9}), (-1, {"grace_until": DAY}),
    ])  # fmt: skip

    found, onward = page(store, on=DAY)
    told = [(one["group"], one["days_left"]) for one in found]
    assert told == [
        ("overdue", -3), ("overdue", -2), ("today", -1), ("today", 0), ("week", 3), ("week", 4), ("month", 5),
        ("month", 21), ("later", 22), ("provisional", 60), ("suggested", -9), ("suspended", None),
    ]  # fmt: skip
    assert onward is None
    assert counts(store, DAY) == {
        "overdue": 2, "today": 2, "week": 2, "month": 2, "later": 1, "provisional": 1, "suggested": 1,
        "suspended": 1,
    }  # fmt: skip
    assert [one["days_left"] for one in page(store, on=DAY, status="open")[0]] == [-1, 0, 3, 4, 5, 21, 22, 60]
    assert counts(store, DAY, within=4) == {"overdue": 2, "today": 2, "week": 2, "suggested": 1}


@pytest.mark.parametrize("limit", [1, 2, 5, 12])
def test_pages_give_every_duty_once_in_order(store: Records, limit: int) -> None:
    spread(store, [
        *((0, {}) for _ in range(4)), *((-2, {"status": "overdue"}) for _ in range(3)), (-3, {}),
        *((40, {}) for _ in range(3)), (9, {"status": "suspended"}),
    ])  # fmt: skip
    whole = [one["id"] for one in page(store, on=DAY)[0]]
    found: list[int] = []
    after = None
    while True:
        some, after = page(store, limit, after, on=DAY)
        found += [one["id"] for one in some]
        assert len(some) <= limit
        if after is None:
            break
    assert found == whole
    assert len(set(whole)) == 12


def test_a_unit_is_shown_and_counted_its_own_only(store: Records) -> None:
    """R-ROLE-27."""
    first, second = store.started(1), store.started(2)
    member = store.member(first)
    assert {project for project, _ in owed(store, reader=member)} == {first}
    assert {project for project, _ in owed(store)} == {first, second}
    ours, all_of_them = counts(store, LATE, member), counts(store, LATE)
    assert {group: 2 * many for group, many in ours.items()} == all_of_them
    nobody = Actor("nobody", {}, None)
    assert (owed(store, reader=nobody), counts(store, LATE, nobody)) == ([], {})
    viewer = Actor("viewer", {"henan": frozenset({Role.VIEWER})}, None)
    assert "grace_until" not in page(store, reader=member)[0][0]
    assert "grace_until" not in page(store, reader=viewer)[0][0]


def test_who_is_late_how_many_and_since_when(store: Records) -> None:
    spread(store, [(-9, {}), (-2, {"status": "overdue"}), (0, {}), (4, {}), (90, {})])
    with reading(store.app.engine) as conn:
        agenda = Agenda(conn, store.app.store, CLERK, DAY, Wanted())
        units, programmes, duties = (agenda.totals(what) for what in ("unit", "programme", "duty"))
        assert agenda.next_due(agenda.counts()) == "2020-09-09"
    told = {"overdue": 2, "oldest": "2020-08-31", "soon": 2, "next": "2020-09-09"}
    assert units == [{"unit": "河南省示例学会1", "label": "河南省示例学会1", **told}]
    assert programmes == [{"programme": "h20-academic-event", "label": "学术技术交流活动项目", **told}]
    assert duties == [{"duty": DUTY, "label": store.duty(store.started(2), DUTY)["label"], **told}]


def test_what_was_told_of_a_duty_stands_beside_it(store: Records) -> None:
    project = store.started()
    for day in (date(2020, 9, 13), DUE, LATE):
        store.service.sweep(day)
        with transaction(store.app.engine) as conn:
            conn.execute(update(TABLES["notice"]).values(status="sent"))
    (late,) = page(store, overdue=True, duty=DUTY)[0]
    assert (late["project"], late["days_left"]) == (project, -1)
    assert late["reminded"] == {"times": 3, "last_on": "2020-09-21", "escalated": 0}
    (ahead,) = page(store, on=date(2020, 9, 14), duty=DUTY, status="overdue")[0]
    assert ahead["next_reminder"] == "2020-09-15"


def test_days_without_a_sweep_and_dead_letters_are_told(store: Records) -> None:
    store.started()
    with reading(store.app.engine) as conn:
        assert [text[:6] for text in read_watch(conn, DAY).warnings()] == ["尚未清查过："]
    store.service.sweep(DAY)
    with transaction(store.app.engine) as conn:
        conn.execute(update(TABLES["notice"]).values(status="dead"))
    dead = len(store.rows("notice"))
    with reading(store.app.engine) as conn:
        assert read_watch(conn, DAY + timedelta(days=1)).missed == 0
        watch = read_watch(conn, DAY + timedelta(days=45))
    assert (watch.missed, watch.dead) == (44, dead)
    assert ["44 天未清查" in watch.warnings()[0], f"有 {dead} 件" in watch.warnings()[1]] == [True, True]
