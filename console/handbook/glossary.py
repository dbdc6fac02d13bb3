"""The glossary: one Chinese term for one word of the program, and where the word comes from.

The general terms are written here; all others are read from the closed vocabularies and the packs.
"""

from __future__ import annotations

from collections.abc import Iterable

from console.handbook.markdown import code, page, table
from lifecycle.routes import ChannelName
from states.catalogue import Catalogue
from states.core_facts import CORE_FACTS
from states.duties import KINDS
from states.names import Action, DutyStatus, Labelled, NoticeStatus, Role, State, UnitKind
from states.notices import KINDS as NOTICES

# fmt: off
TERMS: tuple[tuple[str, str, str], ...] = (
    ("programme",   "项目类别",     "某一年度某一文件所设的一类项目，有自己的名额、金额、条件和流程"),
    ("project",     "项目",         "一份申报及其此后的全部经过；编号由项目类别和序号组成，不重复使用"),
    ("unit",        "单位",         "申报或承担项目的单位，登记一次，各项目共用"),
    ("pack",        "政策包",       "一份文件的可执行形式；项目自始至终按其申报时的版本办理"),
    ("lifecycle",   "流程",         "一张状态表：谁可以在什么状态办理什么操作"),
    ("state",       "状态",         "项目当前所处的阶段"),
    ("action",      "操作",         "使项目前进或登记一件事的一步"),
    ("guard",       "办理条件",     "办理一步之前必须成立的条件；不成立时给出理由和条款"),
    ("fact",        "事项",         "项目上的一项数据，有名称、类型和来源；空白即未知"),
    ("target",      "指标",     "申报时填写、评价时核对的指标"),
    ("material",    "材料",         "随一步提交的文件，按内容摘要存档"),
    ("duty",        "应办事项",     "某人应在某日之前做的一件事，是数据库中的一行"),
    ("agenda",      "应办清单",     "全部期限按紧急程度：逾期、今日、本周、本月、以后、暂定、建议、中止"),
    ("feed",        "日历订阅",     "供日历软件读取的一个单位或全部单位的期限，凭地址中的令牌读取"),
    ("anchor",      "起算日",       "期限从哪一件事的日期起算"),
    ("legal due",   "法定日",       "依法算出的末日"),
    ("due",         "到期日",       "遇休息日顺延之后的末日"),
    ("soft due",    "提醒日",       "不晚于到期日的最后一个工作日，提醒以此为准"),
    ("notice of holidays", "放假安排", "国务院办公厅每年的放假通知，按年载入"),
    ("worked weekend day", "调休上班日", "通知规定上班的星期六、星期日"),
    ("recount",     "重算",         "放假安排载入后，对以该年为据的期限重新推算"),
    ("provisional", "暂定",         "所在年份的放假通知尚未载入，日期可能变动"),
    ("move",        "期限变更",     "一个到期日从何日改到何日，连同缘由和文号，永久留存"),
    ("amendment",   "期限调整",     "凭一份文件对一批项目的期限所作的一次调整，有编号，整体撤销"),
    ("scope",       "调整范围",     "一次期限调整包括哪些项目的条件，同写的须同时满足"),
    ("campaign",    "批量办理",     "对许多项目办理同一项操作：先列名单，后确认，分批办理，可整批撤销"),
    ("season",      "批次",         "一个年度里统一开展的一环：中期考核、绩效评价；按类别各列一份名单"),
    ("review round", "评审轮次",    "一个类别一个年度从形式审查通过到评审决定的一轮"),
    ("chunk",       "批",           "批量办理中一次提交的项目，至多 500 个"),
    ("manifest",    "名单",         "办理之前确定的项目名单，附校验值（SHA-256），名单有变即不相同"),
    ("grace",       "内部宽限",     "公开的期限之后、内部掌握的截止日；不对外告知"),
    ("escalation",  "逐级督促",     "逾期经提醒仍未办的，依次告知登记的上级单位和主管部门；建议日期不督促"),
    ("digest",      "汇总",         "同一收件人当日的各项提醒合为一封；公文从不合并"),
    ("sending hours", "发送时段",   "通知只在工作日的这段时间发出；签发时写明 --now 的除外"),
    ("job",         "定时任务",     "到时由守护进程做的一件事；每个应做时刻只做一次，漏掉的补做"),
    ("leader",      "值守",         "同一数据库的守护进程中做定时任务的那一个；其余为备用（standby）"),
    ("watermark",   "已做到的时刻", "一项定时任务最近一次已做完的应做时刻，补做从它之后算起"),
    ("sweep",       "清查",         "查出到某日为止应提醒、已逾期的事项；漏掉的日子一并补做"),
    ("notice",      "通知",         "告诉某人一件事的一封邮件；是发件台账中的一行"),
    ("letter",      "公文",         "须经签发才能发送的通知，是一份 .docx 文件"),
    ("release",     "签发",         "让公文可以发出；签发的文件存入档案，发出的就是它"),
    ("receipt",     "接收回执",     "随公文附去、由受文单位填写接收日期后退回的一页；期限自该日起算"),
    ("publicity",   "公示",         "立项名单公之于众，供人提出异议的一段时间"),
    ("channel",     "渠道",         "通知送出的方式：邮件，或某一家的群机器人；每个渠道各有一件通知"),
    ("robot",       "群机器人",     "企业微信、钉钉、飞书群里接收程序消息并发到群里的账号"),
    ("route",       "分发设置",     "哪个角色的通知除邮件外还走哪些渠道"),
    ("intake folder", "申报文件夹", "投放申报文件的文件夹；每个文件凭内容只受理一次"),
    ("deployment",  "可启动的流程", "登记在流程服务器上、可凭表单从看板启动的流程"),
    ("worker",      "工作进程",     "领取从看板启动的流程，在本机逐个执行的进程"),
    ("outbox",      "发件箱",       "已决定而尚未办完的后续事项：待发送的通知、待运行的流程"),
    ("reconcile",   "核对",         "把已办理的操作与流程运行逐一比对，补上缺的，标出重复、无主和中断的"),
    ("prune",       "清理",         "按保留期限从流程服务器上删去旧运行；业务记录不受影响"),
    ("turn",        "轮次",         "在流程服务器上执行一个流程的名额；SQLite 只有一个，批量办理逐批让出"),
    ("history",     "办理记录",     "只增不改的逐条记录，前后以摘要相连"),
    ("ledger",      "总账",         "串起所有项目办理记录的总链，使删去整个项目也能被发现"),
    ("rehearsal",   "演练库",       "以业务日期为时钟、不对外发送任何通知的库"),
    ("backdated",   "补录",         "事后登记先前发生的事，须有理由"),
    ("on paper",    "代录",         "经办人员凭来件登记单位或专家自己的一步"),
    ("idempotency key", "幂等键",   "同一命令重复提交时据以认出、只办一次的标识"),
    ("finding",     "审查意见",     "一条申报条件的结论：通过、不通过或材料不足"),
)
# fmt: on


def glossary_page(catalogue: Catalogue) -> str:
    """All terms, by vocabulary."""
    return page(
        "术语表",
        "左栏是程序、命令和数据中使用的词，右栏是通知、公文和屏幕上使用的词。一个词只有一个对应。",
        _section("通用", ("词", "中文", "含义"), TERMS),
        _vocabulary("状态", State),
        _vocabulary("操作", Action),
        _vocabulary("角色", Role),
        _vocabulary("单位类别", UnitKind),
        _section("应办事项", ("词", "中文", "规则"), duties(catalogue)),
        _vocabulary("应办事项的状况", DutyStatus),
        _section(
            "通知和公文",
            ("词", "中文", "性质"),
            ((code(kind.slug), kind.label, "公文" if kind.letter else "通知") for kind in NOTICES.values()),
        ),
        _vocabulary("通知的状况", NoticeStatus),
        _vocabulary("发送渠道", ChannelName),
        _section(
            "各步骤登记的事项",
            ("词", "中文", "类型"),
            ((code(fact.name), fact.label, fact.type) for fact in CORE_FACTS.values()),
        ),
        _section(
            "项目类别",
            ("词", "中文", "政策包"),
            ((code(one.slug), one.title, code(one.pack)) for one in catalogue.programmes.values()),
        ),
    )


def duties(catalogue: Catalogue) -> Iterable[tuple[str, str, str]]:
    """The kinds of duties with the label that the packs give them."""
    for kind in KINDS:
        specs = [one.duties[kind.slug] for one in catalogue.programmes.values() if kind.slug in one.duties]
        labels = "、".join(dict.fromkeys(spec.label for spec in specs)) or "（尚无政策包使用）"
        yield code(kind.slug), labels, "、".join(dict.fromkeys(spec.rule for spec in specs))


def _vocabulary(title: str, members: type[Labelled]) -> str:
    return _section(title, ("词", "中文"), ((code(one), one.label) for one in members))


def _section(title: str, headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return f"## {title}\n\n{table(headings, rows)}"
