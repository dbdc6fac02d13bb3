"""Scoped amendments of deadlines on the command line: whom they mean, what they move, one undo (R-DL-25)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.driver import Practice, refusal

DECREE = ("--document", "豫科协〔2020〕12号@2020-06-01", "--reason", "受疫情影响")
ON = "2020-06-02"
SENSING, OTHER = "河南省传感学会", "河南省第二学会"
EVENT, GROUP = "h20-academic-event", "h20-academic-lead"
PREPARATION = ("preparation_report", None)
PREPARED = ("--unit", SENSING, "--duty", "preparation_report")
Events = tuple[str, str, str]


def event(office: Practice, unit: str, title: str, starts: str, *, started: bool) -> str:
    """An event of a unit, approved and perhaps begun."""
    application = {
        "programme": EVENT,
        "title": title,
        "unit": {"name": unit, "kind": "prov_society", "region": "郑州市"},
        "contact": {"name": "示例", "phone": "0371-0000000", "email": "a@example.org"},
        "facts": {"event.starts_on": starts},
    }
    path = office.write(f"{title}.json", [application])
    (project,) = (one["id"] for one in office.done("apply", path, by="clerk", on="2020-03-02")["accepted"])
    office.step("accept_for_form_review", project, by="checker", on="2020-03-03")
    office.step("form_pass", project, by="checker", on="2020-03-06")
    office.step("review_select", project, by="association", on="2020-04-23", papers="review_record",
                values={"amount": "50000"})  # fmt: skip
    if started:
        office.step("start", project, by="association", on="2020-05-06", papers="contract")
    return str(project)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Events]:
    """Two units with three events: two running, one approved and not begun."""
    office = Practice(tmp_path_factory.mktemp("amendments") / "home").open()
    office.done("call", "open", EVENT, by="association", on="2020-03-01")
    office.staff_unit("sensing", SENSING)
    first = event(office, SENSING, "第一届传感大会", "2020-10-20", started=True)
    second = event(office, OTHER, "第二学会年会", "2020-10-31", started=True)
    third = event(office, OTHER, "未启动的会议", "2020-11-30", started=False)
    return office.home, (first, second, third)


@pytest.fixture
def office(made: tuple[Path, Events], tmp_path: Path) -> Practice:
    """An office of one's own."""
    shutil.copytree(made[0], tmp_path / "home")
    return Practice(tmp_path / "home")


@pytest.fixture
def events(made: tuple[Path, Events]) -> Events:
    """The three projects."""
    return made[1]


def amend(office: Practice, *words: object, on: str = ON, by: str = "association") -> dict[str, Any]:
    """An amendment that has to be made on all that it means."""
    return dict(office.done("amendments", "make", *words, *DECREE, "--yes", by=by, on=on))


def ids(done: dict[str, Any]) -> list[str]:
    """The projects that were amended."""
    return [one["id"] for one in done["done"]]


def dates(office: Practice, project: str) -> dict[Any, Any]:
    """The end of a project, and its duties with due date and status."""
    found = office.project(project)
    duties = {(one["duty"], one["period"]): (one["due"], one["status"]) for one in found["duties"]}
    return {"ends_on": found["ends_on"], **duties}


def test_all_that_end_on_a_day_end_six_months_later_and_what_rests_on_the_end_follows(
    office: Practice, events: Events
) -> None:
    """R-DL-25."""
    first, second, third = events
    assert ids(amend(office, "--ends-on", "2020-12-31", "--ends-on-by", "6M")) == [first, second]

    assert dates(office, first) == {
        "ends_on": "2021-06-30",
        ("evaluation_opening", None): ("2021-06-30", "suggested"),
        ("midterm_report", None): ("2020-12-02", "suggested"),
        PREPARATION: ("2020-09-20", "open"),
    }
    assert office.project(third)["ends_on"] is None
    (move,) = office.duty(first, "evaluation_opening")["moves"]
    assert (move["from"], move["to"], move["document"]) == ("2020-12-31", "2021-06-30", DECREE[1])
    assert move["reason"].endswith("受疫情影响")
    assert office.history(first, "action", "action_label", "document", "reason")[-1] == (
        "amend_deadlines", "调整期限", DECREE[1], "受疫情影响",
    )  # fmt: skip
    assert office.done("audit", "verify")["ok"]


@pytest.mark.parametrize(
    ("scope", "meant"),
    [
        (("--unit", OTHER), (1,)),
        (("--programme", EVENT), (0, 1)),
        (("--programme", GROUP), (0, 1)),
        (("--programme", "h23-academic-platform"), ()),
        (("--started-by", "2020-05-06"), (0, 1)),
        (("--started-by", "2020-05-05"), ()),
        (("--state", "executing", "--unit", SENSING), (0,)),
        (("--state", "实施中"), (0, 1)),
    ],
)
def test_a_scope_means_the_projects_that_meet_all_its_conditions(
    office: Practice, events: Events, scope: tuple[str, ...], meant: tuple[int, ...]
) -> None:
    tried = office.done(
        "amendments", "preview", *scope, "--ends-on-to", "2021-03-31", *DECREE, by="association", on=ON
    )
    assert ids(tried) == [events[number] for number in meant]
    assert tried["number"] is None
    assert office.project(events[0])["ends_on"] == "2020-12-31"
    words = (*scope, "--ends-on-to", "2021-03-31", *DECREE, "--yes")
    done = office.ask("amendments", "make", *words, by="association", on=ON)
    assert done.status == (0 if meant else 5)
    ends = [office.project(one)["ends_on"] for one in events]
    expected = ["2021-03-31" if number in meant else "2020-12-31" for number in (0, 1)]
    assert ends == [*expected, None]


def test_one_project_and_one_duty_may_be_due_earlier_and_the_reminders_follow(
    office: Practice, events: Events
) -> None:
    first, second, _ = events
    amend(office, first, "--duty", "筹备方案汇报", "--due-by", "-P1M")

    assert dates(office, first)[PREPARATION] == ("2020-08-20", "open")
    assert dates(office, second)[PREPARATION] == ("2020-09-30", "open")
    assert office.duty(first, "preparation_report")["upcoming"][-1] == "2020-08-20"
    office.sweep("2020-08-21")
    assert len(office.notices(first, kind="overdue")) == 1
    assert office.notices(second, kind="overdue") == []


def test_what_is_past_is_refused_for_its_project_alone_and_made_due_today_only_on_demand(
    office: Practice, events: Events
) -> None:
    """R-DL-26: an earlier day that is past already."""
    first, second, third = events
    order = ("--duty", "R-DL-05", "--due-to", "2020-06-01", *DECREE)
    ran = office.ask("amendments", "make", first, *order, by="association", on=ON)
    refused = refusal(ran)
    assert (refused.status, refused.rules) == (3, ["R-DL-26"])
    assert dates(office, first)[PREPARATION] == ("2020-09-20", "open")

    amend(office, "--programme", EVENT, *order[:4], "--due-today")
    for project in (first, second, third):
        assert dates(office, project)[PREPARATION] == (ON, "open")
    assert office.duty(first, "preparation_report")["marks"] == ["期限提前"]


def test_a_preview_tells_what_is_then_done(office: Practice, events: Events) -> None:
    words = ("--programme", EVENT, "--ends-on-by", "-1M", *DECREE)
    tried = office.done("amendments", "preview", *words, by="association", on=ON)
    again = office.done("amendments", "make", *words, "--dry-run", by="association", on=ON)
    done = office.done("amendments", "make", *words, "--yes", "--manifest", tried["manifest"],
                       by="association", on=ON)  # fmt: skip

    def told(answer: dict[str, Any]) -> list[dict[str, Any]]:
        return [{**one, "seq": None} for one in answer["done"]]

    assert tried == again
    assert told(tried) == told(done)
    assert [one["ends_on"] for one in done["done"]] == [{"from": "2020-12-31", "to": "2020-11-30"}] * 2
    changed = office.ask("amendments", "make", events[0], *words[2:], "--manifest", tried["manifest"],
                         by="association", on=ON)  # fmt: skip
    assert changed.status == 6


def test_one_undo_by_another_person_puts_everything_back(office: Practice, events: Events) -> None:
    """R-LIFE-160."""
    first, second, _ = events
    before = [dates(office, project) for project in events]
    number = amend(office, "--ends-on", "2020-12-31", "--ends-on-to", "2021-03-31")["number"]
    own = refusal(office.ask("amendments", "undo", number, "--reason", "误", by="association", on=ON))
    assert own.status == 3
    assert dates(office, first)["ends_on"] == "2021-03-31"

    undone = office.done("amendments", "undo", number, "--reason", "决定有误", by="deputy", on="2020-06-03")
    assert ids(undone) == [first, second]
    assert [dates(office, project) for project in events] == before
    again = office.done("amendments", "undo", number, "--reason", "决定有误", by="deputy", on="2020-06-03")
    assert again == undone
    assert undone["done"][0]["ends_on"] == {"from": "2021-03-31", "to": "2020-12-31"}
    assert office.history(first, "action")[-2:] == [("amend_deadlines",), ("undo_amendment",)]
    shown = office.done("amendments", "show", number, by="clerk")
    assert (shown["done"], shown["undone"]) == (2, 2)
    assert office.done("audit", "verify")["ok"]


def test_where_the_date_was_changed_again_the_undo_is_refused_and_elsewhere_done(
    office: Practice, events: Events
) -> None:
    first, second, _ = events
    number = amend(office, "--ends-on", "2020-12-31", "--ends-on-by", "P3M")["number"]
    office.done(
        "amend", second, "project.ends_on=2021-05-31", "--reason", "另行批准", by="association", on=ON
    )
    office.done("amend", first, "contact.name=另一人", "--reason", "换人", by="clerk", on=ON)

    ran = office.ask("amendments", "undo", number, "--reason", "决定有误", by="deputy", on=ON)
    assert ran.status == 3
    assert ids(ran.json) == [first]
    assert [one["id"] for one in ran.json["refused"]] == [second]
    assert "2021-05-31" in ran.json["refused"][0]["message"]
    assert office.project(first)["ends_on"] == "2020-12-31"
    assert office.project(second)["ends_on"] == "2021-05-31"


def test_a_key_makes_a_repeat_answer_as_before_under_the_same_number(
    office: Practice, events: Events
) -> None:
    words = ("--ends-on", "2020-12-31", "--ends-on-by", "6M", "--key", "延期一号")
    first = amend(office, *words)
    again = amend(office, *words)

    assert again == first
    assert office.project(events[0])["ends_on"] == "2021-06-30"
    assert len(office.done("amendments", by="clerk")["amendments"]) == 1
    other = office.ask("amendments", "make", *words[:3], "3M", "--key", "延期一号", *DECREE, "--yes",
                       by="association", on=ON)  # fmt: skip
    assert other.status == 6


@pytest.mark.parametrize(
    ("words", "by", "status"),
    [
        (("--ends-on", "2020-12-31", "--ends-on-by", "6M", *DECREE), "clerk", 4),
        (("--ends-on", "2020-12-31", "--ends-on-by", "6M", *DECREE), None, 4),
        (("--ends-on", "2020-12-31", "--ends-on-by", "6M", *DECREE), "association", 2),
        (("--ends-on", "2020-12-31", "--ends-on-by", "6M", *DECREE[:2], "--yes"), "association", 2),
        (("--ends-on", "2020-12-31", "--ends-on-by", "6M", *DECREE[2:], "--yes"), "association", 2),
        (("--ends-on-by", "6M", *DECREE, "--yes"), "association", 2),
        (("--unit", SENSING, "--ends-on-by", "半年", *DECREE, "--yes"), "association", 2),
        (("--unit", SENSING, *DECREE, "--yes"), "association", 2),
        (("--unit", SENSING, "--due-by", "6M", *DECREE, "--yes"), "association", 2),
        ((*PREPARED, "--due-by", "6M", "--grace", "3", *DECREE, "--yes"), "association", 2),
        (("--unit", "无此单位", "--ends-on-by", "6M", *DECREE, "--yes"), "association", 5),
        (("--unit", SENSING, "--duty", "无此事项", "--due-by", "6M", *DECREE, "--yes"), "association", 5),
        (("--ends-on", "2019-12-31", "--ends-on-by", "6M", *DECREE, "--yes"), "association", 5),
    ],
)  # fmt: skip
def test_an_order_that_is_not_whole_or_not_allowed_changes_nothing(
    office: Practice, events: Events, words: tuple[str, ...], by: str | None, status: int
) -> None:
    ran = office.ask("amendments", "make", *words, by=by, on=ON)
    assert ran.status == status, ran.out
    assert office.done("amendments", by="clerk")["amendments"] == []


def test_the_action_has_no_other_door_and_is_not_taken_back_one_by_one(
    office: Practice, events: Events
) -> None:
    first = events[0]
    direct = office.refused("amend_deadlines", first, by="association", on=ON, reason="试",
                            document=DECREE[1])  # fmt: skip
    assert "lifecycle amendments" in direct.messages[0]
    amend(office, first, "--ends-on-by", "6M")
    back = office.refused("reverse_step", first, by="deputy", on=ON, reason="试")
    assert "amendments undo" in back.messages[0]


def test_a_grace_is_told_inside_the_office_only_and_the_duty_is_late_after_it(
    office: Practice, events: Events
) -> None:
    first, second, _ = events
    number = amend(office, "--programme", EVENT, "--duty", "preparation_report", "--grace", "10")["number"]

    def due(by: str) -> dict[str, Any]:
        found = office.done("due", "--project", first, "--duty", "preparation_report", by=by, on=ON)
        return dict(found["duties"][0])

    assert (due("clerk")["due"], due("clerk")["grace_until"]) == ("2020-09-20", "2020-09-30")
    assert "grace_until" not in due("sensing")
    assert "宽限至" in office.run("due", "--project", first, by="clerk", on=ON).out
    assert "宽限" not in office.run("due", by="sensing", on=ON).out
    assert "宽限" not in office.run("show", first, by="sensing", on=ON).out
    assert "宽限" in office.run("show", first, by="clerk", on=ON).out
    assert office.ask("amendments", "show", number, by="sensing").status == 4

    office.sweep("2020-09-30")
    assert office.duty(first, "preparation_report")["status"] == "open"
    assert office.project(first)["overdue"] == 0
    assert office.done("due", "--overdue", by="clerk", on="2020-09-30")["duties"] == []
    office.done("report", first, "preparation_report", "--reason", "来电", by="clerk", on="2020-09-30")
    assert office.duty(first, "preparation_report")["status"] == "met"
    office.sweep("2020-10-12")
    assert office.duty(second, "preparation_report")["status"] == "overdue"
    assert office.project(second)["overdue"] == 1
    (overdue,) = office.notices(second, kind="overdue")
    text = office.done("notices", "show", overdue["key"])["text"]
    assert "2020年9月30日" in text
    assert "宽限" not in text
    assert office.done("audit", "verify")["ok"]


def test_what_an_amendment_changes_and_whom_it_means_is_told_in_chinese(
    office: Practice, events: Events
) -> None:
    number = amend(office, *PREPARED, "--programme", EVENT, "--due-by", "10D")["number"]

    listed = office.run("amendments", by="clerk").out
    shown = office.run("amendments", "show", number, by="clerk").out

    assert "期限（筹备方案汇报）延后 10日" in shown
    assert f"单位：{SENSING}；项目类别：{EVENT}" in shown
    for text in (listed, shown):
        assert not any(word in text for word in ("preparation_report", "programme：", "P10D"))
    assert any("延后 10日" in step for step in office.duty(events[0], "preparation_report")["steps"])
