"""The pilot city and its children through the command line: waiting, absorbed, released, undone."""

from __future__ import annotations

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
    checked,
    handed_in,
    own_office,
    states,
)
from tests.acceptance.driver import Practice


@pytest.fixture
def office(city_home: Path, tmp_path: Path) -> Practice:
    """A Henan office of one's own."""
    return own_office(city_home, tmp_path)


def test_r_scn_14_an_approved_city_absorbs_the_marked_children_and_frees_the_other(office: Practice) -> None:
    """R-LIFE-60, R-LIFE-62, R-DL-33."""
    checked(office)
    assert states(office) == {CITY: "expert_review"} | dict.fromkeys(CHILDREN, "awaiting_parent")
    done = office.step("review_select", CITY, by="association", on="2023-04-03", papers="review_record")

    assert [(one["id"], one["action"], one["to"]) for one in done["followed"]] == [
        (BASE, "release_to_review", "expert_review"),
        (CONGRESS, "absorb", "absorbed"),
        (STATION, "absorb", "absorbed"),
        (HUNDRED, "absorb", "absorbed"),
    ]  # fmt: skip
    assert states(office) == {
        CITY: "approved",
        CONGRESS: "absorbed",
        HUNDRED: "absorbed",
        STATION: "absorbed",
        BASE: "expert_review",
    }
    entry = office.project(STATION)["history"][-1]
    assert (entry["actor"], entry["role"], entry["rule"]) == ("system", "system", "R-LIFE-43")
    assert entry["reason"].startswith(f"随 {CITY} 第 ")
    assert office.project(STATION)["amount"] is None
    again = office.refused("review_select", CITY, by="association", on="2023-04-04", papers="review_record")
    assert again.rules == ["R-LIFE-00"]
    assert states(office)[STATION] == "absorbed"
    office.done("audit", "verify")


def test_r_scn_15_a_city_that_is_not_selected_sends_all_children_to_the_review(office: Practice) -> None:
    checked(office)
    waiting = office.refused(
        "review_select", CONGRESS, by="association", on="2023-03-20", papers="review_record"
    )
    assert waiting.rules == ["R-LIFE-00"]
    office.step("review_reject", CITY, by="association", on="2023-04-03")

    assert states(office) == {CITY: "not_selected"} | dict.fromkeys(CHILDREN, "expert_review")


def test_r_scn_16_two_unmarked_applications_of_a_kind_send_the_city_back(office: Practice) -> None:
    """R-LIFE-61."""
    handed_in(office, **{"  marked: 是\n": ""})
    accepted(office, CITY, *CHILDREN)
    failed = office.refused("form_pass", CITY, by="checker", on="2023-03-06")
    assert (failed.rules, failed.status) == (["R-ELIG-28"], 3)
    assert "请注明哪项纳入本项目" in failed.messages[0]
    office.step("return_for_completion", CITY, by="checker", on="2023-03-06", reason="请注明哪项纳入本项目")
    office.step(
        "mark_child", STATION, by="clerk", on="2023-03-08", papers="child_marking", values={"marked": "是"}
    )
    office.done(
        "trigger",
        "submit",
        CITY,
        "--material",
        f"other={office.paper('补正.pdf')}",
        by="clerk",
        on="2023-03-08",
    )
    office.step("accept_for_form_review", CITY, by="checker", on="2023-03-09")

    assert office.step("form_pass", CITY, by="checker", on="2023-03-09")["to"] == "expert_review"
    assert office.project(STATION)["marked"] is True
    office.done("audit", "verify")


def test_undoing_the_approval_of_a_city_takes_back_what_its_children_followed(office: Practice) -> None:
    checked(office)
    office.step("review_select", CITY, by="association", on="2023-04-03", papers="review_record")
    done = office.step("reverse_step", CITY, by="deputy", on="2023-04-04", reason="会议未讨论")

    assert {one["id"] for one in done["followed"]} == set(CHILDREN)
    assert states(office) == {CITY: "expert_review"} | dict.fromkeys(CHILDREN, "awaiting_parent")
    office.step("review_select", CITY, by="association", on="2023-04-05", papers="review_record")
    assert states(office)[CONGRESS] == "absorbed"
    office.done("audit", "verify")


def test_a_city_that_gives_up_its_approval_leaves_its_children_to_the_review(office: Practice) -> None:
    checked(office)
    office.step("review_select", CITY, by="association", on="2023-04-03", papers="review_record")
    office.step(
        "relinquish", CITY, by="association", on="2023-04-06", papers="relinquish_request", reason="放弃"
    )

    assert states(office) == {CITY: "withdrawn"} | dict.fromkeys(CHILDREN, "expert_review")


def test_children_end_with_their_city(office: Practice) -> None:
    checked(office)
    office.step("review_select", CITY, by="association", on="2023-04-03", papers="review_record")
    office.step("start", CITY, by="association", on="2023-04-20", papers="implementation_plan")
    office.step(
        "terminate",
        CITY,
        by="association",
        on="2023-06-01",
        papers="settlement",
        document="示例〔2023〕3号@2023-06-01",
    )

    assert states(office) == {CITY: "terminated", BASE: "expert_review"} | dict.fromkeys(
        (CONGRESS, HUNDRED, STATION), "terminated"
    )


def test_a_child_that_comes_late_joins_its_approved_city_at_once(office: Practice) -> None:
    handed_in(office)
    accepted(office, CITY, *CHILDREN)
    for project in (CITY, CONGRESS, STATION, BASE):
        office.step("form_pass", project, by="checker", on="2023-03-06")
    office.step("review_select", CITY, by="association", on="2023-04-03", papers="review_record")
    done = office.step("form_pass", HUNDRED, by="checker", on="2023-04-10")

    assert (done["to"], [one["action"] for one in done["followed"]]) == ("awaiting_parent", ["absorb"])
    assert states(office)[HUNDRED] == "absorbed"


def test_an_absorbed_child_takes_no_place_of_its_own_line(office: Practice) -> None:
    checked(office)
    office.step("review_select", CITY, by="association", on="2023-04-03", papers="review_record")
    offered = office.done("actions", CONGRESS, by="association", on="2023-04-03")["actions"]

    assert {one["action"] for one in offered if one["allowed"]} <= {
        "correct_record",
        "adopt_pack",
        "reverse_step",
    }


def test_an_absorbed_child_asks_for_nothing_of_its_own(office: Practice) -> None:
    """R-LIFE-68: extension, halt, money and evaluation are its city's."""
    checked(office)
    office.step("review_select", CITY, by="association", on="2023-04-03", papers="review_record")

    for action in ("request_extension", "request_halt", "start", "open_evaluation", "terminate"):
        told = office.refused(action, STATION, by="association", on="2023-04-04", reason="示例")
        assert told.rules == ["R-LIFE-00"], action
        assert f"有关申请由上级项目 {CITY} 提出（R-LIFE-68）" in told.messages[0]
    assert office.project(STATION)["funds"]["granted"] == "0.00"
