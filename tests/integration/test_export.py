"""Lists for spreadsheets on either database: every project that a reader is shown once, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from lifecycle.database import reading
from lifecycle.export import SHEETS, Filter
from lifecycle.people import Actor
from lifecycle.settings import Settings
from states.names import Role
from tests.record_store import ADMINISTRATOR, APPLIED, ASSOCIATION, CHECKER, CLERK, TABLES, Records, records

COUNT = 7


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(settings, tmp_path)
    for number in range(1, COUNT + 1):
        made.apply(number)
    yield made
    made.app.close()


def rows(store: Records, what: str, reader: Actor = CLERK, wanted: Filter | None = None) -> list[Any]:
    with reading(store.app.engine) as conn:
        return list(SHEETS[what].rows(conn, store.app.store, reader, wanted or Filter()))


def test_every_list_has_a_value_for_each_of_its_headings(store: Records) -> None:
    for sheet in SHEETS.values():
        widths = {len(row) for row in rows(store, sheet.what, ADMINISTRATOR)}
        assert widths <= {len(sheet.headings)}, sheet.what


def test_a_list_longer_than_one_piece_has_every_project_once(
    store: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lifecycle.export._PIECE", 2)
    ids = [row[0] for row in rows(store, "projects")]

    assert ids == sorted(set(ids))
    assert len(ids) == COUNT


def test_somebody_of_a_unit_is_given_its_projects_and_a_city_those_below_it(store: Records) -> None:
    with reading(store.app.engine) as conn:
        units = list(conn.execute(select(TABLES["unit"].c.id).order_by(TABLES["unit"].c.id)).scalars())
    roles = {"henan": frozenset({Role.UNDERTAKING_UNIT})}
    city = {"fujian": frozenset({Role.CITY_KX_REVIEWER})}
    seen = {
        who: len({row[0] for row in rows(store, "history", actor)})
        for who, actor in {
            "unit": Actor("member", roles, units[0]),
            "city": Actor("city", city, units[0], below=frozenset(units[1:4])),
            "nobody": Actor("nobody", {}, None),
            "office": CLERK,
        }.items()
    }

    assert seen == {"unit": 1, "city": 4, "nobody": 0, "office": COUNT}


def test_what_was_approved_under_a_joint_name_is_listed_under_it(store: Records) -> None:
    """R-PROG-51, R-FORM-60."""
    slug = "h23-academic-provincial"
    store.service.open_call(ASSOCIATION, slug, APPLIED)
    sound: dict[str, Any] = {
        "facts": {"event.location_province": "河南省"},
        "targets": {
            "academicians": 2,
            "attendees": 300,
            "keynotes": 10,
            "papers": 100,
            "results": 1,
            "media_reports": 3,
            "livestream": True,
            "proceedings": True,
            "schedule_and_fund_use": True,
        },
    }
    chosen, other = (store.apply(number, programme=slug, **sound) for number in (8, 9))
    for action, actor in (("accept_for_form_review", CHECKER), ("form_pass", CHECKER)):
        store.do(action, chosen, actor=actor)
    store.do("review_select", chosen, papers=("review_record",), values={"amount": "50000"})
    column = SHEETS["projects"].headings.index("统一名称")
    told = {row[0]: row[column] for row in rows(store, "projects")}

    assert (told[chosen], told[other]) == ("科创中原论坛", None)
