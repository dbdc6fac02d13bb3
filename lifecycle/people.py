"""The people: who acts, in which roles, for whom somebody may stand in, and what he may see.

Decides whether a person is known, which roles that gives in a province, and whose projects and whose
personal data are shown to him. What a role may do with a project is not decided here. The tables are
named without their models, which cost several times what finding a person does; a test holds them alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Boolean, Connection, Date, Row, column, select, table

from states.errors import ForbiddenFault, NotFoundFault
from states.facts import normal_name
from states.names import ACTS_AS, Role, UnitKind

EVERYWHERE: Final = "*"
UNIT_ROLES: Final = frozenset(
    {
        Role.APPLICANT,
        Role.UNDERTAKING_UNIT,
        Role.FJ_SOCIETY_UNIT,
        Role.LOCAL_KX,
        Role.NOMINATOR,
        Role.SOCIETY_ORGANS,
    }
)
"""Roles that count only for the projects of one's own unit (R-ROLE-09, -11, -18, -28)."""
SCOPED_ROLES: Final = UNIT_ROLES | {
    Role.CITY_KX_REVIEWER,
    Role.LOCAL_GOVERNMENT,
    Role.ENTERPRISE,
    Role.PARTICIPANT_UNIT,
    Role.PARTY_GOVERNMENT,
    Role.NATIONAL_SOCIETY,
    Role.MENTOR,
    Role.LIAISON,
    Role.CONTACT,
}
"""Roles that are shown their own unit's projects only; a city also those of its counties (R-ROLE-27)."""
READING: Final = frozenset({Role.AUDITOR, Role.VIEWER})
"""Roles that look and change nothing (R-ROLE-16, -25)."""
SEES_PERSONAL: Final = frozenset(
    {
        Role.CLERK,
        Role.FORM_CHECKER,
        Role.PROV_ASSOCIATION,
        Role.ACADEMIC_DEPARTMENT,
        Role.SERVICE_CENTRE,
        Role.EVALUATOR,
        Role.REVIEW_EXPERT,
    }
)
"""Roles whose work on the projects of their province needs the personal data in them."""

SEES_GRACE: Final = frozenset(
    {
        Role.PROV_ASSOCIATION,
        Role.ACADEMIC_DEPARTMENT,
        Role.SERVICE_CENTRE,
        Role.CHAIR_MEETING,
        Role.CLERK,
        Role.ADMIN,
        Role.AUDITOR,
    }
)
"""Roles of the office, and of those who audit it, that are told of an internal grace."""

PERSON: Final = table(
    "person",
    *(column(name) for name in ("id", "login", "name", "email", "phone", "unit_id")),
    column("active", Boolean),
)
GRANT: Final = table("role_grant", *(column(name) for name in ("id", "person_id", "role", "province")))
UNIT: Final = table("unit", *(column(name) for name in ("id", "kind", "region", "superior_id")))
DELEGATION: Final = table(
    "delegation",
    *(column(name) for name in ("id", "principal_id", "delegate_id")),
    column("from_on", Date),
    column("to_on", Date),
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, and who really sat there if another stood in."""

    login: str
    roles: Mapping[str, frozenset[Role]]
    """Province ("henan", "fujian" or "*") → roles."""
    unit_id: int | None
    stood_in_by: str | None = None
    below: frozenset[int] = frozenset()
    """The units under the own city association, for somebody who judges for it (R-ROLE-27)."""

    def roles_in(self, province: str) -> frozenset[Role]:
        """The roles held in a province, with those that each of them stands for (R-ROLE-09, -11)."""
        held = self.roles.get(EVERYWHERE, frozenset()) | self.roles.get(province, frozenset())
        return held.union(*(ACTS_AS.get(role, frozenset()) for role in held))

    @property
    def is_admin(self) -> bool:
        """Whether this actor manages people, packs, calendars and runs."""
        return any(Role.ADMIN in roles for roles in self.roles.values())

    @property
    def only_reads(self) -> bool:
        """Whether this actor holds roles, and all of them only look."""
        held = frozenset().union(*self.roles.values())
        return bool(held) and held <= READING

    def require_hand(self) -> None:
        """Raise ForbiddenFault for somebody who only reads, before anything is written for him."""
        if self.only_reads:
            held = "、".join(sorted(role.label for role in frozenset().union(*self.roles.values())))
            raise ForbiddenFault(f"{self.login} 的角色（{held}）只能查看，不能办理。")

    @property
    def sees_all(self) -> bool:
        """Whether projects of all units are shown; to people of a unit only its own (R-ROLE-27)."""
        return any(roles - SCOPED_ROLES for roles in self.roles.values())

    @property
    def sees_grace(self) -> bool:
        """Whether internal cut-offs are shown; to everybody else a deadline has its public date alone."""
        return any(roles & SEES_GRACE for roles in self.roles.values())

    @property
    def own_unit(self) -> int | None:
        """The unit that this actor acts for, or None."""
        return self.unit_id if any(roles & SCOPED_ROLES for roles in self.roles.values()) else None

    def sees_personal(self, province: str, unit_id: int) -> bool:
        """Whether personal data in a unit's projects is shown in full."""
        return bool(self.roles_in(province) & SEES_PERSONAL) or unit_id == self.own_unit


def find_actor(conn: Connection, login: str, stand_in: str | None, on: date) -> Actor:
    """The actor behind an authenticated login, or behind `--as` if that login may stand in on that day.

    Raises ForbiddenFault for an unknown or closed account and for standing in without a right to.
    """
    person = _active(conn, login)
    own = _actor(conn, person)
    if stand_in is None or stand_in == login:
        return own
    principal = _active(conn, stand_in)
    if not own.is_admin and not _delegated(conn, principal.id, person.id, on):
        raise ForbiddenFault(
            f"用户 {login} 无权代 {stand_in} 操作：需要系统管理员身份，或在 {on.isoformat()} 有效的代办委托。"
        )
    return _actor(conn, principal, stood_in_by=login)


def _actor(conn: Connection, person: Row[Any], stood_in_by: str | None = None) -> Actor:
    roles = _roles(conn, person.id)
    judges = any(Role.CITY_KX_REVIEWER in held for held in roles.values())
    below = _below(conn, person.unit_id) if judges and person.unit_id is not None else frozenset()
    return Actor(person.login, roles, person.unit_id, stood_in_by, below)


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
        for row in conn.execute(select(PERSON).order_by(PERSON.c.login))
    }
    for row in conn.execute(select(GRANT).order_by(GRANT.c.role, GRANT.c.province)):
        people[row.person_id]["roles"].append({"role": row.role, "province": row.province})
    for row in conn.execute(select(DELEGATION).order_by(DELEGATION.c.id)):
        people[row.delegate_id]["stands_in_for"].append(
            {
                "login": people[row.principal_id]["login"],
                "from": row.from_on.isoformat(),
                "to": row.to_on.isoformat(),
            }
        )
    return list(people.values())


def known_person(conn: Connection, login: str) -> Row[Any]:
    """The row of a person who must be there. Raises NotFoundFault."""
    row = conn.execute(select(PERSON).where(PERSON.c.login == login)).first()
    if row is None:
        raise NotFoundFault(f"没有登录名为“{login}”的用户。")
    return row


def _active(conn: Connection, login: str) -> Row[Any]:
    """The row of a person who may act."""
    row = conn.execute(select(PERSON).where(PERSON.c.login == login)).first()
    if row is None:
        raise ForbiddenFault(
            f"用户 {login} 未登记；请系统管理员用 lifecycle users add {login} 添加，"
            "再用 lifecycle users grant 授予角色。"
        )
    if not row.active:
        raise ForbiddenFault(f"用户 {login} 已停用。")
    return row


def _below(conn: Connection, city: int) -> frozenset[int]:
    """The units whose recorded superior a city is; where none is recorded, the counties of its region."""
    units = {row.id: row for row in conn.execute(select(UNIT))}
    own = units[city]
    around = place(own.region) if own.kind == UnitKind.FJ_CITY_KX else ""
    return frozenset(
        one.id
        for one in units.values()
        if one.superior_id == city
        or (
            one.superior_id is None
            and one.kind == UnitKind.FJ_COUNTY_KX
            and around
            and place(one.region).startswith(around)
        )
    )


def place(region: str | None) -> str:
    """A place of Fujian as two writings of it are compared: without the province, width and spaces."""
    return normal_name(region or "").removeprefix("福建省")


def _roles(conn: Connection, person_id: int) -> dict[str, frozenset[Role]]:
    """The roles of a person by province."""
    held: dict[str, set[Role]] = {}
    for row in conn.execute(select(GRANT.c.province, GRANT.c.role).where(GRANT.c.person_id == person_id)):
        held.setdefault(row.province, set()).add(Role(row.role))
    return {province: frozenset(roles) for province, roles in held.items()}


def _delegated(conn: Connection, principal_id: int, delegate_id: int, on: date) -> bool:
    """Whether a delegation is in force on that day."""
    found = conn.execute(
        select(DELEGATION.c.id)
        .where(
            DELEGATION.c.principal_id == principal_id,
            DELEGATION.c.delegate_id == delegate_id,
            DELEGATION.c.from_on <= on,
            DELEGATION.c.to_on >= on,
        )
        .limit(1)
    ).first()
    return found is not None
