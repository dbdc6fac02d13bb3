"""What each role is for: its rule, where it exists, its duties in a sentence, its permissions by name.

Literal, one role per entry. What a role may do with a project stands in the tables and nowhere else; a test
holds the two to each other. R-ROLE-26 and -27 are carried out by `states.decide` and `lifecycle.sight`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from states.names import Role as R

HENAN = ("henan",)
FUJIAN = ("fujian",)
BOTH = ("henan", "fujian")


@dataclass(frozen=True, slots=True)
class Capacity:
    """One role: the rule that names it, the provinces whose documents know it, what it is for."""

    role: R
    rule: str
    provinces: tuple[str, ...]
    duties: str
    permissions: str
    """Dotted names, separated by spaces."""


# fmt: off
CAPACITIES: Mapping[R, Capacity] = {one.role: one for one in (
    Capacity(R.PROV_ASSOCIATION,      "R-ROLE-01", BOTH,   "管理项目实施：立项、中期考核、延期与中止审批、组织评价、终止与撤销",
             "project.decide midterm.open midterm.record extension.decide halt.decide evaluation.open evaluation.conclude evaluation.reopen rectification.decide subsidy.decide reschedule.accept objection.decide approval.revoke reserve.promote project.terminate project.import step.reverse notice.send pack.configure"),
    Capacity(R.UNDERTAKING_UNIT,      "R-ROLE-02", BOTH,   "实施项目、报送材料、书面申请延期或中止、管好资金、配合评价",
             "application.submit application.withdraw report.submit extension.request halt.request request.cancel rectification.submit fund_method.file event.reschedule spending.record evidence.upload"),
    Capacity(R.APPLICANT,             "R-ROLE-03", BOTH,   "申报项目、注明纳入试点市的子项目、出具推荐函",
             "application.edit application.submit application.withdraw children.mark"),
    Capacity(R.REVIEW_EXPERT,         "R-ROLE-04", BOTH,   "专项评审",
             "review.record"),
    Capacity(R.ACADEMIC_DEPARTMENT,   "R-ROLE-05", FUJIAN, "规划与监督：牵头遴选、讨论推荐、评价试点单位、认定实质性进展",
             "selection.lead recommendation.record evaluation.open evaluation.conclude survey.conclude progress.confirm inspection.record plan.file"),
    Capacity(R.SERVICE_CENTRE,        "R-ROLE-06", FUJIAN, "受理申报、组织调研和专家评审、受托拨付补助",
             "application.accept form_review.record review.organise payment.execute survey.organise liaison.log"),
    Capacity(R.SURVEY_EXPERT,         "R-ROLE-07", FUJIAN, "实地调研并填写调研反馈意见表",
             "survey_form.submit"),
    Capacity(R.CHAIR_MEETING,         "R-ROLE-08", FUJIAN, "研究并确定试点名单",
             "selection.decide selection.remand list.publish_approve"),
    Capacity(R.FJ_SOCIETY_UNIT,       "R-ROLE-09", FUJIAN, "专家联系与项目对接；立项前为申报单位，立项后为承担单位",
             "application.submit report.submit evidence.upload"),
    Capacity(R.LOCAL_GOVERNMENT,      "R-ROLE-10", FUJIAN, "提出需求、提供保障、出具明确意见",
             "need.submit opinion.attach"),
    Capacity(R.LOCAL_KX,              "R-ROLE-11", FUJIAN, "组织当地实施；立项前为申报单位，立项后为承担单位",
             "application.submit need.screen report.submit"),
    Capacity(R.CITY_KX_REVIEWER,      "R-ROLE-12", FUJIAN, "审核并推荐所辖县的申报",
             "recommendation.city"),
    Capacity(R.ENTERPRISE,            "R-ROLE-13", FUJIAN, "提出需求、签订协议并支付报酬",
             "need.submit agreement.attach"),
    Capacity(R.PARTICIPANT_UNIT,      "R-ROLE-14", FUJIAN, "按合同实施、接受检查、归档、落实配套",
             "report.submit archive.submit"),
    Capacity(R.EVALUATOR,             "R-ROLE-15", BOTH,   "受托或受聘进行绩效评价",
             "evaluation.record"),
    Capacity(R.AUDITOR,               "R-ROLE-16", BOTH,   "依法监督，只读全部记录",
             "audit.read"),
    Capacity(R.COMMITTEE,             "R-ROLE-17", HENAN,  "评审提名和候选项目",
             "nomination.review"),
    Capacity(R.NOMINATOR,             "R-ROLE-18", HENAN,  "推荐奖项候选项目",
             "nomination.recommend"),
    Capacity(R.HR_DEPARTMENT,         "R-ROLE-19", HENAN,  "联合评奖，会签",
             "award.cosign"),
    Capacity(R.MENTOR,                "R-ROLE-20", HENAN,  "每半年集中跟进指导被托举人",
             "guidance.record"),
    Capacity(R.LIAISON,               "R-ROLE-21", HENAN,  "联络服务被托举人",
             "report.submit"),
    Capacity(R.PARTY_GOVERNMENT,      "R-ROLE-22", HENAN,  "出具推荐函、出台创建方案",
             "letter.attach"),
    Capacity(R.ADMIN,                 "R-ROLE-23", BOTH,   "管理用户、政策包、日历和运行，不对项目作决定",
             "user.manage calendar.edit flow.rerun backup.run"),
    Capacity(R.CLERK,                 "R-ROLE-24", BOTH,   "登记、代录、通知、更正，按角色办理",
             "transition.run notice.send document.archive"),
    Capacity(R.VIEWER,                "R-ROLE-25", BOTH,   "查看",
             "project.read"),
    Capacity(R.SOCIETY_ORGANS,        "R-ROLE-28", HENAN,  "三议一公布各步由不同机构分别登记",
             "resolution.record"),
    Capacity(R.NATIONAL_SOCIETY,      "R-ROLE-29", BOTH,   "主办或参与，提供证明",
             ""),
    Capacity(R.CONTACT,               "R-ROLE-30", BOTH,   "接受咨询",
             ""),
    Capacity(R.FORM_CHECKER,          "R-ROLE-31", BOTH,   "受理、形式审查、退回补正、逾期处理",
             "application.accept form_review.record application.return application.lapse"),
    Capacity(R.SYSTEM,                "R-ROLE-32", BOTH,   "吸收、释放子项目并使其随上级办理，计算期限，拟制通知，不作决定",
             "children.absorb children.release children.follow deadline.compute notice.create"),
    Capacity(R.PUBLIC,                "R-ROLE-33", BOTH,   "查看公开内容、提出意见，没有账户",
             "public.read feedback.submit"),
)}
# fmt: on
