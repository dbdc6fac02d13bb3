"""What the record itself holds against an application after it came in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from lifecycle.settings import Settings
from tests.record_store import APPLIED, ASSOCIATION, CLERK, TALENT, Records, records

BORN = date(1991, 2, 3)


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(settings, tmp_path)
    yield made
    made.app.close()


def said(store: Records, project: str, rule: str) -> list[str]:
    return [
        one["message"]
        for one in store.service.check(project, APPLIED)
        if one["rule"] == rule and one["result"] != "pass" and one["severity"] == "block"
    ]


def test_a_talent_who_becomes_the_same_by_a_correction_is_noticed(store: Records) -> None:
    """R-AMB-45: whatever the application said when it came in."""
    first, second = (
        store.apply(number, programme=TALENT, facts={"talent.name": name, "talent.birth_date": BORN})
        for number, name in enumerate(("李某", "王某"), 1)
    )
    assert said(store, second, "R-ELIG-45") == []
    store.service.amend(CLERK, second, {"talent.name": "李 某"}, APPLIED, "更正姓名")

    assert said(store, second, "R-ELIG-45") == [f"被托举人已在 {first} 中申报"]


@pytest.mark.parametrize(("outcome", "excluded"), [("入选", True), ("未入选", False)])
def test_a_city_that_the_track_shows_as_chosen_is_no_pilot_again(
    store: Records, outcome: str, excluded: bool
) -> None:
    """R-ELIG-26, R-LIFE-158, R-VAR-10: whatever the city says of itself."""
    city = {"unit_name": "洛阳市科协", "unit_kind": "city_kx", "unit_region": "洛阳市"}
    track = store.apply(1, programme="h21-kczg-pilot", draft=True, **city)
    store.do("track_apply", track, actor=CLERK, papers=("other",))
    store.do("track_result", track, values={"track.outcome": outcome})
    store.service.open_call(ASSOCIATION, "h23-pilot-city", APPLIED)
    pilot = store.apply(2, programme="h23-pilot-city", unit_facts={"unit.is_kczg_pilot": False}, **city)

    assert bool(said(store, pilot, "R-ELIG-26")) is excluded
