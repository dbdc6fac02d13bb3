"""A campaign while others are at work: on its projects between manifest and chunk, and on itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from flows.bootstrap import today
from lifecycle.amendment_order import Order
from lifecycle.amendments import Amendments
from lifecycle.campaign_plan import CampaignPlan, CampaignStatus
from lifecycle.database import reading
from lifecycle.login import operating_system_login
from lifecycle.people import find_actor
from lifecycle.requests import Request
from lifecycle.scope import Scope
from lifecycle.settings import Settings
from states.amendment import Deadline, Shift
from tests.campaign_store import campaigns, carried_out, confirmed, drafted, register
from tests.flow_host import FlowHost, wait_until
from tests.forked import Forked
from tests.kill_world import ACTION, PATIENCE, TABLES, World
from tests.record_store import ASSOCIATION, SECOND, Records, records
from tests.small_world import ALL_ROUNDERS

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]


ON, NEW_END = date(2020, 5, 6), "2021-06-30"
DOCUMENT = "豫科协〔2020〕13号@2020-05-06"


@pytest.fixture
def world(sqlite_settings: Settings, flow_host: FlowHost, forked: Forked) -> Iterator[World]:
    """A store with four projects, and processes that run a campaign on them in two chunks."""
    with closing(World(sqlite_settings, flow_host, forked, campaign=True)) as made:
        yield made


def steps(world: World) -> dict[str, int]:
    """How often the step was taken on each project."""
    history = TABLES["history"]
    counted = select(history.c.project_id, func.count()).where(history.c.action == ACTION)
    with reading(world.app.engine) as conn:
        return {row[0]: row[1] for row in conn.execute(counted.group_by(history.c.project_id))}


def test_projects_that_change_between_manifest_and_chunk_are_left_alone_and_told(
    world: World, dashboard: Any
) -> None:
    """One is withdrawn, one has the step taken by somebody else, while the first chunk is being shown."""
    hold = world.hold("PATCH /api/artifacts/")
    running = world.by_hand()
    wait_until(hold.reached.is_set, PATIENCE, world.log)
    first, second, withdrawn, stepped = world.projects
    service = world.app.service
    with reading(world.app.engine) as conn:
        checker = find_actor(conn, operating_system_login(), None, today())
    letter = world.settings.home / "来函.txt"
    letter.write_text("示例", encoding="utf-8")
    paper = (("other", str(letter)),)
    given_up = Request("withdraw", (withdrawn,), today(), reason="示例", materials=paper, values={})
    gone = service.trigger(ALL_ROUNDERS[0], given_up)
    taken = service.trigger(checker, Request(ACTION, (stepped,), today(), values={}))
    assert (gone.refused, taken.refused) == ((), ())
    hold.release()
    assert world.ended(running) == 0, world.log()
    world.finish()

    (campaign,) = campaigns_of(world)
    outcome = world.app.campaigns.outcome(campaign)
    assert (outcome.campaign.status, outcome.campaign.done) == (CampaignStatus.DONE, 2)
    assert {one.id for one in outcome.refused} == {withdrawn, stepped}
    assert all(one.message or one.reasons for one in outcome.refused)
    assert steps(world) == {first: 1, second: 1, stepped: 1}
    assert states_of(dashboard, campaign) == ["COMPLETED"]


def test_two_processes_that_run_one_campaign_do_each_project_once(world: World, dashboard: Any) -> None:
    campaign = world.confirmed()
    both = [world.flow("campaign", campaign_id=campaign) for _ in range(2)]
    assert [world.ended(pid) for pid in both] == [0, 0], world.log()
    world.finish()

    found = world.app.campaigns.find(campaign)
    assert (found.status, found.done, found.refused) == (CampaignStatus.DONE, 4, 0)
    assert steps(world) == dict.fromkeys(world.projects, 1)
    assert set(world.record().mails.values()) == {1}
    assert states_of(dashboard, campaign) == ["COMPLETED"]
    every = [run["state_type"] for run in dashboard.runs(f"campaign:{campaign}")]
    assert every == ["COMPLETED", "COMPLETED"]  # the second only shows how it stands


def campaigns_of(world: World) -> list[str]:
    with reading(world.app.engine) as conn:
        return list(conn.execute(select(TABLES["campaign"].c.id)).scalars())


def states_of(dashboard: Any, campaign: str) -> list[str]:
    """The states of the runs of its command."""
    return [run["state_type"] for run in dashboard.runs(f"command:{campaign}")]


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Records]:
    """A store on either database, without processes."""
    made = records(settings, tmp_path)
    register(made)
    yield made
    made.app.close()


def amended(store: Records, project: str, by: str) -> None:
    """The end of a project's term moved by a document of its own."""
    order = Order(
        Scope(ids=(project,)), Deadline.END, Shift(by=by), ON, "豫科协〔2020〕12号@2020-05-06", "受疫情影响"
    )
    made = Amendments(store.app.store, lambda: store.moment).make(ASSOCIATION, order)
    assert [one.id for one in made.done] == [project]


def test_projects_whose_term_is_amended_between_manifest_and_chunk_are_judged_by_the_amended_term(
    store: Records,
) -> None:
    """Their state is that of the list, so that the rules decide: an extension has to end after the term."""
    ids = [store.started(number) for number in range(1, 5)]
    for one in ids:
        wanted = {"papers": ("extension_request",), "values": {"request.new_end": NEW_END}}
        store.do("request_extension", one, actor=store.member(one), on=ON, **wanted)
    values = {"project.ends_on": NEW_END}
    manifest = drafted(
        store, "approve_extension", *ids, on=ON, values=values, document=DOCUMENT, chunk_size=2
    )
    assert manifest.refused == ()
    campaign = confirmed(store, manifest)
    door = campaigns(store)
    door.run_chunk(campaign, 0)
    amended(store, ids[1], "P1Y")  # its chunk is done: the amendment counts from the extended end
    amended(store, ids[2], "P6M")
    amended(store, ids[3], "P3M")
    door.run_chunk(campaign, 1)

    outcome = door.outcome(campaign)
    (refused,) = outcome.refused
    assert (outcome.campaign.status, outcome.campaign.done) == (CampaignStatus.DONE, 3)
    assert (refused.id, [(one.rule, one.message) for one in refused.reasons]) == (
        ids[2], [("R-DL-25", f"新期限须晚于现有结束日 {NEW_END}")],
    )  # fmt: skip
    shown = [store.show(one) for one in ids]
    assert [(one["state"], one["ends_on"]) for one in shown] == [
        ("executing", NEW_END), ("executing", "2022-06-30"),
        ("extension_pending", NEW_END), ("executing", NEW_END),
    ]  # fmt: skip
    assert store.whole()


def test_an_undo_leaves_alone_what_was_amended_after_its_manifest(store: Records) -> None:
    ids = [store.started(number) for number in (1, 2)]
    campaign = confirmed(store, drafted(store, "open_evaluation", *ids, on=ON))
    assert carried_out(store, campaign).done == 2
    undo = campaigns(store).undo(SECOND, campaign, CampaignPlan("", ON, reason="开展有误", document=DOCUMENT))
    assert undo.ids == tuple(ids)
    amended(store, ids[1], "P3M")
    done = carried_out(store, confirmed(store, undo, SECOND))

    (refused,) = campaigns(store).outcome(done.id).refused
    assert (done.done, refused.id, refused.message) == (1, ids[1], "名单确定后另有记录，未作撤销")
    assert [store.show(one)["state"] for one in ids] == ["executing", "performance_review"]
    assert store.whole()
