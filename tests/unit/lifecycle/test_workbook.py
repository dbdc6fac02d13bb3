"""The blank workbook: what it offers, what it says, and that it reads back once filled in."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from lifecycle.intake import read_applications
from lifecycle.packs import load_catalogue
from lifecycle.workbook import write_template
from states.errors import BadInputFault
from tests.application_samples import CATALOGUE, EVENT, TALENT

HEADINGS = [
    "标签", "项目类别*", "项目名称*", "申报单位*", "单位类型*", "所在地区", "依托单位",
    "联系人", "联系电话", "电子邮箱",
    "召开日期", "活动级别", "会期天数", "被托举人出生日期", "一线科技工作者", "党组织健全", "以往项目",
    "指标：参会人员", "指标：直播", "指标：实施方案", "指标：自定指标", "材料：申报函", "材料：实施方案",
    "上级标签", "纳入试点市", "编号",
]  # fmt: skip


def template(tmp_path: Path) -> Path:
    path = tmp_path / "blank.xlsx"
    write_template(EVENT, path)
    return path


def rows(path: Path, sheet: str) -> list[list[Any]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as package:
        return package.read(name).decode()


def test_the_headings_are_chinese_and_the_required_ones_come_first(tmp_path: Path) -> None:
    headings, example = rows(template(tmp_path), "申报表")
    assert headings == HEADINGS
    assert example[:5] == [
        "示例", "学术交流活动（h23-event）", "某某项目（按实填写）", "某某学会（按实填写）",
        "全省学会（协会、研究会）",
    ]  # fmt: skip
    assert example[HEADINGS.index("召开日期")] == date(2023, 5, 1)


def test_the_blank_workbook_alone_holds_no_application(tmp_path: Path) -> None:
    with pytest.raises(BadInputFault) as caught:
        read_applications([str(template(tmp_path))], CATALOGUE)
    assert caught.value.message == "blank.xlsx：没有可读的申报，应有至少一项申报（标为“示例”的行不算）"


def test_the_notes_say_what_the_document_prints_and_what_it_does_not(tmp_path: Path) -> None:
    notes = {row[0]: row[1] for row in rows(template(tmp_path), "填写说明")}
    assert notes["名额"] == "10 项（活动项目10项）"
    assert notes["每项金额"] == "150000.00 元（每个项目15万元）"
    assert notes["咨询电话"] == "0371-65707080"
    assert notes["条款"] == "活动项目10项"
    assert notes["依据文件"] == "《申报指南》（无文号）"
    assert notes["文件未载明"] == "评审时间、公示期"
    bare = tmp_path / "bare.xlsx"
    write_template(TALENT, bare)
    silent = {row[0]: row[1] for row in rows(bare, "填写说明")}
    assert [silent[name] for name in ("名额", "每项金额", "咨询电话")] == ["文件未载明"] * 3


def test_choices_are_drop_downs_from_a_hidden_sheet(tmp_path: Path) -> None:
    path = template(tmp_path)
    book = CalamineWorkbook.from_path(path)
    assert {sheet.name: sheet.visible for sheet in book.sheets_metadata} == {
        "申报表": SheetVisibleEnum.Visible, "填写说明": SheetVisibleEnum.Visible,
        "字典": SheetVisibleEnum.Hidden,
    }  # fmt: skip
    lists = rows(path, "字典")
    column = HEADINGS.index("活动级别")
    assert [row[column] for row in lists[:2]] == ["国际", "全国"]
    form = part(path, "xl/worksheets/sheet1.xml")
    assert "<formula1>'字典'!$L$1:$L$2</formula1>" in form
    assert form.count('type="list"') == 8
    assert form.count('type="date"') == 2
    assert 'state="frozen"' in form


def test_phone_and_id_columns_are_text_so_that_no_digit_is_lost(tmp_path: Path) -> None:
    path = template(tmp_path)
    styles = part(path, "xl/styles.xml")
    formats = [
        cell.split('numFmtId="')[1].split('"')[0] for cell in styles.split("<cellXfs")[1].split("<xf ")[1:]
    ]
    form = part(path, "xl/worksheets/sheet1.xml")
    columns = [
        {name: int(value) for name, value in re.findall(r'(min|max|style)="(\d+)"', column)}
        for column in re.findall(r"<col ([^>]*)/>", form)
    ]
    for heading in ("联系电话", "编号"):
        number = HEADINGS.index(heading) + 1
        (style,) = [column["style"] for column in columns if column["min"] <= number <= column["max"]]
        assert formats[style] == "49"  # the built-in number of the text format "@"


def test_a_filled_in_workbook_reads_back(tmp_path: Path) -> None:
    blank = template(tmp_path)
    headings, example = rows(blank, "申报表")
    for name in ("申报函.pdf", "实施方案.pdf"):
        (tmp_path / name).write_bytes(b"x")
    filled = ["", *example[1:]]
    filled[HEADINGS.index("被托举人出生日期")] = "1990年1月2日"
    path = tmp_path / "filled.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("申报表")
        for number, row in enumerate([headings, example, filled]):
            sheet.write_row(number, 0, row)
    reading = read_applications([str(path)], CATALOGUE)
    assert reading.rejected == ()
    (application,) = reading.applications
    assert application.source == "filled.xlsx 申报表!3"
    assert (application.programme, application.unit_kind) == ("h23-event", "prov_society")
    assert application.contact == {"name": "张三", "phone": "0371-00000000", "email": "name@example.com"}
    assert application.facts == {
        "event.starts_on": date(2023, 5, 1),
        "event.level": "international",
        "event.days": 1,
        "talent.birth_date": date(1990, 1, 2),
        "talent.front_line": True,
    }
    assert application.unit_facts == {
        "unit.party_org_complete": True,
        "unit.past_projects": [{"name": "甲项"}, {"name": "乙项"}],
    }
    assert application.targets == {
        "attendees": 200,
        "livestream": True,
        "implementation_plan": True,
        "own": 1,
    }
    assert application.materials == (
        ("application_letter", str(tmp_path / "申报函.pdf")),
        ("implementation_plan", str(tmp_path / "实施方案.pdf")),
    )
    assert (application.ref, application.parent_ref, application.marked, application.id) == (
        None,
        None,
        False,
        None,
    )


def test_facts_that_share_a_label_are_told_apart_by_their_prefix(tmp_path: Path) -> None:
    fact = replace(EVENT.facts["event.days"], name="unit.host_unit", label="依托单位")
    path = tmp_path / "blank.xlsx"
    write_template(replace(EVENT, facts={fact.name: fact}), path)
    assert rows(path, "申报表")[0][10] == "情况：依托单位"


def test_a_place_that_cannot_be_written_is_bad_input(tmp_path: Path) -> None:
    path = tmp_path / "none" / "blank.xlsx"
    with pytest.raises(BadInputFault) as caught:
        write_template(EVENT, path)
    assert caught.value.message == f"{path}：工作簿无法写入，应为可写的 .xlsx 路径"


def test_the_workbook_of_every_programme_that_we_ship_reads_back(tmp_path: Path) -> None:
    catalogue = load_catalogue()
    for slug, programme in catalogue.programmes.items():
        blank, filled = tmp_path / f"{slug}.xlsx", tmp_path / f"{slug}-filled.xlsx"
        write_template(programme, blank)
        headings, example = rows(blank, "申报表")
        for heading, name in zip(headings, example, strict=True):
            if heading.startswith("材料："):
                (tmp_path / name).write_bytes(b"x")
        with xlsxwriter.Workbook(filled, {"default_date_format": "yyyy-mm-dd"}) as book:
            sheet = book.add_worksheet("申报表")
            sheet.write_row(0, 0, headings)
            sheet.write_row(1, 0, ["甲", *example[1:]])
        reading = read_applications([str(filled)], catalogue)
        assert reading.rejected == ()
        assert [application.programme for application in reading.applications] == [slug]
        asked = {name for name, fact in programme.facts.items() if fact.in_template}
        (application,) = reading.applications
        assert {*application.facts, *application.unit_facts} == asked
        assert set(application.targets) == {target.slug for target in programme.targets}
