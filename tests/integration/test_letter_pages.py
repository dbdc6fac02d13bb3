"""The pages of the letters: every .docx becomes a PDF in one run of LibreOffice, and they are read.

Skipped only where LibreOffice or poppler are absent. Page images for the eye: LIFECYCLE_LETTER_PAGES=folder.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from notifications.letters.letter import letter
from notifications.letters.publicity import publicity
from states.publicity import Selected, publicity_details
from tests.letter_samples import CALENDAR, FORUM, PACKS, PUBLICITIES, SAMPLES
from tests.notice_samples import view

TOOLS = ("soffice", "pdftotext", "pdffonts", "pdfinfo")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"),
    pytest.mark.xdist_group("libreoffice"),
    pytest.mark.timeout(300),
]
PAGES = os.environ.get("LIFECYCLE_LETTER_PAGES")  # read here: a test sees a bare environment
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include>/etc/fonts/fonts.conf</include>
{}</fontconfig>"""
ALIAS = '<alias binding="same"><family>{}</family><prefer><family>Noto {} CJK SC</family></prefer></alias>'
STAND_INS = {
    "方正小标宋简体": "Serif", "仿宋_GB2312": "Serif", "楷体_GB2312": "Serif",
    "黑体": "Sans", "SimHei": "Sans",
}  # fmt: skip
"""The fonts of an office, by what a test machine has."""
LONG = {"long-letter": 4, "long-list": 5}
DRAFT = re.compile("草稿·待(签发|公示)，不得作为正式公文使用")
FOOT = 690
"""Points from the upper edge of the page below which only the colophon stands."""


def _issued(name: str, status: str = "sent", **details: Any) -> bytes:
    shown = view(SAMPLES[name], status=status)
    return letter(replace(shown, details={**shown.details, "issued_cn": "2020年12月21日", **details}), None)


def _listed(name: str) -> bytes:
    return publicity(PUBLICITIES[name], None, draft=False, rehearsal=False)


def _long_list() -> bytes:
    many = [Selected(f"{FORUM}-{n:04}", f"第{n}届示例学术交流活动", f"示例{n}学会") for n in range(1, 81)]
    told = publicity_details(PACKS[FORUM], many, date(2023, 4, 27), CALENDAR)
    return publicity(told, None, draft=True, rehearsal=False)


GAPS = [f"第{n}项材料缺少负责人签字并加盖公章" for n in range(1, 41)]
DOCUMENTS: Mapping[str, Callable[[], bytes]] = {
    **{name: partial(_issued, name) for name, plan in SAMPLES.items() if plan.letter},
    **{name: partial(_listed, name) for name in PUBLICITIES},
    "long-list": _long_list,
    "draft": partial(_issued, "approval_letter", "held"),
    "copied": partial(_issued, "halt_letter-granted", copies="某市科协，某县科协"),
    "long-letter": partial(_issued, "completion_letter", defects=GAPS),
    "long-title": partial(_issued, "evaluation_letter-issues", title="示" * 120, unit="例" * 60),
}


@pytest.fixture(scope="module")
def pdfs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every letter as .docx and .pdf, converted by one run."""
    folder = tmp_path_factory.mktemp("letters")
    (folder / "fonts.conf").write_text(
        FONTS.format("".join(ALIAS.format(*one) for one in STAND_INS.items())), encoding="utf-8"
    )
    for name, made in DOCUMENTS.items():
        (folder / f"{name}.docx").write_bytes(made())
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", folder, *folder.glob("*.docx")],
        env={**os.environ, "HOME": str(folder), "FONTCONFIG_FILE": str(folder / "fonts.conf")},
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    if PAGES:
        for pdf in folder.glob("*.pdf"):
            subprocess.run(["pdftoppm", "-r", "60", "-png", pdf, Path(PAGES) / pdf.stem], check=True)
    return folder


def _told(*words: object) -> str:
    return subprocess.run(
        [str(word) for word in words], check=True, capture_output=True, text=True, timeout=60
    ).stdout


@cache
def pages(pdfs: Path, name: str) -> list[str]:
    """What each page says, without blanks."""
    return [plain(page) for page in _told("pdftotext", "-raw", pdfs / f"{name}.pdf", "-").split("\f")[:-1]]


def plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _length(name: str) -> int:
    if name in LONG:
        return LONG[name]
    with_slip = (
        name.startswith(("evaluation_letter", "completion_letter", "publicity")) or name == "long-title"
    )
    return 3 if with_slip else 2


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_letter_has_as_many_pages_as_it_should_and_numbers_them(pdfs: Path, name: str) -> None:
    found = pages(pdfs, name)
    assert len(found) == _length(name)
    for number, page in enumerate(found, 1):
        assert f"—{number}—" in page


@pytest.mark.parametrize("name", DOCUMENTS)
def test_all_that_a_letter_says_can_be_selected_on_its_pages(pdfs: Path, name: str) -> None:
    found = "".join(
        re.sub(r"—\d+—|草稿·待签发，不得作为正式公文使用|草稿·待公示，不得作为正式公文使用", "", page)
        for page in pages(pdfs, name)
    )
    document = Document(str(pdfs / f"{name}.docx"))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    said = [plain(text.text) for text in (*document.paragraphs, *cells)]
    assert [text for text in said if text not in found] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_font_of_a_page_is_in_the_file(pdfs: Path, name: str) -> None:
    rows = _told("pdffonts", pdfs / f"{name}.pdf").splitlines()[2:]
    embedded = [row.split()[-5] for row in rows]
    assert embedded
    assert set(embedded) == {"yes"}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_seal_signature_and_day_stand_together_below_words_of_the_letter(pdfs: Path, name: str) -> None:
    (page,) = (page for page in pages(pdfs, name) if "（印章）" in page)
    before, after = page.split("（印章）")
    assert re.match(r"..省科学技术协会\d{4}年\d+月\d+日", after)
    assert len(before) >= len("特此通知。")


@pytest.mark.parametrize(
    "name", [name for name in DOCUMENTS if _length(name) == 3 and name not in PUBLICITIES]
)
def test_a_slip_is_on_one_page_with_its_title(pdfs: Path, name: str) -> None:
    """R-FORM-15."""
    last = pages(pdfs, name)[-1]
    assert last.startswith("附件接收回执")
    for label in (
        "项目名称",
        "项目编号",
        "来文文号",
        "来文编号",
        "接收日期",
        "接收人（签字）",
        "（盖章）",
        "裁下",
    ):
        assert label in last


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name not in (*PUBLICITIES, "long-list")])
def test_the_colophon_stands_at_the_foot_of_the_last_page(pdfs: Path, name: str) -> None:
    boxes = _told("pdftotext", "-bbox", pdfs / f"{name}.pdf", "-").split("<page ")
    tops = [float(top) for top in re.findall(r'yMin="([\d.]+)"[^>]*>[^<]*印发', boxes[-1])]
    assert len(tops) == 1
    assert tops[0] > FOOT


def test_a_list_repeats_its_headings_on_every_page(pdfs: Path) -> None:
    found = pages(pdfs, "long-list")[2:]
    assert [page.count("序号项目编号项目名称申报单位") for page in found] == [1, 1, 1]


def test_a_draft_says_so_on_every_page(pdfs: Path) -> None:
    for page in (*pages(pdfs, "draft"), *pages(pdfs, "long-list")):
        assert DRAFT.search(page)
