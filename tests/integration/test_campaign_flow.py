"""The flow of a campaign on real flow servers: found by name and tags, its chunks, artifacts and events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.bootstrap import now, using
from flows.events import ANNOUNCER
from flows.server import FlowServer
from flows.warm import warm_prefect
from lifecycle.database import reading, transaction
from lifecycle.outbox import claim_command, find_command
from lifecycle.settings import Settings
from tests.campaign_store import campaigns, confirmed, drafted, register
from tests.flow_host import wait_until
from tests.flow_store import finish_all, twice
from tests.record_store import APPLIED, CHECKER, Records, records
from tests.relay import Relay

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]

ACTION = "accept_for_form_review"


@pytest.fixture
def store(sqlite_settings: Settings, tmp_path: Path) -> Iterator[Records]:
    """A practice store with its people and five applications, of which one has moved on."""
    made = records(sqlite_settings, tmp_path)
    register(made)
    for number in range(1, 6):
        made.apply(number)
    made.do(ACTION, project(5), actor=CHECKER)
    finish_all(made.app)
    yield made
    made.app.close()


def project(number: int) -> str:
    return f"h20-academic-event-{number:04}"


def everything(store: Records) -> dict[str, int]:
    return {name: len(rows) for name, rows in store.everything().items() if name != "command"}


def queue(store: Records, **given: Any) -> str:
    """A confirmed campaign over all five, two in a chunk."""
    ids = [project(number) for number in range(1, 6)]
    return confirmed(store, drafted(store, ACTION, *ids, actor=CHECKER, chunk_size=2, **given), CHECKER)


def run(store: Records, campaign: str, server: FlowServer) -> str | None:
    from flows.campaign import run_campaign

    with reading(store.app.engine) as conn:
        command = find_command(conn, campaign)
    assert command is not None
    with warm_prefect(server, store.app.settings.home), using(store.app):
        return run_campaign(store.app, command)


def test_a_campaign_is_a_run_with_chunks_progress_outcome_refusals_and_events(
    store: Records, any_flow_server: FlowServer, dashboard: Any
) -> None:
    title = "示例批量受理"
    campaign = queue(store, title=title)
    run_id = run(store, campaign, any_flow_server)
    assert ANNOUNCER.flush(30)

    (shown,) = dashboard.runs(f"campaign:{campaign}")
    assert (shown["id"], shown["state_type"]) == (run_id, "COMPLETED")
    assert shown["name"] == "受理 · 学术技术交流活动项目 · 5 项"
    assert set(shown["tags"]) == {
        "programme:h20-academic-event", "state:form_review", f"command:{campaign}", f"campaign:{campaign}",
        store.app.tag,
    }  # fmt: skip
    told = {one["type"]: one for one in dashboard.artifacts(run_id)}
    by_key = {one["key"].rsplit("-", 1)[1]: one for one in dashboard.artifacts(run_id)}
    assert told["progress"]["data"] == 100
    assert f"{any_flow_server.ui_url}/runs/flow-run/{run_id}" in told["markdown"]["data"]
    assert "名单 5 项，办理 4 项，未办理 1 项；共 3 批，已完成 3 批" in told["markdown"]["data"]
    assert json.loads(by_key["moves"]["data"]) == [{"原状态": "已申报", "现状态": "形式审查", "项数": 4}]
    (refused,) = json.loads(by_key["refused"]["data"])
    assert refused["项目"] == project(5)
    assert refused["原因"]
    events = dashboard.events(f"kexie.command.{campaign}", 4)
    assert [one["event"] for one in events] == [f"kexie.project.{ACTION}"] * 4
    assert sorted(one["payload"]["project"] for one in events) == [project(n) for n in range(1, 5)]


def test_chunks_that_are_done_are_shown_and_not_done_again(
    store: Records, flow_server: FlowServer, dashboard: Any
) -> None:
    campaign = queue(store)
    campaigns(store).run_chunk(campaign, 0)
    campaigns(store).run_chunk(campaign, 2)
    run_id = run(store, campaign, flow_server)
    before = everything(store)
    again = run(store, campaign, flow_server)

    assert everything(store) == before
    assert dashboard.task_names(run_id, 2) == {"第 2/3 批 · 2 项", "发送通知"}
    assert dashboard.task_names(again, 1) == {"发送通知"}
    (report,) = [one for one in dashboard.artifacts(again) if one["type"] == "markdown"]
    assert "办理 4 项，未办理 1 项" in report["data"]


def test_a_server_that_dies_in_the_middle_holds_up_no_chunk_and_a_later_run_shows_them_all(
    store: Records, flow_server: FlowServer, dashboard: Any
) -> None:
    campaign = queue(store)
    relay = Relay(flow_server, 16)
    with pytest.raises(Exception, match=r"."):  # whatever the client makes of it
        run(store, campaign, relay.server)
    relay.close()
    begun = campaigns(store).find(campaign)
    assert begun.chunks_done in (0, 3)  # the server was away before the first, or it held up none
    run_id = run(store, campaign, flow_server)

    done = campaigns(store).find(campaign)
    assert (done.done, done.refused, str(done.status)) == (4, 1, "done")
    assert [len(store.show(project(number))["history"]) for number in range(1, 6)] == [3] * 5
    assert [one["state_type"] for one in dashboard.runs(f"campaign:{campaign}") if one["id"] == run_id] == [
        "COMPLETED"
    ]


def by_hand(store: Records, server: FlowServer, monkeypatch: pytest.MonkeyPatch, **given: Any) -> Any:
    """A run as a form starts it, as the checker; returns its final state."""
    from flows import orders
    from flows.campaign import campaign

    monkeypatch.setattr(orders, "operating_system_login", lambda: "checker")
    with warm_prefect(server, store.app.settings.home), using(store.app):
        return campaign(on=APPLIED.isoformat(), return_state=True, **given)


def test_started_by_hand_it_drafts_a_list_and_says_how_to_confirm_it(
    store: Records, flow_server: FlowServer, dashboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(store)
    state = by_hand(store, flow_server, monkeypatch, action="受理", where=["已申报/h20-academic-event"])

    (drafted,) = store.rows("campaign")
    command = f"lifecycle campaigns confirm {drafted['id'][:12]} --count 4"
    assert state.is_completed()
    assert command in state.message
    (shown,) = dashboard.runs(f"campaign:{drafted['id']}")
    assert shown["name"] == "受理 · 学术技术交流活动项目 · 4 项"
    (manifest,) = dashboard.artifacts(shown["id"])
    assert command in manifest["data"]
    after = everything(store)
    assert {name for name in after if after[name] != before[name]} == {"campaign", "campaign_item"}


def test_a_run_that_is_started_again_goes_on_with_its_own_list(
    store: Records, flow_server: FlowServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import orders
    from flows.campaign import campaign

    monkeypatch.setattr(orders, "operating_system_login", lambda: "checker")
    twice(
        store.app,
        flow_server,
        campaign,
        {"action": ACTION, "where": ["submitted/"], "on": APPLIED.isoformat()},
    )
    assert len(store.rows("campaign")) == 1


def test_with_its_count_it_is_carried_out_at_once_and_gets_no_second_run(
    store: Records, flow_server: FlowServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.orchestrate import Orchestrator

    ids = [project(1), project(2)]
    wrong = by_hand(store, flow_server, monkeypatch, action=ACTION, projects=ids, confirm=True, count=3)
    assert wrong.is_failed()
    assert wrong.message == "名单共 2 个项目，所确认的是 3 个，请核对名单后写明数目"
    state = by_hand(store, flow_server, monkeypatch, action=ACTION, projects=ids, confirm=True, count=2)

    assert state.is_completed()
    assert state.result()["done"] == 2
    (row,) = [row for row in store.rows("command") if row["status"] == "done" and row["flow_run_id"]]
    assert row["flow_run_id"] == str(state.state_details.flow_run_id)
    assert Orchestrator(store.app, flow_server).run() == 0


def test_a_draft_is_confirmed_and_carried_out_by_its_id_as_well(
    store: Records, flow_server: FlowServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafted_id = drafted(store, ACTION, project(1), project(2), actor=CHECKER).id
    looked = by_hand(store, flow_server, monkeypatch, campaign_id=drafted_id)
    assert looked.result()["status"] == "draft"
    done = by_hand(store, flow_server, monkeypatch, campaign_id=drafted_id, confirm=True, count=2)
    assert done.result() == {"campaign": drafted_id, "done": 2, "refused": 0, "status": "done"}


def test_the_run_that_drafted_it_is_not_taken_for_the_one_that_carries_it_out(
    store: Records, flow_server: FlowServer, dashboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.orchestrate import Orchestrator

    assert by_hand(store, flow_server, monkeypatch, action=ACTION, projects=[project(1)]).is_completed()
    (draft,) = store.rows("campaign")
    campaigns(store).confirm(CHECKER, draft["id"], 1)
    with transaction(store.app.engine) as conn:
        assert claim_command(conn, now(), -1) is not None  # its first worker was killed
    wait_until(lambda: Orchestrator(store.app, flow_server).run(), 60)

    assert campaigns(store).find(draft["id"]).done == 1
    assert len(dashboard.runs(f"command:{draft['id']}")) == 1
    assert len(dashboard.runs(f"campaign:{draft['id']}")) == 2


NONSENSE: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "没有填写操作"),
    "no such action": ({"action": "飞行", "projects": ["x"]}, "没有名为“飞行”的操作"),
    "no list": ({"action": ACTION}, "二者取一"),
    "no pair": ({"action": ACTION, "where": ["已申报"]}, "无法识别，应为 状态/项目类别"),
    "no count": ({"action": ACTION, "projects": ["x"], "confirm": True}, "须填写所确认的项目数"),
    "no campaign": ({"campaign_id": "zzz"}, "没有这一编号的批量办理"),
    "no file": ({"action": ACTION, "projects": ["x"], "materials": {"contract": "/no/such"}}, "/no/such"),
}


def test_nonsense_ends_as_a_failed_run_with_a_chinese_message(
    store: Records, flow_server: FlowServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(store)
    for case, (given, words) in NONSENSE.items():
        state = by_hand(store, flow_server, monkeypatch, **given)
        assert state.is_failed(), case
        assert words in state.message, case
        assert "Traceback" not in state.message, case
    assert everything(store) == before
