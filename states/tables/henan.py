"""Rows of the Henan lifecycles: review and decision, closing, import, children of a pilot city."""

from __future__ import annotations

from states.names import Action as A
from states.names import Role as R
from states.names import State as S
from states.tables.row import (
    APPLICANT,
    ASSOCIATION,
    ASSOCIATION_OR_DEPARTMENT,
    CHECKER,
    F16,
    FORMAL,
    H20,
    H21,
    H23,
    NO,
    RECORDERS,
    SYSTEM,
    WRITTEN,
    Row,
    To,
)

# One row per line is the form officials read; the formatter would break every one of them.
# fmt: off

MARKERS = (R.APPLICANT, R.CLERK)
EARLY = (S.DRAFT, S.SUBMITTED, S.RETURNED, S.FORM_REVIEW, S.EXPERT_REVIEW)

# Every Henan lifecycle.
HENAN: tuple[Row, ...] = (
    Row("R-LIFE-31",  A.WITHDRAW,               EARLY,                        S.WITHDRAWN,          APPLICANT,   (),                                             (),                                   NO),
    Row("R-LIFE-32",  A.ACCEPT_FOR_FORM_REVIEW, (S.SUBMITTED,),               S.FORM_REVIEW,        CHECKER,     (),                                             (),                                   NO),
    Row("R-LIFE-41",  A.REVIEW_SELECT,          (S.EXPERT_REVIEW,),           S.APPROVED,           ASSOCIATION, ("quota_free", "amount_known", "separate_person", "no_child_approved", "children_complete", "free_of_parent"), ("review_record",),                NO,      H23,  "遴选支持一批学术技术交流活动"),
    Row("R-LIFE-42",  A.REVIEW_REJECT,          (S.EXPERT_REVIEW,),           S.NOT_SELECTED,       ASSOCIATION, ("separate_person",),                           (),                                   NO,      H23,  "如未入围本项目，两项都将参与专项评审"),
    Row("R-LIFE-144", A.PROMOTE_RESERVE,        (S.NOT_SELECTED,),            S.APPROVED,           ASSOCIATION, ("reason_given", "review_passed", "quota_free", "amount_known", "separate_person", "no_child_approved", "children_complete", "free_of_parent"), (), WRITTEN, reopens=True),
    Row("R-LIFE-145", A.REVOKE_APPROVAL,        (S.APPROVED,),                S.NOT_SELECTED,       ASSOCIATION, ("objection_upheld", "nothing_paid"),           (),                                   WRITTEN),
    Row("R-LIFE-54",  A.OPEN_EVALUATION,        (S.EXECUTING,),               S.PERFORMANCE_REVIEW, ASSOCIATION_OR_DEPARTMENT, (),                               (),                                   NO,      H20,  "适时开展项目绩效评价"),
    Row("R-LIFE-55",  A.EVALUATE_PASS,          (S.PERFORMANCE_REVIEW,),      S.CLOSED,             ASSOCIATION, ("conclusion_recorded", "graded_pass", "met_at_evaluation"),         (),                                   NO,      H20,  "适时开展项目绩效评价"),
    Row("R-LIFE-56",  A.EVALUATE_ISSUES,        (S.PERFORMANCE_REVIEW,),      S.RECTIFYING,         ASSOCIATION, ("conclusion_recorded", "graded_issues"),       (),                                   NO),
    Row("R-LIFE-135", A.CONCLUDE_UNQUALIFIED,   (S.PERFORMANCE_REVIEW,),      S.CLOSED_UNQUALIFIED, ASSOCIATION, ("conclusion_recorded", "graded_fail", "missed_certain"),         (),                                   FORMAL),
    Row("R-LIFE-59",  A.ACCEPT_RECTIFICATION,   (S.RECTIFICATION_SUBMITTED,), S.CLOSED,             ASSOCIATION, (),                                             (),                                   NO),
    Row("R-AMB-24",   A.RECORD_RECEIPT,         (S.CLOSED_UNQUALIFIED,),      To.SAME,              RECORDERS,   ("receipt_expected", "receipt_given", "receipt_dated"),         (),                                   NO),
)


# Projects that a document lists as decided enter without an application (R-VAR-12).
IMPORTED: tuple[Row, ...] = (
    Row("R-LIFE-90",  A.IMPORT_APPROVED,        (S.DRAFT,),                   S.APPROVED,           ASSOCIATION, ("listed_by_document", "quota_free", "amount_known"), ("approval_document|document",),      NO,      H21,  "等7项“一业一研报”项目"),
)

# Projects of an earlier year enter for their evaluation only.
CLOSING: tuple[Row, ...] = (
    Row("R-LIFE-151", A.IMPORT_CLOSING,         (S.DRAFT,),                   S.EXECUTING,          ASSOCIATION, ("listed_by_document", "amount_known", "end_after_start"), ("approval_document|document",),      NO,      H20,  "做好2019年专项资助项目收尾工作"),
)

# Children of a pilot city wait for, join or leave their parent.
CHILDREN: tuple[Row, ...] = (
    Row("R-ELIG-28",  A.MARK_CHILD,             (*EARLY, S.AWAITING_PARENT),  To.SAME,              MARKERS,     ("parent_undecided", "mark_given"),             (),                                   NO,      H23,  "请注明哪项纳入本项目"),
    Row("R-LIFE-34",  A.FORM_PASS,              (S.FORM_REVIEW,),             S.AWAITING_PARENT,    CHECKER,     ("eligible", "fresh_checker"),                                  (),                                   NO,      F16,  "形式审查由省科技咨询服务中心负责", when="waits_for_parent"),
    Row("R-LIFE-31",  A.WITHDRAW,               (S.AWAITING_PARENT,),         S.WITHDRAWN,          APPLICANT,   (),                                             (),                                   NO),
    Row("R-LIFE-43",  A.ABSORB,                 (S.AWAITING_PARENT,),         S.ABSORBED,           SYSTEM,      ("parent_approved", "marked_child"),            (),                                   NO,      H23,  "入围本项目后，以上项目即自动纳入"),
    Row("R-LIFE-130", A.RELEASE_TO_REVIEW,      (S.AWAITING_PARENT,),         S.EXPERT_REVIEW,      SYSTEM,      ("parent_decided_otherwise",),                  (),                                   NO,      H23,  "相关子项目即参与专项评审"),
    Row("R-LIFE-131", A.CLOSE_ABSORBED,         (S.ABSORBED,),                S.CLOSED,             SYSTEM,      ("parent_closed",),                             (),                                   NO),
    Row("R-LIFE-132", A.TERMINATE_ABSORBED,     (S.ABSORBED,),                S.TERMINATED,         SYSTEM,      ("parent_terminated",),                         (),                                   NO),
    Row("R-LIFE-133", A.RELEASE_ABSORBED,       (S.ABSORBED,),                S.EXPERT_REVIEW,      SYSTEM,      ("parent_approval_lost",),                      (),                                   NO),
    Row("R-AMB-06",   A.HALT_ABSORBED,          (S.ABSORBED,),                To.SAME,              SYSTEM,      ("parent_halted",),                             (),                                   NO),
    Row("R-AMB-06",   A.RESUME_ABSORBED,        (S.ABSORBED,),                To.SAME,              SYSTEM,      ("parent_resumed",),                            (),                                   NO),
    Row("R-LIFE-134", A.RECALL_TO_PARENT,       (S.EXPERT_REVIEW,),           S.AWAITING_PARENT,    ASSOCIATION, ("reason_given", "parent_reopened"),            (),                                   WRITTEN),
)
# fmt: on
