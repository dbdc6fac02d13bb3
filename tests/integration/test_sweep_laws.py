"""The laws of the sweep: whatever happens, whichever days are missed and however often one sweeps.

What is sent equals what a sweep on every day would have sent, without what had become stale; a second sweep
of a day adds nothing; nothing is sent of a duty that is met, suspended, moved or over; marks are true.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from flows.bootstrap import App
from lifecycle.settings import Settings, read_settings
from tests.record_store import Records, records
from tests.sweep_world import ACTS, BEGIN, Day, Diary, Lived, lived

BUSY, LAST = 50, 75
"""Until when things happen, and until when the runs are compared; in between every run is swept daily."""
HELD = BEGIN + timedelta(days=60)
"""When the event is to be held at first: its report is owed by the thirtieth day."""

Fresh = Callable[[], tuple[Records, str]]
words = st.lists(st.sampled_from(sorted(ACTS)), min_size=1, max_size=2)
diaries = st.dictionaries(st.integers(1, BUSY), words, max_size=5)
swept_days = st.sets(st.integers(0, BUSY), max_size=12)


@pytest.fixture(scope="module")
def fresh(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], tuple[Records, str]]:
    """A running event in a store of its own, as often as asked for."""
    made = tmp_path_factory.mktemp("running")
    (made / "home").mkdir()
    shutil.copy(sqlite_template, made / "home" / sqlite_template.name)
    first = records(read_settings({}, home=made / "home"), made)
    project = first.started(**{"event.starts_on": HELD})
    first.app.close()
    numbers = count(1)

    def another() -> tuple[Records, str]:
        folder = tmp_path_factory.mktemp(f"copy{next(numbers)}")
        shutil.copytree(made, folder, dirs_exist_ok=True)
        return Records(App(read_settings({}, home=folder / "home")), folder), project

    return another


def run(fresh: Fresh, diary: Diary, days: set[Day]) -> Lived:
    """A diary in a store of its own, swept on these days and then on every day."""
    store, project = fresh()
    found = lived(store, project, diary, days | set(range(BUSY + 1, LAST + 1)), LAST)
    store.app.close()
    shutil.rmtree(store.folder)
    return found


def told(key: str) -> tuple[str, str, str, int]:
    """Duty, kind, due date and place in the plan of a notice."""
    _, slug, occurrence, kind, due, moment, *_ = key.split(".")
    name, _, number = moment.rpartition("-")
    place = 0 if moment == "due" else int(number) * (-1 if name == "before" else 1)
    return f"{slug}.{occurrence}", kind, due, place


def stale(key: str, on: Day, daily: Lived, sparse: Lived) -> bool:
    """Whether what daily sweeps sent on a day had lost its meaning by the next sweep of the other run."""
    duty, kind, due, place = told(key)
    after = [day for day in sparse.stood if day >= on]
    if kind == "escalation":  # it counts from the day on which the unit was told, which may come too late
        looked = [daily.stood[day].get(duty) for day in daily.stood if day >= on]
    else:
        looked = [daily.stood[after[0]].get(duty)]
    if any(seen is None or not seen[2] or str(seen[1]) != due or seen[0] in GONE for seen in looked):
        return True
    if kind == "reminder" and looked[0] is not None and looked[0][0] == "overdue":
        return True
    later = (told(other) for other in sparse.sent)
    return any((d, u) == (duty, due) and k != "escalation" and p > place for d, k, u, p in later)


GONE = ("met", "late", "cancelled", "waived", "suspended")


def judge(daily: Lived, sparse: Lived) -> None:
    """Hold two runs of one diary to the laws."""
    assert (daily.untrue, sparse.untrue) == ([], [])
    assert (daily.repeated, sparse.repeated) == ([], [])
    assert set(sparse.sent) <= set(daily.sent)
    missing = set(daily.sent) - set(sparse.sent)
    assert [key for key in sorted(missing) if not stale(key, daily.sent[key], daily, sparse)] == []
    for day, standing in sparse.stood.items():
        assert standing == daily.stood[day], day


@pytest.mark.parametrize(
    "number",
    [pytest.param(8), pytest.param(400, marks=[pytest.mark.soak, pytest.mark.timeout(0)])],
)
def test_missed_days_lose_nothing_and_double_nothing(fresh: Fresh, number: int) -> None:
    """R-DL-37, R-DL-25…27."""

    @examples(max_examples=number, deadline=None)
    @given(diary=diaries, days=swept_days)
    def any_diary(diary: Diary, days: set[Day]) -> None:
        judge(run(fresh, diary, set(range(LAST + 1))), run(fresh, diary, days))

    any_diary()


@pytest.mark.parametrize("settings", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize(
    ("diary", "days"),
    [
        ({3: ["held later"], 20: ["held soon"], 40: ["halt"], 44: ["resume"]}, {2, 9, 30, 43}),
        ({10: ["held too soon"], 25: ["undo"], 45: ["report"]}, {11, 26, 44}),
    ],
)
def test_both_databases_send_the_same(
    fresh: Fresh,
    settings: Settings,
    tmp_path: Path,
    diary: Diary,
    days: set[Day],
) -> None:
    store = records(settings, tmp_path)
    project = store.started(**{"event.starts_on": HELD})
    found = lived(store, project, diary, days | set(range(BUSY + 1, LAST + 1)), LAST)
    store.app.close()
    judge(run(fresh, diary, set(range(LAST + 1))), found)
    assert found == run(fresh, diary, days)


def test_a_machine_that_was_off_for_forty_five_days_says_one_thing_of_each_duty(
    fresh: Fresh,
) -> None:
    """One current reminder, not forty-five; every mark with its true date."""
    store, project = fresh()
    found = lived(store, project, {}, {5, 50}, 50)
    of_day = Counter(told(key)[0] for key, day in found.sent.items() if day == 50)
    status, due, owed = found.stood[50]["preparation_report."]
    assert (status, due, owed) == ("overdue", date(2020, 4, 15), True)
    assert set(of_day.values()) == {1}
    assert [told(key)[1:] for key, day in found.sent.items() if day == 50 and "preparation" in key] == [
        ("overdue", "2020-04-15", 14)
    ]
    store.app.close()
