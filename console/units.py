"""Commands about the register of units: who is in it, and what has been verified of whom.

What a verified fact means for an application is decided in the core.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.command import command, new_group
from console.options import parse_values
from console.output import Answer, Screen, cell
from console.session import Session
from states.errors import BadInputFault, NotFoundFault, UsageFault
from states.names import Role, UnitKind

if TYPE_CHECKING:
    from states.catalogue import FactSpec

VERIFIERS = (Role.CLERK, Role.FORM_CHECKER, Role.PROV_ASSOCIATION)

LABELS = {
    "region": "地区",
    "host": "依托单位",
    "email": "邮箱",
    "phone": "电话",
    "superior": "上级",
    "fact": "事项",
    "value": "值",
    "on": "日期",
    "basis": "依据",
}
"""What a line of the trail may tell of a unit."""

UnitName = Annotated[str, typer.Argument(metavar="NAME", help="单位名称")]


def register(root: typer.Typer) -> None:
    """Hang the commands of this file into the tree."""
    units = new_group(listing=list_units)
    command(units, "list", help="列出单位")(list_units)
    command(units, "add", help="登记单位")(add_unit)
    command(units, "show", help="一个单位及其已核实的事项")(show_unit)
    command(units, "set", help="更改单位登记：地区、依托单位、联系方式、上级")(set_unit)
    command(units, "history", help="一个单位的登记和核实记录：谁在何时核实了什么")(history)
    command(units, "verify", help="登记对单位事项的核实")(verify)
    root.add_typer(units, name="units")


def find_unit(conn: Any, name: str) -> dict[str, Any]:
    """A unit by its name; widths, case and spaces do not matter. Raises NotFoundFault."""
    from difflib import get_close_matches

    from lifecycle.units import list_units as register_of_units
    from states.facts import normal_name

    units = register_of_units(conn)
    for unit in units:
        if normal_name(unit["name"]) == normal_name(name):
            return unit
    near = "、".join(get_close_matches(name, [unit["name"] for unit in units], n=3, cutoff=0.5))
    hint = f"，是否指：{near}" if near else "；登记单位：lifecycle units add 名称 --kind 类型"
    raise NotFoundFault(f"单位登记簿中没有“{name}”{hint}。")


def list_units(session: Session) -> Answer:
    """All units."""
    from lifecycle.units import list_units as register_of_units

    with session.reading() as conn:
        units = _shown(session, register_of_units(conn))

    def screen(on: Screen) -> None:
        rows = [
            (one["name"], _kind(one["kind"]), one["region"], one["host"], len(one["facts"])) for one in units
        ]
        on.table(f"单位（{len(units)} 个）", ("名称", "类型", "地区", "依托单位", "已核实事项"), rows)

    return Answer({"units": units}, screen)


def _kind(code: str) -> str:
    return UnitKind(code).label if code in tuple(UnitKind) else code


def add_unit(
    session: Session,
    name: UnitName,
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="单位类型代码或中文，如 prov_society")],
    region: Annotated[str | None, typer.Option("--region", metavar="TEXT", help="所在地区")] = None,
    host: Annotated[str | None, typer.Option("--host", metavar="NAME", help="依托单位")] = None,
    email: Annotated[str | None, typer.Option("--email", metavar="MAIL", help="电子邮箱")] = None,
    phone: Annotated[str | None, typer.Option("--phone", metavar="PHONE", help="电话")] = None,
) -> Answer:
    """Register a unit; the same again changes nothing."""
    from lifecycle.database import transaction
    from lifecycle.units import find_or_register, province_of

    code = next((str(one) for one in UnitKind if kind in (one.value, one.label)), None)
    if code is None:
        known = "、".join(f"{one.value}（{one.label}）" for one in UnitKind)
        raise UsageFault(f"没有名为“{kind}”的单位类型，应为：{known}。")
    session.require(*VERIFIERS, Role.ADMIN, to="登记单位", province=province_of(code))
    with transaction(session.app.engine) as conn:
        find_or_register(conn, name, code, region, host, email, phone)
    return show_unit(session, name)


def show_unit(session: Session, name: UnitName) -> Answer:
    """One unit."""
    with session.reading() as conn:
        (unit,) = _shown(session, [find_unit(conn, name)])

    def screen(on: Screen) -> None:
        on.pairs(
            [
                ("名称", unit["name"]),
                ("类型", _kind(unit["kind"])),
                ("地区", unit["region"]),
                ("依托单位", unit["host"]),
                ("上级", unit["superior"]),
                ("邮箱", unit["email"]),
                ("电话", unit["phone"]),
            ]
        )
        rows = [
            (fact, one["value"], one["by"], one["on"], one["basis"]) for fact, one in unit["facts"].items()
        ]
        on.table("已核实的事项", ("事项", "值", "核实人", "日期", "依据"), rows)

    return Answer(unit, screen)


def set_unit(
    session: Session,
    name: UnitName,
    region: Annotated[str | None, typer.Option("--region", metavar="TEXT", help="所在地区")] = None,
    host: Annotated[str | None, typer.Option("--host", metavar="NAME", help="依托单位")] = None,
    email: Annotated[str | None, typer.Option("--email", metavar="MAIL", help="电子邮箱")] = None,
    phone: Annotated[str | None, typer.Option("--phone", metavar="PHONE", help="电话")] = None,
    superior: Annotated[
        str | None, typer.Option("--superior", metavar="NAME", help="上级单位，如县科协所属的设区市科协")
    ] = None,
) -> Answer:
    """Change what the register says of a unit; what it said stays in the trail."""
    from flows.bootstrap import now
    from lifecycle.database import transaction
    from lifecycle.units import change_unit, province_of

    given = {"region": region, "host": host, "email": email, "phone": phone}
    changes: dict[str, Any] = {field: value for field, value in given.items() if value is not None}
    if not changes and superior is None:
        raise UsageFault("请写明要更改什么，如 --region、--superior。")
    with transaction(session.app.engine) as conn:
        unit = find_unit(conn, name)
        session.require(*VERIFIERS, Role.ADMIN, to="更改单位登记", province=province_of(unit["kind"]))
        if superior is not None:
            changes["superior_id"] = find_unit(conn, superior)["id"]
        if changes.get("superior_id") == unit["id"]:
            raise UsageFault("单位不能是自己的上级。")
        change_unit(conn, unit, changes, by=session.actor, at=now())
    return show_unit(session, name)


def history(session: Session, name: UnitName) -> Answer:
    """Every change of a unit's entry and every verification, oldest first."""
    from lifecycle.rights_log import list_rights_log

    session.require(*VERIFIERS, Role.ADMIN, Role.AUDITOR, to="查看单位登记记录")
    with session.reading() as conn:
        unit = find_unit(conn, name)
        lines = [one for one in list_rights_log(conn) if one["subject"] == unit["name"]]

    def screen(on: Screen) -> None:
        rows = [(one["at"], one["actor"], one["what_label"], _told(one["details"])) for one in lines]
        on.table(f"{unit['name']}：登记和核实记录", ("时间", "办理人", "事由", "内容"), rows)

    return Answer({"unit": unit["name"], "history": lines}, screen)


def _told(details: dict[str, Any]) -> str:
    """What a line tells, for people: a change as old and new."""
    told = []
    for name, value in details.items():
        if isinstance(value, dict) and value.keys() == {"from", "to"}:
            value = f"{value['from'] or '无'} → {value['to'] or '无'}"  # noqa: PLW2901 - said otherwise
        if value is not None:
            told.append(f"{LABELS.get(name, name)}：{cell(value)}")
    return "；".join(told)


def _shown(session: Session, units: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The units as far as they concern this reader: of others only who they are, and nothing personal."""
    from lifecycle.log import MASK
    from lifecycle.units import province_of

    actor = session.actor
    for unit in units:
        if not actor.sees_all and unit["id"] != actor.own_unit and unit["id"] not in actor.below:
            reached = {name: MASK for name in ("email", "phone") if unit[name]}
            unit |= {**reached, "facts": {}}
    if not any(unit["facts"] for unit in units):
        return units
    personal = {name for name, spec in _specs(session).items() if spec.personal}
    for unit in units:
        hidden = personal & unit["facts"].keys()
        if hidden and not session.actor.sees_personal(province_of(unit["kind"]), unit["id"]):
            unit["facts"] |= {name: {**unit["facts"][name], "value": MASK} for name in hidden}
    return units


def _specs(session: Session) -> dict[str, FactSpec]:
    """The packs' own descriptions of units' facts by name."""
    return {
        name: spec
        for programme in session.catalogue.programmes.values()
        for name, spec in programme.facts.items()
        if name.startswith("unit.")
    }


def verify(
    session: Session,
    name: UnitName,
    facts: Annotated[list[str], typer.Argument(metavar="FACT=VALUE", help="如 unit.party_org_complete=是")],
    basis: Annotated[str | None, typer.Option("--basis", metavar="TEXT", help="核实的依据")] = None,
) -> Answer:
    """Record what somebody has checked."""
    from flows.bootstrap import now
    from lifecycle.database import transaction
    from lifecycle.units import province_of, record_verification

    session.require(*VERIFIERS, to="核实单位事项")
    specs = _specs(session)
    typed = _typed(specs, parse_values(facts, "FACT=VALUE"))
    secret = {fact for fact in typed if specs[fact].personal}
    with transaction(session.app.engine) as conn:
        unit = find_unit(conn, name)
        session.require(*VERIFIERS, to="核实单位事项", province=province_of(unit["kind"]))
        record_verification(
            conn, unit, typed, by=session.actor, on=session.on, at=now(), basis=basis, secret=secret
        )
    return show_unit(session, name)


def _typed(known: dict[str, FactSpec], values: dict[str, str]) -> dict[str, Any]:
    """The values by the descriptions of the facts. Raises BadInputFault."""
    from difflib import get_close_matches

    from states.facts import parse_fact

    typed = {}
    for given, text in values.items():
        spec = known.get(given) or next((one for one in known.values() if one.label == given), None)
        if spec is None:
            near = "、".join(get_close_matches(given, known, n=3, cutoff=0.4))
            raise BadInputFault(f"没有名为“{given}”的单位事项{f'，是否指：{near}' if near else ''}。")
        typed[spec.name] = parse_fact(spec, text)
        if typed[spec.name] is None:
            raise BadInputFault(f"“{given}”的值为空，核实须写明结果。")
    return typed
