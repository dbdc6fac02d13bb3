"""Campaigns on a store of the record tests: people who are registered, and a way to do what is left."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from lifecycle.campaign_plan import Campaign, CampaignPlan, Manifest
from lifecycle.campaigns import Campaigns
from lifecycle.database import transaction
from lifecycle.people import Actor
from tests.record_store import APPLIED, ASSOCIATION, CHECKER, CLERK, MOMENT, SECOND, TABLES, Records

PEOPLE = (ASSOCIATION, SECOND, CLERK, CHECKER)


def register(store: Records, *actors: Actor) -> None:
    """Put actors of the tests on record: a chunk asks for the rights that its drafter has then."""
    with transaction(store.app.engine) as conn:
        for actor in actors or PEOPLE:
            person = {"login": actor.login, "name": actor.login, "unit_id": actor.unit_id, "active": True}
            key = conn.execute(insert(TABLES["person"]).values(**person)).inserted_primary_key
            assert key is not None
            for province, roles in actor.roles.items():
                for role in roles:
                    given = {"person_id": key[0], "role": str(role), "province": province}
                    conn.execute(
                        insert(TABLES["role_grant"]).values(**given, granted_by="test", granted_at=MOMENT)
                    )


def campaigns(store: Records) -> Campaigns:
    """The campaigns of a store, on its clock."""
    return Campaigns(store.app.store, lambda: store.moment)


def drafted(
    store: Records,
    action: str,
    *ids: str,
    actor: Actor = ASSOCIATION,
    papers: tuple[str, ...] = (),
    **given: Any,
) -> Manifest:
    """A draft over named projects."""
    given.setdefault("on", APPLIED)
    given.setdefault("reason", "示例理由")
    materials = tuple((kind, store.paper(f"{kind}.txt", kind)) for kind in papers)
    return campaigns(store).draft(actor, CampaignPlan(action, ids=ids, materials=materials, **given))


def confirmed(store: Records, manifest: Manifest, actor: Actor = ASSOCIATION) -> str:
    """Confirm a draft; returns its id."""
    assert manifest.id is not None
    return campaigns(store).confirm(actor, manifest.id, manifest.total).id


def carried_out(store: Records, campaign_id: str) -> Campaign:
    """Do every chunk that is left."""
    door = campaigns(store)
    for number in door.pending_chunks(campaign_id):
        door.run_chunk(campaign_id, number)
    return door.find(campaign_id)
