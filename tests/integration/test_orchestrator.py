"""The line of commands and the flow server: so many at once as it bears, and nobody waits for a campaign."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from flows import jobs as jobs_module
from flows.bootstrap import now
from flows.jobs import Jobs
from flows.leases import Interrupted, Lease, holding, step_made
from flows.orchestrate import Orchestrator
from flows.server import FlowServer
from flows.server_facts import facts_of, is_ours, slots_at
from flows.turns import Turns, turns_at
from lifecycle.campaigns import Campaigns
from lifecycle.database import reading, transaction
from lifecycle.outbox import COMMAND, claim_command, enqueue, find_command, put_back, renew_command
from lifecycle.settings import Settings, read_settings
from tests.campaign_store import confirmed, drafted, register
from tests.flow_host import FlowHost, wait_until
from tests.flow_store import TABLES, finish_all
from tests.record_store import CHECKER, Records, records
from tests.relay import Relay

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]

ACTION = "accept_for_form_review"
NOBODY = FlowServer("http://127.0.0.1:9/api")


@pytest.fixture
def store(sqlite_settings: Settings, tmp_path: Path) -> Iterator[Records]:
    """A practice store with its people and nine applications."""
    made = records(sqlite_settings, tmp_path)
    register(made)
    for number in range(1, 10):
        made.apply(number)
    finish_all(made.app)
    yield made
    made.app.close()


def project(number: int) -> str:
    return f"h20-academic-event-{number:04}"


def campaign_of(store: Records, *numbers: int) -> str:
    """A confirmed campaign, two in a chunk."""
    ids = [project(number) for number in numbers]
    return confirmed(store, drafted(store, ACTION, *ids, actor=CHECKER, chunk_size=2), CHECKER)


def statuses(store: Records) -> dict[str, str]:
    with reading(store.app.engine) as conn:
        rows = conn.execute(COMMAND.select().where(COMMAND.c.action == ACTION))
        return {row.id: row.status for row in rows}


def carried_out(store: Records, server: FlowServer) -> None:
    """Look at the line until nothing is left of it; a busy machine may make a server seem slow."""

    def over() -> bool:
        Orchestrator(store.app, server).run()
        return set(statuses(store).values()) == {"done"}

    wait_until(over, 90, lambda: str(statuses(store)))


def test_how_many_flows_a_server_bears_is_asked_of_the_server(
    any_flow_host: FlowHost, request: pytest.FixtureRequest
) -> None:
    expected = 4 if "postgresql" in request.node.name else 1
    settings = read_settings({}, home=any_flow_host.home)
    wait_until(lambda: facts_of(any_flow_host.server), 60)
    assert slots_at(any_flow_host.server, settings) == expected
    assert is_ours(facts_of(any_flow_host.server), settings)
    assert not is_ours(facts_of(any_flow_host.server), read_settings({}, home=any_flow_host.home / "other"))
    told = read_settings({"LIFECYCLE_FLOWS_AT_ONCE": "3"}, home=any_flow_host.home)
    assert slots_at(any_flow_host.server, told) == 3
    assert slots_at(NOBODY, settings) == 1


def test_every_command_has_one_finished_run_whatever_its_kind(
    store: Records, any_flow_server: FlowServer, dashboard: Any
) -> None:
    commands = [store.ask(ACTION, project(number), actor=CHECKER).command_id for number in range(1, 6)]
    campaign = campaign_of(store, 6, 7, 8)

    carried_out(store, any_flow_server)

    for command in (*commands, campaign):
        (run,) = dashboard.runs(f"command:{command}")
        assert run["state_type"] == "COMPLETED"
    assert turns_at(any_flow_server.api_url).slots == slots_at(any_flow_server, store.app.settings)


def test_a_command_that_comes_while_a_campaign_runs_goes_first_on_the_only_turn(
    store: Records, flow_server: FlowServer, dashboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = campaign_of(store, 1, 2, 3, 4, 5, 6)
    orchestrator = Orchestrator(store.app, flow_server)
    turns = turns_at(flow_server.api_url)
    urgent: list[str] = []
    run_chunk = Campaigns.run_chunk

    def first_chunk_then_a_command(self: Campaigns, campaign_id: str, number: int) -> Any:
        done = run_chunk(self, campaign_id, number)
        if number == 0:
            urgent.append(store.ask(ACTION, project(9), actor=CHECKER).command_id)
            orchestrator.wake()
            wait_until(turns.wanted, 90)
        return done

    monkeypatch.setattr(Campaigns, "run_chunk", first_chunk_then_a_command)
    wait_until(lambda: orchestrator.run() or len(statuses(store)) == 2, 90)
    carried_out(store, flow_server)

    (long,) = dashboard.runs(f"command:{campaign}")
    (short,) = dashboard.runs(f"command:{urgent[0]}")
    assert long["start_time"] < short["start_time"] < short["end_time"] < long["end_time"]


def test_a_campaign_that_a_stopping_daemon_breaks_off_is_taken_up_by_the_next_at_once(
    store: Records, flow_server: FlowServer, dashboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = campaign_of(store, 1, 2, 3, 4, 5, 6)
    stopping = threading.Event()
    run_chunk = Campaigns.run_chunk

    def then_stop(self: Campaigns, campaign_id: str, number: int) -> Any:
        stopping.set()
        return run_chunk(self, campaign_id, number)

    monkeypatch.setattr(Campaigns, "run_chunk", then_stop)
    stoppable = Orchestrator(store.app, flow_server, may=lambda: not stopping.is_set())
    wait_until(lambda: stoppable.run() or stopping.is_set(), 90)
    assert statuses(store) == {campaign: "pending"}
    assert store.app.campaigns.pending_chunks(campaign) == (1, 2)

    carried_out(store, flow_server)
    assert store.app.campaigns.find(campaign).done == 6
    states = sorted(run["state_type"] for run in dashboard.runs(f"command:{campaign}"))
    assert states == ["COMPLETED", "CRASHED"]


def test_a_campaign_keeps_its_lease_by_its_chunks_and_loses_it_without(
    store: Records, flow_server: FlowServer
) -> None:
    campaign = campaign_of(store, 1, 2)
    with transaction(store.app.engine) as conn:
        claimed = claim_command(conn, now() - timedelta(hours=1), 60, campaigns=True)
    assert claimed is not None
    assert claimed.id == campaign
    with holding(Lease(store.app, claimed)):
        step_made()
    with transaction(store.app.engine) as conn:
        assert claim_command(conn, now(), 60) is None  # it got on: nobody takes it

    with transaction(store.app.engine) as conn:
        later = claim_command(conn, now() + timedelta(days=1), 60)
    assert later is not None  # it got on no more
    with holding(Lease(store.app, claimed)), pytest.raises(Interrupted):
        step_made()


def test_who_is_broken_off_while_others_have_the_turn_leaves_the_turns_as_they_were(store: Records) -> None:
    campaign_of(store, 1, 2)
    with transaction(store.app.engine) as conn:
        claimed = claim_command(conn, now(), 60)
    assert claimed is not None
    turns = Turns()
    assert turns.take(1)
    lease = Lease(store.app, claimed, turns)
    lease.give_up()
    with pytest.raises(Interrupted):
        lease.step()
    assert not turns.take(0.01)
    turns.leave()
    assert turns.take(0.01)


def test_a_server_that_hangs_in_a_run_keeps_no_letter(
    store: Records, flow_server: FlowServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_module, "TURN_SECONDS", 0.5)
    relay = Relay(flow_server)
    store.do(ACTION, project(1), actor=CHECKER)
    with transaction(store.app.engine) as conn:
        conn.execute(TABLES["notice"].update().values(status="pending"))
    jobs = Jobs(store.app, relay.server)
    hold = relay.hold("/flow_runs/ ")
    over = threading.Event()

    def carry_out() -> None:
        while not over.wait(0.1):
            jobs.orchestrate()

    carrying = threading.Thread(target=carry_out, daemon=True)
    carrying.start()
    assert hold.reached.wait(90)

    jobs.post()

    with reading(store.app.engine) as conn:
        assert {row.status for row in conn.execute(TABLES["notice"].select())} == {"sent"}
    hold.release()
    wait_until(lambda: set(statuses(store).values()) == {"done"}, 90)
    over.set()
    carrying.join(60)
    relay.close()


def test_campaigns_and_the_rest_are_claimed_apart_on_both_databases(engine: Engine) -> None:
    moment = now()
    for name, body in (("a", {"campaign": "a"}), ("b", {"key": "b"}), ("c", {"campaign": "c"})):
        with transaction(engine) as conn:
            enqueue(
                conn, id=name, action=ACTION, programme="p", summary="", actor="li", project_ids=[],
                body=body, at=moment,
            )  # fmt: skip

    def claim(campaigns: bool | None) -> str | None:
        with transaction(engine) as conn:
            found = claim_command(conn, moment, 60, campaigns=campaigns)
        return found.id if found else None

    assert [claim(False), claim(False)] == ["b", None]
    assert [claim(True), claim(None), claim(True)] == ["a", "c", None]


def test_a_lease_is_renewed_and_given_back_by_its_holder_only_on_both_databases(engine: Engine) -> None:
    moment = now()
    with transaction(engine) as conn:
        enqueue(
            conn, id="a", action=ACTION, programme="p", summary="", actor="li", project_ids=[], body={},
            at=moment,
        )  # fmt: skip
        first = claim_command(conn, moment, 60)
        second = claim_command(conn, moment + timedelta(minutes=2), 60)
        assert first is not None
        assert second is not None
        assert renew_command(conn, first, moment + timedelta(hours=1)) is False
        assert put_back(conn, first) is False
        assert renew_command(conn, second, moment + timedelta(hours=1)) is True
        assert claim_command(conn, moment + timedelta(minutes=59), 60) is None
        assert put_back(conn, second) is True
        found = find_command(conn, "a")
    assert found is not None
    assert (found.status, found.attempts) == ("pending", 2)
