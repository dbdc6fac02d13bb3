"""Remarks on projects for lists and single projects: which are to be watched, and for what.

What a remark rests on is decided in `states.attention`. The tables are named without their models, as in
`lifecycle.listing`. Never changes anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Date,
    String,
    and_,
    cast,
    column,
    exists,
    func,
    or_,
    select,
    table,
)

from states.attention import (
    FIRST_HOST,
    FIRST_HOST_FACT,
    MIDTERM,
    NO_MIDTERM,
    PREPARATION,
    REMARKS,
    Standing,
    remarks,
)
from states.errors import UsageFault
from states.names import DutyStatus

DUTY = table(
    "duty",
    *(column(name) for name in ("project_id", "slug", "status")),
    *(column(name, Date) for name in ("due", "grace_until", "met_on")),
)
PROJECT = table("project", column("id"), column("facts", JSON))
_LATE_AFTER = func.coalesce(DUTY.c.grace_until, DUTY.c.due)


def remarks_on(conn: Connection, ids: Sequence[str], on: date) -> dict[str, list[str]]:
    """The remarks on some projects by a day, by project; some hundred projects at a time."""
    d, p = DUTY.c, PROJECT.c
    owed: dict[str, list[Standing]] = {}
    query = select(d.project_id, d.slug, d.status, d.due, d.grace_until, d.met_on)
    for row in conn.execute(query.where(d.project_id.in_(ids), d.slug.in_((MIDTERM, PREPARATION)))):
        late_after = max(row.due, row.grace_until or row.due)
        standing = Standing(row.slug, DutyStatus(row.status), late_after, row.met_on)
        owed.setdefault(row.project_id, []).append(standing)
    facts = conn.execute(select(p.id, p.facts).where(p.id.in_(ids)))
    return {row.id: list(remarks(row.facts or {}, owed.get(row.id, ()), on)) for row in facts}


def remarked(text: str, project: ColumnElement[Any], on: date) -> ColumnElement[bool]:
    """Whether a project carries a remark by a day, as `remarks_on` tells it. UsageFault lists the remarks."""
    if text not in REMARKS:
        raise UsageFault(f"没有名为“{text}”的标记，应为：{'、'.join(REMARKS)}")
    if text == FIRST_HOST:
        told = cast(PROJECT.c.facts, String).like(f'%"{FIRST_HOST_FACT}": true%')
        return exists().where(PROJECT.c.id == project, told)
    d = DUTY.c
    past = and_(on > _LATE_AFTER, d.met_on.is_(None))
    if text == NO_MIDTERM:
        excused = (str(DutyStatus.WAIVED), str(DutyStatus.SUSPENDED))
        return exists().where(d.project_id == project, d.slug == MIDTERM, past, d.status.not_in(excused))
    late = d.status.in_((str(DutyStatus.OVERDUE), str(DutyStatus.LATE)))
    missed = or_(late, and_(d.status == str(DutyStatus.OPEN), past))
    return exists().where(d.project_id == project, d.slug == PREPARATION, missed)
