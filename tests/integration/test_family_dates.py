"""A family in a store that is in use: a decision recorded later, for an earlier day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import update

from flows.bootstrap import App
from lifecycle.database import transaction
from lifecycle.settings import Settings
from tests.record_store import TABLES, Records
from tests.small_world import ALL_ROUNDERS, BEGIN, CITY, STATION, founded

LATER = BEGIN + timedelta(days=10)
DECIDED = BEGIN + timedelta(days=3)


def in_use(settings: Settings, folder: Path) -> Records:
    """Two cities before their decision, in a store that is no practice, ten days on."""
    made = founded(settings, folder)
    with transaction(made.app.engine) as conn:
        conn.execute(update(TABLES["store"]).values(rehearsal=False))
    made.app.close()
    return Records(App(settings), folder, datetime(LATER.year, LATER.month, LATER.day, 2, tzinfo=UTC))


def test_children_follow_a_city_whose_decision_is_recorded_later_for_an_earlier_day(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    """R-LIFE-60: the city's entry says its day; a child's never goes back before its own last."""
    real = in_use(sqlite_settings, tmp_path)
    city, station = f"{CITY}-0001", f"{STATION}-0001"
    real.do("correct_record", station, actor=ALL_ROUNDERS[0], on=LATER, values={"contact.name": "新联系人"})
    real.do("review_reject", city, actor=ALL_ROUNDERS[1], on=DECIDED, reason="会后补录")

    told = {
        project: [(entry["on"], entry["backdated"]) for entry in real.show(project)["history"]][-1]
        for project in (city, station)
    }
    assert told == {city: (DECIDED.isoformat(), True), station: (LATER.isoformat(), False)}
    assert real.show(station)["state"] == "expert_review"
    assert real.whole()
    real.app.close()
