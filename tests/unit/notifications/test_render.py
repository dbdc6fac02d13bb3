"""Letters and notices as the receiver reads them, against recorded texts.

Record anew with LIFECYCLE_RECORD_GOLDEN=1 and read the difference before committing it.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from notifications.render import TEMPLATES, render, render_cover
from states.errors import DefinitionFault
from states.notices import KINDS
from states.reminding import reminder_notice
from tests.letter_samples import MIDTERM, PACKS, SAMPLES, reminder
from tests.notice_samples import case, duty, view

GOLDEN = Path(__file__).parents[2] / "golden" / "letters"
RECORD = os.environ.get("LIFECYCLE_RECORD_GOLDEN") == "1"  # read here: a test sees a bare environment


@pytest.mark.parametrize("name", SAMPLES)
def test_a_notice_reads_as_recorded(name: str) -> None:
    rendered = render(view(SAMPLES[name]))
    text = f"{rendered.subject}\n{'=' * 40}\n{rendered.body}"
    path = GOLDEN / f"{name}.txt"
    if RECORD:
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", [name for name, plan in SAMPLES.items() if plan.letter])
def test_the_mail_of_a_letter_says_what_is_attached_and_what_matters(name: str) -> None:
    notice = view(SAMPLES[name])
    full, cover = render(notice), render_cover(notice, "公文.docx")
    assert cover.subject == full.subject
    for said in (notice.subject, "公文.docx", notice.details["addressee"], notice.project):
        assert said in cover.body
    assert ("接收回执" in cover.body) == (notice.kind in ("evaluation_letter", "completion_letter"))
    assert "（签章）" not in cover.body


def test_every_kind_has_a_recorded_sample_and_a_template() -> None:
    assert {plan.kind for plan in SAMPLES.values()} == set(KINDS)
    folders = {path.parent.name for path in TEMPLATES.glob("*/body.txt")}
    assert folders == {kind.template for kind in KINDS.values()} | {"digest", "warning"}
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_notice_names_project_programme_association_and_title(name: str) -> None:
    plan = SAMPLES[name]
    body = render(view(plan)).body
    for field in ("project", "programme", "association", "title"):
        assert str(plan.details[field]) in body


@pytest.mark.parametrize("name", SAMPLES)
def test_a_notice_cites_what_is_printed_and_is_silent_where_the_documents_are(name: str) -> None:
    plan = SAMPLES[name]
    body = render(view(plan)).body
    grounds = [line for line in body.splitlines() if "依据：" in line]
    assert grounds == ([f"　　依据：{plan.details['cited']}。"] if plan.details["cited"] else [])
    for ours in ("R-", "系统内部", "文件未载明", "无文号"):
        assert ours not in body


@pytest.mark.parametrize("name", SAMPLES)
def test_a_notice_bears_the_full_name_of_its_association(name: str) -> None:
    full = {"henan": "河南省科学技术协会", "fujian": "福建省科学技术协会"}
    plan = SAMPLES[name]
    assert plan.details["association"] == full["fujian" if "fj16" in plan.details["project"] else "henan"]


@pytest.mark.parametrize("offset", [-7, 0, 1, 30])
def test_a_suggested_date_is_never_called_overdue(offset: int) -> None:
    rendered = render(view(reminder(offset, **MIDTERM)))
    assert "逾期" not in rendered.subject + rendered.body


def test_a_rehearsal_says_so_in_subject_and_text() -> None:
    rendered = render(view(SAMPLES["overdue"], rehearsal=True))
    assert rendered.subject.startswith("【演练】")
    assert rendered.body.splitlines()[0] == "【演练】本件为演练生成，不对外发送。"


def test_a_missing_value_is_an_error_not_a_gap() -> None:
    notice = view(SAMPLES["approval_letter"])
    details = {name: value for name, value in notice.details.items() if name != "amount"}
    with pytest.raises(DefinitionFault, match="amount"):
        render(replace(notice, details=details))


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(DefinitionFault, match="greeting"):
        render(view(SAMPLES["overdue"], kind="greeting"))


def test_a_title_cannot_break_the_subject_line_or_run_as_a_template() -> None:
    named = replace(case(), title="甲\r\nBcc: x@y {{ 7*7 }}")
    plan = reminder_notice(named, duty(), 0, PACKS["h20-academic-event"])
    rendered = render(view(plan))
    assert rendered.subject == "提醒：“甲 Bcc: x@y {{ 7*7 }}”筹备方案汇报（截止2020年6月30日）"
    assert "{{ 7*7 }}" in rendered.body
