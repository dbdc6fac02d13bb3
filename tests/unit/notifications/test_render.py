"""Letters and notices as the receiver reads them, against recorded texts.

Record anew with LIFECYCLE_RECORD_GOLDEN=1 and read the difference before committing it.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from notifications.render import TEMPLATES, render
from states.decision import NoticePlan
from states.errors import DefinitionFault
from states.names import Action
from states.notices import KINDS, action_notices, reminder_notice
from tests.notice_samples import case, command, duty, programme, view

GOLDEN = Path(__file__).parents[2] / "golden" / "letters"
FACTS = {
    "project.ends_on": date(2020, 12, 31),
    "evaluation.conclusion": "合格",
    "evaluation.concluded_on": "2020-12-15",
    "project.amount": 15_000_000,
}
LATER = {**FACTS, "project.ends_on": date(2021, 3, 31)}


def letter(action: Action, kind: str, province: str = "henan", reason: str | None = None) -> NoticePlan:
    after = LATER if action is Action.APPROVE_EXTENSION else FACTS
    if action is Action.EVALUATE_FAIL:
        after = {**FACTS, "evaluation.conclusion": "不合格"}
    made = action_notices(action, case(**FACTS), after, command(action, reason=reason), programme(province))
    return next(plan for plan in made if plan.kind == kind)


ISSUES = "台账不完整；活动图片缺失"
SAMPLES = {
    "reminder-before": reminder_notice(case(), duty(soft_due=date(2020, 6, 29)), -7, programme()),
    "reminder-due": reminder_notice(case(), duty(), 0, programme()),
    "reminder-association": reminder_notice(case(), duty(owed_by="prov_association"), -3, programme()),
    "reminder-applicant": reminder_notice(
        case(), duty(owed_by="applicant", label="补正材料"), -3, programme()
    ),
    "overdue": reminder_notice(case(), duty(marks=("因会期调整",)), 1, programme()),
    "suggestion": reminder_notice(case(), duty(suggested=True, provisional=True), 7, programme()),
    "acknowledgement": letter(Action.ACCEPT_FOR_FORM_REVIEW, "acknowledgement"),
    "completion_letter": letter(
        Action.RETURN_FOR_COMPLETION, "completion_letter", reason="缺少实施方案；申报书未盖章"
    ),
    "form_failed_letter": letter(Action.FORM_REJECT, "form_failed_letter", reason="申报单位类型不符"),
    "form_failed_letter-lapse": letter(Action.LAPSE, "form_failed_letter"),
    "approval_letter": letter(Action.REVIEW_SELECT, "approval_letter"),
    "approval_letter-fujian": letter(Action.CHAIR_PASS, "approval_letter", "fujian"),
    "rejection_letter": letter(Action.REVIEW_REJECT, "rejection_letter", reason="名额已满"),
    "extension_letter-granted": letter(Action.APPROVE_EXTENSION, "extension_letter"),
    "extension_letter-refused": letter(Action.REFUSE_EXTENSION, "extension_letter", reason="理由不充分"),
    "halt_letter-granted": letter(Action.APPROVE_HALT, "halt_letter"),
    "halt_letter-refused": letter(Action.REFUSE_HALT, "halt_letter"),
    "evaluation_letter": letter(Action.EVALUATE_PASS, "evaluation_letter"),
    "evaluation_letter-issues": letter(Action.EVALUATE_ISSUES, "evaluation_letter", reason=ISSUES),
    "rectification_letter-henan": letter(Action.EVALUATE_ISSUES, "rectification_letter", reason=ISSUES),
    "rectification_letter-fujian": letter(
        Action.EVALUATE_ISSUES, "rectification_letter", "fujian", reason=ISSUES
    ),
    "disqualification_letter": letter(Action.EVALUATE_FAIL, "disqualification_letter", "fujian"),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_notice_reads_as_recorded(name: str) -> None:
    rendered = render(view(SAMPLES[name]))
    text = f"{rendered.subject}\n{'=' * 40}\n{rendered.body}"
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("LIFECYCLE_RECORD_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def test_every_kind_has_a_recorded_sample_and_a_template() -> None:
    assert {plan.kind for plan in SAMPLES.values()} == set(KINDS)
    folders = {path.parent.name for path in TEMPLATES.glob("*/body.txt")}
    assert folders == {kind.template for kind in KINDS.values()}
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_notice_names_project_programme_and_basis(name: str) -> None:
    plan = SAMPLES[name]
    body = render(view(plan)).body
    for field in ("project", "programme", "association", "title", "basis"):
        assert str(plan.details[field]) in body


@pytest.mark.parametrize("offset", [-7, 0, 1, 30])
def test_a_suggested_date_is_never_called_overdue(offset: int) -> None:
    rendered = render(view(reminder_notice(case(), duty(suggested=True), offset, programme())))
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
    plan = reminder_notice(replace(case(), title="甲\r\nBcc: x@y {{ 7*7 }}"), duty(), 0, programme())
    rendered = render(view(plan))
    assert rendered.subject == "提醒：“甲 Bcc: x@y {{ 7*7 }}”筹备方案汇报（截止2020年6月30日）"
    assert "{{ 7*7 }}" in rendered.body
