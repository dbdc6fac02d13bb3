"""What the lines of a pack must mean to each other: who stands above whom, sums, roles, lifecycles.

Adds its complaints to the reader, like `lifecycle.pack_checks`; builds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lifecycle.pack_line import lineage
from lifecycle.yaml_positions import Entry, Items, Reader
from states.check import faults
from states.names import Action, Role, UnitKind
from states.roles import CAPACITIES
from states.tables import ANY, LIFECYCLES, Lifecycle, lifecycle_of, without

_FUJIAN_KIND = "fj_"
_NEEDED = {"applicants": "申报主体", "year": "年度", "variant": "流程", "family": "同类代码"}


def judge_lines(reader: Reader, pack: Entry) -> None:
    """Every complaint about groups and programmes as they stand to each other."""
    groups, programmes = pack.get("groups") or {}, pack.get("programmes") or {}
    entries: dict[str, Entry] = {**groups, **programmes}
    for name, line in entries.items():
        if not _parent(reader, name, line, entries):
            continue
        _family(reader, line, entries)
        _kinds(reader, line, str(pack.get("province")))
        _product(reader, line, heading=name in groups)
        _remaining(reader, name, line, entries)
        _material_actions(reader, name, line, entries)
        if name in programmes:
            _complete(reader, name, line, entries)
    for name in groups:
        _sum(reader, name, entries, programmes)
    _whole(reader, pack.get("sums"), programmes)
    _owing_roles(reader, pack)


def _parent(reader: Reader, name: str, line: Entry, entries: Mapping[str, Entry]) -> bool:
    parent = line.get("parent")
    if parent is None:
        return True
    if parent not in entries:
        reader.fault(line.at("parent"), f"上级“{parent}”未声明（期望 groups 或 programmes 中的代码）")
        return False
    if name in lineage(parent, entries):
        reader.fault(line.at("parent"), f"上级“{parent}”又在“{name}”之下（期望 不循环）")
        return False
    return True


def _complete(reader: Reader, name: str, line: Entry, entries: Mapping[str, Entry]) -> None:
    lines = [entries[slug] for slug in lineage(name, entries)]
    for key, what in (
        ("applicants", "申报主体"),
        ("year", "年度"),
        ("variant", "流程"),
        ("family", "同类代码"),
    ):
        if not any(key in each.places for each in lines):
            reader.fault(line.node, f"未写明{what}（期望 {key}，本类或其上级写一次）")


def _family(reader: Reader, line: Entry, entries: Mapping[str, Entry]) -> None:
    """The relatives that a line names are lines of the pack."""
    above = line.get("child_of")
    if above is not None and above not in entries:
        reader.fault(line.at("child_of"), f"上级项目的类别“{above}”未声明（期望 programmes 中的代码）")
    wanted = line.get("required_children")
    if isinstance(wanted, Items):
        for slug, place in zip(wanted, wanted.places, strict=True):
            if slug not in entries:
                reader.fault(place, f"须同时申报的“{slug}”未声明（期望 groups 或 programmes 中的代码）")


def _kinds(reader: Reader, line: Entry, province: str) -> None:
    for key in ("applicants", "applicants_warn"):
        kinds = line.get(key)
        if not isinstance(kinds, Items):
            continue
        for kind, place in zip(kinds, kinds.places, strict=True):
            if kind.startswith(_FUJIAN_KIND) != (province == "fujian"):
                label = UnitKind(kind).label
                reader.fault(place, f"申报主体“{label}”不是本省的（期望 {province} 的申报主体）")


def _product(reader: Reader, line: Entry, *, heading: bool) -> None:
    """A money line: quota × amount = total. A heading may print a sum only."""
    total, quota, amount = line.get("total"), line.get("quota"), line.get("amount")
    if total is None or (heading and not amount):
        return
    if not quota or not amount:
        reader.fault(line.at("total"), "有总额却缺名额或每项金额（期望 quota、amount、total 同时给出）")
        return
    count, each = quota[-1].get("value"), amount[-1].get("value")
    if count is not None and each is not None and count * each != total:
        found = f"{count} × {each} = {count * each}"
        reader.fault(line.at("total"), f"总额 {total} 与名额×金额不符（期望 {found}）")


def _below(
    name: str, entries: Mapping[str, Entry], seen: frozenset[str] = frozenset()
) -> Iterator[tuple[str, Entry]]:
    """The nearest lines below that print a total or a quota of their own; a circle is told elsewhere."""
    for child, line in entries.items():
        if line.get("parent") == name and child not in seen:
            if "total" in line or "quota" in line:
                yield child, line
            else:
                yield from _below(child, entries, seen | {child})


def _sum(reader: Reader, name: str, entries: Mapping[str, Entry], programmes: Mapping[str, Entry]) -> None:
    """A heading's total and quota are the sums of what stands below it (R-PROG-49)."""
    line = entries[name]
    below = [each for _, each in _below(name, entries)]
    if "total" in line and below:
        found = sum(each.get("total") or 0 for each in below)
        if found != line["total"]:
            reader.fault(line.at("total"), f"总额 {line['total']} 与各子类之和不符（期望 {found}）")
    if "quota" in line and all("quota" in each for each in below) and below:
        found = sum(each["quota"][-1].get("value") or 0 for each in below)
        if found != line["quota"][-1].get("value"):
            reader.fault(
                line.at("quota"), f"名额 {line['quota'][-1].get('value')} 与各子类之和不符（期望 {found}）"
            )


def _whole(reader: Reader, sums: Entry | None, programmes: Mapping[str, Entry]) -> None:
    """The sums that the pack declares for itself."""
    if sums is None:
        return
    printing = [line for line in programmes.values() if "quota" in line]
    projects = sum(line["quota"][-1].get("value") or 0 for line in printing)
    money = sum(line.get("total") or 0 for line in programmes.values())
    if sums.get("projects") not in (None, projects):
        reader.fault(
            sums.at("projects"), f"项目总数 {sums['projects']} 与各类名额之和不符（期望 {projects}）"
        )
    if sums.get("total") not in (None, money):
        reader.fault(sums.at("total"), f"资金总额 {sums['total']} 与各类总额之和不符（期望 {money}）")


def _owing_roles(reader: Reader, pack: Entry) -> None:
    province = str(pack.get("province"))
    for duty in ((pack.get("management") or {}).get("duties") or {}).values():
        for key in ("owed_by", "owed_to"):
            role = duty.get(key)
            known = role is None or province in CAPACITIES[Role(role)].provinces
            if not known or role in (Role.SYSTEM, Role.PUBLIC):
                label = Role(role).label
                reader.fault(duty.at(key), f"本省没有人担任“{label}”（{role}）（期望 本省文件规定的角色）")


def _tables(name: str, entries: Mapping[str, Entry]) -> Iterator[Lifecycle]:
    variant = next((entries[s]["variant"] for s in lineage(name, entries) if "variant" in entries[s]), None)
    if variant in LIFECYCLES:
        yield from (LIFECYCLES[one] for one in dict.fromkeys((variant, lifecycle_of(variant, True))))


def _remaining(reader: Reader, name: str, line: Entry, entries: Mapping[str, Entry]) -> None:
    """What a line leaves out leaves a lifecycle in which every state is reached and has a way on."""
    left_out = line.get("without")
    if not isinstance(left_out, Items) or not left_out:
        return
    actions = [Action(one) for one in left_out]
    for table in _tables(name, entries):
        for action, place in zip(actions, left_out.places, strict=True):
            if not any(row.action is action for row in table.rows):
                reader.fault(place, f"“{table.label}”没有“{action.label}”这一步（期望 该流程的办理动作）")
        for fault in faults(without(table, actions)):
            reader.fault(
                line.at("without"), f"省去这些步骤后，{table.label}：{fault}（期望 各状态可达且有出路）"
            )


def _material_actions(reader: Reader, name: str, line: Entry, entries: Mapping[str, Entry]) -> None:
    """A material that belongs to a step belongs to one of the programme's lifecycle."""
    known = {row.action for table in _tables(name, entries) for row in table.rows if row.sources != ANY}
    for material in (line.get("materials") or {}).values():
        action = material.get("action")
        if known and action is not None and action not in known:
            label = Action(action).label
            reader.fault(
                material.at("action"), f"材料所属的“{label}”不在本类流程之内（期望 该流程的办理动作）"
            )
