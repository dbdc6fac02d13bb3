"""Predicates about what is applied for: the event, the young talent, the plan, the papers.

Pure; parameters such as the printed cut-off date come from the pack, never from today.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from states.catalogue import TargetSpec
from states.facts import normal_title
from states.looks import (
    Look,
    Predicate,
    Verdict,
    confirm,
    failed,
    in_province,
    noted,
    passed,
    records,
    says_nothing,
    whole,
)
from states.params import COUNT, DAY, MATERIALS, TEXT, fact, texts
from states.unit_checks import HOSTS

_MEMBER = re.compile(r"[（(][^（）()]*[)）]|(?:个人|团体|单位)?会员")
"""What is written behind the name of the body that somebody is a member of."""
_ASSOCIATIONS = frozenset({"科协", "科学技术协会"})
_NUMBER_KEYS = ("number", "target", "value", "目标值", "数值")
_HOSTING = "主办"
IMPLEMENTATION = "implementation_plan"
YOUNGEST = 16
"""Nobody younger is an engineer or scientist: the date is a slip; inferred."""


def fact_true(look: Look) -> Verdict:
    """A yes-or-no fact is yes."""
    name = look.params["fact"]
    value = look.fact(name)
    if value is None:
        return look.missing(name)
    return passed(f"{look.label(name)}：是") if value else failed(f"{look.label(name)}：否")


def fact_in(look: Look) -> Verdict:
    """A fact is one of the allowed values."""
    name, allowed = look.params["fact"], look.params["allowed"]
    value = look.fact(name)
    if value is None:
        return look.missing(name)
    if value in allowed:
        return passed(f"{look.label(name)}为“{value}”")
    return failed(f"{look.label(name)}为“{value}”，要求为{'或'.join(allowed)}")


def place_in_province(look: Look) -> Verdict:
    """A place lies in the province; a meeting held online only is for a person to decide."""
    name, province = look.params["fact"], look.params["province"]
    if name.startswith("event.") and look.fact("event.online_only"):
        return confirm("活动仅在线上举办，是否属于在本省举办须由人员核定", name)
    value = look.fact(name)
    if value is None:
        return look.missing(name)
    met = in_province(str(value), province)
    told = f"{look.label(name)}为“{value}”"
    if met is None:
        return confirm(f"{told}，是否在{province}须由人员核实", name)
    return passed(told) if met else failed(f"{told}，要求在{province}")


def born_since(look: Look) -> Verdict:
    """Born on or after the printed cut-off; today plays no part (R-ELIG-18, R-AMB-01)."""
    name, cutoff = look.params["fact"], look.params["cutoff"]
    born: date | None = look.fact(name)
    if born is None:
        return look.missing(name)
    if born.year > look.programme.year - YOUNGEST:
        return confirm(f"出生日期 {born.isoformat()} 不合常理，请核实", name)
    if born > cutoff:
        return passed(f"出生日期晚于 {cutoff.isoformat()}，符合年龄要求")
    if born < cutoff:
        return failed(f"出生日期早于 {cutoff.isoformat()}，超过年龄要求")
    if look.programme.setting("birth_date_inclusive", look.on, True):
        return passed(f"边界日：出生日期正是 {cutoff.isoformat()}，按“以后”含本日认定为符合")
    return failed(f"边界日：出生日期正是 {cutoff.isoformat()}，按“以后”不含本日认定为不符合")


def field_and_front_line(look: Look) -> Verdict:
    """A front-line scientist or engineer (R-ELIG-20)."""
    names = ("talent.field", "talent.front_line")
    blank = [name for name in names if look.fact(name) is None]
    field, front = look.fact(names[0]), look.fact(names[1])
    if field is not None and field not in look.params["fields"]:
        return failed(f"学科领域为“{field}”，要求为{'或'.join(look.params['fields'])}")
    if front is False:
        return failed("被托举人不是一线科技工作者")
    return look.missing(*blank) if blank else passed(f"{field}领域一线科技工作者")


def member_of_applicant(look: Look) -> Verdict:
    """The talent is a member of the applicant; for a host, of the host or its association (R-AMB-13)."""
    member = look.fact("talent.membership_unit")
    if member is None:
        return look.missing("talent.membership_unit")
    applicant = normal_title(str(look.fact("application.applicant_unit") or look.unit.name))
    found = normal_title(str(member))
    bodies = {normal_title(_MEMBER.sub("", body)) for body in re.split(r"[、，,；;]", str(member))}
    lenient = look.programme.setting("host_membership_accepted", look.on, True)
    hosted = look.unit.kind in HOSTS and lenient
    own_associations = {applicant + suffix for suffix in _ASSOCIATIONS} if hosted else set()
    if bodies & {applicant, *own_associations}:
        return passed(f"被托举人为申报单位会员（{member}）")
    if applicant in found:
        return confirm(f"会员所属单位“{member}”是否即申报单位或其科协，请核实", "talent.membership_unit")
    return failed(f"被托举人会员所属单位为“{member}”，不是申报单位")


def statement_given(look: Look) -> Verdict:
    """A statement is there and says something; which of the expected headings it does not name is shown."""
    name = look.params["fact"]
    value = look.fact(name)
    if value is None:
        return look.missing(name)
    if says_nothing(value):
        return failed(f"没有{look.label(name)}")
    absent = [phrase for phrase in look.params["phrases"] if phrase not in str(value)]
    told = f"已说明{look.label(name)}"
    return noted(f"{told}，未直接写出{'、'.join(absent)}，请核对") if absent else passed(told)


def co_organiser_level(look: Look) -> Verdict:
    """An international or national organisation takes the part that the level asks for (R-ELIG-36)."""
    level, organisers = look.fact("event.level"), look.fact("event.organisers")
    if level is None:
        return look.missing("event.level")
    if level not in ("international", "national"):
        return failed("活动级别不是国际性或全国性")
    if organisers is None:
        return look.missing("event.organisers")
    found = records(organisers)
    if level == "international":
        met = any(_level(r) == "international" for r in found)
        return passed("有国际学术组织参与举办") if met else _unlevelled(found, "没有国际学术组织参与举办")
    met = any(_level(r) == "national" and _HOSTING in _role(r) for r in found)
    return (
        passed("有全国性学术组织作为主办单位")
        if met
        else _unlevelled(found, "没有全国性学术组织作为主办单位")
    )


def _level(record: Mapping[str, Any]) -> str:
    told = str(record.get("level") or record.get("kind") or record.get("级别") or "").lower()
    if "international" in told or "国际" in told:
        return "international"
    return "national" if "national" in told or "全国" in told else told


def _role(record: Mapping[str, Any]) -> str:
    told = str(record.get("role") or record.get("角色") or "")
    return _HOSTING if told in ("host", "organiser") else told


def _unlevelled(found: list[Mapping[str, Any]], message: str) -> Verdict:
    if any(not _level(r) or (_level(r) == "national" and not _role(r)) for r in found):
        return confirm("举办单位的级别或角色未写明，无法判断", "event.organisers")
    return failed(message)


def planned_indicators(look: Look) -> Verdict:
    """Every mandatory indicator that applies is planned, and reaches what is printed (R-ELIG-37, -56)."""
    wanted = [target for target in look.programme.targets if _asked(target, look)]
    short = [text for text in (_short(target, look) for target in wanted) if text]
    if short:
        return failed("计划指标低于要求：" + "；".join(short))
    blank = [f"targets.{t.slug}" for t in wanted if whole(look.targets.get(t.slug)) is None]
    return look.missing(*blank) if blank else passed("计划指标均达到要求")


def _asked(target: TargetSpec, look: Look) -> bool:
    """Whether a plan has to have it: level minima bind who declares the level (R-AMB-31, R-AMB-16)."""
    if target.binding != "mandatory" or (target.cmp != "done" and target.number is None):
        return False
    if target.unless and look.fact(target.unless):
        return False
    return not target.when or look.fact("event.level") in target.when


def _short(target: TargetSpec, look: Look) -> str | None:
    planned = whole(look.targets.get(target.slug))
    if planned is None:
        return None
    if target.cmp == "done":
        return None if planned else f"{target.label}未列入计划"
    bound, unit = target.number or 0, target.unit or ""
    told = {
        "ge": (planned >= bound, f"要求不少于 {bound}{unit}"),
        "le": (planned <= bound, f"要求不超过 {bound}{unit}"),
        "eq": (planned == bound, f"要求为 {bound}{unit}"),
    }
    met, wanted = told[target.cmp]
    return None if met else f"{target.label} {planned:g}，{wanted}"


def papers_filed(look: Look) -> Verdict:
    """The papers that the document asks for are there."""
    wanted = list(look.params["materials"])
    if not look.programme.setting("society_needs_required", look.on, True) and "enterprise_needs" in wanted:
        wanted.remove("enterprise_needs")
    blank = [f"materials.{slug}" for slug in wanted if slug not in look.materials]
    return look.missing(*blank) if blank else passed("申报材料齐备")


def sections_named(look: Look) -> Verdict:
    """A plan has the sections that the document asks for."""
    name = look.params["fact"]
    value = look.fact(name)
    if value is None:
        return look.missing(name)
    absent = [section for section in look.params["sections"] if section not in str(value)]
    return (
        failed(f"{look.label(name)}缺少：{'、'.join(absent)}")
        if absent
        else passed(f"{look.label(name)}齐全")
    )


def among_listed(look: Look) -> Verdict:
    """What is named stands in a list of the document; the list is open, so others are shown (R-PROG-54)."""
    name, listed = look.params["fact"], look.params["listed"]
    value = look.fact(name)
    if value is None:
        return look.missing(name)
    named = [str(row.get("name") or row.get("名称") or "") for row in records(value)]
    if not named or says_nothing(named):
        return failed(f"{look.label(name)}一项也没有写明")
    other = [each for each in named if not any(known in each for known in listed)]
    if other:
        return noted(f"{look.label(name)}中“{'、'.join(other)}”未在文件中列明，请核对")
    return passed(f"{look.label(name)} {len(named)} 项，均在文件所列之内")


def key_works_planned(look: Look) -> Verdict:
    """At least so many key works, each with a number, and a plan for the year (R-ELIG-54)."""
    names = ("plan.key_works", "plan.targets", "plan.annual_goal_plan")
    works, targets, plan = (look.fact(name) for name in names)
    chosen = [work for work in look.params["works"] if work in str(works or "")]
    if works is not None and len(chosen) < look.params["at_least"]:
        return failed(f"选取的重点工作为 {len(chosen)} 项，要求不少于 {look.params['at_least']} 项")
    if says_nothing(plan):
        return failed("没有年度发展目标计划")
    blank = [name for name in names if look.fact(name) is None]
    if not whole(look.targets.get(IMPLEMENTATION)) and IMPLEMENTATION not in look.materials:
        blank.append(f"targets.{IMPLEMENTATION}")
    if blank:
        return look.missing(*blank)
    rows = [row for row in records(targets) if _measurable(row)]
    told = [str(list(row.values())) for row in rows]
    tied = any(work in text for work in look.params["works"] for text in told)
    bare = [work for work in chosen if not any(work in text for text in told)]
    if bare and (tied or len(rows) < len(chosen)):
        return failed("重点工作没有可量化的绩效目标：" + "、".join(bare))
    return passed(f"选取 {len(chosen)} 项重点工作，均有可量化目标，并有年度发展目标计划")


def _measurable(row: Mapping[str, Any]) -> bool:
    given = [row[key] for key in _NUMBER_KEYS if key in row]
    named = re.sub(r"\d{4}\s*年", "", str(row.get("name", "")))
    return any(whole(v) is not None for v in given) or any(sign.isdigit() for sign in named)


# fmt: off
PREDICATES: dict[str, Predicate] = {
    "fact_true":            Predicate(fact_true, {"fact": fact("bool")}),
    "fact_in":              Predicate(fact_in, {"fact": fact("enum", "text"), "allowed": texts(of="fact")}),
    "place_in_province":    Predicate(place_in_province, {"fact": fact("text", "enum"), "province": TEXT}),
    "born_since":           Predicate(born_since, {"fact": fact("date"), "cutoff": DAY}),
    "field_and_front_line": Predicate(field_and_front_line, {"fields": texts(of="talent.field")}),
    "member_of_applicant":  Predicate(member_of_applicant),
    "statement_given":      Predicate(statement_given, {"fact": fact(), "phrases": texts()}),
    "co_organiser_level":   Predicate(co_organiser_level),
    "planned_indicators":   Predicate(planned_indicators),
    "papers_filed":         Predicate(papers_filed, {"materials": MATERIALS}),
    "sections_named":       Predicate(sections_named, {"fact": fact(), "sections": texts()}),
    "among_listed":         Predicate(among_listed, {"fact": fact("records"), "listed": texts()}),
    "key_works_planned":    Predicate(key_works_planned, {"works": texts(), "at_least": COUNT}),
}
# fmt: on
