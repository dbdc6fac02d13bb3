"""What the record itself knows: limits by legal applicant, doubles, how earlier projects ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lifecycle.database import transaction
from lifecycle.settings import Settings
from lifecycle.units import find_or_register, verify_fact
from states.errors import RefusedFault
from tests.record_store import APPLIED, ASSOCIATION, CHECKER, CITY, EVENT, HUNDRED, TALENT, Records, records

CONGRESS, STATION, INCUBATION = "h23-city-product-congress", "h23-expert-station", "h23-base-incubation"
ACADEMIC, FIRST_CLASS = "h23-academic-provincial", "h23-first-class-society"
ASSOCIATED = {"unit_name": "示例市科协", "unit_kind": "city_kx"}
HOSPITAL = "示例医院"


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(settings, tmp_path)
    for slug in (CITY, CONGRESS, HUNDRED, STATION, INCUBATION, ACADEMIC, FIRST_CLASS):
        made.service.open_call(ASSOCIATION, slug, APPLIED)
    yield made
    made.app.close()


def refused(store: Records, number: int, **given: object) -> list[tuple[str, str]]:
    """The reasons why one more application is not taken in, which leaves no trace."""
    before = store.everything()
    with pytest.raises(RefusedFault) as fault:
        store.apply(number, **given)
    assert store.everything() == before
    return [(reason.rule, reason.message) for reason in fault.value.reasons]


def told(store: Records, project: str, rule: str) -> list[dict[str, Any]]:
    """What the eligibility check says of a project under a rule."""
    return [one for one in store.service.check(project, APPLIED) if one["rule"] == rule]


def hosted(number: int, host: str = HOSPITAL) -> dict[str, object]:
    """An association in a hospital, which applies in its name."""
    return {"unit_name": f"示例医院科协{number}", "unit_kind": "host_hospital", "unit_host": host}


@pytest.mark.parametrize(
    ("rule", "limit", "slug", "unit"),
    [
        ("R-ELIG-14", 2, CONGRESS, ASSOCIATED),
        ("R-ELIG-15", 1, HUNDRED, ASSOCIATED),
        ("R-ELIG-16", 2, STATION, ASSOCIATED),
        ("R-ELIG-17", 2, TALENT, {"unit_name": "示例学会", "unit_kind": "prov_society"}),
    ],
)
def test_a_unit_applies_as_often_as_printed_and_not_once_more(
    store: Records, rule: str, limit: int, slug: str, unit: dict[str, object]
) -> None:
    for number in range(limit):
        store.apply(number, programme=slug, **unit)

    assert refused(store, limit, programme=slug, **unit) == [
        (rule, f"每个单位限报 {limit} 项，该单位已申报 {limit} 项")
    ]


def test_bases_and_stations_share_the_two_applications_of_a_unit(store: Records) -> None:
    """R-ELIG-16 prints one limit for the whole group."""
    store.apply(1, programme=STATION, **ASSOCIATED)
    store.apply(2, programme=INCUBATION, **ASSOCIATED)

    (found,) = refused(store, 3, programme=STATION, **ASSOCIATED)
    assert found[0] == "R-ELIG-16"


def test_who_applies_in_the_name_of_one_host_is_one_applicant(store: Records) -> None:
    """R-ELIG-46, R-AMB-07: the legal applicant counts, whichever of its associations hands in."""
    store.apply(1, programme=TALENT, **hosted(1))
    store.apply(2, programme=TALENT, **hosted(2))

    assert [rule for rule, _ in refused(store, 3, programme=TALENT, **hosted(3))] == ["R-ELIG-17"]
    assert store.apply(3, programme=TALENT, **hosted(3, "另一医院"))


def test_a_withdrawn_application_frees_its_place_and_a_returned_or_failed_one_does_not(
    store: Records,
) -> None:
    """R-ELIG-47, R-AMB-07."""
    first = store.apply(1, programme=TALENT)
    second = store.apply(2, programme=TALENT, unit_name="河南省示例学会1")
    store.do("accept_for_form_review", first, actor=CHECKER)
    store.do("return_for_completion", first, actor=CHECKER)
    store.do("accept_for_form_review", second, actor=CHECKER)
    store.do("form_reject", second, actor=CHECKER)
    third = {"programme": TALENT, "unit_name": "河南省示例学会1"}
    assert [rule for rule, _ in refused(store, 3, **third)] == ["R-ELIG-17"]

    store.do("withdraw", first, actor=store.member(first))
    assert store.apply(3, **third)


def test_an_absorbed_application_still_counts_for_its_unit(store: Records) -> None:
    """R-ELIG-47: what went into the pilot city was applied for."""
    city = store.apply(1, programme=CITY, **ASSOCIATED)
    store.apply(2, programme=HUNDRED, parent=city, **ASSOCIATED)

    assert [rule for rule, _ in refused(store, 3, programme=HUNDRED, **ASSOCIATED)] == ["R-ELIG-15"]


def test_the_same_title_is_a_double_however_it_is_spaced_and_only_a_warning_elsewhere(store: Records) -> None:
    """R-ELIG-45."""
    unit = {"unit_name": "示例学会", "unit_kind": "prov_society"}
    first = store.apply(1, programme=ACADEMIC, title="智能传感 论坛", **unit)
    assert refused(store, 2, programme=ACADEMIC, title="智能传感论坛", **unit) == [
        ("R-ELIG-45", f"与已申报的 {first} 重复（同一单位、同一类别、同名）")
    ]
    store.apply(3, programme=ACADEMIC, title="智能传感论坛", unit_name="另一学会")

    other = store.apply(4, programme=HUNDRED, title="智能传感论坛", **unit)
    assert [one["message"] for one in told(store, other, "R-ELIG-45")] == [
        f"与同一单位申报的 {first} 同名，请核对是否重复"
    ]


def test_one_talent_is_put_forward_once_a_year(store: Records) -> None:
    """R-ELIG-45, R-AMB-45: by identity number, else by name and date of birth."""
    store.apply(1, programme=TALENT, facts={"talent.id_number": "410101199001011234"})
    store.apply(2, programme=TALENT, facts={"talent.name": "李某", "talent.birth_date": date(1991, 2, 3)})

    for facts in (
        {"talent.id_number": "410101199001011234"},
        {"talent.name": "李某", "talent.birth_date": date(1991, 2, 3)},
    ):
        ((rule, message),) = refused(store, 3, programme=TALENT, facts=facts)
        assert (rule, message[:6]) == ("R-ELIG-45", "被托举人已在")
    assert store.apply(
        3, programme=TALENT, facts={"talent.name": "李某", "talent.birth_date": date(1992, 2, 3)}
    )


def concluded(store: Records, conclusion: str, issues: str = "否") -> str:
    """An event of 2020 that was evaluated."""
    project = store.started(1)
    store.do("open_evaluation", project, on=date(2020, 11, 2))
    store.do(
        "record_evaluation",
        project,
        on=date(2020, 11, 3),
        papers=("evaluation_report",),
        values={"evaluation.conclusion": conclusion, "evaluation.has_issues": issues},
    )
    return project


@pytest.mark.parametrize(("conclusion", "result"), [("合格", "pass"), ("不合格", "fail")])
def test_what_was_concluded_here_is_known_when_the_unit_applies_again(
    store: Records, conclusion: str, result: str
) -> None:
    """R-ELIG-08, R-SANC-01, R-SANC-08: nobody has to type what the record holds."""
    concluded(store, conclusion)
    again = store.apply(5, programme=FIRST_CLASS, unit_name="河南省示例学会1")

    (found,) = told(store, again, "R-ELIG-08")
    assert found["result"] == result
    assert ("示例题目1" in found["message"]) is (result == "fail")


def test_what_is_not_yet_evaluated_is_asked_of_a_person(store: Records) -> None:
    """R-AMB-12, R-SANC-08: unknown is never a failure."""
    store.started(1)
    again = store.apply(5, programme=FIRST_CLASS, unit_name="河南省示例学会1")

    (found,) = told(store, again, "R-ELIG-08")
    assert found["result"] == "unknown"


def test_findings_are_kept_with_their_review_and_personal_facts_only_as_having_been_there(
    store: Records,
) -> None:
    talent = store.apply(1, programme=TALENT, facts={"talent.birth_date": date(1990, 1, 2)})
    store.do("accept_for_form_review", talent, actor=CHECKER)
    store.do("return_for_completion", talent, actor=CHECKER)

    rows = [row for row in store.rows("finding") if row["rule"] == "R-ELIG-18"]
    assert [(row["project_id"], row["result"]) for row in rows] == [(talent, "pass")]
    assert set(rows[0]["inputs"]) >= {"talent.birth_date"}
    assert "1990" not in str(rows[0]["inputs"]) + rows[0]["message"]


def test_a_first_event_of_a_unit_without_history_is_not_asked_about_it(store: Records) -> None:
    """R-AMB-12: a unit without earlier projects has nothing to show."""
    again = store.apply(1, programme=EVENT)

    assert not [one for one in store.service.check(again, APPLIED) if one["result"] == "fail"]


def test_an_undone_withdrawal_finds_no_place_beyond_the_limit(store: Records) -> None:
    """R-ELIG-17, R-ELIG-45: what came in meanwhile counts."""
    unit = {"programme": TALENT, "unit_name": "示例学会"}
    first = store.apply(1, **unit, facts={"talent.id_number": "410101199001011234"})
    store.do("withdraw", first, actor=store.member(first))
    store.apply(2, **unit, facts={"talent.id_number": "410101199001011234"})
    store.apply(3, **unit)

    told = store.decline("reverse_step", first, actor=ASSOCIATION)
    assert [reason.rule for reason in told.reasons] == ["R-ELIG-17", "R-ELIG-45"]


def test_what_staff_verified_of_an_earlier_project_goes_before_the_record(store: Records) -> None:
    """R-AMB-12: not yet evaluated is confirmed by a person, in the register of units."""
    earlier = store.started(1)
    again = store.apply(5, programme=FIRST_CLASS, unit_name="河南省示例学会1")
    with transaction(store.app.engine) as conn:
        unit = find_or_register(conn, "河南省示例学会1", "prov_society")
        verified = [{"source": earlier, "title": "示例题目1", "year": 2020, "conclusion": "合格"}]
        verify_fact(conn, unit, "unit.past_special_fund_projects", verified, "clerk", APPLIED)

    (found,) = told(store, again, "R-ELIG-08")
    assert found["result"] == "pass"
