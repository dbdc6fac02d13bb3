"""People and units through the command line: who may act, for whom, and what was verified."""

from __future__ import annotations

from tests.cli import UNIT, Office


def test_a_user_is_added_granted_and_listed(office: Office) -> None:
    office.done("units", "add", UNIT["name"], "--kind", "全省学会（协会、研究会）")
    office.done(
        "users", "add", "wang", "--name", "王五", "--email", "wang@example.com", "--unit", UNIT["name"]
    )
    found = office.done("users", "grant", "wang", "申报单位", "--province", "河南")
    assert found["roles"] == [{"role": "applicant", "province": "henan"}]
    listed = next(one for one in office.done("users", "list")["users"] if one["login"] == "wang")
    assert (listed["name"], listed["email"], listed["unit"]) == ("王五", "wang@example.com", UNIT["name"])


def test_how_to_reach_people_is_masked_for_others_than_the_administrator(office: Office) -> None:
    office.done("users", "add", "wang", "--email", "wang@example.com", "--phone", "13800000000")
    listed = next(o for o in office.done("users", "list", by="clerk")["users"] if o["login"] == "wang")
    assert (listed["email"], listed["phone"]) == ("***", "***")


def test_an_administrator_changes_how_somebody_is_reached_himself_included(office: Office) -> None:
    users = office.done("users", "list")["users"]
    (me,) = [one["login"] for one in users if {"role": "admin", "province": "*"} in one["roles"]]
    assert office.done("users", "contact", me, "--email", "me@example.org")["email"] == "me@example.org"
    assert office.done("users", "contact", me, "--phone", "0371-1", "--email", "")["email"] is None
    for words, status in (((me,), 2), ((me, "--email", "nobody"), 2), (("nobody", "--phone", "1"), 5)):
        assert office.ask("users", "contact", *words).status == status
    assert office.ask("users", "contact", me, "--email", "x@example.org", by="clerk").status == 4


def test_only_the_administrator_adds_people(office: Office) -> None:
    ran = office.ask("users", "add", "wang", by="clerk")
    assert (ran.status, ran.json["error"]["code"]) == (4, "forbidden")


def test_an_unknown_role_lists_the_known_ones(office: Office) -> None:
    ran = office.ask("users", "grant", "clerk", "boss")
    assert (ran.status, ran.json["error"]["code"]) == (2, "usage")
    assert "clerk（经办人员）" in ran.json["error"]["message"]


def test_a_unit_that_is_not_registered_cannot_be_somebodys(office: Office) -> None:
    assert office.ask("users", "add", "wang", "--unit", "不存在的单位").status == 5


def test_a_delegation_is_recorded_with_its_days(office: Office) -> None:
    found = office.done("users", "delegate", "clerk", "deputy", "--from", "2023/5/1", "--to", "2023年5月31日")
    assert found["stands_in_for"] == [{"login": "clerk", "from": "2023-05-01", "to": "2023-05-31"}]


def test_both_names_stand_in_the_history_when_one_acts_for_another(office: Office) -> None:
    project = office.talent()
    entry = office.done("show", project)["history"][0]
    assert entry["actor"] == "clerk"
    assert entry["stood_in_by"] not in (None, "clerk")
    assert entry["represented"] == UNIT["name"]


def test_an_unknown_actor_is_refused_even_for_reading(office: Office) -> None:
    assert office.ask("list", by="nobody").status == 4


def test_a_fact_of_a_unit_is_verified_by_its_label_and_typed(office: Office) -> None:
    office.done("units", "add", UNIT["name"], "--kind", "prov_society")
    words = ("units", "verify", UNIT["name"], "unit.bank_account.status=正常", "--basis", "开户行证明")
    assert office.ask(*words).status == 4
    found = office.done(*words, by="checker", on="2023-03-01")
    assert found["facts"] == {
        "unit.bank_account.status": {
            "value": "正常",
            "by": "checker",
            "on": "2023-03-01",
            "basis": "开户行证明",
        }
    }
    shown = office.done("units", "show", UNIT["name"])
    assert shown["facts"] == found["facts"]
    wrong = office.ask("units", "verify", UNIT["name"], "unit.bank_account.status=很好", by="checker")
    assert (wrong.status, wrong.json["error"]["code"]) == (7, "bad_input")


def test_the_audit_trail_is_proven_and_a_change_beside_it_is_noticed(office: Office) -> None:
    import sqlite3
    from contextlib import closing

    project = office.talent()
    found = office.done("audit", "verify")
    assert (found["entries"], found["ok"]) == (2, True)
    with closing(sqlite3.connect(office.home / "lifecycle.sqlite3")) as store, store:
        store.execute("UPDATE project SET state = 'approved' WHERE id = ?", (project,))
    ran = office.ask("audit", "verify")
    assert (ran.status, ran.json["error"]["code"]) == (9, "tampered")
