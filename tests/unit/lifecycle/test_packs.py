"""The packs that ship: what they print, what they inherit, and how they are kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lifecycle.packs import (
    load_catalogue,
    load_pack,
    pack_from_source,
    packaged_files,
)
from states.catalogue import Catalogue
from states.errors import BadInputFault
from tests.unit.lifecycle.pack_samples import SOUND, written


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def test_the_packaged_packs_hold_the_ten_programmes(catalogue: Catalogue) -> None:
    assert {slug: sorted(pack.programmes) for slug, pack in catalogue.packs.items()} == {
        "fujian-2016": ["fj16-pilot-society"],
        "henan-2020": ["h20-academic-event", "h20-young-talent"],
        "henan-2021": ["h21-intl-national-platform", "h21-key-academic-event", "h21-young-talent"],
        "henan-2023": [
            "h23-academic-intl-national",
            "h23-academic-provincial",
            "h23-first-class-society",
            "h23-young-talent",
        ],
    }


def test_quotas_amounts_and_telephones_are_those_printed(catalogue: Catalogue) -> None:
    day = date(2023, 3, 1)
    printed = {
        slug: (p.quota_on(day), p.amount_fen_on(day), p.total_fen, p.phone)
        for slug, p in catalogue.programmes.items()
    }

    assert printed == {
        "fj16-pilot-society": (None, None, None, None),
        "h20-academic-event": (None, None, None, "0371-65707758"),
        "h20-young-talent": (None, None, None, "0371-65707758"),
        "h21-intl-national-platform": (None, None, None, None),
        "h21-key-academic-event": (26, None, None, None),
        "h21-young-talent": (None, None, None, None),
        "h23-academic-intl-national": (10, 15_000_000, 150_000_000, "0371-65707080"),
        "h23-academic-provincial": (12, 10_000_000, 120_000_000, "0371-65707080"),
        "h23-first-class-society": (5, 10_000_000, 50_000_000, "0371-65707080"),
        "h23-young-talent": (50, 5_000_000, 250_000_000, "0371-65707080"),
    }


def test_the_duties_of_each_programme_are_those_of_its_documents(catalogue: Catalogue) -> None:
    common = {
        "completion",
        "midterm_report",
        "evaluation_opening",
        "evaluation_feedback",
        "rectification_report",
    }
    meeting, talent = common | {"preparation_report"}, common | {"cycle_summary"}

    assert {slug: set(p.duties) for slug, p in catalogue.programmes.items()} == {
        "fj16-pilot-society": {"completion", "evaluation_feedback", "rectification_report"},
        "h20-academic-event": meeting,
        "h20-young-talent": talent,
        "h21-intl-national-platform": meeting,
        "h21-key-academic-event": meeting,
        "h21-young-talent": talent,
        "h23-academic-intl-national": meeting,
        "h23-academic-provincial": meeting,
        "h23-first-class-society": common,
        "h23-young-talent": talent | {"half_year_guidance"},
    }


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


def test_the_digest_changes_with_any_printed_value(tmp_path: Path) -> None:
    first = load_pack(written(tmp_path, SOUND))
    second = load_pack(written(tmp_path, SOUND.replace("共5个", "共五个")))

    assert first.digest != second.digest


def test_a_stored_text_that_was_damaged_is_refused() -> None:
    with pytest.raises(BadInputFault):
        pack_from_source('{"slug": "x"}')
