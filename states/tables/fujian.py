"""Rows of the Fujian pilots: societies and demonstration counties, selection, subsidy, evaluation."""

from __future__ import annotations

from states.names import Action as A
from states.names import Role as R
from states.names import State as S
from states.tables.row import (
    APPLICANT,
    ASSOCIATION,
    ASSOCIATION_OR_DEPARTMENT,
    CENTRE,
    CHAIR,
    CHECKER,
    CITY,
    DEPARTMENT,
    F16,
    FORMAL,
    NO,
    UNIT,
    WRITTEN,
    Row,
    To,
)

# One row per line is the form officials read; the formatter would break every one of them.
# fmt: off

EXPERT = (R.SURVEY_EXPERT,)
WITHDRAWABLE = (S.DRAFT, S.SUBMITTED, S.RETURNED, S.CITY_REVIEW, S.FORM_REVIEW, S.SITE_SURVEY, S.EXPERT_REVIEW, S.DEPARTMENT_DISCUSSION)
NEEDY = (S.APPROVED, S.EXECUTING, S.PERFORMANCE_REVIEW, S.RECTIFYING, S.RECTIFICATION_SUBMITTED)

# Both kinds of pilots.
FUJIAN: tuple[Row, ...] = (
    Row("R-LIFE-31",  A.WITHDRAW,               WITHDRAWABLE,                 S.WITHDRAWN,          APPLICANT,   (),                                             (),                                   NO),
    Row("R-LIFE-32",  A.ACCEPT_FOR_FORM_REVIEW, (S.SUBMITTED,),               S.FORM_REVIEW,        CENTRE,      (),                                             (),                                   NO,      F16,  "开展试点申报受理、参与组织专家评审"),
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
    Row("R-LIFE-78",  A.RECORD_ACCEPTANCE,      (S.EXECUTING, S.PERFORMANCE_REVIEW), To.SAME,       ASSOCIATION, ("acceptance_enabled",),                        ("acceptance_opinion",),              NO,      F16,  "并配合验收和绩效评价工作等事宜"),
    Row("R-LIFE-54",  A.OPEN_EVALUATION,        (S.EXECUTING,),               S.PERFORMANCE_REVIEW, ASSOCIATION_OR_DEPARTMENT, (),                               (),                                   NO,      F16,  "省科协根据项目执行情况，开展绩效评价"),
    Row("R-LIFE-55",  A.EVALUATE_PASS,          (S.PERFORMANCE_REVIEW,),      S.EXECUTING,          DEPARTMENT,  ("conclusion_recorded", "graded_pass", "met_at_evaluation"),         (),                                   NO,      F16,  "评价结果反馈至各参与单位"),
    Row("R-LIFE-56",  A.EVALUATE_ISSUES,        (S.PERFORMANCE_REVIEW,),      S.RECTIFYING,         DEPARTMENT,  ("conclusion_recorded", "graded_issues"),       (),                                   NO,      F16,  "绩效评价存在问题的单位"),
    Row("R-LIFE-57",  A.EVALUATE_FAIL,          (S.PERFORMANCE_REVIEW,),      S.DISQUALIFIED,       ASSOCIATION, ("conclusion_recorded", "graded_fail", "missed_certain"),         (),                                   FORMAL,  F16,  "绩效评价不合格的试点单位"),
    Row("R-LIFE-59",  A.ACCEPT_RECTIFICATION,   (S.RECTIFICATION_SUBMITTED,), S.EXECUTING,          ASSOCIATION, (),                                             (),                                   NO),
    Row("R-LIFE-138", A.END_PILOT,              (S.EXECUTING,),               S.CLOSED,             ASSOCIATION, ("archived_or_explained", "nothing_paid"),      (),                                   WRITTEN),
)


# Pilot societies: expert review where the pack has it (R-AMB-23).
SOCIETY: tuple[Row, ...] = (
    Row("R-LIFE-34",  A.FORM_PASS,              (S.FORM_REVIEW,),             S.DEPARTMENT_DISCUSSION, CHECKER,  ("eligible", "fresh_checker"),                                  (),                                   NO,      F16,  "形式审查由省科技咨询服务中心负责", when="expert_review_off"),
    Row("R-LIFE-93",  A.REVIEW_TO_DEPARTMENT,   (S.EXPERT_REVIEW,),           S.DEPARTMENT_DISCUSSION, CENTRE,   (),                                             ("review_record",),                   NO,      F16,  "参与组织专家评审"),
)

# Demonstration counties: the city association first, then a survey on the spot.
COUNTY: tuple[Row, ...] = (
    Row("R-LIFE-72",  A.SUBMIT_TO_CITY,         (S.DRAFT, S.RETURNED),        S.CITY_REVIEW,    APPLICANT,   ("call_open",),                                     (),                                   NO,      F16,  "需相应征得所在县（市、区）党委（政府）"),
    Row("R-LIFE-72",  A.SUBMIT_TO_CITY,         (S.DRAFT, S.RETURNED),        S.SUBMITTED,      APPLICANT,   ("call_open",),                                     (),                                   NO,      F16,  "需相应征得所在县（市、区）党委（政府）", when="no_city_above"),
    Row("R-LIFE-73",  A.CITY_RECOMMEND,         (S.CITY_REVIEW,),             S.SUBMITTED,      CITY,        (),                                                 ("city_recommendation",),             WRITTEN, F16,  "并报市科协审核推荐"),
    Row("R-LIFE-74",  A.CITY_RETURN,            (S.CITY_REVIEW,),             S.RETURNED,       CITY,        ("reason_given",),                                  (),                                   NO),
    Row("R-LIFE-150", A.CITY_REFUSE,            (S.CITY_REVIEW,),             S.NOT_SELECTED,   CITY,        ("reason_given",),                                  (),                                   WRITTEN),
    Row("R-LIFE-34",  A.FORM_PASS,              (S.FORM_REVIEW,),             S.SITE_SURVEY,    CHECKER,     ("eligible", "fresh_checker"),                                      (),                                   NO,      F16,  "形式审查由省科技咨询服务中心负责"),
    Row("R-DUTY-10",  A.ASSIGN_SURVEY,          (S.SITE_SURVEY,),             To.SAME,          CENTRE,      ("survey_experts_named",),                          (),                                   NO,      F16,  "参与组织专家调研"),
    Row("R-FORM-08",  A.FILE_SURVEY_FORM,       (S.SITE_SURVEY,),             To.SAME,          EXPERT,      ("survey_form_filled", "outsider"),                 ("survey_form",),                     NO,      F16,  "并请调研专家填写调研反馈意见表"),
    Row("R-DL-36",    A.RECORD_NEED,            NEEDY,                        To.SAME,          UNIT,        ("need_told",),                                     (),                                   NO,      F16,  "汇总和筛选企业技术需求"),
    Row("R-LIFE-36",  A.SURVEY_DONE,            (S.SITE_SURVEY,),             S.DEPARTMENT_DISCUSSION, DEPARTMENT, ("survey_complete",),                         (),                                   NO,      F16,  "并请调研专家填写调研反馈意见表"),
    Row("R-LIFE-146", A.REOPEN_REVIEW,          (S.NOT_SELECTED,),            S.DEPARTMENT_DISCUSSION, ASSOCIATION, ("reason_given", "review_reached", "objection_decided"),          (),                                   WRITTEN, reopens=True),
)
# fmt: on
