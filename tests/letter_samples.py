"""One sample of every kind of notice and letter, as a step or a duty gives rise to it; names are made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from lifecycle.calendars import load_calendar
from lifecycle.packs import load_catalogue
from states.catalogue import Programme, Rung
from states.decision import Case, Command, DocumentRef, NoticePlan, Step
from states.names import Action
from states.notices import action_notices, correction_notice
from states.publicity import Selected, publicity_details
from states.reminding import escalation_notice, reminder_notice
from tests.notice_samples import case, command, duty

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


def correction(slug: str) -> NoticePlan:
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


def escalation(receiver: str, superior: str | None = None, **changes: Any) -> NoticePlan:
    """The word to the next level, eight days after the due date."""
    event, on = "h20-academic-event", date(2020, 7, 8)
    rung = Rung(7, receiver)
    told = date(2020, 7, 1)
    return escalation_notice(
        project(event), duty(**changes), rung, receiver, PACKS[event], on, told, superior
    )


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
    "escalation-superior": escalation("superior", "示例市科学技术协会"),
    "escalation-office": escalation("prov_association"),
    "overdue": reminder(1, marks=("因会期调整",)),
    "suggestion": reminder(7, provisional=True, **MIDTERM),
    "acknowledgement": received(),
    "completion_letter": letter(
        Action.RETURN_FOR_COMPLETION, "completion_letter", reason="缺少实施方案；申报书未盖章"
    ),
    "completion_letter-fujian": letter(
        Action.RETURN_FOR_COMPLETION, "completion_letter", FUJIAN, reason="缺少申报推荐函"
    ),
    "form_failed_letter": letter(
        Action.FORM_REJECT, "form_failed_letter", reason="申报单位类型不符；活动不在我省举办。"
    ),
    "form_failed_letter-lapse": letter(Action.LAPSE, "form_failed_letter"),
    "form_failed_letter-fujian": letter(
        Action.FORM_REJECT, "form_failed_letter", FUJIAN, reason="县域产业需求不集中"
    ),
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
    "extension_letter-fujian": letter(Action.APPROVE_EXTENSION, "extension_letter", FUJIAN),
    "halt_letter-granted": letter(Action.APPROVE_HALT, "halt_letter"),
    "halt_letter-refused": letter(Action.REFUSE_HALT, "halt_letter", reason="项目具备继续实施的条件"),
    "halt_letter-fujian": letter(Action.APPROVE_HALT, "halt_letter", FUJIAN),
    "evaluation_letter": letter(Action.EVALUATE_PASS, "evaluation_letter"),
    "evaluation_letter-issues": letter(Action.EVALUATE_ISSUES, "evaluation_letter", reason=ISSUES),
    "evaluation_letter-fujian": letter(Action.EVALUATE_PASS, "evaluation_letter", FUJIAN),
    "evaluation_letter-unqualified": letter(
        Action.CONCLUDE_UNQUALIFIED, "evaluation_letter", **{"evaluation.conclusion": "不合格"}
    ),
    "rectification_letter-henan": letter(Action.EVALUATE_ISSUES, "rectification_letter", reason=ISSUES),
    "rectification_letter-fujian": letter(
        Action.EVALUATE_ISSUES, "rectification_letter", FUJIAN, reason=ISSUES
    ),
    "disqualification_letter": letter(
        Action.EVALUATE_FAIL, "disqualification_letter", FUJIAN, **{"evaluation.conclusion": "不合格"}
    ),
    "correction_letter": correction(FORUM),
    "correction_letter-fujian": correction(FUJIAN),
}

LISTED = (
    Selected("p-0001", "“科创中国”试点市", "甲市科协"),
    Selected("p-0002", "甲&乙<丙>论坛", "河南省示例学会"),
)
CALENDAR = load_calendar()


def listed(slug: str, on: date, document: DocumentRef | None = None) -> dict[str, Any]:
    return publicity_details(PACKS[slug], LISTED, on, CALENDAR, document)


PUBLICITIES = {
    "publicity": listed(FORUM, date(2023, 4, 27)),
    "publicity-numbered": listed(
        FORUM, date(2023, 4, 27), DocumentRef("豫科协〔2023〕2号", date(2023, 4, 26))
    ),
    "publicity-nomination": listed("h21-st-award-nomination", date(2021, 6, 1)),
    "publicity-provisional": listed(FORUM, date(2035, 12, 28)),
    "publicity-fujian": listed(FUJIAN, date(2016, 6, 1)),
}
