"""What is checked when an application is handed in; failing it creates nothing (decided at submission).

Applicant kind, call, limit per legal applicant, duplicates. Everything else becomes findings on an
accepted application.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from states.catalogue import Citation, Programme
from states.decision import Unit
from states.errors import Reason
from states.names import Action, UnitKind
from states.tables import LIFECYCLES

CALLED = frozenset({Action.SUBMIT, Action.SUBMIT_TO_CITY, Action.NOM_RECOMMEND})
"""Ways of handing in that a call has to be open for; what is only recorded here needs none."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the record knows that bears on an admission."""

    call_open: bool
    counted: int
    """Applications of the same legal applicant in this programme and year (R-ELIG-46, R-AMB-07)."""
    same_title: str | None
    """Id of a live application of the same unit, programme and normalised title (R-ELIG-45)."""
    same_person: str | None
    """Id of a live application for the same talent in the same year (R-AMB-45)."""
    wrong_parent: str | None = None
    """Why the project that was named as parent cannot be it."""


def admission(programme: Programme, unit: Unit, standing: Standing, on: date) -> tuple[Reason, ...]:
    """Every reason against taking an application in."""
    found: list[Reason | None] = [
        _kind(programme, unit),
        _typed(programme),
        _call(programme, standing),
        _limit(programme, standing),
        _same_title(standing),
        _same_person(standing),
        _parent(standing),
    ]
    return tuple(reason for reason in found if reason is not None)


def _reason(rule: str, message: str, citation: Citation | None) -> Reason:
    quote = citation.quote if citation else None
    return Reason(rule, message, cite=quote, document=citation.document if citation else None)


def _kind(programme: Programme, unit: Unit) -> Reason | None:
    if unit.kind in programme.applicants or unit.kind in programme.applicants_warn:
        return None
    allowed = "、".join(UnitKind(kind).label for kind in programme.applicants)
    named = UnitKind(unit.kind).label if unit.kind in set(UnitKind) else unit.kind
    return _reason("R-ELIG-01", f"{named}不在申报对象之列（申报对象：{allowed}）", programme.citation)


def _parent(standing: Standing) -> Reason | None:
    return Reason("R-LIFE-60", standing.wrong_parent) if standing.wrong_parent else None


def _typed(programme: Programme) -> Reason | None:
    """A line with types below it is applied for by type (R-ELIG-31)."""
    if not programme.children:
        return None
    listed = "、".join(programme.relatives.get(one, one) for one in programme.children)
    return _reason("R-ELIG-31", f"“{programme.title}”须按类型申报：{listed}", programme.citation)


def _call(programme: Programme, standing: Standing) -> Reason | None:
    hands_in = LIFECYCLES[programme.variant].hands_in
    if programme.already_decided:
        how = Action.IMPORT_CLOSING if programme.variant == "evaluation-only" else Action.IMPORT_APPROVED
        message = f"该类项目由文件直接列明、已经立项：请存为草稿（--draft）后用 {how} 导入"
        return _reason("R-PROG-55", message, programme.citation)
    if standing.call_open or hands_in not in CALLED:
        return None
    return Reason("R-DL-17", f"“{programme.title}”的申报当前未开放（尚未开始或已截止）")


def _limit(programme: Programme, standing: Standing) -> Reason | None:
    limit = programme.limit_per_unit
    if limit is None or standing.counted < limit:
        return None
    citation = programme.limit_citation
    rule = citation.rule if citation and citation.rule else "R-ELIG-46"
    return _reason(rule, f"每个单位限报 {limit} 项，该单位已申报 {standing.counted} 项", citation)


def _same_title(standing: Standing) -> Reason | None:
    if standing.same_title is None:
        return None
    return Reason("R-ELIG-45", f"与已申报的 {standing.same_title} 重复（同一单位、同一类别、同名）")


def _same_person(standing: Standing) -> Reason | None:
    if standing.same_person is None:
        return None
    return Reason("R-ELIG-45", f"被托举人已在 {standing.same_person} 中申报")
