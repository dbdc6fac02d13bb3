"""Campaigns among other writers, on broken rows and on a busy store: nobody's step is lost or taken twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from lifecycle.campaign_plan import CampaignStatus
from lifecycle.database import transaction
from lifecycle.settings import Settings
from states.errors import UnavailableFault
from tests.campaign_store import campaigns, carried_out, confirmed, drafted, register
from tests.record_store import CHECKER, TABLES, Records, records

ACTION = "accept_for_form_review"


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Any:
    made = records(replace(settings, busy_seconds=1), tmp_path)
    register(made)
    yield made
    made.app.close()


@contextmanager
def row_held(store: Records, project: str) -> Iterator[None]:
    """Somebody else who holds the row of a project, and on SQLite with it the whole store."""
    with transaction(store.app.engine) as conn:
        conn.execute(select(TABLES["project"]).where(TABLES["project"].c.id == project).with_for_update())
        yield


def test_who_waits_too_long_for_one_project_does_the_others_and_takes_it_up_later(store: Records) -> None:
    ids = [store.apply(number) for number in (1, 2, 3)]
    campaign = confirmed(store, drafted(store, ACTION, *ids, actor=CHECKER), CHECKER)
    door = campaigns(store)
    with row_held(store, ids[1]), pytest.raises(UnavailableFault):
        door.run_chunk(campaign, 0)
    apart = store.app.engine.dialect.name == "postgresql"
    moved = ["form_review" if apart else "submitted", "submitted", "form_review" if apart else "submitted"]
    assert [store.show(one)["state"] for one in ids] == moved
    assert door.pending_chunks(campaign) == (0,)

    done = carried_out(store, campaign)
    assert (done.status, done.done, done.refused) == (CampaignStatus.DONE, 3, 0)
    assert [len(store.show(one)["history"]) for one in ids] == [3, 3, 3]
    assert store.whole() is True


def test_one_project_that_cannot_be_read_keeps_no_other(store: Records) -> None:
    ids = [store.apply(number) for number in (1, 2, 3)]
    campaign = confirmed(store, drafted(store, ACTION, *ids, actor=CHECKER), CHECKER)
    project = TABLES["project"]
    with transaction(store.app.engine) as conn:
        broken = update(project).where(project.c.id == ids[1]).values(facts={"x": {"d": "no day"}})
        conn.execute(broken)
    foreseen = drafted(store, ACTION, *ids, actor=CHECKER)
    done = carried_out(store, campaign)

    assert [(one.id, one.code) for one in foreseen.refused] == [(ids[1], "internal")]
    assert (done.done, done.refused) == (2, 1)
    (declined,) = campaigns(store).outcome(campaign).refused
    assert (declined.id, declined.code) == (ids[1], "internal")
    with transaction(store.app.engine) as conn:
        states = conn.execute(select(project.c.state).order_by(project.c.id)).scalars().all()
    assert states == ["form_review", "submitted", "form_review"]


def test_campaigns_and_single_steps_on_the_same_projects_take_each_step_once(store: Records) -> None:
    ids = [store.apply(number) for number in range(1, 9)]
    both = [
        confirmed(store, drafted(store, ACTION, *order, actor=CHECKER, chunk_size=3), CHECKER)
        for order in (ids, ids[::-1])
    ]

    def alone(_: int) -> int:
        return sum(len(store.ask(ACTION, one, actor=CHECKER).done) for one in ids)

    def correct(_: int) -> int:
        values = {"contact.phone": "0371-00000001"}
        return sum(len(store.ask("correct_record", one, values=values).done) for one in ids)

    def together(number: int) -> int:
        return carried_out(store, both[number]).done

    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(work, n) for work, n in ((together, 0), (together, 1), (alone, 0), (correct, 0))]
        done = [run.result() for run in runs]
    assert sum(done[:3]) == len(ids)
    for one in ids:
        found = store.show(one)
        assert found["state"] == "form_review"
        assert [entry["action"] for entry in found["history"]].count(ACTION) == 1
    assert {campaigns(store).find(one).status for one in both} == {CampaignStatus.DONE}
    assert store.whole() is True


def test_a_campaign_confirmed_later_is_of_the_day_of_its_confirmation(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    """In a real store no entry is late because its draft waited, or it was written after midnight."""
    store = records(sqlite_settings, tmp_path, rehearsal=False)
    register(store)
    today = store.moment.date()
    one = store.apply(1, today)
    manifest = drafted(store, ACTION, one, actor=CHECKER, on=today, reason=None)
    store.moment += timedelta(days=2)
    campaign = confirmed(store, manifest, CHECKER)
    store.moment += timedelta(days=1)
    done = carried_out(store, campaign)
    entry = store.show(one)["history"][-1]
    store.app.close()

    assert (done.done, done.on) == (1, today + timedelta(days=2))
    assert (entry["on"], entry["backdated"]) == ((today + timedelta(days=2)).isoformat(), False)
