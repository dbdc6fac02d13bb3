"""What holds for every eligibility rule, whatever its subject."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle.packs import load_catalogue
from states.catalogue import Citation, Dated, Programme
from states.decision import Finding, Unit
from states.eligibility import PREDICATES, evaluate

SOCIETY = Unit(1, "河南省化学学会", "prov_society", "郑州市")
DAY = date(2023, 3, 1)


@cache
def programmes() -> dict[str, Programme]:
    return dict(load_catalogue().programmes)


def asked(slug: str, facts: dict[str, object], on: date = DAY, **changed: object) -> dict[str, Finding]:
    programme = replace(programmes()[slug], **changed)  # type: ignore[arg-type]
    found = evaluate(programme, facts, SOCIETY, None, on=on, targets={}, materials=frozenset())
    return {finding.rule: finding for finding in found}


@pytest.mark.parametrize("slug", sorted(load_catalogue().programmes))
def test_an_empty_application_of_the_right_kind_fails_nothing(slug: str) -> None:
    programme = programmes()[slug]
    unit = Unit(None, "某单位", programme.applicants[0], None)

    found = evaluate(programme, {}, unit, None, on=DAY, targets={}, materials=frozenset())

    failed = [finding.rule for finding in found if finding.result == "fail"]
    # What a pilot city lacks is another application, not a fact of its own.
    assert failed == (["R-ELIG-27"] if slug == "h23-pilot-city" else [])


def test_every_predicate_of_the_table_is_used_by_a_pack() -> None:
    used = {check.predicate for programme in programmes().values() for check in programme.checks}

    assert used == set(PREDICATES)


@pytest.mark.parametrize(
    ("born", "inclusive", "result"),
    [
        (date(1987, 10, 29), True, "fail"),
        (date(1987, 10, 30), True, "pass"),
        (date(1987, 10, 31), True, "pass"),
        (date(1987, 10, 29), False, "fail"),
        (date(1987, 10, 30), False, "fail"),
        (date(1987, 10, 31), False, "pass"),
    ],
)
def test_the_birth_date_is_held_against_the_printed_day_in_both_readings(
    born: date, inclusive: bool, result: str
) -> None:
    setting = Dated(((date(2022, 10, 30), inclusive, Citation("R-AMB-01", None, None, None)),))
    changed = {**programmes()["h23-young-talent"].settings, "birth_date_inclusive": setting}

    first = asked("h23-young-talent", {"talent.birth_date": born}, date(2022, 11, 15), settings=changed)
    later = asked("h23-young-talent", {"talent.birth_date": born}, date(2023, 5, 1), settings=changed)

    assert (first["R-ELIG-18"].result, later["R-ELIG-18"]) == (result, first["R-ELIG-18"])


@settings(max_examples=40, deadline=None)
@given(st.dates(date(1950, 1, 1), date(2005, 12, 31)), st.dates(date(2022, 10, 30), date(2040, 12, 31)))
def test_the_age_rule_never_depends_on_the_day_it_is_asked(born: date, on: date) -> None:
    found = asked("h23-young-talent", {"talent.birth_date": born}, on)["R-ELIG-18"]

    assert found.result == ("pass" if born >= date(1987, 10, 30) else "fail")


def test_only_the_rules_of_the_asked_stage_are_answered() -> None:
    programme = programmes()["h23-academic-provincial"]

    found = evaluate(programme, {}, SOCIETY, "submit", on=DAY, targets={}, materials=frozenset())

    assert [(finding.rule, finding.stage) for finding in found] == [("R-ELIG-01", "submit")]


def test_a_finding_cites_the_document_the_clause_and_the_printed_words() -> None:
    found = asked("h23-young-talent", {})["R-ELIG-18"]

    assert (found.document, found.clause, found.cite) == (
        "henan-2023",
        "四、1.申报对象与条件",
        "1987年10月30日以后出生",
    )


def test_a_rule_of_the_register_falls_back_on_the_verified_fact_of_the_unit() -> None:
    unit = replace(SOCIETY, facts={"unit.party_org_complete": True, "unit.council_term_end": "2024-01-01"})
    programme = programmes()["h23-first-class-society"]

    found = evaluate(programme, {}, unit, None, on=DAY, targets={}, materials=frozenset())
    by_rule = {finding.rule: finding.result for finding in found}

    assert (by_rule["R-ELIG-05"], by_rule["R-ELIG-06"]) == ("pass", "pass")


def test_a_kind_that_the_document_does_not_list_but_tolerates_passes_with_a_warning() -> None:
    programme = replace(programmes()["fj16-pilot-society"], applicants_warn=("fj_city_kx",))
    unit = Unit(None, "厦门市科协", "fj_city_kx", None)

    found = evaluate(programme, {}, unit, "submit", on=DAY, targets={}, materials=frozenset())

    assert [(finding.result, finding.severity) for finding in found] == [("pass", "warn")]


def test_no_henan_rule_ever_cites_a_fujian_document() -> None:
    henan = [p for p in programmes().values() if p.province == "henan"]
    cited = {spec.citation.document for p in henan for spec in p.checks}
    cited |= {spec.citation.document for p in henan for spec in p.duties.values()}
    cited |= {spec.citation.document for p in henan for spec in p.materials.values()}

    assert cited == {None, "henan-2020", "henan-2021", "henan-2023"}
