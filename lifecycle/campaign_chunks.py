"""Doing one chunk of a campaign: one transaction, every project all or nothing, each outcome on file.

The row of the chunk is written in the same transaction, so that a chunk is done once, however many processes
try and whoever is killed when. Where another writer stands in the way, or one project breaks, the chunk is
done project by project instead. What becomes of a project is decided in the core.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping

from lifecycle import campaign_rows as rows
from lifecycle.campaign_plan import OPEN, CampaignStatus, ChunkDone
from lifecycle.campaign_steps import refused_values, run_of, work
from lifecycle.database import reading, transaction
from lifecycle.locks import hold
from lifecycle.log import log_broken
from lifecycle.refusals import broken_by
from lifecycle.store import Store
from states.errors import ConflictFault, LifecycleError, NotFoundFault, UnavailableFault

BROKEN_OFF: Final = ("deadlock", "could not serialize")
"""What PostgreSQL says where two writers stood in each other's way: nothing is kept; tried again at once."""
CONTENDED: Final = (*BROKEN_OFF, "lock timeout")
TRIES: Final = 3
WAITS: Final = 3
"""Projects in a row that somebody else does not let go of: then it is no use to wait for the rest."""
MANY: Final = 5
"""Where the first so many projects of a chunk break, it is the program that is broken."""


def run_chunk(store: Store, at: datetime, campaign_id: str, number: int) -> ChunkDone:
    """Do a chunk, or answer as it was answered when it was done.

    Raises NotFoundFault for a chunk that there is not, ConflictFault for a campaign that is not confirmed
    or was cancelled, UnavailableFault where the store is busy: what was done by then stays done.
    """
    try:
        with transaction(store.engine) as conn:
            return _together(conn, store, at, campaign_id, number)
    except UnavailableFault as fault:
        if not _says(fault, CONTENDED):
            raise
    except LifecycleError:
        raise
    except Exception as fault:  # noqa: BLE001 - one project that breaks must not keep the others
        log_broken("campaign_chunk_broken", fault, campaign=campaign_id, chunk=number)
    return _apart(store, at, campaign_id, number)


def _says(fault: UnavailableFault, sayings: tuple[str, ...]) -> bool:
    said = str(getattr(fault.__cause__, "orig", ""))
    return any(words in said for words in sayings)


def _together(conn: Connection, store: Store, at: datetime, campaign_id: str, number: int) -> ChunkDone:
    campaign, known = _taken(conn, campaign_id, number)
    if known is not None:
        return _as_known(campaign, known)
    items = rows.items_of(conn, campaign["id"], number)
    work(conn, run_of(conn, store, campaign, at), items)
    return _finished(conn, campaign, number, at)


def _apart(store: Store, at: datetime, campaign_id: str, number: int) -> ChunkDone:
    """The same in a transaction for each project; the others are done where one has to wait, or breaks."""
    with reading(store.engine) as conn:
        items = rows.items_of(conn, rows.row_of(conn, campaign_id)["id"], number)
    waited: UnavailableFault | None = None
    in_a_row = 0
    broken: list[dict[str, Any]] = []
    for count, item in enumerate(items, 1):
        try:
            _alone(store, at, campaign_id, number, item["position"])
            in_a_row = 0
        except UnavailableFault as fault:
            waited, in_a_row = fault, in_a_row + 1
            if in_a_row == WAITS:
                raise
        except LifecycleError:
            raise
        except Exception as fault:
            if len(broken) == count - 1 == MANY:  # it is not the projects that are broken
                raise
            broken.append(refused_values(item, broken_by(item["project_id"], fault)))
    if waited is not None:
        raise waited
    with transaction(store.engine) as conn:
        campaign, known = _taken(conn, campaign_id, number)
        if known is not None:
            return _as_known(campaign, known)
        rows.settle(conn, campaign["id"], broken)
        return _finished(conn, campaign, number, at)


def _alone(store: Store, at: datetime, campaign_id: str, number: int, position: int) -> None:
    for left in reversed(range(TRIES)):
        try:
            with transaction(store.engine) as conn:
                _one(conn, store, at, campaign_id, number, position)
                return
        except UnavailableFault as fault:
            if left == 0 or not _says(fault, BROKEN_OFF):
                raise


def _one(conn: Connection, store: Store, at: datetime, campaign_id: str, number: int, position: int) -> None:
    campaign, known = _taken(conn, campaign_id, number)
    if known is None:
        item = rows.item_at(conn, campaign["id"], position)
        work(conn, run_of(conn, store, campaign, at), [item])


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
