"""Guards of the survey of a Fujian county: who is assigned, what a form answers, who may fill one in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from states.errors import Reason
from states.guards.ask import Ask, no
from states.names import UnitKind

DIMENSIONS: Mapping[str, str] = {
    "survey.layout": "地域布局合理",
    "survey.needs": "产业需求集中",
    "survey.demonstration": "示范效应显著",
    "survey.basis": "工作基础良好",
}
"""The four dimensions of the 调研反馈意见表, with the fact that answers each (R-FORM-08)."""

NEED_STATUSES = ("提出", "筛选", "对接", "落实")
"""How far a need of an enterprise has come (R-DL-36)."""
NEED_FIELDS = ("enterprise", "content", "status", "note")
"""What is told of a need of an enterprise, as facts `need.…`."""

_ON_ITS_OWN = frozenset({UnitKind.FJ_PINGTAN_KX, UnitKind.FJ_CITY_KX})


def no_city_above(ask: Ask) -> bool:
    """Whether no city association stands above the applicant (R-AMB-21)."""
    return ask.case.unit.kind in _ON_ITS_OWN


def survey_experts_named(ask: Ask) -> Reason | None:
    """A survey names its experts."""
    if assigned(ask.facts):
        return None
    return no("R-LIFE-36", "须写明调研专家名单（--set survey.experts=甲；乙）")


def survey_form_filled(ask: Ask) -> Reason | None:
    """A form names its expert, who was assigned, and answers all four dimensions."""
    expert = ask.command.values.get("survey.expert")
    blank = [
        f"{label}（{name}）" for name, label in DIMENSIONS.items() if ask.command.values.get(name) is None
    ]
    if not expert:
        blank.append("调研专家（survey.expert）")
    if blank:
        return no("R-FORM-08", f"调研反馈意见表未填完整，尚缺：{'、'.join(blank)}")
    if expert not in assigned(ask.case.facts):
        return no("R-LIFE-36", f"{expert} 不在调研专家名单之内（assign_survey 安排）")
    return None


def survey_complete(ask: Ask) -> Reason | None:
    """A form of every assigned expert is filed, at least one."""
    wanted = assigned(ask.case.facts)
    if not wanted:
        return no("R-LIFE-36", "尚未安排调研专家（assign_survey），也没有调研反馈意见表")
    absent = [expert for expert in wanted if expert not in filed_by(ask.case.facts)]
    if absent:
        return no("R-LIFE-36", f"尚缺调研专家的调研反馈意见表：{'、'.join(absent)}")
    return None


def need_told(ask: Ask) -> Reason | None:
    """A new need says whose and what it is; a known one what has changed (R-DL-36)."""
    values = ask.command.values
    number = values.get("need.number")
    known = {one["number"] for one in ask.case.facts.get("needs.register") or ()}
    if number is None:
        if values.get("need.enterprise") and values.get("need.content"):
            return None
        message = "新的需求须写明企业和内容（--set need.enterprise=… --set need.content=…）"
        return no("R-DL-36", message)
    if number not in known:
        listed = "、".join(sorted(known)) or "无"
        return no("R-DL-36", f"没有编号为 {number} 的需求；现有：{listed}（新的需求不写编号）")
    if any(values.get(f"need.{name}") for name in NEED_FIELDS):
        return None
    return no("R-DL-36", "须写明需求有何变化（如 --set need.status=对接）")


def outsider(ask: Ask) -> Reason | None:
    """Nobody of the applicant unit judges its project."""
    if ask.command.actor_unit is None or ask.command.actor_unit != ask.case.unit.id:
        return None
    return no("R-LIFE-66", "申报单位的人员不得评审（评价）本单位的项目")


def assigned(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the experts assigned to the survey, in their order."""
    return tuple(dict.fromkeys(_name(each) for each in facts.get("survey.experts") or ()))


def filed_by(facts: Mapping[str, Any]) -> frozenset[str]:
    """Names of the experts whose form is filed."""
    return frozenset(_name(each) for each in facts.get("survey.forms") or ())


def _name(record: Any) -> str:
    return str(record.get("name", "") if isinstance(record, Mapping) else record).strip()
