"""Packs, lifecycles and periods through the command line; none of them opens a store."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from states.names import State
from states.tables import ANY, LIFECYCLES, To
from tests.cli import call

PERIODS = [
    ("2023-11-30", "P3M", "2024-02-29", False),
    ("2024-11-10", "P3M", "2025-02-10", False),
    ("2021-07-01", "P3M", "2021-10-08", True),
    ("2024-11-08", "P3M", "2025-02-08", False),
    ("2016-11-30", "P3M", "2017-02-28", False),
]


@pytest.mark.parametrize(("start", "length", "due", "rolled"), PERIODS)
def test_a_statutory_period_ends_on_its_day(start: str, length: str, due: str, rolled: bool) -> None:
    found = call("period", start, length, "--json").json
    assert set(found) == {"start", "length", "nominal", "due", "soft", "rolled", "calendar", "steps"}
    assert (found["start"], found["length"], found["due"], found["rolled"]) == (start, length, due, rolled)


def test_a_period_before_an_event_stays_and_works_towards_a_working_day() -> None:
    found = call("period", "2016-08-31", "P1M", "--before", "--json").json
    assert (found["due"], found["soft"], found["rolled"]) == ("2016-07-31", "2016-07-29", False)


@pytest.mark.parametrize("written", ["2023/11/30", "2023年11月30日", "2023-11-30"])
def test_a_date_may_be_written_in_three_ways(written: str) -> None:
    assert call("period", written, "W10", "--json").json["start"] == "2023-11-30"


def test_the_steps_of_a_period_are_told_to_people() -> None:
    ran = call("period", "2021-07-01", "P3M")
    assert (ran.status, ran.err) == (0, "")
    assert "2021-10-01 为法定休息日（国庆节） → 顺延至 2021-10-08（民法典第203条）" in ran.out


def expected(name: str) -> list[tuple[str, str, str]]:
    """Every (from, action, to) of the table in states/, row by row."""
    table = LIFECYCLES[name]
    order = [state for state in State if state in table.states]
    return [
        (str(source), str(row.action), str(row.dest))
        for row in table.rows
        for source in (order if row.sources == ANY else row.sources)
    ]


@pytest.mark.parametrize("name", LIFECYCLES)
def test_the_chart_as_a_document_is_the_table_in_the_core(name: str) -> None:
    found = call("chart", name, "--json").json
    assert [(one["from"], one["action"], one["to"]) for one in found["transitions"]] == expected(name)
    assert {one["state"] for one in found["states"]} == {str(state) for state in LIFECYCLES[name].states}
    assert {one["state"] for one in found["states"] if one["end"]} == {str(s) for s in LIFECYCLES[name].ends}


@pytest.mark.parametrize("name", LIFECYCLES)
def test_the_chart_as_mermaid_has_one_arrow_per_step_and_no_other(name: str) -> None:
    lines = [line.strip() for line in call("chart", name, "--format", "mermaid").out.splitlines()]
    drawn = []
    for line in lines:
        if " --> " in line and "[*]" not in line:
            ends, _, label = line.partition(" : ")
            source, _, dest = ends.partition(" --> ")
            action = label.partition("(")[2].partition(")")[0]
            drawn.append((source, action, dest))
    wanted = [
        (source, action, source if dest == To.SAME else f"to_{dest}" if dest in tuple(To) else dest)
        for source, action, dest in expected(name)
    ]
    assert drawn == wanted


@pytest.mark.parametrize("name", LIFECYCLES)
def test_the_chart_as_a_picture_is_well_formed_and_shows_every_state(name: str, tmp_path: Path) -> None:
    path = tmp_path / "chart.svg"
    assert call("chart", name, "--format", "svg", "--out", path).status == 0
    picture = ET.parse(path).getroot()  # noqa: S314 - our own file
    shown = {one.get("id") for one in picture.iter("{http://www.w3.org/2000/svg}g")}
    assert shown == {str(state) for state in LIFECYCLES[name].states}


def test_the_chart_as_a_table_has_one_line_per_row() -> None:
    out = call("chart", "base").out
    assert all(
        row.rule in out and str(row.action) in out.replace("\n", "") for row in LIFECYCLES["base"].rows
    )


def test_without_a_name_the_lifecycles_are_listed() -> None:
    assert [one["name"] for one in call("chart", "--json").json["lifecycles"]] == list(LIFECYCLES)


def test_every_programme_is_listed_with_what_its_document_prints() -> None:
    """R-PROG-50."""
    found = {one["slug"]: one for one in call("packs", "--json").json}
    assert sorted(slug for slug, one in found.items() if one["group"]) == [
        "fj16-pilot", "h20-academic-lead", "h20-hundred-thousand", "h21-academic-lead", "h21-five-ones",
        "h23-academic-platform", "h23-base", "h23-industry-empowerment",
    ]  # fmt: skip
    assert len(found) == 51
    talent = found["h23-young-talent"]
    assert (talent["phone"], talent["limit_per_unit"], talent["quota"]) == ("0371-65707080", 2, 50)
    assert {"quota", "amount", "clause", "facts", "materials", "targets"} <= talent.keys()


def test_one_programme_is_found_by_slug_and_by_rule() -> None:
    by_slug = call("packs", "show", "h23-young-talent", "--json").json
    assert call("packs", "show", by_slug["rule"], "--json").json == by_slug
    assert "文件未载明" in call("packs", "show", "h20-academic-event").out


def test_a_pack_is_shown_with_its_programmes() -> None:
    found = call("packs", "show", "fujian-2016", "--json").json
    assert [one["slug"] for one in found["programmes"]] == [
        "fj16-pilot-society",
        "fj16-demo-county",
        "fj16-annual-work",
    ]


def test_a_group_is_shown_and_takes_no_template() -> None:
    found = call("packs", "show", "h23-base", "--json").json
    assert (found["group"], found["quota"], len(found["children"])) == (True, 12, 3)
    ran = call("packs", "template", "h23-base")
    assert ran.status == 2
    assert "h23-base-incubation" in ran.err


def test_every_choice_is_shown_with_its_reason() -> None:
    choices = call("packs", "show", "h23-young-talent", "--json").json["choices"]
    told = {one["rule"]: one for one in choices}
    assert (told["R-AMB-01"]["setting"], told["R-AMB-01"]["choice"]) == ("birth_date_inclusive", True)
    assert told["R-AMB-33"]["choice"] == "五万元为每项目总额"
    assert all(one["why"] for one in choices)


def test_a_faulty_pack_is_told_by_file_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("pack: bad\npack: again\nfoo: 1\n", encoding="utf-8")
    ran = call("packs", "check", path, "--json")
    assert ran.status == 7
    assert ran.json["files"] == [str(path)]
    assert all(error.startswith(f"{path}:") for error in ran.json["errors"])
    assert ran.json["error"]["code"] == "bad_input"


def test_sound_packs_pass_the_check() -> None:
    packs = sorted((Path(__file__).parents[2] / "states" / "packs").glob("*.yaml"))
    ran = call("packs", "check", *packs, "--json")
    assert (ran.status, ran.json["errors"]) == (0, [])


def test_a_template_is_written_once_and_not_over_a_file_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "申报.xlsx"
    words = ("packs", "template", "h23-young-talent", "--out", path, "--json")
    assert call(*words).json == {"programme": "h23-young-talent", "file": str(path)}
    written = path.read_bytes()
    assert written.startswith(b"PK")
    assert call(*words).status == 2
    assert path.read_bytes() == written
    assert call(*words, "--force").status == 0
