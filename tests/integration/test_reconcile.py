"""The outbox and a real flow server: each command has one finished run afterwards, whatever was wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from flows.bootstrap import App, now, using
from flows.comparison import DOUBLE, ORPHAN, Repair
from flows.jobs import Jobs
from flows.orchestrate import Orchestrator
from flows.reconciling import Reconciled, reconcile_with
from flows.server import FlowServer
from flows.warm import warm_prefect
from lifecycle.database import reading, transaction
from lifecycle.outbox import COMMAND, enqueue
from lifecycle.outbox_repairs import Standing, known_of, link, listed, named, requeue, standings
from states.errors import UnavailableFault
from tests.cli import call
from tests.flow_host import wait_until
from tests.flow_store import accept, applied, count, finish_all, practice_app, queued
from tests.relay import Relay

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]

AT_ONCE = timedelta(microseconds=1)
"""A run at work needs no time to pass for one without a process."""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A practice store with six submitted projects; what led there is over long since."""
    app = practice_app(tmp_path / "home")
    for number in range(1, 7):
        applied(app, tmp_path, number)
    finish_all(app)
    with transaction(app.engine) as conn:
        conn.execute(COMMAND.update().values(created_at=now() - timedelta(days=30)))
    yield app
    app.close()


def accepted(app: App, number: int) -> str:
    return accept(app, f"h23-young-talent-{number:04}").command_id


def everything(app: App) -> dict[str, int]:
    return {table: count(app, table) for table in ("history", "duty", "notice", "command", "idempotency")}


def stood(app: App, command_id: str, **values: Any) -> None:
    with transaction(app.engine) as conn:
        conn.execute(COMMAND.update().where(COMMAND.c.id == command_id).values(**values))


def ran(app: App, server: FlowServer, command_id: str) -> str:
    """A run of a command, finished, of which the outbox does not know."""
    from flows.trigger import run_command

    with warm_prefect(server, app.settings.home), using(app):
        found = run_command(app, queued(app, command_id))
    assert found is not None
    return found


def left(app: App, server: FlowServer, command_id: str, state: str, tag: str | None = None) -> str:
    """A run that was left in a state by whoever was at it."""
    from prefect import get_client
    from prefect.client.schemas.objects import State, StateType

    from flows.trigger import trigger

    with warm_prefect(server, app.settings.home), get_client(sync_client=True) as client:
        made = client.create_flow_run(
            trigger, tags=[f"command:{command_id}", tag or app.tag], state=State(type=StateType(state))
        )
    return str(made.id)


def carried_out(app: App, server: FlowServer) -> None:
    def over() -> bool:
        Orchestrator(app, server).run()
        with reading(app.engine) as conn:
            return not listed(conn, ("pending", "running", "failed"), now(), 10)

    wait_until(over, 90)


def reconciled(app: App, server: FlowServer) -> Reconciled:
    return reconcile_with(app, server, AT_ONCE)


def told(found: Reconciled) -> set[tuple[str, str | None]]:
    """Every repair, with the command that it was done on, else the run."""
    return {
        (one.repair.value, one.command.id if one.command else one.run.id if one.run else None)
        for one in found.repaired
    }


def finished(dashboard: Any, command_id: str) -> list[str]:
    return [
        run["id"]
        for run in dashboard.runs(f"command:{command_id}")
        if run["state_type"] == "COMPLETED" and DOUBLE not in run["tags"] and not run["parent_task_run_id"]
    ]


def test_whatever_was_wrong_each_command_has_one_finished_run_afterwards_and_the_record_is_as_it_was(
    app: App, any_flow_server: FlowServer, dashboard: Any
) -> None:
    server = any_flow_server
    lost, failed, given_up, unheard, twice, well = (accepted(app, number) for number in range(1, 7))
    stood(app, lost, status="done", flow_run_id="0d2c5c4e-0000-4000-8000-000000000000")
    stood(app, failed, status="done", flow_run_id=left(app, server, failed, "FAILED"))
    stood(app, given_up, status="failed", attempts=12, error="故障")
    heard = ran(app, server, unheard)
    kept, double = ran(app, server, twice), ran(app, server, twice)
    stood(app, twice, status="done", flow_run_id=kept)
    stood(app, well, status="done", flow_run_id=ran(app, server, well))
    orphan = left(app, server, "nobody-knows", "RUNNING")
    others = left(app, server, "of-another-store", "RUNNING", "store:another")
    before = everything(app)

    found = reconciled(app, server)

    assert told(found) == {
        (Repair.REQUEUE, lost), (Repair.REQUEUE, failed), (Repair.REQUEUE, given_up),
        (Repair.LINK, unheard), (Repair.DOUBLE, twice), (Repair.ORPHAN, orphan), (Repair.CRASH, orphan),
    }  # fmt: skip
    assert queued(app, unheard).flow_run_id == heard
    carried_out(app, server)
    for command in (lost, failed, given_up, unheard, twice, well):
        assert finished(dashboard, command) == [queued(app, command).flow_run_id]
    assert finished(dashboard, twice) == [kept]
    assert [run["id"] for run in dashboard.runs(DOUBLE) if run["id"] == double] == [double]
    (marked,) = dashboard.runs("command:nobody-knows")
    assert (marked["state_type"], ORPHAN in marked["tags"]) == ("CRASHED", True)
    (untouched,) = [run for run in dashboard.runs("store:another") if run["id"] == others]
    assert (untouched["state_type"], len(untouched["tags"])) == ("RUNNING", 2)
    assert everything(app) == before
    assert reconciled(app, server).repaired == ()


def test_a_run_that_is_at_work_and_a_command_that_somebody_holds_are_left_alone(
    app: App, flow_server: FlowServer, dashboard: Any
) -> None:
    held, young = accepted(app, 1), accepted(app, 2)
    stood(app, held, status="running", attempts=1, lease_until=now() + timedelta(minutes=5))
    left(app, flow_server, held, "RUNNING")
    left(app, flow_server, young, "RUNNING")
    assert told(reconcile_with(app, flow_server)) == set()
    assert told(reconciled(app, flow_server)) == {("crash", dashboard.runs(f"command:{young}")[0]["id"])}


def test_a_server_that_goes_away_in_the_middle_is_told_and_the_next_time_the_rest_is_done(
    app: App, flow_server: FlowServer, dashboard: Any
) -> None:
    commands = [accepted(app, number) for number in (1, 2)]
    for command in commands:
        kept = ran(app, flow_server, command)
        ran(app, flow_server, command)
        stood(app, command, status="done", flow_run_id=kept)
    relay = Relay(flow_server)
    relay.cut = "PATCH"
    with pytest.raises(UnavailableFault):
        reconciled(app, relay.server)
    relay.close()

    reconciled(app, flow_server)
    assert [len(finished(dashboard, command)) for command in commands] == [1, 1]


def test_as_a_job_it_is_a_run_with_a_table_of_what_was_repaired(
    app: App, flow_server: FlowServer, dashboard: Any
) -> None:
    lost = accepted(app, 1)
    stood(app, lost, status="done", flow_run_id=None)
    said: list[str] = []
    jobs = Jobs(app, flow_server)

    def done() -> bool:
        said[:] = [jobs.reconcile()]
        return "留待下次" not in said[0]  # a busy machine made the server seem slow

    wait_until(done, 60)

    assert "重新排队 1" in said[0]
    shown = max(
        (run for run in dashboard.runs(app.tag) if run["name"].startswith("核对流程运行")),
        key=lambda run: str(run["start_time"]),
    )
    assert shown["state_type"] == "COMPLETED"
    artifacts = {one["type"]: one["data"] for one in dashboard.artifacts(shown["id"])}
    (row,) = json.loads(artifacts["table"])
    assert (row["处理"], row["操作"]) == ("重新排队", lost)
    assert said[0] in artifacts["markdown"]
    assert Jobs(app, FlowServer("http://127.0.0.1:9/api")).reconcile() == "流程服务器没有应答。留待下次"


def test_by_hand_the_line_is_listed_set_going_and_compared(
    app: App, flow_server: FlowServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIFECYCLE_PREFECT_API_URL", flow_server.api_url)
    monkeypatch.setenv("LIFECYCLE_PREFECT_AUTH", flow_server.auth or "")
    given_up, lost = accepted(app, 1), accepted(app, 2)
    stood(app, given_up, status="failed", attempts=12, error="故障")
    stood(app, lost, status="done", flow_run_id="0d2c5c4e-0000-4000-8000-000000000000")
    home = app.settings.home

    told_all = call("--home", home, "--json", "runs", "list", "--status", "all", "--limit", "2").json
    by_id = {one["id"]: one for one in told_all["commands"]}
    assert by_id[given_up]["error"] == "故障"
    assert str(by_id[lost]["link"]).endswith("/runs/flow-run/0d2c5c4e-0000-4000-8000-000000000000")
    shown = call("--home", home, "runs").out
    assert "停止重试" in shown
    assert "故障" in shown

    assert call("--home", home, "--json", "runs", "retry", given_up[:12]).json == {"retried": [given_up]}
    assert (queued(app, given_up).status, queued(app, given_up).attempts) == ("pending", 0)
    assert call("--home", home, "runs", "retry", lost).status == 6
    assert call("--home", home, "runs", "retry", "zzz").status == 5

    answer: dict[str, Any] = {}

    def compared() -> bool:
        ran_it = call("--home", home, "--json", "runs", "reconcile")
        answer.update(ran_it.json)
        return ran_it.status == 0

    wait_until(compared, 60)
    assert [(one["repair"], one["command"]) for one in answer["repaired"]] == [("requeue", lost)]
    monkeypatch.setenv("LIFECYCLE_PREFECT_API_URL", "http://127.0.0.1:9/api")
    away = call("--home", home, "--json", "runs", "reconcile")
    assert away.status == 8
    assert "操作不受影响" in away.out


def test_what_has_moved_on_since_it_was_seen_is_left_alone_on_both_databases(engine: Engine) -> None:
    moment = now()
    with transaction(engine) as conn:
        for name in ("a", "ab", "c"):
            enqueue(
                conn, id=name, action="submit", programme="p", summary="", actor="li", project_ids=[],
                body={}, at=moment,
            )  # fmt: skip
        conn.execute(COMMAND.update().where(COMMAND.c.id == "c").values(status="done", flow_run_id="r"))
    with reading(engine) as conn:
        seen = {one.id: one for one in standings(conn, moment, moment, 10)}
        assert {one.id for one in standings(conn, moment + timedelta(days=1), moment, 10)} == {"a", "ab"}
        assert known_of(conn, ["a", "c", "x"]) == {"a": "pending", "c": "done"}
        assert [one.id for one in named(conn, "a", moment)] == ["a", "ab"]
        assert [one.id for one in listed(conn, ["done"], moment, 5)] == ["c"]
    with transaction(engine) as conn:
        assert link(conn, seen["a"], "run", moment) is True
        assert link(conn, seen["a"], "other", moment) is False
        assert requeue(conn, seen["a"]) is False
        assert requeue(conn, seen["c"]) is True
        assert requeue(conn, seen["c"]) is False
    with reading(engine) as conn:
        found: dict[str, Standing] = {one.id: one for one in standings(conn, moment, moment, 10)}
    assert (found["a"].status, found["a"].flow_run_id) == ("done", "run")
    assert (found["c"].status, found["c"].flow_run_id) == ("pending", None)
