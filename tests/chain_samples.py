"""Projects with a real chain, written entry by entry through the functions that the service uses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from lifecycle.chain import GENESIS, append_ledger, digest_value, entry_hash, history_fields, next_ledger
from lifecycle.models import NAMES
from lifecycle.units import find_or_register

T = NAMES.tables
START = datetime(2020, 3, 1, 2, 30, 0, 123456, tzinfo=UTC)


def add_project(conn: Connection, project: str) -> None:
    """A project before its first entry, with its pack and unit."""
    if conn.execute(select(T["pack"])).first() is None:
        conn.execute(
            insert(T["pack"]).values(digest="p", slug="henan-2020", version="1", body="{}", stored_at=START)
        )
    conn.execute(
        insert(T["project"]).values(
            id=project,
            programme="h20-demo",
            quota_pool="h20-demo",
            number=int(project.rpartition("-")[2]),
            pack_digest="p",
            variant="base",
            title="示例",
            normal_title="示例",
            unit_id=find_or_register(conn, "示例学会", "prov_society"),
            year=2020,
            state="draft",
            version=0,
            marked=False,
            last_on=date(2020, 3, 1),
            overdue=0,
            facts={},
        )
    )


def add_entry(
    conn: Connection, project: str, dest: str, changes: Mapping[str, tuple[Any, Any]] | None = None
) -> None:
    """One step: history, values, ledger and project row together."""
    row = conn.execute(select(T["project"]).where(T["project"].c.id == project)).mappings().one()
    seq = row["version"] + 1
    prev = conn.execute(
        select(T["history"].c.hash).where(T["history"].c.project_id == project, T["history"].c.seq == seq - 1)
    ).scalar_one_or_none()
    values = [
        {
            "project_id": project,
            "seq": seq,
            "name": name,
            "old": old,
            "new": new,
            "salt": f"{seq:032x}",
            "erased": False,
        }
        for name, (old, new) in (changes or {}).items()
    ]
    at = START + timedelta(days=seq)
    entry = dict.fromkeys(column.name for column in T["history"].columns if column.name != "id") | {
        "project_id": project,
        "seq": seq,
        "ledger_n": next_ledger(conn),
        "at": at,
        "on": at.date(),
        "backdated": False,
        "actor": "wang",
        "role": "prov_association",
        "action": "submit",
        "source": row["state"],
        "dest": dest,
        "cite": "由项目承担单位向省科协提出书面申请",
        "materials": [],
        "digests": {v["name"]: digest_value(v["salt"], [v["old"], v["new"]]) for v in values},
        "prev_hash": prev or GENESIS,
    }
    entry["hash"] = entry_hash(entry["prev_hash"], history_fields(entry))
    conn.execute(insert(T["history"]), entry)
    if values:
        conn.execute(insert(T["history_value"]), values)
    append_ledger(conn, [entry["hash"]], at)
    facts = {**row["facts"], **{name: new for name, (_, new) in (changes or {}).items()}}
    conn.execute(
        update(T["project"])
        .where(T["project"].c.id == project)
        .values(
            version=seq, state=dest, last_on=at.date(), facts=facts, amount_fen=facts.get("project.amount")
        )
    )


def add_two_projects(conn: Connection) -> None:
    """Two projects, three entries and two."""
    add_project(conn, "h20-demo-0001")
    add_project(conn, "h20-demo-0002")
    add_entry(conn, "h20-demo-0001", "submitted", {"talent.birth_date": (None, {"d": "1990-05-01"})})
    add_entry(conn, "h20-demo-0002", "submitted")
    add_entry(conn, "h20-demo-0001", "form_review")
    add_entry(conn, "h20-demo-0001", "approved", {"project.amount": (None, 5_000_000), "rate": (1.5, 1e16)})
    add_entry(conn, "h20-demo-0002", "withdrawn")
