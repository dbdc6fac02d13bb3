"""Commands about people and units: who may act, for whom, and what has been verified of a unit.

What a role may do with a project is decided in the core.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from console.command import command, new_group
from console.options import parse_day, parse_values
from console.output import Answer, Screen
from console.session import Session
from states.errors import BadInputFault, NotFoundFault, UsageFault
from states.names import Role, UnitKind

VERIFIERS = (Role.CLERK, Role.FORM_CHECKER, Role.PROV_ASSOCIATION)
PROVINCES = {"henan": "河南", "fujian": "福建", "*": "全部"}

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="登录名")]
UnitName = Annotated[str, typer.Argument(metavar="NAME", help="单位名称")]


def register(root: typer.Typer) -> None:
    """Hang the commands of this file into the tree."""
    users = new_group(listing=list_users)
    command(users, "add", help="添加用户")(add_user)
    command(users, "grant", help="授予角色")(grant)
    command(users, "list", help="列出用户及其角色")(list_users)
    command(users, "delegate", help="登记代办委托：DELEGATE 可在期间内代 PRINCIPAL 操作")(delegate)
    root.add_typer(users, name="users")
    units = new_group(listing=list_units)
    command(units, "list", help="列出单位")(list_units)
    command(units, "add", help="登记单位")(add_unit)
    command(units, "show", help="一个单位及其已核实的事项")(show_unit)
    command(units, "verify", help="登记对单位事项的核实")(verify)
    root.add_typer(units, name="units")


def add_user(
    session: Session,
    login: Login,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="姓名，默认同登录名")] = None,
    email: Annotated[str | None, typer.Option("--email", metavar="MAIL", help="电子邮箱")] = None,
    phone: Annotated[str | None, typer.Option("--phone", metavar="PHONE", help="电话")] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="UNIT", help="所属单位（须已登记）")] = None,
) -> Answer:
    """Add a person."""
    from lifecycle.database import transaction
    from lifecycle.people import add_person

    actor = session.actor
    with transaction(session.app.engine) as conn:
        unit_id = None if unit is None else _unit(conn, unit)["id"]
        add_person(conn, login, name or login, added_by=actor, unit_id=unit_id, email=email, phone=phone)
    return _user(session, login, f"已添加用户 {login}；授予角色：lifecycle users grant {login} 角色")


def _user(session: Session, login: str, told: str) -> Answer:
    person = next(one for one in _people(session) if one["login"] == login)
    return Answer(person, lambda on: on.line(told))


def _people(session: Session) -> list[dict[str, Any]]:
    """All people; how to reach them is shown in full to administrators only."""
    from lifecycle.log import mask
    from lifecycle.people import list_people

    with session.reading() as conn:
        people = list_people(conn)
        names = {one["id"]: one["name"] for one in _units(conn)}
    for person in people:
        person["unit"] = names.get(person.pop("unit_id"))
    return people if session.actor.is_admin else [mask(one) for one in people]


def grant(
    session: Session,
    login: Login,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="角色代码或中文名称，如 clerk 或 经办人员")],
    province: Annotated[
        str, typer.Option("--province", metavar="PROVINCE", help="henan、fujian 或 *（默认，全部）")
    ] = "*",
) -> Answer:
    """Give a role."""
    from flows.bootstrap import now
    from lifecycle.database import transaction
    from lifecycle.people import grant_role

    code = next((str(one) for one in Role if role in (one.value, one.label)), role)
    where = next((key for key, label in PROVINCES.items() if province == label), province)
    actor = session.actor
    with transaction(session.app.engine) as conn:
        new = grant_role(conn, login, code, where, actor, now())
    label, place = Role(code).label, PROVINCES[where]
    return _user(session, login, f"{login} {'已授予' if new else '早已具有'}角色：{label}（{place}）")


def list_users(session: Session) -> Answer:
    """All people."""
    people = _people(session)

    def screen(on: Screen) -> None:
        rows = [
            (
                one["login"],
                one["name"],
                one["unit"],
                [f"{Role(g['role']).label}（{PROVINCES[g['province']]}）" for g in one["roles"]],
                one["email"],
                one["phone"],
                [f"代 {s['login']}（{s['from']} 至 {s['to']}）" for s in one["stands_in_for"]],
                "" if one["active"] else "已停用",
            )
            for one in people
        ]
        headings = ("登录名", "姓名", "单位", "角色", "邮箱", "电话", "代办", "")
        on.table(f"用户（{len(people)} 人）", headings, rows)

    return Answer({"users": people}, screen)


def delegate(
    session: Session,
    principal: Annotated[str, typer.Argument(metavar="PRINCIPAL", help="委托人")],
    stand_in: Annotated[str, typer.Argument(metavar="DELEGATE", help="受托人")],
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="开始日期（含）")],
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="结束日期（含）")],
) -> Answer:
    """Record a delegation."""
    from flows.bootstrap import now
    from lifecycle.database import transaction
    from lifecycle.people import delegate as record

    days = parse_day(first, "--from"), parse_day(last, "--to")
    actor = session.actor
    with transaction(session.app.engine) as conn:
        record(conn, principal, stand_in, *days, recorded_by=actor, at=now())
    return _user(
        session,
        stand_in,
        f"已登记：{stand_in} 在 {days[0].isoformat()} 至 {days[1].isoformat()} 可代 {principal} 操作",
    )


def _units(conn: Any) -> list[dict[str, Any]]:
    from lifecycle.units import list_units as register_of_units

    return register_of_units(conn)


def _unit(conn: Any, name: str) -> dict[str, Any]:
    """A unit by its name; widths, case and spaces do not matter. Raises NotFoundFault."""
    from difflib import get_close_matches

    from states.facts import normal_name

    units = _units(conn)
    for unit in units:
        if normal_name(unit["name"]) == normal_name(name):
            return unit
    near = "、".join(get_close_matches(name, [unit["name"] for unit in units], n=3, cutoff=0.5))
    hint = f"，是否指：{near}" if near else "；登记单位：lifecycle units add 名称 --kind 类型"
    raise NotFoundFault(f"单位登记簿中没有“{name}”{hint}。")


def list_units(session: Session) -> Answer:
    """All units."""
    with session.reading() as conn:
        units = _units(conn)

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
    from lifecycle.units import find_or_register

    session.require(*VERIFIERS, Role.ADMIN, to="登记单位")
    code = next((str(one) for one in UnitKind if kind in (one.value, one.label)), None)
    if code is None:
        known = "、".join(f"{one.value}（{one.label}）" for one in UnitKind)
        raise UsageFault(f"没有名为“{kind}”的单位类型，应为：{known}。")
    with transaction(session.app.engine) as conn:
        find_or_register(conn, name, code, region, host, email, phone)
    return show_unit(session, name)


def show_unit(session: Session, name: UnitName) -> Answer:
    """One unit."""
    with session.reading() as conn:
        unit = _unit(conn, name)

    def screen(on: Screen) -> None:
        on.pairs(
            [
                ("名称", unit["name"]),
                ("类型", _kind(unit["kind"])),
                ("地区", unit["region"]),
                ("依托单位", unit["host"]),
                ("邮箱", unit["email"]),
                ("电话", unit["phone"]),
            ]
        )
        rows = [
            (fact, one["value"], one["by"], one["on"], one["basis"]) for fact, one in unit["facts"].items()
        ]
        on.table("已核实的事项", ("事项", "值", "核实人", "日期", "依据"), rows)

    return Answer(_plain(unit), screen)


def _plain(unit: dict[str, Any]) -> dict[str, Any]:
    """Facts as the outside writes them."""
    from lifecycle.values import decode, plain

    for name, fact in unit["facts"].items():
        fact["value"] = plain(name, decode(fact["value"]))
    return unit


def verify(
    session: Session,
    name: UnitName,
    facts: Annotated[list[str], typer.Argument(metavar="FACT=VALUE", help="如 unit.party_org_complete=是")],
    basis: Annotated[str | None, typer.Option("--basis", metavar="TEXT", help="核实的依据")] = None,
) -> Answer:
    """Record what somebody has checked."""
    from lifecycle.database import transaction
    from lifecycle.units import verify_fact
    from lifecycle.values import encode

    session.require(*VERIFIERS, to="核实单位事项")
    typed = _typed(session, parse_values(facts, "FACT=VALUE"))
    with transaction(session.app.engine) as conn:
        unit = _unit(conn, name)
        for fact, value in typed.items():
            verify_fact(conn, unit["id"], fact, encode(value), session.actor.login, session.on, basis)
    return show_unit(session, name)


def _typed(session: Session, values: dict[str, str]) -> dict[str, Any]:
    """The values by the packs' own descriptions of units' facts. Raises BadInputFault."""
    from difflib import get_close_matches

    from states.facts import parse_fact

    known = {
        name: spec
        for programme in session.catalogue.programmes.values()
        for name, spec in programme.facts.items()
        if name.startswith("unit.")
    }
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
