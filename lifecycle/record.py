"""Writing one accepted step: project, history, values, materials, duties and notices together.

Every function takes the caller's open transaction; nothing here commits. A project whose version
moved meanwhile raises ConflictFault and nothing of the step is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from secrets import token_hex
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from lifecycle.cases import HISTORY, MATERIAL, PROJECT, VALUE
from lifecycle.chain import append_ledger, digest_value, entry_hash, history_fields, next_ledger
from lifecycle.duty_rows import restart_plans, write_duties
from lifecycle.noticing import NOTICE, cancel_pending, write_notices
from lifecycle.seals import row_seals, standing_seals
from lifecycle.stamp import Stamp
from lifecycle.values import encode, encode_all
from states.decision import Accepted, Case, Duty
from states.duty import standing
from states.errors import ConflictFault
from states.names import DutyStatus
from states.overtaken import OVERTAKEN

GENESIS = "0" * 64

# Built once: to build a statement costs more than to run it.
_STEP = update(PROJECT).where(
    PROJECT.c.id == bindparam("of_project"), PROJECT.c.version == bindparam("of_version")
)

_PREVIOUS = select(HISTORY.c.hash).where(
    HISTORY.c.project_id == bindparam("project"), HISTORY.c.seq == bindparam("before")
)


@dataclass(frozen=True, slots=True)
class Line:
    """What one history entry tells, besides who, when and with which papers."""

    project_id: str
    seq: int
    action: str
    source: str | None
    dest: str
    role: str
    changes: Mapping[str, tuple[Any, Any]]
    """Old and new value of every fact that changed."""
    seals: Mapping[str, str]
    """What the rows were like afterwards (`lifecycle.seals`)."""
    represented: str | None = None
    rule: str | None = None
    cite: str | None = None
    cite_document: str | None = None


_TOLD = tuple(field.name for field in fields(Line) if field.name not in ("changes", "seals"))


def write_step(
    conn: Connection,
    row: RowMapping,
    case: Case,
    step: Accepted,
    stamp: Stamp,
    moves: Mapping[str, Any] = MappingProxyType({}),
) -> int:
    """Write an accepted decision; returns the seq of its history entry.

    `moves` are the columns that follow the pack, where the step moves the project to another version.
    """
    seq = case.version + 1
    _update_project(conn, row, case, step, stamp, moves)
    changes = {name: (case.facts.get(name), value) for name, value in step.facts.items()}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    line = Line(
        project_id=case.id,
        seq=seq,
        action=str(step.action),
        source=str(step.source),
        dest=str(step.dest),
        role=str(step.role),
        represented=step.represented,
        rule=step.rule,
        cite=step.citation_quote,
        cite_document=step.citation_document,
        changes=changes,
        seals=standing_seals(step.flags, standing(case.duties, step.duties))
        | _resealed(row, case, step, moves),
    )
    write_entry(conn, stamp, line)
    _cancel_notices(conn, case, step)
    duty_ids = write_duties(conn, case.id, step.duties, stamp.on, stamp.entered_on)
    if moves:
        restart_plans(conn, case.id, stamp.entered_on or stamp.on)
    write_notices(conn, case.id, step.notices, seq, duty_ids, stamp)
    return seq


def _update_project(
    conn: Connection, row: RowMapping, case: Case, step: Accepted, stamp: Stamp, moves: Mapping[str, Any]
) -> None:
    facts = {name: value for name, value in {**case.facts, **step.facts}.items() if value is not None}
    sources = dict(row["fact_sources"] or {})
    for name in step.facts:
        sources[name] = {"source": "核实", "by": stamp.actor.login, "on": stamp.on.isoformat()}
    changed = conn.execute(
        _STEP,
        {
            "of_project": case.id,
            "of_version": case.version,
            "state": str(step.dest),
            "version": case.version + 1,
            "amount_fen": facts.get("project.amount"),
            "started_on": facts.get("project.started_on"),
            "ends_on": facts.get("project.ends_on"),
            "marked": _is_marked(case, step),
            "last_on": stamp.on,
            "facts": encode_all(facts),
            "fact_sources": sources,
            "contact": _contact(case, step),
            "flags": sorted(step.flags),
            "overdue": overdue_after(case, step.duties),
            "plan_on": step.plan_on,
            **moves,
        },
    )
    if changed.rowcount != 1:
        raise ConflictFault(f"项目 {case.id} 已被其他人先行修改，请重新查看后再试")


def _resealed(row: RowMapping, case: Case, step: Accepted, moves: Mapping[str, Any]) -> dict[str, str]:
    """The seals of what a step changes in the row of an application: the mark of a child, the pack."""
    changed = {"~marked"} if "project.marked" in step.facts else set()
    changed |= {"~pack"} if moves else set()
    if not changed:
        return {}
    now = {**row, "unit_name": case.unit.name, "marked": _is_marked(case, step), **moves}
    return {name: seal for name, seal in row_seals(now).items() if name in changed}


def _is_marked(case: Case, step: Accepted) -> bool:
    return bool(step.facts["project.marked"]) if "project.marked" in step.facts else case.marked


def _contact(case: Case, step: Accepted) -> dict[str, str | None]:
    """The contact as the step leaves it: a correction of it is a fact like any other (R-LIFE-92)."""
    said = {name.removeprefix("contact."): v for name, v in step.facts.items() if name.startswith("contact.")}
    return {**case.contact, **said}


def overdue_after(case: Case, changed: Sequence[Duty]) -> int:
    """How many duties of the case are overdue once those changed have taken their place."""
    duties = standing(case.duties, changed)
    return sum(duty.status is DutyStatus.OVERDUE and duty.live for duty in duties)


def write_entry(conn: Connection, stamp: Stamp, line: Line) -> None:
    """Append one history entry with its values, materials, and the ledger row over it."""
    before = {"project": line.project_id, "before": line.seq - 1}
    previous = conn.execute(_PREVIOUS, before).scalar_one_or_none()
    values = _values(line.project_id, line.seq, line.changes)
    entry: dict[str, Any] = {name: getattr(line, name) for name in _TOLD}
    entry |= {
        "ledger_n": next_ledger(conn) if stamp.commit is None else stamp.commit.number(conn),
        "at": stamp.at,
        "on": stamp.on,
        "backdated": stamp.backdated,
        "actor": stamp.actor.login,
        "stood_in_by": stamp.actor.stood_in_by,
        "reason": stamp.reason,
        "document": stamp.document,
        "materials": [{"kind": kind, "sha256": f.sha256, "filename": f.filename} for kind, f in stamp.filed],
        "digests": {v["name"]: _digest(v) for v in values} | dict(line.seals),
        "prev_hash": previous or GENESIS,
    }
    entry["hash"] = entry_hash(entry["prev_hash"], history_fields(entry))
    conn.execute(insert(HISTORY), entry)
    if stamp.commit is None:
        append_ledger(conn, [entry["hash"]], stamp.at)
    else:
        stamp.commit.add(entry["hash"])
    if values:
        conn.execute(insert(VALUE), values)
    _write_materials(conn, line.project_id, line.seq, stamp)


def _values(project_id: str, seq: int, changes: Mapping[str, tuple[Any, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "project_id": project_id,
            "seq": seq,
            "name": name,
            "old": encode(old),
            "new": encode(new),
            "salt": token_hex(16),
        }
        for name, (old, new) in sorted(changes.items())
    ]


def _digest(value: Mapping[str, Any]) -> str:
    return digest_value(value["salt"], [value["old"], value["new"]])


def _write_materials(conn: Connection, project_id: str, seq: int, stamp: Stamp) -> None:
    for kind, filed in stamp.filed:
        m = MATERIAL.c
        last = conn.execute(
            select(m.version, m.sha256)
            .where(m.project_id == project_id, m.kind == kind)
            .order_by(m.version.desc())
            .limit(1)
        ).first()
        if last is not None and last.sha256 == filed.sha256:
            continue
        conn.execute(
            insert(MATERIAL),
            {
                "project_id": project_id,
                "seq": seq,
                "kind": kind,
                "filename": filed.filename,
                "sha256": filed.sha256,
                "size": filed.size,
                "version": (last.version if last else 0) + 1,
                "filed_by": stamp.actor.login,
                "filed_at": stamp.at,
            },
        )


def _cancel_notices(conn: Connection, case: Case, step: Accepted) -> None:
    n = NOTICE.c
    if step.reverses is not None:
        cancel_pending(conn, (n.project_id == case.id) & (n.seq == step.reverses))
    if untrue := OVERTAKEN.get(step.action, ()):
        earlier = (n.project_id == case.id) & (n.seq <= case.version) & n.kind.in_(untrue)
        cancel_pending(conn, earlier)
