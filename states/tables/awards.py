"""Rows of the awards: nomination, candidates of a selection, and the edition that they belong to."""

from __future__ import annotations

from states.names import Action as A
from states.names import Role as R
from states.names import State as S
from states.tables.row import (
    ASSOCIATION,
    CHECKER,
    H21,
    NO,
    RECORDERS,
    WRITTEN,
    Row,
    To,
)

# One row per line is the form officials read; the formatter would break every one of them.
# fmt: off

NOMINATOR = (R.NOMINATOR,)
HR = (R.HR_DEPARTMENT,)

JUDGED = (S.PROPOSED_NOMINATION,)

# Nomination for the provincial science and technology award, and candidates of a selection.
CANDIDATE: tuple[Row, ...] = (
    Row("R-LIFE-81",  A.NOM_QUALIFY,            (S.RECOMMENDED,),             S.NOT_QUALIFIED,       CHECKER,     ("reason_given",),                             ("qualification_form",),              NO,      H21,  "推荐、资格审查、专家评审委员会评审", when="not_qualified"),
    Row("R-LIFE-81",  A.NOM_QUALIFY,            (S.RECOMMENDED,),             S.COMMITTEE_REVIEW,    CHECKER,     ("eligible",),                                 ("qualification_form",),              NO,      H21,  "推荐、资格审查、专家评审委员会评审"),
)
NOMINATION: tuple[Row, ...] = (
    Row("R-LIFE-80",  A.NOM_RECOMMEND,          (S.DRAFT,),                   S.RECOMMENDED,         NOMINATOR,   ("call_open",),                                (),                                   NO,      H21,  "经全省学会和省辖市科协推荐"),
    Row("R-LIFE-82",  A.NOM_COMMITTEE,          (S.COMMITTEE_REVIEW,),        S.NOT_NOMINATED,       ASSOCIATION, ("reason_given", "separate_person"),           ("committee_opinion",),               NO,      H21,  "公开、公平、公正确定拟提名项目", when="not_nominated"),
    Row("R-LIFE-82",  A.NOM_COMMITTEE,          (S.COMMITTEE_REVIEW,),        S.PROPOSED_NOMINATION, ASSOCIATION, ("separate_person",),                          ("committee_opinion",),               NO,      H21,  "公开、公平、公正确定拟提名项目"),
    Row("R-LIFE-82",  A.PUBLISH_RESULTS,        JUDGED,                       To.SAME,               ASSOCIATION, ("publication_dated",),                        (),                                   NO,      H21,  "公开、公平、公正确定拟提名项目"),
    Row("R-LIFE-161", A.RECORD_OBJECTION,       JUDGED,                       To.SAME,               RECORDERS,   ("reason_given",),                             (),                                   WRITTEN),
    Row("R-LIFE-161", A.DECIDE_OBJECTION,       JUDGED,                       To.SAME,               ASSOCIATION, ("objection_pending", "objection_answered"),   (),                                   WRITTEN),
    Row("R-LIFE-145", A.REVOKE_APPROVAL,        JUDGED,                       S.NOT_NOMINATED,       ASSOCIATION, ("objection_upheld",),                         (),                                   WRITTEN, reopens=True),
)
SELECTION: tuple[Row, ...] = (
    Row("R-LIFE-80",  A.NOM_RECOMMEND,          (S.DRAFT,),                   S.RECOMMENDED,         NOMINATOR,   ("edition_in_call",),                          (),                                   NO,      H21,  "严格评审程序，保障评选工作顺利开展"),
    Row("R-LIFE-84",  A.COSIGN,                 (S.COMMITTEE_REVIEW,),        To.SAME,               HR,          (),                                            (),                                   WRITTEN, H21,  "与省人社厅联合开展河南省第五届"),
    Row("R-LIFE-84",  A.AWARD_RESULT,           (S.COMMITTEE_REVIEW,),        S.RESULT,              ASSOCIATION, ("separate_person", "cosigned"),               ("committee_opinion",),               NO,      H21,  "与省人社厅联合开展河南省第五届"),
    Row("R-LIFE-154", A.AWARD_REFUSE,           (S.COMMITTEE_REVIEW,),        S.NOT_AWARDED,         ASSOCIATION, ("reason_given", "separate_person"),           ("committee_opinion",),               NO),
)

# One case per edition of the award; its candidates are children of it.
EDITION: tuple[Row, ...] = (
    Row("R-LIFE-83",  A.AWARD_PREPARE,          (S.SURVEY_AND_COMMENTS,),     S.CRITERIA_AND_RULES_ISSUED, ASSOCIATION, ("criteria_sound",),                     ("comments_summary", "evaluation_criteria", "detailed_rules"), NO, H21, "制定科学的评价指标、实施细则等"),
    Row("R-LIFE-152", A.COSIGN,                 (S.CRITERIA_AND_RULES_ISSUED, S.CALL), To.SAME,    HR,          (),                                            (),                                   WRITTEN),
    Row("R-LIFE-152", A.OPEN_CALL,              (S.CRITERIA_AND_RULES_ISSUED,), S.CALL,              ASSOCIATION, ("cosigned",),                                 (),                                   NO),
    Row("R-LIFE-153", A.CONCLUDE_EDITION,       (S.CALL,),                    S.EDITION_CONCLUDED,   ASSOCIATION, ("cosigned", "candidates_ended"),              (),                                   NO),
)
# fmt: on
