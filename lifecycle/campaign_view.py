"""Campaigns as plain dicts for any door: the list, one with its outcome, a manifest. Reads only.

Who sees all projects sees all campaigns; everybody else those that he drafted himself.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from lifecycle import campaign_rows as rows
from lifecycle.campaign_outcome import outcome_of
from lifecycle.campaign_plan import Campaign, CampaignOutcome, Manifest
from lifecycle.people import Actor
from lifecycle.requests import Declined
from states.errors import ForbiddenFault
from states.names import State


def listed(conn: Connection, reader: Actor, at_most: int) -> list[dict[str, Any]]:
    """The latest campaigns that a reader is shown, newest first."""
    drafter = None if reader.sees_all else reader.login
    return [campaign_json(one) for one in rows.listed(conn, at_most, drafter)]


def visible(conn: Connection, reader: Actor, campaign_id: str) -> Campaign:
    """A campaign by its id or the beginning of it. NotFoundFault; ForbiddenFault for somebody else's."""
    found = rows.find(conn, campaign_id)
    if not reader.sees_all and found.actor != reader.login:
        raise ForbiddenFault(f"批量办理“{found.title}”由他人起草；{reader.login} 只能查看自己起草的。")
    return found


def shown(conn: Connection, reader: Actor, campaign_id: str, at_most: int) -> dict[str, Any]:
    """One campaign with what became of its projects, and at most so many of the refused ones."""
    found = visible(conn, reader, campaign_id)
    return {
        **outcome_json(outcome_of(conn, found, at_most)),
        "left_out": [declined_json(one) for one in rows.left_out(conn, found.id)],
    }


def campaign_json(one: Campaign) -> dict[str, Any]:
    """A campaign as it stands."""
    return {
        "id": one.id,
        "title": one.title,
        "action": str(one.action),
        "action_label": one.action.label,
        "status": str(one.status),
        "status_label": one.status.label,
        "on": one.on.isoformat(),
        "at": one.at.isoformat(),
        "actor": one.actor,
        "stood_in_by": one.stood_in_by,
        "reason": one.body["reason"],
        "document": one.body["document"],
        "manifest": one.digest,
        "count": one.total,
        "foreseen": one.foreseen,
        "second": one.second,
        "confirmed_by": one.confirmed_by,
        "confirmed_at": one.confirmed_at.isoformat() if one.confirmed_at else None,
        "finished_at": one.finished_at.isoformat() if one.finished_at else None,
        "done": one.done,
        "refused_count": one.refused,
        "left": one.total - one.handled,
        "chunks": one.chunks,
        "chunks_done": one.chunks_done,
        "undoes": one.undoes,
        "groups": [group.as_json() for group in one.groups],
    }


def outcome_json(outcome: CampaignOutcome) -> dict[str, Any]:
    """A campaign with what became of its projects."""
    return {
        **campaign_json(outcome.campaign),
        "moves": [
            {"from": source, "from_label": State(source).label, "to": dest, "to_label": State(dest).label,
             "count": count}
            for source, dest, count in outcome.moves
        ],
        "reasons": [{"code": code, "message": told, "count": count} for code, told, count in outcome.reasons],
        "refused": [declined_json(one) for one in outcome.refused],
    }  # fmt: skip


def manifest_json(manifest: Manifest) -> dict[str, Any]:
    """A manifest with its whole list."""
    return {
        "id": manifest.id,
        "title": manifest.title,
        "action": str(manifest.action),
        "action_label": manifest.action.label,
        "count": manifest.total,
        "manifest": manifest.digest,
        "possible": manifest.total - len(manifest.refused),
        "second": manifest.second,
        "groups": [group.as_json() for group in manifest.groups],
        "projects": list(manifest.ids),
        "refused": [declined_json(one) for one in manifest.refused],
        "left_out": [declined_json(one) for one in manifest.left_out],
    }


def declined_json(one: Declined) -> dict[str, Any]:
    """A refused project with every reason, at least its message."""
    told = one.as_json()
    return {**told, "reasons": told["reasons"] or [{**_PLAIN, "message": one.message}]}


_PLAIN = {"rule": None, "severity": "block", "message": "", "cite": None, "document": None}
