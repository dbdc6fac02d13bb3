"""Who is added, which roles are given and taken, and who may stand in: every change of people's rights.

Decides who may make such a change, and that there is always an administrator left. Each change leaves
a line in the trail of rights.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, Table, delete, insert, select, update

from lifecycle.models import DelegationRow, GrantRow, PersonRow
from lifecycle.people import EVERYWHERE, Actor, known_person
from lifecycle.rights_log import note
from states.errors import ConflictFault, ForbiddenFault, NotFoundFault, RefusedFault, UsageFault
from states.names import Role

PROVINCES: Final = {"henan": "河南", "fujian": "福建", EVERYWHERE: "全部"}
GRANTABLE: Final = tuple(role for role in Role if role not in (Role.SYSTEM, Role.PUBLIC))
"""The system's own role is nobody's, and the public has no account (R-ROLE-26, -33)."""

_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+")

_PERSON: Table = PersonRow.__table__  # type: ignore[attr-defined]
_GRANT: Table = GrantRow.__table__  # type: ignore[attr-defined]
_DELEGATION: Table = DelegationRow.__table__  # type: ignore[attr-defined]


def require_admin(actor: Actor) -> None:
    """Raise ForbiddenFault unless the actor is an administrator."""
    if not actor.is_admin:
        raise ForbiddenFault(f"只有系统管理员可以管理用户、角色与委托；{actor.login} 不是系统管理员。")


def add_person(
    conn: Connection,
    login: str,
    name: str,
    *,
    added_by: Actor,
    unit_id: int | None = None,
    email: str | None = None,
    phone: str | None = None,
) -> int:
    """Add a person and return the id; the same person again changes nothing.

    Raises ForbiddenFault unless an administrator asks, UsageFault for a login that cannot be typed,
    ConflictFault when the login is somebody else's.
    """
    require_admin(added_by)
    if not login or not login.isprintable() or any(letter.isspace() for letter in login):
        raise UsageFault("登录名不能为空，也不能含空格或不可显示的字符。")
    values = {"login": login, "name": name, "unit_id": unit_id, "email": email, "phone": phone}
    known = conn.execute(select(_PERSON).where(_PERSON.c.login == login)).mappings().first()
    if known is None:
        added = conn.execute(insert(_PERSON).values(**values, active=True).returning(_PERSON.c.id))
        return int(added.scalar_one())
    if any(known[field] != value for field, value in values.items()):
        how = f"更改邮箱、电话：lifecycle users contact {login}"
        raise ConflictFault(f"登录名 {login} 已有用户“{known['name']}”，所给资料与其不同；{how}。")
    return int(known["id"])


def grant_role(
    conn: Connection, login: str, role: str, province: str, granted_by: Actor, at: datetime
) -> bool:
    """Give a person a role in one province or in all; false when it was held before.

    Raises UsageFault for an unknown role or province, NotFoundFault for an unknown person.
    """
    require_admin(granted_by)
    _check_names(role, province)
    person = known_person(conn, login)
    values = {"person_id": person.id, "role": str(role), "province": province}
    held = conn.execute(select(_GRANT.c.id).filter_by(**values)).first()
    if held is not None:
        return False
    conn.execute(insert(_GRANT).values(**values, granted_by=granted_by.login, granted_at=at))
    note(conn, "grant", login, {"role": str(role), "province": province}, by=granted_by, at=at)
    return True


def revoke_role(
    conn: Connection, login: str, role: str, province: str, revoked_by: Actor, at: datetime
) -> None:
    """Take a role from a person, where it was given: in one province or in all.

    Raises UsageFault for an unknown role or province, NotFoundFault for an unknown person or a role
    that was not given there, RefusedFault for the last administrator.
    """
    require_admin(revoked_by)
    _check_names(role, province)
    person = known_person(conn, login)
    given = select(_GRANT.c.id, _GRANT.c.role, _GRANT.c.province).where(_GRANT.c.person_id == person.id)
    held = {(row.role, row.province): row.id for row in conn.execute(given)}
    if (role, province) not in held:
        listed = "、".join(f"{Role(one).label}（{PROVINCES[where]}）" for one, where in sorted(held)) or "无"
        asked = f"{Role(role).label}（{PROVINCES[province]}）"
        raise NotFoundFault(f"{login} 没有角色 {asked}；现有角色：{listed}。")
    if role == Role.ADMIN:
        _keep_an_administrator(conn, without_grant=held[role, province])
    conn.execute(delete(_GRANT).where(_GRANT.c.id == held[role, province]))
    note(conn, "revoke", login, {"role": str(role), "province": province}, by=revoked_by, at=at)


def close_person(conn: Connection, login: str, closed_by: Actor, at: datetime) -> bool:
    """Close an account: its person can no longer act, nor anybody for him; false when it was closed before.

    Raises NotFoundFault for an unknown person, RefusedFault for the last administrator.
    """
    require_admin(closed_by)
    person = known_person(conn, login)
    if not person.active:
        return False
    _keep_an_administrator(conn, without_person=person.id)
    conn.execute(update(_PERSON).where(_PERSON.c.id == person.id).values(active=False))
    note(conn, "close", login, {}, by=closed_by, at=at)
    return True


def change_contact(
    conn: Connection, login: str, changed: Mapping[str, str | None], changed_by: Actor
) -> bool:
    """Write down how a person is reached: `email`, `phone`; None takes one away. False: it was so before.

    No right, hence no line in the trail, as when it was first given. Raises ForbiddenFault for others than
    an administrator, NotFoundFault for an unknown person, UsageFault for an address that is none.
    """
    require_admin(changed_by)
    person = known_person(conn, login)
    if (email := changed.get("email")) and not _ADDRESS.fullmatch(email):
        raise UsageFault(f"邮箱“{email}”无效，应如 office@example.org。")
    new = {name: value for name, value in changed.items() if getattr(person, name) != value}
    if not new:
        return False
    conn.execute(update(_PERSON).where(_PERSON.c.id == person.id).values(**new))
    return True


def delegate(
    conn: Connection,
    principal: str,
    stand_in: str,
    from_on: date,
    to_on: date,
    *,
    recorded_by: Actor,
    at: datetime,
) -> None:
    """Record that one person may stand in for another, both days included (代办).

    An administrator may record it, or the principal in person unless he only reads; a stand-in cannot pass
    the right on.
    """
    _require_principal(recorded_by, principal)
    if to_on < from_on:
        raise UsageFault(f"委托的结束日期 {to_on.isoformat()} 早于开始日期 {from_on.isoformat()}。")
    if principal == stand_in:
        raise UsageFault("不能委托给本人。")
    conn.execute(
        insert(_DELEGATION).values(
            principal_id=known_person(conn, principal).id,
            delegate_id=known_person(conn, stand_in).id,
            from_on=from_on,
            to_on=to_on,
            recorded_by=recorded_by.login,
            recorded_at=at,
        )
    )
    days = {"for": principal, "from": from_on.isoformat(), "to": to_on.isoformat()}
    note(conn, "delegate", stand_in, days, by=recorded_by, at=at)


def undelegate(
    conn: Connection, principal: str, stand_in: str, on: date, *, recorded_by: Actor, at: datetime
) -> int:
    """End every delegation in force or to come between two people; `on` is its last day.

    An administrator may do it, or the principal in person. Raises NotFoundFault where there is none.
    """
    _require_principal(recorded_by, principal)
    d = _DELEGATION.c
    between = (d.principal_id == known_person(conn, principal).id) & (
        d.delegate_id == known_person(conn, stand_in).id
    )
    begun = conn.execute(
        update(_DELEGATION).where(between, d.from_on <= on, d.to_on > on).values(to_on=on)
    ).rowcount
    coming = conn.execute(delete(_DELEGATION).where(between, d.from_on > on)).rowcount
    if not begun + coming:
        raise NotFoundFault(f"{stand_in} 没有代 {principal} 办理的有效委托。")
    note(conn, "undelegate", stand_in, {"for": principal, "to": on.isoformat()}, by=recorded_by, at=at)
    return begun + coming


def _require_principal(actor: Actor, principal: str) -> None:
    """Raise ForbiddenFault unless an administrator asks, or the principal in person."""
    if actor.login != principal or actor.stood_in_by is not None or actor.only_reads:
        require_admin(actor)


def _check_names(role: str, province: str) -> None:
    """Raise UsageFault for a role or a province that nobody can be given."""
    if role not in GRANTABLE:
        known = "、".join(f"{one.value}（{one.label}）" for one in GRANTABLE)
        raise UsageFault(f"没有名为“{role}”的角色，应为：{known}。")
    if province not in PROVINCES:
        known = "、".join(f"{code}（{label}）" for code, label in PROVINCES.items())
        raise UsageFault(f"没有名为“{province}”的省份，应为：{known}。")


def _keep_an_administrator(conn: Connection, *, without_grant: int = 0, without_person: int = 0) -> None:
    """Raise RefusedFault where nobody would be left to manage people.

    The administrators are locked: of two that take the right from each other at once, one has to wait.
    """
    administrators = (
        select(_GRANT.c.id, _PERSON.c.id.label("person"))
        .join(_PERSON, _PERSON.c.id == _GRANT.c.person_id)
        .where(_GRANT.c.role == Role.ADMIN.value, _PERSON.c.active)
        .order_by(_GRANT.c.id)
        .with_for_update()
    )
    rows = conn.execute(administrators).all()
    if not any(row.id != without_grant and row.person != without_person for row in rows):
        raise RefusedFault("这是最后一名系统管理员，不能撤销或停用；请先把 admin 授予另一名用户。")
