"""What became of the projects of a campaign, counted and listed. Reads only."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection, select

from lifecycle.campaign_plan import Campaign, CampaignOutcome
from lifecycle.campaign_rows import DONE, ITEM, REFUSED, declined_of
from lifecycle.requests import Declined


def outcome_of(conn: Connection, campaign: Campaign, at_most: int) -> CampaignOutcome:
    """The outcome so far, with at most so many of the refused projects, in the order of the list."""
    i = ITEM.c
    told = select(i.project_id, i.state, i.outcome, i.answer).where(
        i.campaign_id == campaign.id, i.outcome.is_not(None)
    )
    moves: Counter[tuple[str, str]] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    refused: list[Declined] = []
    for row in conn.execute(told.order_by(i.position)):
        if row.outcome == DONE:
            moves[row.answer["source"], row.answer["dest"]] += 1
        elif row.outcome == REFUSED:
            one = declined_of(row.project_id, row.answer)
            reasons.update((one.code, message) for message in _messages(one))
            refused += [one] if len(refused) < at_most else []
    return CampaignOutcome(
        campaign,
        tuple((*move, count) for move, count in sorted(moves.items())),
        tuple((*reason, count) for reason, count in reasons.most_common()),
        tuple(refused),
    )


def _messages(declined: Declined) -> list[str]:
    return [reason.message for reason in declined.reasons] or [declined.message]
