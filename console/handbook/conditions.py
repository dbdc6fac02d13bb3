"""What each guard and each branch condition asks, in Chinese words for the pages that list them.

Only words: what a guard decides stands in `states.guards`. A guard without words fails a test.
"""

from __future__ import annotations

from collections.abc import Mapping

# fmt: off
WORDS: Mapping[str, str] = {
    "publication_dated":       "公示（公开）日期不早于立项、不在将来",
    "start_dated":             "实施开始日不早于立项、不在将来（导入的项目不受前一限制）",
    "receipt_dated":           "接收日期不早于所接收的结果、不在将来",
    "undo_within_quota":       "撤销后恢复立项的，名额未满",
    "subsidy_open":            "补助尚未决定",
    "subsidy_unpaid":          "补助尚未拨付",
    "call_open":               "该类项目的申报已开放；补正后再报不受此限",
    "defects_listed":          "一次性列明全部缺项（写在理由中）",
    "returned_once":           "此前未曾退回补正（政策包可另定）",
    "reason_given":            "写明理由",
    "values_given":            "写明更正哪些内容",
    "eligible":                "没有未通过或材料不足的阻断性审查项",
    "completion_overdue":      "补正期限已过而未补正",
    "other_checker":           "不是原形式审查人员",
    "review_reached":          "曾进入评审环节",
    "review_passed":           "已走完评审各环节",
    "quota_free":              "名额未满；文件未载明名额的不限",
    "amount_known":            "金额由文件载明，或随决定给出",
    "separate_person":         "不是本项目的审查或评审人员，也不属申报单位",
    "leader_recorded":         "已登记牵头遴选的领导",
    "published":               "政策包要求公开的，结果已公开",
    "publicity_over":          "公示期已满（天数由政策包定）",
    "no_open_objection":       "没有未处理的异议",
    "objection_pending":       "有待处理的异议",
    "objection_answered":      "写明异议成立或不成立",
    "objection_upheld":        "异议已认定成立",
    "nothing_paid":            "资金未拨付，或已附清算表",
    "new_end_requested":       "写明申请的新期限，且晚于现有结束日",
    "new_end_known":           "新期限已申请或随决定给出，且晚于现有结束日",
    "end_after_start":         "随之写明的实施结束日晚于开始（恢复）之日",
    "resumable":               "政策包允许中止后恢复",
    "event_date_given":        "写明新的会期",
    "reschedule_pending":      "有因会期调整而标记未按期的事项",
    "progress_confirmed":      "已认定实质性进展",
    "subsidy_amount":          "写明补助金额",
    "subsidy_decided":         "补助已决定",
    "fund_method_filed":       "资金管理办法已备案",
    "archived_or_explained":   "附归档清单，或写明未归档的原因",
    "reversible":              "有可以撤销的上一步",
    "other_actor":             "不是上一步的操作人",
    "conclusion_given":        "写明评价等次，结论日期不晚于登记当日",
    "conclusion_recorded":     "评价结论和评价报告均已登记",
    "graded_pass":             "等次为优秀、良好或合格，且无问题",
    "graded_issues":           "登记的结论为存在问题",
    "graded_fail":             "等次为不合格",
    "receipt_expected":        "已有评价结论或补正通知可以登记接收",
    "receipt_given":           "写明接收日期，不早于所接文书、不晚于登记当日",
    "new_rectification_date":  "写明新的整改期限，且晚于现有期限",
    "parent_approved":         "试点市父项目已立项",
    "marked_child":            "本项目注明纳入试点市",
    "parent_decided_otherwise": "试点市未获立项，或本项目未注明纳入",
    "parent_closed":           "试点市父项目已结束",
    "parent_terminated":       "试点市父项目已终止",
    "parent_approval_lost":    "试点市父项目的立项被撤销或放弃",
    "parent_reopened":         "试点市父项目重新评审或候补立项，且本项目注明纳入",
    "waits_for_parent":        "有试点市父项目而其结果未定，或本项目注明纳入",
    "expert_review_off":       "政策包不设专家评审",
}
# fmt: on


def words(names: tuple[str, ...]) -> str:
    """The guards of a row, joined."""
    return "；".join(WORDS.get(name, name) for name in names)
