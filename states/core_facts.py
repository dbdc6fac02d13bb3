"""Facts that steps write on every project, whatever its programme; packs declare the rest.

Literal: name, label, type. Money is typed in yuan and kept in fen.
"""

from __future__ import annotations

from collections.abc import Mapping

from states.catalogue import FactSpec, Programme
from states.guards.certainty import CONFIRMED
from states.guards.county import NEED_STATUSES
from states.guards.evaluation import GRADES
from states.guards.resolution import ORGANS

ORGAN_NAMES = tuple(name for names in ORGANS.values() for name in names)
MATTERS = ("重大人事安排", "重大工作事项", "重大经费使用")


def _core(
    name: str, label: str, kind: str, values: tuple[str, ...] = (), *, personal: bool = False
) -> FactSpec:
    return FactSpec(name, label, kind, values, personal=personal, in_template=False)  # type: ignore[arg-type]


# fmt: off
CORE_FACTS: Mapping[str, FactSpec] = {spec.name: spec for spec in (
    _core("project.amount",          "资助金额（元）",     "money"),
    _core("project.approved_on",     "立项日期",           "date"),
    _core("project.started_on",      "实施开始日",         "date"),
    _core("project.ends_on",         "实施结束日",         "date"),
    _core("project.halted_on",       "中止日期",           "date"),
    _core("project.resumed_on",      "恢复日期",           "date"),
    _core("project.return_to",       "申请前状态",         "text"),
    _core("request.new_end",         "申请延期至",         "date"),
    _core("request.made_on",         "申请日期",           "date"),
    _core("return.received_on",      "接到补正通知日期",   "date"),
    _core("return.due_on",           "补正期限",           "date"),
    _core("publication.on",          "公示（公开）日期",   "date"),
    _core("publication.url",         "公开网址",           "text"),
    _core("objection.received_on",   "收到异议日期",       "date"),
    _core("objection.by",            "异议提出方",         "text"),
    _core("objection.decision",      "异议处理结论",       "enum", ("成立", "不成立")),
    _core("selection.leader",        "牵头遴选领导",       "text"),
    _core("selection.led_on",        "遴选日期",           "date"),
    _core("review.score",            "评审得分",           "decimal"),
    _core("evaluation.conclusion",   "绩效评价等次",       "enum", GRADES),
    _core("evaluation.has_issues",   "存在问题",           "bool"),
    _core("evaluation.concluded_on", "评价结论日期",       "date"),
    _core("evaluation.received_on",  "接到评价结果日期",   "date"),
    _core("evaluation.mode",         "评价方式",           "enum", ("自行组织专家", "委托专业机构")),
    _core("evaluation.agency",       "受托评价机构",       "text"),
    _core("closing.due_on",          "收尾材料报送期限",   "date"),
    _core("targets.begun",           "各项指标均有进展",   "bool"),
    _core("rectification.due_on",    "整改期限",           "date"),
    _core("subsidy.amount",          "补助金额（元）",     "money"),
    _core("subsidy.notified_on",     "补助通知日期",       "date"),
    _core("inspection.on",           "监督检查日期",       "date"),
    _core("project.marked",          "纳入试点市",         "bool"),
    _core("project.pack",            "所依政策包版本",     "text"),
    _core("project.pack_before",     "此前政策包",         "text"),
    _core("parent.cause",            "随上级项目办理",     "text"),
    _core("survey.experts",          "调研专家名单",       "records"),
    _core("survey.on",               "调研日期",           "date"),
    _core("survey.expert",           "调研专家",           "text"),
    _core("survey.layout",           "地域布局合理",       "text"),
    _core("survey.needs",            "产业需求集中",       "text"),
    _core("survey.demonstration",    "示范效应显著",       "text"),
    _core("survey.basis",            "工作基础良好",       "text"),
    _core("survey.other",            "其他调研意见",       "text"),
    _core("survey.forms",            "调研反馈意见表",     "records"),
    _core("need.number",             "需求编号",           "text"),
    _core("need.enterprise",         "提出需求的企业",     "text"),
    _core("need.content",            "技术需求内容",       "text"),
    _core("need.status",             "需求状态",           "enum", NEED_STATUSES),
    _core("need.note",               "需求办理情况",       "text"),
    _core("needs.register",          "企业技术需求登记表", "records"),
    _core("qualification.passed",    "资格审查通过",       "bool"),
    _core("nomination.agreed",       "同意提名",           "bool"),
    _core("award.grade",             "获奖等次",           "text"),
    _core("cosign.on",               "会签日期",           "date"),
    _core("edition.sci_checked",     "已核对评价指标",     "bool"),
    _core("edition.sci_note",        "评价指标核对说明",   "text"),
    _core("edition.categories",      "奖项类别",           "text"),
    _core("resolution.organ",        "议事机构",           "enum", ORGAN_NAMES),
    _core("resolution.matter",       "议事事项",           "enum", MATTERS),
    _core("resolution.on",           "议事日期",           "date"),
    _core("task.note",               "完成情况",           "text"),
    _core("track.applied_on",        "报送日期",           "date"),
    _core("track.outcome",           "中国科协结果",       "enum", ("入选", "未入选")),
    _core("track.on",                "结果日期",           "date"),
    _core("event.starts_on",         "召开日期",           "date"),
    _core("event.ends_on",           "结束日期",           "date"),
    _core("event.cancelled_on",      "活动取消日期",       "date"),
    _core(CONFIRMED,                 "经核实的暂定期限",   "date"),
    _core("contact.name",            "联系人",             "text", personal=True),
    _core("contact.phone",           "联系电话",           "text", personal=True),
    _core("contact.email",           "电子邮箱",           "text", personal=True),
)}
# fmt: on

ALIASES: Mapping[str, str] = {
    "amount": "project.amount",
    "started_on": "project.started_on",
    "ends_on": "project.ends_on",
    "marked": "project.marked",
}
"""Short names that the project object of the contract uses."""


def fact_spec(programme: Programme, name: str) -> FactSpec | None:
    """The spec of a fact by name, alias or Chinese label; the core's own comes before the pack's."""
    name = ALIASES.get(name, name)
    found = CORE_FACTS.get(name) or programme.facts.get(name)
    if found is not None:
        return found
    for spec in (*CORE_FACTS.values(), *programme.facts.values()):
        if spec.label == name:
            return spec
    return None
