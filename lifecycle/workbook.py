"""The blank application workbook of one programme, which the reader of applications reads back.

It prints what the programme's document prints, says 文件未载明 where it is silent, and decides
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError, XlsxWriterException

from lifecycle.columns import BASE, FACT_PREFIX, MATERIAL_PREFIX, TARGET_PREFIX, Columns, programme_choice
from lifecycle.sheets import address, letters
from states.catalogue import NOT_PRINTED, FactSpec, Programme, TargetSpec
from states.errors import BadInputFault
from states.facts import yuan
from states.names import Action, UnitKind

SHEET, NOTES_SHEET, LISTS_SHEET = "申报表", "填写说明", "字典"
ROWS = 1000
TEXT_FORMAT = 49
"""Excel's built-in text format: no digit of a number is rounded or dropped."""
YES_NO = ("是", "否")
_EXAMPLES = {
    "date": date(2023, 5, 1), "bool": "是", "int": 1, "decimal": 1.5, "text": "（按实填写）",
    "records": "甲项；乙项", "money": "100000.00",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Field:
    """One column of the workbook: heading, kind of cell, choices, example and explanation."""

    heading: str
    kind: str
    example: object
    choices: tuple[str, ...] = ()
    hint: str = ""
    required: bool = False


def write_template(programme: Programme, path: Path) -> None:
    """Write the blank workbook for `programme`.

    Raises BadInputFault where the file cannot be written.
    """
    fields = sorted(_fields(programme), key=lambda field: not field.required)
    try:
        with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
            sheet = book.add_worksheet(SHEET)
            notes = book.add_worksheet(NOTES_SHEET)
            lists = book.add_worksheet(LISTS_SHEET)
            _write_form(book, sheet, lists, fields)
            _write_notes(book, notes, programme, fields)
            lists.hide()
    except (FileCreateError, XlsxWriterException, OSError) as error:
        raise BadInputFault(f"{path}：工作簿无法写入，应为可写的 .xlsx 路径") from error


def _fields(programme: Programme) -> Iterator[_Field]:
    """The columns: the label for the row, what every application has, facts, indicators, papers."""
    columns = Columns(programme)
    yield _Field(
        BASE["ref"][0], "text", "示例", hint="本表内的行标签，可不填；写“示例”的行不读取", required=True
    )
    choice = programme_choice(programme)
    yield _required("programme", choice, choices=(choice,))
    yield _required("title", "某某项目（按实填写）")
    yield _required("unit.name", "某某学会（按实填写）")
    kinds = tuple(
        kind.label for kind in UnitKind if kind in (*programme.applicants, *programme.applicants_warn)
    )
    yield _required("unit.kind", kinds[0] if kinds else UnitKind.PROV_SOCIETY.label, choices=kinds)
    yield _Field(BASE["unit.region"][0], "text", "郑州市")
    yield _Field(BASE["unit.host"][0], "text", "", hint="基层科协申报时填依托的高校、企业或医院")
    yield _Field(BASE["contact.name"][0], "text", "张三")
    yield _Field(BASE["contact.phone"][0], "text", "0371-00000000")
    yield _Field(BASE["contact.email"][0], "text", "name@example.com")
    for fact in programme.facts.values():
        if fact.in_template:
            yield _fact(columns, fact)
    for target in programme.targets:
        yield _target(target)
    for material in programme.materials.values():
        if material.action == Action.SUBMIT:
            hint = "填文件名，几个文件以分号隔开；相对路径从本表所在文件夹算起"
            yield _Field(MATERIAL_PREFIX + material.label, "text", f"{material.label}.pdf", hint=hint)
    yield _Field(BASE["parent_ref"][0], "text", "", hint="上级项目在本表的标签，或已有项目的编号")
    yield _Field(BASE["marked"][0], "bool", "否", YES_NO)
    yield _Field(BASE["id"][0], "text", "", hint="更新草稿或退回的申报时填写，新申报留空")


def _required(name: str, example: str, choices: tuple[str, ...] = ()) -> _Field:
    return _Field(f"{BASE[name][0]}*", "text", example, choices, "必填", required=True)


def _fact(columns: Columns, fact: FactSpec) -> _Field:
    # The bare label is friendlier; it is prefixed only where another column is called the same.
    try:
        found = columns.find(fact.label)
    except BadInputFault:
        found = None
    heading = fact.label if found and found.fact is fact else FACT_PREFIX + fact.label
    choices = YES_NO if fact.type == "bool" else fact.value_labels or fact.values
    keys = re.findall(r"(\w+)=", fact.note or "") if fact.type == "records" else []
    example = choices[0] if choices else _EXAMPLES.get(fact.type, "")
    example = "，".join(f"{key}=某某" for key in keys) or example
    return _Field(heading, fact.type, example, choices, fact.note or "留空表示未知")


def _target(target: TargetSpec) -> _Field:
    heading = TARGET_PREFIX + target.label
    if target.cmp == "done":
        return _Field(heading, "bool", "是", YES_NO, "是否完成")
    limits = {"ge": "不少于", "le": "不超过", "eq": "等于"}
    printed = NOT_PRINTED if target.number is None else f"{limits[target.cmp]} {target.number}"
    return _Field(heading, "int", target.number or 1, hint=f"{printed}{target.unit or ''}")


def _write_form(book: Any, sheet: Any, lists: Any, fields: list[_Field]) -> None:
    bold = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1}
    must = book.add_format({**bold, "bg_color": "#F8CBAD"})
    may = book.add_format({**bold, "bg_color": "#DDEBF7"})
    formats = {
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "int": book.add_format({"num_format": "0"}),
        "decimal": book.add_format({"num_format": "General"}),
    }
    text = book.add_format({"num_format": TEXT_FORMAT})
    for column, field in enumerate(fields):
        cell = formats.get(field.kind, text)
        sheet.set_column(column, column, max(12, min(40, 2 * len(field.heading) + 2)), cell)
        sheet.write_string(0, column, field.heading, must if field.required else may)
        if field.hint:
            sheet.write_comment(0, column, field.hint)
        _write_example(sheet, column, field, cell)
        _restrict(sheet, lists, column, field)
    sheet.set_row(0, 36)
    sheet.freeze_panes(1, 0)


def _write_example(sheet: Any, column: int, field: _Field, cell: Any) -> None:
    if isinstance(field.example, date):
        sheet.write_datetime(1, column, field.example, cell)
    elif isinstance(field.example, (int, float)):
        sheet.write_number(1, column, field.example, cell)
    else:
        sheet.write_string(1, column, str(field.example), cell)


def _restrict(sheet: Any, lists: Any, column: int, field: _Field) -> None:
    """Drop-downs and kinds of values; choices stand on their own sheet, in place they end at 255 letters."""
    rule: dict[str, Any] = {
        "ignore_blank": True,
        "error_title": "请检查",
        "error_message": "请按本列要求填写",
    }
    if field.choices:
        for row, choice in enumerate(field.choices):
            lists.write_string(row, column, choice)
        name = letters(column + 1)
        rule |= {"validate": "list", "source": f"='{LISTS_SHEET}'!${name}$1:${name}${len(field.choices)}"}
    elif field.kind == "date":
        rule |= {"validate": "date", "criteria": ">=", "value": date(1900, 1, 1)}
    elif field.kind == "int":
        rule |= {"validate": "integer", "criteria": ">=", "value": 0}
    else:
        return
    sheet.data_validation(1, column, ROWS, column, rule)


def _write_notes(book: Any, sheet: Any, programme: Programme, fields: list[_Field]) -> None:
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    for row, (name, value) in enumerate(_notes(programme, fields)):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, value, wrapped)


def _notes(programme: Programme, fields: list[_Field]) -> Iterator[tuple[str, str]]:
    """What the document prints about the programme, then how to fill in the form."""
    quota = programme.quota.latest() if programme.quota else None
    amount = programme.amount.latest() if programme.amount else None
    yield "项目类别", f"{programme.title}（{programme.slug}，{programme.year} 年）"
    yield "依据文件", programme.document.reference
    yield "条款", programme.citation.quote or programme.citation.clause or NOT_PRINTED
    yield "名额", f"{quota[0]} 项（{_clause(quota[1])}）" if quota and quota[0] is not None else NOT_PRINTED
    yield (
        "每项金额",
        f"{yuan(int(amount[0]))} 元（{_clause(amount[1])}）"
        if amount and amount[0] is not None
        else NOT_PRINTED,
    )
    limit = programme.limit_per_unit
    yield "每单位限报", NOT_PRINTED if limit is None else f"{limit} 项"
    yield "咨询电话", programme.phone or NOT_PRINTED
    yield "电子邮箱", programme.email or NOT_PRINTED
    kinds = "、".join(kind.label for kind in UnitKind if kind in programme.applicants)
    yield "申报对象", "；".join(filter(None, (kinds or NOT_PRINTED, programme.applicants_note)))
    yield from _how_to(programme, fields)


def _how_to(programme: Programme, fields: list[_Field]) -> Iterator[tuple[str, str]]:
    """The papers asked for, what is not printed, and how to fill in each column."""
    for material in programme.materials.values():
        if material.action == Action.SUBMIT:
            need = "必须" if material.required else "视情况"
            yield (
                f"材料：{material.label}",
                f"{need}{'，书面' if material.written else ''}（{_clause(material.citation)}）",
            )
    yield NOT_PRINTED, "、".join(programme.not_printed) or "无"
    yield (
        "填写方法",
        (
            f"在“{SHEET}”第 2 行起每行填一项申报；带 * 的列必填；“示例”行不读取，可删去；留空表示未知；"
            "日期写作 2023-05-01；金额以元为单位，不用“万”；证件号、电话等列已设为文本格式，请勿更改；"
            "不要合并单元格，不要用公式"
        ),
    )
    for column, field in enumerate(fields, start=1):
        if field.hint:
            yield f"{address(1, column)} {field.heading}", field.hint
    for note in programme.notes:
        yield "说明", note


def _clause(citation: Any) -> str:
    return citation.quote or citation.clause or NOT_PRINTED
