"""The cases about what was applied for before, as officials write them, each asked of a store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from lifecycle.settings import Settings
from states.errors import RefusedFault
from tests.record_store import APPLIED, ASSOCIATION, CHECKER, CLERK, Records, records

FILE = Path(__file__).parents[1] / "cases" / "admission" / "limits.yaml"
WRITTEN: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
KEYS = {"case", "rule", "cited", "programme", "unit", "host", "title", "facts", "before", "expect", "message",
        "noted", "call"}  # fmt: skip
CLOSED, AFTER, AGAIN = (APPLIED + timedelta(days=n) for n in (10, 12, 20))
"""With `call: 截止后重新开放`: the last day of the call, a day after it, and the day of the next one."""
ENDS: dict[str, tuple[str, ...]] = {
    "撤回": ("withdraw",),
    "截止后撤回": ("withdraw",),
    "退回": ("accept_for_form_review", "return_for_completion"),
    "未通过": ("accept_for_form_review", "form_reject"),
}
"""What became of an earlier application, in steps."""


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(settings, tmp_path)
    yield made
    made.app.close()


def kind_of(unit: str, host: str | None) -> str:
    if unit.endswith(("市科协", "市 科协", "市科学技术协会")):
        return "city_kx"
    return "host_hospital" if host else "prov_society"


def hand_in(store: Records, number: int, told: dict[str, Any], case: dict[str, Any], **how: Any) -> str:
    """One application: what a case says of it, the rest as in the application that is judged."""
    unit = told.get("unit", case["unit"])
    host = told.get("host") if "unit" in told else case.get("host")
    return store.apply(
        number,
        programme=told.get("programme", case["programme"]),
        title=told.get("title", f"题目{number}"),
        unit_name=unit,
        unit_kind=kind_of(unit, host),
        unit_host=host,
        facts=told.get("facts", {}),
        **how,
    )


def earlier(store: Records, case: dict[str, Any], slugs: set[str]) -> None:
    """Everything that was applied for before, and what became of it."""
    names: dict[str, str] = {}
    for number, told in enumerate(case["before"], 1):
        how = {"parent": names[told["parent"]]} if "parent" in told else {}
        project = hand_in(store, number, told, case, **how)
        names[told.get("name", "")] = project
        for action in ENDS.get(told.get("state", ""), ()):
            actor = CLERK if action == "withdraw" else CHECKER
            on = AFTER if told["state"].startswith("截止后") else APPLIED
            store.do(action, project, actor=actor, on=on, papers=("other",) if actor is CLERK else ())
    if "call" in case:
        for slug in slugs:
            store.service.close_call(ASSOCIATION, slug, CLOSED)
            store.service.open_call(ASSOCIATION, slug, AGAIN)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["case"]) for case in WRITTEN])
def test_an_application_is_taken_or_not_as_its_sentence_says(store: Records, case: dict[str, Any]) -> None:
    assert set(case) <= KEYS
    slugs = {case["programme"], *(told.get("programme", case["programme"]) for told in case["before"])}
    for slug in slugs:
        store.service.open_call(ASSOCIATION, slug, APPLIED)
    earlier(store, case, slugs)
    on = AGAIN if "call" in case else APPLIED
    asked = {name: case[name] for name in ("unit", "host", "title", "facts") if name in case}
    if case["expect"] == "受理":
        project = hand_in(store, 9, asked, case, on=on)
        found = [one["message"] for one in store.service.check(project, on) if one["rule"] == case["rule"]]
        assert case.get("noted") is None or case["noted"] in found
        return
    before = store.everything()
    with pytest.raises(RefusedFault) as fault:
        hand_in(store, 9, asked, case, on=on)
    assert store.everything() == before
    cited = case.get("cited", case["rule"])
    assert [(one.rule, one.message) for one in fault.value.reasons] == [(cited, case["message"])]
