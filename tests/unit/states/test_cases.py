"""The policy cases that officials write as sentences, each asked of the eligibility rules."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from lifecycle.packs import load_catalogue
from states.catalogue import Catalogue, Programme
from states.decision import Unit
from states.eligibility import evaluate
from states.facts import parse_fact
from states.kin import Child
from states.names import State

WRITTEN: list[dict[str, Any]] = [
    case
    for path in sorted((Path(__file__).parents[2] / "cases").glob("*.yaml"))
    for case in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
]
CASES = [pytest.param(case, id=f"{case['programme']}: {case['case']}") for case in WRITTEN]
KEYS = {
    "case", "programme", "rule", "day", "unit", "facts", "targets", "materials",
    "planned", "children", "expect", "severity", "missing", "message",
}  # fmt: skip


EVERYWHERE = {"R-FORM-50"}
"""What is asked of every application without standing in a pack's checks."""


@cache
def catalogue() -> Catalogue:
    return load_catalogue()


def children(written: list[Any]) -> tuple[Child, ...]:
    """Children as a case writes them: a programme, or one with its state and whether it is marked."""
    found = []
    for number, each in enumerate(written, 1):
        told = each if isinstance(each, dict) else {"programme": each}
        lines = catalogue().programmes[told["programme"]].lineage
        state = State(told.get("state", "form_review"))
        found.append(Child(f"c-{number}", told["programme"], lines, state, told.get("marked", False)))
    return tuple(found)


def planned(programme: Programme, written: dict[str, Any]) -> dict[str, Any]:
    """The plan of a case: with `planned: 下限` every indicator just as printed, what is written laid over."""
    least = {t.slug: 1 if t.cmp == "done" else t.number for t in programme.targets}
    return {**(least if written.get("planned") == "下限" else {}), **written.get("targets", {})}


@pytest.mark.parametrize("case", CASES)
def test_a_policy_case_ends_as_its_sentence_says(case: dict[str, Any]) -> None:
    programme = catalogue().programmes[case["programme"]]
    given = {"name": "河南省化学学会", "kind": "prov_society", **case.get("unit", {})}
    unit = Unit(None, given["name"], given["kind"], None, given.get("host"))
    facts = {n: parse_fact(programme.facts[n], v) for n, v in case.get("facts", {}).items()}

    findings = evaluate(
        programme,
        facts,
        unit,
        None,
        on=case.get("day", date(2023, 3, 1)),
        targets=planned(programme, case),
        materials=frozenset(case.get("materials", ())),
        children=children(case.get("children", ())),
    )
    found = {finding.rule: finding for finding in findings}[case["rule"]]

    assert (found.result, found.message) == (case["expect"], case["message"])
    assert found.missing == tuple(case.get("missing", ()))
    assert found.severity == case.get("severity", "block")


@pytest.mark.parametrize("case", CASES)
def test_a_policy_case_uses_only_known_keys(case: dict[str, Any]) -> None:
    assert set(case) - KEYS == set()


def test_every_eligibility_rule_of_every_programme_has_a_case() -> None:
    ruled = {check.rule for programme in catalogue().programmes.values() for check in programme.checks}

    assert {case["rule"] for case in WRITTEN} == ruled | EVERYWHERE
