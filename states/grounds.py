"""On which clause a notice or letter rests, and what of it the receiver reads.

A literal table of decisions by province, the clause that grants for approvals, the duty's own
citation for reminders, and one bar: a Henan letter never rests on a Fujian document (R-AMB-42).
Where the documents are silent the record says so and the letter cites nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from states.catalogue import NOT_PRINTED, Citation, Programme
from states.names import Action


@dataclass(frozen=True, slots=True)
class Ground:
    """Rule, document as named in text, clause, printed words, and the sentence for the record."""

    rule: str
    document: str | None
    clause: str | None
    quote: str | None
    text: str
    cited: str | None
    """The sentence for the receiver: no ids of ours, no 无文号; None where the documents are silent."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. No quote: the documents are silent."""

    rule: str
    document: str | None = None
    clause: str | None = None
    quote: str | None = None


HENAN_2020, FUJIAN_2016 = "henan-2020", "fujian-2016"

# fmt: off
REFERENCES: Mapping[str, str] = {
    HENAN_2020:   "《河南省科协办公室关于做好2019-2020年度学会学术工作财政专项资助项目的通知》"
                  "（豫科协办发〔2020〕6号）",
    "henan-2021": "《河南省科协2021年学会学术工作要点》（豫科协办发〔2021〕9号）",
    "henan-2023": "《2023年度“科创中原”行动项目申报指南》（无文号）",
    FUJIAN_2016:  "《福建省创新驱动助力工程项目管理实施办法（试行）》（无文号）",
}
FUJIAN_DOCUMENTS = frozenset({FUJIAN_2016, "R-DOC-04"})
RULE_IDS: Mapping[str, str] = {
    "R-DOC-01": HENAN_2020, "R-DOC-02": "henan-2021", "R-DOC-03": "henan-2023", "R-DOC-04": FUJIAN_2016,
}

_HALT = "项目因特殊原因确需延期或中止的项目，由项目承担单位向省科协提出书面申请，经批准后方可延期或中止"
_FORM = "形式审查由省科技咨询服务中心负责"
_EVAL = "适时开展项目绩效评价"
_FEED = "评价结果反馈至各参与单位"
_FAIL = "绩效评价不合格的试点单位，省科协将以正式文件形式取消其试点资格"
_MEND = "绩效评价存在问题的单位，应于接到评价结果三个月内，按要求整改完毕，并将整改情况书面报省科协"
_LIST = "讨论通过后，确定试点名单"
_OPEN = "遴选结果在省科协网站对社会公开"
_MEET = "省科协召开主席办公会议进行研究"

GROUNDS: Mapping[tuple[str, Action], Row] = {
    ("henan",  Action.ACCEPT_FOR_FORM_REVIEW): Row("R-LIFE-32"),
    ("henan",  Action.RETURN_FOR_COMPLETION):  Row("R-AMB-08"),
    ("henan",  Action.FORM_REJECT):            Row("R-LIFE-35"),
    ("henan",  Action.LAPSE):                  Row("R-LIFE-149"),
    ("henan",  Action.APPROVE_EXTENSION):      Row("R-LIFE-48",  HENAN_2020,  "三、2.加强管理", _HALT),
    ("henan",  Action.REFUSE_EXTENSION):       Row("R-LIFE-49",  HENAN_2020,  "三、2.加强管理", _HALT),
    ("henan",  Action.APPROVE_HALT):           Row("R-LIFE-51",  HENAN_2020,  "三、2.加强管理", _HALT),
    ("henan",  Action.REFUSE_HALT):            Row("R-LIFE-52",  HENAN_2020,  "三、2.加强管理", _HALT),
    ("henan",  Action.EVALUATE_PASS):          Row("R-LIFE-55",  HENAN_2020,  "三、3.绩效评价", _EVAL),
    ("henan",  Action.EVALUATE_ISSUES):        Row("R-LIFE-56",  HENAN_2020,  "三、3.绩效评价", _EVAL),
    ("henan",  Action.EVALUATE_FAIL):          Row("R-LIFE-57"),
    ("henan",  Action.CONCLUDE_UNQUALIFIED):   Row("R-LIFE-135", HENAN_2020,  "三、3.绩效评价", _EVAL),
    ("henan",  Action.REVIEW_REJECT):          Row("R-LIFE-42"),
    ("henan",  Action.REVERSE_STEP):           Row("R-LIFE-160"),
    ("henan",  Action.PUBLISH_RESULTS):        Row("R-FORM-66"),
    ("fujian", Action.ACCEPT_FOR_FORM_REVIEW): Row("R-LIFE-32",  FUJIAN_2016, "第十三条", _FORM),
    ("fujian", Action.RETURN_FOR_COMPLETION):  Row("R-AMB-08"),
    ("fujian", Action.FORM_REJECT):            Row("R-LIFE-35",  FUJIAN_2016, "第十三条", _FORM),
    ("fujian", Action.LAPSE):                  Row("R-LIFE-149"),
    ("fujian", Action.CHAIR_PASS):             Row("R-LIFE-39",  FUJIAN_2016, "第十三条", _LIST),
    ("fujian", Action.PROMOTE_RESERVE):        Row("R-LIFE-144"),
    ("fujian", Action.NOT_RECOMMENDED):        Row("R-LIFE-38"),
    ("fujian", Action.CHAIR_REJECT):           Row("R-LIFE-40",  FUJIAN_2016, "第十三条", _MEET),
    ("fujian", Action.APPROVE_EXTENSION):      Row("R-AMB-43"),
    ("fujian", Action.REFUSE_EXTENSION):       Row("R-AMB-43"),
    ("fujian", Action.APPROVE_HALT):           Row("R-AMB-43"),
    ("fujian", Action.REFUSE_HALT):            Row("R-AMB-43"),
    ("fujian", Action.EVALUATE_PASS):          Row("R-LIFE-55",  FUJIAN_2016, "第十五条", _FEED),
    ("fujian", Action.EVALUATE_ISSUES):        Row("R-LIFE-56",  FUJIAN_2016, "第十五条", _FEED),
    ("fujian", Action.EVALUATE_FAIL):          Row("R-LIFE-57",  FUJIAN_2016, "第十八条", _FAIL),
    ("fujian", Action.REVERSE_STEP):           Row("R-LIFE-160"),
    ("fujian", Action.PUBLISH_RESULTS):        Row("R-LIFE-65",  FUJIAN_2016, "第十三条", _OPEN),
}
RECTIFICATION = Row("R-LIFE-56", FUJIAN_2016, "第十七条", _MEND)
# fmt: on
_UNNUMBERED = "（无文号）"


def action_ground(
    kind: str, action: Action, programme: Programme, on: date, amount: int | None = None
) -> Ground:
    """The ground of a letter. What the table does not name is an approval that grants `amount` fen."""
    if kind == "rectification_letter":
        if programme.province == "fujian":
            return _ground(RECTIFICATION, programme)
        return _own_default("R-AMB-42", programme, on)
    row = GROUNDS.get((programme.province, action))
    return _granting(programme, on, amount) if row is None else _ground(row, programme)


def duty_ground(slug: str, rule: str, programme: Programme, on: date) -> Ground:
    """The ground of a duty, as its programme cites it."""
    spec = programme.duties.get(slug)
    if slug == "rectification_report" and programme.province == "henan":
        return _own_default("R-AMB-42", programme, on)
    return _ground(Row(rule), programme) if spec is None else _cited(spec.citation, rule, programme, on)


def _granting(programme: Programme, on: date, amount: int | None) -> Ground:
    """The clause that prints the money, if just that was granted; else the one that prints the places."""
    for dated, granted in ((programme.amount, amount), (programme.quota, None)):
        printed = dated.on(on) if dated else None
        if printed is not None and granted in (None, printed[0]):
            return _cited(printed[1], "R-FORM-38", programme, on)
    return _ground(Row("R-FORM-38"), programme)


def _cited(citation: Citation, rule: str, programme: Programme, on: date) -> Ground:
    foreign = _canonical(citation.document) in FUJIAN_DOCUMENTS or citation.document in FUJIAN_DOCUMENTS
    if programme.province == "henan" and (foreign or "福建" in (citation.document or "")):
        return _own_default("R-AMB-42", programme, on)
    document = citation.document or programme.document.id
    row = Row(citation.rule or rule, document, citation.clause, citation.quote)
    return _ground(row, programme)


def _own_default(rule: str, programme: Programme, on: date) -> Ground:
    basis = str(programme.setting("rectification_basis", on) or "本项目绩效评价结论")
    text = f"{basis}；期限{NOT_PRINTED}，系统内部默认（{rule}）"
    return Ground(rule, None, None, None, text, basis)


def _ground(row: Row, programme: Programme) -> Ground:
    if row.quote is None:
        return Ground(row.rule, None, row.clause, None, f"{NOT_PRINTED}，系统内部默认（{row.rule}）", None)
    reference = _reference(row.document, programme)
    text = f"{reference}{row.clause or ''}“{row.quote}”"
    return Ground(row.rule, reference, row.clause, row.quote, text, text.replace(_UNNUMBERED, ""))


def _canonical(document: str | None) -> str | None:
    return None if document is None else RULE_IDS.get(document, document)


def _reference(document: str | None, programme: Programme) -> str:
    if document is None or document in (programme.document.id, programme.document.reference):
        return programme.document.reference
    return REFERENCES.get(_canonical(document) or "", document)
