"""Rows of what is not funded: tasks of a year, tracked applications, a society's own resolutions."""

from __future__ import annotations

from states.names import Action as A
from states.names import Role as R
from states.names import State as S
from states.tables.row import (
    APPLICANT,
    ASSOCIATION,
    ASSOCIATION_OR_UNIT,
    H21,
    NO,
    WRITTEN,
    Row,
)

# One row per line is the form officials read; the formatter would break every one of them.
# fmt: off

ORGANS = (R.SOCIETY_ORGANS,)

# Unfunded tasks of a year.
CHECKLIST: tuple[Row, ...] = (
    Row("R-LIFE-155", A.TASK_START,             (S.TO_DO,),                    S.DOING,               ASSOCIATION_OR_UNIT, (),                                    (),                                   NO),
    Row("R-LIFE-156", A.TASK_DONE,              (S.DOING,),                   S.DONE,                ASSOCIATION_OR_UNIT, (),                                    (),                                   NO),
    Row("R-LIFE-89",  A.PARTY_FILING,           (S.TO_DO,),                    S.DONE,                ASSOCIATION, (),                                            (),                                   NO,      H21,  "规范学会党建备案审批流程"),
)

# An application that another body decides.
TRACKED: tuple[Row, ...] = (
    Row("R-LIFE-157", A.TRACK_APPLY,            (S.PREPARING,),               S.APPLIED_TO_CAST,     APPLICANT,   (),                                            (),                                   NO,      H21,  "精心组织试点申报工作"),
    Row("R-LIFE-158", A.TRACK_RESULT,           (S.APPLIED_TO_CAST,),         S.RESULT,              ASSOCIATION, ("outcome_given",),                            (),                                   NO),
)

# 三议一公布: each step by another organ of the society.
DISCUSSED: tuple[Row, ...] = (
    Row("R-LIFE-85",  A.TDOP_MOTION,            (S.DRAFT,),                   S.MOTION,              ORGANS,      ("matter_named", "own_organ"),                 (),                                   NO,      H21,  "先由理事长工作会向学会党委提出动议"),
    Row("R-LIFE-86",  A.TDOP_STUDY,             (S.MOTION,),                  S.PARTY_STUDY,         ORGANS,      ("own_organ", "other_organ"),                  (),                                   NO,      H21,  "再由学会党委研究"),
    Row("R-LIFE-87",  A.TDOP_VOTE,              (S.PARTY_STUDY,),             S.VOTE,                ORGANS,      ("own_organ", "other_organ"),                  (),                                   NO,      H21,  "根据学会党委的提议进行表决，形成决议"),
    Row("R-LIFE-88",  A.TDOP_PUBLISH,           (S.VOTE,),                    S.PUBLISH,             ORGANS,      ("own_organ", "other_organ"),                  (),                                   NO,      H21,  "将决议向全体会员公布"),
    Row("R-LIFE-159", A.TDOP_REFUSE,            (S.PARTY_STUDY, S.VOTE),      S.MOTION,              ORGANS,      ("reason_given", "own_organ"),                 (),                                   WRITTEN),
)
# fmt: on
