"""Henan, 2023–2025: 「科创中原」 with societies, events, young talents and a pilot city, told step by step.

More applicants than places, conditions that are not met, and two years of a talent's half-yearly guidance.
"""

from __future__ import annotations

from console.demo.books_2023 import (
    APPLICATIONS,
    COMPLETED,
    INTERNATIONAL,
    LATE,
    PROVINCIAL,
    SOCIETY,
    TALENT,
)
from console.demo.steps import Report, act, call, chapter, owes, report, sign, take_in, until
from console.demo.story_city import PILOT


def _numbered(name: str, first: int, last: int) -> str:
    return " ".join(f"{name}-{number}" for number in range(first, last + 1))


SOCIETIES = _numbered("society", 1, 5)
EVENTS = f"{_numbered('intl', 1, 3)} {_numbered('prov', 1, 8)}"
TALENTS = _numbered("talent", 1, 4)
SURPLUS = "society-6 society-7"
UNFIT = {"society-8": "R-ELIG-05", "intl-4": "R-ELIG-36", "talent-5": "R-ELIG-18"}
CHECKED = f"{_numbered('society', 1, 4)} {EVENTS} {TALENTS} {SURPLUS} {' '.join(UNFIT)}"

FORM_REVIEW = (
    call("2023-02-01", "hn-kx", f"{SOCIETY} {INTERNATIONAL} {PROVINCIAL} {TALENT}", "2023-03-31"),
    take_in("2023-03-20", "hn-clerk", APPLICATIONS.name, unreadable="示例：青年人才托举—示例庚",
            refused={"society-dup": "R-ELIG-45", "society-city": "R-ELIG-01", "talent-6": "R-ELIG-17"}),
    take_in("2023-04-03", "hn-clerk", LATE.name, refused={"society-late": "R-DL-17"}),
    act("2023-04-03", "hn-checker", "accept_for_form_review", f"{CHECKED} society-5", as_flow=True),
    act("2023-04-04", "hn-checker", "form_pass", "society-5", refused="R-ELIG-54"),
    act("2023-04-04", "hn-checker", "return_for_completion", "society-5",
        reason="缺年度发展目标计划", values={"return.received_on": "2023-04-04"}),
    owes("2023-04-04", "society-5", "completion", due="2023-04-12", status="open"),
    take_in("2023-04-12", "hn-clerk", COMPLETED.name),
    owes("2023-04-12", "society-5", "completion", status="met"),
    act("2023-04-13", "hn-checker", "accept_for_form_review", "society-5"),
    act("2023-04-14", "hn-both", "form_pass", "society-5"),
    act("2023-04-14", "hn-checker", "form_pass", CHECKED, refused=UNFIT, as_flow=True),
    act("2023-04-17", "hn-both", "form_reject", "society-8", reason="党组织不健全"),
    act("2023-04-17", "hn-both", "form_reject", "intl-4", reason="没有全国性学术组织作为主办单位"),
    act("2023-04-17", "hn-both", "form_reject", "talent-5", reason="1987年10月29日出生，早于1987年10月30日"),
)  # fmt: skip

AWARD = (
    act("2023-05-04", "hn-checker", "review_select", SOCIETIES, papers="review_record", refused="R-ROLE-26"),
    act("2023-05-04", "hn-both", "review_select", SOCIETIES, papers="review_record",
        refused=dict.fromkeys(["society-5"], "R-LIFE-66")),
    act("2023-05-04", "hn-kx", "review_select", f"society-5 {SURPLUS}", papers="review_record",
        refused=dict.fromkeys(SURPLUS.split(), "R-LIFE-63"), as_flow=True),
    act("2023-05-04", "hn-kx", "review_select", f"{EVENTS} {TALENTS}", papers="review_record"),
    act("2023-05-04", "hn-kx", "review_reject", SURPLUS, as_flow=True),
    act("2023-05-10", "hn-kx", "start", f"{SOCIETIES} {EVENTS} {TALENTS}",
        papers="implementation_plan", refused="R-LIFE-161"),
    act("2023-05-11", "hn-kx", "start", f"{SOCIETIES} {EVENTS} {TALENTS}",
        papers="implementation_plan", as_flow=True),
    sign("2023-05-11", "hn-kx"),
)  # fmt: skip

SOCIETY_YEAR = (
    act("2023-08-01", "hn-clerk", "request_halt", "society-5", papers="halt_request", reason="秘书处搬迁"),
    act("2023-08-07", "hn-kx", "approve_halt", "society-5", document="豫科协发〔2023〕示例12号@2023-08-07"),
    act("2023-10-09", "hn-kx", "resume_halted", "society-5", reason="搬迁完毕"),
    act("2023-09-04", "hn-both", "midterm_open", "society-1 society-2 society-3 society-4"),
    act("2023-09-05", "hn-both", "reverse_step", "society-4", reason="误点", refused="R-LIFE-160"),
    act("2023-09-05", "hn-kx", "reverse_step", "society-4", reason="该会中期考核安排在十月", as_flow=True),
    act("2023-09-12", "hn-kx", "midterm_done", "society-1 society-2 society-3", papers="midterm_opinion"),
    act("2023-10-16", "hn-kx", "midterm_open", "society-4 society-5"),
    act("2023-10-20", "hn-kx", "midterm_done", "society-4 society-5", papers="midterm_opinion"),
    act("2023-12-18", "hn-kx", "open_evaluation", _numbered("society", 1, 4)),
    act("2023-12-25", "hn-agency", "record_evaluation", "society-1",
        papers="evaluation_report", values={"evaluation.conclusion": "优秀"}),
    act("2023-12-25", "hn-agency", "record_evaluation", "society-2",
        papers="evaluation_report", values={"evaluation.conclusion": "良好"}),
    act("2023-12-25", "hn-agency", "record_evaluation", "society-3",
        papers="evaluation_report", values={"evaluation.conclusion": "合格", "evaluation.has_issues": "是"}),
    act("2023-12-25", "hn-agency", "record_evaluation", "society-4",
        papers="evaluation_report", values={"evaluation.conclusion": "不合格"}),
    act("2023-12-27", "hn-kx", "evaluate_pass", "society-1 society-2"),
    act("2023-12-27", "hn-kx", "evaluate_issues", "society-3", reason="量化目标完成过半，台账不全"),
    act("2023-12-29", "hn-kx", "conclude_unqualified", "society-4",
        document="豫科协发〔2023〕示例30号@2023-12-29"),
    sign("2023-12-29", "hn-kx"),
    act("2024-01-04", "hn-clerk", "record_receipt", _numbered("society", 1, 4),
        papers="feedback_receipt", values={"evaluation.received_on": "2024-01-04"}),
    act("2024-03-20", "hn-clerk", "submit_rectification", "society-3", papers="rectification_report"),
    act("2024-03-27", "hn-kx", "accept_rectification", "society-3"),
    act("2023-12-11", "hn-clerk", "request_extension", "society-5",
        values={"request.new_end": "2024-04-30"}, papers="extension_request", reason="因搬迁中止两个月"),
    act("2023-12-15", "hn-kx", "approve_extension", "society-5",
        document="豫科协发〔2023〕示例28号@2023-12-15"),
    act("2024-04-28", "hn-kx", "open_evaluation", "society-5"),
)  # fmt: skip

EVENT_YEAR = (
    report("2023-07-14", "hn-clerk", "preparation_report", "prov-1 prov-2 prov-3", papers="preparation_plan"),
    report("2023-08-11", "hn-clerk", "preparation_report", "intl-1 prov-4 prov-5 prov-6",
           papers="preparation_plan"),
    act("2023-08-28", "hn-kx", "midterm_open", EVENTS),
    act("2023-09-06", "hn-kx", "midterm_done", EVENTS, papers="midterm_opinion"),
    report("2023-09-12", "hn-clerk", "preparation_report", "intl-2", papers="preparation_plan"),
    report("2023-09-25", "hn-clerk", "preparation_report", "prov-7", papers="preparation_plan"),
    owes("2023-09-25", "prov-7", "preparation_report", due="2023-09-20", status="late"),
    owes("2023-10-05", "prov-8", "preparation_report", status="overdue", reminded="2023-09-21 2023-09-27"),
    act("2023-10-08", "hn-clerk", "reschedule_event", "intl-3", values={"event.starts_on": "2023-10-30"},
        document="示例肿瘤学会函〔2023〕6号@2023-10-07", reason="与院士行程衔接，提前"),
    owes("2023-10-08", "intl-3", "preparation_report", due="2023-10-08", status="open"),
    act("2023-10-08", "hn-kx", "accept_reschedule", "intl-3", reason="提前理由成立"),
    report("2023-10-08", "hn-clerk", "preparation_report", "intl-3", papers="preparation_plan"),
    owes("2023-10-08", "intl-3", "preparation_report", status="met"),
    act("2023-12-04", "hn-kx", "open_evaluation", EVENTS),
    act("2023-12-15", "hn-agency", "record_evaluation", EVENTS,
        papers="evaluation_report", values={"evaluation.conclusion": "合格"}),
    act("2023-12-20", "hn-kx", "evaluate_pass", EVENTS, as_flow=True),
    sign("2023-12-20", "hn-kx"),
    act("2023-12-25", "hn-clerk", "record_receipt", EVENTS,
        papers="feedback_receipt", values={"evaluation.received_on": "2023-12-25"}),
)  # fmt: skip

# Four half-years: a session held in one of them does not make up for the one before.
EXPERTS = "示例托举专家甲、示例托举专家乙、示例托举专家丙"


def _session(on: str, subject: str, talents: str) -> Report:
    """One session of guidance with its record: day, subject and the experts who came."""
    told = {"held_on": on, "subject": subject, "experts": EXPERTS}
    return report(on, "hn-clerk", "half_year_guidance", talents, papers="guidance_record", values=told)


GUIDANCE = (
    _session("2023-11-10", "培养方案与选题", TALENTS),
    _session("2024-05-10", "课题进展", "talent-1 talent-3 talent-4"),
    owes("2024-05-13", "talent-2", "half_year_guidance", period="2", due="2024-05-11", status="overdue"),
    _session("2024-10-30", "论文与成果转化", TALENTS),
    owes("2024-10-30", "talent-2", "half_year_guidance", period="2", status="overdue"),
    owes("2024-10-30", "talent-2", "half_year_guidance", period="3", status="met"),
    _session("2025-05-09", "结题准备", "talent-1 talent-2 talent-3"),
    report("2025-05-09", "hn-clerk", "cycle_summary", "talent-1 talent-2 talent-3", papers="cycle_summary"),
)

TALENT_CYCLE = (
    act("2024-05-20", "hn-kx", "midterm_open", TALENTS),
    act("2024-05-28", "hn-kx", "midterm_done", TALENTS, papers="midterm_opinion"),
    act("2025-03-10", "hn-clerk", "request_extension", "talent-4",
        values={"request.new_end": "2025-12-31"}, papers="extension_request", reason="被托举人产假"),
    act("2025-03-14", "hn-kx", "approve_extension", "talent-4",
        document="豫科协发〔2025〕示例5号@2025-03-14"),
    act("2025-05-12", "hn-kx", "open_evaluation", "talent-1 talent-2 talent-3"),
    act("2025-05-30", "hn-agency", "record_evaluation", "talent-1",
        papers="evaluation_report", values={"evaluation.conclusion": "优秀"}),
    act("2025-05-30", "hn-agency", "record_evaluation", "talent-2",
        papers="evaluation_report", values={"evaluation.conclusion": "合格", "evaluation.has_issues": "是"}),
    act("2025-06-05", "hn-kx", "evaluate_pass", "talent-1", as_flow=True),
    act("2025-06-05", "hn-kx", "evaluate_issues", "talent-2", reason="第二个半年未组织集中跟进指导"),
    act("2025-06-20", "hn-clerk", "record_receipt", "talent-1 talent-2",
        papers="feedback_receipt", values={"evaluation.received_on": "2025-06-20"}),
    owes("2025-06-20", "talent-2", "rectification_report", due="2025-09-22", status="open"),
    until("2025-09-30"),
)  # fmt: skip

CHAPTER = chapter(
    "河南 2023—2025：“科创中原”行动",
    FORM_REVIEW,
    AWARD,
    PILOT,
    SOCIETY_YEAR,
    EVENT_YEAR,
    GUIDANCE,
    TALENT_CYCLE,
)
