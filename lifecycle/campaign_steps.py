"""Taking the step of a campaign on the projects of a chunk, in the caller's transaction. Never commits.

What is alike for all is looked up once, and projects without a family are read together. What becomes of a
project is decided in the core.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from lifecycle import campaign_rows as rows
from lifecycle.answers import answered, as_answer, from_answer, keys_answered, mark_of, remember_all
from lifecycle.archive import named_again
from lifecycle.campaign_turns import hold_together
from lifecycle.cases import CLOCK, HISTORY, PROJECT, project_row
from lifecycle.gate import is_rehearsal, today
from lifecycle.loading import Loaded, load_cases
from lifecycle.one_commit import OneCommit
from lifecycle.papers import document_ref, file_all
from lifecycle.people import Actor, find_actor
from lifecycle.refusals import declined_by, require_own
from lifecycle.requests import Declined, Done, Request
from lifecycle.stepping import Asked, step_on, step_with_family
from lifecycle.store import Store
from states.errors import ConflictFault, ForbiddenFault, LifecycleError
from states.names import Action, State


@dataclass(frozen=True, slots=True)
class Run:
    """What the projects of a chunk have in common: looked up once."""

    store: Store
    campaign: RowMapping
    asked: Asked | LifecycleError
    """The order, or why whoever gave it may give none any more."""
    request: Request


def run_of(conn: Connection, store: Store, campaign: RowMapping, at: datetime) -> Run:
    """Everything that is looked up once: who orders it with the rights of now, the papers, the document."""
    body = campaign["body"]
    materials = tuple((kind, named_again(paper)) for kind, paper in body["materials"])
    request = Request(
        body["action"],
        (),
        campaign["on"],
        body["reason"],
        body["document"],
        materials,
        body["values"],
        body["key"],
    )
    try:
        actor = acting(conn, campaign, at)
    except ForbiddenFault as fault:
        return Run(store, campaign, fault, request)
    asked = Asked(
        actor=actor,
        action=Action(body["action"]),
        on=campaign["on"],
        at=at,
        decided_at=campaign["confirmed_at"],
        command_id=campaign["id"],
        reason=body["reason"],
        document=document_ref(body["document"]),
        filed=file_all(store, materials),
        values=body["values"],
    )
    return Run(store, campaign, asked, request)


def acting(conn: Connection, campaign: RowMapping, at: datetime) -> Actor:
    """Who drafted a campaign, with the rights that he has now. ForbiddenFault where he has none any more."""
    day = campaign["on"] if is_rehearsal(conn) else today(at)
    stand_in = campaign["stood_in_by"]
    actor = find_actor(conn, stand_in or campaign["actor"], campaign["actor"] if stand_in else None, day)
    actor.require_hand()
    return actor


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of the projects of a chunk together, after all of them were locked."""

    rows: Mapping[str, RowMapping]
    loaded: Mapping[str, Loaded]
    """The cases of those that have no family: no step of another project moves them."""
    known: frozenset[str]
    """Keys that have their answer already."""
    commit: OneCommit
    answers: list[dict[str, Any]]


def work(conn: Connection, run: Run, items: Sequence[RowMapping]) -> None:
    """Take the step on each of the items and write what became of it."""
    waiting = [item for item in items if item["outcome"] is None]
    if isinstance(run.asked, LifecycleError):
        fault = run.asked
        declined = [refused_values(item, declined_by(item["project_id"], fault)) for item in waiting]
        rows.settle(conn, run.campaign["id"], declined)
        return
    commit = OneCommit()
    asked = replace(run.asked, commit=commit)
    ids = [item["project_id"] for item in waiting]
    hold_together(conn, run.store, asked.action, ids)
    found = {row["id"]: row for row in conn.execute(select(PROJECT).where(PROJECT.c.id.in_(ids))).mappings()}
    known = keys_answered(conn, [_key(run, one) for one in ids])
    read = Read(found, load_cases(conn, run.store, list(found.values())), frozenset(known), commit, [])
    rows.settle(conn, run.campaign["id"], [_outcome(conn, run, asked, read, item) for item in waiting])
    remember_all(conn, read.answers)
    commit.close(conn, asked.at)


def _key(run: Run, project_id: str) -> str:
    return f"{run.campaign['body']['key']}/{project_id}"


def _outcome(conn: Connection, run: Run, asked: Asked, read: Read, item: RowMapping) -> dict[str, Any]:
    try:
        return done_values(item, _step(conn, run, asked, read, item))
    except LifecycleError as fault:
        return refused_values(item, declined_by(item["project_id"], fault))


def _step(conn: Connection, run: Run, asked: Asked, read: Read, item: RowMapping) -> Done:
    project_id = item["project_id"]
    key, mark = _key(run, project_id), mark_of(asked, run.request, project_id)
    if key in read.known and (before := answered(conn, key, mark)) is not None:
        return from_answer(before)
    loaded = read.loaded.get(project_id)
    row = project_row(conn, project_id) if loaded is None else read.rows[project_id]
    _require_unchanged(conn, row, item)
    require_own(conn, asked.actor, project_id)
    if loaded is not None:  # refused before anything is written
        done = step_on(conn, run.store, asked, row, loaded=loaded)
    else:  # what follows in a family may refuse after the step is written
        with read.commit.attempt(conn):
            done = step_with_family(conn, run.store, asked, row)
    read.answers.append({"key": key, "fingerprint": mark, "answer": as_answer(done), "at": asked.at})
    return done


def _require_unchanged(conn: Connection, row: RowMapping, item: RowMapping) -> None:
    """Raise ConflictFault where a project is no longer as the manifest showed it."""
    if item["state"] is not None and row["state"] != item["state"]:
        was, now = State(item["state"]).label, State(row["state"]).label
        raise ConflictFault(f"名单确定后状态已变：当时为“{was}”，现为“{now}”，未作办理")
    if item["undone_seq"] is not None and item["undone_seq"] != last_step(conn, [row["id"]]).get(row["id"]):
        raise ConflictFault("名单确定后另有记录，未作撤销")


def last_step(conn: Connection, ids: Sequence[str]) -> Mapping[str, int]:
    """The seq of the last step of projects, the passing of time not counted."""
    h = HISTORY.c
    last = select(h.project_id, h.seq).where(h.project_id.in_(ids), h.action != CLOCK).order_by(h.seq)
    return {row.project_id: int(row.seq) for row in conn.execute(last)}


def done_values(item: RowMapping, done: Done) -> dict[str, Any]:
    """What is kept of a step that was taken."""
    return {"position": item["position"], "outcome": rows.DONE, "seq": done.seq, "answer": as_answer(done)}


def refused_values(item: RowMapping, declined: Declined) -> dict[str, Any]:
    """What is kept of a step that was refused."""
    kept = rows.declined_values(declined)
    return {"position": item["position"], "outcome": rows.REFUSED, "seq": None, "answer": kept}
