"""What the record itself knows: how earlier projects of a unit ended, and what was found at a review."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from lifecycle.calendar_file import read_calendar
from lifecycle.database import transaction
from lifecycle.recounting import import_notice
from lifecycle.settings import Settings
from lifecycle.units import find_or_register, verify_fact
from tests.calendar_samples import written
from tests.record_store import ADMINISTRATOR, APPLIED, ASSOCIATION, CHECKER, EVENT, TALENT, Records, records

FIRST_CLASS = "h23-first-class-society"


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(settings, tmp_path)
    made.service.open_call(ASSOCIATION, FIRST_CLASS, APPLIED)
    yield made
    made.app.close()


def told(store: Records, project: str, rule: str) -> list[dict[str, Any]]:
    """What the eligibility check says of a project under a rule."""
    return [one for one in store.service.check(project, APPLIED) if one["rule"] == rule]


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


def test_a_rectification_missed_by_a_provisional_date_counts_when_the_notice_says_so(
    store: Records, tmp_path: Path
) -> None:
    """R-DL-37, R-AMB-12: nobody is turned down over a date that is not certain."""
    project = concluded(store, "合格", "是")
    store.do("evaluate_issues", project, on=date(2026, 11, 4))
    received = {"evaluation.received_on": "2026-11-09"}
    store.do("record_receipt", project, on=date(2026, 11, 9), papers=("feedback_receipt",), values=received)
    store.service.sweep(date(2027, 3, 1))
    assert store.duty(project, "rectification_report")["status_label"] == "逾期（暂定）"
    again = store.apply(5, programme=FIRST_CLASS, unit_name="河南省示例学会1")
    assert "整改逾期" not in told(store, again, "R-ELIG-08")[0]["message"]

    notice, on = read_calendar(written(tmp_path)), date(2027, 3, 1)
    import_notice(store.app.store, ADMINISTRATOR, notice, on, datetime(2027, 3, 1, 2, tzinfo=UTC))

    assert store.duty(project, "rectification_report")["status_label"] == "逾期"
    assert "整改逾期" in told(store, again, "R-ELIG-08")[0]["message"]


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
