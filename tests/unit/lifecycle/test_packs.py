"""The packs that ship: what they print, what they inherit, and how they are kept."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from lifecycle.packs import (
    load_catalogue,
    load_pack,
    pack_from_source,
    packaged_files,
)
from states.catalogue import Catalogue, Programme
from states.errors import BadInputFault
from tests.unit.lifecycle.pack_samples import SOUND, written


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def test_every_document_is_one_pack_with_its_number_and_the_day_it_came_into_force(
    catalogue: Catalogue,
) -> None:
    """R-DOC-01…04, R-DOC-07."""
    assert {
        slug: (one.document.number, one.document.date, one.document.in_force_from)
        for slug, one in catalogue.packs.items()
    } == {
        "fujian-2016": (None, date(2016, 3, 21), date(2016, 3, 21)),
        "henan-2020": ("豫科协办发〔2020〕6号", date(2020, 4, 22), date(2020, 4, 22)),
        "henan-2021": ("豫科协办发〔2021〕9号", date(2021, 4, 29), date(2021, 4, 29)),
        "henan-2023": (None, None, date(2022, 10, 30)),
    }


MEETINGS = {
    "h20-academic-event",
    "h21-intl-national-platform",
    "h21-key-academic-event",
    "h23-young-scientist-forum",
    "h23-cross-strait-logistics",
    "h23-academic-intl-national",
    "h23-academic-provincial",
}
"""Academic activities, whose plan is reported a month before (R-DL-05, R-AMB-02)."""


def of_year(programme: Programme) -> set[str]:
    """What the document of a year asks for of all that it funds (R-DL-18, R-DL-29)."""
    funded = programme.variant in ("base", "two-year-talent")
    return {"henan-2020": {"site_meeting"}, "henan-2021": {"year_completion"}}.get(
        programme.pack if funded else "", set()
    )


def test_the_duties_of_each_programme_are_those_of_its_documents(catalogue: Catalogue) -> None:
    evaluated = {"evaluation_feedback", "rectification_report", "result_receipt"}
    completed = {"completion", "completion_receipt"}
    pilot = {"monthly_progress", "fund_method_filing", "annual_indicators", "annual_assessment", "inspection"}
    henan = evaluated | completed | {"midterm_report", "evaluation_opening", "extension_application"}
    by_variant = {
        "base": henan,
        "parent-child": henan,
        "two-year-talent": henan | {"cycle_summary"},
        "evaluation-only": evaluated | {"evaluation_opening", "closing_materials", "completion_survey"},
        "fujian-county": evaluated | completed | pilot,
        "fujian-society": evaluated | completed | pilot,
    }
    congress = {"congress_progress", "congress_agreement"}
    besides = {
        "h21-society-governance": {"council_election", "year_completion"},
        "fj16-annual-work": {"annual_plan", "annual_summary"},
        "h23-young-talent": {"half_year_guidance", "project_summary", "follow_up"},
        "h20-city-product-congress": congress,
        "h21-city-product-congress": congress,
        "h23-city-product-congress": congress,
        "h21-enterprise-innovation": {"process_monitoring"},
        "h21-industry-society": {"observation_meeting"},
        "h23-base-industry-research": {"yearly_uploads"},
        "h23-base-incubation": {"yearly_uploads"},
        "h23-base-international": {"yearly_uploads"},
        "h23-expert-station": {"yearly_services"},
    } | {slug: {"preparation_report", "event_date", "halt_request"} for slug in MEETINGS}

    assert {slug: set(p.duties) for slug, p in catalogue.programmes.items()} == {
        slug: by_variant.get(p.variant, set()) | besides.get(slug, set()) | of_year(p)
        for slug, p in catalogue.programmes.items()
    }


def test_a_line_takes_from_every_line_above_it_and_the_nearest_value_counts(catalogue: Catalogue) -> None:
    base = catalogue.programmes["h23-base-incubation"]

    assert base.lineage == (
        "h23-base-incubation",
        "h23-base",
        "h23-collab-platform",
        "h23-industry-empowerment",
    )
    assert (base.quota_pool, base.limit_pool, base.child_of) == (
        "h23-collab-platform", "h23-collab-platform", "h23-pilot-city",
    )  # fmt: skip
    assert {check.rule for check in base.checks} >= {
        "R-ELIG-02",
        "R-ELIG-31",
        "R-ELIG-32",
        "R-ELIG-52",
        "R-ELIG-56",
    }


def test_applications_under_one_limit_are_counted_together(catalogue: Catalogue) -> None:
    assert set(catalogue.programmes["h23-expert-station"].limit_scope) == {
        "h23-collab-platform",
        "h23-base-industry-research",
        "h23-base-incubation",
        "h23-base-international",
        "h23-expert-station",
    }
    assert catalogue.programmes["h23-hundred-societies"].limit_scope == ("h23-hundred-societies",)


def test_a_parent_stands_before_what_is_below_it(catalogue: Catalogue) -> None:
    order = list(catalogue.lines)

    assert all(
        order.index(line.parent) < order.index(slug) for slug, line in catalogue.lines.items() if line.parent
    )


def test_a_choice_is_inherited_with_its_reason(catalogue: Catalogue) -> None:
    choices = {one.rule: one for one in catalogue.programmes["h23-young-talent"].readings}

    assert choices["R-AMB-05"] in catalogue.packs["henan-2020"].readings
    assert {"R-AMB-33", "R-AMB-49"} <= choices.keys()


def test_an_inherited_value_keeps_its_own_citation(catalogue: Catalogue) -> None:
    duty = catalogue.programmes["h23-academic-provincial"].duties["preparation_report"]
    summary = catalogue.programmes["h23-young-talent"].duties["cycle_summary"]

    assert (duty.citation.document, duty.citation.clause) == ("henan-2020", "二、2.学术引领工程项目")
    assert (summary.citation.document, summary.citation.clause) == ("henan-2023", "四、2.实施内容与绩效")


def test_a_child_pack_overrides_an_inherited_setting_by_key(tmp_path: Path) -> None:
    text = SOUND.replace("province: henan", "province: henan\ninherits: henan-2020@1")
    one = load_pack(written(tmp_path, text)).programmes["d24-one"]

    assert one.setting("publicity_workdays", date(2025, 6, 1)) == 7
    assert one.setting("association_email", date(2025, 6, 1)) == "hnxhb@vip.163.com"


def test_a_dated_setting_holds_from_its_day_on(tmp_path: Path) -> None:
    one = load_pack(written(tmp_path, SOUND)).programmes["d24-one"]
    days = (date(2023, 12, 31), date(2024, 1, 1), date(2024, 12, 31), date(2025, 1, 1))

    assert [one.setting("publicity_workdays", day) for day in days] == [None, 5, 5, 7]


@pytest.mark.parametrize("path", packaged_files(), ids=lambda path: path.stem)
def test_a_pack_is_rebuilt_from_its_stored_text_with_the_same_digest(path: Path) -> None:
    pack = load_pack(path)

    assert pack_from_source(pack.source) == pack


def test_a_pack_that_was_kept_when_an_indicator_had_one_level_means_the_same(catalogue: Catalogue) -> None:
    """R-DOC-07."""
    body = json.loads(catalogue.packs["henan-2023"].source)
    kept = {target["slug"]: target for target in body["programmes"]["h23-academic-intl-national"]["targets"]}
    kept["intl_org"]["when"], kept["academicians"]["when"] = "international", None
    for target in kept.values():
        del target["unless"]
    found = pack_from_source(json.dumps(body)).programmes["h23-academic-intl-national"]
    levels = {target.slug: target.when for target in found.targets}

    assert (levels["intl_org"], levels["academicians"]) == (("international",), ())


def test_the_digest_changes_with_any_printed_value(tmp_path: Path) -> None:
    first = load_pack(written(tmp_path, SOUND))
    second = load_pack(written(tmp_path, SOUND.replace("共5个", "共五个")))

    assert first.digest != second.digest


def test_a_stored_text_that_was_damaged_is_refused() -> None:
    with pytest.raises(BadInputFault):
        pack_from_source('{"slug": "x"}')
