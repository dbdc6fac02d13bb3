"""The printed lists of responsibilities (职责清单): who is charged with what, by document and clause.

Shown with each role. What is owed by a date is a duty and stands in the packs.
"""

from __future__ import annotations

from dataclasses import dataclass

from states.names import Role as R

F16, H21 = "fujian-2016", "henan-2021"


@dataclass(frozen=True, slots=True)
class Responsibility:
    """One printed responsibility of a role, with the words it begins with."""

    rule: str
    role: R
    document: str
    clause: str
    quote: str


# fmt: off
RESPONSIBILITIES: tuple[Responsibility, ...] = (
    Responsibility("R-DUTY-01", R.ACADEMIC_DEPARTMENT,  F16, "第四条", "制定助力工程总体规划"),
    Responsibility("R-DUTY-02", R.ACADEMIC_DEPARTMENT,  F16, "第四条", "制定有关管理办法及相关管理规定"),
    Responsibility("R-DUTY-03", R.ACADEMIC_DEPARTMENT,  F16, "第四条", "助力工程试点单位评价评估"),
    Responsibility("R-DUTY-04", R.ACADEMIC_DEPARTMENT,  F16, "第四条", "协调有关机关部门和事业单位共同参与"),
    Responsibility("R-DUTY-05", R.ACADEMIC_DEPARTMENT,  F16, "第四条", "指导地方科协和省级学会开展"),
    Responsibility("R-DUTY-06", R.ACADEMIC_DEPARTMENT,  F16, "第四条", "与相关厅局或单位联络协调"),
    Responsibility("R-DUTY-07", R.ACADEMIC_DEPARTMENT,  F16, "第四条", "对项目执行情况进行监督检查和绩效考核"),
    Responsibility("R-DUTY-08", R.SERVICE_CENTRE,       F16, "第五条", "协助省科协学会学术部编制"),
    Responsibility("R-DUTY-09", R.SERVICE_CENTRE,       F16, "第五条", "开展试点申报受理"),
    Responsibility("R-DUTY-10", R.SERVICE_CENTRE,       F16, "第五条", "参与组织专家调研，搭建产学研合作平台"),
    Responsibility("R-DUTY-11", R.SERVICE_CENTRE,       F16, "第五条", "参与实施大众创业万众创新相关项目"),
    Responsibility("R-DUTY-12", R.SERVICE_CENTRE,       F16, "第五条", "与各参与单位保持日常联络"),
    Responsibility("R-DUTY-13", R.FJ_SOCIETY_UNIT,      F16, "第六条", "推荐有关专家组成"),
    Responsibility("R-DUTY-14", R.FJ_SOCIETY_UNIT,      F16, "第六条", "联系相关全国学会、企业等"),
    Responsibility("R-DUTY-15", R.FJ_SOCIETY_UNIT,      F16, "第六条", "试点学会组织开展本行业和领域"),
    Responsibility("R-DUTY-16", R.FJ_SOCIETY_UNIT,      F16, "第六条", "加强地方分支机构建设"),
    Responsibility("R-DUTY-17", R.FJ_SOCIETY_UNIT,      F16, "第六条", "为本领域的科技工作者创新创业提供咨询"),
    Responsibility("R-DUTY-18", R.LOCAL_GOVERNMENT,     F16, "第七条", "就经济社会发展、产业结构调整等方面"),
    Responsibility("R-DUTY-19", R.LOCAL_GOVERNMENT,     F16, "第七条", "协调当地发展改革委、财政局、科技局"),
    Responsibility("R-DUTY-20", R.LOCAL_GOVERNMENT,     F16, "第七条", "联合科协和学会共同设立学会服务站"),
    Responsibility("R-DUTY-21", R.LOCAL_GOVERNMENT,     F16, "第七条", "支持学会会员等科技工作者"),
    Responsibility("R-DUTY-22", R.LOCAL_KX,             F16, "第八条", "参照省科协创新驱动助力工程相关文件"),
    Responsibility("R-DUTY-23", R.LOCAL_KX,             F16, "第八条", "积极协调与有关国家和省级学会对接"),
    Responsibility("R-DUTY-24", R.LOCAL_KX,             F16, "第八条", "做好与地方政府及其有关部门的沟通协调"),
    Responsibility("R-DUTY-25", R.LOCAL_KX,             F16, "第八条", "配合地方政府推动建立国家学会服务站"),
    Responsibility("R-DUTY-26", R.LOCAL_KX,             F16, "第八条", "汇总和筛选企业技术需求"),
    Responsibility("R-DUTY-27", R.LOCAL_KX,             F16, "第八条", "组织帮扶活动、搭建展示平台"),
    Responsibility("R-DUTY-28", R.ENTERPRISE,           F16, "第九条", "提出技术需求，选派技术骨干"),
    Responsibility("R-DUTY-29", R.ENTERPRISE,           F16, "第九条", "重点骨干企业可牵头联合其他同类企业"),
    Responsibility("R-DUTY-30", R.ENTERPRISE,           F16, "第九条", "建立企业科协组织，参与技术交流"),
    Responsibility("R-DUTY-31", R.PARTICIPANT_UNIT,     F16, "第十条", "严格按照项目任务合同书要求"),
    Responsibility("R-DUTY-32", R.PARTICIPANT_UNIT,     F16, "第十条", "接受指导、检查，并配合验收"),
    Responsibility("R-DUTY-33", R.PARTICIPANT_UNIT,     F16, "第十条", "按要求对项目所形成的成果资料进行归档"),
    Responsibility("R-DUTY-34", R.PARTICIPANT_UNIT,     F16, "第十条", "落实项目约定的匹配经费"),
    Responsibility("R-DUTY-35", R.PARTICIPANT_UNIT,     F16, "第十一条", "为地方区域经济发展提供咨询建议"),
    Responsibility("R-DUTY-36", R.PARTICIPANT_UNIT,     F16, "第十一条", "帮助地方解决重大战略中的关键技术问题"),
    Responsibility("R-DUTY-37", R.PARTICIPANT_UNIT,     F16, "第十一条", "建立产学研联合创新平台"),
    Responsibility("R-DUTY-38", R.PARTICIPANT_UNIT,     F16, "第十一条", "促进科技成果和专利技术推广应用"),
    Responsibility("R-DUTY-39", R.PARTICIPANT_UNIT,     F16, "第十一条", "承接示范区有关科技攻关项目"),
    Responsibility("R-DUTY-40", R.PARTICIPANT_UNIT,     F16, "第十一条", "开展大众创业万众创新实践"),
    Responsibility("R-DUTY-41", R.PROV_ASSOCIATION,     H21, "要点 1", "出台《河南省科技社团党委关于加强"),
    Responsibility("R-DUTY-42", R.PROV_ASSOCIATION,     H21, "要点 1", "规范学会党建备案审批流程"),
    Responsibility("R-DUTY-43", R.PROV_ASSOCIATION,     H21, "要点 1", "加强学会党建工作量化考核"),
    Responsibility("R-DUTY-44", R.PROV_ASSOCIATION,     H21, "要点 2", "成立全省学会党史学习教育工作组"),
    Responsibility("R-DUTY-45", R.PROV_ASSOCIATION,     H21, "要点 2", "组织举办第七届河南省科技社团党建论坛"),
    Responsibility("R-DUTY-46", R.PROV_ASSOCIATION,     H21, "要点 2", "开展“我们不会忘记”革命传统教育"),
    Responsibility("R-DUTY-47", R.PROV_ASSOCIATION,     H21, "要点 2", "自立自强”宣讲活动"),
    Responsibility("R-DUTY-48", R.PROV_ASSOCIATION,     H21, "要点 2", "“讲政治、勇创新、争先锋”活动"),
    Responsibility("R-DUTY-49", R.PROV_ASSOCIATION,     H21, "要点 3", "持续推广“三议一公布”工作法"),
    Responsibility("R-DUTY-50", R.PROV_ASSOCIATION,     H21, "要点 4", "印发《省科协所属学会专项巡视整改实施"),
    Responsibility("R-DUTY-51", R.PROV_ASSOCIATION,     H21, "要点 4", "督促相关学会按期开展换届工作"),
    Responsibility("R-DUTY-52", R.PROV_ASSOCIATION,     H21, "要点 4", "探索与省民政厅联合制订"),
    Responsibility("R-DUTY-53", R.PROV_ASSOCIATION,     H21, "要点 5", "印发《河南省科学技术协会全省学会组织"),
    Responsibility("R-DUTY-54", R.PROV_ASSOCIATION,     H21, "要点 5", "建立能进能出的省科协团体会员"),
    Responsibility("R-DUTY-55", R.PROV_ASSOCIATION,     H21, "要点 5", "明确批复、备案的内容和流程"),
    Responsibility("R-DUTY-56", R.PROV_ASSOCIATION,     H21, "要点 5", "加强省科协网站学会基本信息模块更新"),
    Responsibility("R-DUTY-57", R.PROV_ASSOCIATION,     H21, "要点 6", "持续推动学会领导机构“三三三一”制"),
    Responsibility("R-DUTY-58", R.PROV_ASSOCIATION,     H21, "要点 7", "对于系列大会项目，突出实效、打造品牌"),
    Responsibility("R-DUTY-59", R.PROV_ASSOCIATION,     H21, "要点 16", "创新青年科技人才的选拔机制、培养模式"),
    Responsibility("R-DUTY-60", R.PROV_ASSOCIATION,     H21, "要点 17", "增设工程技术奖项"),
    Responsibility("R-DUTY-61", R.PROV_ASSOCIATION,     H21, "要点 17", "破除论文“SCI至上”"),
    Responsibility("R-DUTY-62", R.PROV_ASSOCIATION,     H21, "要点 18", "严格提名程序"),
    Responsibility("R-DUTY-63", R.ACADEMIC_DEPARTMENT,  F16, "第三条", "明确定位，统筹规划"),
    Responsibility("R-DUTY-64", R.ACADEMIC_DEPARTMENT,  F16, "第三条", "联合协作，示范引领"),
    Responsibility("R-DUTY-65", R.ACADEMIC_DEPARTMENT,  F16, "第三条", "择优支持，多方投入"),
    Responsibility("R-DUTY-66", R.ACADEMIC_DEPARTMENT,  F16, "第三条", "规范管理，完善机制"),
)
# fmt: on


def of(role: R) -> tuple[Responsibility, ...]:
    """The responsibilities of a role, in the order of the documents."""
    return tuple(one for one in RESPONSIBILITIES if one.role is role)
