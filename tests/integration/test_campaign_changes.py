"""A campaign while others are at work: on its projects between manifest and chunk, and on itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import func, select

from flows.bootstrap import today
from lifecycle.campaign_plan import CampaignStatus
from lifecycle.database import reading
from lifecycle.login import operating_system_login
from lifecycle.people import find_actor
from lifecycle.requests import Request
from lifecycle.settings import Settings
from tests.flow_host import FlowHost, wait_until
from tests.forked import Forked
from tests.kill_world import ACTION, PATIENCE, TABLES, World
from tests.small_world import ALL_ROUNDERS

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]


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
