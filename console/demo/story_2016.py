"""Fujian, 2016–2017: pilot societies from the call to the end of the pilot, told step by step.

Rectification: one is met on its last day, one is overdue; one society is disqualified by formal document.
Every month is reported, one of them late.
"""

from __future__ import annotations

from itertools import pairwise

from console.demo.books_2016 import BOOKS
from console.demo.steps import Report, Step, act, call, chapter, owes, report, sign, take_in

APPLIED = BOOKS[0].name
FOUR = "fj-1 fj-2 fj-3 fj-4"

SELECTION = (
    call("2016-03-28", "fj-department", "fj16-pilot-society", "2016-04-29"),
    take_in("2016-04-20", "fj-clerk", APPLIED, refused={"fj-city": "R-ELIG-01"}),
    act("2016-05-03", "fj-centre", "accept_for_form_review", f"{FOUR} fj-5 fj-6"),
    act("2016-05-05", "fj-checker", "form_pass", f"{FOUR} fj-5 fj-6", refused={"fj-6": "R-ELIG-40"}),
    act(
        "2016-05-06", "fj-checker", "return_for_completion", "fj-6",
        reason="缺企业需求材料", values={"return.received_on": "2016-05-06"},
    ),
    owes("2016-05-06", "fj-6", "completion", due="2016-05-13", status="open"),
    act("2016-05-12", "fj-checker", "lapse", "fj-6", reason="未见补正", refused="R-AMB-08"),
    act("2016-05-16", "fj-checker", "lapse", "fj-6", reason="五个工作日内未补正"),
    act("2016-05-16", "fj-centre", "review_to_department", f"{FOUR} fj-5", papers="review_record"),
    act("2016-05-20", "fj-department", "recommend", FOUR, papers="discussion_minutes", refused="R-LIFE-163"),
    act(
        "2016-05-20", "fj-department", "recommend", FOUR,
        papers="discussion_minutes", values={"selection.leader": "学会学术部部长（示例）"},
    ),
    act("2016-05-20", "fj-department", "not_recommended", "fj-5", reason="与示范区产业需求结合不够"),
    act("2016-05-27", "fj-kx", "chair_pass", FOUR, papers="chair_minutes", refused="R-ROLE-26"),
    act("2016-05-27", "fj-chair", "chair_pass", FOUR, papers="chair_minutes", as_flow=True),
    act("2016-05-30", "fj-kx", "start", FOUR, papers="contract", refused="R-LIFE-65"),
    act("2016-06-01", "fj-kx", "publish_results", FOUR, papers="publication"),
    act("2016-06-02", "fj-kx", "start", FOUR, papers="contract", as_flow=True),
    sign("2016-06-03", "fj-kx"),
)  # fmt: skip

SUBSIDY = (
    act("2016-09-05", "fj-centre", "pay_subsidy", "fj-1", refused="R-FUND-16"),
    act("2016-09-06", "fj-department", "confirm_progress", "fj-1", papers="progress_confirmation"),
    act(
        "2016-09-12", "fj-kx", "decide_subsidy", "fj-1",
        values={"subsidy.amount": "80000"}, document="闽科协发〔2016〕示例3号@2016-09-12",
    ),
    act("2016-09-13", "fj-centre", "pay_subsidy", "fj-1", refused="R-DL-19"),
    act("2016-09-19", "fj-clerk", "file_fund_method", "fj-1", papers="fund_method"),
    act("2016-09-20", "fj-centre", "pay_subsidy", "fj-1"),
)  # fmt: skip

EVALUATION = (
    act("2016-11-01", "fj-department", "open_evaluation", FOUR),
    act("2016-11-30", "fj-department", "evaluate_pass", "fj-1", refused="R-LIFE-55"),
    act("2016-11-30", "fj-agency", "record_evaluation", "fj-1",
        papers="evaluation_report", values={"evaluation.conclusion": "优秀"}),
    act("2016-11-30", "fj-agency", "record_evaluation", "fj-2 fj-3",
        papers="evaluation_report", values={"evaluation.conclusion": "合格", "evaluation.has_issues": "是"}),
    act("2016-11-30", "fj-agency", "record_evaluation", "fj-4",
        papers="evaluation_report", values={"evaluation.conclusion": "不合格"}),
    act("2016-12-02", "fj-department", "evaluate_pass", "fj-1 fj-2", refused={"fj-2": "R-LIFE-55"}),
    act("2016-12-02", "fj-department", "evaluate_issues", "fj-2 fj-3", reason="台账不全；对接企业偏少"),
    act("2016-12-14", "fj-kx", "evaluate_fail", "fj-4", refused="R-FORM-17"),
    act("2016-12-15", "fj-kx", "evaluate_fail", "fj-4",
        document="闽科协发〔2016〕示例9号@2016-12-15", papers="disqualification_decision", as_flow=True),
    sign("2016-12-15", "fj-kx"),
)  # fmt: skip

RECTIFICATION = (
    act("2016-12-06", "fj-clerk", "record_receipt", "fj-1",
        papers="feedback_receipt", values={"evaluation.received_on": "2016-12-06"}),
    act("2016-12-06", "fj-clerk", "record_receipt", "fj-2",
        papers="feedback_receipt", values={"evaluation.received_on": "2016-12-06"}),
    act("2016-12-09", "fj-clerk", "record_receipt", "fj-3",
        papers="feedback_receipt", values={"evaluation.received_on": "2016-12-09"}),
    owes("2016-12-09", "fj-2", "rectification_report", due="2017-03-06", status="open"),
    report("2017-03-06", "fj-clerk", "rectification_report", "fj-2",
           papers="rectification_report", refused="R-DL-06"),
    act("2017-03-06", "fj-clerk", "submit_rectification", "fj-2",
        papers="rectification_report", as_flow=True),
    owes("2017-03-06", "fj-2", "rectification_report", status="met"),
    act("2017-03-10", "fj-kx", "accept_rectification", "fj-2"),
    owes("2017-03-24", "fj-3", "rectification_report", due="2017-03-09", status="overdue",
         reminded="2017-03-10 2017-03-16 2017-03-23"),
    act("2017-03-28", "fj-clerk", "submit_rectification", "fj-3", papers="rectification_report"),
    owes("2017-03-28", "fj-3", "rectification_report", status="late"),
    act("2017-04-05", "fj-kx", "accept_rectification", "fj-3"),
)  # fmt: skip

MONTHS = tuple(f"{2016 + n // 12}-{n % 12 + 1:02}" for n in range(5, 23))
"""June 2016 to November 2017; the month of the approval is told with the first."""


def _progress(month: str, following: str) -> Report:
    """The reports of one month, filed on the 15th of the next; one society forgets that of January 2017."""
    refs = FOUR if month < "2016-11" else "fj-1 fj-2" if month == "2017-01" else "fj-1 fj-2 fj-3"
    day = f"{following}-15"
    return report(day, "fj-clerk", "monthly_progress", refs, papers="monthly_report", period=month)


PROGRESS: tuple[Step, ...] = (
    *(_progress(*pair) for pair in pairwise((*MONTHS, "2017-12"))),
    owes("2017-03-01", "fj-3", "monthly_progress", period="2017-01", due="2017-02-28", status="overdue"),
    report("2017-03-10", "fj-clerk", "monthly_progress", "fj-3", papers="monthly_report", period="2017-01"),
    owes("2017-03-10", "fj-3", "monthly_progress", period="2017-01", status="late"),
)

END = (
    act("2017-12-20", "fj-kx", "end_pilot", "fj-1 fj-2 fj-3",
        papers="archive_list", refused={"fj-1": "R-FUND-28"}),
    act("2017-12-22", "fj-kx", "end_pilot", "fj-1", papers="archive_list settlement", as_flow=True),
    sign("2017-12-22", "fj-kx"),
)  # fmt: skip

CHAPTER = chapter(
    "福建 2016—2017：创新驱动助力工程试点学会", SELECTION, SUBSIDY, EVALUATION, RECTIFICATION, PROGRESS, END
)
