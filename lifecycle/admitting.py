"""Taking applications in: create, complete or update a draft, and submit, in one transaction each.

What admission refuses creates nothing. A clerk may record a unit's application from the file it
came in; the file itself is kept as the application form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from lifecycle.archive import Filed
from lifecycle.cases import (
    PACK,
    PROJECT,
    UNIT,
    call_is_open,
    load_case,
    load_unit,
    project_row,
)
from lifecycle.gate import check_day, roles_for, store_facts
from lifecycle.intake import Application
from lifecycle.people import Actor
from lifecycle.record import Stamp, write_entry
from lifecycle.stepping import Asked, step_on
from lifecycle.store import Store
from lifecycle.units import find_or_register
from lifecycle.values import encode_all
from states.admission import Standing, admission
from states.catalogue import Programme
from states.decision import Unit
from states.errors import BadInputFault, ForbiddenFault, NotFoundFault, RefusedFault
from states.facts import normal_title
from states.names import Action, Role, State

DEAD = tuple(
    str(s)
    for s in (State.WITHDRAWN, State.FORM_FAILED, State.NOT_SELECTED, State.TERMINATED, State.CLOSED,
              State.CLOSED_UNQUALIFIED, State.DISQUALIFIED)
)  # fmt: skip
UNCOUNTED = (str(State.WITHDRAWN), str(State.DRAFT))
RECORDERS = frozenset({Role.APPLICANT, Role.CLERK, Role.PROV_ASSOCIATION})
EDITABLE = (str(State.DRAFT), str(State.RETURNED))


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
    programme = store.catalogue.programmes.get(entry.application.programme)
    if programme is None:
        raise NotFoundFault(f"没有名为“{entry.application.programme}”的项目类别")
    if entry.application.id is not None:
        return _update(conn, store, entry, entry.application.id)
    unit = _unit(conn, entry.application)
    _may_record(entry.actor, programme, unit)
    if not entry.draft:
        _require_admission(conn, programme, unit, entry, None)
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
    return load_unit(conn, unit_id)


def _may_record(actor: Actor, programme: Programme, unit: Unit) -> None:
    roles = roles_for(actor, programme.province, unit)
    if not roles & RECORDERS:
        raise ForbiddenFault(
            f"只有{unit.name}的申报人员、经办人员（代录）或省科协可以录入该单位的申报；您没有这一角色"
        )


def _require_admission(
    conn: Connection, programme: Programme, unit: Unit, entry: Entry, own_id: str | None
) -> None:
    standing = Standing(
        call_open=call_is_open(conn, programme.slug, entry.on) or own_id is not None,
        counted=_counted(conn, programme, unit, own_id),
        same_title=_same_title(conn, programme, unit, entry.application, own_id),
        same_person=_same_person(conn, programme, entry.application, own_id),
    )
    reasons = admission(programme, unit, standing, entry.on)
    if reasons:
        raise RefusedFault("；".join(reason.message for reason in reasons), reasons)


def _counted(conn: Connection, programme: Programme, unit: Unit, own_id: str | None) -> int:
    """Applications of the same legal applicant: the host where there is one (R-ELIG-46)."""
    legal = unit.host or unit.name
    p, u = PROJECT.c, UNIT.c
    query = (
        select(func.count())
        .select_from(PROJECT.join(UNIT, u.id == p.unit_id))
        .where(
            or_(u.name == legal, u.host == legal),
            p.programme == programme.slug,
            p.state.not_in(UNCOUNTED),
            p.id != (own_id or ""),
        )
    )
    return int(conn.execute(query).scalar_one())


def _same_title(
    conn: Connection, programme: Programme, unit: Unit, application: Application, own_id: str | None
) -> str | None:
    p = PROJECT.c
    query = select(p.id).where(
        p.unit_id == unit.id,
        p.programme == programme.slug,
        p.normal_title == normal_title(application.title),
        p.state.not_in((*DEAD, str(State.DRAFT))),
        p.id != (own_id or ""),
    )
    return conn.execute(query).scalars().first()


def _same_person(
    conn: Connection, programme: Programme, application: Application, own_id: str | None
) -> str | None:
    """A live application of the same year for the same talent: by id number, else name and birth."""
    names = ("talent.id_number", "talent.name", "talent.birth_date")
    number, name, birth = (application.facts.get(n) for n in names)
    if number is None and (name is None or birth is None):
        return None
    p = PROJECT.c
    query = select(p.id, p.facts).where(
        p.programme == programme.slug, p.state.not_in((*DEAD, str(State.DRAFT))), p.id != (own_id or "")
    )
    wanted = encode_all({n: application.facts.get(n) for n in names})
    for project_id, facts in conn.execute(query):
        if number is not None and facts.get(names[0]) == wanted[names[0]]:
            return str(project_id)
        if name is not None and all(facts.get(n) == wanted[n] for n in names[1:]):
            return str(project_id)
    return None


def _create(conn: Connection, store: Store, programme: Programme, unit: Unit, entry: Entry) -> str:
    application = entry.application
    check_day(conn, entry.on, entry.at, entry.actor.roles_in(programme.province), entry.reason, None)
    number = 1 + int(
        conn.execute(
            select(func.coalesce(func.max(PROJECT.c.number), 0)).where(PROJECT.c.programme == programme.slug)
        ).scalar_one()
    )
    project_id = f"{programme.slug}-{number:04d}"
    _keep_pack(conn, store, programme, entry.at)
    conn.execute(
        insert(PROJECT),
        {
            "id": project_id,
            "programme": programme.slug,
            "quota_pool": programme.quota_pool,
            "number": number,
            "pack_digest": store.catalogue.packs[programme.pack].digest,
            "variant": programme.variant,
            "title": application.title,
            "normal_title": normal_title(application.title),
            "unit_id": unit.id,
            "year": programme.year,
            "state": str(State.DRAFT),
            "version": 1,
            "parent_id": entry.parent,
            "marked": application.marked,
            "last_on": entry.on,
            "contact": dict(application.contact),
            "facts": encode_all(_facts(application)),
            "fact_sources": _sources(application, entry),
            "targets": dict(application.targets),
            "flags": [],
            "started_on": application.facts.get("project.started_on"),
            "ends_on": application.facts.get("project.ends_on"),
        },
    )
    changes = {name: (None, value) for name, value in _facts(application).items()}
    _write(conn, programme, unit, entry, project_id, 1, "create", None, str(State.DRAFT), changes)
    return project_id


def _keep_pack(conn: Connection, store: Store, programme: Programme, at: datetime) -> None:
    """The resolved pack is stored once, by its digest; projects point to it."""
    pack = store.catalogue.packs[programme.pack]
    if conn.execute(select(PACK.c.digest).where(PACK.c.digest == pack.digest)).first() is None:
        values = {"digest": pack.digest, "slug": pack.slug, "version": pack.version}
        conn.execute(insert(PACK), {**values, "body": pack.source, "stored_at": at})


def _facts(application: Application) -> dict[str, Any]:
    facts = {**application.facts, **application.unit_facts}
    return {name: value for name, value in facts.items() if value is not None}


def _sources(application: Application, entry: Entry) -> dict[str, Any]:
    on = entry.on.isoformat()
    return {name: {"source": "申报自述", "by": entry.actor.login, "on": on} for name in _facts(application)}


def _write(
    conn: Connection,
    programme: Programme,
    unit: Unit,
    entry: Entry,
    project_id: str,
    seq: int,
    action: str,
    source: str | None,
    dest: str,
    changes: Mapping[str, tuple[Any, Any]],
) -> None:
    roles = roles_for(entry.actor, programme.province, unit)
    role = next(r for r in (Role.APPLICANT, Role.CLERK, Role.PROV_ASSOCIATION) if r in roles)
    stamp = Stamp(
        actor=entry.actor,
        at=entry.at,
        on=entry.on,
        reason=entry.reason,
        rehearsal=store_facts(conn).rehearsal,
        filed=entry.filed,
    )
    write_entry(
        conn,
        stamp,
        project_id=project_id,
        seq=seq,
        action=action,
        source=source,
        dest=dest,
        role=str(role),
        represented=unit.name if role is Role.CLERK else None,
        changes=changes,
    )


def _submit(conn: Connection, store: Store, entry: Entry, project_id: str) -> None:
    form = next((pair for pair in entry.filed if pair[0] == "application_form"), None)
    asked = Asked(
        actor=entry.actor,
        action=Action.SUBMIT,
        on=entry.on,
        at=entry.at,
        command_id="",
        reason=entry.reason,
        filed=(form,) if form else (),
    )
    step_on(conn, store, replace(asked, filed=()) if form is None else asked, project_row(conn, project_id))


def _update(conn: Connection, store: Store, entry: Entry, project_id: str) -> str:
    """Merge the file into a draft or a returned application, then submit it again."""
    row = project_row(conn, project_id)
    if row["state"] not in EDITABLE:
        label = State(row["state"]).label
        raise RefusedFault(f"{project_id} 的状态为“{label}”，只有草稿和退回补正的申报可以用文件更新")
    case, programme = load_case(conn, store, row)
    if entry.application.programme != programme.slug:
        raise BadInputFault(f"{project_id} 属于 {programme.slug}，文件写的是 {entry.application.programme}")
    if entry.application.unit_name != case.unit.name:
        raise BadInputFault(
            f"{project_id} 的申报单位登记为“{case.unit.name}”，文件写的是“{entry.application.unit_name}”"
        )
    _may_record(entry.actor, programme, case.unit)
    if not entry.draft:
        own_id = project_id if case.state is State.RETURNED else None
        _require_admission(conn, programme, case.unit, _as_update(entry, project_id), own_id or project_id)
    roles = roles_for(entry.actor, programme.province, case.unit)
    check_day(conn, entry.on, entry.at, roles, entry.reason, row["last_on"])
    new = _facts(entry.application)
    changes = {n: (case.facts.get(n), v) for n, v in new.items() if case.facts.get(n) != v}
    conn.execute(
        update(PROJECT)
        .where(PROJECT.c.id == project_id, PROJECT.c.version == case.version)
        .values(
            title=entry.application.title,
            normal_title=normal_title(entry.application.title),
            version=case.version + 1,
            last_on=entry.on,
            marked=entry.application.marked,
            contact={**case.contact, **{k: v for k, v in entry.application.contact.items() if v}},
            facts=encode_all({**case.facts, **new}),
            fact_sources={**(row["fact_sources"] or {}), **_sources(entry.application, entry)},
            targets={**case.targets, **entry.application.targets},
        )
    )
    state = str(case.state)
    _write(conn, programme, case.unit, entry, project_id, case.version + 1, "edit", state, state, changes)
    if not entry.draft:
        _submit(conn, store, entry, project_id)
    return project_id


def _as_update(entry: Entry, project_id: str) -> Entry:
    return replace(entry, parent=project_id)


def material_paths(application: Application) -> Sequence[tuple[str, str]]:
    """The papers that an application names."""
    return application.materials
