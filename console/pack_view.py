"""Programmes and packs as documents and on the screen: everything printed, with its clause.

What a document does not print is null for programs and 文件未载明 for people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from states.catalogue import NOT_PRINTED, Citation, Dated, MaterialSpec, Pack, Programme, TargetSpec
from states.facts import yuan
from states.names import Action, Role, UnitKind
from states.tables import LIFECYCLES

if TYPE_CHECKING:
    from console.output import Screen

SEVERITIES = {"block": "必须", "warn": "提示", "info": "备查"}
BINDINGS = {
    "mandatory": "必须",
    "preferred": "优先",
    "expected": "应有",
    "if_chosen": "选取的适用",
    "informational": "对照",
    "programme": "全类合计",
    "tag": "标记",
}
_MATERIAL = ("slug", "label", "action", "required", "written")
_TARGET = ("slug", "label", "cmp", "number", "unit", "binding", "per", "when", "items", "any_of", "domain")
_CHECK = ("rule", "name", "severity", "stage")
_DUTY = ("slug", "rule", "label", "length", "owed_by", "met_by", "suggested")


def pack_document(pack: Pack, on: date) -> dict[str, Any]:
    """A pack with all its programmes."""
    return {
        "slug": pack.slug,
        "version": pack.version,
        "digest": pack.digest,
        "inherits": pack.inherits,
        "document": _document(pack.document),
        "programmes": [programme_document(one, on) for one in pack.programmes.values()],
    }


def programme_document(programme: Programme, on: date) -> dict[str, Any]:
    """A programme with all that its document prints."""
    return {
        "slug": programme.slug,
        "title": programme.title,
        "rule": programme.citation.rule,
        "year": programme.year,
        "province": programme.province,
        "pack": programme.pack,
        "lifecycle": None if programme.group else programme.variant,
        **_place(programme),
        "document": _document(programme.document),
        "clause": _clause(programme.citation),
        **_numbers(programme, on),
        "phone": programme.phone,
        "email": programme.email,
        "applicants": list(programme.applicants),
        "applicants_warn": list(programme.applicants_warn),
        "duration_months": programme.duration_months,
        "already_decided": programme.already_decided,
        **_asked(programme),
        "settings": {name: _latest(dated) for name, dated in programme.settings.items()},
        "choices": [*_set(programme), *_read(programme)],
        "named_projects": list(programme.named_projects),
        "not_printed": list(programme.not_printed),
        "notes": list(programme.notes),
    }


def _place(programme: Programme) -> dict[str, Any]:
    """Where the line stands among the others, and what it leaves out."""
    return {
        "group": programme.group,
        "parent": programme.parent,
        "children": list(programme.children),
        "required_children": list(programme.required_children),
        "child_of": programme.child_of,
        "without": list(programme.without),
        "umbrella": programme.umbrella,
        "hosts": list(programme.hosts),
    }


def _numbers(programme: Programme, on: date) -> dict[str, Any]:
    """Places, money and limits; null where the document prints none."""
    quota, amount = programme.quota_on(on), programme.amount_fen_on(on)
    return {
        "quota": _latest(programme.quota) if quota is None else quota,
        "quota_clause": _dated_clause(programme.quota),
        "quota_pool": programme.quota_pool,
        "amount": _money(programme, amount),
        "amount_clause": _dated_clause(programme.amount),
        "total": None if programme.total_fen is None else yuan(programme.total_fen),
        "limit_per_unit": programme.limit_per_unit,
        "limit_counted_over": list(programme.limit_scope) if programme.limit_per_unit else [],
    }


def _set(programme: Programme) -> list[dict[str, Any]]:
    """Every setting with the rule it decides and why, through time."""
    return [
        {
            "rule": citation.rule,
            "setting": name,
            "from": since.isoformat(),
            "choice": value,
            "why": citation.why or citation.quote,
            "options": [],
        }
        for name, dated in programme.settings.items()
        for since, value, citation in dated.entries
    ]


def _read(programme: Programme) -> list[dict[str, Any]]:
    """Every ambiguous place that is read in one way without a setting."""
    return [
        {
            "rule": one.rule,
            "setting": None,
            "from": (one.since or programme.document.in_force_from).isoformat(),
            "choice": one.choice,
            "why": one.why,
            "options": list(one.options),
        }
        for one in programme.readings
    ]


def _asked(programme: Programme) -> dict[str, Any]:
    """What the programme asks for: facts, materials, targets, checks, duties."""
    return {
        "facts": [
            {"name": f.name, "label": f.label, "type": f.type, "values": list(f.values), "note": f.note}
            for f in programme.facts.values()
        ],
        "materials": [_entry(m, _MATERIAL) for m in programme.materials.values()],
        "targets": [_entry(t, _TARGET) for t in programme.targets],
        "checks": [_entry(c, _CHECK) for c in programme.checks],
        "duties": [_entry(d, _DUTY) for d in programme.duties.values()],
    }


def _entry(spec: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Some fields of a value, and its clause."""
    return {**{name: getattr(spec, name) for name in names}, "clause": _clause(spec.citation)}


def programme_row(programme: Programme, on: date) -> tuple[Any, ...]:
    """One line of the list."""
    quota = programme.quota_on(on) or _latest(programme.quota)
    amount = _money(programme, programme.amount_fen_on(on))
    depth = "　" * (len(programme.lineage) - 1)
    return (
        f"{programme.slug}{'※' if programme.group else ''}",
        f"{depth}{programme.title}",
        NOT_PRINTED if quota is None else quota,
        amount or NOT_PRINTED,
        programme.phone or NOT_PRINTED,
        programme.citation.rule,
    )


def show_programme(screen: Screen, programme: Programme, on: date) -> None:
    """One programme for people."""
    document, flow = programme_document(programme, on), LIFECYCLES[programme.variant]
    screen.pairs(
        [
            ("项目类别", f"{programme.title}（{programme.slug}，{programme.citation.rule}）"),
            ("年度", programme.year),
            ("依据", programme.document.reference),
            ("条款", programme.citation.quote),
            ("名额", NOT_PRINTED if document["quota"] is None else document["quota"]),
            ("每项金额（元）", document["amount"] or NOT_PRINTED),
            ("联系电话", programme.phone or NOT_PRINTED),
            ("申报主体", [_kind(one) for one in programme.applicants]),
            ("每单位限报", programme.limit_per_unit),
            ("流程", "见其下类别" if programme.group else f"{flow.label}（{flow.name}）"),
            ("其下类别", list(programme.children)),
            ("须同时申报", [programme.relatives.get(one, one) for one in programme.required_children]),
            ("统一名称", programme.umbrella),
            ("省去的步骤", [Action(one).label for one in programme.without]),
            ("文件未载明", list(programme.not_printed)),
            ("已点名项目", list(programme.named_projects)),
            ("说明", list(programme.notes)),
        ]
    )
    for title, headings, rows in _tables(programme, document):
        screen.table(title, headings, rows)


def _asked_how(material: MaterialSpec, variant: str) -> str:
    """Whether the step of a paper asks for it, for it or a document's number, or for neither."""
    asked = [p for row in LIFECYCLES[variant].rows if row.action == material.action for p in row.papers]
    if material.required or material.slug in asked:
        return "必交"
    return "书面（附件或文号）" if material.written else ""


def _tables(
    programme: Programme, document: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[str, ...], list[tuple[Any, ...]]]]:
    """The tables under a programme: title, headings, rows."""
    facts = programme.facts.values()
    rows: list[tuple[Any, ...]] = [
        (f.name, f.label, f.type, "、".join(f.value_labels or f.values)) for f in facts
    ]
    yield "事项", ("名称", "标题", "类型", "取值"), rows
    rows = [
        (c.rule, c.name, SEVERITIES[c.severity], c.citation.quote or NOT_PRINTED) for c in programme.checks
    ]
    yield "条件", ("规则", "名称", "性质", "条款"), rows
    rows = [
        (
            m.slug,
            m.label,
            Action(m.action).label if m.action else "",
            _asked_how(m, programme.variant),
            m.citation.quote or NOT_PRINTED,
        )
        for m in programme.materials.values()
    ]
    yield "材料", ("名称", "标题", "用于", "要求", "条款"), rows
    rows = [(t.slug, t.label, _target(t), BINDINGS[t.binding], t.citation.quote) for t in programme.targets]
    yield "指标", ("名称", "标题", "要求", "性质", "条款"), rows
    rows = [
        (d.slug, d.label, d.length or "", Role(d.owed_by).label, d.citation.quote or "系统默认")
        for d in programme.duties.values()
    ]
    yield "应办事项", ("名称", "标题", "期限", "责任方", "条款"), rows
    rows = [
        (c["rule"], c["setting"] or "", _said(c["choice"]), c["why"] or "")
        for c in document["choices"]
        if str(c["rule"]).startswith("R-AMB")
    ]
    yield "文件未明之处的取舍", ("编号", "设置", "取舍", "理由"), rows


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _target(target: TargetSpec) -> str:
    if target.any_of:
        return "或".join(
            f"{way['label']}不少于 {way['number']}{way.get('unit', '')}" for way in target.any_of
        )
    if target.cmp == "done":
        return "完成" + (f"（{'、'.join(target.items)}）" if target.items else "")
    if target.number is None:
        return NOT_PRINTED
    named = {"ge": "不少于", "le": "不超过", "eq": "等于"}[target.cmp]
    return f"{named} {target.number}{target.unit or ''}"


def _kind(text: str) -> str:
    return UnitKind(text).label if text in tuple(UnitKind) else text


def _document(document: Any) -> Mapping[str, Any]:
    return {
        "id": document.id,
        "title": document.title,
        "number": document.number,
        "date": document.date.isoformat() if document.date else None,
    }


def _clause(citation: Citation) -> dict[str, Any]:
    return {
        "rule": citation.rule,
        "document": citation.document,
        "clause": citation.clause,
        "quote": citation.quote,
        "basis": "inferred" if citation.inferred else "printed",
    }


def _dated_clause(dated: Dated | None) -> dict[str, Any] | None:
    return None if dated is None else _clause(dated.latest()[1])


def _latest(dated: Dated | None) -> Any:
    return None if dated is None else dated.latest()[0]


def _money(programme: Programme, amount: int | None) -> str | None:
    fen = _latest(programme.amount) if amount is None else amount
    return None if fen is None else yuan(int(fen))
