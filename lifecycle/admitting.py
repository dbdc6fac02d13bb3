"""Taking applications in: create, complete or update a draft, and submit, in one transaction each.

What admission refuses creates nothing. A clerk may record a unit's application from the file it
came in; the file itself is kept as the application form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from lifecycle.archive import Filed
from lifecycle.cases import PROJECT, load_case, load_unit, project_row
from lifecycle.gate import check_day, is_rehearsal, roles_for
from lifecycle.installed import keep
from lifecycle.intake import Application
from lifecycle.locks import ADMISSION, hold
from lifecycle.people import Actor
from lifecycle.record import Line, write_entry
from lifecycle.seals import MIRRORED, row_seals, standing_seals
from lifecycle.stamp import Stamp
from lifecycle.standing import Own, require_admission, require_parent
from lifecycle.stepping import Asked, step_on
from lifecycle.store import Store
from lifecycle.units import find_or_register, refuse_contradiction
from lifecycle.values import encode_all
from states.catalogue import Programme
from states.decision import Case, Unit
from states.duties import owed_at_once
from states.errors import BadInputFault, ForbiddenFault, NotFoundFault, RefusedFault
from states.facts import normal_name, normal_title
from states.guards.family import PENDING_PARENT
from states.names import Role, State
from states.papers import APPLICATION_FORM
from states.tables import LIFECYCLES

RECORDERS = frozenset({Role.APPLICANT, Role.CLERK, Role.PROV_ASSOCIATION})
EDITABLE = frozenset({State.RETURNED, *(table.entry for table in LIFECYCLES.values())})


@dataclass(frozen=True, slots=True)
class Entry:
    """One application about to be written."""

    actor: Actor
    application: Application
    on: date
    at: datetime
    reason: str | None
    filed: tuple[tuple[str, Filed], ...]
    draft: bool
    parent: str | None


def admit(conn: Connection, store: Store, entry: Entry) -> str:
    """Create (or update, when the application has an id) and submit; returns the project id."""
    hold(conn, ADMISSION)
    programme = store.catalogue.programmes.get(entry.application.programme)
    if programme is None:
        raise NotFoundFault(f"没有名为“{entry.application.programme}”的项目类别")
    if entry.application.id is not None:
        return _update(conn, store, entry, entry.application.id)
    unit = _unit(conn, entry.application)
    _may_record(entry.actor, programme, unit)
    if entry.draft:
        require_parent(conn, programme, unit, entry.parent)
    else:
        title, facts = entry.application.title, _facts(entry.application)
        require_admission(conn, programme, unit, title, facts, entry.on, None, entry.parent)
    project_id = _create(conn, store, programme, unit, entry)
    if not entry.draft:
        _submit(conn, store, entry, project_id)
    return project_id


def _unit(conn: Connection, application: Application) -> Unit:
    unit_id = find_or_register(
        conn,
        application.unit_name,
        application.unit_kind,
        application.unit_region,
        application.unit_host,
        application.contact.get("email"),
        application.contact.get("phone"),
    )
    unit = load_unit(conn, unit_id)
    refuse_contradiction(unit.name, application.unit_facts, unit.facts)
    return unit


def _may_record(actor: Actor, programme: Programme, unit: Unit) -> None:
    roles = roles_for(actor, programme.province, unit)
    if not roles & RECORDERS:
        raise ForbiddenFault(
            f"只有{unit.name}的申报人员、经办人员（代录）或省科协可以录入该单位的申报；您没有这一角色"
        )


def _create(conn: Connection, store: Store, programme: Programme, unit: Unit, entry: Entry) -> str:
    if entry.parent is not None:
        project_row(conn, entry.parent)
    roles = entry.actor.roles_in(programme.province)
    backdated = check_day(conn, entry.on, entry.at, roles, entry.reason, None)
    keep(conn, store.catalogue.packs[programme.pack], entry.at)
    row = _new_row(conn, store, programme, unit, entry)
    conn.execute(insert(PROJECT), row)
    line = Line(
        project_id=row["id"],
        seq=1,
        action="create",
        source=None,
        dest=row["state"],
        changes={name: (None, value) for name, value in _facts(entry.application).items()},
        seals=row_seals({**row, "unit_name": unit.name}) | standing_seals((), ()),
        **_capacity(programme, unit, entry),
    )
    write_entry(conn, _stamp(conn, entry, backdated), line)
    return str(row["id"])


def _new_row(
    conn: Connection, store: Store, programme: Programme, unit: Unit, entry: Entry
) -> dict[str, Any]:
    """The columns of a new project, under the next number of its programme."""
    application, facts = entry.application, _facts(entry.application)
    last = select(func.coalesce(func.max(PROJECT.c.number), 0)).where(PROJECT.c.programme == programme.slug)
    number = 1 + int(conn.execute(last).scalar_one())
    return {
        "id": f"{programme.slug}-{number:04d}",
        "programme": programme.slug,
        "quota_pool": programme.quota_pool,
        "number": number,
        "pack_digest": store.catalogue.packs[programme.pack].digest,
        "variant": programme.variant,
        "title": application.title,
        "normal_title": normal_title(application.title),
        "unit_id": unit.id,
        "year": programme.year,
        "state": str(LIFECYCLES[programme.variant].entry),
        "version": 1,
        "parent_id": entry.parent,
        "marked": bool(application.marked),
        "last_on": entry.on,
        "plan_on": entry.on if owed_at_once(programme) else None,
        "contact": dict(application.contact),
        "facts": encode_all(facts),
        "fact_sources": _sources(application, entry),
        "targets": dict(application.targets),
        "flags": [],
        **_mirrored(facts),
    }


def _mirrored(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {column: facts.get(name) for name, column in MIRRORED.items()}


def _facts(application: Application) -> dict[str, Any]:
    contact = {f"contact.{name}": value for name, value in application.contact.items()}
    facts = {**application.facts, **application.unit_facts, **contact}
    return {name: value for name, value in facts.items() if value is not None}


def _sources(application: Application, entry: Entry) -> dict[str, Any]:
    on = entry.on.isoformat()
    return {name: {"source": "申报自述", "by": entry.actor.login, "on": on} for name in _facts(application)}


def _capacity(programme: Programme, unit: Unit, entry: Entry) -> dict[str, Any]:
    """In which role the entry is made, for whom, and by which clause."""
    roles = roles_for(entry.actor, programme.province, unit)
    role = next(r for r in (Role.APPLICANT, Role.CLERK, Role.PROV_ASSOCIATION) if r in roles)
    return {
        "role": str(role),
        "represented": unit.name if role is Role.CLERK else None,
        "rule": programme.citation.rule,
        "cite": programme.citation.quote,
        "cite_document": programme.citation.document,
    }


def _stamp(conn: Connection, entry: Entry, backdated: bool) -> Stamp:
    return Stamp(
        actor=entry.actor,
        at=entry.at,
        on=entry.on,
        reason=entry.reason,
        backdated=backdated,
        rehearsal=is_rehearsal(conn),
        filed=entry.filed,
    )


def _submit(conn: Connection, store: Store, entry: Entry, project_id: str) -> None:
    row = project_row(conn, project_id)
    action = LIFECYCLES[row["variant"]].hands_in
    if action is None:
        return
    form = next((pair for pair in entry.filed if pair[0] == APPLICATION_FORM), None)
    asked = Asked(
        actor=entry.actor,
        action=action,
        on=entry.on,
        at=entry.at,
        command_id="",
        reason=entry.reason,
        filed=(form,) if form else entry.filed,
        admitted=True,
    )
    step_on(conn, store, asked, row)


def _update(conn: Connection, store: Store, entry: Entry, project_id: str) -> str:
    """Merge the file into a draft or a returned application, then submit it again."""
    row = project_row(conn, project_id, lock=True)
    case, programme = load_case(conn, store, row)
    unit = _same_unit(conn, entry.application, case, programme)
    _may_record(entry.actor, programme, unit)
    new = _facts(entry.application)
    facts = {**case.facts, **new}
    parent = entry.parent or row["parent_id"]
    if parent is not None:
        hold(conn, f"family:{parent}")
    _require_open_mark(conn, row, entry.application.marked, parent)
    if entry.draft:
        require_parent(conn, programme, unit, parent)
    else:
        own = Own(project_id, case.state is State.RETURNED)
        title = entry.application.title
        require_admission(conn, programme, unit, title, facts, entry.on, own, parent)
    roles = roles_for(entry.actor, programme.province, unit)
    backdated = check_day(conn, entry.on, entry.at, roles, entry.reason, row["last_on"])
    merged = _merged(row, case, entry, facts)
    conn.execute(update(PROJECT).where(PROJECT.c.id == project_id).values(**merged))
    line = Line(
        project_id=project_id,
        seq=case.version + 1,
        action="edit",
        source=str(case.state),
        dest=str(case.state),
        changes={n: (case.facts.get(n), v) for n, v in new.items() if case.facts.get(n) != v},
        seals=row_seals({**row, **merged, "unit_name": unit.name}) | standing_seals(case.flags, case.duties),
        **_capacity(programme, unit, entry),
    )
    write_entry(conn, _stamp(conn, entry, backdated), line)
    if not entry.draft:
        _submit(conn, store, entry, project_id)
    return project_id


def _require_open_mark(conn: Connection, row: RowMapping, marked: bool | None, parent: str | None) -> None:
    """Which child goes with a parent is open until that is decided (R-ELIG-28, R-LIFE-61, R-FORM-32)."""
    if marked is None or marked == row["marked"] or parent is None:
        return
    if State(project_row(conn, parent)["state"]) not in PENDING_PARENT:
        raise RefusedFault(f"上级项目 {parent} 已有结果，不能再改是否纳入")


def _same_unit(conn: Connection, application: Application, case: Case, programme: Programme) -> Unit:
    """The unit of a project that a file updates, after everything that the two have to agree on."""
    if case.state not in EDITABLE:
        raise RefusedFault(f"{case.id} 的状态为“{case.state.label}”，只有草稿和退回补正的申报可以用文件更新")
    if application.programme != programme.slug:
        raise BadInputFault(f"{case.id} 属于 {programme.slug}，文件写的是 {application.programme}")
    if normal_name(application.unit_name) != normal_name(case.unit.name):
        raise BadInputFault(
            f"{case.id} 的申报单位登记为“{case.unit.name}”，文件写的是“{application.unit_name}”"
        )
    return _unit(conn, application)


def _merged(row: RowMapping, case: Case, entry: Entry, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a project after the file was laid over it; blanks of the file leave what was there."""
    application = entry.application
    return {
        "title": application.title,
        "normal_title": normal_title(application.title),
        "version": case.version + 1,
        "last_on": entry.on,
        "marked": row["marked"] if application.marked is None else application.marked,
        "parent_id": entry.parent or row["parent_id"],
        "contact": {**case.contact, **{k: v for k, v in application.contact.items() if v is not None}},
        "facts": encode_all(facts),
        "fact_sources": {**(row["fact_sources"] or {}), **_sources(application, entry)},
        "targets": {**case.targets, **application.targets},
        **_mirrored(facts),
    }
