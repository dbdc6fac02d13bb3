"""Rights through the command line: given and taken, where they count, on which day, and what they show."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.bootstrap import today
from lifecycle.login import operating_system_login
from tests.acceptance.driver import Practice, selected
from tests.cli import CONTACT, TALENT, UNIT, Office

SOCIETY = "h23-first-class-society"
OTHER = "河南省示例照明学会"
ACCOUNT, NUMBER = "unit.bank_account.number", "1234567890123"
MOBILE = "13800000000"
DESK = operating_system_login()


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Practice:
    """An office of both provinces, with somebody of one unit, and two projects of different units."""
    practice = Practice.copied(furnished, tmp_path).staff_fujian()
    for unit in (UNIT["name"], OTHER):
        practice.done("units", "add", unit, "--kind", "prov_society", "--region", UNIT["region"])
    practice.done("users", "add", "member", "--unit", UNIT["name"])
    practice.done("users", "grant", "member", "undertaking_unit", "--province", "henan")
    return practice


def two(office: Practice) -> tuple[str, str]:
    """A project of the member's unit, and one of another."""
    facts = {**TALENT, "talent.name": "示例乙", "talent.membership_unit": OTHER}
    return office.talent("示例甲"), office.talent("示例乙", unit={**UNIT, "name": OTHER}, facts=facts)


def delegated(home: Path, *words: str) -> Office:
    """A store whose maker is no administrator any more, but stands in for two of them: then, and now."""
    office = Office(home)
    office.done("init", *words, on="2020-01-01")
    for login, first, last in (
        ("then", "2020-05-01", "2020-05-31"),
        ("now", str(today() - timedelta(1)), str(today() + timedelta(1))),
    ):
        office.done("users", "add", login)
        office.done("users", "grant", login, "admin")
        office.done("users", "delegate", login, DESK, "--from", first, "--to", last)
    office.done("users", "revoke", DESK, "admin")
    return office


def test_a_delegation_that_has_expired_does_not_come_back_with_a_business_date(tmp_path: Path) -> None:
    office = delegated(tmp_path / "home")
    for words in (("list",), ("users", "list"), ("users", "grant", DESK, "admin"), ("notices", "deliver")):
        assert office.ask(*words, by="then", on="2020-05-05").status == 4
        assert office.ask(*words, by="then").status == 4
    assert office.ask("list", by="now", on="2020-05-05").status == 0
    assert office.ask("users", "grant", DESK, "viewer", by="now", on="2020-05-05").status == 0


def test_a_delegation_ends_today_and_never_in_the_past(tmp_path: Path) -> None:
    office = delegated(tmp_path / "home")
    ending = ("users", "undelegate", "now", DESK)
    early = office.ask(*ending, by="now", on="2020-05-05")
    assert (early.status, early.json["error"]["code"]) == (3, "refused")
    assert office.done(*ending, by="now") == {
        "for": "now", "delegate": DESK, "to": str(today()), "ended": 1,
    }  # fmt: skip
    assert office.ask("list", by="now").status == 0


def test_who_stands_in_leaves_both_names_and_has_one_hand_in_a_decision(office: Practice) -> None:
    project = office.talent("示例甲")
    office.step("accept_for_form_review", project, by="checker", on="2023-03-03")
    office.done("users", "delegate", "association", DESK, "--from", "2023-03-01", "--to", "2023-04-30")
    office.done("users", "delegate", "checker", DESK, "--from", "2023-03-01", "--to", "2023-04-30")
    office.done("users", "grant", "deputy", "admin")
    office.done("users", "revoke", DESK, "admin")
    office.step("form_pass", project, by="checker", on="2023-03-06")
    entry = office.done("show", project, by="checker", on="2023-03-06")["history"][-1]
    assert (entry["actor"], entry["stood_in_by"]) == ("checker", DESK)
    both = office.refused("review_select", project, by="association", on="2023-04-03", papers="review_record")
    assert (both.status, both.rules) == (3, ["R-LIFE-66"])
    assert office.ask("list", by="association", on="2023-05-01").status == 4


def test_in_a_practice_store_the_business_date_is_the_clock_of_delegations(tmp_path: Path) -> None:
    office = delegated(tmp_path / "home", "--rehearsal")
    asked = [office.ask("list", by="then", on=day).status for day in ("2020-04-30", "2020-05-05")]
    assert asked == [4, 0]


def test_a_letter_is_released_by_its_own_province(office: Practice) -> None:
    office.done("call", "open", SOCIETY, by="association", on="2023-03-01")
    project = selected(office)
    (letter,) = office.notices(project, status="held")
    for command in ("release", "retry"):
        ran = office.ask("notices", command, letter["key"], by="fj-clerk")
        assert (ran.status, "（河南）" in ran.json["error"]["message"]) == (4, True)
    assert office.notices(project, status="held") == [letter]
    assert office.ask("notices", "retry", letter["key"], by="clerk").status == 3
    released = office.done("notices", "release", letter["key"], by="clerk")["notices"]
    assert [one["status"] for one in released] == ["pending"]
    assert office.done("notices", "deliver", by="fj-clerk")["sent"] >= 1


def test_a_unit_is_registered_and_verified_by_its_own_province(office: Practice) -> None:
    fact = "unit.bank_account.status=正常"
    assert office.ask("units", "verify", UNIT["name"], fact, by="fj-clerk").status == 4
    assert office.ask("units", "add", "示例甲", "--kind", "prov_society", by="fj-clerk").status == 4
    assert office.ask("units", "add", "示例乙", "--kind", "fj_society", by="clerk").status == 4
    assert office.ask("units", "add", "示例乙", "--kind", "fj_society", by="fj-clerk").status == 0
    assert office.ask("units", "verify", "示例乙", fact, by="clerk").status == 4
    assert office.ask("units", "verify", UNIT["name"], fact, by="clerk").status == 0


@pytest.mark.parametrize("command", [("show",), ("actions",), ("check",), ("due", "--project")])
def test_people_of_a_unit_may_not_look_at_another_unit_s_project(
    office: Practice, command: tuple[str, ...]
) -> None:
    own, foreign = two(office)
    assert office.ask(*command, own, by="member").status == 0
    ran = office.ask(*command, foreign, by="member")
    assert (ran.status, ran.json["error"]["message"]) == (
        4,
        f"项目 {foreign} 属于其他单位；member 只能查看本单位的项目。",
    )
    assert office.ask(*command, foreign, by="fj-clerk").status == 0


def test_lists_leave_out_what_belongs_to_other_units(office: Practice) -> None:
    own, foreign = two(office)
    for project in (own, foreign):
        office.step("accept_for_form_review", project, by="checker", on="2023-03-03")
        office.step("form_pass", project, by="checker", on="2023-03-06")
        office.step("review_select", project, by="association", on="2023-04-03", papers="review_record")
        office.step("start", project, by="association", on="2023-05-12", papers="implementation_plan")

    def seen(by: str) -> list[set[str]]:
        listed = {one["id"] for one in office.done("list", by=by)["projects"]}
        due = {one["project"] for one in office.done("due", by=by)["duties"]}
        notices = {one["project"] for one in office.done("notices", by=by)["notices"]}
        return [listed, due, notices]

    assert seen("clerk") == [{own, foreign}] * 3
    assert seen("member") == [{own}] * 3
    keys = {one["project"]: one["key"] for one in office.done("notices", by="clerk")["notices"]}
    asked = {project: office.ask("notices", "show", key, by="member").status for project, key in keys.items()}
    assert asked == {own: 0, foreign: 4}
    one = office.done("notices", "--limit", 1, by="member")["notices"]
    assert [notice["project"] for notice in one] == [own]


def test_somebody_without_a_role_sees_no_project(office: Practice) -> None:
    own, _ = two(office)
    office.done("users", "add", "guest", "--unit", UNIT["name"])
    assert office.done("list", by="guest")["projects"] == []
    assert office.ask("show", own, by="guest").status == 4


def personal(document: dict[str, Any]) -> list[Any]:
    """What of a project is personal: as a fact, as contact, and in the history."""
    created = document["history"][0]["changes"]
    return [
        document["facts"][ACCOUNT]["value"],
        document["facts"]["application.liaison"]["value"],
        document["contact"]["phone"],
        document["contact"]["email"],
        created[ACCOUNT]["to"],
        created["contact.phone"]["to"],
    ]


def test_personal_data_is_shown_to_the_unit_and_to_those_who_work_with_it(office: Practice) -> None:
    office.done("users", "add", "viewer")
    office.done("users", "grant", "viewer", "viewer", "--province", "henan")
    facts = {**TALENT, "talent.name": "示例甲", ACCOUNT: NUMBER, "application.liaison": f"丁 {MOBILE}"}
    project = office.talent("示例甲", facts=facts)
    full = [NUMBER, f"丁 {MOBILE}", CONTACT["phone"], CONTACT["email"], NUMBER, CONTACT["phone"]]
    for login in ("clerk", "checker", "association", "evaluator", "member"):
        assert personal(office.done("show", project, by=login)) == full
    for hidden_from in ("viewer", "fj-clerk", None):
        shown = office.done("show", project, by=hidden_from)
        assert personal(shown) == ["***", "丁 ***", *["***"] * 4]
        assert shown["title"] == "示例甲"


def test_a_bank_account_is_not_shown_to_everybody(office: Practice) -> None:
    office.done("units", "verify", UNIT["name"], f"{ACCOUNT}={NUMBER}", by="clerk")
    shown = {
        by: office.done("units", "show", UNIT["name"], by=by)["facts"][ACCOUNT]["value"]
        for by in ("clerk", "member", "fj-clerk", None)
    }
    assert shown == {"clerk": NUMBER, "member": NUMBER, "fj-clerk": "***", None: "***"}
    (line,) = [one for one in office.done("users", "log")["log"] if one["what"] == "verify"]
    assert (line["subject"], line["actor"], line["stood_in_by"]) == (UNIT["name"], "clerk", DESK)
    assert "value" not in line["details"]


def test_a_role_is_taken_and_an_account_closed(office: Practice) -> None:
    found = office.done("users", "revoke", "clerk", "经办人员", "--province", "河南")
    assert found["roles"] == []
    assert office.ask("users", "revoke", "clerk", "clerk").status == 5
    assert office.done("users", "close", "member")["active"] is False
    assert office.ask("list", by="member").status == 4
    told = [(one["what"], one["subject"], one["details"]) for one in office.done("users", "log")["log"][-2:]]
    assert told == [
        ("revoke", "clerk", {"role": "clerk", "province": "henan"}),
        ("close", "member", {}),
    ]
    assert "停用账户" in office.run("users", "log").out


def test_only_the_administrator_takes_rights_away_and_one_always_stays(office: Practice) -> None:
    assert office.ask("users", "revoke", "clerk", "clerk", "--province", "henan", by="clerk").status == 4
    assert office.ask("users", "close", "checker", by="clerk").status == 4
    assert office.ask("users", "log", by="clerk").status == 4
    assert office.ask("users", "close", DESK).status == 3
    assert office.ask("users", "revoke", DESK, "admin").status == 3


def test_a_date_that_was_verified_is_a_date(office: Practice) -> None:
    fact = "unit.council_term_end"
    words = ("units", "verify", UNIT["name"], f"{fact}=2026年12月31日")
    assert office.done(*words, by="clerk")["facts"][fact]["value"] == "2026-12-31"


def test_nobody_is_told_of_another_unit_s_project_by_trying_a_step(office: Practice) -> None:
    """R-ROLE-27: not by an id, not by --where, not in a dry run."""
    own, foreign = two(office)
    ran = office.ask("trigger", "form_reject", foreign, "--dry-run", by="member", on="2023-03-03")
    assert [one["message"] for one in ran.json["refused"][0]["reasons"]] == [
        "该项目属于其他单位，您只能办理本单位（设区市科协为所辖县）的项目"
    ]
    ran = office.ask("trigger", "withdraw", "--where", "submitted/", "--dry-run", "--yes", by="member",
                     on="2023-03-03")  # fmt: skip
    assert [one["id"] for one in (*ran.json["done"], *ran.json["refused"])] == [own]


def test_another_unit_is_known_by_its_name_and_kind_only(office: Practice) -> None:
    office.done("units", "set", OTHER, "--email", "o@example.org", "--phone", MOBILE, by="clerk")
    office.done("units", "verify", OTHER, "unit.party_org_complete=是", by="clerk")
    seen = office.done("units", "show", OTHER, by="member")
    assert (seen["email"], seen["phone"], seen["facts"]) == ("***", "***", {})
    assert office.done("units", "show", OTHER, by="clerk")["phone"] == MOBILE


def test_a_trial_check_in_another_unit_s_name_tells_nothing_of_it(office: Practice) -> None:
    office.done("units", "verify", OTHER, "unit.bank_account.status=冻结", by="clerk")
    facts = {name: value for name, value in TALENT.items() if name != "unit.bank_account.status"}
    path = office.write("trial.json", [{
        "programme": "h23-young-talent", "title": "试", "unit": {**UNIT, "name": OTHER}, "contact": CONTACT,
        "facts": facts,
    }])  # fmt: skip

    def bank(by: str) -> list[str]:
        found = office.done("check", path, by=by, on="2023-03-02")
        return [one["result"] for one in _findings(found) if one["rule"] == "R-ELIG-23"]

    assert (bank("member"), bank("clerk")) == (["unknown"], ["fail"])


def _findings(told: Any) -> list[dict[str, Any]]:
    """Every finding in an answer, however deep."""
    if isinstance(told, dict):
        own = [told] if {"rule", "result"} <= told.keys() else []
        return own + [one for value in told.values() for one in _findings(value)]
    return [one for value in told for one in _findings(value)] if isinstance(told, list) else []
