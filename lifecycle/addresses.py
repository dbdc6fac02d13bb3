"""Who can be reached where: e-mail addresses of projects, units and staff as they stand now.

Reads only. Which of them a notice goes to is decided by `notifications.recipients`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from lifecycle.models import Base

PROJECT = Base.metadata.tables["project"]
UNIT = Base.metadata.tables["unit"]
PERSON = Base.metadata.tables["person"]
GRANT = Base.metadata.tables["role_grant"]


@dataclass(frozen=True, slots=True)
class ProjectAddresses:
    """The addresses of a project: its own contact's, its unit's in the register, that of the unit above."""

    contact: str | None
    unit: str | None
    superior: str | None = None


def project_addresses(conn: Connection, project: str) -> ProjectAddresses:
    """The addresses of one project; both None where nothing is recorded."""
    row = conn.execute(_OF_PROJECT, {"of": project}).first()
    if row is None:
        return ProjectAddresses(None, None)
    return ProjectAddresses((row.contact or {}).get("email"), row.email, row.above)


def staff_addresses(conn: Connection, role: str, province: str | None) -> tuple[str, ...]:
    """The addresses of active people who hold a role in a province, each once, in order of login.

    None stands for all provinces.
    """
    if province is None:
        found = conn.execute(_OF_ALL_STAFF, {"of": role}).scalars()
    else:
        found = conn.execute(_OF_STAFF, {"of": role, "where": [province, "*"]}).scalars()
    return tuple(dict.fromkeys(email for email in found if email.strip()))


_ABOVE = UNIT.alias("above")
# Built once: a delivery asks one of them for every notice.
_OF_PROJECT = (
    select(PROJECT.c.contact, UNIT.c.email, _ABOVE.c.email.label("above"))
    .join(UNIT, UNIT.c.id == PROJECT.c.unit_id)
    .outerjoin(_ABOVE, _ABOVE.c.id == UNIT.c.superior_id)
    .where(PROJECT.c.id == bindparam("of"))
)
_OF_ALL_STAFF = (
    select(PERSON.c.email)
    .join(GRANT, GRANT.c.person_id == PERSON.c.id)
    .where(GRANT.c.role == bindparam("of"), PERSON.c.active.is_(True), PERSON.c.email.is_not(None))
    .order_by(PERSON.c.login)
)
_OF_STAFF = _OF_ALL_STAFF.where(GRANT.c.province.in_(bindparam("where", expanding=True)))
