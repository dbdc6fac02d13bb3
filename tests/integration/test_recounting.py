"""A recount of the calendar on either database: broken off and finished, seen by everybody, never twice.

The notice of 2027 is made up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from lifecycle.calendar_file import CalendarFile, read_calendar
from lifecycle.calendars import calendar_from, load_calendar, packaged_years
from lifecycle.database import reading, transaction
from lifecycle.recounting import import_notice, provisional_years, unfinished
from lifecycle.service import Service
from lifecycle.settings import Settings
from tests.calendar_samples import NOTICE_2027, written
from tests.record_store import ADMINISTRATOR, CHECKER, Records, records

ON, AT = date(2026, 12, 29), datetime(2026, 12, 29, 2, tzinfo=UTC)
LONGER = NOTICE_2027.replace("2027-01-03 共3天", "2027-01-05").replace(
    "  - 2027-02-14\n", "  - 2027-01-09\n  - 2027-01-10\n"
)
"""The same with a New Year that ends two days later: a completion due on the 5th is due on the 7th."""


@dataclass
class Held(Records):
    """The records through a service that was opened some time ago."""

    held: Service | None = None

    @property
    def service(self) -> Service:
        assert self.held is not None
        return self.held


class BrokenOffError(Exception):
    """What ends an import in the middle of its work."""


@pytest.fixture
def empty(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    """A store without projects."""
    made = records(settings, tmp_path, moment=AT)
    yield made
    made.app.close()


@pytest.fixture
def store(empty: Records) -> Records:
    """Three applications that were returned for completion at the end of 2026."""
    made = empty
    for number in (1, 2, 3):
        project = made.apply(number, date(2026, 12, 21))
        made.do("accept_for_form_review", project, actor=CHECKER, on=date(2026, 12, 21))
        made.do(
            "return_for_completion", project, actor=CHECKER, on=date(2026, 12, 24),
            values={"return.received_on": "2026-12-28"},
        )  # fmt: skip
    return made


@pytest.fixture
def notice(tmp_path: Path) -> CalendarFile:
    """The notice with the longer New Year."""
    return read_calendar(written(tmp_path, LONGER))


def dues(store: Records) -> list[tuple[str, bool]]:
    return [
        (row["due"].isoformat(), row["provisional"])
        for row in store.rows("duty")
        if row["slug"] == "completion"
    ]


def break_off_after(first: int) -> Callable[[int, int], None]:
    def progress(looked: int, left: int) -> None:
        if looked >= first:
            raise BrokenOffError

    return progress


def test_an_import_that_was_broken_off_is_finished_by_the_next_sweep(
    store: Records, notice: CalendarFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lifecycle.recounting.CHUNK", 1)
    with pytest.raises(BrokenOffError):
        import_notice(store.app.store, ADMINISTRATOR, notice, ON, AT, progress=break_off_after(1))
    assert dues(store) == [("2027-01-07", False), ("2027-01-05", True), ("2027-01-05", True)]
    with reading(store.app.engine) as conn:
        assert unfinished(conn) == [{"year": 2027, "looked": 1, "moved": 1, "left": 2}]
        assert provisional_years(conn, frozenset()) == {2027: 2}

    swept = store.service.sweep(ON)

    assert (swept.recounted, dues(store)) == (2, [("2027-01-07", False)] * 3)
    again = store.everything()
    assert store.service.sweep(ON).recounted == 0
    assert {**store.everything(), "store": None} == {**again, "store": None}
    with reading(store.app.engine) as conn:
        assert unfinished(conn) == []
    assert store.whole()


def test_a_repeated_import_takes_up_what_was_broken_off(
    store: Records, notice: CalendarFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lifecycle.recounting.CHUNK", 1)
    with pytest.raises(BrokenOffError):
        import_notice(store.app.store, ADMINISTRATOR, notice, ON, AT, progress=break_off_after(2))

    done = import_notice(store.app.store, ADMINISTRATOR, notice, ON, AT)

    assert (done.fresh, done.looked, [one.before.due for one in done.moved]) == (False, 1, [date(2027, 1, 5)])
    assert len(store.rows("calendar_import")) == 1
    assert dues(store) == [("2027-01-07", False)] * 3


def test_a_second_notice_before_the_first_was_counted_ends_at_the_second(
    store: Records, notice: CalendarFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lifecycle.recounting.CHUNK", 1)
    with pytest.raises(BrokenOffError):
        import_notice(store.app.store, ADMINISTRATOR, notice, ON, AT, progress=break_off_after(1))
    shorter = read_calendar(written(tmp_path))

    import_notice(store.app.store, ADMINISTRATOR, shorter, ON, AT, replacing="通知修改", reason="通知修改")

    assert dues(store) == [("2027-01-05", False)] * 3
    (moved, *others) = [[(m["from"], m["to"]) for m in row["moves"]] for row in store.rows("duty")]
    assert (moved, others) == ([("2027-01-05", "2027-01-07"), ("2027-01-07", "2027-01-05")], [[], []])
    assert [row["finished_at"] for row in store.rows("calendar_recount")] == [AT, AT]
    assert store.whole()


def test_whoever_opened_the_store_before_an_import_counts_by_it_afterwards(
    store: Records, notice: CalendarFile
) -> None:
    before = store.app.store
    import_notice(before, ADMINISTRATOR, notice, ON, AT)
    assert before.calendar == load_calendar()

    project = store.apply(4, ON)
    held = Held(store.app, store.folder, AT, Service(before, lambda: AT))
    held.do("accept_for_form_review", project, actor=CHECKER, on=ON)
    received = {"return.received_on": "2026-12-29"}
    held.do("return_for_completion", project, actor=CHECKER, on=ON, values=received)

    assert dues(store)[-1] == ("2027-01-08", False)
    assert 2027 in store.app.calendar.published


def test_a_year_that_comes_with_a_newer_program_is_recounted_by_its_first_sweep(
    empty: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = calendar_from({year: one for year, one in packaged_years().items() if year != 2026})
    old = Service(replace(empty.app.store, calendar=older), lambda: AT)
    held = Held(empty.app, empty.folder, AT, old)
    project = held.apply(1, date(2025, 12, 22))
    held.do("accept_for_form_review", project, actor=CHECKER, on=date(2025, 12, 22))
    received = {"return.received_on": "2025-12-25"}
    held.do("return_for_completion", project, actor=CHECKER, on=date(2025, 12, 24), values=received)
    assert dues(empty) == [("2026-01-02", True)]
    monkeypatch.setattr("lifecycle.recounting.FIRST_PACKAGED", range(2004, 2026))

    assert empty.service.sweep(date(2025, 12, 29)).recounted == 1

    assert dues(empty) == [("2026-01-04", False)]
    assert empty.duty(project, "completion")["moves"][0]["reason"] == "载入 2026 年放假安排"
    assert empty.service.sweep(date(2025, 12, 30)).recounted == 0


def test_what_was_imported_is_never_changed_or_removed(store: Records, notice: CalendarFile) -> None:
    import_notice(store.app.store, ADMINISTRATOR, notice, ON, AT)
    for statement in ("UPDATE calendar_import SET year = 2028", "DELETE FROM calendar_import"):
        with pytest.raises(IntegrityError, match="append-only"), transaction(store.app.engine) as conn:
            conn.execute(text(statement))


def test_an_unreminded_unit_is_reminded_of_the_new_date_only(store: Records, notice: CalendarFile) -> None:
    assert len(store.service.sweep(date(2027, 1, 4)).notices) == 3

    import_notice(store.app.store, ADMINISTRATOR, notice, date(2027, 1, 4), AT)

    assert {row["status"] for row in store.rows("notice") if row["kind"] == "reminder"} == {"cancelled"}
    after = store.service.sweep(date(2027, 1, 7)).notices
    assert len(after) == 3
    assert all("2027-01-07" in key for key in after)
