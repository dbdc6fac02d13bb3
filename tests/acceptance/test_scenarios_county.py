"""The Fujian county through the command line: city, centre, survey, department, chair, publication."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.driver import Practice
from tests.cli import CONTACT

PAPERS = ("申报推荐函.txt", "党委意见.txt", "产业需求.txt", "工作方案.txt")
DIMENSIONS = {
    "survey.layout": "合理",
    "survey.needs": "集中",
    "survey.demonstration": "显著",
    "survey.basis": "良好",
}


@pytest.fixture(scope="module")
def fujian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a Fujian office with a city association and an open call, to copy from."""
    practice = Practice(tmp_path_factory.mktemp("county") / "home")
    practice.done("init", "--rehearsal", on="2016-01-04")
    practice.staff_fujian().done("call", "open", "fj16-demo-county", by="fj-department", on="2016-03-28")
    for name, region in (("福州市科学技术协会", "福州市"), ("厦门市科学技术协会", "厦门市")):
        practice.done("units", "add", name, "--kind", "fj_city_kx", "--region", region)
    for login, unit in (("fuzhou", "福州市科学技术协会"), ("xiamen", "厦门市科学技术协会")):
        practice.done("users", "add", login, "--unit", unit)
        practice.done("users", "grant", login, "city_kx_reviewer", "--province", "fujian")
    for login in ("expert-lin", "expert-huang"):
        practice.done("users", "add", login)
        practice.done("users", "grant", login, "survey_expert", "--province", "fujian")
    return practice.home


@pytest.fixture
def office(fujian: Path, tmp_path: Path) -> Practice:
    """A Fujian office of one's own."""
    practice = Practice.copied(fujian, tmp_path)
    for name in PAPERS:
        (practice.home.parent / name).write_text(f"示例：{name}", encoding="utf-8")
    return practice


def surveyed(office: Practice) -> str:
    """A county whose survey is assigned to two experts, the form review passed."""
    (project,) = office.hand_in("demo_county.yaml", {}, by="fj-clerk", on="2016-04-20")
    office.step("city_recommend", project, by="fuzhou", on="2016-04-25", papers="city_recommendation")
    office.step("accept_for_form_review", project, by="fj-centre", on="2016-05-03")
    office.step("form_pass", project, by="fj-checker", on="2016-05-05")
    office.step(
        "assign_survey", project, by="fj-centre", on="2016-05-06", values={"survey.experts": "林某；黄某"}
    )
    return project


def form(office: Practice, project: str, expert: str, by: str) -> None:
    office.step(
        "file_survey_form", project, by=by, on="2016-05-12",
        papers="survey_form", values={"survey.expert": expert, **DIMENSIONS},
    )  # fmt: skip


def test_r_scn_02_a_county_walks_from_its_city_to_the_published_list(office: Practice) -> None:
    project = surveyed(office)
    form(office, project, "林某", "expert-lin")
    early = office.refused("survey_done", project, by="fj-department", on="2016-05-13")
    assert early.messages == ["尚缺调研专家的调研反馈意见表：黄某"]
    form(office, project, "黄某", "expert-huang")
    office.step("survey_done", project, by="fj-department", on="2016-05-13")
    office.step(
        "recommend", project, by="fj-department", on="2016-05-20",
        papers="discussion_minutes", values={"selection.leader": "学会学术部部长（示例）"},
    )  # fmt: skip
    office.step("chair_pass", project, by="fj-chair", on="2016-05-27", papers="chair_minutes")
    unpublished = office.refused("start", project, by="fj-association", on="2016-05-30", papers="contract")
    assert "R-LIFE-65" in unpublished.rules
    office.step(
        "publish_results", project, by="fj-association", on="2016-06-01",
        papers="publication", values={"publication.url": "http://example.org/list"},
    )  # fmt: skip
    assert office.step("start", project, by="fj-association", on="2016-06-02", papers="contract") == {
        "id": project, "from": "approved", "to": "executing", "seq": 13,
    }  # fmt: skip
    way = [dest for _, dest in office.history(project, "action", "to")]
    assert list(dict.fromkeys(way)) == [
        "draft", "city_review", "submitted", "form_review", "site_survey", "department_discussion",
        "chair_meeting", "approved", "executing",
    ]  # fmt: skip
    office.done("audit", "verify")


def test_a_county_keeps_a_list_of_what_its_enterprises_need(office: Practice) -> None:
    """R-DL-36, R-FORM-52: put, sifted, matched, met; what a need was before stays in the history."""
    project = surveyed(office)
    form(office, project, "林某", "expert-lin")
    form(office, project, "黄某", "expert-huang")
    office.step("survey_done", project, by="fj-department", on="2016-05-13")
    office.step("recommend", project, by="fj-department", on="2016-05-20", papers="discussion_minutes",
                values={"selection.leader": "学会学术部部长（示例）"})  # fmt: skip
    early = office.refused("record_need", project, by="fj-clerk", on="2016-05-21", papers="needs_summary")
    assert early.rules == ["R-LIFE-00"]
    office.step("chair_pass", project, by="fj-chair", on="2016-05-27", papers="chair_minutes")

    def need(day: str, **values: str) -> None:
        told = {f"need.{name}": value for name, value in values.items()}
        office.step("record_need", project, by="fj-clerk", on=day, papers="needs_summary", values=told)

    blank = office.refused("record_need", project, by="fj-clerk", on="2016-06-01", papers="needs_summary",
                           values={"need.enterprise": "甲公司（示例）"})  # fmt: skip
    assert blank.rules == ["R-DL-36"]
    need("2016-06-01", enterprise="甲公司（示例）", content="海带烘干能耗")
    need("2016-06-02", enterprise="乙公司（示例）", content="鲍鱼病害检测")
    need("2016-07-05", number="1", status="对接", note="与水产学会专家对接")
    unknown = office.refused("record_need", project, by="fj-clerk", on="2016-07-06", papers="needs_summary",
                             values={"need.number": "9", "need.status": "落实"})  # fmt: skip
    assert unknown.messages == ["没有编号为 9 的需求；现有：1、2（新的需求不写编号）"]

    shown = office.project(project)
    assert "need.status" not in shown["facts"]
    assert [(one["number"], one["enterprise"], one["status"], one["on"])
            for one in shown["facts"]["needs.register"]["value"]] == [
        ("1", "甲公司（示例）", "对接", "2016-07-05"),
        ("2", "乙公司（示例）", "提出", "2016-06-02"),
    ]  # fmt: skip


def test_a_form_answers_all_four_dimensions_and_comes_from_an_assigned_expert(office: Practice) -> None:
    project = surveyed(office)
    half = {name: DIMENSIONS[name] for name in ("survey.layout", "survey.needs")}
    partly = office.refused(
        "file_survey_form", project, by="expert-lin", on="2016-05-12",
        papers="survey_form", values={"survey.expert": "林某", **half},
    )  # fmt: skip
    stranger = office.refused(
        "file_survey_form", project, by="expert-lin", on="2016-05-12",
        papers="survey_form", values={"survey.expert": "王某", **DIMENSIONS},
    )  # fmt: skip

    assert partly.messages == [
        "调研反馈意见表未填完整，尚缺：示范效应显著（survey.demonstration）、工作基础良好（survey.basis）"
    ]
    assert stranger.messages == ["王某 不在调研专家名单之内（assign_survey 安排）"]


def test_a_county_that_its_city_sends_back_is_handed_in_again_and_keeps_its_number(office: Practice) -> None:
    (project,) = office.hand_in("demo_county.yaml", {}, by="fj-clerk", on="2016-04-20")
    office.step("city_return", project, by="fuzhou", on="2016-04-22", reason="方案缺少保障机制")
    text = (office.home.parent / "demo_county.yaml").read_text(encoding="utf-8")
    (office.home.parent / "again.yaml").write_text(f"id: {project}\n{text}", encoding="utf-8")
    again = office.done("apply", office.home.parent / "again.yaml", by="fj-clerk", on="2016-04-25")

    assert [(one["id"], one["state"]) for one in again["accepted"]] == [(project, "city_review")]


def test_pingtan_has_no_city_above_it(office: Practice) -> None:
    """R-AMB-21."""
    changed = {
        "闽侯县科学技术协会": "平潭综合实验区科学技术协会",
        "fj_county_kx": "fj_pingtan_kx",
        "福州市闽侯县": "平潭",
    }
    (project,) = office.hand_in("demo_county.yaml", changed, by="fj-clerk", on="2016-04-20")

    assert office.project(project)["state"] == "submitted"


def test_what_the_city_refuses_reaches_no_review_and_is_never_promoted(office: Practice) -> None:
    (project,) = office.hand_in("demo_county.yaml", {}, by="fj-clerk", on="2016-04-20")
    office.step("city_refuse", project, by="fuzhou", on="2016-04-22", reason="产业不集中")
    reserve = office.refused("promote_reserve", project, by="fj-chair", on="2016-06-01", reason="候补")
    review = office.refused("reopen_review", project, by="fj-association", on="2016-06-01", reason="异议")

    assert (reserve.rules, review.rules) == (["R-LIFE-144"], ["R-LIFE-146", "R-LIFE-146"])


def test_another_city_can_neither_see_nor_judge_the_county(office: Practice) -> None:
    (project,) = office.hand_in("demo_county.yaml", {}, by="fj-clerk", on="2016-04-20")

    assert [one["id"] for one in office.done("list", by="fuzhou")["projects"]] == [project]
    assert office.done("list", by="xiamen")["projects"] == []
    assert office.ask("show", project, by="xiamen").status == 4
    judged = office.refused(
        "city_recommend", project, by="xiamen", on="2016-04-25", papers="city_recommendation"
    )
    assert judged.status == 4
    assert judged.messages == ["该项目属于其他单位，您只能办理本单位（设区市科协为所辖县）的项目"]


@pytest.mark.parametrize("region", ["福建省福州市闽侯县", "福州市 闽侯县"])
def test_a_county_lies_in_its_city_however_its_region_is_written(office: Practice, region: str) -> None:
    office.hand_in("demo_county.yaml", {"福州市闽侯县": region}, by="fj-clerk", on="2016-04-20")

    assert [len(office.done("list", by=city)["projects"]) for city in ("fuzhou", "xiamen")] == [1, 0]


def test_a_city_sees_no_society_that_has_its_seat_there(office: Practice) -> None:
    office.done("call", "open", "fj16-pilot-society", by="fj-department", on="2016-03-28")
    society = {"name": "福建省示例学会", "kind": "fj_society", "region": "福州市"}
    one = {"programme": "fj16-pilot-society", "title": "示例试点", "unit": society, "contact": CONTACT}
    found = office.done("apply", office.write("s.json", [one]), "--draft", by="fj-clerk", on="2016-04-20")
    project = found["accepted"][0]["id"]

    assert [one["id"] for one in office.done("list", by="fj-clerk")["projects"]] == [project]
    assert office.done("list", by="fuzhou")["projects"] == []
    assert office.ask("show", project, by="fuzhou").status == 4


def test_a_recorded_superior_goes_before_the_region(office: Practice) -> None:
    (project,) = office.hand_in("demo_county.yaml", {}, by="fj-clerk", on="2016-04-20")
    county, city = "闽侯县科学技术协会", "厦门市科学技术协会"
    changed = office.done("units", "set", county, "--superior", city, by="fj-clerk", on="2016-04-21")
    (line,) = office.done("units", "history", county, by="fj-clerk")["history"]
    assert (changed["superior"], line["details"]["superior"]) == (city, {"from": None, "to": city})
    assert f"上级：无 → {city}" in office.run("units", "history", county, by="fj-clerk").out

    assert office.done("list", by="fuzhou")["projects"] == []
    assert office.ask("show", project, by="fuzhou").status == 4
    refused = office.refused(
        "city_recommend", project, by="fuzhou", on="2016-04-25", papers="city_recommendation"
    )
    assert refused.status == 4
    office.step("city_recommend", project, by="xiamen", on="2016-04-25", papers="city_recommendation")
