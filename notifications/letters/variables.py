"""The variables that a letter's template may name, each with its meaning in Chinese: one literal table.

An office that writes its own templates is held to these names, and the handbook prints them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# fmt: off
VARIABLES: Final[Mapping[str, str]] = {
    "association":    "发文机关全称",
    "number":         "发文字号；尚无文号时为空",
    "number_date":    "文件日期（2023-05-04）；尚无文号时为空",
    "number_date_cn": "文件日期（2023年5月4日）；尚无文号时为空",
    "on":             "办理日期（2023-05-04）",
    "on_cn":          "办理日期（2023年5月4日）；没有文件日期时作成文日期",
    "issued_cn":      "印发日期，即签发之日；签发前为空",
    "copies":         "抄送机关；没有时为空",
    "mark":           "草稿、演练或作废的标记；正式公文为空",
    "subject":        "标题",
    "addressee":      "主送机关",
    "unit":           "承担（申报）单位",
    "title":          "项目名称",
    "project":        "项目编号",
    "programme":      "所属计划",
    "key":            "公文编号（系统内），回执凭此对应",
    "phone":          "咨询电话；没有时为空",
    "cited":          "依据，可直接写入公文的一句；文件未载明时为空",
    "document":       "依据的文件；文件未载明时为空",
    "clause":         "依据的条款；文件未载明时为空",
    "quote":          "依据的原文；文件未载明时为空",
    "basis":          "依据在记录中的写法，含系统编号，不宜写入公文",
    "rule":           "规则编号，不宜写入公文",
    "action":         "引起本公文的操作代码",
    "granted":        "申请获准为真，未获准为假",
    "amount":         "资助金额（15万元）；没有时为空",
    "old_end_cn":     "原定实施结束日期；没有时为空",
    "new_end_cn":     "批准的（申请的）实施结束日期；没有时为空",
    "period_cn":      "补正（整改）期限（5个工作日、3个月）；无期限时为空",
    "due_cn":         "补正截止日；未定日期时为空",
    "reason":         "说明（原因、意见）；没有时为空",
    "defects":        "问题（缺项）清单，逐条列出",
    "grade":          "绩效评价等次；没有时为空",
    "has_issues":     "绩效评价存在问题为真",
    "concluded_cn":   "绩效评价结论日期；没有时为空",
    "undone":         "被撤销的操作（更正函）",
    "undone_cn":      "被撤销的操作的办理日期（更正函）",
    "verb":           "申报或承担",
    "to_unit":        "主送单位是承担（申报）单位为真",
    "rehearsal":      "演练为真",
}

PUBLICITY: Final[Mapping[str, str]] = {
    "association":    "发文机关全称",
    "number":         "发文字号；没有时为空",
    "date_cn":        "成文日期（2023年5月4日）",
    "mark":           "草稿或演练的标记；正式公示为空",
    "subject":        "标题",
    "programme":      "项目类别",
    "year":           "年度",
    "scope":          "项目类别的称呼，带引号和年度",
    "named":          "名单的称呼：拟立项项目、拟提名项目或遴选结果",
    "entries":        "名单，每项有 n（序号）、project（编号）、title（名称）、unit（单位）",
    "count":          "项目数",
    "workdays":       "公示的工作日数；不设公示期为 0",
    "first":          "公示第一日（2023-05-04）",
    "first_cn":       "公示第一日（2023年5月4日）",
    "last":           "公示最后一日（2023-05-11）",
    "last_cn":        "公示最后一日（2023年5月11日）",
    "provisional":    "公示期遇尚未公布放假安排的年度为真",
    "cited":          "依据；文件未载明时为空",
    "phone":          "异议受理电话；没有时为空",
    "email":          "异议受理邮箱；没有时为空",
}
# fmt: on
