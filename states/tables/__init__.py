"""The lifecycles as literal tables: which rows each variant walks, its entry and its ends.

A row says who may take which step from where to where, what must be proved (guards), filed
(papers) and written, and on which rule and clause it stands. Nothing is guessed from names.
`states.decide` lets `states.check` refuse a faulty table before the first decision.
"""

from __future__ import annotations

from functools import lru_cache

from states.names import Action as A
from states.names import State as S
from states.tables.awards import CANDIDATE, EDITION, NOMINATION, SELECTION
from states.tables.fujian import COUNTY, FUJIAN, SOCIETY
from states.tables.henan import CHILDREN, CLOSING, HENAN, IMPORTED
from states.tables.row import ANY, Lifecycle, Row, To, Writing, within, without
from states.tables.shared import COMMON, GENERAL, MANAGED, REVIEWED
from states.tables.tasks import CHECKLIST, DISCUSSED, TRACKED

__all__ = [
    "ANY",
    "LIFECYCLES",
    "Lifecycle",
    "Row",
    "To",
    "Writing",
    "lifecycle_of",
    "walked",
    "within",
    "without",
]

_ENDS = frozenset({S.FORM_FAILED, S.NOT_SELECTED, S.WITHDRAWN, S.TERMINATED, S.CLOSED})
_HENAN_ENDS = _ENDS | {S.CLOSED_UNQUALIFIED}
_FUJIAN_ENDS = _ENDS | {S.DISQUALIFIED}
_EVALUATED = frozenset(
    {
        S.DRAFT,
        S.EXECUTING,
        S.EXTENSION_PENDING,
        S.HALT_PENDING,
        S.HALTED,
        S.PERFORMANCE_REVIEW,
        S.RECTIFYING,
        S.RECTIFICATION_SUBMITTED,
        S.CLOSED,
        S.CLOSED_UNQUALIFIED,
        S.TERMINATED,
    }
)
_FUNDED = (*COMMON, *REVIEWED, *HENAN, *MANAGED, *GENERAL)
_SOCIETY = within(frozenset(S) - {S.CITY_REVIEW, S.SITE_SURVEY}, COMMON, REVIEWED, FUJIAN, SOCIETY)
_COUNTY = within(frozenset(S) - {S.EXPERT_REVIEW}, COMMON, FUJIAN, COUNTY)
_NOMINATED = frozenset({S.NOT_QUALIFIED, S.NOT_NOMINATED, S.PROPOSED_NOMINATION})
_SELECTED = frozenset({S.NOT_QUALIFIED, S.NOT_AWARDED, S.RESULT})
_BY_SWITCH = "（启用中期考核、延期与中止）"

# fmt: off
LIFECYCLES: dict[str, Lifecycle] = {table.name: table for table in (
    Lifecycle("base",                   "基本流程",                 "R-VAR-01", S.DRAFT,               _HENAN_ENDS,                    (*_FUNDED, *IMPORTED, *CHILDREN),                       A.SUBMIT),
    Lifecycle("parent-child",           "试点市流程",               "R-VAR-07", S.DRAFT,               _HENAN_ENDS,                    _FUNDED,                                                A.SUBMIT),
    Lifecycle("two-year-talent",        "二年培养流程",             "R-VAR-04", S.DRAFT,               _HENAN_ENDS,                    (*_FUNDED, *IMPORTED),                                  A.SUBMIT),
    Lifecycle("evaluation-only",        "收尾评价流程",             "R-VAR-08", S.DRAFT,               _HENAN_ENDS & _EVALUATED,       within(_EVALUATED, COMMON, HENAN, CLOSING, MANAGED, GENERAL)),
    Lifecycle("fujian-county",          "福建示范县（市、区）流程", "R-VAR-02", S.DRAFT,               _FUJIAN_ENDS,                   (*_COUNTY, *GENERAL),                                   A.SUBMIT_TO_CITY),
    Lifecycle("fujian-county-managed",  "福建示范县（市、区）流程" + _BY_SWITCH, "R-AMB-43", S.DRAFT,  _FUJIAN_ENDS,                   (*_COUNTY, *MANAGED, *GENERAL),                         A.SUBMIT_TO_CITY),
    Lifecycle("fujian-society",         "福建试点学会流程",         "R-VAR-03", S.DRAFT,               _FUJIAN_ENDS,                   (*_SOCIETY, *GENERAL),                                  A.SUBMIT),
    Lifecycle("fujian-society-managed", "福建试点学会流程" + _BY_SWITCH, "R-AMB-43", S.DRAFT,          _FUJIAN_ENDS,                   (*_SOCIETY, *MANAGED, *GENERAL),                        A.SUBMIT),
    Lifecycle("award-nomination",       "奖项提名流程",             "R-VAR-05", S.DRAFT,               _NOMINATED,                     (*NOMINATION, *CANDIDATE, *GENERAL),                    A.NOM_RECOMMEND),
    Lifecycle("award-selection",        "奖项评选流程",             "R-VAR-06", S.DRAFT,               _SELECTED,                      (*SELECTION, *CANDIDATE, *GENERAL),                     A.NOM_RECOMMEND),
    Lifecycle("award-edition",          "奖项届次流程",             "R-VAR-14", S.SURVEY_AND_COMMENTS, frozenset({S.EDITION_CONCLUDED}), (*EDITION, *GENERAL)),
    Lifecycle("task-checklist",         "任务清单流程",             "R-VAR-09", S.TO_DO,                frozenset({S.DONE}),            (*CHECKLIST, *GENERAL)),
    Lifecycle("track-only",             "跟踪登记流程",             "R-VAR-10", S.PREPARING,           frozenset({S.RESULT}),          (*TRACKED, *GENERAL)),
    Lifecycle("three-discussions-one-publication", "三议一公布流程", "R-VAR-11", S.DRAFT,              frozenset({S.PUBLISH}),         (*DISCUSSED, *GENERAL)),
)}
# fmt: on


@lru_cache(maxsize=256)
def walked(name: str, left_out: tuple[str, ...] = ()) -> Lifecycle:
    """The table that a project walks whose programme leaves some actions out."""
    return without(LIFECYCLES[name], (A(action) for action in left_out))


def lifecycle_of(variant: str, managed: bool) -> str:
    """The table that a programme walks; the switch of R-AMB-43 picks the wider Fujian ones."""
    wider = f"{variant}-managed"
    return wider if managed and wider in LIFECYCLES else variant
