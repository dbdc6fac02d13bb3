"""Letters and notices as the receiver reads them, against recorded texts.

Record anew with LIFECYCLE_RECORD_GOLDEN=1 and read the difference before committing it.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lifecycle.packs import load_catalogue
from notifications.render import TEMPLATES, render
from states.catalogue import Programme
from states.decision import Case, Command, DocumentRef, NoticePlan, Step
from states.errors import DefinitionFault
from states.names import Action
from states.notices import KINDS, action_notices, correction_notice, reminder_notice
from tests.notice_samples import case, command, duty, view

GOLDEN = Path(__file__).parents[2] / "golden" / "letters"
RECORD = os.environ.get("LIFECYCLE_RECORD_GOLDEN") == "1"  # read here: a test sees a bare environment
FACTS = {
    "project.ends_on": date(2020, 12, 31),
    "evaluation.conclusion": "合格",
    "evaluation.concluded_on": "2020-12-15",
    "project.amount": 15_000_000,
}
LATER = {**FACTS, "project.ends_on": date(2021, 3, 31)}


TITLES = {"fj16-pilot-society": "示例助力工程"}
PACKS = load_catalogue().programmes


def asked(action: Action, programme: Programme, reason: str | None) -> Command:
    number = "豫科协〔2020〕30号" if programme.province == "henan" else "闽科协〔2020〕30号"
    return command(action, reason=reason, document=DocumentRef(number, date(2020, 12, 18)))


def project(slug: str, **facts: Any) -> Case:
    return replace(case(**facts), id=f"{slug}-0001", programme=slug, title=TITLES.get(slug, "示例论坛"))


def letter(
    action: Action, kind: str, slug: str = "h20-academic-event", reason: str | None = None, **changes: Any
) -> NoticePlan:
    after = {**(LATER if action is Action.APPROVE_EXTENSION else FACTS), **changes}
    told = asked(action, PACKS[slug], reason)
    if slug.startswith("h23"):
        told = replace(told, on=date(2023, 5, 10), document=None)
    made = action_notices(action, project(slug, **FACTS), after, told, PACKS[slug])
    return next(plan for plan in made if plan.kind == kind)


def correction() -> NoticePlan:
    slug = "h23-academic-intl-national"
    step = Step(
        4, date(2023, 5, 10), "review_select", "expert_review", "approved", "zhao", "prov_association"
    )
    told = replace(command(Action.REVERSE_STEP, reason="名额计算有误", document=None), on=date(2023, 5, 16))
    return correction_notice(replace(project(slug), steps=(step,)), FACTS, told, PACKS[slug])


def received() -> NoticePlan:
    slug = "h20-academic-event"
    step = Step(2, date(2020, 12, 18), "submit", "draft", "submitted", "zhao", "applicant")
    papers = frozenset({"application_form", "implementation_plan"})
    came = replace(project(slug), steps=(step,), materials=papers)
    told = replace(command(Action.ACCEPT_FOR_FORM_REVIEW, document=None), on=date(2020, 12, 21))
    return action_notices(Action.ACCEPT_FOR_FORM_REVIEW, came, FACTS, told, PACKS[slug])[0]


def reminder(offset: int, **changes: Any) -> NoticePlan:
    event = "h20-academic-event"
    return reminder_notice(project(event), duty(**changes), offset, PACKS[event])


ISSUES = "台账不完整；活动图片缺失"
FUJIAN, FORUM = "fj16-pilot-society", "h23-academic-intl-national"
MIDTERM = {"slug": "midterm_report", "rule": "R-DL-11", "label": "中期报告", "suggested": True}
COMPLETION = {"slug": "completion", "rule": "R-AMB-08", "label": "补正材料", "owed_by": "applicant"}
MEND = {"slug": "rectification_report", "rule": "R-DL-06", "label": "整改情况书面报告"}
SAMPLES = {
    "reminder-before": reminder(-7, soft_due=date(2020, 6, 29)),
    "reminder-due": reminder(0),
    "reminder-association": reminder(-3, owed_by="prov_association"),
    "reminder-applicant": reminder(-3, **COMPLETION),
    "reminder-rectification": reminder(-7, **MEND),
    "overdue": reminder(1, marks=("因会期调整",)),
    "suggestion": reminder(7, provisional=True, **MIDTERM),
    "acknowledgement": received(),
    "completion_letter": letter(
        Action.RETURN_FOR_COMPLETION, "completion_letter", reason="缺少实施方案；申报书未盖章"
    ),
    "form_failed_letter": letter(
        Action.FORM_REJECT, "form_failed_letter", reason="申报单位类型不符；活动不在我省举办。"
    ),
    "form_failed_letter-lapse": letter(Action.LAPSE, "form_failed_letter"),
    "approval_letter": letter(Action.REVIEW_SELECT, "approval_letter", FORUM),
    "approval_letter-silent": letter(
        Action.REVIEW_SELECT, "approval_letter", **{"project.amount": 6_200_050}
    ),
    "approval_letter-fujian": letter(
        Action.CHAIR_PASS, "approval_letter", FUJIAN, **{"project.amount": None}
    ),
    "rejection_letter": letter(Action.REVIEW_REJECT, "rejection_letter", reason="名额已满"),
    "rejection_letter-fujian": letter(Action.CHAIR_REJECT, "rejection_letter", FUJIAN),
    "extension_letter-granted": letter(Action.APPROVE_EXTENSION, "extension_letter"),
    "extension_letter-refused": letter(Action.REFUSE_EXTENSION, "extension_letter", reason="理由不充分"),
    "halt_letter-granted": letter(Action.APPROVE_HALT, "halt_letter"),
    "halt_letter-refused": letter(Action.REFUSE_HALT, "halt_letter", reason="项目具备继续实施的条件"),
    "evaluation_letter": letter(Action.EVALUATE_PASS, "evaluation_letter"),
    "evaluation_letter-issues": letter(Action.EVALUATE_ISSUES, "evaluation_letter", reason=ISSUES),
    "rectification_letter-henan": letter(Action.EVALUATE_ISSUES, "rectification_letter", reason=ISSUES),
    "rectification_letter-fujian": letter(
        Action.EVALUATE_ISSUES, "rectification_letter", FUJIAN, reason=ISSUES
    ),
    "disqualification_letter": letter(
        Action.EVALUATE_FAIL, "disqualification_letter", FUJIAN, **{"evaluation.conclusion": "不合格"}
    ),
    "correction_letter": correction(),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_notice_reads_as_recorded(name: str) -> None:
    rendered = render(view(SAMPLES[name]))
    text = f"{rendered.subject}\n{'=' * 40}\n{rendered.body}"
    path = GOLDEN / f"{name}.txt"
    if RECORD:
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def test_every_kind_has_a_recorded_sample_and_a_template() -> None:
    assert {plan.kind for plan in SAMPLES.values()} == set(KINDS)
    folders = {path.parent.name for path in TEMPLATES.glob("*/body.txt")}
    assert folders == {kind.template for kind in KINDS.values()}
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
