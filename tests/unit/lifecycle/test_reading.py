"""How bytes become records: encodings, formats, places, and everything that is no application."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifecycle.reading import read_records
from lifecycle.records import SPOILT, Record
from states.errors import BadInputFault

HEADINGS = ("项目类别", "项目名称", "申报单位", "日期", "人数")


def known(heading: str) -> bool:
    return heading.rstrip("*") in HEADINGS


def read(data: bytes | str, suffix: str = "", name: str = "a") -> list[Record]:
    return read_records(name, data.encode() if isinstance(data, str) else data, known, suffix)


def fault(data: bytes | str, suffix: str = "") -> str:
    with pytest.raises(BadInputFault) as caught:
        read(data, suffix)
    return caught.value.message


def values(record: Record) -> dict[str, object]:
    return {entry.key: entry.value for entry in record.entries}


def places(record: Record) -> dict[str, str]:
    return {entry.key: entry.at for entry in record.entries}


def workbook(write: Any, *titles: str) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheets = [book.add_worksheet(title) for title in titles or ("申报表",)]
        sheets[0].write_row(0, 0, HEADINGS)
        write(book, *sheets)
    return buffer.getvalue()


def with_part(data: bytes, part: str, change: Any) -> bytes:
    """The same workbook with one part of the package changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            content = old.read(member)
            new.writestr(member, change(content) if member == part else content)
    return buffer.getvalue()


CSV = "项目名称,申报单位\n论坛,学会\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_csv_is_read_in_every_encoding_that_offices_use(encoding: str) -> None:
    (record,) = read(CSV.encode(encoding), ".csv")
    assert values(record) == {"项目名称": "论坛", "申报单位": "学会"}
    assert record.source == "a:2"
    assert places(record) == {"项目名称": "2:1", "申报单位": "2:2"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_may_be_separated_by_comma_semicolon_or_tab(delimiter: str) -> None:
    (record,) = read(CSV.replace(",", delimiter), ".csv")
    assert values(record) == {"项目名称": "论坛", "申报单位": "学会"}


def test_a_csv_may_have_a_title_above_and_blank_rows_between() -> None:
    first, second = read('申报汇总表,\n,\n项目名称,申报单位\n甲,"多\n行"\n,\n乙,学会\n', ".csv")
    assert (first.source, second.source) == ("a:4", "a:7")
    assert values(first)["申报单位"] == "多\n行"


def test_ragged_rows_are_reported_and_do_not_hold_up_the_others() -> None:
    short, long, good = read("项目名称,申报单位,人数\n甲,乙\n甲,乙,3,多出\n甲,乙,3,\n", ".csv")
    assert short.faults == ("第 2 行只有 2 列，应与表头同为 3 列",)
    assert long.faults == ("3:4（无表头）“多出”：这一列没有表头，应删去或补上表头",)
    assert good.faults == ()


def test_an_unclosed_quote_names_the_line_where_it_begins() -> None:
    assert fault('项目名称,申报单位\n甲,乙\n"丙,丁\n', ".csv") == "a:3：从这一行起读不成表格，引号不配对"


def test_a_csv_cell_of_ten_megabytes_is_refused() -> None:
    message = fault(f"项目名称,申报单位\n{'长' * 3_500_000},乙\n", ".csv")
    assert message == "a:2：从这一行起读不成表格，单元格超过 32,767 字或引号不配对"


def test_a_csv_cell_over_the_limit_of_excel_is_a_fault_of_its_row() -> None:
    bad, good = read(f"项目名称,申报单位\n{'长' * 32_768},乙\n甲,乙\n", ".csv")
    assert bad.faults == (f"2:1（项目名称）“{'长' * 40}…”：共 32,768 字，超过单元格上限 32,767 字",)
    assert values(bad) == {"项目名称": SPOILT, "申报单位": "乙"}
    assert good.faults == ()


def test_a_repeated_heading_is_refused_with_both_places() -> None:
    message = fault("项目名称,申报单位,项目名称\n甲,乙,丙\n", ".csv")
    assert message == "a:1：表头“项目名称”重复（1:1 与 1:3），每个表头只能出现一次"


@pytest.mark.parametrize(
    ("data", "suffix", "message"),
    [
        (b"", ".csv", "a：文件是空的，应有至少一项申报"),
        (b" \n ", ".yaml", "a：文件是空的，应有至少一项申报"),
        (b"\xef\xbb\xbf", ".json", "a：文件是空的，应有至少一项申报"),
        (b"\x81\xff\xff", ".csv", "a：无法识别文字编码，应为 UTF-8、UTF-16（带 BOM）或 GB18030"),
        (b"a,b\nc\x00,d", ".csv", "a:2：含有二进制内容（控制字符），应为文本文件"),
        (b"PK\x03\x04junk", ".csv", "a：内容是 Excel 工作簿或压缩包，与扩展名不符，应以 .xlsx 为扩展名"),
        (b"x,y\n1,2\n", ".csv", "a：前 10 行里找不到表头，应有“项目类别”“项目名称”“申报单位”等列名"),
        (b"not a zip", ".xlsx", "a：不是 Excel 工作簿（.xlsx），请用 Excel 另存为 .xlsx 后再试"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            ".xlsx",
            "a：工作簿设有打开密码，或是旧版 .xls，应为未加密的 .xlsx，请另存后再试",
        ),
    ],
)
def test_a_file_that_is_no_application_says_why(data: bytes, suffix: str, message: str) -> None:
    assert fault(data, suffix) == message


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("a.txt", "x")
    assert fault(buffer.getvalue(), ".xlsx") == (
        "a：工作簿已损坏，应为可用 Excel 打开的 .xlsx 文件，请重新另存后再试"
    )


def test_a_sheet_is_read_with_its_types_and_addresses() -> None:
    from datetime import date, datetime

    def write(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(2, 0, ["甲", "乙", "丙"])
        sheet.write_datetime(2, 3, datetime(2023, 5, 1), day)  # noqa: DTZ001 - a cell has no zone
        sheet.write_number(2, 4, 200)

    (record,) = read(workbook(write), ".xlsx")
    assert record.source == "a 申报表!3"
    assert values(record) == dict(zip(HEADINGS, ["甲", "乙", "丙", date(2023, 5, 1), 200], strict=True))
    assert type(values(record)["人数"]) is int
    assert places(record)["人数"] == "E3"


def test_formulas_give_their_saved_result_and_are_refused_without_one() -> None:
    def write(_: Any, sheet: Any) -> None:
        sheet.write_formula("B2", '="x"&"y"', None, "xy")
        sheet.write_formula("C2", "=A1", None, "")
        sheet.write_formula("D2", "=1/0", None, "#REF!")
        sheet.write_string("E2", "=SUM(A1)")

    (record,) = read(workbook(write), ".xlsx")
    assert values(record) == {"项目名称": "xy", "申报单位": SPOILT, "日期": SPOILT, "人数": SPOILT}
    assert record.faults == (
        "C2（申报单位）“”：公式没有保存结果，应为数值或文字。请在 Excel 里打开并保存，或粘贴为数值",
        "D2（日期）“”：单元格是错误值 #REF!，应为正确的内容",
        "E2（人数）“=SUM(A1)”：是公式文本，应为公式的结果（复制后“选择性粘贴”为数值）",
    )


def test_a_row_with_nothing_but_a_spoilt_formula_is_still_reported() -> None:
    (record,) = read(workbook(lambda _, sheet: sheet.write_formula("B2", "=A1", None, "")), ".xlsx")
    assert record.faults == (
        "B2（项目名称）“”：公式没有保存结果，应为数值或文字。请在 Excel 里打开并保存，或粘贴为数值",
    )


def test_a_formula_that_gave_an_empty_text_is_a_blank_cell() -> None:
    data = workbook(
        lambda _, sheet: sheet.write_row("A2", ["甲"]) or sheet.write_formula("B2", "=C2", None, "")
    )
    change = lambda xml: xml.replace(b'r="B2"', b'r="B2" t="str"')  # noqa: E731
    (record,) = read(with_part(data, "xl/worksheets/sheet1.xml", change), ".xlsx")
    assert (values(record), record.faults) == ({"项目类别": "甲"}, ())


def test_an_id_number_that_came_as_a_float_is_refused_with_the_remedy() -> None:
    (record,) = read(workbook(lambda _, sheet: sheet.write_number("B2", 410102199001011234)), ".xlsx")
    (message,) = record.faults
    assert message == (
        "B2（项目名称）“4.101021990010113e+17”：位数过多，表格软件已丢失末位数字，应为文本。"
        "请把该列设为文本格式后重新填写"
    )


def test_headings_merged_over_columns_are_refused_with_their_range() -> None:
    def write(_: Any, sheet: Any) -> None:
        sheet.merge_range("F1:G1", "联系人")
        sheet.write_row(1, 0, ["甲"] * 7)

    assert fault(workbook(write), ".xlsx") == (
        "a 申报表!1：表头 F1:G1 是跨列合并的单元格，应为每列一个表头。请取消合并后重新填写"
    )


def test_a_merged_title_above_and_tall_merged_headings_are_understood() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("表")
        sheet.merge_range("A1:C1", "2023 年申报汇总表")
        sheet.merge_range("A2:A3", "项目名称")
        sheet.merge_range("B2:C2", "单位")
        sheet.write_row("B3", ["申报单位", "人数"])
        sheet.write_row("A4", ["甲", "乙", 3])
    (record,) = read(buffer.getvalue(), ".xlsx")
    assert values(record) == {"项目名称": "甲", "申报单位": "乙", "人数": 3}


def test_merged_cells_among_the_rows_are_a_fault_of_those_rows() -> None:
    def write(_: Any, sheet: Any) -> None:
        for row in (1, 2, 3):
            sheet.write_row(row, 0, ["甲", "乙", "丙"])
        sheet.merge_range("C2:C3", "丁")

    first, second, third = read(workbook(write), ".xlsx")
    expected = ("C2:C3 是合并单元格，应为每行各填一格。请取消合并后逐行填写",)
    assert (first.faults, second.faults, third.faults) == (expected, expected, ())


def test_every_visible_sheet_with_headings_is_read_and_the_notes_are_not() -> None:
    def write(_: Any, first: Any, second: Any, notes: Any, secret: Any) -> None:
        for sheet in (second, notes, secret):
            sheet.write_row(0, 0, HEADINGS)
        for sheet in (first, second, notes, secret):
            sheet.write_row(1, 0, ["甲", "乙"])
        secret.hide()

    records = read(workbook(write, "一", "二", "填写说明", "藏"), ".xlsx")
    assert [record.source for record in records] == ["a 一!2", "a 二!2"]


def test_examples_and_blank_rows_of_a_table_are_left_out() -> None:
    records = read("项目名称,申报单位\n示例,甲\n（示例）,乙\n , \n示例项目,丙\n", ".csv")
    assert [record.source for record in records] == ["a:5"]


def test_a_cell_in_the_farthest_corner_does_not_cost_the_memory_of_a_whole_sheet() -> None:
    data = workbook(lambda _, sheet: sheet.write_string("XFD1048576", "x"))
    assert fault(data, ".xlsx") == (
        "a 申报表：数据一直延伸到 XFD1048576，超过 5,000,000 格，请删去表格外的内容"
    )


def test_a_workbook_cell_of_ten_megabytes_is_a_fault_of_its_row() -> None:
    data = workbook(lambda _, sheet: sheet.write_row("A2", ["甲", "乙", "REPLACE"]))
    data = with_part(data, "xl/sharedStrings.xml", lambda x: x.replace(b"REPLACE", b"x" * 10_000_000))
    (record,) = read(data, ".xlsx")
    assert record.faults == (f"C2（申报单位）“{'x' * 40}…”：共 10,000,000 字，超过单元格上限 32,767 字",)


def test_a_sheet_with_a_document_type_is_refused() -> None:
    data = workbook(lambda _, sheet: sheet.write_row("A2", ["甲", "乙"]))
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>'
    assert "已损坏" in fault(with_part(data, "xl/worksheets/sheet1.xml", lambda _: bomb), ".xlsx")


def test_a_workbook_in_an_encoding_that_nobody_knows_is_refused() -> None:
    data = with_part(SOUND, "xl/workbook.xml", lambda xml: xml.replace(b'"UTF-8"', b'"U-TF-8"'))
    assert fault(data, ".xlsx") == "a：工作簿已损坏，应为可用 Excel 打开的 .xlsx 文件，请重新另存后再试"


def test_yaml_keeps_text_as_it_stands_and_every_place() -> None:
    text = "- title: 论坛\n  contact: {phone: 0371657070}\n  on: 2023-02-30\n  none: ~\n  quoted: '~'\n"
    (record,) = read(text, ".yaml")
    assert record.source == "a:1"
    assert values(record) == {
        "title": "论坛", "contact": {"phone": "0371657070"}, "on": "2023-02-30", "none": None, "quoted": "~",
    }  # fmt: skip
    assert places(record)["on"] == "3:3"
    assert record.entries[1].inner[0].at == "2:13"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: [a", "a:2:1：不合 YAML 语法，方括号没有配对，或者缺少逗号"),
        ("title: a\ntitle: b\n", "a:2:1：键“title”重复（前一处在 1:1），每个键只能出现一次"),
        ("a: &x [1]\nb: *x\n", "a:2:4：不支持引用（*名称），请把内容写出来"),
        ("a: !!python/x b", "a:1:4：不支持标记 tag:yaml.org,2002:python/x，请只写普通的值"),
        ("[" * 100_000, "a:1:21：嵌套过深，应不超过 20 层"),
        ("? [a]\n: b\n", "a:1:3：键应为一个词，如 title"),
    ],
)  # fmt: skip
def test_yaml_that_is_wrong_or_hostile_names_line_and_column(text: str, message: str) -> None:
    assert fault(text, ".yaml") == message


@pytest.mark.parametrize("text", ["- a\n- title: b\n", '["a", {"title": "b"}]'])
def test_an_item_that_is_no_mapping_is_refused_alone(text: str) -> None:
    bad, good = read(text)
    assert len(bad.faults) == 1
    assert bad.faults[0].endswith("“a”：应为一项申报（键与值），如 programme、title、unit")
    assert values(good) == {"title": "b"}


@pytest.mark.parametrize(
    "text",
    [
        '[\n{"title": "甲"},\n{"title": "乙", "unit": {"name": "丙"}}\n]',
        '{"applications": [{"title": "甲"},\n\n{"title": "乙", "unit": {"name": "丙"}}]}',
    ],
)
def test_json_items_keep_their_lines(text: str) -> None:
    first, second = read(text, ".json")
    assert values(first) == {"title": "甲"}
    assert second.source == "a:3"
    assert [entry.key for entry in second.entries[1].inner] == ["name"]


@pytest.mark.parametrize("text", ["applications:\n- title: 甲\n", "title: 甲\n", "---\ntitle: 甲\n---\n"])
def test_yaml_may_be_a_list_under_applications_one_mapping_or_documents(text: str) -> None:
    assert [values(record) for record in read(text, ".yaml")] == [{"title": "甲"}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"a": 1,}]', "a:1:10：不合 JSON 语法，请检查引号、逗号和括号"),
        ('{"a": 1}\n x', "a:2:2：内容之后还有多余的文字"),
        ('[{"a": 1}', "a:1:10：应为逗号或 ]"),
        ('[{"a": 1},]', "a:1:11：逗号后面应还有一项"),
        ('[{"a": 1, "a": 2}]', "a:1:2：键“a”重复，每个键只能出现一次"),
        ('[{"a": NaN}]', "a:1:2：“NaN”不是数，应为数字或留空（null）"),
        ('[{"a": 1e999}]', "a:1:2：数“1e999”过大"),
        (f'[{{"a": {"9" * 5000}}}]', "a:1:2：整数位数过多"),
        (f'[{{"a": {"[" * 30}{"]" * 30}}}]', "a:1：嵌套过深，应不超过 20 层"),
        ('{"applications": [], "more": 1}', "a:1:20：applications 之外不应再有其他键，应为 }"),
    ],
)  # fmt: skip
def test_json_that_is_wrong_or_hostile_names_line_and_column(text: str, message: str) -> None:
    assert fault(text, ".json") == message


def test_json_nested_a_hundred_thousand_deep_is_refused() -> None:
    assert "嵌套过深" in fault('[{"a": ' + "[" * 100_000, ".json")


@pytest.mark.parametrize(
    "data",
    [
        json.dumps([{"项目名称": "论坛", "申报单位": "学会"}]).encode(),
        "项目名称: 论坛\n申报单位: 学会\n".encode(),
        CSV.encode(),
        workbook(lambda _, sheet: sheet.write_row("B2", ["论坛", "学会"])),
    ],
    ids=["json", "yaml", "csv", "xlsx"],
)
def test_the_format_of_standard_input_is_told_by_its_content(data: bytes) -> None:
    assert [values(record) for record in read(data)] == [{"项目名称": "论坛", "申报单位": "学会"}]


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=200), suffix=st.sampled_from(["", ".csv", ".json", ".yaml", ".xlsx"]))
def test_random_bytes_are_records_or_bad_input_and_nothing_else(data: bytes, suffix: str) -> None:
    try:
        records = read(data, suffix)
    except BadInputFault as error:
        assert error.message.startswith("a")  # noqa: PT017 - either way is right; this one names the file
    else:
        assert all(isinstance(record, Record) for record in records)


SOUND = workbook(lambda _, sheet: sheet.write_row("A2", ["甲", "乙", "丙"]))
PARTS = ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"]  # fmt: skip  # noqa: E501


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    part=st.sampled_from(PARTS), at=st.integers(0, 3000), junk=st.binary(max_size=8), cut=st.integers(0, 40)
)
def test_a_damaged_workbook_is_records_or_bad_input_and_nothing_else(
    part: str, at: int, junk: bytes, cut: int
) -> None:
    data = with_part(SOUND, part, lambda x: x[: at % len(x)] + junk + x[at % len(x) + cut :])
    try:
        records = read(data, ".xlsx")
    except BadInputFault as error:
        assert error.message.startswith("a")  # noqa: PT017 - as above
    else:
        assert all(isinstance(record, Record) for record in records)
