"""The daily sweep: reminders once, overdue marks right, missed days caught up, chunks without doubles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from lifecycle.agenda import Agenda, Wanted
from lifecycle.database import reading, transaction
from lifecycle.duty_rows import restart_plans
from lifecycle.listing import project_list
from lifecycle.people import Actor
from lifecycle.settings import Settings
from states.errors import RefusedFault
from states.names import Role
from tests.record_store import (
    APPLIED,
    CHECKER,
    CLERK,
    ROAD,
    SECOND,
    STARTS,
    TABLES,
    TODAY,
    WAIT,
    Records,
    records,
)

DUTY = "preparation_report"
DUE = date(2020, 9, 20)
LATE = DUE + timedelta(days=1)
MANY = 520


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(settings, tmp_path)
    yield made
    made.app.close()


def of(store: Records, project: str) -> tuple[str, int]:
    """Status of the event's duty, and the counter of its project."""
    return store.duty(project, DUTY)["status"], store.show(project)["overdue"]


def test_a_second_sweep_of_a_day_adds_nothing(store: Records) -> None:
    project = store.started()
    first = store.service.sweep(DUE)
    before = store.everything()
    second = store.service.sweep(DUE)

    assert first.reminded > 0
    assert (second.opened, second.reminded, second.overdue, second.notices) == (0, 0, 0, ())
    assert store.everything() == before
    assert of(store, project) == ("open", 0)


def test_the_day_after_the_due_date_it_is_overdue_and_counted(store: Records) -> None:
    project = store.started()
    store.service.sweep(DUE)
    swept = store.service.sweep(LATE)

    assert swept.overdue == 1
    assert of(store, project) == ("overdue", 1)
    with reading(store.app.engine) as conn:
        listed, _ = project_list(conn, store.app.store, overdue=True)
    assert [one["id"] for one in listed] == [project]


def test_forty_five_missed_days_give_one_reminder_for_each_duty(store: Records) -> None:
    """R-DL-37: caught up, not flooded."""
    projects = [store.started(n) for n in (1, 2)]
    store.service.sweep(date(2020, 8, 10))
    told = len(store.rows("notice"))
    swept = store.service.sweep(date(2020, 8, 10) + timedelta(days=45))
    fresh = store.rows("notice")[told:]

    mine = duties(store, DUTY)
    told_of = sorted((row["project_id"], row["kind"]) for row in fresh if row["duty_id"] in mine)
    assert told_of == [(project, "overdue") for project in projects]
    assert max(Counter(row["duty_id"] for row in fresh).values()) == 1
    assert sorted(swept.notices) == sorted(row["key"] for row in fresh)


def duties(store: Records, slug: str) -> set[int]:
    """Row ids of the duties of a name."""
    return {row["id"] for row in store.rows("duty") if row["slug"] == slug}


def test_an_older_reminder_that_is_not_out_is_overtaken(store: Records) -> None:
    project = store.started()
    for day in (DUE - timedelta(days=30), DUE - timedelta(days=7), DUE, LATE):
        store.service.sweep(day)
    mine = [row for row in store.rows("notice") if row["duty_id"] in duties(store, DUTY)]

    assert [row["status"] for row in mine] == ["cancelled"] * (len(mine) - 1) + ["pending"]
    assert len(mine) >= 3
    assert {row["project_id"] for row in mine} == {project}


def test_a_report_takes_the_mark_off(store: Records) -> None:
    project = store.started()
    store.service.sweep(LATE)
    store.service.report(store.member(project), project, DUTY, LATE, reason="口头汇报")

    assert of(store, project) == ("late", 0)
    swept = store.service.sweep(LATE + timedelta(days=60))
    assert [key for key in swept.notices if DUTY in key] == []


def test_an_undone_step_leaves_the_counter_right(store: Records) -> None:
    project = store.started()
    store.service.sweep(LATE)
    store.do("open_evaluation", project, on=LATE)
    assert of(store, project) == ("overdue", 1)
    store.do("reverse_step", project, actor=SECOND, on=LATE)
    assert of(store, project) == ("overdue", 1)


def test_a_later_event_takes_the_mark_off_and_an_ended_project_owes_nothing(store: Records) -> None:
    project = store.started()
    store.service.sweep(LATE)
    store.service.amend(CLERK, project, {"event.starts_on": "2021-03-20"}, LATE, "示例理由")
    assert of(store, project) == ("open", 0)
    store.service.sweep(date(2021, 2, 21))
    assert of(store, project) == ("overdue", 1)
    store.do(
        "terminate",
        project,
        on=date(2021, 2, 21),
        papers=("settlement",),
        document="示例文〔2021〕1号@2021-02-20",
    )

    assert of(store, project) == ("overdue", 0)
    assert store.service.sweep(date(2021, 6, 1)).notices == ()


def test_a_real_store_is_not_swept_beyond_today(settings: Settings, tmp_path: Path) -> None:
    real = records(settings, tmp_path, rehearsal=False)
    with pytest.raises(RefusedFault, match="在将来"):
        real.service.sweep(TODAY + timedelta(days=1))
    assert real.service.sweep(TODAY).on == TODAY
    assert real.rows("store")[0]["swept_on"] == TODAY
    real.app.close()


def test_an_earlier_sweep_does_not_turn_the_watermark_back(store: Records) -> None:
    store.service.sweep(DUE)
    store.service.sweep(APPLIED)
    assert store.rows("store")[0]["swept_on"] == DUE


def multiplied(store: Records, project: str) -> None:
    """As many duties of one project as make three chunks: the event's own, copied under other names."""
    (row,) = [dict(row) for row in store.rows("duty") if row["slug"] == DUTY]
    row.pop("id")
    copies = [{**row, "occurrence": f"c{number}"} for number in range(MANY - 1)]
    with transaction(store.app.engine) as conn:
        conn.execute(insert(TABLES["duty"]), copies)


def test_more_duties_than_one_chunk_on_a_day_are_swept_in_chunks_without_a_double(store: Records) -> None:
    project = store.started()
    multiplied(store, project)
    swept = store.service.sweep(LATE)
    mine = [row for row in store.rows("notice") if row["duty_id"] in duties(store, DUTY)]

    assert (len(mine), max(Counter(row["duty_id"] for row in mine).values())) == (MANY, 1)
    assert (swept.overdue, store.show(project)["overdue"]) == (MANY, MANY)
    assert store.service.sweep(LATE).notices == ()


def test_two_sweeps_and_reports_at_once_tell_everything_once(store: Records) -> None:
    """Whoever comes second sees what the first did: no double notice, no mark on what is met."""
    projects = [store.started(n) for n in range(1, 9)]

    def report() -> None:
        for project in projects:
            store.service.report(store.member(project), project, DUTY, LATE, reason="口头汇报")

    with ThreadPoolExecutor(3) as pool:
        sweeps = [pool.submit(store.service.sweep, LATE) for _ in range(2)]
        pool.submit(report).result(60)
        keys = [key for sweep in sweeps for key in sweep.result(60).notices]

    assert {of(store, project) for project in projects} == {("late", 0)}
    assert len(keys) == len(set(keys))


def test_what_is_due_can_be_read_while_nothing_was_swept(store: Records) -> None:
    store.started()
    with reading(store.app.engine) as conn:
        late, _ = Agenda(conn, store.app.store, CLERK, LATE, Wanted(overdue=True)).page(10)
        assert (
            conn.execute(select(TABLES["notice"].c.id).where(TABLES["notice"].c.duty_id.is_not(None))).all()
            == []
        )
    assert [(one["duty"], one["status"]) for one in late] == [(DUTY, "open")]


def told_of(store: Records, slug: str) -> list[str]:
    """The kinds of the notices about a duty that were not overtaken."""
    mine = duties(store, slug)
    standing = [row for row in store.rows("notice") if row["status"] != "cancelled"]
    return [row["kind"] for row in standing if row["duty_id"] in mine]


def entered(store: Records) -> str:
    """A running event whose papers were entered later than they came, by those who may do so."""
    project = store.apply(1, facts={"event.starts_on": date.fromisoformat(STARTS)})
    checker = Actor("checker", {"henan": frozenset({Role.FORM_CHECKER, Role.CLERK})}, None)
    on = APPLIED
    for action, actor, given in ROAD[:4]:
        on += WAIT.get(action, timedelta())
        store.do(action, project, actor=checker if actor is CHECKER else actor, on=on, **given)
    return project


def test_what_was_past_due_when_it_was_entered_is_marked_and_told_of_only_when_asked(
    settings: Settings, tmp_path: Path
) -> None:
    """A project of the spring is entered in November: its marks are true, and no mail is about the past."""
    november = datetime(2020, 11, 2, 2, tzinfo=UTC)
    real = records(settings, tmp_path, rehearsal=False, moment=november)
    project = entered(real)
    first = real.service.sweep(date(2020, 11, 2))
    assert (first.overdue, first.unsaid) == (1, 1)
    assert (of(real, project), real.duty(project, DUTY)["due"]) == (("overdue", 1), DUE.isoformat())
    assert [key for key in first.notices if DUTY in key] == []
    real.moment = november + timedelta(days=40)
    assert [key for key in real.service.sweep(date(2020, 12, 12)).notices if DUTY in key] == []

    asked = real.service.sweep(date(2020, 12, 12), past=True)
    assert told_of(real, DUTY) == ["overdue"]
    assert asked.reminded >= 1
    assert real.service.sweep(date(2020, 12, 12), past=True).notices == ()
    real.app.close()


def test_a_reminder_waits_for_the_hours_and_speaks_of_the_day_on_which_it_leaves(
    settings: Settings, tmp_path: Path
) -> None:
    """Swept on a Saturday after days without a sweep: it leaves on Monday, and counts its days from there."""
    hours = replace(settings, send_hours=None)
    real = records(hours, tmp_path, rehearsal=False, moment=datetime(2020, 9, 1, 2, tzinfo=UTC))
    entered(real)
    real.moment = datetime(2020, 9, 12, 2, tzinfo=UTC)
    real.service.sweep(date(2020, 9, 12))
    mine = duties(real, DUTY)
    (told,) = [row for row in real.rows("notice") if row["duty_id"] in mine]
    assert told["not_before"] == datetime(2020, 9, 14, 0, 30, tzinfo=UTC)
    assert (told["details"]["on"], told["details"]["days"], told["created_on"]) == (
        "2020-09-14", 6, date(2020, 9, 12),
    )  # fmt: skip
    real.app.close()


def test_another_plan_says_nothing_of_days_before_it_held(store: Records) -> None:
    """R-DL-37: what the new plan would have said earlier is not said any more."""
    project = store.started()
    store.service.sweep(DUE - timedelta(days=30))
    told = told_of(store, DUTY)
    with transaction(store.app.engine) as conn:
        restart_plans(conn, project, DUE - timedelta(days=5))
    store.service.sweep(DUE - timedelta(days=5))
    assert told_of(store, DUTY) == told
    store.service.sweep(DUE - timedelta(days=2))
    assert len(told_of(store, DUTY)) == 1
