"""Lists as spreadsheets: what is in them, who may have them, and that no spreadsheet runs what is in them."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from lifecycle.export import SHEETS
from tests.acceptance.driver import Practice, event, selected


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Henan office with one approved and published society."""
    office = Practice(tmp_path_factory.mktemp("export") / "home")
    office.open()
    office.done("call", "open", "h23-first-class-society", by="clerk", on="2023-03-01")
    project = selected(office)
    office.step(
        "publish_results", project, by="association", on="2023-04-04",
        values={"publication.url": "http://example.org/list"},
    )  # fmt: skip
    office.done("users", "add", "auditor")
    office.done("users", "grant", "auditor", "supervisor_external")
    return office.home


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Practice:
    return Practice.copied(furnished, tmp_path)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("what", SHEETS)
def test_every_list_is_written_in_both_forms_with_the_same_rows(office: Practice, what: str) -> None:
    folder = office.home.parent
    rows = [
        office.done("export", what, "--out", folder / f"{what}.{form}")["rows"] for form in ("xlsx", "csv")
    ]
    sheet = CalamineWorkbook.from_path(str(folder / f"{what}.xlsx")).get_sheet_by_index(0).to_python()
    (headings,) = {tuple(sheet[0]), SHEETS[what].headings}

    assert len(set(rows)) == 1
    assert len(sheet) - 1 == rows[0] == len(table(folder / f"{what}.csv"))
    assert headings == SHEETS[what].headings


def test_money_and_days_are_numbers_and_dates_in_a_workbook(office: Practice) -> None:
    path = office.home.parent / "projects.xlsx"
    office.done("export", "projects", "--out", path)
    head, row = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    found = dict(zip(head, row, strict=True))

    assert (found["资助金额（元）"], found["状态"], found["年度"]) == (100000.0, "立项", 2023)
    duties = office.home.parent / "duties.xlsx"
    office.done("export", "duties", "--out", duties)
    assert CalamineWorkbook.from_path(str(duties)).sheet_names == ["应办事项"]


def test_the_published_list_and_the_findings_of_the_review_are_there(office: Practice) -> None:
    folder = office.home.parent
    office.done("export", "published", "--out", folder / "p.csv")
    office.done("export", "findings", "--out", folder / "f.csv")
    (listed,) = table(folder / "p.csv")

    assert (listed["日期"], listed["网址"]) == (date(2023, 4, 4).isoformat(), "http://example.org/list")
    assert {row["规则"] for row in table(folder / "f.csv")} >= {"R-ELIG-05", "R-ELIG-06", "R-ELIG-54"}


def test_an_auditor_reads_every_list_but_contacts_and_accounts(office: Practice) -> None:
    path = office.home.parent / "projects.csv"
    office.done("export", "projects", "--out", path, by="auditor")
    assert {row["联系电话"] for row in table(path)} == {"***"}
    assert office.ask("export", "people", by="auditor").status == 4


def test_a_file_that_is_there_is_left_alone_unless_asked(office: Practice) -> None:
    path = office.home.parent / "projects.csv"
    path.write_text("mine", encoding="utf-8")
    assert office.ask("export", "projects", "--out", path).status == 2
    assert path.read_text(encoding="utf-8") == "mine"
    assert office.done("export", "projects", "--out", path, "--force")["rows"] == 1
    assert office.ask("export", "projects", "--format", "pdf").status == 2


def test_what_cannot_be_written_to_is_said_to_be_so(office: Practice) -> None:
    folder = office.home.parent
    for place in (folder, folder / "missing" / "projects.csv"):
        ran = office.ask("export", "projects", "--out", place, "--force")
        assert (ran.status, ran.json["error"]["code"]) == (7, "bad_input")
    assert office.done("export", "projects", "--out", folder / "P.CSV")["format"] == "csv"


def test_a_list_is_narrowed_as_on_the_screen_and_never_in_vain(office: Practice) -> None:
    path = office.home.parent / "projects.csv"
    for words, rows in (
        (("--state", "立项", "--year", 2023, "--programme", "h23-first-class-society"), 1),
        (("--state", "executing"), 0),
        (("--unit", "不存在的单位"), 0),
        (("--overdue",), 0),
    ):
        assert office.done("export", "projects", *words, "--out", path, "--force")["rows"] == rows
    ran = office.ask("export", "units", "--state", "approved", "--out", path, "--force")
    assert (ran.status, "--state" in ran.json["error"]["message"]) == (2, True)
    assert (
        office.ask("export", "projects", "--programme", "h23-nothing", "--out", path, "--force").status == 5
    )


def test_only_the_duties_that_are_overdue_are_written_when_asked(office: Practice) -> None:
    office.done("call", "open", "h20-academic-event", by="association", on="2020-03-01")
    office.staff_unit("sensing", "河南省示例传感学会")
    event(office)
    office.done("sweep", on="2020-07-03")
    path = office.home.parent / "duties.csv"
    office.done("export", "duties", "--out", path, on="2020-07-03")
    every = table(path)
    office.done("export", "duties", "--overdue", "--out", path, "--force", on="2020-07-03")
    late = table(path)

    assert [row["事项"] for row in late] == ["筹备方案汇报"]
    assert late == [row for row in every if row["状态"] == "逾期"]
    assert len(every) > 1


def test_people_of_a_unit_export_their_own_projects_in_full_and_no_others(office: Practice) -> None:
    (own,) = office.done("list")["projects"]
    office.done("call", "open", "h23-young-talent", by="association", on="2023-03-01")
    office.talent("示例乙")
    office.done("users", "add", "member", "--unit", own["unit"]["name"])
    office.done("users", "grant", "member", "undertaking_unit", "--province", "henan")
    path = office.home.parent / "list.csv"
    for what in ("projects", "history", "findings", "published", "notices", "duties"):
        office.done("export", what, "--out", path, "--force", by="member")
        assert {row["项目编号"] for row in table(path)} <= {own["id"]}
    office.done("export", "projects", "--out", path, "--force", by="member")
    (row,) = table(path)
    assert "***" not in row.values()
    assert office.ask("export", "units", "--out", path, "--force", by="member").status == 4


def test_a_text_that_looks_like_a_formula_stays_a_text(office: Practice) -> None:
    (project,) = [one["id"] for one in office.done("list")["projects"]]
    office.done(
        "trigger", "record_inspection", project, "--reason", "=HYPERLINK(1)", by="clerk", on="2023-04-05"
    )
    path = office.home.parent / "history.csv"
    office.done("export", "history", "--out", path)

    assert table(path)[-1]["理由"] == "'=HYPERLINK(1)"
    workbook = path.with_suffix(".xlsx")
    office.done("export", "history", "--out", workbook)
    with ZipFile(workbook) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "=HYPERLINK(1)" in sheet
    assert "<f>" not in sheet


def test_roles_are_told_with_their_steps_and_printed_responsibilities(office: Practice) -> None:
    every = office.done("users", "roles")["roles"]
    one = office.done("users", "roles", "省科技咨询服务中心")

    assert (len(every), one["role"], len(one["responsibilities"])) == (31, "service_centre", 5)
    assert "assign_survey" in one["steps"]["fujian-county"]
    shown = office.run("users", "roles", "service_centre").out
    assert "安排实地调研" in shown
    assert "第五条第（二）项" in shown
    assert "在任何流程中都不办理操作" in office.run("users", "roles", "supervisor_external").out


def test_a_delegation_can_be_ended_before_its_day(office: Practice) -> None:
    office.done("users", "delegate", "association", "deputy", "--from", "2023-04-01", "--to", "2023-12-31")
    ended = office.done("users", "undelegate", "association", "deputy", on="2023-05-01")
    assert (ended["to"], ended["ended"]) == ("2023-05-01", 1)
    assert office.ask("users", "undelegate", "association", "deputy", on="2023-05-02").status == 5
