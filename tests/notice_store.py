"""A real store with one project in it, for the tests of delivery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from lifecycle.database import init_store, open_engine
from lifecycle.models import Base
from lifecycle.settings import read_settings
from lifecycle.store import Store
from states.calendar import Calendar
from states.catalogue import Catalogue
from states.decision import NoticePlan
from states.names import Action
from states.notices import action_notices
from states.reminding import reminder_notice
from tests.notice_samples import case, command, duty, programme, view

NOW = datetime(2020, 6, 23, 1, tzinfo=UTC)
PROJECT = "h20-academic-event-0001"
FAR = date(2099, 6, 30)
"""A day that no run of the tests will see past."""
TABLES = Base.metadata.tables


def open_store(home: Path, *, rehearsal: bool = False, **settings: Any) -> Store:
    """The store under `home`, made when it is not there; a programme that prints an address."""
    configured = read_settings({}, home=home, **settings)
    engine = open_engine(configured)
    init_store(engine, configured, rehearsal=rehearsal, at=NOW, admin_login="root")
    known = replace(programme(), email="hnxhb@vip.163.com")
    return Store(
        engine,
        Catalogue({}, {known.slug: known}),
        Calendar(frozenset(), frozenset(), frozenset()),
        home,
        configured,
    )


def add_project(
    conn: Connection, *, contact: str | None = "contact@example.org", unit: str | None = "unit@example.org"
) -> None:
    """The one project, with the addresses of its contact and its unit."""
    values: Mapping[str, Any] = {
        "id": 1,
        "name": "示例学会",
        "normal_name": "示例学会",
        "kind": "prov_society",
        "email": unit,
    }
    conn.execute(insert(TABLES["unit"]).values(**values))
    conn.execute(
        insert(TABLES["pack"]).values(digest="0", slug="henan-2020", version="1", body="{}", stored_at=NOW)
    )
    conn.execute(
        insert(TABLES["project"]).values(
            id=PROJECT, programme="h20-academic-event", quota_pool="p", number=1, pack_digest="0",
            variant="base", title="示例论坛", normal_title="示例论坛", unit_id=1, year=2020,
            state="executing", version=7, marked=False, last_on=date(2020, 6, 1), overdue=0,
            contact={"email": contact},
        )
    )  # fmt: skip


def add_duty(conn: Connection, **changes: Any) -> int:
    """The preparation report, owed by 30 June 2020."""
    values = duty_values(**changes)
    return int(
        conn.execute(insert(TABLES["duty"]).values(**values).returning(TABLES["duty"].c.id)).scalar_one()
    )


def duty_values(**changes: Any) -> dict[str, Any]:
    """The columns of that duty."""
    owed = duty()
    return {
        "project_id": PROJECT, "slug": owed.slug, "occurrence": "", "rule": owed.rule, "label": owed.label,
        "owed_by": owed.owed_by, "anchor": owed.anchor, "anchor_date": owed.anchor_date,
        "legal_due": owed.legal_due, "due": owed.due, "soft_due": owed.soft_due, "provisional": False,
        "suggested": False, "status": "open", **changes,
    }  # fmt: skip


def reminder(offset: int = -7) -> NoticePlan:
    """A reminder of the preparation report."""
    return reminder_notice(case(), duty(), offset, programme())


def letter() -> NoticePlan:
    """A letter of approval."""
    return action_notices(Action.REVIEW_SELECT, case(), {}, command(Action.REVIEW_SELECT), programme())[0]


def add_notice(conn: Connection, plan: NoticePlan, **changes: Any) -> str:
    """One row of the ledger, as the record writes it."""
    values = notice_values(plan, **changes)
    conn.execute(insert(TABLES["notice"]).values(**values))
    return str(values["key"])


def notice_values(plan: NoticePlan, **changes: Any) -> dict[str, Any]:
    """The columns of that row."""
    return {
        "key": view(plan).key, "project_id": PROJECT, "kind": plan.kind, "letter": plan.letter,
        "receiver": plan.receiver, "channel": "mail", "subject": plan.subject, "details": dict(plan.details),
        "status": "held" if plan.letter else "pending", "attempts": 0, "created_on": date(2020, 6, 23),
        **changes,
    }  # fmt: skip


def add_many(conn: Connection, number: int) -> list[str]:
    """So many projects with a reminder each, for somebody of its own; the keys, oldest first."""
    plan, due = reminder(), FAR
    like = dict(
        conn.execute(select(TABLES["project"]).where(TABLES["project"].c.id == PROJECT)).mappings().one()
    )
    ids = [f"{PROJECT[:-4]}{n:05}" for n in range(1, number + 1)]
    keys = [view(plan).key.replace(PROJECT, project) for project in ids]
    many = list(enumerate(zip(ids, keys, strict=True), 1))
    conn.execute(
        insert(TABLES["project"]),
        [{**like, "id": project, "number": 10_000 + n, "normal_title": f"示例论坛{n}",
          "contact": {"email": f"contact-{n}@example.org"}} for n, (project, _) in many],
    )  # fmt: skip
    conn.execute(
        insert(TABLES["duty"]), [duty_values(id=n, project_id=project, due=due) for n, (project, _) in many]
    )
    details = {**plan.details, "due": due.isoformat()}
    conn.execute(
        insert(TABLES["notice"]),
        [notice_values(plan, key=key, project_id=project, duty_id=n, details={**details, "project": project})
         for n, (project, key) in many],
    )  # fmt: skip
    return keys


def make_admin(conn: Connection, login: str) -> None:
    """A person who may deliver."""
    person = insert(TABLES["person"]).values(login=login, name=login, active=True)
    (person_id,) = conn.execute(person).inserted_primary_key or (None,)
    grant = {
        "person_id": person_id,
        "role": "admin",
        "province": "*",
        "granted_by": "root",
        "granted_at": NOW,
    }
    conn.execute(insert(TABLES["role_grant"]).values(**grant))


def row(conn: Connection, key: str) -> Any:
    """The row as it stands."""
    table = TABLES["notice"]
    return conn.execute(select(table).where(table.c.key == key)).one()
