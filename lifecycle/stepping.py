"""Taking one step on one project: load, decide, write, in the caller's transaction.

The only road from a request to `states.decide` and on to `lifecycle.record`. Never commits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, RowMapping

from lifecycle.archive import Filed
from lifecycle.cases import load_case, project_row, quota_taken
from lifecycle.family import family_of, follow
from lifecycle.findings import REVIEWING, write_findings
from lifecycle.gate import (
    check_day,
    delegate_of,
    foreign_unit,
    is_rehearsal,
    roles_for,
    was_before,
)
from lifecycle.installed import changes_pack, moved, pack_after, versions_of
from lifecycle.loading import Loaded
from lifecycle.locks import ADMISSION, hold
from lifecycle.one_commit import OneCommit
from lifecycle.people import Actor
from lifecycle.publications import list_publication
from lifecycle.record import write_step
from lifecycle.refusals import refusal, refused_also
from lifecycle.requests import Done
from lifecycle.stamp import Stamp
from lifecycle.standing import against_revival, against_submission, revives
from lifecycle.store import Store
from lifecycle.surroundings import AWARDS, context_of, facts_for
from lifecycle.values import parse_values
from states.amendment import Amendment, Undoing
from states.catalogue import Programme
from states.decide import decide
from states.decision import Accepted, Case, Command, Context, DocumentRef, Refused
from states.errors import ConflictFault
from states.names import Action
from states.tables import LIFECYCLES

HANDING_IN = frozenset(table.hands_in for table in LIFECYCLES.values() if table.hands_in)
"""Steps by which an application is handed in: what admission asks is asked again then."""


REVIVING = frozenset(
    {Action.REVERSE_STEP, Action.REVIEW_FORM_DECISION, Action.REOPEN_REVIEW, Action.PROMOTE_RESERVE}
)
"""Steps that may bring an application back to life: it must still be one of as many as its unit may have."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One action as asked for, whatever the project; papers are already archived."""

    actor: Actor
    action: Action
    on: date
    at: datetime
    command_id: str
    reason: str | None = None
    document: DocumentRef | None = None
    filed: tuple[tuple[str, Filed], ...] = ()
    values: Mapping[str, Any] | None = None
    if_version: int | None = None
    following: bool = False
    """Set when a child follows its parent: the day is the parent's, and was checked with it."""
    admitted: bool = False
    """Set when the checks of admission have been made already."""
    decided_at: datetime | None = None
    """When it was decided, where it is written later: the day is judged by this moment."""
    commit: OneCommit | None = None
    """Set where a transaction writes the entries of many projects under one row of the ledger."""
    amends: Amendment | Undoing | None = None
    """What a scoped amendment of deadlines asks of each project."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A step that is allowed, with what it was judged on."""

    case: Case
    programme: Programme
    command: Command
    context: Context
    outcome: Accepted
    moves: Mapping[str, Any]
    """The columns that follow the pack, where the step moves the project to another version."""


def take_step(conn: Connection, store: Store, asked: Asked, project_id: str, *, write: bool = True) -> Done:
    """Take a step, or raise with every reason. With `write` False the decision is made and dropped."""
    if write and asked.action in HANDING_IN | REVIVING:
        hold(conn, ADMISSION)
    row = project_row(conn, project_id, lock=False)
    if write:
        hold(conn, family_of(row))
        row = project_row(conn, project_id, lock=True)
    return (
        step_with_family(conn, store, asked, row) if write else step_on(conn, store, asked, row, write=False)
    )


def step_with_family(conn: Connection, store: Store, asked: Asked, row: RowMapping) -> Done:
    """Take a step on a row that is locked with its family, and what follows from it for the family."""
    done = step_on(conn, store, asked, row)
    return replace(done, followed=follow(conn, asked, row, done, partial(step_on, conn, store)))


def step_on(
    conn: Connection,
    store: Store,
    asked: Asked,
    row: RowMapping,
    *,
    write: bool = True,
    loaded: Loaded | None = None,
) -> Done:
    """`take_step` on a row that is at hand, and perhaps all that is read with it."""
    found = judge(conn, store, asked, row, write=write, loaded=loaded)
    seq = write_judged(conn, store, asked, row, found) if write else found.case.version + 1
    return Done(found.case.id, str(found.outcome.source), str(found.outcome.dest), seq)


def judge(
    conn: Connection,
    store: Store,
    asked: Asked,
    row: RowMapping,
    *,
    write: bool,
    loaded: Loaded | None = None,
) -> Judged:
    """The decision on a step, or its refusal with every reason; with `write` it will be written at once."""
    if asked.if_version is not None and asked.if_version != row["version"]:
        raise ConflictFault(f"项目 {row['id']} 现为第 {row['version']} 版，不是第 {asked.if_version} 版")
    case, programme = load_case(conn, store, row) if loaded is None else (loaded.case, loaded.programme)
    command = _command(conn, asked, row, case, programme)
    if write and asked.action in AWARDS:
        hold(conn, f"quota:{row['quota_pool']}")
    versions = versions_of(conn, store, row) if changes_pack(asked.action, case) else {}
    target = pack_after(asked.action, case, command.values, versions)
    if write and target is not None:
        hold(conn, f"quota:{target.programme.quota_pool}")
    context = replace(
        context_of(conn, store, row, case, programme, command.on, asked.action, loaded),
        packs={name: one.programme for name, one in versions.items()},
        adopts=target.programme if target else None,
        adopts_taken=quota_taken(conn, target.programme.quota_pool, case.id) if target else 0,
    )
    outcome = decide(case, command, context)
    if asked.action in HANDING_IN and not asked.admitted:
        against = against_submission(conn, case, programme, asked.on)
        refused = outcome if isinstance(outcome, Refused) else None
        outcome = refused_also(refused, asked.action, case.state, against) or outcome
    if isinstance(outcome, Accepted) and revives(case.state, outcome.dest):
        against = against_revival(conn, case, programme, asked.on)
        outcome = refused_also(None, asked.action, case.state, against) or outcome
    if isinstance(outcome, Refused):
        raise refusal(outcome, foreign_unit(asked.actor, programme.province, case, asked.action))
    return Judged(case, programme, command, context, outcome, moved(row, target) if target else {})


def _command(conn: Connection, asked: Asked, row: RowMapping, case: Case, programme: Programme) -> Command:
    """What is asked of the core: values typed, day and capacity checked."""
    roles = roles_for(asked.actor, programme.province, case.unit)
    if asked.following:
        backdated = was_before(conn, asked.on, asked.at)
    else:
        backdated = check_day(
            conn, asked.on, asked.decided_at or asked.at, roles, asked.reason, row["last_on"]
        )
    return Command(
        action=asked.action,
        on=asked.on,
        actor=asked.actor.login,
        roles=roles,
        reason=asked.reason,
        document=asked.document,
        materials=frozenset(kind for kind, _ in asked.filed),
        values=parse_values(programme, asked.values or {}),
        backdated=backdated,
        following=asked.following,
        actor_unit=asked.actor.unit_id,
        stood_in_by=delegate_of(conn, asked.actor),
        on_paper=bool(asked.filed) or asked.document is not None,
        amends=asked.amends,
    )


def _keep_beside(conn: Connection, store: Store, asked: Asked, found: Judged, seq: int) -> None:
    """What some steps leave on file beside the history: a place on a published list, findings."""
    case = found.case
    if asked.action is Action.PUBLISH_RESULTS:
        told = {**case.facts, **found.outcome.facts}
        day, url = told["publication.on"], told.get("publication.url")
        list_publication(conn, case, asked.command_id, day, url, asked.actor.login, asked.at)
    if asked.action in REVIEWING:
        facts = facts_for(conn, store, case, found.programme)
        write_findings(conn, case.id, seq, found.context.findings, facts, found.programme)


def write_judged(conn: Connection, store: Store, asked: Asked, row: RowMapping, found: Judged) -> int:
    """Write a step that was judged in the same transaction; returns the seq of its entry."""
    stamp = Stamp(
        actor=asked.actor,
        at=asked.at,
        on=asked.on,
        command_id=asked.command_id,
        reason=asked.reason,
        document=str(asked.document) if asked.document else None,
        backdated=found.command.backdated,
        rehearsal=is_rehearsal(conn),
        filed=asked.filed,
        routes=store.settings.routes,
        commit=asked.commit,
    )
    seq = write_step(conn, row, found.case, found.outcome, stamp, found.moves)
    _keep_beside(conn, store, asked, found, seq)
    return seq
