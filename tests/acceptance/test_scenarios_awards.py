"""Awards through the command line: a nomination, an edition with its candidates, and who must sign."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.driver import Practice

NOMINATION, AWARD, EDITION = (
    "h21-st-award-nomination", "h21-natural-science-award", "h21-natural-science-award-edition",
)  # fmt: skip
SOUND = {"edition.sci_checked": "是", "edition.categories": "自然科学、工程技术"}
SOCIETY = {"name": "河南省示例学会", "kind": "prov_society", "region": "郑州市"}
CONTACT = {"name": "示例", "email": "contact@example.org"}


@pytest.fixture(scope="module")
def henan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a Henan office with the awards of 2021 open, to copy from."""
    practice = Practice(tmp_path_factory.mktemp("awards") / "home")
    practice.open()
    practice.done("users", "add", "hr")
    practice.done("users", "grant", "hr", "hr_department", "--province", "henan")
    for slug in (NOMINATION, AWARD):
        practice.done("call", "open", slug, by="clerk", on="2021-05-06")
    return practice.home


@pytest.fixture
def office(henan: Path, tmp_path: Path) -> Practice:
    return Practice.copied(henan, tmp_path)


def handed_in(office: Practice, programme: str, **parts: object) -> str:
    """An application with its paper, handed in by the clerk."""
    form = {"kind": "nomination_form", "file": str(office.paper("提名推荐书.pdf"))}
    given = {
        "programme": programme,
        "title": "示例成果",
        "unit": SOCIETY,
        "contact": CONTACT,
        "materials": [form],
    }
    path = office.write(f"{programme}.json", [{**given, **parts}])
    found = office.done("apply", path, by="clerk", on="2021-05-10")
    return str(found["accepted"][0]["id"])


def judged(office: Practice, project: str, outcome: str) -> dict[str, object]:
    """The committee's opinion on a nomination that was found qualified."""
    office.step("nom_qualify", project, by="checker", on="2021-06-01", papers="qualification_form")
    return office.step("nom_committee", project, by="association", on="2021-07-01",
                       papers="committee_opinion", values={"nomination.agreed": outcome},
                       reason="经专家评审委员会评审")  # fmt: skip


def test_a_nomination_goes_from_recommendation_to_the_proposed_list(office: Practice) -> None:
    """R-VAR-05, R-LIFE-80…82."""
    project = handed_in(office, NOMINATION, facts={"nominee.name": "示例团队"})
    assert office.project(project)["state"] == "recommended"
    assert judged(office, project, "是")["to"] == "proposed_nomination"

    assert office.history(project, "action", "role", "rule")[1:] == [
        ("nom_recommend", "clerk", "R-LIFE-80"),
        ("nom_qualify", "form_checker", "R-LIFE-81"),
        ("nom_committee", "prov_association", "R-LIFE-82"),
    ]


def test_who_is_not_qualified_or_not_agreed_to_ends_with_a_reason(office: Practice) -> None:
    out = handed_in(office, NOMINATION, facts={"nominee.name": "甲"})
    silent = office.refused("nom_qualify", out, by="checker", on="2021-06-01", papers="qualification_form",
                            values={"qualification.passed": "否"})  # fmt: skip
    assert silent.status == 3
    done = office.step("nom_qualify", out, by="checker", on="2021-06-01", papers="qualification_form",
                       values={"qualification.passed": "否"}, reason="推荐书不全")  # fmt: skip
    assert done["to"] == "not_qualified"

    refused = handed_in(office, NOMINATION, title="另一成果", facts={"nominee.name": "乙"})
    assert judged(office, refused, "否")["to"] == "not_nominated"


def test_an_upheld_objection_takes_a_nomination_back_and_a_rejected_one_does_not(office: Practice) -> None:
    """R-LIFE-161, R-LIFE-145."""
    project = handed_in(office, NOMINATION, facts={"nominee.name": "甲"})
    judged(office, project, "是")
    office.step("publish_results", project, by="association", on="2021-07-02")
    office.step("record_objection", project, by="clerk", on="2021-07-05", papers="objection",
                values={"objection.by": "示例公民"}, reason="署名争议")  # fmt: skip
    early = office.refused("revoke_approval", project, by="association", on="2021-07-06", reason="x")
    assert early.rules == ["R-LIFE-145"]
    office.step("decide_objection", project, by="association", on="2021-07-08", reason="属实",
                values={"objection.decision": "成立"})  # fmt: skip

    done = office.step("revoke_approval", project, by="association", on="2021-07-09", reason="异议成立")
    assert done["to"] == "not_nominated"


def test_an_edition_needs_sound_criteria_and_both_signatures_before_it_calls(office: Practice) -> None:
    """R-VAR-14, R-LIFE-83, R-LIFE-152."""
    edition = handed_in(office, EDITION, title="第五届", materials=[])
    papers = "comments_summary evaluation_criteria detailed_rules"
    unsound = office.refused("award_prepare", edition, by="association", on="2021-05-11", papers=papers)
    assert unsound.rules == ["R-VAR-14"]
    office.step("award_prepare", edition, by="association", on="2021-05-11", papers=papers, values=SOUND)
    alone = office.refused("open_call", edition, by="association", on="2021-05-12")
    assert alone.messages == ["须先由省人社厅会签（cosign）"]
    office.step("cosign", edition, by="hr", on="2021-05-12", reason="同意")

    assert office.step("open_call", edition, by="association", on="2021-05-13")["to"] == "call"


def called(office: Practice) -> str:
    """An edition that collects candidates."""
    edition = handed_in(office, EDITION, title="第五届", materials=[])
    papers = "comments_summary evaluation_criteria detailed_rules"
    office.step("award_prepare", edition, by="association", on="2021-05-11", papers=papers, values=SOUND)
    office.step("cosign", edition, by="hr", on="2021-05-12", reason="同意")
    office.step("open_call", edition, by="association", on="2021-05-13")
    return edition


def test_candidates_of_an_edition_are_judged_and_cosigned_and_end_it(office: Practice) -> None:
    """R-VAR-06, R-LIFE-84, R-LIFE-153…154."""
    edition = called(office)
    first, second = (
        handed_in(office, AWARD, parent_ref=edition, title=title, facts={"nominee.name": title})
        for title in ("成果甲", "成果乙")
    )
    for project in (first, second):
        office.step("nom_qualify", project, by="checker", on="2021-06-01", papers="qualification_form")
    lone = office.refused(
        "award_result", first, by="association", on="2021-07-01", papers="committee_opinion"
    )
    assert lone.messages == ["须先由省人社厅会签（cosign）"]
    office.step("cosign", first, by="hr", on="2021-07-01", reason="同意")
    office.step("award_result", first, by="association", on="2021-07-02", papers="committee_opinion",
                values={"award.grade": "一等奖"})  # fmt: skip
    office.step("cosign", edition, by="hr", on="2021-07-03", reason="同意")
    waiting = office.refused("conclude_edition", edition, by="association", on="2021-07-03")
    assert waiting.messages == [f"尚有候选项目未评选完毕：{second}"]
    office.step("award_refuse", second, by="association", on="2021-07-04", papers="committee_opinion",
                reason="未达标准")  # fmt: skip

    done = office.step("conclude_edition", edition, by="association", on="2021-07-05")
    assert done["to"] == "edition_concluded"
    assert [office.project(one)["state"] for one in (first, second)] == ["result", "not_awarded"]
    assert office.done("audit", "verify")["ok"] is True


def test_a_candidate_without_an_edition_is_not_recommended(office: Practice) -> None:
    form = {"kind": "nomination_form", "file": str(office.paper("提名推荐书.pdf"))}
    path = office.write("alone.json", [{"programme": AWARD, "title": "无届次", "unit": SOCIETY,
                                        "contact": CONTACT, "materials": [form]}])  # fmt: skip

    ran = office.ask("apply", path, by="clerk", on="2021-05-10")
    assert ran.status == 3
    assert "候选项目须在本届征集期间推荐" in ran.out


def test_who_checked_a_nomination_does_not_decide_it(office: Practice) -> None:
    """R-LIFE-66."""
    project = handed_in(office, NOMINATION, facts={"nominee.name": "甲"})
    office.done("users", "grant", "checker", "prov_association", "--province", "henan")
    office.step("nom_qualify", project, by="checker", on="2021-06-01", papers="qualification_form")

    told = office.refused("nom_committee", project, by="checker", on="2021-07-01", papers="committee_opinion")
    assert (told.rules, told.messages) == (["R-LIFE-66"], ["参与过本项目审查（评审）的人员不得决定立项"])
