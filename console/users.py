"""Commands about people: who may act, in which roles, for whom, and what became of their rights.

Who may change that is decided in the record; what a role may do with a project, in the core.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from console.command import command, new_group
from console.options import parse_day
from console.output import Answer, Screen, cell, local_time
from console.session import PROVINCES, Session
from console.units import find_unit
from states.errors import RefusedFault, UsageFault
from states.names import Role

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="登录名")]
RoleName = Annotated[str, typer.Argument(metavar="ROLE", help="角色代码或中文名称，如 clerk 或 经办人员")]
ProvinceName = Annotated[
    str, typer.Option("--province", metavar="PROVINCE", help="henan、fujian 或 *（默认，全部）")
]


def register(root: typer.Typer) -> None:
    """Hang the commands of this file into the tree."""
    users = new_group(listing=list_users)
    command(users, "add", help="添加用户")(add_user)
    command(users, "grant", help="授予角色")(grant)
    command(users, "revoke", help="撤销角色")(revoke)
    command(users, "close", help="停用账户：此人不能再操作，他人也不能再代其操作")(close)
    command(users, "contact", help="更改用户的邮箱、电话")(contact)
    command(users, "list", help="列出用户及其角色")(list_users)
    command(users, "delegate", help="登记代办委托：DELEGATE 可在期间内代 PRINCIPAL 操作")(delegate)
    command(users, "undelegate", help="提前结束代办委托")(undelegate)
    command(users, "roles", help="角色：职责、能办的操作、文件所列职责清单")(roles)
    command(users, "log", help="权限记录：何人何时授予、撤销、停用、委托，以及对单位事项的核实")(log)
    root.add_typer(users, name="users")


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
    from lifecycle.rights import add_person

    actor = session.actor
    with transaction(session.app.engine) as conn:
        unit_id = None if unit is None else find_unit(conn, unit)["id"]
        add_person(conn, login, name or login, added_by=actor, unit_id=unit_id, email=email, phone=phone)
    return _user(session, login, f"已添加用户 {login}；授予角色：lifecycle users grant {login} 角色")


def _user(session: Session, login: str, told: str) -> Answer:
    person = next(one for one in _people(session) if one["login"] == login)
    return Answer(person, lambda on: on.line(told))


def _people(session: Session) -> list[dict[str, Any]]:
    """All people; how to reach them is shown in full to administrators only."""
    from lifecycle.log import mask
    from lifecycle.people import list_people
    from lifecycle.units import list_units

    with session.reading() as conn:
        people = list_people(conn)
        names = {one["id"]: one["name"] for one in list_units(conn)}
    for person in people:
        person["unit"] = names.get(person.pop("unit_id"))
    return people if session.actor.is_admin else [mask(one) for one in people]


def grant(session: Session, login: Login, role: RoleName, province: ProvinceName = "*") -> Answer:
    """Give a role."""
    from flows.bootstrap import now
    from lifecycle.database import transaction
    from lifecycle.rights import grant_role

    code, where = _codes(role, province)
    actor = session.actor
    with transaction(session.app.engine) as conn:
        new = grant_role(conn, login, code, where, actor, now())
    label, place = Role(code).label, PROVINCES[where]
    return _user(session, login, f"{login} {'已授予' if new else '早已具有'}角色：{label}（{place}）")


def revoke(session: Session, login: Login, role: RoleName, province: ProvinceName = "*") -> Answer:
    """Take a role away."""
    from flows.bootstrap import now
    from lifecycle.database import transaction
    from lifecycle.rights import revoke_role

    code, where = _codes(role, province)
    actor = session.actor
    with transaction(session.app.engine) as conn:
        revoke_role(conn, login, code, where, actor, now())
    return _user(session, login, f"{login} 已撤销角色：{Role(code).label}（{PROVINCES[where]}）")


def _codes(role: str, province: str) -> tuple[str, str]:
    """Role and province by code or label; what is neither is left to the record, which lists them."""
    code = next((str(one) for one in Role if role in (one.value, one.label)), role)
    return code, next((key for key, label in PROVINCES.items() if province == label), province)


def close(session: Session, login: Login) -> Answer:
    """Close an account."""
    from flows.bootstrap import now
    from lifecycle.database import transaction
    from lifecycle.rights import close_person

    actor = session.actor
    with transaction(session.app.engine) as conn:
        new = close_person(conn, login, actor, now())
    return _user(session, login, f"{login} {'已停用' if new else '早已停用'}。")


def contact(
    session: Session,
    login: Login,
    email: Annotated[
        str | None, typer.Option("--email", metavar="MAIL", help="电子邮箱；写作 '' 则去掉")
    ] = None,
    phone: Annotated[
        str | None, typer.Option("--phone", metavar="PHONE", help="电话；写作 '' 则去掉")
    ] = None,
) -> Answer:
    """Change how a person is reached."""
    from lifecycle.database import transaction
    from lifecycle.rights import change_contact

    actor, given = session.actor, {"email": email, "phone": phone}
    changed = {name: value.strip() or None for name, value in given.items() if value is not None}
    if not changed:
        raise UsageFault("没有要更改的内容，应写 --email 或 --phone。")
    with transaction(session.app.engine) as conn:
        new = change_contact(conn, login, changed, actor)
    return _user(session, login, f"{login} 的联系方式{'已更改' if new else '原已如此'}。")


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
    from lifecycle.rights import delegate as record

    days = parse_day(first, "--from"), parse_day(last, "--to")
    actor = session.actor
    with transaction(session.app.engine) as conn:
        record(conn, principal, stand_in, *days, recorded_by=actor, at=now())
    return _user(
        session,
        stand_in,
        f"已登记：{stand_in} 在 {days[0].isoformat()} 至 {days[1].isoformat()} 可代 {principal} 操作",
    )


def undelegate(
    session: Session,
    principal: Annotated[str, typer.Argument(metavar="PRINCIPAL", help="被代办的人")],
    stand_in: Annotated[str, typer.Argument(metavar="DELEGATE", help="代办的人")],
) -> Answer:
    """End a delegation: today, or the business date of a practice store, is its last day."""
    from flows.bootstrap import now, today
    from lifecycle.database import transaction
    from lifecycle.rights import undelegate as end

    actor = session.actor
    if session.on != today() and not session.app.rehearsal:
        raise RefusedFault("委托只能自今日起结束：改动以前的委托，会使当时的代办失去依据。")
    with transaction(session.app.engine) as conn:
        count = end(conn, principal, stand_in, session.on, recorded_by=actor, at=now())
    text = f"{stand_in} 代 {principal} 办理的委托于 {session.on.isoformat()} 结束。"
    document = {"for": principal, "delegate": stand_in, "to": session.on.isoformat(), "ended": count}
    return Answer(document, lambda on: on.line(text))


def roles(
    session: Session,
    role: Annotated[str | None, typer.Argument(metavar="ROLE", help="角色代码或中文名称")] = None,
) -> Answer:
    """All roles, or one with what it may do and its printed responsibilities."""
    from console.role_view import role_document, show_role

    if role is not None:
        code, _ = _codes(role, "*")
        if code not in tuple(Role):
            raise UsageFault(f"没有名为“{role}”的角色，应为：{'、'.join(Role)}。")
        found = Role(code)
        return Answer(role_document(found), lambda on: show_role(on, found))
    listed = [role_document(one) for one in Role]

    def screen(on: Screen) -> None:
        rows = [
            (one["role"], one["label"], one["provinces_label"], one["duties"], one["rule"]) for one in listed
        ]
        on.table("角色", ("代码", "名称", "适用", "职责", "规则"), rows)

    return Answer({"roles": listed}, screen)


def log(session: Session) -> Answer:
    """The trail of rights."""
    from lifecycle.rights_log import list_rights_log

    session.require(Role.ADMIN, Role.AUDITOR, to="查看权限记录")
    with session.reading() as conn:
        lines = list_rights_log(conn)

    def screen(on: Screen) -> None:
        rows = [
            (
                local_time(one["at"]),
                one["what_label"],
                one["subject"],
                _told(one["details"]),
                one["actor"] + (f"（{one['stood_in_by']} 代办）" if one["stood_in_by"] else ""),
            )
            for one in lines
        ]
        headings = ("时间", "变更", "用户或单位", "内容", "办理人")
        on.table(f"权限记录（{len(lines)} 条）", headings, rows)

    return Answer({"log": lines}, screen)


LABELS = {"for": "代", "from": "自", "to": "至", "fact": "事项", "value": "值", "on": "日期", "basis": "依据"}


def _told(details: dict[str, Any]) -> str:
    """The details of a line for people."""
    if "role" in details:
        return f"{Role(details['role']).label}（{PROVINCES[details['province']]}）"
    return "；".join(
        f"{label}：{cell(details[name])}" for name, label in LABELS.items() if details.get(name) is not None
    )
