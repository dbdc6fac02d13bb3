"""Projects on the screen: lists, one project with its duties and history, findings, actions.

It shows what the record answered and adds nothing to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from console.output import Screen
from states.names import Role, State
from states.proof import PARTICULARS, REPORT

RESULTS = {"pass": "符合", "fail": "不符合", "unknown": "材料不足"}
SEVERITIES = {"block": "必须", "warn": "提示", "info": "说明"}


def show_list(on: Screen, projects: Sequence[dict[str, Any]], following: str | None) -> None:
    """One page of projects, and how to get the next."""
    if not projects:
        on.line("没有符合条件的项目。")
        return
    rows = [
        (
            one["id"],
            one["title"],
            one["unit"]["name"],
            one["year"],
            one["state_label"],
            one["amount"],
            one["overdue"] or "",
            "、".join(one.get("remarks", ())),
        )
        for one in projects
    ]
    headings = ("项目编号", "项目名称", "单位", "年度", "状态", "金额（元）", "逾期", "标记")
    on.table(f"项目（本页 {len(projects)} 项）", headings, rows)
    if following:
        on.line(f"还有更多，下一页：加 --after {following}（或用 --limit 加大每页数量）")


def show_project(on: Screen, project: dict[str, Any], targets: Mapping[str, str]) -> None:
    """All about one project; `targets` are the labels of its indicators."""
    unit, contact = project["unit"], project["contact"]
    on.pairs(
        [
            ("项目编号", project["id"]),
            ("项目名称", project["title"]),
            ("项目类别", f"{project['programme_title']}（{project['programme']}）"),
            ("单位", unit["name"]),
            ("所在地区", unit["region"]),
            ("联系人", [contact[name] for name in ("name", "phone", "email") if contact.get(name)]),
            ("年度", project["year"]),
            ("状态", f"{project['state_label']}（{project['state']}，第 {project['version']} 版）"),
            ("金额（元）", project["amount"]),
            ("实施期", _span(project)),
            ("上级项目", project["parent"]),
            ("逾期事项", project["overdue"] or ""),
            ("漏报", [_missed(one) for one in project["missed"]]),
            ("标记", project.get("remarks")),
            ("咨询电话", project["phone"]),
        ]
    )
    _facts(on, project, targets)
    _papers(on, project)
    for duty in project["duties"]:
        on.line()
        show_duty(on, duty)
    _history(on, project["history"])


def _missed(one: Mapping[str, Any]) -> str:
    """How often one kind of report was not there on its day."""
    still = f"，其中 {len(one['overdue'])} 次仍未报" if one["overdue"] else ""
    return f"{one['label']} {one['missed']} 次{still}"


def _span(project: dict[str, Any]) -> str:
    if not (project["started_on"] or project["ends_on"]):
        return ""
    return f"{project['started_on'] or '未定'} 至 {project['ends_on'] or '未定'}"


def _facts(on: Screen, project: dict[str, Any], targets: Mapping[str, str]) -> None:
    rows: list[Sequence[Any]] = [
        (name, one["label"], one["value"], one.get("source", ""), one.get("by", ""))
        for name, one in project["facts"].items()
    ]
    if rows:
        on.table("事项", ("名称", "标题", "值", "来源", "登记人"), rows)
    if project["targets"]:
        planned = [(name, targets.get(name, name), value) for name, value in project["targets"].items()]
        on.table("指标", ("名称", "标题", "计划"), planned)


def _papers(on: Screen, project: dict[str, Any]) -> None:
    rows: list[Sequence[Any]] = [
        (one["kind"], one["file"], one["version"], one["filed_by"], one["sha256"][:12])
        for one in project["materials"]
    ]
    if rows:
        on.table("材料", ("种类", "文件", "版次", "登记人", "校验值"), rows)
    if project["children"]:
        rows = [(one["id"], one["title"], one["state_label"]) for one in project["children"]]
        on.table("子项目", ("项目编号", "项目名称", "状态"), rows)


def show_duty(on: Screen, duty: dict[str, Any]) -> None:
    """One duty with the derivation of its date."""
    period = f"（{duty['period']}）" if duty["period"] else ""
    kind = "建议日期" if duty["suggested"] else "期限"
    on.pairs(
        [
            ("应办事项", f"{duty['label']}{period}（{duty['duty']}，{duty['rule']}）"),
            ("责任方", duty["owed_by_label"]),
            (kind, duty["due"] + ("（日历暂定）" if duty["provisional"] else "")),
            ("宽限至（内部）", duty.get("grace_until")),
            ("法定日", duty["legal_due"] if duty["legal_due"] != duty["due"] else ""),
            ("建议办理日", duty["soft_due"] if duty["soft_due"] != duty["due"] else ""),
            ("状态", duty["status_label"] + (f"，{duty['met_on']} 办理" if duty["met_on"] else "")),
            ("数量", _count(duty)),
            ("备注", duty["marks"]),
            ("办理", "\n".join(_proof(proof) for proof in duty["proofs"])),
            ("变更", "\n".join(_move(move) for move in duty["moves"])),
        ]
    )
    for step in duty["steps"]:
        on.line(f"  · {step}")


def _count(duty: Mapping[str, Any]) -> str:
    """Of a duty with a quota, what was reported and what is missing."""
    if "quota" not in duty:
        return ""
    gap = f"，还差 {duty['gap']}" if duty["gap"] else ""
    return f"要求 {duty['quota']}，已报 {duty['reached']}{gap}"


def _proof(proof: Mapping[str, Any]) -> str:
    """One thing done for a duty: when, by which door, and what was said and brought."""
    form = "报送" if proof["form"] == REPORT else f"{proof['form']}"
    told = [f"{PARTICULARS[name].label} {value}" for name, value in proof["said"].items()]
    told += [f"附 {'、'.join(proof['papers'])}"] if proof["papers"] else []
    return f"{proof['on']}：{form}（第 {proof['seq']} 条记录{''.join(f'；{one}' for one in told)}）"


def _move(move: Mapping[str, Any]) -> str:
    """One move of a date: when, from where to where, why, and by which document."""
    why = "，".join(part for part in (move["reason"], move.get("document")) if part)
    return f"{move['on']}：{move['from'] or '无'} → {move['to']}（{why}）"


def _history(on: Screen, history: Sequence[dict[str, Any]]) -> None:
    rows = []
    for one in history:
        who = one["actor"] + (f"（{one['stood_in_by']} 代办）" if one["stood_in_by"] else "")
        source = State(one["from"]).label if one["from"] else ""
        notes = [
            "补录" if one["backdated"] else None,
            f"代 {one['represented']} 登记" if one["represented"] else None,
            one["reason"],
            one["document"],
            _clause(one),
        ]
        what = f"{source} → {State(one['to']).label}" if one["from"] != one["to"] else ""
        text = "；".join(note for note in notes if note)
        rows.append((one["seq"], one["on"], one["action_label"], what, who, one["role_label"], text))
    on.table("历史", ("序", "业务日期", "操作", "状态变化", "办理人", "角色", "说明"), rows)


def _clause(one: dict[str, Any]) -> str | None:
    """The rule an entry stands on, with the printed words where the programme's document has some."""
    quote = f"“{one['cite']}”" if one["cite"] else ""
    return f"依据 {one['rule']}{quote}" if one["rule"] else None


def show_findings(
    on: Screen, findings: Sequence[dict[str, Any]], refused: Sequence[dict[str, Any]] = ()
) -> None:
    """Eligibility findings, those that fail first."""
    order = {"fail": 0, "unknown": 1, "pass": 2}
    from_files = any("source" in one for one in findings)
    rows = [
        (
            *((one["source"],) if from_files else ()),
            RESULTS[one["result"]],
            SEVERITIES.get(one["severity"], one["severity"]),
            one["rule"],
            one["message"],
            one["cite"] or "文件未载明",
        )
        for one in sorted(findings, key=lambda one: order[one["result"]])
    ]
    headings = (*(("来源",) if from_files else ()), "结果", "性质", "规则", "说明", "条款")
    on.table("资格检查", headings, rows)
    for one in refused:
        on.line(f"无法读取：{one['source']} {one['title'] or ''}")
        for reason in one["reasons"]:
            on.line(f"  · {reason['message']}")


def show_actions(on: Screen, actions: Sequence[dict[str, Any]]) -> None:
    """What may be done, then what may not from here, with the reasons."""
    allowed = [one for one in actions if one["allowed"]]
    here = [one for one in actions if not one["allowed"] and one["here"]]
    rows = [
        (
            f"{one['label']}\n{one['action']}",
            one["to_label"],
            "、".join(Role(role).label for role in one["roles"]),
            "；".join(need["label"] for need in one["needs"]),
        )
        for one in allowed
    ]
    on.table(f"现在可以办理（{len(allowed)} 项）", ("操作", "到", "角色", "所需"), rows)
    rows = [
        (
            f"{one['label']}\n{one['action']}",
            "、".join(Role(role).label for role in one["roles"]),
            "\n".join(reason["message"] for reason in one["reasons"]),
            "；".join(need["label"] for need in one["needs"]),
        )
        for one in here
    ]
    if rows:
        on.table("本状态下还不能办理", ("操作", "角色", "原因", "所需"), rows)
    others = [one["label"] for one in actions if not one["here"]]
    if others:
        on.paragraph(f"其余操作不适用于当前状态：{'、'.join(others)}")
