"""Projects through the command line: documents, statuses and effects as the contract has them."""

from __future__ import annotations

import csv

from tests.cli import CONTACT, UNIT, Office, application, event

DUTY_KEYS = {
    "id", "project", "duty", "label", "rule", "owed_by", "period", "anchor", "anchor_date", "legal_due",
    "due", "soft_due", "provisional", "status", "met_on", "reminders", "moves",
}  # fmt: skip
PROJECT_KEYS = {
    "id", "programme", "title", "unit", "year", "state", "state_label", "version", "amount", "parent",
    "marked", "started_on", "ends_on", "overdue",
}  # fmt: skip
HISTORY_KEYS = {
    "seq", "at", "on", "actor", "role", "action", "from", "to", "reason", "document", "materials", "rule",
    "cite", "hash",
}  # fmt: skip
DETAILS = {"facts", "targets", "materials", "children", "duties", "funds", "history"}


def reviewed(office: Office, title: str = "示例人才项目") -> str:
    """A project that waits for the decision of the review."""
    project = office.talent(title)
    office.done("trigger", "accept_for_form_review", project, by="checker", on="2023-03-03")
    office.done("trigger", "form_pass", project, by="checker", on="2023-03-06")
    return project


def test_an_accepted_application_is_a_project_with_the_keys_of_the_contract(office: Office) -> None:
    path = office.write("a.json", [application("示例甲")])
    found = office.done("apply", path, by="clerk", on="2023-03-02")
    project = found["accepted"][0]
    assert project["id"] == "h23-young-talent-0001"
    assert project["state"] == "submitted"
    assert project["state_label"] == "已申报"
    assert project.keys() >= PROJECT_KEYS
    assert found["refused"] == []


def test_a_sound_row_is_accepted_beside_one_that_cannot_be_read(office: Office) -> None:
    path = office.write(
        "two.json", [application("示例甲"), application("示例乙", unit={**UNIT, "kind": "?"})]
    )
    ran = office.ask("apply", path, by="clerk", on="2023-03-02")
    assert ran.status == 7
    assert [one["title"] for one in ran.json["accepted"]] == ["示例甲"]
    refused = ran.json["refused"][0]
    assert (refused["title"], refused["code"]) == ("示例乙", "bad_input")
    assert refused["source"].startswith("two.json")
    assert ran.json["error"]["code"] == "bad_input"


def test_a_rule_that_refuses_one_of_several_makes_the_status_3(office: Office) -> None:
    path = office.write(
        "three.json",
        [application("示例甲"), application("示例 甲"), {**application("示例丙"), "marked": "?"}],
    )
    ran = office.ask("apply", path, by="clerk", on="2023-03-02")
    assert ran.status == 3
    assert "refused" in [one["code"] for one in ran.json["refused"]]
    assert office.done("list")["projects"][0]["title"] == "示例甲"


def test_a_dry_run_of_apply_writes_nothing(office: Office) -> None:
    path = office.write("a.json", [application("示例甲")])
    found = office.done("apply", path, "--dry-run", by="clerk", on="2023-03-02")
    assert [one["title"] for one in found["accepted"]] == ["示例甲"]
    assert office.done("list") == {"projects": [], "next": None}


def test_a_gb18030_csv_with_chinese_headings_is_read(office: Office) -> None:
    path = office.home.parent / "申报.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["项目类别", "项目名称", "申报单位", "单位类型", "所在地区", "联系人", "联系电话", "电子邮箱"]
        )
        rows.writerow(["h23-young-talent", "示例甲", *UNIT.values(), *CONTACT.values()])
    found = office.done("apply", path, by="clerk", on="2023-03-02")
    assert found["accepted"][0]["unit"] == UNIT


def test_a_draft_is_updated_by_its_id_and_then_submitted(office: Office) -> None:
    draft = office.write("a.json", [application("示例甲")])
    made = office.done("apply", draft, "--draft", by="clerk", on="2023-03-02")["accepted"][0]
    assert made["state"] == "draft"
    again = office.write("b.json", [application("示例甲改", id=made["id"])])
    found = office.done("apply", again, by="clerk", on="2023-03-03")["accepted"][0]
    assert (found["id"], found["title"], found["state"]) == (made["id"], "示例甲改", "submitted")


def test_show_gives_facts_duties_money_and_history(office: Office) -> None:
    project = office.talent()
    found = office.done("show", project)
    assert found.keys() >= PROJECT_KEYS | DETAILS
    assert found["history"][0].keys() >= HISTORY_KEYS
    assert [one["action"] for one in found["history"]] == ["create", "submit"]
    assert found["funds"] == {
        "granted": "0.00", "paid": "0.00", "spent": "0.00", "returned": "0.00", "to_return": "0.00",
        "entries": [],
    }  # fmt: skip


def test_list_pages_by_cursor(office: Office) -> None:
    ids = [office.talent(title, unit={**UNIT, "name": f"河南省{title}学会"}) for title in ("甲", "乙", "丙")]
    first = office.done("list", "--limit", 2)
    assert [one["id"] for one in first["projects"]] == ids[:2]
    rest = office.done("list", "--limit", 2, "--after", first["next"])
    assert ([one["id"] for one in rest["projects"]], rest["next"]) == (ids[2:], None)


def test_list_narrows_by_state_in_chinese_and_by_programme(office: Office) -> None:
    project = reviewed(office)
    office.talent("示例乙")
    found = office.done("list", "--state", "专家评审", "--programme", "h23-young-talent")
    assert [one["id"] for one in found["projects"]] == [project]
    assert office.done("list", "--state", "expert_review", "--year", 2021)["projects"] == []


def test_check_tells_each_rule_of_a_project_and_of_a_file(office: Office) -> None:
    project = office.talent()
    keys = {"rule", "result", "severity", "stage", "message", "cite"}
    of_project = office.done("check", project, on="2023-03-03")["findings"]
    of_file = office.done("check", office.home.parent / "示例人才项目.json", on="2023-03-03")["findings"]
    assert all(keys <= one.keys() for one in of_project + of_file)
    assert [one["rule"] for one in of_file] == [one["rule"] for one in of_project]


def test_actions_offers_what_this_actor_may_do_and_says_why_not_the_rest(office: Office) -> None:
    project = office.talent()
    found = office.done("actions", project, by="checker", on="2023-03-03")["actions"]
    assert [one["action"] for one in found if one["allowed"]] == ["accept_for_form_review"]
    withdraw = next(one for one in found if one["action"] == "withdraw")
    assert withdraw["reasons"][0]["message"] == "“撤回申报”由申报单位办理，您没有这一角色"


def test_an_action_by_its_chinese_name_moves_the_project(office: Office) -> None:
    project = office.talent()
    found = office.done("trigger", "受理", project, by="checker", on="2023-03-03")
    assert found == {
        "done": [{"id": project, "from": "submitted", "to": "form_review", "seq": 3}],
        "refused": [],
    }


def test_a_refusal_of_one_project_is_told_both_ways_with_every_reason(office: Office) -> None:
    project = office.talent()
    ran = office.ask("trigger", "start", project, by="association", on="2023-03-03")
    assert ran.status == 3
    assert ran.json["error"]["reasons"] == ran.json["refused"][0]["reasons"]
    assert set(ran.json["error"]["reasons"][0]) == {"rule", "severity", "message", "cite", "document"}
    told = office.run("trigger", "start", project, by="association", on="2023-03-03")
    assert (told.status, told.out) == (3, "")
    assert "错误（refused）" in told.err


def test_somebody_without_the_role_gets_4_and_an_unknown_project_5(office: Office) -> None:
    project = office.talent()
    assert office.ask("trigger", "受理", project, by="clerk", on="2023-03-03").status == 4
    ran = office.ask("trigger", "受理", "h23-young-talent-9999", by="checker", on="2023-03-03")
    assert (ran.status, ran.json["refused"][0]["code"]) == (5, "not_found")


def test_many_projects_are_done_or_declined_each_by_itself(office: Office) -> None:
    first, second = office.talent("示例甲"), office.talent("示例乙")
    office.done("trigger", "受理", second, by="checker", on="2023-03-03")
    ran = office.ask("trigger", "受理", first, second, by="checker", on="2023-03-03")
    assert ran.status == 3
    assert [one["id"] for one in ran.json["done"]] == [first]
    assert [one["id"] for one in ran.json["refused"]] == [second]


def test_where_selects_by_state_and_programme_and_asks_for_a_yes(office: Office) -> None:
    ids = [office.talent(title) for title in ("示例甲", "示例乙")]
    words = ("trigger", "受理", "--where", "submitted/h23-young-talent")
    unasked = office.ask(*words, by="checker", on="2023-03-03")
    assert (unasked.status, unasked.json["error"]["code"]) == (2, "usage")
    assert unasked.json["error"]["message"] == "将对 2 个项目办理“受理”；没有终端可以确认，请加 --yes。"
    found = office.done(*words, "--yes", by="checker", on="2023-03-03")
    assert [one["id"] for one in found["done"]] == ids
    assert office.done(*words, "--yes", by="checker", on="2023-03-03") == {"done": [], "refused": []}


def test_a_dry_run_of_trigger_decides_and_writes_nothing(office: Office) -> None:
    project = office.talent()
    found = office.done("trigger", "受理", project, "--dry-run", by="checker", on="2023-03-03")
    assert found["done"][0]["to"] == "form_review"
    assert office.done("show", project)["state"] == "submitted"


def test_a_key_repeats_its_answer_and_cannot_mean_something_else(office: Office) -> None:
    project = office.talent()
    words = ("trigger", "受理", project, "--key", "k1")
    first = office.done(*words, by="checker", on="2023-03-03")
    assert office.done(*words, by="checker", on="2023-03-03") == first
    other = office.ask("trigger", "form_pass", project, "--key", "k1", by="checker", on="2023-03-03")
    assert (other.status, other.json["error"]["code"]) == (6, "conflict")


def test_a_version_that_has_passed_is_a_conflict(office: Office) -> None:
    project = office.talent()
    words = ("trigger", "受理", project, "--if-version")
    assert office.ask(*words, 1, by="checker", on="2023-03-03").status == 6
    version = office.done("show", project)["version"]
    assert office.ask(*words, version, by="checker", on="2023-03-03").status == 0


def test_an_approval_needs_its_record_and_makes_a_letter_that_waits_for_release(office: Office) -> None:
    project = reviewed(office)
    bare = office.ask("trigger", "review_select", project, by="association", on="2023-04-03")
    assert bare.status == 3
    office.done(
        "trigger", "review_select", project, "--material", f"评审记录={office.paper()}",
        by="association", on="2023-04-03",
    )  # fmt: skip
    held = office.done("notices", "--status", "待签发")["notices"]
    assert [one["kind"] for one in held] == ["approval_letter"]
    key = held[0]["key"]
    assert project in office.done("notices", "show", key)["key"]
    assert (
        office.done("notices", "release", key, by="association", on="2023-04-03")["notices"][0]["status"]
        == "pending"
    )
    sent = office.done("notices", "deliver", by="clerk", on="2023-04-03")
    assert key in [one["key"] for one in sent["notices"]]
    assert {one["status"] for one in sent["notices"]} == {"sent"}
    assert len(list((office.home / "outbox").glob("*.eml"))) == sent["sent"]


def test_a_duty_is_derived_reminded_reported_and_shown(office: Office) -> None:
    """R-FORM-20: the plan is reported a month before, with its paper."""
    project = event(office)
    duties = office.done("due", "--project", project, on="2020-06-01")["duties"]
    report = next(one for one in duties if one["duty"] == "preparation_report")
    assert report.keys() >= DUTY_KEYS
    assert (report["due"], report["status"]) == ("2020-06-30", "open")
    swept = office.done("sweep", on="2020-06-30")
    assert set(swept) >= {"on", "opened", "reminded", "overdue", "notices"}
    assert (swept["on"], swept["overdue"]) == ("2020-06-30", 0)
    again = office.done("sweep", on="2020-06-30")
    assert (again["reminded"], again["notices"]) == (0, [])
    met = office.done(
        "report", project, "筹备方案汇报", "--material", f"preparation_plan={office.paper()}",
        by="clerk", on="2020-06-30",
    )  # fmt: skip
    assert (met["duty"], met["status"], met["met_on"]) == ("preparation_report", "met", "2020-06-30")


def test_an_amended_date_moves_the_duty_that_rests_on_it(office: Office) -> None:
    project = event(office)
    dates = ("event.starts_on=2020年9月30日", "event.ends_on=2020-10-01")
    found = office.done("amend", project, *dates, "--reason", "会期调整", by="clerk", on="2020-06-01")
    assert found["facts"]["event.starts_on"]["value"] == "2020-09-30"
    report = next(one for one in found["duties"] if one["duty"] == "preparation_report")
    assert report["due"] == "2020-08-30"
    assert [move["to"] for move in report["moves"]] == ["2020-08-30"]


def test_every_list_and_page_is_readable_by_people(office: Office) -> None:
    project = event(office)
    office.run("sweep", on="2020-07-03")
    pages = {
        ("list",): "示例会议",
        ("show", project): "筹备方案汇报",
        ("actions", project): "现在可以办理",
        ("check", project): "资格检查",
        ("due",): "筹备方案汇报",
        ("due", "--overdue"): "逾期",
        ("notices",): "通知与公文",
        ("users",): "系统管理员",
        ("units",): "河南省示例学会",
        ("units", "show", "河南省示例学会"): "全省学会",
        ("audit", "verify"): "审计链完整",
    }
    for words, expected in pages.items():
        ran = office.run(*words, on="2020-07-03")
        assert (ran.status, expected in ran.out) == (0, True), (words, ran.out, ran.err)
        assert ran.err == "【演练】这是演练库：业务日期以 --on 为准，不对外发送任何通知。\n"
        lines = [
            one for one in ran.out.splitlines() if "lifecycle --home" not in one
        ]  # those are copied whole
        assert max(map(len, lines)) <= 120
