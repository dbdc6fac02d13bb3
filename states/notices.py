"""Which event becomes which notice or letter, for whom, and with what inside.

Literal tables and pure functions. A notice carries in `details` all that its template needs,
so that it can be rendered years later as it was meant. Never sends, never finds an address.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from states.catalogue import Programme
from states.decision import Case, Command, Finding, NoticePlan
from states.errors import DefinitionFault
from states.grounds import Ground, action_ground
from states.names import Action, Role
from states.papers import PAPERS
from states.tables import LIFECYCLES
from states.wording import chinese_amount, chinese_day, chinese_length, day_text, nested


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice. `receiver` None: whoever owes the duty."""

    slug: str
    label: str
    letter: bool
    receiver: Role | None
    template: str
    rule: str


_APP, _UNIT = Role.APPLICANT, Role.UNDERTAKING_UNIT

# fmt: off
KINDS: Mapping[str, Kind] = {row.slug: row for row in (
    Kind("reminder",                "提醒",             False, None,  "reminder",         "R-FORM-39"),
    Kind("overdue",                 "逾期",             False, None,  "overdue",          "R-FORM-39"),
    Kind("suggestion",              "建议提醒",         False, None,  "suggestion",       "R-FORM-39"),
    Kind("escalation",              "提请督促",         False, None,  "escalation",       "R-DL-02"),
    Kind("acknowledgement",         "受理回执",         False, _APP,  "acknowledgement",  "R-LIFE-32"),
    Kind("completion_letter",       "退回补正",         True,  _APP,  "completion",       "R-FORM-40"),
    Kind("form_failed_letter",      "形式审查未通过",   True,  _APP,  "form_failed",      "R-LIFE-35"),
    Kind("approval_letter",         "立项",             True,  _APP,  "approval",         "R-FORM-38"),
    Kind("rejection_letter",        "不予立项",         True,  _APP,  "rejection",        "R-FORM-38"),
    Kind("extension_letter",        "延期批复",         True,  _UNIT, "extension",        "R-FORM-21"),
    Kind("halt_letter",             "中止批复",         True,  _UNIT, "halt",             "R-FORM-22"),
    Kind("evaluation_letter",       "绩效评价结果反馈", True,  _UNIT, "evaluation",       "R-FORM-15"),
    Kind("rectification_letter",    "整改",             True,  _UNIT, "rectification",    "R-LIFE-56"),
    Kind("correction_letter",       "更正",             True,  _UNIT, "correction",       "R-LIFE-160"),
    Kind("disqualification_letter", "取消资格",         True,  _UNIT, "disqualification", "R-FORM-17"),
)}

SUBJECTS: Mapping[str, str] = {
    "reminder":                "提醒：“{title}”{duty_label}（截止{due_cn}）",
    "overdue":                 "逾期：“{title}”{duty_label}（{due_cn}已到期）",
    "suggestion":              "建议：“{title}”{duty_label}（建议日期{due_cn}）",
    "escalation":              "提请督促：“{title}”{duty_label}（{due_cn}到期，已逾期{days}日）",
    "acknowledgement":         "受理回执：“{title}”",
    "completion_letter":       "关于“{title}”申报材料补正的通知",
    "form_failed_letter":      "关于“{title}”形式审查未通过的通知",
    "approval_letter":         "关于“{title}”立项的通知",
    "rejection_letter":        "关于“{title}”不予立项的通知",
    "extension_letter":        "关于“{title}”延期申请的批复",
    "halt_letter":             "关于“{title}”中止申请的批复",
    "evaluation_letter":       "关于“{title}”绩效评价结果的反馈",
    "rectification_letter":    "关于“{title}”限期整改的通知",
    "correction_letter":       "关于更正“{title}”有关通知的函",
    "disqualification_letter": "关于取消“{title}”试点资格的决定",
}

ACTION_NOTICES: Mapping[Action, tuple[str, ...]] = {
    Action.ACCEPT_FOR_FORM_REVIEW: ("acknowledgement",),
    Action.RETURN_FOR_COMPLETION:  ("completion_letter",),
    Action.FORM_REJECT:            ("form_failed_letter",),
    Action.LAPSE:                  ("form_failed_letter",),
    Action.REVIEW_SELECT:          ("approval_letter",),
    Action.CHAIR_PASS:             ("approval_letter",),
    Action.PROMOTE_RESERVE:        ("approval_letter",),
    Action.REVIEW_REJECT:          ("rejection_letter",),
    Action.NOT_RECOMMENDED:        ("rejection_letter",),
    Action.CHAIR_REJECT:           ("rejection_letter",),
    Action.APPROVE_EXTENSION:      ("extension_letter",),
    Action.REFUSE_EXTENSION:       ("extension_letter",),
    Action.APPROVE_HALT:           ("halt_letter",),
    Action.REFUSE_HALT:            ("halt_letter",),
    Action.EVALUATE_PASS:          ("evaluation_letter",),
    Action.EVALUATE_ISSUES:        ("evaluation_letter", "rectification_letter"),
    Action.EVALUATE_FAIL:          ("disqualification_letter",),
    Action.CONCLUDE_UNQUALIFIED:   ("evaluation_letter",),
}
# fmt: on

LISTING = frozenset({Action.RETURN_FOR_COMPLETION, Action.FORM_REJECT})
"""Actions whose letter lists all that was found against the application (一次性告知, R-AMB-08)."""
MINUTED = frozenset({Action.CHAIR_PASS, Action.CHAIR_REJECT})  # their document is that of the minutes
REFUSALS = frozenset({Action.REFUSE_EXTENSION, Action.REFUSE_HALT})
ASSOCIATIONS = {"henan": "河南省科学技术协会", "fujian": "福建省科学技术协会"}
UNIT_ROLES = frozenset({Role.APPLICANT, Role.UNDERTAKING_UNIT})
PERIODS = {"completion_letter": ("completion", "W5"), "rectification_letter": ("rectification_report", "P3M")}
"""The duty that a letter opens, with the length that holds where the pack gives none (R-AMB-08, R-DL-06)."""

_FACT_NAME = re.compile(r"（[a-z]+(?:[._][a-z0-9]+)*）")  # a letter's readers have never seen one
_NUMBERING = re.compile(r"^(?:[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）.．、]|[①-⑳])\s*(?!\d)")
"""The number that a person set before a point; a letter numbers its points itself."""
_KEY_PART = re.compile(r"[A-Za-z0-9_-]*")


def notice_key(
    project: str, kind: str, duty: str, duty_occurrence: str, occurrence: str, receiver: str, channel: str
) -> str:
    """The key of a notice: h20-young-talent-0001.midterm_report..reminder.2020-06-30.due.applicant.mail.

    ASCII and fit for a file name. Raises DefinitionFault for parts that are no ids or ISO dates,
    since a dot or a slash in one of them could make two notices one.
    """
    parts = (project, duty, duty_occurrence, kind, *occurrence.split(":"), receiver, channel)
    if not _KEY_PART.fullmatch("".join(parts)):
        wrong = next(part for part in parts if not _KEY_PART.fullmatch(part))
        raise DefinitionFault(f"通知编号只能由编号和日期组成，不接受“{wrong}”。")
    return ".".join(parts)


def digest_key(day: str, receiver: str, channel: str, keys: Sequence[str]) -> str:
    """The key of several notices that go out as one message: it rests on theirs and on nothing else."""
    mark = hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:16]
    return f"digest.{day}.{receiver}.{channel}.{mark}"


def action_notices(
    action: Action,
    case: Case,
    facts: Mapping[str, Any],
    command: Command,
    programme: Programme,
    found: Sequence[Finding] = (),
) -> tuple[NoticePlan, ...]:
    """What an accepted action gives rise to; `facts` are those after it, `found` what stands against it.

    The occurrence is left empty: the caller sets it to the version that the action makes.
    """
    amount = _amount(facts, command, programme)
    said = {
        "action": action.value,
        "granted": action not in REFUSALS,
        "amount": None if amount is None else chinese_amount(amount),
        "old_end_cn": day_text(case.facts.get("project.ends_on")),
        "new_end_cn": day_text(_new_end(action, facts)),
        **_decision(facts, command, found if action in LISTING else ()),
    }
    plans = []
    for slug in ACTION_NOTICES.get(action, ()):
        kind = KINDS[slug]
        receiver = kind.receiver or Role.UNDERTAKING_UNIT
        ground = action_ground(slug, action, programme, command.on, amount)
        details = common(case, programme, command.on, receiver, ground) | said | _period(slug, programme)
        details |= _receipt(case, programme) if slug == "acknowledgement" else {}
        details |= {"due_cn": day_text(facts.get("return.due_on"))} if slug == "completion_letter" else {}
        plans.append(plan_of(kind, receiver, details, "", None))
    return tuple(plans)


def correction_notice(
    case: Case, facts: Mapping[str, Any], command: Command, programme: Programme
) -> NoticePlan:
    """The letter that takes back what a delivered letter said, when its step is undone (R-LIFE-160)."""
    kind, undone = KINDS["correction_letter"], case.steps[-1]
    receiver = kind.receiver or Role.UNDERTAKING_UNIT
    ground = action_ground(kind.slug, command.action, programme, command.on)
    label = Action(undone.action).label if undone.action in set(Action) else undone.action
    details = common(case, programme, command.on, receiver, ground) | _decision(facts, command)
    details |= {"action": command.action.value, "undone": label, "undone_cn": chinese_day(undone.on)}
    return plan_of(kind, receiver, details, "", None)


def plan_of(
    kind: Kind, receiver: str, details: dict[str, Any], occurrence: str, duty: tuple[str, str] | None
) -> NoticePlan:
    """A notice of a kind with its subject made from what it says."""
    return NoticePlan(
        kind=kind.slug,
        receiver=str(receiver),
        subject=nested(SUBJECTS[kind.slug].format_map(details)),
        letter=kind.letter,
        occurrence=occurrence,
        duty=duty,
        details=details,
    )


def common(case: Case, programme: Programme, on: date, receiver: Role, ground: Ground) -> dict[str, Any]:
    """What every notice says: about which project, from whom, to whom, on what clause."""
    association = str(programme.setting("association_name", on) or ASSOCIATIONS[programme.province])
    return {
        "project": case.id,
        "title": case.title,
        "unit": case.unit.name,
        "programme": programme.title,
        "association": association,
        "addressee": case.unit.name if receiver in UNIT_ROLES else association,
        "to_unit": receiver in UNIT_ROLES,
        "verb": "申报" if receiver is Role.APPLICANT else "承担",
        "phone": programme.phone,
        "rule": ground.rule,
        "document": ground.document,
        "clause": ground.clause,
        "quote": ground.quote,
        "basis": ground.text,
        "cited": ground.cited,
    }


def _decision(facts: Mapping[str, Any], command: Command, found: Sequence[Finding] = ()) -> dict[str, Any]:
    document = None if command.action in MINUTED else command.document
    told = (_NUMBERING.sub("", part.strip()) for part in re.split(r"[\n；;]+", command.reason or ""))
    defects = list(dict.fromkeys([*map(_defect, found), *(part for part in told if re.search(r"\w", part))]))
    grade = command.values.get("evaluation.conclusion", facts.get("evaluation.conclusion"))
    issues = facts.get("evaluation.has_issues")
    return {
        "on": command.on.isoformat(),
        "on_cn": chinese_day(command.on),
        "number": document.number if document else None,
        "number_date": document.date.isoformat() if document else None,
        "number_date_cn": chinese_day(document.date) if document else None,
        "reason": command.reason,
        "defects": defects,
        "grade": None if grade is None else str(grade),
        "has_issues": command.action is Action.EVALUATE_ISSUES or issues is True,
        "concluded_cn": day_text(facts.get("evaluation.concluded_on")),
    }


def _defect(found: Finding) -> str:
    """What stands against an application, with the words of its clause where a document has them."""
    told = _FACT_NAME.sub("", found.message)
    return told if found.cite is None else f"{told}（{found.clause or ''}“{found.cite}”）"


def _receipt(case: Case, programme: Programme) -> dict[str, Any]:
    """What a receipt says: the day on which the application came in, and the papers that came with it."""
    handing_in = LIFECYCLES[case.lifecycle].hands_in
    came = [step.on for step in case.steps if step.action == handing_in]
    specs = programme.materials
    papers = [
        specs[slug].label if slug in specs else PAPERS.get(slug, slug) for slug in sorted(case.materials)
    ]
    return {"handed_in_cn": chinese_day(came[-1]) if came else None, "papers": papers}


def _period(kind: str, programme: Programme) -> dict[str, Any]:
    if kind not in PERIODS:
        return {"period_cn": None}
    slug, default = PERIODS[kind]
    spec = programme.duties.get(slug)
    return {"period_cn": chinese_length((spec.length if spec else None) or default)}


def _new_end(action: Action, facts: Mapping[str, Any]) -> Any:
    if action is Action.APPROVE_EXTENSION:
        return facts.get("project.ends_on") or facts.get("request.new_end")
    return facts.get("request.new_end") if action is Action.REFUSE_EXTENSION else facts.get("project.ends_on")


def _amount(facts: Mapping[str, Any], command: Command, programme: Programme) -> int | None:
    fen = facts.get("project.amount", programme.amount_fen_on(command.on))
    return None if fen is None else int(fen)
