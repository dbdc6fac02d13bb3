"""Confirming and cancelling a campaign: the count, a second pair of eyes, the right, the row in the outbox.

Works in the caller's transaction and never commits.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, select

from lifecycle import campaign_rows as rows
from lifecycle.campaign_plan import OPEN, Campaign, CampaignStatus
from lifecycle.campaign_rows import ITEM
from lifecycle.cases import PROJECT, programme_of
from lifecycle.gate import delegate_of, is_rehearsal, roles_for, today
from lifecycle.outbox import enqueue
from lifecycle.people import Actor
from lifecycle.store import Store
from states.decide import role_taking
from states.decision import Unit
from states.errors import ConflictFault, ForbiddenFault, Reason, RefusedFault
from states.names import Action, State
from states.tables import LIFECYCLES, lifecycle_of

_SHOWN = 5


def confirm(
    conn: Connection,
    store: Store,
    actor: Actor,
    campaign_id: str,
    count: int,
    at: datetime,
    on: date | None,
) -> Campaign:
    """Let a draft be carried out, or raise with everything that stands against it."""
    row = rows.row_of(conn, campaign_id, lock=True)
    if row["status"] != CampaignStatus.DRAFT:
        return _again(conn, row, actor)
    reasons = against(conn, store, actor, row, count)
    if reasons:
        family = ForbiddenFault if any(one.rule == "R-ROLE-26" for one in reasons) else RefusedFault
        raise family("；".join(one.message for one in reasons), reasons)
    values = {"confirmed_by": actor.login, "confirmed_stood_in_by": actor.stood_in_by,
              "confirmed_at": at, "on": _day(conn, row, at, on)}  # fmt: skip
    rows.set_status(conn, row["id"], CampaignStatus.CONFIRMED, (CampaignStatus.DRAFT,), **values)
    found = rows.find(conn, row["id"])
    _put_in_line(conn, found, at)
    return found


def cancel(conn: Connection, store: Store, actor: Actor, campaign_id: str, at: datetime) -> Campaign:
    """Give up a draft or the rest of a campaign; a repeat changes nothing."""
    row = rows.row_of(conn, campaign_id, lock=True)
    if row["status"] == CampaignStatus.CANCELLED:
        return rows.find(conn, row["id"])
    if actor.login not in (row["actor"], row["confirmed_by"]):
        lacking = _rights_against(conn, store, actor, row, "取消批量办理的人")
        if lacking is not None:
            raise ForbiddenFault("批量办理由起草人、确认人或有同样权限的人取消。", [lacking])
    values = {"cancelled_by": actor.login, "cancelled_at": at, "finished_at": at}
    stages = (CampaignStatus.DRAFT, *OPEN)
    if not rows.set_status(conn, row["id"], CampaignStatus.CANCELLED, stages, **values):
        told = f"批量办理“{row['title']}”{CampaignStatus(row['status']).label}，不能取消"
        back = "；要撤销用 lifecycle campaigns undo" if row["status"] == CampaignStatus.DONE else ""
        raise ConflictFault(f"{told}{back}")
    return rows.find(conn, row["id"])


def against(conn: Connection, store: Store, actor: Actor, campaign: RowMapping, count: int) -> list[Reason]:
    """Every reason against this person's confirming that number of projects; none where he may."""
    found: list[Reason] = []
    total, label = campaign["total"], Action(campaign["action"]).label
    if count != total:
        found.append(Reason(None, f"名单共 {total} 个项目，所确认的是 {count} 个，请核对名单后写明数目"))
    if campaign["foreseen"] == total:
        found.append(Reason(None, f"名单中没有可以办理“{label}”的项目"))
    hands = _hands(conn, actor)
    own = bool(hands & _hands_of(campaign))
    if campaign["second"] and (own or _typed_both(actor, campaign)):
        found.append(Reason(None, "这次批量办理须由另一人确认，起草人（或代其操作的人）不能自己确认"))
    if own:
        return found
    if campaign["undoes"] and hands & _hands_of(rows.row_of(conn, campaign["undoes"])):
        found.append(Reason("R-LIFE-160", "撤销不得由原批量办理的操作人确认"))
    lacking = _rights_against(conn, store, actor, campaign, "确认人")
    return found if lacking is None else [*found, lacking]


def _rights_against(
    conn: Connection, store: Store, actor: Actor, campaign: RowMapping, who: str
) -> Reason | None:
    """That this person could not take the step on every project himself, if so."""
    lacking = list(_lacking(conn, store, actor, campaign))
    if not lacking:
        return None
    more = f"等 {len(lacking)} 组" if len(lacking) > _SHOWN else ""
    told, label = "、".join(lacking[:_SHOWN]), Action(campaign["action"]).label
    return Reason("R-ROLE-26", f"{who}须有办理“{label}”的同样权限；缺少：{told}{more}")


def _hands(conn: Connection, actor: Actor) -> frozenset[str]:
    return frozenset({actor.login, delegate_of(conn, actor) or actor.login})


def _typed_both(actor: Actor, campaign: RowMapping) -> bool:
    """Whether one hand typed both, once in its own name: then nothing shows that there were two people."""
    return bool(actor.stood_in_by == campaign["actor"] or campaign["stood_in_by"] == actor.login)


def _hands_of(campaign: RowMapping) -> frozenset[str]:
    return frozenset({campaign["actor"], campaign["body"]["delegate"] or campaign["actor"]})


def _lacking(conn: Connection, store: Store, actor: Actor, campaign: RowMapping) -> Iterator[str]:
    """The programmes and states of the list in which this person could not take the step himself."""
    p = PROJECT.c
    group = (p.programme, p.pack_digest, p.variant, p.state, p.unit_id)
    meant = (ITEM.c.campaign_id == campaign["id"], ITEM.c.foreseen.is_(None))
    query = select(*group).join(ITEM, ITEM.c.project_id == p.id).where(*meant).distinct()
    told: dict[str, None] = {}
    for row in conn.execute(query.order_by(*group)).mappings():
        programme = programme_of(conn, store, row)
        managed = bool(programme.setting("management_steps", campaign["on"], True))
        table = LIFECYCLES[lifecycle_of(row["variant"], managed)]
        state = State(row["state"])
        roles = roles_for(actor, programme.province, Unit(row["unit_id"], "", "", None))
        ways = table.index.get((state, Action(campaign["action"])), ())
        if ways and not any(role_taking(one, roles) for one in ways):
            told[f"{programme.title}（{state.label}）"] = None
    yield from told


def _again(conn: Connection, row: RowMapping, actor: Actor) -> Campaign:
    """A campaign that the same person confirmed before; it is a conflict for everybody else."""
    status = CampaignStatus(row["status"])
    if row["confirmed_by"] != actor.login or status is CampaignStatus.CANCELLED:
        raise ConflictFault(f"批量办理“{row['title']}”{status.label}，不能再确认。")
    return rows.find(conn, row["id"])


def _day(conn: Connection, row: RowMapping, at: datetime, on: date | None) -> date:
    """The business day of a confirmed campaign: it is decided now, unless it is entered for a past day."""
    drafted: date = row["on"]
    if is_rehearsal(conn):
        return max(drafted, on or drafted)
    return today(at) if drafted == today(row["at"]) else drafted


def _put_in_line(conn: Connection, campaign: Campaign, at: datetime) -> None:
    """One flow run for all chunks; the list is in the campaign, not in the row."""
    enqueue(
        conn,
        id=campaign.id,
        action=str(campaign.action),
        programme=campaign.programmes[0],
        summary=f"{campaign.action.label}：{campaign.total} 个项目",
        actor=campaign.actor,
        project_ids=[],
        body={**campaign.body, "on": campaign.on.isoformat(), "campaign": campaign.id},
        at=at,
    )
