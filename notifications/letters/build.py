"""Makes the .docx templates of all letters: `make letter-templates`.

A table says which letter has which head and whether a receipt goes with it; the wording is that of its mail.
What is made here is committed, and a test holds that it is what this file makes.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.shared import Mm, Pt

from notifications.letters.office import FILE
from notifications.letters.package import packed
from notifications.letters.page import (
    RED,
    add,
    at_foot,
    new_page,
    repeated,
    rule_below,
    set_widths,
    whole_row,
    write,
)
from notifications.letters.wording import pieces
from notifications.render import TEMPLATES
from states.publicity import KIND

BASE: Final = TEMPLATES / "_base" / "letter.txt"
NAME, PAPER = "{{ association }}", "{{ association }}文件"
NUMBER: Final = "{{ number or '＿＿＿＿〔＿＿＿＿〕＿＿号' }}"


@dataclass(frozen=True, slots=True)
class Letter:
    """One template. `receipt` names the slip that comes back, and what is received with it;
    `clock` says on it what runs from the receipt.
    """

    template: str
    head: str
    receipt: str | None = None
    clock: str = ""


_CLOCK: Final = "{{% if {} %}}（{}期限自接收日期起算）{{% endif %}}"

# fmt: off
LETTERS: Final = (
    Letter("approval",         PAPER),
    Letter("rejection",        NAME),
    Letter("completion",       NAME, "补正通知",     _CLOCK.format("not due_cn", "补正")),
    Letter("form_failed",      NAME),
    Letter("extension",        PAPER),
    Letter("halt",             PAPER),
    Letter("evaluation",       NAME, "绩效评价结果", _CLOCK.format("has_issues", "整改")),
    Letter("rectification",    PAPER),
    Letter("disqualification", PAPER),
    Letter("correction",       NAME),
)
# fmt: on


def build(letter: Letter) -> bytes:
    """The template of a letter."""
    page = new_page()
    _head(page, letter.head, NUMBER)
    add(page, "主送机关", "{{ addressee }}：")
    body = TEMPLATES / letter.template / "body.txt"
    for piece in pieces(body, BASE, "text"):
        add(page, "公文正文", piece.text)
    _tag(page, "if cited")
    add(page, "公文正文", "依据：{{ cited }}。").paragraph_format.keep_with_next = True
    _tag(page, "endif")
    for piece in pieces(body, BASE, "closing"):
        add(page, "公文正文", piece.text).paragraph_format.keep_with_next = True
    if letter.receipt is not None:
        add(page, "附件说明", "附件：接收回执")
    _signature(page, "{{ number_date_cn or on_cn }}")
    add(
        page,
        "附注",
        "（项目编号：{{ project }}；所属计划：{{ programme }}"
        "{% if phone %}；咨询电话：{{ phone }}{% endif %}）",
    )
    if letter.receipt is not None:
        _receipt(page, letter.receipt + letter.clock)
    _colophon(page)
    return saved(page)


def saved(page: Any) -> bytes:
    """The document as bytes that depend on nothing but what is in it."""
    target = io.BytesIO()
    page.save(target)
    return packed(target.getvalue())


def _tag(page: Any, words: str) -> None:
    add(page, "公文正文", f"{{%p {words} %}}")


def _head(page: Any, head: str, number: str) -> None:
    """发文机关标志, 发文字号, the red line four millimetres below, the title (7.2.4…7.3.1)."""
    add(page, "发文机关标志", head)
    rule_below(add(page, "发文字号", number), RED, 12, 11)
    add(page, "公文标题", "{{ subject }}")


def _signature(page: Any, day: str) -> None:
    """发文机关署名 and 成文日期, with the place of the seal: its edge within a line of the text (7.3.5)."""
    add(page, "印章位置", "（印章）")
    add(page, "发文机关署名", "{{ association }}")
    add(page, "成文日期", day)


def _receipt(page: Any, what: str) -> None:
    """The slip that comes back, on a page of its own, never parted from its title (7.3.7, R-FORM-15)."""
    add(page, "附件标识", "附件").paragraph_format.page_break_before = True
    add(page, "回执标题", "接收回执")
    add(page, "主送机关", "{{ association }}：")
    add(page, "回执正文", f"我单位已接到贵会发来的下列{what}，现将接收日期回复如下：")
    rows = (
        ("项目名称", "{{ title }}"),
        ("项目编号", "{{ project }}"),
        ("来文文号", "{{ number or '（无）' }}"),
        ("来文编号", "{{ key }}"),
        ("接收日期", "＿＿＿＿年＿＿月＿＿日"),
        ("接收人（签字）", ""),
        ("联系电话", ""),
        ("接收单位（盖章）", "{{ unit }}"),
    )
    table = page.add_table(rows=len(rows), cols=2)
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    set_widths(table, Mm(46), Mm(108))
    for row, texts in zip(table.rows, rows, strict=True):
        row.height_rule, row.height = (
            WD_ROW_HEIGHT_RULE.AT_LEAST,
            Mm(20 if texts[0].endswith("（盖章）") else 10),
        )
        whole_row(row)
        for cell, text in zip(row.cells, texts, strict=True):
            written = write(cell, text, "编号文字" if "key" in text else "表格文字")
            written.paragraph_format.keep_with_next = texts is not rows[-1]
    add(page, "裁切线", "－－－－－－－－－－　沿此线裁下，盖章后寄回或扫描发回　－－－－－－－－－－")


def _colophon(page: Any) -> None:
    """版记 at the foot of the last page: 抄送, then who issued the letter and when (7.4)."""
    for style, text in (
        ("版记", "{%p if copies %}"),
        ("版记", "抄送：{{ copies }}。"),
        ("版记分隔线", "\t"),
        ("版记", "{%p endif %}"),
        ("版记", "{{ association }}\t{{ issued_cn or '　　　　年　月　日' }}印发"),
    ):
        at_foot(add(page, style, text))
    add(page, "页码").paragraph_format.line_spacing = Pt(1)


def build_publicity() -> bytes:
    """拟立项公示 (R-FORM-66): the list on a page of its own; no addressee, no copies."""
    page = new_page()
    _head(page, NAME, "{{ number or '' }}")
    for text in (
        "{%p if workdays %}",
        "经评审，现将{{ scope }}{{ named }}（共{{ count }}项，名单附后）予以公示。",
        (
            "公示时间：自{{ first_cn }}起，至{{ last_cn }}止，共{{ workdays }}个工作日（起始日不计）。"
            "文件未规定公示期限，本期限按惯例确定。"
            "{% if provisional %}当年放假安排尚未公布，截止日期为暂定。{% endif %}"
        ),
        (
            "公示期内，单位或个人对公示内容有异议的，请以书面形式向我会提出，写明异议事项和理由，并附有关证据。"
            "以单位名义提出的，请加盖公章；以个人名义提出的，请署真实姓名并留下联系方式。"
        ),
        "异议受理：{{ association }}",
        "{%p if phone %}",
        "联系电话：{{ phone }}",
        "{%p endif %}",
        "{%p if email %}",
        "电子邮箱：{{ email }}",
        "{%p endif %}",
        "{%p else %}",
        "经研究，{{ scope }}共遴选{{ count }}个项目（名单附后），现将遴选结果予以公布，接受社会监督。",
        "{%p endif %}",
        "{%p if cited %}",
        "依据：{{ cited }}。",
        "{%p endif %}",
    ):
        add(page, "公文正文", text)
    add(page, "附件说明", "附件：{{ named }}名单")
    _signature(page, "{{ date_cn }}")
    add(page, "附件标识", "附件").paragraph_format.page_break_before = True
    add(page, "回执标题", "{{ programme }}{{ named }}名单")
    _list(page)
    return saved(page)


def _list(page: Any) -> None:
    rows = (
        ("序号", "项目编号", "项目名称", "申报单位"),
        ("{%tr for entry in entries %}", "", "", ""),
        ("{{ entry.n }}", "{{ entry.project }}", "{{ entry.title }}", "{{ entry.unit }}"),
        ("{%tr endfor %}", "", "", ""),
    )
    table = page.add_table(rows=len(rows), cols=4)
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    set_widths(table, Mm(14), Mm(46), Mm(58), Mm(38))
    for row, texts in zip(table.rows, rows, strict=True):
        whole_row(row)
        for cell, text in zip(row.cells, texts, strict=True):
            write(cell, text, "编号文字" if "project" in text else "表格文字")
    repeated(table.rows[0])


BUILT: Final[Mapping[Path, Callable[[], bytes]]] = {
    **{TEMPLATES / letter.template / FILE: partial(build, letter) for letter in LETTERS},
    TEMPLATES / KIND / FILE: build_publicity,
}
"""Every template and what makes it."""


def main() -> None:
    """Write every template anew and name those that changed."""
    for path, make in BUILT.items():
        made = make()
        if not path.exists() or path.read_bytes() != made:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(made)
            sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
