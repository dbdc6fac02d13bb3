"""`lifecycle due`: every deadline on one screen, who is late, what is next, what a person has to see to."""

from __future__ import annotations

from datetime import date

import pytest
from icalendar import Calendar

from console.wrap import width
from tests.cli import UNIT, Office, event

MORE = {"group", "group_label", "days_left", "reminded", "next_reminder"}
SUMMARY = {
    "on", "total", "counts", "labels", "most_overdue", "next_due", "last_sweep", "dead_letters", "warnings",
}  # fmt: skip


@pytest.fixture
def late(office: Office) -> Office:
    """An office with one event whose report is three days late and was spoken of once."""
    project = event(office)
    paper = f"contract={office.paper()}"
    office.done("trigger", "start", project, "--material", paper, by="association", on="2020-05-06")
    office.done("sweep", on="2020-07-03")
    return office


def test_the_screen_tells_who_is_late_and_what_is_next(late: Office) -> None:
    ran = late.run("due", on="2020-07-03")
    assert ran.status == 0
    for words in (
        "2020-07-03 星期五", "逾期 1", "逾期最多：河南省示例学会（1 项，最早 2020-06-30）",
        "逾期（1 项）", "逾期 3 天", "筹备方案汇报", "1 次，最近 2020-07-03", "建议日期（",
        "上次清查至 2020-07-03",
    ):  # fmt: skip
        assert words in ran.out, ran.out
    suggested = ran.out.partition("建议日期（")[2]
    assert suggested
    assert "逾期" not in suggested


def test_the_document_has_the_contract_s_list_and_more(late: Office) -> None:
    found = late.done("due", on="2020-07-03")
    assert set(found) == {"duties", "next", "summary"}
    assert set(found["summary"]) == SUMMARY
    assert {frozenset(MORE & set(one)) for one in found["duties"]} == {frozenset(MORE)}
    assert sum(found["summary"]["counts"].values()) == found["summary"]["total"] == len(found["duties"])
    assert found["duties"][0]["reminded"] == {"times": 1, "last_on": "2020-07-03", "escalated": 0}
    listed = late.done("list", "--overdue")["projects"]
    overdue = late.done("due", "--overdue", on="2020-07-03")
    assert {one["project"] for one in overdue["duties"]} == {one["id"] for one in listed}
    assert overdue["summary"]["most_overdue"]["label"] == UNIT["name"]


def test_a_list_of_late_projects_agrees_with_the_screen_before_and_after_a_sweep(office: Office) -> None:
    project = event(office)
    for sweep in (False, True):
        if sweep:
            office.done("sweep", on="2020-07-01")
        for day, late in (("2020-06-30", [] if not sweep else [project]), ("2020-07-01", [project])):
            listed = [one["id"] for one in office.done("list", "--overdue", on=day)["projects"]]
            due = [one["project"] for one in office.done("due", "--overdue", on=day)["duties"]]
            assert listed == due == late
    (shown,) = (one for one in office.done("show", project)["duties"] if one["duty"] == "preparation_report")
    assert shown["status"] == "overdue"


def test_pages_follow_each_other(late: Office) -> None:
    whole = [one["id"] for one in late.done("due", on="2020-07-03")["duties"]]
    found, after = [], None
    while True:
        more = ("--after", after) if after else ()
        one = late.done("due", "--limit", 1, *more, on="2020-07-03")
        found += [duty["id"] for duty in one["duties"]]
        if (after := one["next"]) is None:
            break
    assert found == whole
    assert "下一页：加 --after overdue." in late.run("due", "--limit", 1, on="2020-07-03").out


@pytest.mark.parametrize("by", ["unit", "programme", "duty", "单位"])
def test_totals_tell_how_many_are_late_and_since_when(late: Office, by: str) -> None:
    found = late.done("due", "--by", by, on="2020-07-03")
    assert found["duties"] == []
    assert [(one["overdue"], one["oldest"]) for one in found["rows"]] == [(1, "2020-06-30")]
    assert found["rows"][0]["label"] in late.run("due", "--by", by, on="2020-07-03").out


def test_the_screen_fits_eighty_columns(late: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.output.WIDTH_OF_A_FILE", 80)
    for words in (("due",), ("due", "--by", "unit"), ("due", "--limit", "2")):
        lines = late.run(*words, on="2020-07-03").out.splitlines()
        assert max(width(line.rstrip()) for line in lines if not line.startswith("应办事项 ")) <= 100
        table = [line.rstrip() for line in lines if line.startswith(" ")]
        assert max(width(line) for line in table) <= 80


def test_a_machine_that_was_off_is_told_of_and_caught_up(late: Office) -> None:
    """R-DL-37."""
    assert late.done("due", on="2020-07-04")["summary"]["warnings"] == []
    told = late.done("due", on="2020-08-17")["summary"]
    assert told["last_sweep"] == "2020-07-03"
    assert "44 天未清查" in told["warnings"][0]
    assert f"lifecycle --home {late.home} sweep" in late.run("due", on="2020-08-17").out
    swept = late.done("sweep", on="2020-08-17")
    assert swept["warnings"] == ["上次清查至 2020-07-03，其后 44 天未清查（可能停机），现已补做。"]
    ran = late.run("sweep", on="2020-10-10")
    assert "53 天未清查（可能停机），现已补做" in ran.out
    assert "请运行" not in ran.out
    swept = late.done("sweep", on="2020-10-11")
    assert (swept["last_sweep"], swept["warnings"], swept["dead_letters"]) == ("2020-10-10", [], 0)


def test_the_first_sweep_does_not_ask_for_a_sweep(office: Office) -> None:
    assert office.done("sweep", on="2020-05-06")["warnings"] == []


def test_a_unit_that_is_not_in_the_register_is_not_said_to_owe_nothing(late: Office) -> None:
    ran = late.ask("due", "--unit", "河南省示列学会", on="2020-07-03")
    assert ran.status == 5, ran.out
    assert "登记簿中没有“河南省示列学会”" in ran.json["error"]["message"]
    assert late.done("due", "--unit", UNIT["name"], on="2020-07-03")["duties"] != []


def test_a_calendar_file_is_written_whole_and_follows_the_filters(late: Office) -> None:
    file = late.home.parent / "期限.ics"
    found = late.done("due", "--ics", file, on="2020-07-03")
    assert (found["file"], found["left_out"]) == (str(file), 0)
    calendar = Calendar.from_ical(file.read_bytes())
    assert len(calendar.walk("VEVENT")) == found["events"] > 1
    assert "已写入 1 项期限" in late.run("due", "--overdue", "--ics", file, on="2020-07-03").out
    (event,) = Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert (event["dtstart"].dt, str(event["summary"])[:4]) == (date(2020, 6, 30), "【逾期】")
    assert [path.name for path in file.parent.iterdir() if path.name.startswith(".export-")] == []
    assert late.ask("due", "--ics", late.home / "没有" / "期限.ics", on="2020-07-03").status == 7


def test_a_feed_is_made_listed_and_revoked_and_its_address_told_once(late: Office) -> None:
    made = late.done("feeds", "add", "--unit", UNIT["name"], by="clerk")
    assert made["url"].endswith(f"/feeds/{made['token']}.ics")
    whole = late.run("feeds", "add", "--name", "全省期限", by="clerk")
    assert "地址只显示这一次" in whole.out
    assert "“全省期限”（全部单位）" in whole.out
    listed = late.run("feeds", by="clerk")
    assert UNIT["name"] in listed.out
    assert made["token"] not in listed.out + late.ask("feeds", "list").out
    assert late.done("feeds", "revoke", made["feed"], by="clerk")["revoked_by"] == "clerk"
    assert [one["revoked_by"] for one in late.done("feeds")["feeds"]] == ["clerk", None]
    assert late.ask("feeds", "add", "--unit", "没有", by="clerk").status == 5
    assert late.ask("feeds", "add", by="evaluator").status == 4


def test_a_wrong_filter_is_a_wrong_argument(late: Office) -> None:
    for words in (("--by", "month"), ("--status", "gone"), ("--owed-by", "nobody"), ("--after", "x")):
        ran = late.ask("due", *words, on="2020-07-03")
        assert (ran.status, ran.json["error"]["code"]) == (2, "usage")
