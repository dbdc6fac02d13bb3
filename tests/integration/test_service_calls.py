"""Calls for applications, and the packs that projects stay on when the catalogue changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import RowMapping

from lifecycle.packs import load_catalogue, packaged_files
from lifecycle.settings import Settings
from states.catalogue import Pack
from states.errors import NotFoundFault, RefusedFault
from tests.record_store import ADMINISTRATOR, APPLIED, ASSOCIATION, CLERK, EVENT, OPENED, Records, records

LAST = date(2020, 3, 1)


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(settings, tmp_path)
    yield made
    made.app.close()


def test_a_call_is_opened_closed_and_opened_again(store: Records) -> None:
    assert store.service.close_call(CLERK, EVENT, LAST) == EVENT
    with pytest.raises(RefusedFault):
        store.apply()
    store.service.open_call(ASSOCIATION, EVENT, APPLIED, APPLIED)
    assert store.apply() == f"{EVENT}-0001"
    (call,) = [row for row in store.rows("call") if row["programme"] == EVENT]
    assert (call["opens_on"], call["closes_on"]) == (APPLIED, APPLIED)


def test_a_programme_that_is_not_there_cannot_be_opened(store: Records) -> None:
    with pytest.raises(NotFoundFault):
        store.service.open_call(CLERK, "没有", OPENED)


def history(store: Records, programme: str) -> list[RowMapping]:
    """The lines on who set the days of a call."""
    return [row for row in store.rows("call_log") if row["programme"] == programme]


def test_days_that_stand_already_are_not_written_twice(store: Records) -> None:
    before = history(store, EVENT)
    store.service.open_call(CLERK, EVENT, OPENED, reason="来件补录")
    assert history(store, EVENT) == before


@pytest.mark.parametrize(
    ("programme", "on", "message"),
    [
        (EVENT, OPENED - timedelta(days=1), "截止日期 2020-01-05 早于开放日期 2020-01-06"),
        ("h23-first-class-society", OPENED, "“一流学会建设引领计划”的申报从未开放，无从截止"),
    ],
)
def test_what_is_not_open_is_not_closed(store: Records, programme: str, on: date, message: str) -> None:
    """R-DL-17."""
    before = store.everything()
    with pytest.raises(RefusedFault) as fault:
        store.service.close_call(ASSOCIATION, programme, on)
    assert [(one.rule, one.message) for one in fault.value.reasons] == [("R-DL-17", message)]
    assert store.everything() == before


@pytest.mark.parametrize(
    "programme", ["h21-intl-national-platform", "h19-special-fund", "h21-three-discussions"]
)
def test_a_programme_that_nobody_applies_to_has_no_call(store: Records, programme: str) -> None:
    """R-PROG-55."""
    with pytest.raises(RefusedFault, match="没有申报批次可开放"):
        store.service.open_call(ASSOCIATION, programme, OPENED)
    assert history(store, programme) == []


def changed_pack(folder: Path) -> Pack:
    """The pack with the event programme's preparation report due two months before instead of one."""
    (file,) = [path for path in packaged_files() if path.stem == "henan-2020"]
    text = file.read_text(encoding="utf-8")
    start = text.index("preparation_report")
    new = text[:start] + re.sub(r"P1M", "P2M", text[start:], count=1)
    assert new != text
    copy = folder / file.name
    copy.write_text(re.sub(r"(?m)^(version: *).*$", r"\g<1>99", new, count=1), encoding="utf-8")
    return load_catalogue([copy]).packs["henan-2020"]


def test_a_project_stays_on_the_pack_that_it_entered_under(store: Records, tmp_path: Path) -> None:
    old = store.started(1)
    store.service.install_pack(ADMINISTRATOR, changed_pack(tmp_path), date(2020, 4, 1))
    new = store.started(2)

    assert store.duty(old, "preparation_report")["due"] == "2020-09-20"
    assert store.duty(new, "preparation_report")["due"] == "2020-08-20"
    store.service.amend(CLERK, old, {"event.starts_on": "2020-11-20"}, date(2020, 4, 1), "示例理由")
    assert store.duty(old, "preparation_report")["due"] == "2020-10-20"
    digests = {row["id"]: row["pack_digest"] for row in store.rows("project")}
    assert digests[old] != digests[new]
    assert sorted(row["digest"] for row in store.rows("pack")) == sorted(digests.values())
    assert store.whole() is True
