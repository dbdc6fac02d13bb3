"""Doing one chunk of a campaign: one transaction, every project all or nothing, each outcome on file.

The row of the chunk is written in the same transaction, so that a chunk is done once, however many processes
try and whoever is killed when. Where another writer stands in the way, or one project breaks, the chunk is
done project by project instead. What becomes of a project is decided in the core.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, or_, select

from lifecycle import campaign_rows as rows
from lifecycle.answers import answered, as_answer, from_answer, mark_of, remember
from lifecycle.campaign_plan import OPEN, CampaignStatus, ChunkDone
from lifecycle.cases import CLOCK, HISTORY, PROJECT, project_row
from lifecycle.database import reading, transaction
from lifecycle.family import family_of
from lifecycle.gate import is_rehearsal, today
from lifecycle.locks import ADMISSION, hold, hold_all
from lifecycle.log import log_broken
from lifecycle.papers import document_ref, file_all, named_again
from lifecycle.people import Actor, find_actor
from lifecycle.refusals import broken_by, declined_by, require_own
from lifecycle.requests import Declined, Done, Request
from lifecycle.stepping import AWARDS, HANDING_IN, REVIVING, Asked, step_with_family
from lifecycle.store import Store
from states.errors import ConflictFault, ForbiddenFault, LifecycleError, NotFoundFault, UnavailableFault
from states.names import Action, State

CONTENDED: Final = ("deadlock", "lock timeout", "could not serialize")
"""What PostgreSQL says where two writers stood in each other's way: nothing is kept; to be tried again."""
TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Run:
    """What the projects of a chunk have in common: looked up once."""

    store: Store
    campaign: RowMapping
    asked: Asked | LifecycleError
    """The order, or why whoever gave it may give none any more."""
    request: Request


def run_chunk(store: Store, at: datetime, campaign_id: str, number: int) -> ChunkDone:
    """Do a chunk, or answer as it was answered when it was done.

    Raises NotFoundFault for a chunk that there is not, ConflictFault for a campaign that is not confirmed
    or was cancelled, UnavailableFault where the store is busy: what was done by then stays done.
    """
    try:
        with transaction(store.engine) as conn:
            return _together(conn, store, at, campaign_id, number)
    except UnavailableFault as fault:
        if not _contended(fault):
            raise
    except LifecycleError:
        raise
    except Exception as fault:  # noqa: BLE001 - one project that breaks must not keep the others
        log_broken("campaign_chunk_broken", fault, campaign=campaign_id, chunk=number)
    return _apart(store, at, campaign_id, number)


def _contended(fault: UnavailableFault) -> bool:
    said = str(getattr(fault.__cause__, "orig", ""))
    return any(words in said for words in CONTENDED)


def _together(conn: Connection, store: Store, at: datetime, campaign_id: str, number: int) -> ChunkDone:
    campaign, known = _taken(conn, campaign_id, number)
    if known is not None:
        return _as_known(campaign, known)
    items = rows.items_of(conn, campaign["id"], number)
    run = _run(conn, store, campaign, at, len(items))
    waiting = [item for item in items if item["outcome"] is None]
    _hold(conn, run, [item["project_id"] for item in waiting])
    rows.settle(conn, campaign["id"], [_outcome(conn, run, item) for item in waiting])
    return _finished(conn, campaign, number, at)


def _apart(store: Store, at: datetime, campaign_id: str, number: int) -> ChunkDone:
    """The same in a transaction for each project; the others are done where one has to wait."""
    with reading(store.engine) as conn:
        items = rows.items_of(conn, rows.row_of(conn, campaign_id)["id"], number)
    waited: UnavailableFault | None = None
    for item in items:
        try:
            _alone(store, at, campaign_id, number, item)
        except UnavailableFault as fault:
            waited = fault
    if waited is not None:
        raise waited
    with transaction(store.engine) as conn:
        campaign, known = _taken(conn, campaign_id, number)
        return _finished(conn, campaign, number, at) if known is None else _as_known(campaign, known)


def _alone(store: Store, at: datetime, campaign_id: str, number: int, item: RowMapping) -> None:
    for left in reversed(range(TRIES)):
        try:
            with transaction(store.engine) as conn:
                _one(conn, store, at, campaign_id, number, item["position"])
                return
        except UnavailableFault as fault:
            if left == 0 or not _contended(fault):
                raise
        except LifecycleError:
            raise
        except Exception as fault:  # noqa: BLE001 - as above; it is told with the project
            with transaction(store.engine) as conn:
                campaign, known = _taken(conn, campaign_id, number)
                if known is None:
                    broken = broken_by(item["project_id"], fault)
                    rows.settle(conn, campaign["id"], [_refused(item["position"], broken)])
            return


def _one(conn: Connection, store: Store, at: datetime, campaign_id: str, number: int, position: int) -> None:
    campaign, known = _taken(conn, campaign_id, number)
    items = [item for item in rows.items_of(conn, campaign["id"], number) if item["position"] == position]
    if known is None and items[0]["outcome"] is None:
        run = _run(conn, store, campaign, at, len(items))
        _hold(conn, run, [items[0]["project_id"]])
        rows.settle(conn, campaign["id"], [_outcome(conn, run, items[0])])


def _taken(conn: Connection, campaign_id: str, number: int) -> tuple[RowMapping, RowMapping | None]:
    """The campaign, and the row of the chunk if it is done; who comes second waits here for the first."""
    hold(conn, f"campaign:{rows.row_of(conn, campaign_id)['id']}/{number}")
    campaign = rows.row_of(conn, campaign_id)
    known = rows.chunk_row(conn, campaign["id"], number)
    if known is None:
        status = CampaignStatus(campaign["status"])
        if status not in OPEN:
            raise ConflictFault(f"批量办理“{campaign['title']}”{status.label}，不能继续办理。")
        if not 0 <= number < -(-campaign["total"] // campaign["chunk_size"]):
            raise NotFoundFault(f"批量办理“{campaign['title']}”没有第 {number} 批。")
    return campaign, known


def _as_known(campaign: RowMapping, known: RowMapping) -> ChunkDone:
    status = CampaignStatus(campaign["status"])
    return ChunkDone(campaign["id"], known["number"], known["done"], known["refused"], status, known=True)


def _run(conn: Connection, store: Store, campaign: RowMapping, at: datetime, count: int) -> Run:
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


def _hold(conn: Connection, run: Run, ids: Sequence[str]) -> None:
    """Take everybody's turns before the first is written: who writes one project takes them one by one.

    In the order of `lifecycle.locks`: admission, families, project rows, pools of the quota.
    """
    if conn.dialect.name != "postgresql" or isinstance(run.asked, LifecycleError):
        return
    p, action = PROJECT.c, run.asked.action
    if action in HANDING_IN | REVIVING:
        hold(conn, ADMISSION)
    near = conn.execute(select(p.id, p.parent_id).where(p.id.in_(ids))).mappings().all()
    hold_all(conn, [family_of(row) for row in near])
    related = or_(p.id.in_(ids), p.parent_id.in_(ids), p.id.in_([row["parent_id"] for row in near]))
    locked = select(p.id, p.quota_pool).where(related).order_by(p.id).with_for_update(key_share=True)
    pools = {row.quota_pool for row in conn.execute(locked)}
    if action in AWARDS or action is Action.ADOPT_PACK:
        lines = run.store.catalogue.programmes.values()
        moving = action in (Action.ADOPT_PACK, Action.REVERSE_STEP)
        hold_all(conn, [f"quota:{pool}" for pool in pools | {one.quota_pool for one in lines if moving}])


def _outcome(conn: Connection, run: Run, item: RowMapping) -> dict[str, Any]:
    try:
        if isinstance(run.asked, LifecycleError):
            raise run.asked
        with conn.begin_nested():  # what follows in a family may refuse after the step is written
            return _done(item["position"], _step(conn, run, run.asked, item))
    except LifecycleError as fault:
        return _refused(item["position"], declined_by(item["project_id"], fault))


def _step(conn: Connection, run: Run, asked: Asked, item: RowMapping) -> Done:
    project_id = item["project_id"]
    key = f"{run.campaign['body']['key']}/{project_id}"
    mark = mark_of(asked, run.request, project_id)
    before = answered(conn, key, mark)
    if before is not None:
        return from_answer(before)
    row = project_row(conn, project_id)
    _require_unchanged(conn, row, item)
    require_own(conn, asked.actor, project_id)
    done = step_with_family(conn, run.store, asked, row)
    remember(conn, key, mark, as_answer(done), asked.at)
    return done


def _require_unchanged(conn: Connection, row: RowMapping, item: RowMapping) -> None:
    """Raise ConflictFault where a project is no longer as the manifest showed it."""
    if item["state"] is not None and row["state"] != item["state"]:
        was, now = State(item["state"]).label, State(row["state"]).label
        raise ConflictFault(f"项目 {row['id']} 在名单确定后状态已变：当时为“{was}”，现为“{now}”，未作办理")
    if item["undone_seq"] is not None and item["undone_seq"] != last_step(conn, [row["id"]]).get(row["id"]):
        raise ConflictFault(f"项目 {row['id']} 在名单确定后另有记录，未作撤销")


def last_step(conn: Connection, ids: Sequence[str]) -> Mapping[str, int]:
    """The seq of the last step of projects, the passing of time not counted."""
    h = HISTORY.c
    last = select(h.project_id, h.seq).where(h.project_id.in_(ids), h.action != CLOCK).order_by(h.seq)
    return {row.project_id: int(row.seq) for row in conn.execute(last)}


def _done(position: int, done: Done) -> dict[str, Any]:
    return {"position": position, "outcome": rows.DONE, "seq": done.seq, "answer": as_answer(done)}


def _refused(position: int, declined: Declined) -> dict[str, Any]:
    kept = rows.declined_values(declined)
    return {"position": position, "outcome": rows.REFUSED, "seq": None, "answer": kept}


def _finished(conn: Connection, campaign: RowMapping, number: int, at: datetime) -> ChunkDone:
    """Write the chunk, and with the last one the end of the campaign; cancelled meanwhile, it stays so."""
    rows.add_chunk(conn, campaign["id"], number, rows.item_counts(conn, campaign["id"], number), at)
    fresh = rows.row_of(conn, campaign["id"], lock=True)  # of two last chunks the second counts the first
    done, _, chunks = rows.counts(conn, [campaign["id"]])[campaign["id"]]
    last = chunks == -(-campaign["total"] // campaign["chunk_size"])
    status = CampaignStatus.DONE if last else CampaignStatus.RUNNING
    if not rows.set_status(conn, campaign["id"], status, finished_at=at if last else None):
        status = CampaignStatus(fresh["status"])
    if last and fresh["undoes"] and done:
        rows.set_status(
            conn, fresh["undoes"], CampaignStatus.UNDONE, (CampaignStatus.DONE, CampaignStatus.CANCELLED)
        )
    counted = rows.chunk_row(conn, campaign["id"], number)
    assert counted is not None  # noqa: S101 - it was written above
    return ChunkDone(campaign["id"], number, counted["done"], counted["refused"], status)
