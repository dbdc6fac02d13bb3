"""Henan, 2020–2022: academic events that applied, and the five events that the 2021 document names.

Event dates that move, an extension granted and one refused, a halt that is resumed and one that is settled.
"""

from __future__ import annotations

from console.demo.books_2020 import APPLICATIONS, EVENT_2020, NAMED
from console.demo.steps import act, call, chapter, owes, report, sign, take_in

THREE = "ev20-1 ev20-2 ev20-3"
FIVE = "thyroid yellow-river superhard instruments lighting"
NOTICE_2021 = "豫科协办发〔2021〕9号@2021-04-29"

APPROVAL_2020 = (
    call("2020-05-06", "hn-kx", EVENT_2020, "2020-06-10"),
    take_in("2020-05-20", "hn-clerk", APPLICATIONS, refused={"ev20-univ": "R-ELIG-01"}),
    act("2020-06-12", "hn-checker", "accept_for_form_review", THREE),
    act("2020-06-15", "hn-checker", "form_pass", THREE),
    act("2020-06-23", "hn-kx", "review_select", THREE, papers="review_record", refused="R-FUND-25"),
    act("2020-06-24", "hn-kx", "review_select", THREE,
        papers="review_record", values={"amount": "50000"}, as_flow=True),
    act("2020-07-02", "hn-kx", "start", THREE, papers="implementation_plan", refused="R-LIFE-161"),
    act("2020-07-03", "hn-kx", "start", THREE, papers="implementation_plan"),
    sign("2020-07-03", "hn-kx"),
)  # fmt: skip

# The meeting is put off, then brought forward again: the day of the report goes with it, both ways.
MOVING_DATE = (
    owes("2020-07-03", "ev20-2", "preparation_report", due="2020-08-10", status="open"),
    act("2020-07-20", "lighting", "reschedule_event", "ev20-2",
        values={"event.starts_on": "2020-11-12"}, reason="场地调整", refused="R-ROLE-26"),
    act("2020-07-20", "sensing", "reschedule_event", "ev20-2",
        values={"event.starts_on": "2020-11-12"}, reason="场地调整"),
    owes("2020-07-20", "ev20-2", "preparation_report", due="2020-10-12", status="open"),
    act("2020-09-01", "sensing", "reschedule_event", "ev20-2",
        values={"event.starts_on": "2020-10-28"}, reason="与全国学会年会合办，提前", as_flow=True),
    owes("2020-09-01", "ev20-2", "preparation_report", due="2020-09-28", status="open"),
    report("2020-09-28", "sensing", "preparation_report", "ev20-2", papers="preparation_plan"),
    owes("2020-09-28", "ev20-2", "preparation_report", status="met"),
)  # fmt: skip

HALT_2020 = (
    act("2020-08-03", "hn-clerk", "request_halt", "ev20-3", papers="halt_request", reason="专家赴外地防疫"),
    act("2020-08-10", "hn-kx", "approve_halt", "ev20-3", document="豫科协发〔2020〕示例11号@2020-08-10"),
    owes("2020-08-10", "ev20-3", "preparation_report", status="suspended"),
    act("2020-09-07", "hn-kx", "resume_halted", "ev20-3", reason="专家返豫，恢复实施", as_flow=True),
    owes("2020-09-07", "ev20-3", "preparation_report", due="2020-10-30", status="open"),
    report("2020-11-06", "hn-clerk", "preparation_report", "ev20-3", papers="preparation_plan"),
    owes("2020-11-06", "ev20-3", "preparation_report", status="late"),
)  # fmt: skip

END_2020 = (
    report("2020-09-15", "hn-clerk", "preparation_report", "ev20-1", papers="preparation_plan"),
    act("2020-10-09", "hn-kx", "midterm_open", THREE),
    act("2020-10-13", "hn-kx", "midterm_done", THREE, papers="midterm_opinion"),
    act("2020-12-21", "hn-kx", "open_evaluation", THREE),
    act("2020-12-28", "hn-agency", "record_evaluation", "ev20-1 ev20-2",
        papers="evaluation_report", values={"evaluation.conclusion": "良好"}),
    act("2020-12-28", "hn-agency", "record_evaluation", "ev20-3",
        papers="evaluation_report", values={"evaluation.conclusion": "不合格"}),
    act("2020-12-30", "hn-kx", "evaluate_pass", f"{THREE}", refused={"ev20-3": "R-LIFE-55"}),
    act("2020-12-30", "hn-kx", "conclude_unqualified", "ev20-3", refused="R-FORM-17"),
    act("2020-12-31", "hn-kx", "conclude_unqualified", "ev20-3",
        document="豫科协发〔2020〕示例25号@2020-12-31", as_flow=True),
    sign("2020-12-31", "hn-kx"),
    act("2021-01-04", "hn-clerk", "record_receipt", THREE,
        papers="feedback_receipt", values={"evaluation.received_on": "2021-01-04"}),
)  # fmt: skip

IMPORT_2021 = (
    take_in("2021-05-06", "hn-clerk", NAMED, refused=dict.fromkeys(FIVE.split(), "R-PROG-55")),
    take_in("2021-05-06", "hn-clerk", NAMED, draft=True),
    act("2021-05-07", "hn-kx", "import_approved", FIVE, document=NOTICE_2021, refused="R-FUND-25"),
    act("2021-05-07", "hn-kx", "import_approved", FIVE,
        document=NOTICE_2021, values={"amount": "100000"}, as_flow=True),
    act("2021-05-20", "hn-kx", "start", FIVE, papers="implementation_plan", as_flow=True),
)  # fmt: skip

NAMED_EVENTS = (
    report("2021-07-30", "hn-clerk", "preparation_report", "superhard", papers="preparation_plan"),
    report("2021-08-20", "hn-clerk", "preparation_report", "yellow-river", papers="preparation_plan"),
    owes("2021-08-31", "thyroid", "preparation_report", due="2021-09-16", status="open"),
    act("2021-09-01", "hn-clerk", "reschedule_event", "thyroid",
        values={"event.starts_on": "2021-11-13", "event.ends_on": "2021-11-14"},
        document="示例医学会函〔2021〕8号@2021-08-31", reason="国际嘉宾行程调整", as_flow=True),
    owes("2021-09-01", "thyroid", "preparation_report", due="2021-10-13", status="open"),
    report("2021-10-08", "hn-clerk", "preparation_report", "thyroid", papers="preparation_plan"),
    act("2021-09-06", "hn-kx", "midterm_open", "thyroid superhard yellow-river"),
    act("2021-09-10", "hn-kx", "midterm_issues", "yellow-river",
        papers="midterm_notice", reason="参会规模与计划不符"),
    act("2021-09-10", "hn-kx", "midterm_done", "thyroid superhard", papers="midterm_opinion"),
    act("2021-09-20", "hn-kx", "midterm_rectified", "yellow-river", papers="midterm_rectification"),
    act("2021-09-22", "hn-kx", "midterm_done", "yellow-river", papers="midterm_opinion"),
)  # fmt: skip

EXTENSION_AND_HALT = (
    act("2021-08-09", "lighting", "request_extension", "lighting",
        values={"request.new_end": "2021-12-01"}, papers="extension_request", reason="疫情",
        refused="R-FORM-21"),
    act("2021-08-09", "lighting", "request_extension", "lighting",
        values={"request.new_end": "2022-06-30"}, papers="extension_request", reason="疫情影响，改在次年"),
    act("2021-08-16", "hn-kx", "approve_extension", "lighting",
        document="豫科协发〔2021〕示例18号@2021-08-16", as_flow=True),
    act("2021-08-17", "lighting", "reschedule_event", "lighting",
        values={"event.starts_on": "2022-04-15"}, reason="随延期批复调整"),
    owes("2021-08-17", "lighting", "preparation_report", due="2022-03-15", status="open"),
    report("2022-03-10", "lighting", "preparation_report", "lighting", papers="preparation_plan"),
    act("2021-11-15", "hn-clerk", "request_extension", "yellow-river",
        values={"request.new_end": "2022-12-31"}, papers="extension_request", reason="希望增办一期"),
    act("2021-11-22", "hn-kx", "refuse_extension", "yellow-river", reason="活动已办结，增办不属延期事由"),
    act("2021-09-13", "sensing", "request_halt", "instruments", papers="halt_request", reason="承办场馆停用"),
    act("2021-09-18", "hn-kx", "approve_halt", "instruments",
        document="豫科协发〔2021〕示例20号@2021-09-18"),
    act("2021-12-15", "hn-kx", "close_halted", "instruments", refused="R-FORM-50"),
    act("2021-12-16", "hn-kx", "close_halted", "instruments", papers="settlement", as_flow=True),
)  # fmt: skip

END_2021 = (
    act("2021-12-20", "hn-kx", "open_evaluation", "thyroid yellow-river superhard"),
    act("2021-12-27", "hn-agency", "record_evaluation", "thyroid",
        papers="evaluation_report", values={"evaluation.conclusion": "优秀"}),
    act("2021-12-27", "hn-agency", "record_evaluation", "superhard",
        papers="evaluation_report", values={"evaluation.conclusion": "良好"}),
    act("2021-12-27", "hn-agency", "record_evaluation", "yellow-river",
        papers="evaluation_report", values={"evaluation.conclusion": "合格", "evaluation.has_issues": "是"}),
    act("2021-12-29", "hn-kx", "evaluate_pass", "thyroid superhard", as_flow=True),
    act("2021-12-29", "hn-kx", "evaluate_issues", "yellow-river", reason="经费支出凭证不全"),
    act("2021-12-31", "hn-clerk", "record_receipt", "yellow-river",
        papers="feedback_receipt", values={"evaluation.received_on": "2021-12-31"}),
    act("2021-12-31", "hn-clerk", "record_receipt", "thyroid superhard",
        papers="feedback_receipt", values={"evaluation.received_on": "2021-12-31"}),
    owes("2021-12-31", "yellow-river", "rectification_report", due="2022-03-31", status="open"),
    sign("2021-12-31", "hn-kx"),
    act("2022-03-18", "hn-clerk", "submit_rectification", "yellow-river", papers="rectification_report"),
    act("2022-03-25", "hn-kx", "accept_rectification", "yellow-river"),
    act("2022-06-24", "hn-kx", "open_evaluation", "lighting"),
    act("2022-06-28", "hn-agency", "record_evaluation", "lighting",
        papers="evaluation_report", values={"evaluation.conclusion": "良好"}),
    act("2022-06-30", "hn-kx", "evaluate_pass", "lighting"),
    sign("2022-06-30", "hn-kx"),
    act("2022-07-04", "hn-clerk", "record_receipt", "lighting",
        papers="feedback_receipt", values={"evaluation.received_on": "2022-07-04"}),
)  # fmt: skip

CHAPTER_2020 = chapter("河南 2020：学术技术交流活动", APPROVAL_2020, MOVING_DATE, HALT_2020, END_2020)
CHAPTER_2021 = chapter(
    "河南 2021—2022：文件直接列名的学术平台与重点活动",
    IMPORT_2021,
    NAMED_EVENTS,
    EXTENSION_AND_HALT,
    END_2021,
)
