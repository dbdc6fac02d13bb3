"""What is not applied for in the ordinary way, by command: lists, closings, tasks, resolutions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.driver import Practice, Refusal

UNIT = "河南省示例学会"
SOCIETY = {"name": UNIT, "kind": "prov_society", "region": "郑州市"}
CONTACT = {"name": "示例", "email": "contact@example.org"}
ORGANS = ("chairs", "party", "council", "secretariat")


@pytest.fixture(scope="module")
def henan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a Henan office and the organs of one society, to copy from."""
    practice = Practice(tmp_path_factory.mktemp("other") / "home")
    practice.open()
    practice.done("units", "add", UNIT, "--kind", "prov_society", "--region", "郑州市")
    for login in ORGANS:
        practice.done("users", "add", login, "--unit", UNIT)
        practice.done("users", "grant", login, "society_organs", "--province", "henan")
    return practice.home


@pytest.fixture
def office(henan: Path, tmp_path: Path) -> Practice:
    return Practice.copied(henan, tmp_path)


def entered(
    office: Practice,
    programme: str,
    *titles: str,
    draft: bool = True,
    on: str = "2021-05-10",
    **parts: object,
) -> list[str]:
    """Entries of one file, kept as drafts unless they are handed in."""
    given = {"programme": programme, "unit": SOCIETY, "contact": CONTACT}
    path = office.write(f"{programme}.json", [{**given, "title": title, **parts} for title in titles])
    words = ("apply", path, "--draft") if draft else ("apply", path)
    found = office.done(*words, by="clerk", on=on)
    return [str(one["id"]) for one in found["accepted"]]


def step(
    office: Practice, action: str, project: str, on: str, by: str = "association", **more: object
) -> str:
    """A step that has to be done; the state that it leads to."""
    return str(office.step(action, project, by=by, on=on, **more)["to"])


def test_a_list_of_decided_projects_is_imported_as_a_group_and_starts(office: Practice) -> None:
    """R-VAR-12, R-LIFE-90, R-PROG-55: without application records, by a document."""
    found = entered(office, "h21-research-report", *(f"示例报告{number}" for number in range(4)))
    ran = office.done("trigger", "import_approved", *found, "--document", "豫科协发〔2021〕例1号@2021-04-29",
                      "--set", "project.amount=50000", by="association", on="2021-05-11")  # fmt: skip

    assert [(one["id"], one["to"]) for one in ran["done"]] == [(one, "approved") for one in found]
    assert step(office, "start", found[0], "2021-05-12", papers="contract") == "executing"
    assert office.history(found[0], "action", "rule")[1] == ("import_approved", "R-LIFE-90")


def test_a_decided_project_is_not_applied_for(office: Practice) -> None:
    """R-PROG-55."""
    path = office.write("late.json", [{"programme": "h21-research-report", "title": "示例", "unit": SOCIETY,
                                       "contact": CONTACT}])  # fmt: skip
    ran = office.ask("apply", path, by="clerk", on="2021-05-10")

    assert (ran.status, [one["rule"] for one in ran.json["refused"][0]["reasons"]]) == (3, ["R-PROG-55"])


def test_a_project_of_the_year_before_enters_for_its_evaluation_only(office: Practice) -> None:
    """R-VAR-08, R-LIFE-151, R-DL-14."""
    (project,) = entered(office, "h19-special-fund", "示例：2019年专项", on="2020-05-05")
    assert step(office, "import_closing", project, "2020-05-06", document="豫科协发〔2019〕例1号@2019-04-29",
                values={"project.amount": "50000", "project.started_on": "2019-05-01",
                        "project.ends_on": "2019-12-31"}) == "executing"  # fmt: skip
    unknown = office.refused("midterm_open", project, by="association", on="2020-05-07")
    assert unknown.rules == ["R-LIFE-00"]
    assert office.duty(project, "evaluation_opening")["suggested"] is True
    step(office, "open_evaluation", project, "2020-05-08")
    step(office, "record_evaluation", project, "2020-05-20", papers="evaluation_report",
         values={"evaluation.conclusion": "合格"})  # fmt: skip

    assert step(office, "evaluate_pass", project, "2020-05-21") == "closed"
    assert office.duty(project, "evaluation_feedback")["rule"] == "R-DL-34"


def test_a_task_of_the_year_is_begun_and_done_and_a_filing_is_done_at_once(office: Practice) -> None:
    """R-VAR-09, R-LIFE-89, R-LIFE-155…156."""
    task, filing = entered(
        office, "h21-society-governance", "督促按期换届", "规范党建备案审批流程", draft=False
    )
    assert step(office, "task_start", task, "2021-05-11") == "doing"
    assert step(office, "task_done", task, "2021-11-30", values={"task.note": "全部按期换届"}) == "done"
    assert step(office, "party_filing", filing, "2021-06-01") == "done"


def test_what_another_body_decides_is_only_followed(office: Practice) -> None:
    """R-VAR-10, R-LIFE-157…158."""
    (project,) = entered(office, "h21-kczg-pilot", "示例市", draft=False,
                         unit={"name": "示例市科协", "kind": "city_kx", "region": "示例市"})  # fmt: skip
    paper = str(office.paper("申报材料.pdf"))
    office.done(
        "trigger", "track_apply", project, "--material", f"other={paper}", by="clerk", on="2021-06-01"
    )
    open_end = office.refused("track_result", project, by="association", on="2021-12-01")
    assert open_end.rules == ["R-LIFE-158"]

    assert step(office, "track_result", project, "2021-12-01", values={"track.outcome": "入选"}) == "result"


def discussed(office: Practice, action: str, by: str, organ: str, project: str, **more: str) -> str:
    values = {"resolution.organ": organ, **more}
    return step(office, action, project, "2021-06-01", by=by, values=values)


def test_three_discussions_pass_through_four_organs_and_four_hands(office: Practice) -> None:
    """R-VAR-11, R-LIFE-85…88, R-ROLE-28, R-FORM-41."""
    (project,) = entered(office, "h21-three-discussions", "重大经费使用", draft=False)
    matter = {"resolution.matter": "重大经费使用"}
    assert discussed(office, "tdop_motion", "chairs", "理事长工作会", project, **matter) == "motion"
    wrong = office.refused("tdop_study", project, by="party", on="2021-06-02",
                           values={"resolution.organ": "理事会"})  # fmt: skip
    assert wrong == Refusal(3, ["R-ROLE-28"], ["这一步由学会党委作出（--set resolution.organ=学会党委）"])
    same = office.refused("tdop_study", project, by="chairs", on="2021-06-02",
                          values={"resolution.organ": "学会党委"})  # fmt: skip
    assert same.messages == ["三议一公布各步须由不同机构的人员分别登记，一人不得代两个机构"]
    assert discussed(office, "tdop_study", "party", "学会党委", project) == "party_study"
    assert discussed(office, "tdop_vote", "council", "常务理事会", project) == "vote"
    assert discussed(office, "tdop_publish", "secretariat", "学会秘书机构", project) == "publish"


def test_what_an_organ_refuses_goes_back_to_the_motion(office: Practice) -> None:
    """R-LIFE-159."""
    (project,) = entered(office, "h21-three-discussions", "重大人事安排", draft=False)
    discussed(
        office, "tdop_motion", "chairs", "理事长工作会", project, **{"resolution.matter": "重大人事安排"}
    )
    discussed(office, "tdop_study", "party", "学会党委", project)

    assert step(office, "tdop_refuse", project, "2021-06-02", by="party", reason="人选再议",
                values={"resolution.organ": "学会党委"}) == "motion"  # fmt: skip


def test_a_talent_is_guided_every_half_year_and_evaluated_after_two(office: Practice) -> None:
    """R-VAR-04, R-DL-07, R-DL-08, R-TGT-140."""
    office.done("call", "open", "h23-young-talent", by="clerk", on="2023-03-01")
    project = office.talent(unit=SOCIETY)
    step(office, "accept_for_form_review", project, "2023-03-03", by="checker")
    step(office, "form_pass", project, "2023-03-06", by="checker")
    step(office, "review_select", project, "2023-04-03", papers="review_record")
    step(office, "start", project, "2023-05-31", papers="contract")
    halves = [d["due"] for d in office.project(project)["duties"] if d["duty"] == "half_year_guidance"]
    assert halves == ["2023-11-30", "2024-05-31", "2024-11-30", "2025-05-31"]
    assert office.duty(project, "cycle_summary")["due"] == "2025-05-31"
    step(office, "midterm_open", project, "2024-06-03")
    step(office, "midterm_done", project, "2024-06-20", papers="midterm_opinion")
    step(office, "open_evaluation", project, "2025-06-03")
    step(office, "record_evaluation", project, "2025-06-20", papers="evaluation_report",
         values={"evaluation.conclusion": "合格"})  # fmt: skip

    assert step(office, "evaluate_pass", project, "2025-06-23") == "closed"
