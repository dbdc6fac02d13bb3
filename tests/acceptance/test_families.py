"""A family stays whole: no undo, correction or file parts a child from its city, or puts it beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.cities import (
    BASE,
    CHILDREN,
    CITY,
    CONGRESS,
    HUNDRED,
    STATION,
    accepted,
    approved,
    checked,
    handed_in,
    own_office,
    states,
)
from tests.acceptance.driver import Practice

PAPER = {"papers": "review_record"}
REPORT = {"papers": "evaluation_report"}


@pytest.fixture
def office(city_home: Path, tmp_path: Path) -> Practice:
    """A Henan office of one's own."""
    return own_office(city_home, tmp_path)


def relinquished(office: Practice) -> None:
    approved(office)
    office.step(
        "relinquish", CITY, by="association", on="2023-04-06", papers="relinquish_request", reason="放弃"
    )


def test_a_city_s_undo_is_refused_once_a_released_child_has_gone_its_own_way(office: Practice) -> None:
    """R-AMB-06, R-LIFE-60: or the city and its child would both be approved."""
    relinquished(office)
    office.step("review_select", CONGRESS, by="association", on="2023-04-10", **PAPER)

    told = office.refused("reverse_step", CITY, by="deputy", on="2023-04-11", reason="未曾放弃")
    assert told.messages == [
        f"子项目 {CONGRESS} 随上级“退出试点市并转评审”之后另有记录，不能再撤销上级的这一步"
    ]
    assert states(office)[CITY] == "withdrawn"


def test_a_city_s_undo_brings_back_the_children_that_only_followed(office: Practice) -> None:
    relinquished(office)
    office.step("reverse_step", CITY, by="deputy", on="2023-04-11", reason="未曾放弃")

    assert states(office) == {CITY: "approved", BASE: "expert_review"} | dict.fromkeys(
        (CONGRESS, HUNDRED, STATION), "absorbed"
    )


@pytest.mark.parametrize("ending", ["review_reject", "terminate"])
def test_what_a_child_followed_is_not_undone_on_its_own(office: Practice, ending: str) -> None:
    """R-LIFE-62: a child would be left waiting for, or within, a city that has ended."""
    if ending == "terminate":
        approved(office)
        office.step("terminate", CITY, by="association", on="2023-06-01", papers="settlement",
                    document="例〔2023〕3号@2023-06-01")  # fmt: skip
    else:
        checked(office)
        office.step("review_reject", CITY, by="association", on="2023-04-03")

    told = office.refused("reverse_step", CONGRESS, by="deputy", on="2023-06-02", reason="误")
    assert told.rules == ["R-LIFE-62"]


def test_a_child_that_comes_back_to_wait_follows_at_once(office: Practice) -> None:
    checked(office)
    office.step("withdraw", CONGRESS, by="clerk", on="2023-03-20", papers="other")
    office.step("review_reject", CITY, by="association", on="2023-04-03")
    done = office.step("reverse_step", CONGRESS, by="deputy", on="2023-04-04", reason="未曾撤回")

    assert [one["action"] for one in done["followed"]] == ["release_to_review"]
    assert states(office)[CONGRESS] == "expert_review"


def test_children_follow_a_decision_that_is_dated_before_their_last_entry(office: Practice) -> None:
    checked(office)
    office.done("amend", STATION, "contact.name=新联系人", "--reason", "更名", by="clerk", on="2023-04-10")
    office.step("review_reject", CITY, by="association", on="2023-04-03")

    assert states(office) == {CITY: "not_selected"} | dict.fromkeys(CHILDREN, "expert_review")
    assert office.project(STATION)["history"][-1]["on"] == "2023-04-10"


def test_a_terminated_city_with_a_corrected_child_is_not_brought_back(office: Practice) -> None:
    approved(office)
    office.step("terminate", CITY, by="association", on="2023-06-01", papers="settlement",
                document="例〔2023〕3号@2023-06-01")  # fmt: skip
    office.done("amend", CONGRESS, "contact.name=新联系人", "--reason", "更名", by="clerk", on="2023-06-02")

    told = office.refused("reverse_step", CITY, by="deputy", on="2023-06-03", reason="误")
    assert told.messages[0].startswith(f"子项目 {CONGRESS} 随上级")


def test_a_child_is_not_decided_while_its_city_is_pending_again_or_approved_after_all(
    office: Practice,
) -> None:
    """R-LIFE-60, R-LIFE-134."""
    checked(office)
    office.step("review_reject", CITY, by="association", on="2023-04-03")
    office.step("promote_reserve", CITY, by="association", on="2023-05-08", reason="候补")
    told = office.refused("review_select", CONGRESS, by="association", on="2023-05-09", **PAPER)
    assert told.rules == ["R-LIFE-60"]

    done = office.step("recall_to_parent", CONGRESS, by="association", on="2023-05-10", reason="随试点市")
    assert [one["action"] for one in done["followed"]] == ["absorb"]


def test_a_city_without_one_of_its_obligatory_children_is_not_selected(office: Practice) -> None:
    """R-AMB-46, R-ELIG-27."""
    checked(office)
    office.step("withdraw", HUNDRED, by="clerk", on="2023-03-20", papers="other")

    told = office.refused("review_select", CITY, by="association", on="2023-04-03", **PAPER)
    assert told.messages == ["须同时申报并注明纳入的子项目不齐：“百会链千企”科技志愿服务活动"]


def second_congress(office: Practice, *words: str, **changes: object) -> object:
    one = {
        "programme": "h23-city-product-congress", "title": "洛阳第二个大会", "parent_ref": CITY,
        "unit": {"name": "洛阳市科学技术协会", "kind": "city_kx", "region": "洛阳市"},
        "contact": {"name": "周某", "email": "luoyang@example.org"}, **changes,
    }  # fmt: skip
    path = office.home.parent / "second.json"
    path.write_text(json.dumps([one], ensure_ascii=False), encoding="utf-8")
    return office.ask("apply", path, *words, by="clerk", on="2023-03-10")


def test_a_draft_beside_the_only_child_of_a_kind_does_not_keep_it_from_its_city(office: Practice) -> None:
    checked(office)
    assert second_congress(office, "--draft").status == 0
    office.step("review_select", CITY, by="association", on="2023-04-03", **PAPER)

    assert states(office)[CONGRESS] == "absorbed"


def test_a_foreign_city_is_no_parent_not_even_by_an_update(office: Practice) -> None:
    """R-LIFE-60."""
    handed_in(office)
    foreign = {"name": "郑州市科学技术协会", "kind": "city_kx", "region": "郑州市"}
    drafted = second_congress(office, "--draft", parent_ref=None, unit=foreign)
    (own,) = drafted.json["accepted"]
    for words in ((), ("--draft",)):
        told = second_congress(office, *words, id=own["id"], unit=foreign)
        assert told.status == 3
        assert f"上级项目 {CITY} 由其他单位申报" in told.out


def test_the_mark_of_a_child_is_open_only_until_its_city_is_decided(office: Practice) -> None:
    """R-ELIG-28, R-LIFE-61, R-FORM-32."""
    approved(office)
    ran = office.ask("trigger", "correct_record", BASE, "--set", "project.marked=是", "--reason", "改",
                     by="association", on="2023-04-10")  # fmt: skip
    assert ran.status != 0
    late = office.refused("mark_child", BASE, by="clerk", on="2023-04-10", papers="child_marking",
                          values={"marked": "是"})  # fmt: skip
    assert late.status == 3
    assert office.project(BASE)["marked"] is False


def test_a_file_that_says_nothing_of_the_mark_leaves_it(office: Practice) -> None:
    handed_in(office)
    accepted(office, STATION)
    office.step("return_for_completion", STATION, by="checker", on="2023-03-06", reason="缺协议")
    found = office.project(STATION)
    path = office.write("again.json", [{
        "id": STATION, "programme": "h23-expert-station", "title": found["title"],
        "unit": {"name": "洛阳市科学技术协会", "kind": "city_kx", "region": "洛阳市"},
        "contact": {"name": "周某", "email": "luoyang@example.org"},
    }])  # fmt: skip
    office.done("apply", path, by="clerk", on="2023-03-07")

    assert office.project(STATION)["marked"] is True


def test_an_absorbed_child_keeps_how_its_city_was_concluded(office: Practice) -> None:
    """R-LIFE-131: by it the unit's next application is judged (R-ELIG-09, R-ELIG-10)."""
    approved(office)
    office.step("start", CITY, by="association", on="2023-04-20", papers="implementation_plan")
    office.step("open_evaluation", CITY, by="association", on="2023-12-01")
    office.step("record_evaluation", CITY, by="evaluator", on="2023-12-05", **REPORT,
                values={"evaluation.conclusion": "优秀"})  # fmt: skip
    office.step("evaluate_pass", CITY, by="association", on="2023-12-06")

    child = office.project(CONGRESS)
    assert (child["state"], child["facts"]["evaluation.conclusion"]["value"]) == ("closed", "优秀")


def test_only_what_a_document_lists_is_imported_as_decided(office: Practice) -> None:
    """R-PROG-55, R-VAR-12."""
    handed_in(office)
    drafted = second_congress(office, "--draft")
    (one,) = drafted.json["accepted"]

    told = office.refused("import_approved", one["id"], by="association", on="2023-04-03",
                          document="例〔2023〕1号@2023-04-03")  # fmt: skip
    assert told.rules == ["R-PROG-55"]


def halted(office: Practice) -> None:
    """The city approved, begun and halted on 10 May."""
    approved(office)
    office.step("start", CITY, by="association", on="2023-04-20", papers="implementation_plan")
    office.step("request_halt", CITY, by="clerk", on="2023-05-04", papers="halt_request", reason="示例")
    office.step(
        "approve_halt",
        CITY,
        by="association",
        on="2023-05-10",
        papers="halt_decision",
        document="例1号@2023-05-10",
    )


def with_city(office: Practice) -> set[str]:
    """The absorbed children that say that they are halted with their city."""
    return {child for child in CHILDREN if "halted_with_parent" in office.project(child)["flags"]}


def test_absorbed_children_are_halted_and_go_on_with_their_city(office: Practice) -> None:
    """R-AMB-06, R-LIFE-68: in the city's transaction, and so is every undo."""
    halted(office)
    absorbed = {CONGRESS, HUNDRED, STATION}
    assert with_city(office) == absorbed
    assert states(office)[STATION] == "absorbed"
    assert office.history(STATION, "on", "action", "rule")[-1] == ("2023-05-10", "halt_absorbed", "R-AMB-06")

    office.step("reverse_step", CITY, by="deputy", on="2023-05-11", reason="误批")
    assert with_city(office) == set()
    office.step(
        "approve_halt",
        CITY,
        by="association",
        on="2023-05-12",
        papers="halt_decision",
        document="例2号@2023-05-12",
    )
    office.step("resume_halted", CITY, by="association", on="2023-06-01", reason="恢复", papers="other",
                document="例3号@2023-06-01")  # fmt: skip
    assert with_city(office) == set()
    office.step("reverse_step", CITY, by="deputy", on="2023-06-02", reason="误恢复")
    assert with_city(office) == absorbed
    office.done("audit", "verify")


def test_children_of_a_halted_city_that_is_ended_end_with_it(office: Practice) -> None:
    halted(office)
    office.step("close_halted", CITY, by="association", on="2023-06-01", papers="settlement", reason="了结")
    assert {states(office)[child] for child in (CONGRESS, HUNDRED, STATION)} == {"terminated"}
