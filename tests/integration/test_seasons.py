"""How projects stand in a season, a review and a year, read from the record; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from lifecycle.cases import DUTY
from lifecycle.database import reading
from lifecycle.programme_years import YearStanding, year_standing
from lifecycle.review_rounds import ReviewStanding, decisions_on, review_standing, with_review
from lifecycle.seasons import SeasonStanding, programmes_in, season_standing, with_season
from lifecycle.settings import Settings
from states.catalogue import Programme
from states.errors import NotFoundFault, RefusedFault, UsageFault
from states.seasons import BY_NAME
from tests.record_store import APPLIED, EVENT, Records, records

MIDPOINT = date(2020, 8, 8)
AUTUMN = date(2020, 9, 1)
END = date(2020, 12, 31)


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    made = records(settings, tmp_path)
    yield made
    made.app.close()


@pytest.fixture
def small(sqlite_settings: Settings, tmp_path: Path) -> Iterator[Records]:
    """The same in a file, for what asks the database nothing new."""
    made = records(sqlite_settings, tmp_path)
    yield made
    made.app.close()


def programme(store: Records, slug: str = EVENT) -> Programme:
    return store.app.catalogue.programmes[slug]


def standing(store: Records, season: str = "midterm", on: date = AUTUMN, until: date = END) -> SeasonStanding:
    with reading(store.app.engine) as conn:
        return season_standing(conn, BY_NAME[season], programme(store), 2020, on, until)


def review(store: Records) -> ReviewStanding:
    with reading(store.app.engine) as conn:
        return review_standing(conn, programme(store), 2020, APPLIED)


def year(store: Records, on: date = AUTUMN) -> YearStanding:
    with reading(store.app.engine) as conn:
        return year_standing(conn, programme(store), 2020, on)


def test_a_midterm_is_ready_from_its_suggested_day_once_and_never_again(store: Records) -> None:
    """R-DL-11: once for a project; the day is the midpoint, and only suggested (R-AMB-19)."""
    first, second, third = (store.started(number) for number in (1, 2, 3))
    before = standing(store, until=date(2020, 8, 1))
    assert before.ready == ()
    assert before.early == tuple((one, MIDPOINT) for one in (first, second, third))
    assert standing(store, until=MIDPOINT).ready == (first, second, third)

    store.do("midterm_open", first, on=AUTUMN)
    store.do("midterm_open", second, on=AUTUMN)
    store.do("midterm_done", second, on=AUTUMN, papers=("midterm_opinion",))
    after = standing(store)
    assert (after.ready, after.under_way, after.past) == ((third,), 1, 1)


def test_papers_are_missing_until_the_unit_brings_them(store: Records) -> None:
    """R-FORM-23, R-FORM-24."""
    first, second = (store.started(number) for number in (1, 2))
    store.do("midterm_open", first, on=AUTUMN, papers=("midterm_report",))
    (missing,) = standing(store).missing
    assert (missing.project, missing.papers) == (second, ("中期报告",))
    assert missing.unit == "河南省示例学会2"
    evaluated = standing(store, "evaluation")
    assert evaluated.ready == (second,)  # the other is in its midterm
    assert evaluated.missing[0].papers == ("项目工作总结", "活动图片", "典型案例")


def test_projects_of_another_year_and_another_state_are_left_alone(small: Records) -> None:
    small.started(1)
    small.apply(2)
    found = standing(small)
    assert len(found.ready) == 1
    assert found.elsewhere == {"submitted": 1}
    with reading(small.app.engine) as conn:
        other = season_standing(conn, BY_NAME["midterm"], programme(small), 2021, AUTUMN, END)
    assert (other.ready, other.elsewhere) == ((), {})


def test_programmes_are_found_by_slug_group_and_province_and_fujian_has_no_midterm(small: Records) -> None:
    catalogue = small.app.catalogue
    assert [one.slug for one in programmes_in(catalogue, EVENT)] == [EVENT]
    below = {one.slug for one in programmes_in(catalogue, "h20-academic-lead")}
    assert EVENT in below
    assert len(below) > 1
    assert {one.province for one in programmes_in(catalogue, "河南")} == {"henan"}
    fujian = programmes_in(catalogue, "fujian")
    assert {one.slug for one in with_season(fujian, BY_NAME["evaluation"], AUTUMN)} == {
        "fj16-pilot-society", "fj16-demo-county",
    }  # fmt: skip
    with pytest.raises(RefusedFault, match="没有中期考核") as refused:
        with_season(fujian, BY_NAME["midterm"], AUTUMN)
    assert refused.value.reasons[0].rule == "R-DL-11"
    with pytest.raises(NotFoundFault, match="没有名为“火星”的项目类别"):
        programmes_in(catalogue, "火星")
    with pytest.raises(UsageFault, match="请写明项目类别"):
        programmes_in(catalogue, " ")


def test_a_review_tells_candidates_what_they_lack_and_the_places(store: Records) -> None:
    ids = [store.apply(number) for number in range(1, 4)]
    for one in ids[:2]:
        store.walk(one, "form_pass")
    found = review(store)
    assert [one.project for one in found.candidates] == ids[:2]
    assert {one.lacks for one in found.candidates} == {("评审记录",)}
    assert {one.score for one in found.candidates} == {None}
    assert found.before == {"submitted": 1}
    assert (found.quota, found.free, found.taken) == (None, None, 0)
    with pytest.raises(RefusedFault, match="不经专家评审"):
        with_review([programme(store, "h19-special-fund")], APPLIED)


def test_lists_become_the_steps_that_the_states_ask_for(small: Records) -> None:
    ids = [small.apply(number) for number in range(1, 4)]
    for one in ids:
        small.walk(one, "form_pass")
    found, line = review(small), programme(small)
    told = decisions_on(line, found, APPLIED, ids[:1], (), rest=True)
    assert [(str(one.action), one.ids, one.passes) for one in told] == [
        ("review_select", (ids[0],), True), ("review_reject", (ids[1], ids[2]), False),
    ]  # fmt: skip
    assert decisions_on(line, found, APPLIED, (), ()) == ()
    with pytest.raises(UsageFault, match="不能既入选又不入选"):
        decisions_on(line, found, APPLIED, ids, ids[:1])


def test_every_project_and_every_live_duty_of_a_year_is_in_one_stage(store: Records) -> None:
    for number, until in enumerate(
        ("", "form_pass", "review_select", "start", "open_evaluation", "evaluate_pass")
    ):
        project = store.apply(number + 1, facts={"event.starts_on": date(2020, 10, 20)})
        if until:
            store.walk(project, until)
    found = year(store)
    with reading(store.app.engine) as conn:
        live = conn.execute(select(DUTY.c.id).where(DUTY.c.closed_seq.is_(None))).all()
    assert found.total == 6
    assert sum(one.owed for one in found.stages) == len(live)
    counts = {one.stage.name: one.count for one in found.stages if one.count}
    assert counts == {
        "call": 1, "review": 1, "approval": 1, "running": 1, "evaluation": 1, "ended": 1,
    }  # fmt: skip


def test_a_year_counts_what_is_late_and_which_suggested_days_have_come(small: Records) -> None:
    small.started(1)
    before, after = year(small, date(2020, 6, 1)), year(small, date(2020, 12, 1))
    assert (before.stage("midterm").waiting, after.stage("midterm").waiting) == (0, 1)
    assert before.stage("midterm").next_due == MIDPOINT
    assert before.stage("running").overdue == 0
    assert after.stage("running").overdue == 1  # the report one month before the event (R-DL-05)
    assert after.stage("midterm").overdue == 0  # a suggested day is never late
    assert before.opens_on == date(2020, 1, 6)


def test_a_programme_without_projects_has_empty_stages(small: Records) -> None:
    with reading(small.app.engine) as conn:
        found = year_standing(conn, programme(small, "h23-young-talent"), 2031, AUTUMN)
    assert found.total == 0
