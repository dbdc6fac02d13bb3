"""Letters as .docx: what they say, against recorded texts; what was typed stays as it was typed.

Record anew with LIFECYCLE_RECORD_GOLDEN=1 and read the difference before committing it.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.table import Table
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle.ledger import NoticeView
from notifications.letters.build import BUILT
from notifications.letters.fill import variables_in
from notifications.letters.letter import file_name, letter
from notifications.letters.office import KNOWN, template_of
from notifications.letters.package import parts
from notifications.letters.publicity import publicity
from notifications.letters.variables import PUBLICITY, VARIABLES
from notifications.render import TEMPLATES
from states.errors import DefinitionFault
from states.notices import KINDS
from tests.letter_samples import PUBLICITIES, SAMPLES
from tests.notice_samples import view

GOLDEN = Path(__file__).parents[2] / "golden" / "documents"
RECORD = os.environ.get("LIFECYCLE_RECORD_GOLDEN") == "1"  # read here: a test sees a bare environment
LETTERS = {name: plan for name, plan in SAMPLES.items() if plan.letter}
RECEIPTS = ("evaluation_letter", "completion_letter")


def notice(name: str, **changes: Any) -> NoticeView:
    return view(LETTERS[name], **changes)


def lines(document: bytes) -> Iterator[str]:
    """What a letter says in reading order: header, text, tables row by row, footer."""
    opened = Document(io.BytesIO(document))
    section = opened.sections[0]
    for paragraph in section.header.paragraphs:
        yield f"[页眉] {paragraph.text}"
    for part in opened.iter_inner_content():
        if isinstance(part, Table):
            yield from ("[表格] " + " | ".join(cell.text for cell in row.cells) for row in part.rows)
        else:
            yield f"[{part.style.name}] {part.text}"
    for paragraph in section.footer.paragraphs:
        yield f"[页脚] {paragraph.text}"


def said(document: bytes) -> str:
    return "\n".join(lines(document))


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_reads_as_recorded(name: str) -> None:
    recorded(name, letter(notice(name), None))


@pytest.mark.parametrize("name", PUBLICITIES)
def test_a_list_reads_as_recorded(name: str) -> None:
    """R-FORM-66, R-LIFE-65: one notice for the whole list."""
    recorded(name, publicity(PUBLICITIES[name], None, draft=False, rehearsal=False))


def recorded(name: str, document: bytes) -> None:
    text = said(document) + "\n"
    path = GOLDEN / f"{name}.txt"
    if RECORD:
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def test_every_letter_has_a_sample_of_either_province_and_nothing_else_is_recorded() -> None:
    provinces = {plan.kind: set[str]() for plan in LETTERS.values()}
    for plan in LETTERS.values():
        provinces[plan.kind].add(plan.details["association"][:2])
    # No Henan document prints the cancelling of a qualification.
    only = {"disqualification_letter": {"福建"}}
    assert provinces == {
        kind.slug: only.get(kind.slug, {"河南", "福建"}) for kind in KINDS.values() if kind.letter
    }
    assert {path.stem for path in GOLDEN.glob("*.txt")} == {*LETTERS, *PUBLICITIES}


@pytest.mark.parametrize(
    "name", [name for name, plan in LETTERS.items() if "河南" in plan.details["association"]]
)
def test_a_henan_letter_never_rests_on_a_fujian_clause(name: str) -> None:
    text = said(letter(notice(name), None))
    for foreign in ("福建", "闽", "创新驱动助力工程", "第十七条", "第十八条"):
        assert foreign not in text


@pytest.mark.parametrize("path", BUILT, ids=lambda path: path.parent.name)
def test_the_templates_are_what_their_script_builds(path: Path) -> None:
    assert parts(path.read_bytes()) == parts(BUILT[path]())


def test_every_letter_has_a_template_and_there_is_no_other() -> None:
    wanted = {kind.template for kind in KINDS.values() if kind.letter} | {"publicity"}
    assert (
        {path.parent.name for path in TEMPLATES.glob("*/*.docx")}
        == wanted
        == {path.parent.name for path in BUILT}
    )


@pytest.mark.parametrize("name", LETTERS)
def test_the_same_letter_is_the_same_to_the_last_byte(name: str) -> None:
    assert letter(notice(name), None) == letter(notice(name), None)


TYPED = "甲&乙<丙>\"丁\"《戊》{{ 7*7 }}{% if %}{_{'己'"
MULTILINE = f"{TYPED}\n第二行\t\x07\x0c\x00\ud800末"


@pytest.mark.parametrize("name", LETTERS)
def test_what_was_typed_stays_as_it_was_typed(name: str) -> None:
    details = LETTERS[name].details | {
        "title": MULTILINE, "unit": f"{TYPED}学会", "addressee": f"{TYPED}学会", "reason": MULTILINE,
        "defects": [MULTILINE, "甲 & 乙"],
    }  # fmt: skip
    text = said(letter(notice(name, details=details, subject=f"关于“{TYPED}”的通知"), None))
    whole = TYPED.replace("{_{", "{{")  # the one sequence that docxtpl keeps for itself
    assert f"关于“{whole}”的通知" in text
    assert f"{whole}学会：" in text
    if "title" in (TEMPLATES / KINDS[LETTERS[name].kind].template / "body.txt").read_text(encoding="utf-8"):
        assert f"{whole} 第二行 末" in text


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_characters="{}“”‘’　"), max_size=200))
def test_whatever_is_typed_is_in_the_letter(typed: str) -> None:
    details = LETTERS["approval_letter"].details | {"title": typed}
    shown = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]", " ", typed).split())
    assert f"申报的“{shown}”经评审研究" in said(letter(notice("approval_letter", details=details), None))


def test_marks_inside_marks_are_single_ones() -> None:
    details = LETTERS["approval_letter"].details | {"title": "“科创中国”试点市"}
    text = said(letter(notice("approval_letter", details=details), None))
    assert "“‘科创中国’试点市”" in text


@pytest.mark.parametrize(
    ("status", "rehearsal", "mark"),
    [
        ("held", False, "草稿·待签发"),
        ("held", True, "演练·草稿·待签发"),
        ("sent", True, "演练"),
        ("cancelled", False, "已取消"),
        ("pending", False, None),
        ("sent", False, None),
    ],
)
def test_a_draft_cannot_be_taken_for_the_letter(status: str, rehearsal: bool, mark: str | None) -> None:
    document = letter(notice("approval_letter", status=status, rehearsal=rehearsal), None)
    headers = [content.decode() for part, content in parts(document).items() if "header" in part]
    assert len(headers) == 2
    for header in headers:
        assert (f'string="{mark}"' in header) == (mark is not None)
        assert (f"{mark}，不得作为正式公文使用" in header) == (mark is not None)
        assert ("watermark" in header.lower()) == (mark is not None)


@pytest.mark.parametrize("name", LETTERS)
def test_a_receipt_names_project_and_letter_and_comes_with_what_starts_a_clock(name: str) -> None:
    text = said(letter(notice(name), None))
    assert ("附件：接收回执" in text) == (LETTERS[name].kind in RECEIPTS)
    rows = re.findall(r"\[表格\] (.*?) \| (.*)", text)
    if LETTERS[name].kind in RECEIPTS:
        told = dict(rows)
        assert (told["项目编号"], told["来文编号"]) == (notice(name).project, notice(name).key)
    else:
        assert rows == []


def test_a_letter_without_a_number_leaves_its_line_blank_and_bears_the_day_of_the_step() -> None:
    text = said(letter(notice("approval_letter"), None))
    assert "[发文字号] ＿＿＿＿〔＿＿＿＿〕＿＿号" in text
    assert "[成文日期] 2023年5月10日" in text


def test_a_letter_bears_its_own_number_and_date() -> None:
    text = said(letter(notice("disqualification_letter"), None))
    assert "[发文字号] 闽科协〔2020〕30号" in text
    assert "[成文日期] 2020年12月18日" in text


def test_the_variables_are_those_that_letters_carry() -> None:
    given = {name for plan in LETTERS.values() for name in plan.details}
    added = {"subject", "key", "mark", "copies", "issued_cn", "rehearsal"}
    assert set(VARIABLES) == given | added
    for details in PUBLICITIES.values():
        assert set(PUBLICITY) == {*details, "mark"}


@pytest.mark.parametrize("name", KNOWN)
def test_our_templates_name_only_what_the_table_of_variables_names(name: str) -> None:
    assert set(variables_in(template_of(name, None))) <= set(KNOWN[name])


def test_a_notice_that_is_no_letter_has_no_document() -> None:
    with pytest.raises(DefinitionFault, match="不是公文"):
        letter(view(SAMPLES["overdue"]), None)


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("关于“示例论坛”立项的通知", "关于“示例论坛”立项的通知.docx"),
        ('a/b\\c:d*e?f"g<h>i|j\nk', "a b c d e f g h i j k.docx"),
        ("长" * 300, "长" * 80 + ".docx"),
    ],
)
def test_a_file_is_named_by_its_subject_on_every_system(subject: str, name: str) -> None:
    assert file_name(notice("approval_letter", subject=subject)) == name
