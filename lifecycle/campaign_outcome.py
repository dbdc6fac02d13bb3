"""What became of the projects of a campaign, counted and listed. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from lifecycle.campaign_plan import Campaign, CampaignOutcome
from lifecycle.campaign_rows import DONE, ITEM, REFUSED, declined_of
from lifecycle.requests import Declined


def outcome_of(conn: Connection, campaign: Campaign, at_most: int) -> CampaignOutcome:
    """The outcome so far, with at most so many of the refused projects, in the order of the list."""
    reasons: Counter[tuple[str, str]] = Counter()
    refused: list[Declined] = []
    for one in _refused(conn, campaign.id):
        reasons.update((one.code, message) for message in _messages(one))
        refused += [one] if len(refused) < at_most else []
    return CampaignOutcome(
        campaign,
        _moves(conn, campaign.id),
        tuple((*reason, count) for reason, count in reasons.most_common()),
        tuple(refused),
    )


def _moves(conn: Connection, campaign_id: str) -> tuple[tuple[str, str, int], ...]:
    """From where to where how many went. Counted by the database: there may be a hundred thousand."""
    i = ITEM.c
    move = (i.answer["source"].as_string(), i.answer["dest"].as_string())
    query = select(*move, func.count()).where(i.campaign_id == campaign_id, i.outcome == DONE)
    return tuple(sorted((source, dest, count) for source, dest, count in conn.execute(query.group_by(*move))))


def _refused(conn: Connection, campaign_id: str) -> Iterator[Declined]:
    i = ITEM.c
    query = select(i.project_id, i.answer).where(i.campaign_id == campaign_id, i.outcome == REFUSED)
    for row in conn.execute(query.order_by(i.position)):
        yield declined_of(row.project_id, row.answer)


def _messages(declined: Declined) -> list[str]:
    return [reason.message for reason in declined.reasons] or [declined.message]
