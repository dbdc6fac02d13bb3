"""The read side: every project once, filters, and the keys that other offices' scripts read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lifecycle.database import reading
from lifecycle.listing import counts_by_state, find_programme, find_state, project_list, select_ids
from lifecycle.queries import duty_object
from lifecycle.settings import Settings
from states.errors import NotFoundFault, UsageFault
from tests.record_store import APPLIED, CHECKER, CLERK, EVENT, TALENT, Records, records

DUTY = "preparation_report"
LATE = date(2020, 9, 21)
SUMMARY = {
    "id", "programme", "title", "unit", "year", "state", "state_label", "version", "amount", "parent",
    "marked", "started_on", "ends_on", "overdue",
}  # fmt: skip
PROJECT = SUMMARY | {
    "programme_title", "phone", "contact", "flags", "facts", "findings", "targets", "materials", "children",
    "duties", "funds", "history", "missed",
}  # fmt: skip
DUTY_KEYS = {
    "id", "project", "project_title", "unit", "duty", "label", "rule", "owed_by", "owed_by_label", "period",
    "anchor", "anchor_date", "legal_due", "due", "soft_due", "provisional", "suggested", "status",
    "status_label", "met_on", "marks", "reminders", "upcoming", "moves", "steps", "owed_to", "proofs",
}  # fmt: skip
ENTRY = {
    "seq", "at", "on", "backdated", "actor", "stood_in_by", "represented", "role", "role_label", "action",
    "action_label", "from", "to", "reason", "document", "materials", "rule", "cite", "changes", "hash",
}  # fmt: skip
FUNDS = {"granted", "paid", "spent", "returned", "to_return", "entries"}


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(settings, tmp_path)
    yield made
    made.app.close()


def listed(store: Records, **given: Any) -> list[str]:
    """The ids of one page."""
    with reading(store.app.engine) as conn:
        return [one["id"] for one in project_list(conn, store.app.store, **given)[0]]


@pytest.mark.parametrize("limit", [1, 3, 7, 50])
def test_pages_give_every_project_once_in_order(store: Records, limit: int) -> None:
    expected = sorted(store.apply(number) for number in range(1, 8))
    found: list[str] = []
    after = None
    with reading(store.app.engine) as conn:
        while True:
            page, after = project_list(conn, store.app.store, limit=limit, after=after)
            found += [one["id"] for one in page]
            assert len(page) <= limit
            if after is None:
                break
    assert found == expected


def test_a_page_of_nothing_is_a_wrong_argument(store: Records) -> None:
    store.apply()
    with pytest.raises(UsageFault):
        listed(store, limit=0)


def test_projects_are_narrowed_by_what_is_asked(store: Records) -> None:
    first, second = store.apply(1), store.apply(2)
    talent = store.apply(3, programme=TALENT)
    store.do("accept_for_form_review", second, actor=CHECKER)

    assert listed(store, state="形式审查") == [second] == listed(store, state="form_review")
    assert listed(store, programme="R-PROG-19") == [talent]
    assert listed(store, unit="河南省示例学会１") == [first]
    assert listed(store, year=2023) == [talent]
    assert listed(store, year=2020, state="submitted") == [first]
    assert listed(store, overdue=True) == []
    with pytest.raises(UsageFault):
        listed(store, state="没有")
    with pytest.raises(NotFoundFault):
        listed(store, programme="没有")
    with reading(store.app.engine) as conn:
        assert select_ids(conn, [("submitted", None), (None, EVENT)], CLERK) == [first, second, talent]
        assert select_ids(conn, [("submitted", TALENT)], CLERK) == [talent]
        assert select_ids(conn, [], CLERK) == []
        assert counts_by_state(conn) == {"form_review": 1, "submitted": 2}


def test_names_are_found_by_code_id_or_label(store: Records) -> None:
    catalogue = store.app.store.catalogue
    assert {
        find_programme(catalogue, name).slug for name in (EVENT, "R-PROG-27", "学术技术交流活动项目")
    } == {EVENT}
    assert find_state("结项") == find_state("closed") == "closed"


def test_the_objects_have_the_keys_of_the_contract(store: Records) -> None:
    project = store.started()
    store.service.sweep(LATE)
    shown = store.show(project)
    with reading(store.app.engine) as conn:
        (summary,), _ = project_list(conn, store.app.store)
        one = duty_object(conn, store.app.store, store.duty(project, DUTY)["id"])

    assert set(shown) == PROJECT
    assert set(summary) == SUMMARY
    assert {frozenset(duty) for duty in shown["duties"]} == {frozenset(DUTY_KEYS | {"grace_until"})}
    assert {**one, "grace_until": None} == store.duty(project, DUTY)
    assert {frozenset(entry) for entry in shown["history"]} == {frozenset(ENTRY)}
    assert set(shown["funds"]) == FUNDS
    assert set(shown["unit"]) == {"name", "kind", "region"}
    assert [set(told) for told in one["reminders"]] == [{"kind", "on", "status"}]
    assert {name: summary[name] for name in ("amount", "year", "started_on", "ends_on", "overdue")} == {
        "amount": "50000.00", "year": 2020, "started_on": "2020-03-16", "ends_on": "2020-12-31", "overdue": 1,
    }  # fmt: skip
    assert shown["funds"]["granted"] == "50000.00"


def test_a_project_that_is_not_there_is_not_found(store: Records) -> None:
    with pytest.raises(NotFoundFault):
        store.show("没有")
    assert APPLIED.isoformat() == "2020-03-02"
