"""What a pack's values must mean together: dates in order, totals that add up, names that exist.

Judges one file that has the right shape and adds its complaints to the reader; builds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from lifecycle.pack_line import lineage
from lifecycle.pack_params import judge_checks
from lifecycle.pack_relations import judge_lines
from lifecycle.pack_reminders import judge_plans
from lifecycle.pack_settings import SETTINGS
from lifecycle.yaml_positions import Entry, Items, Reader

_TYPE_NAMES = {bool: "true 或 false", int: "整数", str: "文字", tuple: "列表"}


def judge(reader: Reader, pack: Entry, known: Entry | None) -> None:
    """Record every complaint about `pack`; `known` holds the inherited names, if any."""
    management: Any = pack.get("management") or {}
    inherited: Mapping[str, Any] = known or {}
    cited = (*(inherited.get("documents") or {}), *(pack.get("documents") or {}))
    documents = {pack.get("pack"), *cited}
    facts = {n for part in (inherited, management, pack) for n in part.get("facts") or {}}
    facts |= set(inherited.get("vocabulary") or {})
    duties = {n for part in (inherited, management) for n in part.get("duties") or {}}
    groups = pack.get("groups") or {}
    _settings(reader, management.get("settings"))
    for entry, clauses in _cited(pack):
        _citation(reader, entry, clauses, documents)
    for spec in [*(management.get("facts") or {}).values(), *(pack.get("facts") or {}).values()]:
        _fact(reader, spec)
    lines = [*groups.values(), *(pack.get("programmes") or {}).values()]
    for line in lines:
        _names(reader, line, "facts", facts, "本包或所继承的包已声明的事实")
        _names(reader, line, "duties", duties, "management.duties 已声明的期限事项")
        _settings(reader, line.get("settings"))
    for target in _targets(pack):
        _target(reader, target, facts)
    entries = {**groups, **(pack.get("programmes") or {})}
    for name, line in entries.items():
        for key in ("quota", "amount"):
            _ascending(reader, line.get(key))
            _in_its_year(reader, line.get(key), _year(name, entries))
    judge_checks(reader, pack, known)
    if "management" in pack:
        judge_plans(reader, management)
    judge_lines(reader, pack)


def _ascending(reader: Reader, dated: Items | None) -> None:
    last = None
    for entry in dated or ():
        since = entry.get("from")
        if since is not None and last is not None and since <= last:
            reader.fault(entry.at("from"), f"生效日 {since} 未晚于上一条 {last}（期望 由早到晚、互不重叠）")
        last = since or last


def _year(name: str, entries: Mapping[str, Entry]) -> int | None:
    """The year of a line: its own, else that of the nearest line above it."""
    return next((entries[slug]["year"] for slug in lineage(name, entries) if "year" in entries[slug]), None)


def _in_its_year(reader: Reader, dated: Items | None, year: int | None) -> None:
    """A first number that comes into force after the year of its line never is (R-DOC-07)."""
    for first in (dated or ())[:1]:
        since = first.get("from")
        if year is not None and since is not None and since.year > year:
            reader.fault(first.at("from"), f"生效日 {since} 晚于项目年度 {year}（期望 不晚于该年年底）")


def _settings(reader: Reader, settings: Entry | None) -> None:
    for name, dated in (settings or {}).items():
        _ascending(reader, dated)
        for entry in dated:
            value = entry.get("value")
            setting = SETTINGS[name]
            allowed, options = setting.types, setting.options
            if value is not None and type(value) not in allowed:
                hint = "或".join(_TYPE_NAMES[kind] for kind in allowed)
                reader.fault(entry.at("value"), f"设置 {name} 的值“{value}”类型不对（期望 {hint}）")
            elif options and isinstance(value, str) and value not in options:
                reader.fault(entry.at("value"), f"设置 {name} 的值“{value}”不对（期望 {'、'.join(options)}）")
            elif setting.within is not None and isinstance(value, int) and value not in setting.within:
                hint = f"{setting.within.start}—{setting.within.stop - 1} 的整数"
                reader.fault(entry.at("value"), f"设置 {name} 的值“{value}”不对（期望 {hint}）")
            elif setting.day_of_year and isinstance(value, str) and not _comes_every_year(value):
                hint = "每年都有的一日，如 01-31"
                reader.fault(entry.at("value"), f"设置 {name} 的值“{value}”不对（期望 {hint}）")
            elif (form := setting.form) and isinstance(value, str) and not _reads(form, value):
                reader.fault(entry.at("value"), f"设置 {name} 的值“{value}”不对（期望 {form.__doc__}）")


def _comes_every_year(text: str) -> bool:
    try:
        return date.fromisoformat(f"2001-{text}").strftime("%m-%d") == text
    except ValueError:
        return False


def _reads(form: Callable[[str], object], value: str) -> bool:
    try:
        form(value)
    except ValueError:
        return False
    return True


def _names(reader: Reader, line: Entry, key: str, known: set[str], hint: str) -> None:
    names = line.get(key)
    if not isinstance(names, Items):
        return
    for name, place in zip(names, names.places, strict=True):
        if name not in known:
            reader.fault(place, f"{key} 中的“{name}”未声明（期望 {hint}）")


def _fact(reader: Reader, spec: Entry) -> None:
    if spec.get("type") == "enum" and not spec.get("values"):
        reader.fault(spec.node, "枚举型事实没有取值（期望 values 列表）")
    labels = spec.get("value_labels")
    if labels is not None and len(labels) != len(spec.get("values") or ()):
        reader.fault(spec.at("value_labels"), "取值与其中文名个数不同（期望 一一对应）")


def _target(reader: Reader, spec: Entry, facts: set[str]) -> None:
    lifting = spec.get("unless")
    if lifting is not None and lifting not in facts:
        reader.fault(
            spec.at("unless"), f"unless 的事实“{lifting}”未声明（期望 本包或所继承的包已声明的事实）"
        )
    if spec.get("cmp") in ("ge", "le", "eq") and "number" not in spec.places:
        reader.fault(spec.node, "指标有比较方式却没有数值（期望 number，或 cmp: done）")


def _citation(reader: Reader, entry: Entry, clauses: bool, documents: set[Any]) -> None:
    document = entry.get("document")
    if document is not None and document not in documents:
        reader.fault(
            entry.at("document"), f"引用的文件“{document}”未声明（期望 document 或 documents 中的代码）"
        )
    if "quote" in entry.places:
        if "clause" not in entry.places and not clauses:
            reader.fault(entry.at("quote"), "有原文却没有条款位置（期望 clause）")
    elif "why" not in entry.places:
        reader.fault(entry.node, "既无原文也无理由（期望 clause 与 quote，或以 why 说明默认值的理由）")


def _cited(pack: Entry) -> Iterator[tuple[Entry, bool]]:
    """Every entry that carries a citation, and whether its clause may come from its programme."""
    groups = pack.get("groups") or {}
    for entry in (*_management(pack.get("management") or {}), *(pack.get("checks") or ())):
        yield entry, False
    for entry in (pack.get("readings") or {}).values():
        yield entry, False
    entries = {**groups, **(pack.get("programmes") or {})}
    for name, line in entries.items():
        clauses = {kind for slug in lineage(name, entries) for kind in entries[slug].get("clause") or {}}
        for kind, entry in _cited_by(line):
            yield entry, kind in clauses


def _cited_by(line: Entry) -> Iterator[tuple[str, Entry]]:
    """Every entry of one programme that carries a citation, with the clause it falls back on."""
    for key in ("quota", "amount"):
        yield from (("money", entry) for entry in line.get(key) or ())
    for key in ("limit_per_unit", "duration_months"):
        if key in line:
            yield "conditions", line[key]
    yield from (("conditions", check) for check in line.get("checks") or ())
    yield from (("contents", target) for target in (line.get("targets") or {}).values())
    yield from (("conditions", material) for material in (line.get("materials") or {}).values())
    for dated in (line.get("settings") or {}).values():
        yield from (("", entry) for entry in dated)
    yield from (("", entry) for entry in (line.get("readings") or {}).values())


def _management(management: Any) -> Iterator[Entry]:
    for key in ("targets", "materials", "duties"):
        yield from (management.get(key) or {}).values()
    for dated in (management.get("settings") or {}).values():
        yield from dated
    if "reminders" in management:
        yield management["reminders"]


def _targets(pack: Entry) -> Iterator[Entry]:
    yield from ((pack.get("management") or {}).get("targets") or {}).values()
    for part in ("groups", "programmes"):
        for line in (pack.get(part) or {}).values():
            yield from (line.get("targets") or {}).values()
