"""The printed lists of responsibilities (职责清单): who is charged with what, by document and clause.

Shown with each role. What is owed by a date is a duty and stands in the packs.
"""

from __future__ import annotations

from dataclasses import dataclass

from states.names import Role as R

F16, H21 = "fujian-2016", "henan-2021"


@dataclass(frozen=True, slots=True)
class Responsibility:
    """One printed responsibility of a role: what it comes to, and words by which it is found in the document."""

    rule: str
    role: R
    document: str
    clause: str
    text: str
    quote: str


# fmt: off
RESPONSIBILITIES: tuple[Responsibility, ...] = (
    Responsibility("R-DUTY-01", R.ACADEMIC_DEPARTMENT, F16, "第四条第（一）项", "制定总体规划和年度计划、预算，作年度总结", "制定助力工程总体规划"),
    Responsibility("R-DUTY-02", R.ACADEMIC_DEPARTMENT, F16, "第四条第（二）项", "制定管理办法和配套规定", "制定有关管理办法及相关管理规定"),
    Responsibility("R-DUTY-03", R.ACADEMIC_DEPARTMENT, F16, "第四条第（三）项", "评价评估试点单位", "助力工程试点单位评价评估"),
    Responsibility("R-DUTY-04", R.ACADEMIC_DEPARTMENT, F16, "第四条第（四）项", "协调机关部门和事业单位一起参与", "协调有关机关部门"),
    Responsibility("R-DUTY-05", R.ACADEMIC_DEPARTMENT, F16, "第四条第（五）项", "指导各地科协和省级学会开展工作", "指导地方科协和省级学会开展"),
    Responsibility("R-DUTY-06", R.ACADEMIC_DEPARTMENT, F16, "第四条第（六）项", "就双创事项同厅局和有关单位联络", "与相关厅局或单位联络协调"),
    Responsibility("R-DUTY-07", R.ACADEMIC_DEPARTMENT, F16, "第四条第（七）项", "监督检查项目执行，考核绩效", "监督检查和绩效考核"),
    Responsibility("R-DUTY-08", R.SERVICE_CENTRE,      F16, "第五条第（一）项", "协助学术部编制年度计划、预算和总结", "协助省科协学会学术部编制"),
    Responsibility("R-DUTY-09", R.SERVICE_CENTRE,      F16, "第五条第（二）项", "受学术部委托受理申报、协助专家评审、拨付经费", "开展试点申报受理"),
    Responsibility("R-DUTY-10", R.SERVICE_CENTRE,      F16, "第五条第（三）项", "协助学术部组织专家调研，搭建合作平台", "参与组织专家调研"),
    Responsibility("R-DUTY-11", R.SERVICE_CENTRE,      F16, "第五条第（四）项", "参与双创项目的实施", "参与实施大众创业万众创新"),
    Responsibility("R-DUTY-12", R.SERVICE_CENTRE,      F16, "第五条第（五）项", "同参与单位日常联络，协助办会和活动", "与各参与单位保持日常联络"),
    Responsibility("R-DUTY-13", R.FJ_SOCIETY_UNIT,     F16, "第六条第（一）项", "推荐专家，组成能解决需求的团队", "推荐有关专家组成"),
    Responsibility("R-DUTY-14", R.FJ_SOCIETY_UNIT,     F16, "第六条第（二）项", "联系全国学会和企业，以联盟、基地等形式共同实施", "联系相关全国学会、企业等"),
    Responsibility("R-DUTY-15", R.FJ_SOCIETY_UNIT,     F16, "第六条第（三）项", "试点学会在本行业、本领域开展试点", "试点学会组织开展本行业和领域"),
    Responsibility("R-DUTY-16", R.FJ_SOCIETY_UNIT,     F16, "第六条第（四）项", "加强地方分支机构，参与需求的审核、筛选和对接", "加强地方分支机构建设"),
    Responsibility("R-DUTY-17", R.FJ_SOCIETY_UNIT,     F16, "第六条第（五）项", "为本领域科技工作者创新创业提供咨询", "创新创业提供咨询服务"),
    Responsibility("R-DUTY-18", R.LOCAL_GOVERNMENT,    F16, "第七条第（一）项", "提出发展战略需求，并组织企业提出技术需求", "战略发展问题提出需求"),
    Responsibility("R-DUTY-19", R.LOCAL_GOVERNMENT,    F16, "第七条第（二）项", "协调发改、财政、科技等部门参与", "协调当地发展改革委"),
    Responsibility("R-DUTY-20", R.LOCAL_GOVERNMENT,    F16, "第七条第（三）项", "共建学会服务站，保障场地和人员", "共同设立学会服务站"),
    Responsibility("R-DUTY-21", R.LOCAL_GOVERNMENT,    F16, "第七条第（四）项", "支持科技工作者在当地创新创业", "支持学会会员等科技工作者"),
    Responsibility("R-DUTY-22", R.LOCAL_KX,            F16, "第八条第（一）项", "参照省科协文件制定本地实施方案", "参照省科协创新驱动助力工程"),
    Responsibility("R-DUTY-23", R.LOCAL_KX,            F16, "第八条第（二）项", "同国家和省级学会对接，组织地方学会参与", "与有关国家和省级学会对接"),
    Responsibility("R-DUTY-24", R.LOCAL_KX,            F16, "第八条第（三）项", "同地方政府及其部门沟通协调", "沟通协调"),
    Responsibility("R-DUTY-25", R.LOCAL_KX,            F16, "第八条第（四）项", "配合政府建服务站、创新基地和产业联盟", "推动建立国家学会服务站"),
    Responsibility("R-DUTY-26", R.LOCAL_KX,            F16, "第八条第（五）项", "汇总、筛选企业技术需求，落实人才、技术和项目", "汇总和筛选企业技术需求"),
    Responsibility("R-DUTY-27", R.LOCAL_KX,            F16, "第八条第（六）项", "办帮扶活动，搭展示平台，促成对接", "组织帮扶活动、搭建展示平台"),
    Responsibility("R-DUTY-28", R.ENTERPRISE,          F16, "第九条第（一）项", "提需求、派骨干、签协议、向专家付酬", "提出技术需求，选派技术骨干"),
    Responsibility("R-DUTY-29", R.ENTERPRISE,          F16, "第九条第（二）项", "骨干企业可牵头同类企业，联合提出共性难题并攻关", "可牵头联合其他同类企业"),
    Responsibility("R-DUTY-30", R.ENTERPRISE,          F16, "第九条第（三）项", "建企业科协，参加技术交流和竞赛，举荐人才", "建立企业科协组织"),
    Responsibility("R-DUTY-31", R.PARTICIPANT_UNIT,    F16, "第十条第（一）项", "按任务合同书实施，自查执行和经费，处理问题", "严格按照项目任务合同书要求"),
    Responsibility("R-DUTY-32", R.PARTICIPANT_UNIT,    F16, "第十条第（二）项", "接受指导和检查，配合验收和绩效评价", "接受指导、检查"),
    Responsibility("R-DUTY-33", R.PARTICIPANT_UNIT,    F16, "第十条第（三）项", "成果资料按要求归档", "成果资料进行归档"),
    Responsibility("R-DUTY-34", R.PARTICIPANT_UNIT,    F16, "第十条第（四）项", "落实匹配经费和配套条件", "落实项目约定的匹配经费"),
    Responsibility("R-DUTY-35", R.PARTICIPANT_UNIT,    F16, "第十一条第（一）项", "工作内容一：为地方发展提供咨询建议", "提供咨询建议"),
    Responsibility("R-DUTY-36", R.PARTICIPANT_UNIT,    F16, "第十一条第（二）项", "工作内容二：帮助解决重大战略中的关键技术问题", "关键技术问题"),
    Responsibility("R-DUTY-37", R.PARTICIPANT_UNIT,    F16, "第十一条第（三）项", "工作内容三：共建产学研创新平台", "建立产学研联合创新平台"),
    Responsibility("R-DUTY-38", R.PARTICIPANT_UNIT,    F16, "第十一条第（四）项", "工作内容四：推广科技成果和专利技术", "促进科技成果和专利技术推广"),
    Responsibility("R-DUTY-39", R.PARTICIPANT_UNIT,    F16, "第十一条第（五）项", "工作内容五：承接示范区的科技攻关项目", "承接示范区有关科技攻关项目"),
    Responsibility("R-DUTY-40", R.PARTICIPANT_UNIT,    F16, "第十一条第（六）项", "工作内容六：开展双创实践", "开展大众创业万众创新实践"),
    Responsibility("R-DUTY-41", R.PROV_ASSOCIATION,    H21, "要点 1", "出台加强学会党建的五份文件", "完善学会党建工作机制"),
    Responsibility("R-DUTY-42", R.PROV_ASSOCIATION,    H21, "要点 1", "规范学会党组织备案、审批的流程", "规范学会党建备案审批流程"),
    Responsibility("R-DUTY-43", R.PROV_ASSOCIATION,    H21, "要点 1", "对学会党建工作量化考核", "加强学会党建工作量化考核"),
    Responsibility("R-DUTY-44", R.PROV_ASSOCIATION,    H21, "要点 2", "设立党史学习教育工作组", "党史学习教育工作组"),
    Responsibility("R-DUTY-45", R.PROV_ASSOCIATION,    H21, "要点 2", "举办第七届科技社团党建论坛", "第七届河南省科技社团党建论坛"),
    Responsibility("R-DUTY-46", R.PROV_ASSOCIATION,    H21, "要点 2", "开展革命传统教育活动", "“我们不会忘记”"),
    Responsibility("R-DUTY-47", R.PROV_ASSOCIATION,    H21, "要点 2", "组织主题宣讲", "宣讲活动"),
    Responsibility("R-DUTY-48", R.PROV_ASSOCIATION,    H21, "要点 2", "办三个主题的争先活动", "“讲政治、勇创新、争先锋”活动"),
    Responsibility("R-DUTY-49", R.PROV_ASSOCIATION,    H21, "要点 3", "推广重大事项的三议一公布", "“三议一公布”工作法"),
    Responsibility("R-DUTY-50", R.PROV_ASSOCIATION,    H21, "要点 4", "印发所属学会专项巡视整改方案", "专项巡视整改实施方案"),
    Responsibility("R-DUTY-51", R.PROV_ASSOCIATION,    H21, "要点 4", "督促学会按期换届", "督促相关学会按期"),
    Responsibility("R-DUTY-52", R.PROV_ASSOCIATION,    H21, "要点 4", "会同省民政厅研究学会创新发展的意见", "与省民政厅联合制订"),
    Responsibility("R-DUTY-53", R.PROV_ASSOCIATION,    H21, "要点 5", "印发全省学会组织通则", "全省学会组织通则"),
    Responsibility("R-DUTY-54", R.PROV_ASSOCIATION,    H21, "要点 5", "团体会员能进能出，动态调整", "团体会员动态调整机制"),
    Responsibility("R-DUTY-55", R.PROV_ASSOCIATION,    H21, "要点 5", "分清哪些事项批复、哪些备案，各走什么流程", "明确批复、备案的内容和流程"),
    Responsibility("R-DUTY-56", R.PROV_ASSOCIATION,    H21, "要点 5", "更新省科协网站上的学会基本信息", "学会基本信息模块更新"),
    Responsibility("R-DUTY-57", R.PROV_ASSOCIATION,    H21, "要点 6", "学会领导机构按“三三三一”比例构成", "“三三三一”制落实"),
    Responsibility("R-DUTY-58", R.PROV_ASSOCIATION,    H21, "要点 7", "系列大会突出实效和品牌", "突出实效、打造品牌"),
    Responsibility("R-DUTY-59", R.PROV_ASSOCIATION,    H21, "要点 16", "支持学会改进青年人才的选拔、培养和评价", "创新青年科技人才的选拔机制"),
    Responsibility("R-DUTY-60", R.PROV_ASSOCIATION,    H21, "要点 17", "自然科学学术奖增设工程技术类", "增设工程技术奖项"),
    Responsibility("R-DUTY-61", R.PROV_ASSOCIATION,    H21, "要点 17", "评奖不唯论文", "破除论文“SCI至上”"),
    Responsibility("R-DUTY-62", R.PROV_ASSOCIATION,    H21, "要点 18", "提名按推荐、资格审查、专家评审的次序进行", "严格提名程序"),
    Responsibility("R-DUTY-63", R.ACADEMIC_DEPARTMENT, F16, "第三条第（一）项", "原则一：地方需求主导，企业为主体，学会和专家为主角", "明确定位，统筹规划"),
    Responsibility("R-DUTY-64", R.ACADEMIC_DEPARTMENT, F16, "第三条第（二）项", "原则二：示范县和试点学会带动，各级科协和学会联动", "联合协作，示范引领"),
    Responsibility("R-DUTY-65", R.ACADEMIC_DEPARTMENT, F16, "第三条第（三）项", "原则三：以奖代补支持成效明显的地方和学会，鼓励配套", "择优支持，多方投入"),
    Responsibility("R-DUTY-66", R.ACADEMIC_DEPARTMENT, F16, "第三条第（四）项", "原则四：完善负责、问责和服务的机制", "规范管理，完善机制"),
)
# fmt: on


def of(role: R) -> tuple[Responsibility, ...]:
    """The responsibilities of a role, in the order of the documents."""
    return tuple(one for one in RESPONSIBILITIES if one.role is role)
