"""Campaigns as rows: written, found again, counted. Works in the caller's transaction and never commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Table, bindparam, func, insert, select, update

from lifecycle.campaign_plan import OPEN, Campaign, CampaignStatus, Group
from lifecycle.campaigned import CampaignChunkRow, CampaignItemRow, CampaignRow
from lifecycle.requests import Declined
from states.errors import NotFoundFault, Reason
from states.names import Action

CAMPAIGN: Final[Table] = CampaignRow.__table__  # type: ignore[attr-defined]
ITEM: Final[Table] = CampaignItemRow.__table__  # type: ignore[attr-defined]
CHUNKS: Final[Table] = CampaignChunkRow.__table__  # type: ignore[attr-defined]

DONE, REFUSED = "done", "refused"
_TOGETHER: Final = 2000

# Built once: to build a statement costs more than to run it.
_SETTLE = update(ITEM).where(
    ITEM.c.campaign_id == bindparam("of_campaign"),
    ITEM.c.position == bindparam("of_position"),
    ITEM.c.outcome.is_(None),
)


def add(conn: Connection, values: Mapping[str, Any], items: Iterable[Mapping[str, Any]]) -> None:
    """A new campaign with its list, in the order given."""
    conn.execute(insert(CAMPAIGN), dict(values))
    waiting: list[dict[str, Any]] = []
    for position, item in enumerate(items):
        chunk = position // values["chunk_size"]
        waiting.append({"campaign_id": values["id"], "position": position, "chunk": chunk, **item})
        if len(waiting) == _TOGETHER:
            conn.execute(insert(ITEM), waiting)
            waiting = []
    if waiting:
        conn.execute(insert(ITEM), waiting)


def by_key(conn: Connection, key: str) -> RowMapping | None:
    """The campaign that was drafted under a key."""
    return conn.execute(select(CAMPAIGN).where(CAMPAIGN.c.key == key)).mappings().first()


def row_of(conn: Connection, campaign_id: str, *, lock: bool = False) -> RowMapping:
    """The row of a campaign by its id or the beginning of it, or NotFoundFault."""
    query = select(CAMPAIGN).where(CAMPAIGN.c.id.startswith(campaign_id, autoescape=True)).limit(2)
    if lock:
        query = query.with_for_update(key_share=True)
    found = conn.execute(query).mappings().all() if campaign_id else []
    exact = [row for row in found if row["id"] == campaign_id]
    if len(exact or found) != 1:
        several = "不止一次批量办理以此开头，请写全" if found else "没有这一编号的批量办理"
        raise NotFoundFault(f"{several}：{campaign_id}")
    return (exact or found)[0]


def find(conn: Connection, campaign_id: str) -> Campaign:
    """A campaign as it stands. NotFoundFault."""
    row = row_of(conn, campaign_id)
    return as_campaign(row, counts(conn, [row["id"]]).get(row["id"], (0, 0, 0)))


def listed(conn: Connection, at_most: int, drafter: str | None = None) -> list[Campaign]:
    """The latest campaigns, or those of one drafter, newest first."""
    query = select(CAMPAIGN).order_by(CAMPAIGN.c.at.desc(), CAMPAIGN.c.id).limit(at_most)
    if drafter is not None:
        query = query.where(CAMPAIGN.c.actor == drafter)
    found = conn.execute(query).mappings().all()
    told = counts(conn, [row["id"] for row in found])
    return [as_campaign(row, told.get(row["id"], (0, 0, 0))) for row in found]


def left_out(conn: Connection, campaign_id: str) -> tuple[Declined, ...]:
    """What an undo could not take back, with why."""
    kept = conn.execute(select(CAMPAIGN.c.left_out).where(CAMPAIGN.c.id == campaign_id)).scalar_one()
    return tuple(declined_of(one["id"], one) for one in kept or ())


def counts(conn: Connection, campaigns: Sequence[str]) -> dict[str, tuple[int, int, int]]:
    """Done, refused and chunks done of campaigns by id, from the rows of their chunks."""
    c = CHUNKS.c
    query = select(c.campaign_id, func.sum(c.done), func.sum(c.refused), func.count())
    rows = conn.execute(query.where(c.campaign_id.in_(campaigns)).group_by(c.campaign_id))
    return {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in rows}


def chunk_row(conn: Connection, campaign_id: str, number: int) -> RowMapping | None:
    """The row of a chunk that is done, or None."""
    c = CHUNKS.c
    query = select(CHUNKS).where(c.campaign_id == campaign_id, c.number == number)
    return conn.execute(query).mappings().first()


def chunks_done(conn: Connection, campaign_id: str) -> set[int]:
    """The numbers of the chunks that are done."""
    return set(conn.execute(select(CHUNKS.c.number).where(CHUNKS.c.campaign_id == campaign_id)).scalars())


def add_chunk(
    conn: Connection, campaign_id: str, number: int, counted: tuple[int, int], at: datetime
) -> None:
    """Write that a chunk is done, with how many projects were done and refused."""
    values = {
        "campaign_id": campaign_id,
        "number": number,
        "done": counted[0],
        "refused": counted[1],
        "at": at,
    }
    conn.execute(insert(CHUNKS), values)


def done_items(conn: Connection, campaign_id: str) -> dict[str, int]:
    """The projects on which a campaign did its step, with the seq of that entry, in the order of the list."""
    i = ITEM.c
    query = select(i.project_id, i.seq).where(i.campaign_id == campaign_id, i.outcome == DONE)
    return {row.project_id: int(row.seq) for row in conn.execute(query.order_by(i.position))}


def items_of(conn: Connection, campaign_id: str, number: int) -> Sequence[RowMapping]:
    """The projects of a chunk in the order of the list."""
    query = select(ITEM).where(ITEM.c.campaign_id == campaign_id, ITEM.c.chunk == number)
    return conn.execute(query.order_by(ITEM.c.position)).mappings().all()


def item_at(conn: Connection, campaign_id: str, position: int) -> RowMapping:
    """One project of the list by its place."""
    query = select(ITEM).where(ITEM.c.campaign_id == campaign_id, ITEM.c.position == position)
    return conn.execute(query).mappings().one()


def item_counts(conn: Connection, campaign_id: str, number: int) -> tuple[int, int]:
    """How many projects of a chunk were done and refused."""
    i = ITEM.c
    query = select(i.outcome, func.count()).where(i.campaign_id == campaign_id, i.chunk == number)
    found = {row[0]: int(row[1]) for row in conn.execute(query.group_by(i.outcome))}
    return found.get(DONE, 0), found.get(REFUSED, 0)


def settle(conn: Connection, campaign_id: str, outcomes: Sequence[Mapping[str, Any]]) -> None:
    """Write what became of projects, once: `position`, `outcome`, `seq` and `answer` of each."""
    if outcomes:
        rows = [{"of_campaign": campaign_id, "of_position": o["position"], "outcome": o["outcome"],
                 "seq": o["seq"], "answer": o["answer"]} for o in outcomes]  # fmt: skip
        conn.execute(_SETTLE, rows)


def set_status(
    conn: Connection,
    campaign_id: str,
    status: CampaignStatus,
    since: Sequence[CampaignStatus] = OPEN,
    **values: Any,
) -> bool:
    """Bring a campaign to a standing, if it is in one of those given; false where it is not."""
    where = (CAMPAIGN.c.id == campaign_id, CAMPAIGN.c.status.in_([str(one) for one in since]))
    return conn.execute(update(CAMPAIGN).where(*where).values(status=str(status), **values)).rowcount == 1


def as_campaign(row: RowMapping, counted: tuple[int, int, int]) -> Campaign:
    """The frozen copy of a row."""
    same = ("id", "title", "body", "on", "at", "actor", "stood_in_by", "total", "foreseen", "chunk_size",
            "second", "confirmed_by", "confirmed_at", "finished_at", "undoes")  # fmt: skip
    return Campaign(
        **{name: row[name] for name in same},
        action=Action(row["action"]),
        status=CampaignStatus(row["status"]),
        digest=row["manifest"],
        groups=tuple(Group(**one) for one in row["groups"] or ()),
        done=counted[0],
        refused=counted[1],
        chunks_done=counted[2],
    )


def declined_values(declined: Declined) -> dict[str, Any]:
    """A refusal as it is kept, without the project it concerns."""
    reasons = [reason.as_json() for reason in declined.reasons]
    return {"code": declined.code, "message": declined.message, "reasons": reasons}


def declined_of(project_id: str, kept: Mapping[str, Any]) -> Declined:
    """The refusal that was kept."""
    reasons = tuple(Reason(**one) for one in kept["reasons"])
    return Declined(project_id, kept["code"], kept["message"], reasons)
