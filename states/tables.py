"""The three lifecycles as literal tables: one row per line, common rows shared, not copied.

A row says who may take which step from where to where, what must be proved (guards), filed
(papers) and written, and on which rule and clause it stands. Nothing is guessed from names.
`states.decide` lets `states.check` refuse a faulty table before the first decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from states.names import Action as A
from states.names import Role as R
from states.names import State as S


class To(StrEnum):
    """Destinations that depend on the case."""

    SAME = "same"
    RETURN = "return_to"
    PREVIOUS = "previous"


class Writing(StrEnum):
    """How far a step must be in writing."""

    NO = "no"
    WRITTEN = "written"
    """A paper, a document number or a written reason must come with it."""
    FORMAL = "formal"
    """A formal document with number and date must come with it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One transition. `papers` are material slugs ("a|b": one of them, "document": a document number)."""

    rule: str
    action: A
    sources: tuple[S, ...]
    dest: S | To
    roles: tuple[R, ...]
    guards: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    writing: Writing = Writing.NO
    document: str | None = None
    quote: str | None = None
    when: str | None = None
    reopens: bool = False


@dataclass(frozen=True)
class Lifecycle:
    """A named table with its entry and its ends."""

    name: str
    label: str
    rule: str
    entry: S
    ends: frozenset[S]
    rows: tuple[Row, ...]

    @cached_property
    def states(self) -> frozenset[S]:
        """Every state that a row of the table names."""
        named = {s for row in self.rows for s in row.sources if row.sources != ANY}
        return frozenset(named | {row.dest for row in self.rows if isinstance(row.dest, S)})

    @cached_property
    def index(self) -> dict[tuple[S, A], tuple[Row, ...]]:
        """Rows by (state, action), conditional ones before the unconditional."""
        found: dict[tuple[S, A], list[Row]] = {}
        for row in sorted(self.rows, key=lambda r: r.when is None):
            for source in self.states if row.sources == ANY else row.sources:
                found.setdefault((source, row.action), []).append(row)
        return {key: tuple(rows) for key, rows in found.items()}

    @cached_property
    def allowed(self) -> dict[S, tuple[A, ...]]:
        """The actions that have a row, by state, in table order."""
        order = list(dict.fromkeys(row.action for row in self.rows))
        return {s: tuple(a for a in order if (s, a) in self.index) for s in self.states}


ANY: tuple[S, ...] = ()
"""Sources of a row that applies in every state, terminal ones too."""

APPLICANT = (R.APPLICANT,)
UNIT = (R.UNDERTAKING_UNIT,)
ASSOCIATION = (R.PROV_ASSOCIATION,)
CHECKER = (R.FORM_CHECKER,)
CENTRE = (R.SERVICE_CENTRE,)
DEPARTMENT = (R.ACADEMIC_DEPARTMENT,)
CHAIR = (R.CHAIR_MEETING,)
RECORDERS = (R.CLERK, R.PROV_ASSOCIATION)
EVALUATORS = (R.EVALUATOR, R.PROV_ASSOCIATION, R.ACADEMIC_DEPARTMENT)
ASSOCIATION_OR_DEPARTMENT = (R.PROV_ASSOCIATION, R.ACADEMIC_DEPARTMENT)
SYSTEM = (R.SYSTEM,)

NO, WRITTEN, FORMAL = Writing.NO, Writing.WRITTEN, Writing.FORMAL
H20, H21, H23, F16 = "henan-2020", "henan-2021", "henan-2023", "fujian-2016"

REQUESTABLE = (S.APPROVED, S.EXECUTING, S.MIDTERM)
PENDING = (S.EXTENSION_PENDING, S.HALT_PENDING)
RUNNING = (S.APPROVED, S.EXECUTING, S.MIDTERM)
EARLY = (S.DRAFT, S.SUBMITTED, S.RETURNED, S.FORM_REVIEW, S.EXPERT_REVIEW)
DISCUSSED = (S.DEPARTMENT_DISCUSSION,)
ABSORBABLE = (S.AWAITING_PARENT,)
STOPPABLE = (S.APPROVED, S.EXECUTING, S.PERFORMANCE_REVIEW, S.RECTIFYING, S.RECTIFICATION_SUBMITTED)
MANAGED_STOPPABLE = (S.MIDTERM, S.MIDTERM_RECTIFYING, S.EXTENSION_PENDING, S.HALT_PENDING, S.HALTED)
RECEIVABLE = (S.RETURNED, S.PERFORMANCE_REVIEW, S.RECTIFYING, S.EXECUTING, S.CLOSED)

# One row per line is the form officials read; the formatter would break every one of them.
# fmt: off

# Every lifecycle of this file.
COMMON: tuple[Row, ...] = (
    Row("R-LIFE-30",  A.SUBMIT,                 (S.DRAFT, S.RETURNED),        S.SUBMITTED,      APPLICANT,   ("call_open",),                                     (),                                   NO,      F16,  "各申报单位均需提交申报函和工作实施方案"),
    Row("R-LIFE-33",  A.RETURN_FOR_COMPLETION,  (S.FORM_REVIEW,),             S.RETURNED,       CHECKER,     ("defects_listed", "returned_once"),                (),                                   WRITTEN),
    Row("R-LIFE-34",  A.FORM_PASS,              (S.FORM_REVIEW,),             S.EXPERT_REVIEW,  CHECKER,     ("eligible",),                                      (),                                   NO,      F16,  "形式审查由省科技咨询服务中心负责"),
    Row("R-LIFE-35",  A.FORM_REJECT,            (S.FORM_REVIEW,),             S.FORM_FAILED,    CHECKER,     ("reason_given",),                                  (),                                   WRITTEN),
    Row("R-LIFE-149", A.LAPSE,                  (S.RETURNED,),                S.FORM_FAILED,    CHECKER,     ("completion_overdue",),                            (),                                   WRITTEN),
    Row("R-LIFE-147", A.REVIEW_FORM_DECISION,   (S.FORM_FAILED,),             S.FORM_REVIEW,    ASSOCIATION, ("reason_given", "other_checker"),                  (),                                   WRITTEN, reopens=True),
    Row("R-LIFE-146", A.REOPEN_REVIEW,          (S.NOT_SELECTED,),            S.EXPERT_REVIEW,  ASSOCIATION, ("reason_given", "review_reached"),                 (),                                   WRITTEN, reopens=True),
    Row("R-LIFE-143", A.RELINQUISH,             (S.APPROVED,),                S.WITHDRAWN,      ASSOCIATION, ("nothing_paid",),                                  ("relinquish_request",),              WRITTEN),
    Row("R-LIFE-65",  A.PUBLISH_RESULTS,        (S.APPROVED,),                To.SAME,          ASSOCIATION, ("publication_dated",),                                                 (),                                   NO,      F16,  "遴选结果在省科协网站对社会公开"),
    Row("R-LIFE-161", A.RECORD_OBJECTION,       (S.APPROVED, S.NOT_SELECTED), To.SAME,          RECORDERS,   ("reason_given",),                                  (),                                   WRITTEN),
    Row("R-LIFE-161", A.DECIDE_OBJECTION,       (S.APPROVED, S.NOT_SELECTED), To.SAME,          ASSOCIATION, ("objection_pending", "objection_answered"),        (),                                   WRITTEN),
    Row("R-LIFE-44",  A.START,                  (S.APPROVED,),                S.EXECUTING,      ASSOCIATION, ("published", "publicity_over", "no_open_objection", "start_dated", "end_after_start"), ("contract|implementation_plan",),  NO,      F16,  "严格按照项目任务合同书要求实施项目"),
    Row("R-LIFE-162", A.RECORD_EVALUATION,      (S.PERFORMANCE_REVIEW,),      To.SAME,          EVALUATORS,  ("conclusion_given",),                              ("evaluation_report",),               NO,      F16,  "自行组织专家或委托专业机构"),
    Row("R-AMB-24",   A.RECORD_RECEIPT,         RECEIVABLE,                   To.SAME,          RECORDERS,   ("receipt_expected", "receipt_given", "receipt_dated"),             (),                                   NO,      F16,  "接到评价结果三个月内"),
    Row("R-LIFE-58",  A.SUBMIT_RECTIFICATION,   (S.RECTIFYING,),              S.RECTIFICATION_SUBMITTED, UNIT, (),                                               ("rectification_report",),            NO,      F16,  "按要求整改完毕，并将整改情况书面报"),
    Row("R-LIFE-71",  A.RETURN_RECTIFICATION,   (S.RECTIFICATION_SUBMITTED,), S.RECTIFYING,     ASSOCIATION, ("reason_given",),                                  (),                                   WRITTEN),
    Row("R-LIFE-137", A.EXTEND_RECTIFICATION,   (S.RECTIFYING,),              To.SAME,          ASSOCIATION, ("new_rectification_date",),                        (),                                   WRITTEN),
    Row("R-LIFE-136", A.ORDER_REEVALUATION,     (S.RECTIFYING, S.RECTIFICATION_SUBMITTED), S.PERFORMANCE_REVIEW, ASSOCIATION, ("reason_given",),                 (),                                   WRITTEN),
    Row("R-LIFE-142", A.TERMINATE,              STOPPABLE,                    S.TERMINATED,     ASSOCIATION, (),                                                 ("settlement",),                      FORMAL),
    Row("R-LIFE-91",  A.RESCHEDULE_EVENT,       (S.APPROVED, S.EXECUTING),    To.SAME,          UNIT,        ("reason_given", "event_date_given"),               (),                                   NO),
    Row("R-AMB-47",   A.ACCEPT_RESCHEDULE,      (S.APPROVED, S.EXECUTING),    To.SAME,          ASSOCIATION, ("reason_given", "reschedule_pending"),             (),                                   NO),
    Row("R-LIFE-69",  A.RECORD_INSPECTION,      STOPPABLE,                    To.SAME,          RECORDERS,   ("reason_given",),                                  (),                                   NO,      F16,  "进行定期或不定期的监督检查"),
    Row("R-LIFE-92",  A.CORRECT_RECORD,         ANY,                          To.SAME,          RECORDERS,   ("reason_given", "values_given", "receipt_dated"),                   (),                                   NO),
    Row("R-LIFE-160", A.REVERSE_STEP,           ANY,                          To.PREVIOUS,      ASSOCIATION, ("reason_given", "reversible", "other_actor", "undo_within_quota"),      (),                                   WRITTEN),
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
    Row("R-LIFE-142", A.TERMINATE,              MANAGED_STOPPABLE,            S.TERMINATED,         ASSOCIATION, (),                                             ("settlement",),                      FORMAL),
    Row("R-LIFE-91",  A.RESCHEDULE_EVENT,       (S.MIDTERM,),                 To.SAME,              UNIT,        ("reason_given", "event_date_given"),           (),                                   NO),
    Row("R-AMB-47",   A.ACCEPT_RESCHEDULE,      (S.MIDTERM,),                 To.SAME,              ASSOCIATION, ("reason_given", "reschedule_pending"),         (),                                   NO),
)

# Both Henan lifecycles: base and two-year-talent.
HENAN: tuple[Row, ...] = (
    Row("R-LIFE-31",  A.WITHDRAW,               EARLY,                        S.WITHDRAWN,          APPLICANT,   (),                                             (),                                   NO),
    Row("R-LIFE-32",  A.ACCEPT_FOR_FORM_REVIEW, (S.SUBMITTED,),               S.FORM_REVIEW,        CHECKER,     (),                                             (),                                   NO),
    Row("R-LIFE-41",  A.REVIEW_SELECT,          (S.EXPERT_REVIEW,),           S.APPROVED,           ASSOCIATION, ("quota_free", "amount_known", "separate_person"), ("review_record",),                NO,      H23,  "遴选支持一批学术技术交流活动"),
    Row("R-LIFE-42",  A.REVIEW_REJECT,          (S.EXPERT_REVIEW,),           S.NOT_SELECTED,       ASSOCIATION, ("separate_person",),                           (),                                   NO,      H23,  "如未入围本项目，两项都将参与专项评审"),
    Row("R-LIFE-90",  A.IMPORT_APPROVED,        (S.DRAFT,),                   S.APPROVED,           ASSOCIATION, ("quota_free", "amount_known"),                 ("approval_document|document",),      NO,      H21,  "等7项“一业一研报”项目"),
    Row("R-LIFE-144", A.PROMOTE_RESERVE,        (S.NOT_SELECTED,),            S.APPROVED,           ASSOCIATION, ("reason_given", "review_passed", "quota_free", "amount_known", "separate_person"), (), WRITTEN, reopens=True),
    Row("R-LIFE-145", A.REVOKE_APPROVAL,        (S.APPROVED,),                S.NOT_SELECTED,       ASSOCIATION, ("objection_upheld", "nothing_paid"),           (),                                   WRITTEN),
    Row("R-LIFE-54",  A.OPEN_EVALUATION,        (S.EXECUTING,),               S.PERFORMANCE_REVIEW, ASSOCIATION_OR_DEPARTMENT, (),                               (),                                   NO,      H20,  "适时开展项目绩效评价"),
    Row("R-LIFE-55",  A.EVALUATE_PASS,          (S.PERFORMANCE_REVIEW,),      S.CLOSED,             ASSOCIATION, ("conclusion_recorded", "graded_pass"),         (),                                   NO,      H20,  "适时开展项目绩效评价"),
    Row("R-LIFE-56",  A.EVALUATE_ISSUES,        (S.PERFORMANCE_REVIEW,),      S.RECTIFYING,         ASSOCIATION, ("conclusion_recorded", "graded_issues"),       (),                                   NO),
    Row("R-LIFE-135", A.CONCLUDE_UNQUALIFIED,   (S.PERFORMANCE_REVIEW,),      S.CLOSED_UNQUALIFIED, ASSOCIATION, ("conclusion_recorded", "graded_fail"),         (),                                   FORMAL),
    Row("R-LIFE-59",  A.ACCEPT_RECTIFICATION,   (S.RECTIFICATION_SUBMITTED,), S.CLOSED,             ASSOCIATION, (),                                             (),                                   NO),
    Row("R-AMB-24",   A.RECORD_RECEIPT,         (S.CLOSED_UNQUALIFIED,),      To.SAME,              RECORDERS,   ("receipt_expected", "receipt_given", "receipt_dated"),         (),                                   NO),
)

# Base only: children of a pilot city wait for, join or leave their parent.
CHILDREN: tuple[Row, ...] = (
    Row("R-LIFE-34",  A.FORM_PASS,              (S.FORM_REVIEW,),             S.AWAITING_PARENT,    CHECKER,     ("eligible",),                                  (),                                   NO,      F16,  "形式审查由省科技咨询服务中心负责", when="waits_for_parent"),
    Row("R-LIFE-31",  A.WITHDRAW,               (S.AWAITING_PARENT,),         S.WITHDRAWN,          APPLICANT,   (),                                             (),                                   NO),
    Row("R-LIFE-43",  A.ABSORB,                 (S.AWAITING_PARENT,),         S.ABSORBED,           SYSTEM,      ("parent_approved", "marked_child"),            (),                                   NO,      H23,  "入围本项目后，以上项目即自动纳入"),
    Row("R-LIFE-130", A.RELEASE_TO_REVIEW,      (S.AWAITING_PARENT,),         S.EXPERT_REVIEW,      SYSTEM,      ("parent_decided_otherwise",),                  (),                                   NO,      H23,  "相关子项目即参与专项评审"),
    Row("R-LIFE-131", A.CLOSE_ABSORBED,         (S.ABSORBED,),                S.CLOSED,             SYSTEM,      ("parent_closed",),                             (),                                   NO),
    Row("R-LIFE-132", A.TERMINATE_ABSORBED,     (S.ABSORBED,),                S.TERMINATED,         SYSTEM,      ("parent_terminated",),                         (),                                   NO),
    Row("R-LIFE-133", A.RELEASE_ABSORBED,       (S.ABSORBED,),                S.EXPERT_REVIEW,      SYSTEM,      ("parent_approval_lost",),                      (),                                   NO),
    Row("R-LIFE-134", A.RECALL_TO_PARENT,       (S.EXPERT_REVIEW,),           S.AWAITING_PARENT,    ASSOCIATION, ("reason_given", "parent_reopened"),            (),                                   WRITTEN),
)

FUJIAN: tuple[Row, ...] = (
    Row("R-LIFE-31",  A.WITHDRAW,               (*EARLY, *DISCUSSED),         S.WITHDRAWN,          APPLICANT,   (),                                             (),                                   NO),
    Row("R-LIFE-32",  A.ACCEPT_FOR_FORM_REVIEW, (S.SUBMITTED,),               S.FORM_REVIEW,        CENTRE,      (),                                             (),                                   NO,      F16,  "开展试点申报受理、参与组织专家评审"),
    Row("R-LIFE-34",  A.FORM_PASS,              (S.FORM_REVIEW,),             S.DEPARTMENT_DISCUSSION, CHECKER,  ("eligible",),                                  (),                                   NO,      F16,  "形式审查由省科技咨询服务中心负责", when="expert_review_off"),
    Row("R-LIFE-93",  A.REVIEW_TO_DEPARTMENT,   (S.EXPERT_REVIEW,),           S.DEPARTMENT_DISCUSSION, CENTRE,   (),                                             ("review_record",),                   NO,      F16,  "参与组织专家评审"),
    Row("R-LIFE-37",  A.RECOMMEND,              (S.DEPARTMENT_DISCUSSION,),   S.CHAIR_MEETING,      DEPARTMENT,  ("leader_recorded",),                           ("discussion_minutes",),              NO,      F16,  "经省科协学会学术部讨论后，进行推荐"),
    Row("R-LIFE-38",  A.NOT_RECOMMENDED,        (S.DEPARTMENT_DISCUSSION,),   S.NOT_SELECTED,       DEPARTMENT,  ("reason_given",),                              (),                                   NO),
    Row("R-LIFE-39",  A.CHAIR_PASS,             (S.CHAIR_MEETING,),           S.APPROVED,           CHAIR,       ("quota_free", "separate_person"),              ("chair_minutes|document",),          WRITTEN, F16,  "讨论通过后，确定试点名单"),
    Row("R-LIFE-40",  A.CHAIR_REJECT,           (S.CHAIR_MEETING,),           S.NOT_SELECTED,       CHAIR,       ("separate_person",),                                             (),                                   NO),
    Row("R-LIFE-148", A.CHAIR_REMAND,           (S.CHAIR_MEETING,),           S.DEPARTMENT_DISCUSSION, CHAIR,    ("reason_given",),                              (),                                   WRITTEN),
    Row("R-LIFE-144", A.PROMOTE_RESERVE,        (S.NOT_SELECTED,),            S.APPROVED,           CHAIR,       ("reason_given", "review_passed", "quota_free", "separate_person"), (),                WRITTEN, reopens=True),
    Row("R-LIFE-145", A.REVOKE_APPROVAL,        (S.APPROVED,),                S.NOT_SELECTED,       CHAIR,       ("objection_upheld", "nothing_paid"),           (),                                   WRITTEN),
    Row("R-LIFE-75",  A.CONFIRM_PROGRESS,       (S.EXECUTING,),               To.SAME,              DEPARTMENT,  (),                                             ("progress_confirmation",),           NO,      F16,  "取得实质性进展的学会和地方科协予以补助"),
    Row("R-LIFE-79",  A.DECIDE_SUBSIDY,         (S.EXECUTING,),               To.SAME,              ASSOCIATION, ("progress_confirmed", "subsidy_open", "subsidy_amount"),       (),                                   WRITTEN, F16,  "在助力工程工作中取得实质性进展"),
    Row("R-LIFE-76",  A.FILE_FUND_METHOD,       (S.EXECUTING,),               To.SAME,              UNIT,        ("subsidy_decided",),                           ("fund_method",),                     NO,      F16,  "应制定相应的资金管理办法"),
    Row("R-LIFE-77",  A.PAY_SUBSIDY,            (S.EXECUTING,),               To.SAME,              CENTRE,      ("progress_confirmed", "subsidy_decided", "subsidy_unpaid", "fund_method_filed"), (),                    NO,      F16,  "参与组织专家评审、经费拨付等"),
    Row("R-LIFE-78",  A.RECORD_ACCEPTANCE,      (S.EXECUTING, S.PERFORMANCE_REVIEW), To.SAME,       ASSOCIATION, (),                                             ("acceptance_opinion",),              NO,      F16,  "并配合验收和绩效评价工作等事宜"),
    Row("R-LIFE-54",  A.OPEN_EVALUATION,        (S.EXECUTING,),               S.PERFORMANCE_REVIEW, ASSOCIATION_OR_DEPARTMENT, (),                               (),                                   NO,      F16,  "省科协根据项目执行情况，开展绩效评价"),
    Row("R-LIFE-55",  A.EVALUATE_PASS,          (S.PERFORMANCE_REVIEW,),      S.EXECUTING,          DEPARTMENT,  ("conclusion_recorded", "graded_pass"),         (),                                   NO,      F16,  "评价结果反馈至各参与单位"),
    Row("R-LIFE-56",  A.EVALUATE_ISSUES,        (S.PERFORMANCE_REVIEW,),      S.RECTIFYING,         DEPARTMENT,  ("conclusion_recorded", "graded_issues"),       (),                                   NO,      F16,  "绩效评价存在问题的单位"),
    Row("R-LIFE-57",  A.EVALUATE_FAIL,          (S.PERFORMANCE_REVIEW,),      S.DISQUALIFIED,       ASSOCIATION, ("conclusion_recorded", "graded_fail"),         (),                                   FORMAL,  F16,  "绩效评价不合格的试点单位"),
    Row("R-LIFE-59",  A.ACCEPT_RECTIFICATION,   (S.RECTIFICATION_SUBMITTED,), S.EXECUTING,          ASSOCIATION, (),                                             (),                                   NO),
    Row("R-LIFE-138", A.END_PILOT,              (S.EXECUTING,),               S.CLOSED,             ASSOCIATION, ("archived_or_explained", "nothing_paid"),      (),                                   WRITTEN),
)
# fmt: on

_ENDS = frozenset({S.FORM_FAILED, S.NOT_SELECTED, S.WITHDRAWN, S.TERMINATED, S.CLOSED})
_HENAN_ENDS = _ENDS | {S.CLOSED_UNQUALIFIED}
_FUJIAN_ENDS = _ENDS | {S.DISQUALIFIED}

BASE = Lifecycle("base", "基本流程", "R-VAR-01", S.DRAFT, _HENAN_ENDS, COMMON + HENAN + MANAGED + CHILDREN)
TWO_YEAR_TALENT = Lifecycle(
    "two-year-talent", "二年培养流程", "R-VAR-04", S.DRAFT, _HENAN_ENDS, COMMON + HENAN + MANAGED
)
FUJIAN_SOCIETY = Lifecycle(
    "fujian-society", "福建试点学会流程", "R-VAR-03", S.DRAFT, _FUJIAN_ENDS, COMMON + FUJIAN
)
FUJIAN_SOCIETY_MANAGED = Lifecycle(
    "fujian-society-managed",
    "福建试点学会流程（启用中期考核、延期与中止）",
    "R-AMB-43",
    S.DRAFT,
    _FUJIAN_ENDS,
    COMMON + FUJIAN + MANAGED,
)

LIFECYCLES: dict[str, Lifecycle] = {
    table.name: table for table in (BASE, TWO_YEAR_TALENT, FUJIAN_SOCIETY, FUJIAN_SOCIETY_MANAGED)
}
