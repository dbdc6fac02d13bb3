"""Rows that several lifecycles share: one row per line, shared, not copied."""

from __future__ import annotations

from states.names import Action as A
from states.names import State as S
from states.tables.row import (
    ANY,
    APPLICANT,
    ASSOCIATION,
    CHECKER,
    EVALUATORS,
    F16,
    FORMAL,
    H20,
    NO,
    RECORDERS,
    UNIT,
    WRITTEN,
    Row,
    To,
)

# One row per line is the form officials read; the formatter would break every one of them.
# fmt: off

PENDING = (S.EXTENSION_PENDING, S.HALT_PENDING)
REQUESTABLE = (S.APPROVED, S.EXECUTING, S.MIDTERM)
STOPPABLE = (S.APPROVED, S.EXECUTING, S.PERFORMANCE_REVIEW, S.RECTIFYING, S.RECTIFICATION_SUBMITTED)
MANAGED_STOPPABLE = (S.MIDTERM, S.MIDTERM_RECTIFYING, S.EXTENSION_PENDING, S.HALT_PENDING, S.HALTED)
RECEIVABLE = (S.RETURNED, S.PERFORMANCE_REVIEW, S.RECTIFYING, S.EXECUTING, S.CLOSED)

# Every table: a record is corrected, a wrong step undone, a newer pack adopted, deadlines are amended.
GENERAL: tuple[Row, ...] = (
    Row("R-LIFE-92",  A.CORRECT_RECORD,         ANY,                          To.SAME,          RECORDERS,   ("reason_given", "values_given", "receipt_dated", "amount_granted", "publication_standing", "publication_dated"), (),                                   NO),
    Row("R-LIFE-160", A.REVERSE_STEP,           ANY,                          To.PREVIOUS,      ASSOCIATION, ("reason_given", "reversible", "other_actor", "undo_within_quota", "pool_free"),      (),                                   WRITTEN),
    Row("R-DOC-07",   A.ADOPT_PACK,             ANY,                          To.SAME,          ASSOCIATION, ("reason_given", "pack_on_file", "pack_known", "pack_fits", "pool_free"), (),                                   WRITTEN),
    Row("R-DL-25",    A.AMEND_DEADLINES,        ANY,                          To.SAME,          ASSOCIATION, ("reason_given", "amendment_given", "still_running", "amendable"),                    (),                                   FORMAL),
    Row("R-DL-25",    A.ADJUST_GRACE,           ANY,                          To.SAME,          ASSOCIATION, ("reason_given", "amendment_given", "still_running", "amendable"),                    (),                                   WRITTEN),
    Row("R-LIFE-160", A.UNDO_AMENDMENT,         ANY,                          To.SAME,          ASSOCIATION, ("reason_given", "amendment_given", "amendable"),                                     (),                                   WRITTEN),
)

# Every lifecycle of a funded project.
COMMON: tuple[Row, ...] = (
    Row("R-LIFE-33",  A.RETURN_FOR_COMPLETION,  (S.FORM_REVIEW,),             S.RETURNED,       CHECKER,     ("defects_listed", "returned_once"),                (),                                   WRITTEN),
    Row("R-LIFE-35",  A.FORM_REJECT,            (S.FORM_REVIEW,),             S.FORM_FAILED,    CHECKER,     ("reason_given", "fresh_checker"),                                  (),                                   WRITTEN),
    Row("R-LIFE-149", A.LAPSE,                  (S.RETURNED,),                S.FORM_FAILED,    CHECKER,     ("completion_overdue", "completion_certain"),                            (),                                   WRITTEN),
    Row("R-LIFE-147", A.REVIEW_FORM_DECISION,   (S.FORM_FAILED,),             S.FORM_REVIEW,    ASSOCIATION, ("reason_given", "other_checker"),                  (),                                   WRITTEN, reopens=True),
    Row("R-LIFE-143", A.RELINQUISH,             (S.APPROVED,),                S.WITHDRAWN,      ASSOCIATION, ("nothing_paid",),                                  ("relinquish_request",),              WRITTEN),
    Row("R-LIFE-65",  A.PUBLISH_RESULTS,        (S.APPROVED,),                To.SAME,          ASSOCIATION, ("publication_dated",),                                                 (),                                   NO,      F16,  "遴选结果在省科协网站对社会公开"),
    Row("R-LIFE-161", A.RECORD_OBJECTION,       (S.APPROVED, S.NOT_SELECTED), To.SAME,          RECORDERS,   ("reason_given",),                                  (),                                   WRITTEN),
    Row("R-LIFE-161", A.DECIDE_OBJECTION,       (S.APPROVED, S.NOT_SELECTED), To.SAME,          ASSOCIATION, ("objection_pending", "objection_answered"),        (),                                   WRITTEN),
    Row("R-LIFE-44",  A.START,                  (S.APPROVED,),                S.EXECUTING,      ASSOCIATION, ("published", "publicity_over", "publicity_certain", "no_open_objection", "start_dated", "end_after_start"), ("contract|implementation_plan",),  NO,      F16,  "严格按照项目任务合同书要求实施项目"),
    Row("R-LIFE-162", A.RECORD_EVALUATION,      (S.PERFORMANCE_REVIEW,),      To.SAME,          EVALUATORS,  ("conclusion_given", "outsider"),                   ("evaluation_report",),               NO,      F16,  "自行组织专家或委托专业机构"),
    Row("R-AMB-24",   A.RECORD_RECEIPT,         RECEIVABLE,                   To.SAME,          RECORDERS,   ("receipt_expected", "receipt_given", "receipt_dated"),             (),                                   NO,      F16,  "接到评价结果三个月内"),
    Row("R-LIFE-58",  A.SUBMIT_RECTIFICATION,   (S.RECTIFYING,),              S.RECTIFICATION_SUBMITTED, UNIT, (),                                               ("rectification_report",),            NO,      F16,  "按要求整改完毕，并将整改情况书面报"),
    Row("R-LIFE-71",  A.RETURN_RECTIFICATION,   (S.RECTIFICATION_SUBMITTED,), S.RECTIFYING,     ASSOCIATION, ("reason_given",),                                  (),                                   WRITTEN),
    Row("R-LIFE-137", A.EXTEND_RECTIFICATION,   (S.RECTIFYING,),              To.SAME,          ASSOCIATION, ("new_rectification_date",),                        (),                                   WRITTEN),
    Row("R-LIFE-136", A.ORDER_REEVALUATION,     (S.RECTIFYING, S.RECTIFICATION_SUBMITTED), S.PERFORMANCE_REVIEW, ASSOCIATION, ("reason_given",),                 (),                                   WRITTEN),
    Row("R-LIFE-142", A.TERMINATE,              STOPPABLE,                    S.TERMINATED,     ASSOCIATION, ("missed_certain",),                                             ("settlement",),                      FORMAL),
    Row("R-LIFE-91",  A.RESCHEDULE_EVENT,       (S.APPROVED, S.EXECUTING),    To.SAME,          UNIT,        ("reason_given", "event_date_given"),               (),                                   NO),
    Row("R-AMB-47",   A.ACCEPT_RESCHEDULE,      (S.APPROVED, S.EXECUTING),    To.SAME,          ASSOCIATION, ("reason_given", "reschedule_pending"),             (),                                   NO),
    Row("R-LIFE-69",  A.RECORD_INSPECTION,      STOPPABLE,                    To.SAME,          RECORDERS,   ("reason_given",),                                  (),                                   NO,      F16,  "进行定期或不定期的监督检查"),
)


# Where experts review after the form review: all but the counties.
REVIEWED: tuple[Row, ...] = (
    Row("R-LIFE-30",  A.SUBMIT,                 (S.DRAFT, S.RETURNED),        S.SUBMITTED,      APPLICANT,   ("call_open",),                                     (),                                   NO,      F16,  "各申报单位均需提交申报函和工作实施方案"),
    Row("R-LIFE-34",  A.FORM_PASS,              (S.FORM_REVIEW,),             S.EXPERT_REVIEW,  CHECKER,     ("eligible", "fresh_checker"),                                      (),                                   NO,      F16,  "形式审查由省科技咨询服务中心负责"),
    Row("R-LIFE-146", A.REOPEN_REVIEW,          (S.NOT_SELECTED,),            S.EXPERT_REVIEW,  ASSOCIATION, ("reason_given", "review_reached", "objection_decided"),                 (),                                   WRITTEN, reopens=True),
)

# Midterm, extension and halt: printed in henan-2020; elsewhere only by switch (R-AMB-43).
MANAGED: tuple[Row, ...] = (
    Row("R-LIFE-45",  A.MIDTERM_OPEN,           (S.EXECUTING,),               S.MIDTERM,            ASSOCIATION, (),                                             (),                                   NO,      H20,  "通过组织中期考核、实地调研和召开现场会"),
    Row("R-LIFE-46",  A.MIDTERM_DONE,           (S.MIDTERM,),                 S.EXECUTING,          ASSOCIATION, (),                                             ("midterm_opinion",),                 NO,      H20,  "项目实施情况进行考察监督"),
    Row("R-LIFE-139", A.MIDTERM_ISSUES,         (S.MIDTERM,),                 S.MIDTERM_RECTIFYING, ASSOCIATION, ("reason_given",),                              ("midterm_notice|document",),         WRITTEN),
    Row("R-LIFE-140", A.MIDTERM_RECTIFIED,      (S.MIDTERM_RECTIFYING,),      S.MIDTERM,            ASSOCIATION, (),                                             ("midterm_rectification",),           NO),
    Row("R-LIFE-47",  A.REQUEST_EXTENSION,      REQUESTABLE,                  S.EXTENSION_PENDING,  UNIT,        ("new_end_requested", "reason_given"),          ("extension_request",),               NO,      H20,  "因特殊原因确需延期或中止"),
    Row("R-LIFE-48",  A.APPROVE_EXTENSION,      (S.EXTENSION_PENDING,),       To.RETURN,            ASSOCIATION, ("new_end_known",),                             ("extension_decision|document",),     WRITTEN, H20,  "经批准后方可延期或中止"),
    Row("R-LIFE-49",  A.REFUSE_EXTENSION,       (S.EXTENSION_PENDING,),       To.RETURN,            ASSOCIATION, ("reason_given",),                              (),                                   WRITTEN),
    Row("R-LIFE-50",  A.REQUEST_HALT,           REQUESTABLE,                  S.HALT_PENDING,       UNIT,        ("reason_given",),                              ("halt_request",),                    NO,      H20,  "向省科协提出书面申请"),
    Row("R-LIFE-51",  A.APPROVE_HALT,           (S.HALT_PENDING,),            S.HALTED,             ASSOCIATION, (),                                             ("halt_decision|document",),          WRITTEN, H20,  "经批准后方可延期或中止"),
    Row("R-LIFE-52",  A.REFUSE_HALT,            (S.HALT_PENDING,),            To.RETURN,            ASSOCIATION, ("reason_given",),                              (),                                   WRITTEN),
    Row("R-LIFE-141", A.CANCEL_REQUEST,         PENDING,                      To.RETURN,            UNIT,        (),                                             (),                                   NO),
    Row("R-LIFE-70",  A.RESUME_HALTED,          (S.HALTED,),                  To.RETURN,            ASSOCIATION, ("resumable", "end_after_start"),               (),                                   WRITTEN),
    Row("R-LIFE-53",  A.CLOSE_HALTED,           (S.HALTED,),                  S.TERMINATED,         ASSOCIATION, (),                                             ("settlement",),                      NO),
    Row("R-LIFE-142", A.TERMINATE,              MANAGED_STOPPABLE,            S.TERMINATED,         ASSOCIATION, ("missed_certain",),                                         ("settlement",),                      FORMAL),
    Row("R-LIFE-91",  A.RESCHEDULE_EVENT,       (S.MIDTERM,),                 To.SAME,              UNIT,        ("reason_given", "event_date_given"),           (),                                   NO),
    Row("R-AMB-47",   A.ACCEPT_RESCHEDULE,      (S.MIDTERM,),                 To.SAME,              ASSOCIATION, ("reason_given", "reschedule_pending"),         (),                                   NO),
)
# fmt: on
