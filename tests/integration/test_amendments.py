"""Scoped amendments on either database: frozen lists, whole projects, notices, the chain, and one undo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from lifecycle.amendment_order import Order, Outcome
from lifecycle.amendment_view import changes_json
from lifecycle.amendments import Amendments
from lifecycle.scope import Scope
from lifecycle.settings import Settings
from states.amendment import Deadline, Shift
from states.errors import ConflictFault, ForbiddenFault
from tests.record_store import ASSOCIATION, CLERK, EVENT, FUJIAN, SECOND, TODAY, Records, records

ON = TODAY
YEAR_END = date(2020, 12, 31)
SIX_MONTHS = Order(
    Scope(ends_on=YEAR_END),
    Deadline.END,
    Shift(by="P6M"),
    ON,
    "豫科协〔2020〕12号@2020-05-06",
    "受疫情影响",
)


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    """A practice store on either database."""
    made = records(settings, tmp_path)
    yield made
    made.app.close()


def door(store: Records) -> Amendments:
    """The amendments of a store, on its clock."""
    return Amendments(store.app.store, lambda: store.moment)


def projects(outcome: Outcome) -> list[str]:
    """The ids that were amended."""
    return [one.id for one in outcome.done]


def owed(store: Records, project: str) -> list[tuple[Any, ...]]:
    """What a project owes, with every date."""
    names = (
        "duty",
        "period",
        "status",
        "anchor_date",
        "legal_due",
        "due",
        "soft_due",
        "grace_until",
        "marks",
    )
    duties = store.show(project)["duties"]
    return sorted((tuple(str(duty[name]) for name in names) for duty in duties), key=str)


PREPARED = replace(SIX_MONTHS, deadline=Deadline.DUE, duty="preparation_report")


@pytest.mark.parametrize(
    "order",
    [
        SIX_MONTHS,
        replace(SIX_MONTHS, shift=Shift(by="P3M", back=True)),
        replace(PREPARED, shift=Shift(to=date(2020, 8, 14))),
        replace(PREPARED, shift=Shift(by="P10D")),
        replace(PREPARED, deadline=Deadline.GRACE, shift=Shift(by="P5D")),
    ],
    ids=("end later", "end earlier", "due earlier", "due later", "grace"),
)
def test_what_a_preview_tells_is_what_is_done_and_one_undo_puts_it_all_back(
    store: Records, order: Order
) -> None:
    """R-DL-25, R-LIFE-160."""
    ids = [store.started(number) for number in (1, 2)]
    before = [(store.show(one)["ends_on"], owed(store, one)) for one in ids]
    tried = door(store).preview(ASSOCIATION, order)
    assert store.rows("amendment") == []

    done = door(store).make(ASSOCIATION, replace(order, manifest=tried.manifest))
    assert projects(tried) == projects(done) == ids
    told = [[changes_json(one.changes) for one in outcome.done] for outcome in (tried, done)]
    assert told[0] == told[1]
    after = [(store.show(one)["ends_on"], owed(store, one)) for one in ids]
    assert [one != other for one, other in zip(before, after, strict=True)] == [True, True]
    assert store.whole()

    assert projects(door(store).undo(SECOND, 1, ON, "决定有误")) == ids
    assert [(store.show(one)["ends_on"], owed(store, one)) for one in ids] == before
    assert store.whole()


def test_stale_reminders_are_cancelled_with_the_amendment_and_new_ones_follow_the_new_day(
    store: Records,
) -> None:
    project = store.started(1)
    store.service.sweep(date(2020, 9, 20))
    (stale,) = [
        row for row in store.rows("notice") if row["kind"] == "reminder" and "preparation" in row["key"]
    ]
    order = replace(
        SIX_MONTHS, scope=Scope(ids=(project,)), deadline=Deadline.DUE, duty="R-DL-05",
        shift=Shift(by="P10D"), on=date(2020, 9, 20),
    )  # fmt: skip
    door(store).make(ASSOCIATION, order)

    assert told(store)[stale["key"]] == ("cancelled", "2020-09-20")
    store.service.sweep(date(2020, 9, 23))
    (fresh,) = [key for key, (status, _) in told(store).items() if status == "pending"]
    assert told(store)[fresh] == ("pending", "2020-09-30")

    door(store).undo(SECOND, 1, date(2020, 9, 23), "决定有误")
    assert told(store)[fresh] == ("cancelled", "2020-09-30")
    store.service.sweep(date(2020, 9, 23))
    (late,) = [key for key, (status, _) in told(store).items() if status == "pending"]
    assert ".overdue." in late


def told(store: Records) -> dict[str, tuple[str, str]]:
    """The status of every notice about the preparation report, and the date that it speaks of."""
    rows = [row for row in store.rows("notice") if "preparation" in row["key"]]
    return {row["key"]: (row["status"], row["details"]["due"]) for row in rows}


def test_a_grace_cancels_no_reminder_of_the_public_date(store: Records) -> None:
    project = store.started(1)
    store.service.sweep(date(2020, 9, 20))
    before = {row["key"] for row in store.rows("notice") if row["status"] == "pending"}
    order = replace(
        SIX_MONTHS, scope=Scope(ids=(project,)), deadline=Deadline.GRACE, duty="preparation_report",
        shift=Shift(by="P10D"), on=date(2020, 9, 20),
    )  # fmt: skip
    door(store).make(ASSOCIATION, order)
    store.service.sweep(date(2020, 9, 20))
    assert {row["key"] for row in store.rows("notice") if row["status"] == "pending"} == before


def test_a_run_that_was_broken_off_goes_on_under_its_key_with_the_list_that_was_frozen(
    store: Records,
) -> None:
    ids = [store.started(number) for number in (1, 2, 3)]
    keyed = replace(SIX_MONTHS, key="延期一号")

    def stop(count: int) -> None:
        if count == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        door(store).make(ASSOCIATION, keyed, stop)
    assert [store.show(one)["ends_on"] for one in ids] == ["2021-06-30", "2021-06-30", "2020-12-31"]

    done = door(store).make(ASSOCIATION, keyed)
    assert (done.number, projects(done)) == (1, ids)
    assert [store.show(one)["ends_on"] for one in ids] == ["2021-06-30"] * 3
    assert [store.show(one)["version"] for one in ids] == [7] * 3
    with pytest.raises(ConflictFault):
        door(store).make(ASSOCIATION, replace(keyed, reason="另一理由"))


def test_one_project_that_cannot_follow_does_not_hold_up_the_others_and_its_reason_is_kept(
    store: Records,
) -> None:
    first, second = store.started(1), store.started(2)
    store.do(
        "reschedule_event",
        second,
        actor=store.member(second),
        on=ON,
        values={"event.starts_on": "2020-06-30"},
    )
    order = replace(
        SIX_MONTHS, scope=Scope(programme=EVENT), deadline=Deadline.DUE, duty="preparation_report",
        shift=Shift(by="P1M", back=True),
    )  # fmt: skip
    done = door(store).make(ASSOCIATION, order)

    assert (projects(done), [one.id for one in done.refused]) == ([first], [second])
    kept = {row["project_id"]: row for row in store.rows("amendment_project")}
    assert kept[first]["reasons"] is None
    assert "2020-04-30" in kept[second]["reasons"][0]
    assert kept[second]["seq"] is None
    assert store.show(second)["history"][-1]["action"] == "reschedule_event"


def test_a_list_that_changed_since_the_preview_is_a_conflict(store: Records) -> None:
    store.started(1)
    tried = door(store).preview(ASSOCIATION, SIX_MONTHS)
    store.started(2)
    with pytest.raises(ConflictFault):
        door(store).make(ASSOCIATION, replace(SIX_MONTHS, manifest=tried.manifest))
    assert store.rows("amendment") == []


def test_nobody_but_the_association_of_the_province_amends(store: Records) -> None:
    """R-ROLE-26: Fujian's association decides nothing in Henan."""
    project = store.started(1)
    with pytest.raises(ForbiddenFault):
        door(store).make(CLERK, SIX_MONTHS)
    (refused,) = door(store).make(FUJIAN, SIX_MONTHS).refused
    assert (refused.id, refused.code) == (project, "forbidden")
    assert store.show(project)["ends_on"] == "2020-12-31"


def test_a_duty_missed_within_its_grace_is_counted_only_after_it(store: Records) -> None:
    project = store.started(1)
    due = date.fromisoformat(store.duty(project, "preparation_report")["due"])
    order = replace(
        SIX_MONTHS, scope=Scope(ids=(project,)), deadline=Deadline.GRACE, duty="preparation_report",
        shift=Shift(by="P10D"),
    )  # fmt: skip
    door(store).make(ASSOCIATION, order)
    store.service.sweep(due + timedelta(days=10))
    assert store.show(project)["overdue"] == 0
    store.service.sweep(due + timedelta(days=11))
    assert store.show(project)["overdue"] == 1
    assert store.whole()
