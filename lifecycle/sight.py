"""Which projects a reader is shown: people of a unit its own, an office all of them (R-ROLE-27).

Who belongs to an office is decided in `lifecycle.people`. Reads only, without the models.
"""

from __future__ import annotations

from collections.abc import Container

from sqlalchemy import Connection, select

from lifecycle.listing import PROJECT, UNIT, in_sight
from lifecycle.people import Actor
from states.errors import ForbiddenFault


class _Everything(Container[str]):
    """The ids of all projects, without asking for them."""

    def __contains__(self, _: object) -> bool:
        return True


def visible_projects(conn: Connection, reader: Actor) -> Container[str]:
    """The ids of the projects that a reader is shown."""
    if reader.sees_all:
        return _Everything()
    query = select(PROJECT.c.id).join(UNIT, UNIT.c.id == PROJECT.c.unit_id).where(in_sight(reader))
    return set(conn.execute(query).scalars())


def require_sight(conn: Connection, reader: Actor, project_id: str) -> None:
    """Raise ForbiddenFault for a project of another unit. One that is not there is left to the caller."""
    if reader.sees_all:
        return
    one = select(PROJECT.c.id, in_sight(reader)).join(UNIT, UNIT.c.id == PROJECT.c.unit_id)
    found = conn.execute(one.where(PROJECT.c.id == project_id)).first()
    if found is not None and not found[1]:
        raise ForbiddenFault(f"项目 {project_id} 属于其他单位；{reader.login} 只能查看本单位的项目。")
