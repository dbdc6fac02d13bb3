"""What people write by the command line: workbooks, completions, undoing, halting, and all at once."""

from __future__ import annotations

import csv
import re
import sqlite3
import zipfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from tests.acceptance.driver import Practice, event, finish, selected, start
from tests.cli import CONTACT, Ran, application
from tests.forked import Forked

SOCIETY, EVENT, TALENT = "h23-first-class-society", "h20-academic-event", "h23-young-talent"


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Practice:
    """An office with open calls, and somebody of a unit."""
    practice = Practice.copied(furnished, tmp_path)
    practice.done("call", "open", SOCIETY, by="association", on="2023-03-01")
    practice.done("call", "open", EVENT, by="association", on="2020-03-01")
    return practice


def outcome(ran: Ran) -> tuple[int, str | None]:
    """The status and the code of an answer."""
    document = ran.json
    return ran.status, document["error"]["code"] if "error" in document else None


def fill_in(template: Path, filled: Path, cells: Mapping[str, str]) -> None:
    """The workbook with one more row below its example, as somebody would type it; all else as it was."""
    with zipfile.ZipFile(template) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet, words = parts["xl/worksheets/sheet1.xml"].decode(), parts["xl/sharedStrings.xml"].decode()
    strings = re.findall(r"<si><t[^>]*>(.*?)</t></si>", words, re.DOTALL)
    first = re.findall(r'<c r="([A-Z]+)1" s="\d+" t="s"><v>(\d+)</v></c>', sheet)
    letters = {strings[int(index)]: column for column, index in first}
    typed = [
        f'<c r="{letters[heading]}3" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
        for heading, text in sorted(cells.items(), key=lambda item: (len(letters[item[0]]), letters[item[0]]))
    ]
    row = f'<row r="3">{"".join(typed)}</row></sheetData>'
    parts["xl/worksheets/sheet1.xml"] = sheet.replace("</sheetData>", row).encode()
    with zipfile.ZipFile(filled, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)


def test_a_workbook_from_the_template_is_filled_in_and_walks_on(office: Practice, tmp_path: Path) -> None:
    template, filled = tmp_path / "空白.xlsx", tmp_path / "申报.xlsx"
    office.done("packs", "template", SOCIETY, "--out", template)
    blank = office.ask("apply", template, by="clerk", on="2023-03-02")
    assert outcome(blank) == (7, "bad_input")
    assert office.done("list")["projects"] == []
    cells = {
        "项目类别*": "一流学会建设引领计划（h23-first-class-society）",
        "项目名称*": "示例：园艺学会 <一流> & 建设",
        "申报单位*": "河南省示例园艺学会",
        "单位类型*": "全省学会（协会、研究会）",
        "所在地区": "开封市",
        "联系人": "示例联系人",
        "联系电话": "0371-00000000",
        "党组织健全": "是",
        "理事会届满日": "2026年12月31日",
        "年度检查记录": '[{"year": 2022, "result": "合格"}]',
        "以往省科协专项资金项目": "无",
        "选取的重点工作": "坚持党建强会、强化学术引领",
        "可量化绩效目标": (
            '[{"work": "坚持党建强会", "name": "活动", "number": 4, "unit": "场"},'
            ' {"work": "强化学术引领", "name": "年会", "number": 1, "unit": "场"}]'
        ),
        "情况：年度发展目标计划": "见实施方案",
        "指标：从五项重点工作中选取": "2",
        "指标：实施方案": "是",
    }
    fill_in(template, filled, cells)
    (made,) = office.done("apply", filled, by="clerk", on="2023-03-02")["accepted"]
    assert (made["title"], made["state"]) == ("示例：园艺学会 <一流> & 建设", "submitted")
    found = office.project(made["id"])
    facts = {name: fact["value"] for name, fact in found["facts"].items()}
    assert facts["unit.council_term_end"] == "2026-12-31"
    assert facts["unit.annual_inspection_records"] == [{"year": 2022, "result": "合格"}]
    assert [one["kind"] for one in found["materials"]] == ["application_form"]
    findings = office.done("check", made["id"], on="2023-03-03")["findings"]
    assert [one for one in findings if one["severity"] == "block" and one["result"] != "pass"] == []
    office.step("accept_for_form_review", made["id"], by="checker", on="2023-03-03")
    office.step("form_pass", made["id"], by="checker", on="2023-03-06")


def test_a_returned_application_is_completed_by_a_gb18030_csv_with_its_id(
    office: Practice, tmp_path: Path
) -> None:
    silent = {"annual_goal_plan: 见实施方案": "annual_goal_plan: ''"}
    (project,) = office.hand_in("first_class_society.yaml", silent, by="clerk", on="2023-03-02")
    office.step("accept_for_form_review", project, by="checker", on="2023-03-03")
    lacking = office.refused("form_pass", project, by="checker", on="2023-03-06")
    assert (lacking.status, lacking.rules) == (3, ["R-ELIG-54"])
    office.step(
        "return_for_completion", project, by="checker", on="2023-03-06",
        reason="缺年度发展目标计划", values={"return.received_on": "2023-03-06"},
    )  # fmt: skip
    assert (office.duty(project, "completion")["due"], office.project(project)["state"]) == (
        "2023-03-13", "returned",
    )  # fmt: skip
    path = tmp_path / "补正.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            [
                "编号",
                "项目类别",
                "项目名称",
                "申报单位",
                "单位类型",
                "联系人",
                "联系电话",
                "情况：年度发展目标计划",
            ]
        )
        rows.writerow([project, SOCIETY, "示例：农学学会一流学会建设", "河南省示例农学会", "prov_society",
                       CONTACT["name"], CONTACT["phone"], "见实施方案第三部分"])  # fmt: skip
    (again,) = office.done("apply", path, by="clerk", on="2023-03-13")["accepted"]
    assert (again["id"], again["state"]) == (project, "submitted")
    assert office.duty(project, "completion")["status"] == "met"
    assert office.history(project, "action", "to")[-3:] == [
        ("return_for_completion", "returned"), ("edit", "returned"), ("submit", "submitted"),
    ]  # fmt: skip
    office.step("accept_for_form_review", project, by="checker", on="2023-03-14")
    office.step("form_pass", project, by="checker", on="2023-03-14")
    assert office.project(project)["facts"]["unit.party_org_complete"]["value"] is True


def test_the_sixth_society_finds_no_place_left(office: Practice) -> None:
    for field in ("物理", "化学", "水利", "林业", "中医"):
        selected(office, 农学=field)
    (sixth,) = office.hand_in("first_class_society.yaml", {"农学": "铁道"}, by="clerk", on="2023-03-02")
    office.step("accept_for_form_review", sixth, by="checker", on="2023-03-03")
    office.step("form_pass", sixth, by="checker", on="2023-03-06")
    full = office.ask(
        "trigger", "review_select", sixth, "--material", f"review_record={office.paper()}",
        by="association", on="2023-04-03",
    )  # fmt: skip
    (reason,) = full.json["error"]["reasons"]
    assert (full.status, reason["rule"], reason["cite"]) == (3, "R-LIFE-63", "共5个项目")
    office.step("review_reject", sixth, by="association", on="2023-04-03")
    assert len(office.done("list", "--state", "approved", "--programme", SOCIETY)["projects"]) == 5


def test_a_unit_that_withdraws_is_out_and_its_notice_stays_on_file(office: Practice) -> None:
    project = office.talent()
    office.step("accept_for_form_review", project, by="checker", on="2023-03-03")
    unwritten = office.refused("withdraw", project, by="clerk", on="2023-03-06")
    assert (unwritten.status, unwritten.rules) == (3, ["R-ROLE-24"])
    office.step("withdraw", project, by="clerk", on="2023-03-06", document="示例学会函〔2023〕2号@2023-03-05")
    found = office.project(project)
    assert (found["state"], found["history"][-1]["represented"]) == ("withdrawn", "河南省示例学会")
    again = office.refused("form_pass", project, by="checker", on="2023-03-07")
    assert (again.status, again.rules) == (3, ["R-LIFE-00"])


def test_an_undone_approval_gives_back_the_place_and_its_letter_is_never_sent(office: Practice) -> None:
    project = selected(office)
    own = office.refused("reverse_step", project, by="association", on="2023-04-04", reason="误点")
    assert (own.status, own.rules) == (3, ["R-LIFE-160"])
    office.step("reverse_step", project, by="deputy", on="2023-04-04", reason="评审记录有误")
    found = office.project(project)
    assert (found["state"], found["amount"], found["facts"].get("project.approved_on")) == (
        "expert_review", None, None,
    )  # fmt: skip
    (letter,) = office.notices(project, kind="approval_letter")
    assert letter["status"] == "cancelled"
    unsent = office.ask("notices", "release", letter["key"], by="association", on="2023-04-04")
    assert (unsent.status, unsent.json["error"]["code"]) == (3, "refused")
    twice = office.refused("reverse_step", project, by="association", on="2023-04-05", reason="再撤")
    assert (twice.status, twice.rules) == (3, ["R-LIFE-160"])
    office.step("review_select", project, by="association", on="2023-04-06", papers="review_record")
    assert [one["status"] for one in office.notices(project, kind="approval_letter")] == ["cancelled", "held"]


def test_a_halted_project_owes_nothing_until_it_is_resumed(office: Practice) -> None:
    office.staff_unit("sensing", "河南省示例传感学会")
    project = event(office, "2020-11-30")
    bare = office.refused("request_halt", project, by="sensing", on="2020-10-12", reason="场馆停用")
    assert (bare.status, bare.rules) == (3, ["R-FORM-50"])
    office.step(
        "request_halt", project, by="sensing", on="2020-10-12", papers="halt_request", reason="场馆停用"
    )
    office.step(
        "approve_halt",
        project,
        by="association",
        on="2020-10-20",
        document="豫科协发〔2020〕示例11号@2020-10-20",
    )
    duties = {one["duty"]: one["status"] for one in office.project(project)["duties"]}
    assert duties == dict.fromkeys(
        ("midterm_report", "preparation_report", "evaluation_opening"), "suspended"
    )
    assert office.sweep("2020-11-05") == []
    report = office.ask(
        "report", project, "preparation_report", "--reason", "口头汇报", by="clerk", on="2020-11-06"
    )
    assert (report.status, [one["rule"] for one in report.json["error"]["reasons"]]) == (3, ["R-DL-27"])
    office.step("resume_halted", project, by="association", on="2020-11-10", reason="场馆恢复")
    found = {one["duty"]: (one["due"], one["status"]) for one in office.project(project)["duties"]}
    assert found == {
        "extension_application": ("2020-12-31", "suggested"),
        "midterm_report": (
            "2020-09-02",
            "suggested",
        ),  # past when it was halted: no days are left to go on with
        "preparation_report": ("2020-11-20", "open"),  # ten days were left
        "evaluation_opening": ("2020-12-31", "suggested"),
    }
    assert office.project(project)["state"] == "executing"


def test_of_two_writers_with_a_version_exactly_one_wins_ten_times(office: Practice, forked: Forked) -> None:
    rows = [
        application(
            f"示例{n}", unit={"name": f"河南省示例{n}学会", "kind": "prov_society", "region": "河南省"}
        )
        for n in range(10)
    ]
    path = office.write("ten.json", rows)
    projects = [one["id"] for one in office.done("apply", path, by="clerk", on="2023-03-02")["accepted"]]
    assert len(projects) == 10
    for project in projects:
        words = ("trigger", "accept_for_form_review", project, "--if-version", 2, "--on", "2023-03-03")
        both = [forked.command(*words, "--as", "checker", home=office.home) for _ in range(2)]
        assert sorted(outcome(one.finish()) for one in both) == [(0, None), (6, "conflict")]
        assert office.history(project, "seq", "action")[2:] == [(3, "accept_for_form_review")]
        assert len(office.notices(project)) == 1
    verified = office.done("audit", "verify")
    assert (verified["projects"], verified["entries"], verified["ok"]) == (10, 30, True)


def test_a_key_holds_across_processes_and_for_each_of_many_projects(office: Practice) -> None:
    first, second = (office.talent(title, unit={"name": title, "kind": "prov_society", "region": "河南省"})
                     for title in ("河南省示例甲学会", "河南省示例乙学会"))  # fmt: skip
    words = ("--key", "三月受理", "--on", "2023-03-03", "--as", "checker")
    alone = finish(start("trigger", "受理", first, *words, home=office.home))
    both = office.ask("trigger", "受理", first, second, *words)
    again = finish(start("trigger", "受理", first, second, *words, home=office.home))
    assert (alone.status, both.status, again.status) == (0, 0, 0)
    assert [one["id"] for one in both.json["done"]] == [first, second]
    assert both.json["done"][0] == alone.json["done"][0]
    assert again.json == both.json
    other = office.ask("trigger", "form_pass", first, *words)
    assert outcome(other) == (6, "conflict")
    assert [len(office.notices(project)) for project in (first, second)] == [1, 1]


def test_a_rewritten_history_is_noticed(office: Practice) -> None:
    project = office.talent()
    assert office.done("audit", "verify")["ok"] is True
    with closing(sqlite3.connect(office.home / "lifecycle.sqlite3")) as store, store:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            store.execute("UPDATE history SET actor = 'somebody' WHERE seq = 2")
        store.execute("DROP TRIGGER history_no_update")
        store.execute("UPDATE history SET actor = 'somebody' WHERE seq = 2")
    ran = office.ask("audit", "verify")
    assert outcome(ran) == (9, "tampered")
    assert project in ran.json["error"]["message"]
