"""Lists for spreadsheets: what is in the record as rows under Chinese headings, for a reader.

Decides which rows and which personal values a reader is shown; how a file is written is `lifecycle.table_file`.
Rows come one by one, so that a list may be as long as it likes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, Table, select

from lifecycle.cases import DUTY, HISTORY, PROJECT, UNIT
from lifecycle.dossiers import ACTION_LABELS, INTERNAL
from lifecycle.findings import FINDING
from lifecycle.listing import PROJECT as LISTED
from lifecycle.listing import UNIT as LISTED_UNIT
from lifecycle.listing import find_state, in_sight, slugs_under
from lifecycle.models import UnitFactRow
from lifecycle.noticing import NOTICE
from lifecycle.people import Actor, list_people
from lifecycle.publications import ENTRY, LIST, withdrawn
from lifecycle.rights import PROVINCES
from lifecycle.routes import ChannelName
from lifecycle.store import Store
from lifecycle.units import province_of
from lifecycle.values import decode, plain
from states.catalogue import FactSpec
from states.errors import ForbiddenFault, UsageFault
from states.facts import normal_name
from states.names import DutyStatus, NoticeStatus, Role, State, UnitKind
from states.notices import KINDS
from states.outcomes import COUNTED

UNIT_FACT: Final[Table] = UnitFactRow.__table__  # type: ignore[attr-defined]
MASK: Final = "***"
RESULTS: Final = {"pass": "通过", "fail": "不通过", "unknown": "材料不足"}
SEVERITIES: Final = {"block": "必须", "warn": "提示", "info": "说明"}
STAGES: Final = {"submit": "提交申报", "form_review": "形式审查", "evaluation": "绩效评价"}
_PIECE: Final = 500


@dataclass(frozen=True, slots=True)
class Filter:
    """Which projects a list is about; None leaves all."""

    state: str | None = None
    programme: str | None = None
    unit: str | None = None
    year: int | None = None
    overdue: bool = False


def _options(names: Sequence[str]) -> str:
    return "、".join(f"--{name}" for name in names) or "无"


Row = tuple[Any, ...]
Source = Callable[[Connection, Store, Actor, Filter], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of list."""

    what: str
    label: str
    headings: tuple[str, ...]
    rows: Source
    filters: tuple[str, ...] = ("state", "programme", "unit", "year", "overdue")
    """What it may be narrowed by; anything else would be asked for in vain."""

    def check(self, wanted: Filter) -> None:
        """Raise UsageFault for a filter that means nothing for this list."""
        idle = [name for name in Filter.__slots__ if getattr(wanted, name) and name not in self.filters]
        if idle:
            asked = "、".join(f"--{name}" for name in idle)
            raise UsageFault(f"{self.label}不能按 {asked} 筛选；可用：{_options(self.filters)}。")


def _projects_query(store: Store, reader: Actor, wanted: Filter, *columns: Any) -> Any:
    """The columns of the projects that are wanted and that the reader is shown, by id."""
    p = PROJECT.c
    query = select(*columns).select_from(PROJECT.join(UNIT, UNIT.c.id == p.unit_id)).order_by(p.id)
    if wanted.state is not None:
        query = query.where(p.state == str(find_state(wanted.state)))
    if wanted.programme is not None:
        query = query.where(p.programme.in_(slugs_under(store.catalogue, wanted.programme)))
    if wanted.unit is not None:
        query = query.where(UNIT.c.normal_name == normal_name(wanted.unit))
    if wanted.year is not None:
        query = query.where(p.year == wanted.year)
    if wanted.overdue:
        query = query.where(p.overdue > 0)
    if not reader.sees_all:
        shown = select(LISTED.c.id).join(LISTED_UNIT, LISTED_UNIT.c.id == LISTED.c.unit_id)
        query = query.where(p.id.in_(shown.where(in_sight(reader))))
    return query


def _streamed(conn: Connection, query: Any) -> Iterator[Mapping[str, Any]]:
    """The rows of a query without holding all of them."""
    for row in conn.execution_options(yield_per=_PIECE).execute(query).mappings():
        yield dict(row)


def _yuan(fen: int | None) -> Decimal | None:
    return None if fen is None else Decimal(fen) / 100


def _projects(conn: Connection, store: Store, reader: Actor, wanted: Filter) -> Iterator[Row]:
    """Projects with the joint name under which what was approved is managed (R-PROG-51, R-FORM-60)."""
    unit = (UNIT.c.name.label("unit_name"), UNIT.c.kind, UNIT.c.region)
    known = store.catalogue.lines
    for row in _streamed(conn, _projects_query(store, reader, wanted, PROJECT, *unit)):
        line = known.get(row["programme"])
        seen = line is not None and reader.sees_personal(line.province, row["unit_id"])
        contact = row["contact"] or {}
        told = [
            contact.get(name) if seen or not contact.get(name) else MASK
            for name in ("name", "phone", "email")
        ]
        umbrella = line.umbrella if line and State(row["state"]) in COUNTED else None
        yield (
            row["id"], line.title if line else row["programme"], row["title"], row["unit_name"],
            UnitKind(row["kind"]).label, row["region"], row["year"], State(row["state"]).label,
            _yuan(row["amount_fen"]), row["started_on"], row["ends_on"], row["overdue"], row["parent_id"],
            "是" if row["marked"] else "", umbrella, *told,
        )  # fmt: skip


def _duties(conn: Connection, store: Store, reader: Actor, wanted: Filter) -> Iterator[Row]:
    ids = _projects_query(store, reader, wanted, PROJECT.c.id).order_by(None)
    d = DUTY.c
    query = (
        select(DUTY, PROJECT.c.title, PROJECT.c.programme, UNIT.c.name.label("unit_name"))
        .join(PROJECT, PROJECT.c.id == d.project_id)
        .join(UNIT, UNIT.c.id == PROJECT.c.unit_id)
        .where(d.project_id.in_(ids))
        .order_by(d.due, d.project_id, d.slug, d.occurrence)
    )
    if wanted.overdue:
        query = query.where(d.status == str(DutyStatus.OVERDUE))
    known = store.catalogue.lines
    for row in _streamed(conn, query):
        yield (
            row["project_id"], row["title"], row["unit_name"], row["label"], row["occurrence"], row["rule"],
            Role(row["owed_by"]).label, row["anchor_date"], row["legal_due"], row["due"], row["soft_due"],
            "暂定" if row["provisional"] else "", DutyStatus(row["status"]).label, row["met_on"],
            "、".join(row["marks"] or ()), "；".join(map(_move, row["moves"] or ())),
            "；".join(row["steps"] or ()), known[row["programme"]].title if row["programme"] in known else row["programme"],
        )  # fmt: skip


def _move(move: Mapping[str, Any]) -> str:
    """One change of a date, from the day on which it was made."""
    document = f"，{move['document']}" if move.get("document") else ""
    return f"{move['on']}：{move['from'] or '未定'} 改为 {move['to']}（{move['reason']}{document}）"


def _history(conn: Connection, store: Store, reader: Actor, wanted: Filter) -> Iterator[Row]:
    ids = _projects_query(store, reader, wanted, PROJECT.c.id).order_by(None)
    h = HISTORY.c
    hidden = () if reader.sees_grace else sorted(INTERNAL)
    query = select(HISTORY).where(h.project_id.in_(ids), h.action.not_in(hidden))
    for row in _streamed(conn, query.order_by(h.project_id, h.seq)):
        yield (
            row["project_id"], row["seq"], row["on"], "补录" if row["backdated"] else "", row["actor"],
            row["stood_in_by"], row["represented"], Role(row["role"]).label,
            ACTION_LABELS.get(row["action"], row["action"]), State(row["source"]).label if row["source"] else "",
            State(row["dest"]).label, row["reason"], row["document"], row["rule"], row["cite"], row["hash"],
        )  # fmt: skip


def _findings(conn: Connection, store: Store, reader: Actor, wanted: Filter) -> Iterator[Row]:
    ids = _projects_query(store, reader, wanted, PROJECT.c.id).order_by(None)
    f = FINDING.c
    for row in _streamed(conn, select(FINDING).where(f.project_id.in_(ids)).order_by(f.project_id, f.id)):
        yield (
            row["project_id"], row["seq"], row["rule"], RESULTS[row["result"]],
            SEVERITIES[row["severity"]], STAGES[row["stage"]], row["message"], row["cite"], row["document"],
        )  # fmt: skip


def _published(conn: Connection, store: Store, reader: Actor, wanted: Filter) -> Iterator[Row]:
    ids = _projects_query(store, reader, wanted, PROJECT.c.id).order_by(None)
    query = (
        select(LIST, ENTRY.c.project_id, ENTRY.c.title, ENTRY.c.unit, withdrawn().label("withdrawn"))
        .join(ENTRY, ENTRY.c.publication_id == LIST.c.id)
        .where(ENTRY.c.project_id.in_(ids))
        .order_by(LIST.c.id, ENTRY.c.project_id)
    )
    known = store.catalogue.lines
    for row in _streamed(conn, query):
        line = known.get(row["programme"])
        yield (
            row["id"], line.title if line else row["programme"], row["on"], row["url"], row["published_by"], row["project_id"],
            row["title"], row["unit"], "已撤销" if row["withdrawn"] else "",
        )  # fmt: skip


def _notices(conn: Connection, store: Store, reader: Actor, wanted: Filter) -> Iterator[Row]:
    ids = _projects_query(store, reader, wanted, PROJECT.c.id).order_by(None)
    n = NOTICE.c
    for row in _streamed(conn, select(NOTICE).where(n.project_id.in_(ids)).order_by(n.id)):
        yield (
            row["key"], row["project_id"], KINDS[row["kind"]].label, "公文" if row["letter"] else "通知",
            _whom(row["receiver"]), _channel(row["channel"]), row["subject"], NoticeStatus(row["status"]).label, row["attempts"],
            row["created_on"], (row["details"] or {}).get("number"), row["released_by"], row["released_at"], row["letter_sha256"],
            row["sent_at"], row["error"],
        )  # fmt: skip


def _whom(receiver: str) -> str:
    return Role(receiver).label if receiver in tuple(Role) else receiver


def _channel(name: str) -> str:
    return ChannelName(name).label if name in tuple(ChannelName) else name


def _units(conn: Connection, store: Store, reader: Actor, wanted: Filter) -> Iterator[Row]:
    _office_only(reader, "units")
    u, f = UNIT.c, UNIT_FACT.c
    specs = _unit_specs(store)
    query = select(UNIT, UNIT_FACT.c.name.label("fact"), f.value, f.verified_by, f.verified_on, f.basis)
    query = query.outerjoin(UNIT_FACT, f.unit_id == u.id).order_by(u.name, f.name)
    if wanted.unit is not None:
        query = query.where(u.normal_name == normal_name(wanted.unit))
    for row in _streamed(conn, query):
        spec = specs.get(row["fact"] or "")
        own = reader.sees_personal(province_of(row["kind"]), row["id"])
        hidden = spec is not None and spec.personal and not own
        value = MASK if hidden else plain(row["fact"] or "", decode(row["value"]))
        yield (
            row["name"], UnitKind(row["kind"]).label, row["region"], row["host"],
            spec.label if spec else row["fact"], None if value is None else str(value), row["verified_by"],
            row["verified_on"], row["basis"],
        )  # fmt: skip


def _unit_specs(store: Store) -> dict[str, FactSpec]:
    """The packs' descriptions of units' facts by name."""
    programmes = store.catalogue.programmes.values()
    return {name: spec for one in programmes for name, spec in one.facts.items() if name.startswith("unit.")}


def _people(conn: Connection, store: Store, reader: Actor, wanted: Filter) -> Iterator[Row]:
    if not reader.is_admin:
        raise ForbiddenFault(f"只有系统管理员可以导出用户清单；{reader.login} 不是系统管理员。")
    for one in list_people(conn):
        roles = "、".join(f"{Role(r['role']).label}（{PROVINCES[r['province']]}）" for r in one["roles"])
        stands = "、".join(f"{d['login']}（{d['from']} 至 {d['to']}）" for d in one["stands_in_for"])
        active = "是" if one["active"] else "否"
        yield one["login"], one["name"], one["email"], one["phone"], active, roles, stands


def _office_only(reader: Actor, what: str) -> None:
    if not reader.sees_all:
        raise ForbiddenFault(f"{SHEETS[what].label}由办公机构导出；{reader.login} 只能查看本单位的项目。")


# fmt: off
SHEETS: Final[Mapping[str, Sheet]] = {one.what: one for one in (
    Sheet("projects",  "项目",         ("项目编号", "项目类别", "项目名称", "申报单位", "单位类型", "地区", "年度", "状态", "资助金额（元）", "实施开始日", "实施结束日", "逾期事项", "上级项目", "纳入试点市", "统一名称", "联系人", "联系电话", "电子邮箱"), _projects),
    Sheet("duties",    "应办事项",     ("项目编号", "项目名称", "单位", "事项", "期次", "规则", "责任方", "起算日", "法定期限", "期限", "提前提醒日", "日历", "状态", "办结日", "标记", "改期", "推算", "项目类别"), _duties),
    Sheet("units",     "单位登记簿",   ("单位", "类型", "地区", "依托单位", "事项", "值", "核实人", "核实日期", "依据"), _units, ("unit",)),
    Sheet("findings",  "审查结果",     ("项目编号", "记录号", "规则", "结果", "性质", "环节", "说明", "条款", "文件"), _findings),
    Sheet("history",   "办理记录",     ("项目编号", "记录号", "业务日期", "补录", "办理人", "代办人", "代表", "角色", "操作", "从", "到", "理由", "文号", "规则", "条款", "校验值"), _history),
    Sheet("published", "公示（公开）名单", ("名单号", "项目类别", "日期", "网址", "发布人", "项目编号", "项目名称", "单位", "撤销"), _published),
    Sheet("notices",   "通知与公文",   ("编号", "项目编号", "种类", "性质", "接收方", "渠道", "标题", "状态", "次数", "拟制日期", "文号", "签发人", "签发时间", "公文校验值", "发送时间", "错误"), _notices),
    Sheet("people",    "用户",         ("登录名", "姓名", "电子邮箱", "电话", "启用", "角色", "代办"), _people, ()),
)}
# fmt: on


def sheet_of(text: str) -> Sheet:
    """A kind of list by code or label; UsageFault lists them."""
    for one in SHEETS.values():
        if text in (one.what, one.label):
            return one
    known = "、".join(f"{one.what}（{one.label}）" for one in SHEETS.values())
    raise UsageFault(f"没有名为“{text}”的清单，应为：{known}")
