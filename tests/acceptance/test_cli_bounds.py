"""Days and numbers that no office ever means end as a wrong argument, and a shared file is taken apart."""

from __future__ import annotations

import json

import pytest

from lifecycle.archive import open_material
from tests.cli import UNIT, Office, application

YEARS = "年份应在 1990 至 2100 之间"


@pytest.mark.parametrize(
    ("words", "on", "told"),
    [
        (("due", "--within", "99999999999"), "2023-03-01", "应为 0 至 36500 的天数"),
        (("due", "--within", "36501"), "2023-03-01", "应为 0 至 36500 的天数"),
        (("due", "--within", "5"), "9999-12-31", YEARS),
        (("sweep",), "9999-12-31", YEARS),
        (("sweep",), "2101-01-01", YEARS),
        (("list",), "1989-12-31", YEARS),
    ],
)
def test_a_day_or_a_number_out_of_bounds_is_a_wrong_argument(
    office: Office, words: tuple[str, ...], on: str, told: str
) -> None:
    ran = office.ask(*words, on=on)
    assert (ran.status, ran.json["error"]["code"]) == (2, "usage")
    assert told in ran.json["error"]["message"]


@pytest.mark.parametrize(
    ("words", "on"),
    [(("due", "--within", "36500"), "2100-12-31"), (("due",), "1990-01-01"), (("sweep",), "2100-12-31")],
)
def test_the_bounds_themselves_are_days_like_others(office: Office, words: tuple[str, ...], on: str) -> None:
    office.talent()
    assert office.ask(*words, on=on).status == 0


def test_of_a_file_of_several_applications_no_project_keeps_those_of_others(office: Office) -> None:
    rows = [
        application("甲的项目", ref="甲"),
        application("乙的项目", unit={**UNIT, "name": "另一学会"}),
        {"programme": "h23-young-talent", "title": "读不了"},
    ]
    found = office.ask("apply", office.write("汇总.json", rows), by="clerk", on="2023-03-02")
    projects = [one["id"] for one in found.json["accepted"]]
    kept = [office.done("show", project)["materials"] for project in projects]
    names = [[paper["file"] for paper in papers] for papers in kept]
    said = []
    for (paper,) in kept:
        with open_material(office.home, paper["sha256"]) as file:
            said.append(json.loads(file.read()))

    assert names[0] == ["申报书-甲.json"]
    assert [one["title"] for one in said] == ["甲的项目", "乙的项目"]
    assert [one["unit"]["name"] for one in said] == ["河南省示例学会", "另一学会"]


def test_a_sound_row_beside_one_that_cannot_be_read_is_still_taken_apart(office: Office) -> None:
    rows = [application("甲的项目"), {"programme": "h23-young-talent", "title": "读不了"}]
    found = office.ask("apply", office.write("汇总.json", rows), by="clerk", on="2023-03-02")
    (project,) = [one["id"] for one in found.json["accepted"]]
    (paper,) = office.done("show", project)["materials"]
    assert paper["file"].startswith("申报书")


def test_a_checker_opens_no_call(office: Office) -> None:
    ran = office.ask("call", "open", "h23-young-talent", by="checker", on="2023-03-02")
    assert (ran.status, ran.json["error"]["code"]) == (4, "forbidden")


def test_a_call_takes_a_reason(office: Office) -> None:
    words = ("call", "close", "h23-young-talent", "--reason", "通知晚到")
    assert office.ask(*words, by="clerk", on="2023-03-02").status == 0
