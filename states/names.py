"""The closed vocabularies: states, actions, roles and applicant kinds, each with its Chinese label.

Codes are those of the rule ledger; other offices script against them. Nothing here decides.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """A string enum whose members also carry a Chinese label."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """A member from its code and label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class State(Labelled):
    """Where a case stands (R-LIFE-01…28, -100…126)."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已申报"
    RETURNED = "returned", "退回补正"
    CITY_REVIEW = "city_review", "市科协审核"
    FORM_REVIEW = "form_review", "形式审查"
    FORM_FAILED = "form_failed", "形式审查未通过"
    SITE_SURVEY = "site_survey", "实地调研"
    EXPERT_REVIEW = "expert_review", "专家评审"
    DEPARTMENT_DISCUSSION = "department_discussion", "学会学术部讨论推荐"
    CHAIR_MEETING = "chair_meeting", "主席办公会议"
    NOT_SELECTED = "not_selected", "未立项"
    APPROVED = "approved", "立项"
    AWAITING_PARENT = "awaiting_parent", "待试点市结果"
    ABSORBED = "absorbed", "纳入试点市子项目管理"
    EXECUTING = "executing", "实施中"
    MIDTERM = "midterm", "中期考核"
    MIDTERM_RECTIFYING = "midterm_rectifying", "中期整改中"
    EXTENSION_PENDING = "extension_pending", "延期申请中"
    HALT_PENDING = "halt_pending", "中止申请中"
    HALTED = "halted", "已中止"
    PERFORMANCE_REVIEW = "performance_review", "绩效评价"
    RECTIFYING = "rectifying", "整改中"
    RECTIFICATION_SUBMITTED = "rectification_submitted", "整改报告已报"
    DISQUALIFIED = "disqualified", "取消试点资格"
    CLOSED = "closed", "结项"
    CLOSED_UNQUALIFIED = "closed_unqualified", "评价不合格（结束）"
    TERMINATED = "terminated", "已终止"
    WITHDRAWN = "withdrawn", "已撤回"
    RECOMMENDED = "recommended", "推荐（待资格审查）"
    NOT_QUALIFIED = "not_qualified", "资格审查未通过"
    COMMITTEE_REVIEW = "committee_review", "专家评审委员会评审"
    PROPOSED_NOMINATION = "proposed_nomination", "拟提名"
    NOT_NOMINATED = "not_nominated", "未提名"
    SURVEY_AND_COMMENTS = "survey_and_comments", "调研和征求意见"
    CRITERIA_AND_RULES_ISSUED = "criteria_and_rules_issued", "评价指标与实施细则已定"
    CALL = "call", "征集"
    EDITION_CONCLUDED = "edition_concluded", "本届评选结束"
    RESULT = "result", "评选（申报）结果"
    NOT_AWARDED = "not_awarded", "未获奖"
    MOTION = "motion", "动议"
    PARTY_STUDY = "party_study", "党委研究建议"
    VOTE = "vote", "表决决议"
    PUBLISH = "publish", "公布"
    TO_DO = "todo", "待办"
    DOING = "doing", "进行中"
    DONE = "done", "完成"
    PREPARING = "preparing", "准备申报"
    APPLIED_TO_CAST = "applied_to_CAST", "已报中国科协"


class Action(Labelled):
    """What somebody does to a case (R-LIFE-30…163, R-DOC-07)."""

    SUBMIT = "submit", "提交申报"
    WITHDRAW = "withdraw", "撤回申报"
    ACCEPT_FOR_FORM_REVIEW = "accept_for_form_review", "受理"
    RETURN_FOR_COMPLETION = "return_for_completion", "退回补正"
    FORM_PASS = "form_pass", "形式审查通过"
    FORM_REJECT = "form_reject", "形式审查不通过"
    LAPSE = "lapse", "逾期未补正"
    REVIEW_FORM_DECISION = "review_form_decision", "复核形式审查"
    REVIEW_SELECT = "review_select", "评审立项"
    REVIEW_REJECT = "review_reject", "评审未入选"
    SUBMIT_TO_CITY = "submit_to_city", "报市科协审核"
    CITY_RECOMMEND = "city_recommend", "市科协推荐"
    CITY_RETURN = "city_return", "市科协退回"
    CITY_REFUSE = "city_refuse", "市科协不推荐"
    ASSIGN_SURVEY = "assign_survey", "安排实地调研"
    FILE_SURVEY_FORM = "file_survey_form", "填报调研反馈意见表"
    SURVEY_DONE = "survey_done", "实地调研完成"
    REVIEW_TO_DEPARTMENT = "review_to_department", "评审意见报学会学术部"
    RECOMMEND = "recommend", "学会学术部推荐"
    NOT_RECOMMENDED = "not_recommended", "学会学术部不推荐"
    CHAIR_PASS = "chair_pass", "主席办公会议通过"
    CHAIR_REJECT = "chair_reject", "主席办公会议不通过"
    CHAIR_REMAND = "chair_remand", "主席办公会议退回再议"
    IMPORT_APPROVED = "import_approved", "导入已立项项目"
    IMPORT_CLOSING = "import_closing", "导入收尾项目"
    PROMOTE_RESERVE = "promote_reserve", "候补立项"
    REVOKE_APPROVAL = "revoke_approval", "撤销立项"
    REOPEN_REVIEW = "reopen_review", "重新评审"
    RELINQUISH = "relinquish", "放弃立项"
    PUBLISH_RESULTS = "publish_results", "公示（公开）立项结果"
    RECORD_OBJECTION = "record_objection", "登记异议"
    DECIDE_OBJECTION = "decide_objection", "处理异议"
    MARK_CHILD = "mark_child", "注明是否纳入试点市"
    ABSORB = "absorb", "纳入试点市"
    RELEASE_TO_REVIEW = "release_to_review", "转入专项评审"
    CLOSE_ABSORBED = "close_absorbed", "随试点市结项"
    TERMINATE_ABSORBED = "terminate_absorbed", "随试点市终止"
    RELEASE_ABSORBED = "release_absorbed", "退出试点市并转评审"
    HALT_ABSORBED = "halt_absorbed", "随试点市中止"
    RESUME_ABSORBED = "resume_absorbed", "随试点市恢复"
    RECALL_TO_PARENT = "recall_to_parent", "召回待试点市结果"
    START = "start", "启动实施"
    MIDTERM_OPEN = "midterm_open", "开展中期考核"
    MIDTERM_DONE = "midterm_done", "中期考核完成"
    MIDTERM_ISSUES = "midterm_issues", "中期整改通知"
    MIDTERM_RECTIFIED = "midterm_rectified", "中期整改完成"
    REQUEST_EXTENSION = "request_extension", "申请延期"
    APPROVE_EXTENSION = "approve_extension", "批准延期"
    REFUSE_EXTENSION = "refuse_extension", "不批准延期"
    REQUEST_HALT = "request_halt", "申请中止"
    APPROVE_HALT = "approve_halt", "批准中止"
    REFUSE_HALT = "refuse_halt", "不批准中止"
    CANCEL_REQUEST = "cancel_request", "撤回申请"
    RESUME_HALTED = "resume_halted", "恢复实施"
    CLOSE_HALTED = "close_halted", "中止后终止"
    TERMINATE = "terminate", "终止项目"
    RESCHEDULE_EVENT = "reschedule_event", "调整会期"
    ACCEPT_RESCHEDULE = "accept_reschedule", "认可会期调整理由"
    OPEN_EVALUATION = "open_evaluation", "开展绩效评价"
    RECORD_EVALUATION = "record_evaluation", "登记评价结论"
    EVALUATE_PASS = "evaluate_pass", "评价通过"
    EVALUATE_ISSUES = "evaluate_issues", "评价存在问题，责令整改"
    EVALUATE_FAIL = "evaluate_fail", "取消试点资格"
    CONCLUDE_UNQUALIFIED = "conclude_unqualified", "评价不合格并结束"
    RECORD_RECEIPT = "record_receipt", "登记接收日期"
    SUBMIT_RECTIFICATION = "submit_rectification", "报送整改报告"
    ACCEPT_RECTIFICATION = "accept_rectification", "认可整改"
    RETURN_RECTIFICATION = "return_rectification", "退回整改报告"
    EXTEND_RECTIFICATION = "extend_rectification", "延长整改期限"
    ORDER_REEVALUATION = "order_reevaluation", "重新评价"
    CONFIRM_PROGRESS = "confirm_progress", "认定实质性进展"
    DECIDE_SUBSIDY = "decide_subsidy", "决定补助"
    FILE_FUND_METHOD = "file_fund_method", "备案资金管理办法"
    PAY_SUBSIDY = "pay_subsidy", "拨付补助"
    RECORD_ACCEPTANCE = "record_acceptance", "登记验收意见"
    RECORD_NEED = "record_need", "登记企业技术需求"
    RECORD_INSPECTION = "record_inspection", "登记监督检查"
    END_PILOT = "end_pilot", "结束试点"
    NOM_RECOMMEND = "nom_recommend", "推荐候选项目"
    NOM_QUALIFY = "nom_qualify", "资格审查"
    NOM_COMMITTEE = "nom_committee", "评审委员会评审结果"
    AWARD_PREPARE = "award_prepare", "制定评价指标与实施细则"
    OPEN_CALL = "open_call", "启动征集"
    CONCLUDE_EDITION = "conclude_edition", "结束本届评选"
    AWARD_RESULT = "award_result", "确定获奖"
    AWARD_REFUSE = "award_refuse", "不予授奖"
    COSIGN = "cosign", "会签"
    TDOP_MOTION = "tdop_motion", "提出动议"
    TDOP_STUDY = "tdop_study", "党委研究"
    TDOP_VOTE = "tdop_vote", "会议表决"
    TDOP_PUBLISH = "tdop_publish", "公布决议"
    TDOP_REFUSE = "tdop_refuse", "不予通过"
    TASK_START = "task_start", "开始任务"
    TASK_DONE = "task_done", "任务完成"
    PARTY_FILING = "party_filing", "党建备案"
    TRACK_APPLY = "track_apply", "报中国科协"
    TRACK_RESULT = "track_result", "登记中国科协结果"
    ADOPT_PACK = "adopt_pack", "改用新版政策包"
    AMEND_DEADLINES = "amend_deadlines", "调整期限"
    ADJUST_GRACE = "adjust_grace", "调整内部宽限"
    UNDO_AMENDMENT = "undo_amendment", "撤销期限调整"
    CORRECT_RECORD = "correct_record", "更正记录"
    REVERSE_STEP = "reverse_step", "撤销上一步"


class Role(Labelled):
    """In what capacity somebody acts (R-ROLE-01…33)."""

    PROV_ASSOCIATION = "prov_association", "省科协"
    UNDERTAKING_UNIT = "undertaking_unit", "项目承担单位"
    APPLICANT = "applicant", "申报单位"
    REVIEW_EXPERT = "review_expert", "评审专家"
    ACADEMIC_DEPARTMENT = "academic_department", "省科协学会学术部"
    SERVICE_CENTRE = "service_centre", "省科技咨询服务中心"
    CHAIR_MEETING = "chair_meeting", "省科协主席办公会议"
    FJ_SOCIETY_UNIT = "fj_society_unit", "省级学会"
    LOCAL_KX = "local_kx", "地方科协"
    CITY_KX_REVIEWER = "city_kx_reviewer", "设区市科协（审核推荐）"
    SURVEY_EXPERT = "survey_expert", "调研专家"
    LOCAL_GOVERNMENT = "local_government", "地方政府"
    ENTERPRISE = "enterprise", "企业（实施主体）"
    PARTICIPANT_UNIT = "participant_unit", "各参与单位"
    FORM_CHECKER = "form_checker", "形式审查人员"
    EVALUATOR = "evaluator", "评价专家或专业机构"
    COMMITTEE = "committee", "专家评审委员会"
    NOMINATOR = "nominator", "推荐单位（全省学会和省辖市科协）"
    HR_DEPARTMENT = "hr_department", "省人社厅"
    SOCIETY_ORGANS = "society_organs", "学会议事机构"
    MENTOR = "mentor", "托举团队专家"
    LIAISON = "liaison", "联络服务人员"
    PARTY_GOVERNMENT = "party_government", "地方党委政府"
    NATIONAL_SOCIETY = "national_society", "全国学会（国际学术组织）"
    CONTACT = "contact", "联系人"
    CLERK = "clerk", "经办人员"
    ADMIN = "admin", "系统管理员"
    VIEWER = "viewer", "只读用户"
    AUDITOR = "supervisor_external", "财政、审计、纪检监察"
    SYSTEM = "system", "系统"
    PUBLIC = "public", "社会公众"


class UnitKind(Labelled):
    """The closed list of applicant kinds (R-PROG-00)."""

    PROV_SOCIETY = "prov_society", "全省学会（协会、研究会）"
    CITY_KX = "city_kx", "省辖市科协"
    JIYUAN_KX = "jiyuan_kx", "济源示范区科协"
    HOST_UNIVERSITY = "host_university", "高校（高校科协的依托单位）"
    HOST_ENTERPRISE = "host_enterprise", "企业（企业科协的依托单位）"
    HOST_HOSPITAL = "host_hospital", "医院（医疗卫生机构科协的依托单位）"
    MEDIA_PLATFORM = "media_platform", "媒体平台"
    METHOD_BASE = "method_base", "省级创新方法培训基地"
    UNIV_KX = "univ_kx", "高校科协（联合申报伙伴）"
    ENT_KX = "ent_kx", "企业科协（联合申报伙伴）"
    FJ_SOCIETY = "fj_society", "省级学会（协会、研究会）(福建)"
    FJ_COUNTY_KX = "fj_county_kx", "县（市、区）科协(福建)"
    FJ_CITY_KX = "fj_city_kx", "设区市科协(福建)"
    FJ_UNIV_KX = "fj_univ_kx", "高校科协(福建)"
    FJ_PINGTAN_KX = "fj_pingtan_kx", "平潭综合实验区科协(福建)"
    FJ_ASSOCIATION = "fj_association", "省科协机关(福建)"
    """Applies for nothing: the yearly work of the whole programme is recorded under it (R-DL-20)."""


class DutyStatus(Labelled):
    """How a duty stands; the words of the contract."""

    OPEN = "open", "待履行"
    SUGGESTED = "suggested", "建议日期"
    MET = "met", "按期"
    LATE = "late", "逾期完成"
    OVERDUE = "overdue", "逾期"
    SUSPENDED = "suspended", "中止计算"
    CANCELLED = "cancelled", "已取消"
    WAIVED = "waived", "已免除"


class NoticeStatus(Labelled):
    """How a notice stands in the ledger."""

    HELD = "held", "待签发"
    PENDING = "pending", "待发送"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发送"
    FAILED = "failed", "发送失败"
    CANCELLED = "cancelled", "已取消"
    DEAD = "dead", "停止重试"


ACTS_AS: dict[Role, frozenset[Role]] = {
    Role.FJ_SOCIETY_UNIT: frozenset({Role.APPLICANT, Role.UNDERTAKING_UNIT}),
    Role.LOCAL_KX: frozenset({Role.APPLICANT, Role.UNDERTAKING_UNIT}),
    Role.APPLICANT: frozenset({Role.UNDERTAKING_UNIT}),
    Role.UNDERTAKING_UNIT: frozenset({Role.APPLICANT}),
}
"""A unit is applicant before approval and undertaking unit after it (R-ROLE-09, -11)."""

REPRESENTABLE: frozenset[Role] = frozenset(
    {
        Role.APPLICANT,
        Role.UNDERTAKING_UNIT,
        Role.FJ_SOCIETY_UNIT,
        Role.LOCAL_KX,
        Role.CITY_KX_REVIEWER,
        Role.REVIEW_EXPERT,
        Role.SURVEY_EXPERT,
        Role.EVALUATOR,
        Role.COMMITTEE,
        Role.NOMINATOR,
        Role.HR_DEPARTMENT,
        Role.SOCIETY_ORGANS,
    }
)
"""Roles whose own step a clerk may record from the paper it came on (代录)."""
