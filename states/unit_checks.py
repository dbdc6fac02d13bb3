"""Predicates about the applicant unit: what it is, its standing and its record.

Pure; what the register of units verified comes in as facts named unit.*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from states.catalogue import FactType
from states.facts import normal_title
from states.looks import Look, Predicate, Verdict, confirm, failed, noted, passed, records, says_nothing
from states.names import UnitKind

HOSTS = frozenset({UnitKind.HOST_UNIVERSITY, UnitKind.HOST_ENTERPRISE, UnitKind.HOST_HOSPITAL})
GRASSROOTS = frozenset({UnitKind.UNIV_KX, UnitKind.ENT_KX})
SOCIETIES = frozenset({UnitKind.PROV_SOCIETY, UnitKind.FJ_SOCIETY})
GOOD = frozenset({"优秀", "优", "良好", "良", "合格", "通过", "评价通过", "已完成", "完成", "结项", "已结项"})
BARRED = frozenset({"不合格", "评价不合格", "评价不合格（结束）", "取消资格", "取消试点资格"})
BAD = BARRED | {"未完成", "未通过", "终止", "已终止", "撤销", "已撤销"}
_KX_ENDINGS = ("科协", "科学技术协会")


def label_of(kind: str) -> str:
    """Chinese label of an applicant kind."""
    return UnitKind(kind).label if kind in set(UnitKind) else kind


def applicant_kind(look: Look) -> Verdict:
    """The unit is of a kind that may apply (R-ELIG-01)."""
    kind, programme = look.unit.kind, look.programme
    if kind in programme.applicants:
        return passed(f"申报主体为{label_of(kind)}，符合申报对象")
    if kind in programme.applicants_warn:
        return noted(f"申报主体为{label_of(kind)}，文件未明列，请核对")
    allowed = "、".join(label_of(k) for k in programme.applicants)
    return failed(f"申报主体为{label_of(kind)}，不在申报对象之内（{allowed}）")


def host_name(look: Look) -> Verdict:
    """A grassroots association applies in the name of its host (R-ELIG-02)."""
    unit = look.unit
    grassroots = look.fact("unit.is_grassroots_kx")
    if unit.kind not in HOSTS | GRASSROOTS and not grassroots:
        return passed("申报单位不是高校、企业、医疗卫生机构科协，不涉及依托单位名义")
    applicant = look.fact("application.applicant_unit") or unit.name
    host = look.fact("unit.host_unit") or unit.host
    if unit.kind in GRASSROOTS or str(applicant).endswith(_KX_ENDINGS):
        return failed(f"“{applicant}”是基层科协，不能以自己名义申报；请改为依托单位名义")
    if grassroots and not host:
        return look.missing("unit.host_unit")
    if host and normal_title(str(applicant)) != normal_title(str(host)):
        return failed(f"申报单位“{applicant}”与依托单位“{host}”不一致；请改为依托单位名义")
    return passed(f"以依托单位“{applicant}”名义申报")


def provincial_affiliation(look: Look) -> Verdict:
    """The grassroots association belongs to the provincial one (R-ELIG-03)."""
    if look.unit.kind not in HOSTS | GRASSROOTS and not look.fact("unit.is_grassroots_kx"):
        return passed("不涉及高校、企业、医疗卫生机构科协")
    belongs = look.fact("unit.kx_affiliated_to_prov")
    if belongs is None:
        return look.missing("unit.kx_affiliated_to_prov")
    return passed("属省科协所属基层科协") if belongs else failed("该基层科协不属省科协所属")


def election_on_time(look: Look) -> Verdict:
    """The council is within its term, or within an approved postponement (R-ELIG-06)."""
    ends: date | None = look.fact("unit.council_term_end")
    until: date | None = look.fact("unit.postpone_approved_until")
    last = max((day for day in (ends, until) if day), default=None)
    if last is not None and look.on <= last:
        return passed(f"理事会任期（含批准延期）至 {last.isoformat()}，尚未届满")
    if ends is None:
        return look.missing("unit.council_term_end")
    note = "" if until else "；如已获批准延期换届，请登记批准延期至的日期（unit.postpone_approved_until）"
    return failed(f"理事会已于 {(last or ends).isoformat()} 届满，未按期换届{note}")


def annual_inspection(look: Look) -> Verdict:
    """The inspection of the latest year that is due was passed (R-ELIG-07)."""
    found = look.fact("unit.annual_inspection_records")
    if found is None:
        return look.missing("unit.annual_inspection_records")
    year = int(look.fact("latest_due_year") or look.on.year - 1)
    results = [word_of(r, "result", "结果", "结论") for r in records(found) if year_of(r) == year]
    if not results:
        return failed(f"没有 {year} 年度检查记录（未参加年度检查）")
    result = results[-1]
    if result == "合格":
        return passed(f"{year} 年度检查合格")
    if result == "基本合格":
        return noted(f"{year} 年度检查为基本合格")
    if not result:
        return confirm(f"{year} 年度检查结果未登记", "unit.annual_inspection_records")
    return failed(f"{year} 年度检查结果为“{result}”")


def past_performance(look: Look) -> Verdict:
    """Earlier special-fund projects were completed well; a first-time applicant passes (R-ELIG-08)."""
    found = look.fact("unit.past_special_fund_projects")
    if found is None:
        return look.missing("unit.past_special_fund_projects")
    past = records(found)
    if not past:
        first = "首次：以往没有省科协专项资金资助项目"
        lenient = look.programme.setting("first_time_passes", look.on, True)
        return (
            passed(first) if lenient else confirm(f"{first}，须由人员核实", "unit.past_special_fund_projects")
        )
    named = [(word_of(r, "title", "name", "项目名称") or "以往项目", conclusion_of(r), r) for r in past]
    bad = [f"{title}（{word}）" for title, word, _ in named if word in BAD]
    bad += [f"{title}（整改逾期）" for title, _, r in named if r.get("rectification_overdue") in (True, "是")]
    if bad:
        return failed("以往专项资金项目完成情况不符合要求：" + "、".join(bad))
    open_ones = [title for title, word, _ in named if word not in GOOD]
    if open_ones:
        message = "以往项目尚未评价，请经办人员核实：" + "、".join(open_ones)
        return confirm(message, "unit.past_special_fund_projects")
    return passed(f"以往 {len(past)} 个专项资金项目均较好完成")


def prior_evaluation(look: Look) -> Verdict:
    """不合格 or 取消资格 within the look-back blocks, 存在问题 warns (R-ELIG-44, R-AMB-11)."""
    evaluations = look.fact("unit.evaluations")
    cancelled = look.fact("unit.disqualifications")
    if evaluations is None and cancelled is None:
        return look.missing("unit.evaluations")
    years = int(look.programme.setting("prior_evaluation_years", look.on, 1))
    window = range(look.programme.year - years, look.programme.year)
    recent = [r for r in records(evaluations) if year_of(r) in window and _same_line(look, r)]
    lifted = "lifted_by", "解除依据"
    bad = [
        f"{year_of(r)} 年{conclusion_of(r)}"
        for r in recent
        if conclusion_of(r) in BARRED and not word_of(r, *lifted)
    ]
    gone = [
        r
        for r in records(cancelled)
        if year_of(r) in window and _same_line(look, r) and not word_of(r, *lifted)
    ]
    bad += [f"{year_of(r)} 年取消试点资格" for r in gone]
    if bad:
        blocks = look.programme.setting("prior_evaluation_blocks", look.on, True)
        told = "前期评价结果限制本次申报：" + "、".join(bad)
        return Verdict("fail", told, severity="block" if blocks else "warn")
    undated = [r for r in records(evaluations) if year_of(r) is None and conclusion_of(r) in BARRED]
    undated += [r for r in records(evaluations) if not conclusion_of(r) and _bare_bad(r)]
    if undated:
        return confirm("历次评价中有不合格的记录未写明年度或等次，请核实", "unit.evaluations")
    if any(r.get("has_issues") in (True, "是") for r in recent):
        return noted("上一年度绩效评价存在问题，供立项参考")
    told = "；".join(
        f"{year_of(r) or '不详'} 年{conclusion_of(r)}" for r in records(evaluations) if conclusion_of(r)
    )
    return passed(f"前 {years} 年没有不合格或取消资格的记录" + (f"（历次评价：{told}）" if told else ""))


def _bare_bad(record: Mapping[str, Any]) -> bool:
    """Whether a record without a conclusion speaks of a bad one in its text."""
    return any(word in str(list(record.values())) for word in BARRED)


def _same_line(look: Look, record: Mapping[str, Any]) -> bool:
    """Whether a result was in the same programme over the years; one that does not say counts (R-AMB-11)."""
    return word_of(record, "family") in ("", look.programme.family)


def party_ahead(look: Look) -> Verdict:
    """Party building was assessed before an election or inspection (R-ELIG-49, R-SANC-14)."""
    found = look.fact("unit.party_quant_assessment")
    if found is None:
        return look.missing("unit.party_quant_assessment")
    if says_nothing(found) or not found:
        return failed("没有学会党建量化考核记录")
    poor = any(word in str(found) for word in ("不合格", "不达标", "未通过", "未考核"))
    return failed(f"学会党建量化考核：{found}") if poor else passed(f"学会党建量化考核：{found}")


def group_member(look: Look) -> Verdict:
    """A society is a current group member on the application date (R-ELIG-53)."""
    if look.unit.kind not in SOCIETIES:
        return passed("申报单位不是学会，不涉及团体会员")
    since: date | None = look.fact("unit.kx_member_from")
    until: date | None = look.fact("unit.kx_member_to")
    if until is not None and look.on > until:
        return failed(f"已于 {until.isoformat()} 不再是省科协团体会员")
    if since is None:
        return look.missing("unit.kx_member_from")
    if look.on < since:
        return failed(f"自 {since.isoformat()} 起才是省科协团体会员")
    return passed(f"自 {since.isoformat()} 起为省科协团体会员")


def _first(record: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[Any]:
    return (record[name] for name in names if record.get(name) not in (None, ""))


def word_of(record: Mapping[str, Any], *names: str) -> str:
    """The first of these entries of a record that says something."""
    return str(next(_first(record, names), "")).strip()


def conclusion_of(record: Mapping[str, Any]) -> str:
    """How the project of a record was concluded."""
    return word_of(record, "conclusion", "result", "结论", "等次", "评价结论")


def year_of(record: Mapping[str, Any]) -> int | None:
    """The year of a record, or None."""
    text = word_of(record, "year", "on", "date", "年度", "日期")[:4]
    return int(text) if text.isdigit() else None


_TERM: Mapping[str, FactType] = {"unit.council_term_end": "date", "unit.postpone_approved_until": "date"}
_MEMBERSHIP: Mapping[str, FactType] = {"unit.kx_member_from": "date", "unit.kx_member_to": "date"}

# fmt: off
PREDICATES: dict[str, Predicate] = {
    "applicant_kind":         Predicate(applicant_kind),
    "host_name":              Predicate(host_name),
    "provincial_affiliation": Predicate(provincial_affiliation),
    "election_on_time":       Predicate(election_on_time, types=_TERM),
    "annual_inspection":      Predicate(annual_inspection, types={"latest_due_year": "int"}),
    "past_performance":       Predicate(past_performance),
    "prior_evaluation":       Predicate(prior_evaluation),
    "group_member":           Predicate(group_member, types=_MEMBERSHIP),
    "party_ahead":            Predicate(party_ahead),
}
# fmt: on
