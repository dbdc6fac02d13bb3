"""The papers that steps may ask for, with the label used where a pack has none of its own. Literal."""

from __future__ import annotations

from typing import Final

APPLICATION_FORM: Final = "application_form"
"""The file that an application came in; it is kept with the application."""

PAPERS: dict[str, str] = {
    "approval_document": "批准文件",
    "relinquish_request": "放弃立项书面申请",
    "contract": "项目任务合同书",
    "implementation_plan": "实施方案（工作进度安排、资金使用方向）",
    "evaluation_report": "绩效评价报告",
    "rectification_report": "整改情况书面报告",
    "settlement": "资金清算表",
    "midterm_opinion": "中期考核意见",
    "midterm_notice": "中期整改通知",
    "midterm_rectification": "中期整改情况",
    "extension_request": "延期书面申请",
    "extension_decision": "延期批复",
    "halt_request": "中止书面申请",
    "halt_decision": "中止批复",
    "review_record": "评审记录",
    "discussion_minutes": "学会学术部讨论纪要",
    "chair_minutes": "主席办公会议纪要",
    "progress_confirmation": "实质性进展认定",
    "fund_method": "资金管理办法",
    "acceptance_opinion": "验收意见",
    "archive_list": "成果资料归档清单",
    "publication": "公开文",
    "work_summary": "项目工作总结",
    "event_photos": "活动图片",
    "typical_cases": "典型案例",
    "feedback_receipt": "接收回执",
    APPLICATION_FORM: "申报书",
    "preparation_plan": "筹备方案",
    "midterm_report": "中期报告",
    "guidance_record": "集中跟进指导记录",
    "cycle_summary": "培养周期总结",
    "qualification_form": "资格审查表",
    "committee_opinion": "专家评审委员会意见",
    "comments_summary": "征求意见汇总",
    "evaluation_criteria": "评价指标",
    "detailed_rules": "实施细则",
    "city_recommendation": "市科协审核推荐意见",
    "survey_form": "调研反馈意见表",
    "resolution_record": "三议一公布记录",
    "objection": "异议材料",
    "other": "其他材料",
}
"""Papers that a row may ask for, with the label used where a pack has none of its own."""
