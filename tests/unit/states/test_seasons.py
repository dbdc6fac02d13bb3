"""Which programmes have which season and review, by their own tables and packs."""

from __future__ import annotations

from datetime import date

import pytest

from lifecycle.packs import load_catalogue
from states.catalogue import Programme
from states.names import Action, State
from states.seasons import BY_NAME, SEASONS, papers_of, sittings_of, sources_of
from states.tables import LIFECYCLES

PROGRAMMES = load_catalogue().programmes
DAY = date(2023, 12, 1)


@pytest.mark.parametrize("slug", PROGRAMMES)
def test_a_programme_has_a_midterm_where_its_pack_has_its_duty_and_nowhere_else(slug: str) -> None:
    """R-DL-11, R-AMB-43: in Henan, not in Fujian."""
    programme = PROGRAMMES[slug]
    has = bool(sources_of(BY_NAME["midterm"], programme, DAY))
    assert has == ("midterm_report" in programme.duties) or programme.variant == "evaluation-only"
    if programme.province == "fujian":
        assert not has


@pytest.mark.parametrize("season", SEASONS, ids=lambda one: one.name)
def test_a_season_is_under_way_where_its_step_leads_and_where_that_goes_on(season: object) -> None:
    for table in LIFECYCLES.values():
        led = {
            row.dest
            for row in table.rows
            if row.action is season.opens  # type: ignore[attr-defined]
        }
        assert led <= season.under_way  # type: ignore[attr-defined]


def named(slug: str) -> Programme:
    return PROGRAMMES[slug]


def test_the_review_of_a_programme_is_the_chain_of_its_own_table() -> None:
    """R-LIFE-36 to R-LIFE-42, R-LIFE-93."""
    henan = [(one.state, one.passes, one.fails) for one in sittings_of(named("h23-young-talent"), DAY)]
    assert henan == [(State.EXPERT_REVIEW, Action.REVIEW_SELECT, Action.REVIEW_REJECT)]
    county = [one.passes for one in sittings_of(named("fj16-demo-county"), DAY)]
    assert county == [Action.SURVEY_DONE, Action.RECOMMEND, Action.CHAIR_PASS]
    society = [one.passes for one in sittings_of(named("fj16-pilot-society"), DAY)]
    assert society == [Action.REVIEW_TO_DEPARTMENT, Action.RECOMMEND, Action.CHAIR_PASS]
    assert sittings_of(named("h19-special-fund"), DAY) == ()


def test_the_papers_of_a_sitting_are_those_of_its_row() -> None:
    (sitting,) = sittings_of(named("h23-young-talent"), DAY)
    assert papers_of(sitting, named("h23-young-talent"), DAY) == (("review_record",),)
