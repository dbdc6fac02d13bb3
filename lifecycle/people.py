"""The people: who acts, in which roles, and for whom somebody may stand in.

Decides whether a person is known, which roles that gives in a province, and who may manage people.
What a role may do with a project is not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, insert, select

from lifecycle.models import DelegationRow, GrantRow, PersonRow
from states.errors import ConflictFault, ForbiddenFault, NotFoundFault, UsageFault
from states.names import ACTS_AS, Role

EVERYWHERE: Final = "*"
PROVINCES: Final = ("henan", "fujian", EVERYWHERE)
GRANTABLE: Final = tuple(role for role in Role if role is not Role.SYSTEM)
"""The system's own role is nobody's (R-ROLE-26)."""

_PERSON: Table = PersonRow.__table__  # type: ignore[attr-defined]
_GRANT: Table = GrantRow.__table__  # type: ignore[attr-defined]
_DELEGATION: Table = DelegationRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, and who really sat there if another stood in."""

    login: str
    roles: Mapping[str, frozenset[Role]]
    """Province ("henan", "fujian" or "*") → roles."""
    unit_id: int | None
    stood_in_by: str | None = None

    def roles_in(self, province: str) -> frozenset[Role]:
        """The roles held in a province, with those that each of them stands for (R-ROLE-09, -11)."""
        held = self.roles.get(EVERYWHERE, frozenset()) | self.roles.get(province, frozenset())
        return held.union(*(ACTS_AS.get(role, frozenset()) for role in held))

    @property
    def is_admin(self) -> bool:
        """Whether this actor manages people, packs, calendars and runs."""
        return any(Role.ADMIN in roles for roles in self.roles.values())


def find_actor(conn: Connection, login: str, stand_in: str | None, on: date) -> Actor:
    """The actor behind an authenticated login, or behind `--as` if that login may stand in on that day.

    Raises ForbiddenFault for an unknown or closed account and for standing in without a right to.
    """
    person = _active(conn, login)
    own = Actor(login, _roles(conn, person.id), person.unit_id)
    if stand_in is None or stand_in == login:
        return own
    principal = _active(conn, stand_in)
    if not own.is_admin and not _delegated(conn, principal.id, person.id, on):
        raise ForbiddenFault(
            f"用户 {login} 无权代 {stand_in} 操作：需要系统管理员身份，或在 {on.isoformat()} 有效的代办委托。"
        )
    return Actor(stand_in, _roles(conn, principal.id), principal.unit_id, stood_in_by=login)


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
        raise ConflictFault(f"登录名 {login} 已有用户“{known['name']}”，所给资料与其不同。")
    return int(known["id"])


def grant_role(
    conn: Connection, login: str, role: str, province: str, granted_by: Actor, at: datetime
) -> bool:
    """Give a person a role in one province or in all; false when it was held before.

    Raises UsageFault for an unknown role or province, NotFoundFault for an unknown person.
    """
    require_admin(granted_by)
    if role not in GRANTABLE:
        known = "、".join(f"{one.value}（{one.label}）" for one in GRANTABLE)
        raise UsageFault(f"没有名为“{role}”的角色，应为：{known}。")
    if province not in PROVINCES:
        raise UsageFault(f"没有名为“{province}”的省份，应为：henan（河南）、fujian（福建）、*（全部）。")
    person = _known(conn, login)
    values = {"person_id": person.id, "role": str(role), "province": province}
    held = conn.execute(select(_GRANT.c.id).filter_by(**values)).first()
    if held is not None:
        return False
    conn.execute(insert(_GRANT).values(**values, granted_by=granted_by.login, granted_at=at))
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

    An administrator may record it, or the principal in person; a stand-in cannot pass the right on.
    """
    in_person = recorded_by.login == principal and recorded_by.stood_in_by is None
    if not in_person:
        require_admin(recorded_by)
    if to_on < from_on:
        raise UsageFault(f"委托的结束日期 {to_on.isoformat()} 早于开始日期 {from_on.isoformat()}。")
    if principal == stand_in:
        raise UsageFault("不能委托给本人。")
    conn.execute(
        insert(_DELEGATION).values(
            principal_id=_known(conn, principal).id,
            delegate_id=_known(conn, stand_in).id,
            from_on=from_on,
            to_on=to_on,
            recorded_by=recorded_by.login,
            recorded_at=at,
        )
    )


def list_people(conn: Connection) -> list[dict[str, Any]]:
    """All people with their roles and delegations, by login; plain values for any door."""
    people = {
        row.id: {
            "login": row.login,
            "name": row.name,
            "email": row.email,
            "phone": row.phone,
            "unit_id": row.unit_id,
            "active": row.active,
            "roles": [],
            "stands_in_for": [],
        }
        for row in conn.execute(select(_PERSON).order_by(_PERSON.c.login))
    }
    for row in conn.execute(select(_GRANT).order_by(_GRANT.c.role, _GRANT.c.province)):
        people[row.person_id]["roles"].append({"role": row.role, "province": row.province})
    for row in conn.execute(select(_DELEGATION).order_by(_DELEGATION.c.id)):
        people[row.delegate_id]["stands_in_for"].append(
            {
                "login": people[row.principal_id]["login"],
                "from": row.from_on.isoformat(),
                "to": row.to_on.isoformat(),
            }
        )
    return list(people.values())


def _known(conn: Connection, login: str) -> Row[Any]:
    """The row of a person who must be there."""
    row = conn.execute(select(_PERSON).where(_PERSON.c.login == login)).first()
    if row is None:
        raise NotFoundFault(f"没有登录名为“{login}”的用户。")
    return row


def _active(conn: Connection, login: str) -> Row[Any]:
    """The row of a person who may act."""
    row = conn.execute(select(_PERSON).where(_PERSON.c.login == login)).first()
    if row is None:
        raise ForbiddenFault(
            f"用户 {login} 未登记；请系统管理员用 lifecycle users add {login} 添加，"
            "再用 lifecycle users grant 授予角色。"
        )
    if not row.active:
        raise ForbiddenFault(f"用户 {login} 已停用。")
    return row


def _roles(conn: Connection, person_id: int) -> dict[str, frozenset[Role]]:
    """The roles of a person by province."""
    held: dict[str, set[Role]] = {}
    for row in conn.execute(select(_GRANT.c.province, _GRANT.c.role).where(_GRANT.c.person_id == person_id)):
        held.setdefault(row.province, set()).add(Role(row.role))
    return {province: frozenset(roles) for province, roles in held.items()}


def _delegated(conn: Connection, principal_id: int, delegate_id: int, on: date) -> bool:
    """Whether a delegation is in force on that day."""
    found = conn.execute(
        select(_DELEGATION.c.id)
        .where(
            _DELEGATION.c.principal_id == principal_id,
            _DELEGATION.c.delegate_id == delegate_id,
            _DELEGATION.c.from_on <= on,
            _DELEGATION.c.to_on >= on,
        )
        .limit(1)
    ).first()
    return found is not None
