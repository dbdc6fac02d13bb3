"""The flows of a programme's year on a real flow server: names, tags, tables, and campaigns as sub-flows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.bootstrap import using
from flows.server import FlowServer
from flows.warm import warm_prefect
from lifecycle.settings import Settings
from tests.campaign_store import register
from tests.flow_store import finish_all, twice
from tests.record_store import EVENT, Records, records

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]

AUTUMN = date(2020, 9, 1)
TITLE = "学术技术交流活动项目"


@pytest.fixture
def store(sqlite_settings: Settings, tmp_path: Path) -> Iterator[Records]:
    """A practice store with two running events and one that waits for its review."""
    made = records(sqlite_settings, tmp_path)
    register(made)
    for number in (1, 2):
        made.started(number)
    made.walk(made.apply(3), "form_pass")
    finish_all(made.app)
    yield made
    made.app.close()


def run(
    store: Records,
    server: FlowServer,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    login: str = "association",
    **given: Any,
) -> tuple[str, Any]:
    """A run as a form starts it, as the user of this process; its id and final state."""
    from flows import orders

    monkeypatch.setattr(orders, "operating_system_login", lambda: login)
    module = __import__(f"flows.{name}", fromlist=[name])
    with warm_prefect(server, store.app.settings.home), using(store.app):
        state = getattr(module, name)(return_state=True, **given)
    return str(state.state_details.flow_run_id), state


def told(dashboard: Any, run_id: str) -> tuple[str, dict[str, Any]]:
    """The summary of a run and its tables by the last word of their keys."""
    found = dashboard.artifacts(run_id)
    (summary,) = [one["data"] for one in found if one["type"] == "markdown"]
    tables = {
        one["key"].rsplit("-", 1)[1]: json.loads(one["data"]) for one in found if one["type"] == "table"
    }
    return summary, tables


def the_run(dashboard: Any, run_id: str, tag: str) -> Any:
    (found,) = [one for one in dashboard.runs(tag) if one["id"] == run_id]
    return found


def test_a_midterm_season_drafts_a_campaign_below_it_and_names_missing_papers(
    store: Records, any_flow_server: FlowServer, dashboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"programme": EVENT, "year": 2020, "on": AUTUMN.isoformat()}
    run_id, state = run(store, any_flow_server, monkeypatch, "midterm_campaign", **given)

    assert state.is_completed()
    shown = the_run(dashboard, run_id, f"programme:{EVENT}")
    assert shown["name"] == f"中期考核 · {TITLE} · 2020 年度 · 2 项"
    assert "season:midterm" in shown["tags"]
    summary, tables = told(dashboard, run_id)
    assert [row["缺少的材料"] for row in tables["missing"]] == ["中期报告", "中期报告"]
    (campaign,) = state.result()["campaigns"]
    assert f"lifecycle campaigns confirm {campaign[:12]} --count 2" in summary
    (below,) = dashboard.runs(f"campaign:{campaign}")
    assert (below["name"], below["state_type"]) == (f"开展中期考核 · {TITLE} · 2 项", "COMPLETED")
    assert below["parent_task_run_id"]
    assert [store.show(f"{EVENT}-000{n}")["state"] for n in (1, 2)] == ["executing", "executing"]


def test_a_season_with_its_count_is_carried_out_at_once_and_again_finds_nothing_to_do(
    store: Records, flow_server: FlowServer, dashboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"programme": EVENT, "year": 2020, "on": AUTUMN.isoformat(), "confirm": True}
    _, wrong = run(store, flow_server, monkeypatch, "midterm_campaign", count=3, **given)
    assert wrong.is_failed()
    assert wrong.message == "可开展中期考核的项目共 2 项，所确认的是 3 项，请核对后写明数目。"
    run_id, state = run(store, flow_server, monkeypatch, "midterm_campaign", count=2, **given)
    assert state.is_completed()
    assert [store.show(f"{EVENT}-000{n}")["state"] for n in (1, 2)] == ["midterm", "midterm"]
    assert "已办理" in told(dashboard, run_id)[0]
    _, again = run(store, flow_server, monkeypatch, "midterm_campaign", count=0, **given)
    assert again.result() == {"ready": 0, "campaigns": []}


def test_a_season_that_is_started_again_goes_on_with_its_own_lists(
    store: Records, flow_server: FlowServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import orders
    from flows.midterm_campaign import midterm_campaign

    monkeypatch.setattr(orders, "operating_system_login", lambda: "association")
    given = {"programme": EVENT, "year": 2020, "on": AUTUMN.isoformat()}
    twice(store.app, flow_server, midterm_campaign, given)
    assert len(store.rows("campaign")) == 1


def test_an_evaluation_waits_for_its_day_and_a_look_drafts_nothing(
    store: Records, flow_server: FlowServer, dashboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"programme": EVENT, "year": 2020, "on": AUTUMN.isoformat()}
    run_id, state = run(store, flow_server, monkeypatch, "evaluation_campaign", **given)
    assert state.result() == {"ready": 0, "campaigns": []}
    assert {row["建议日期"] for row in told(dashboard, run_id)[1]["early"]} == {"2020-12-31"}
    ahead = {**given, "until": "2020-12-31"}
    _, looked = run(store, flow_server, monkeypatch, "evaluation_campaign", draft=False, **ahead)
    assert looked.result() == {"ready": 2, "campaigns": []}
    _, drafted = run(store, flow_server, monkeypatch, "evaluation_campaign", **ahead)
    (campaign,) = drafted.result()["campaigns"]
    (below,) = dashboard.runs(f"campaign:{campaign}")
    assert below["name"] == f"开展绩效评价 · {TITLE} · 2 项"


def test_a_review_round_shows_its_candidates_and_makes_a_list_of_the_selected(
    store: Records, flow_server: FlowServer, dashboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = store.paper("评审记录.txt")
    candidate = f"{EVENT}-0003"
    given = {"programme": EVENT, "year": 2020, "on": "2020-03-02", "reason": "示例"}
    run_id, state = run(
        store, flow_server, monkeypatch, "review_round", selected=[candidate],
        materials={"review_record": record}, **given,
    )  # fmt: skip
    assert the_run(dashboard, run_id, "season:review")["name"] == f"评审 · {TITLE} · 2020 年度 · 1 项"
    summary, tables = told(dashboard, run_id)
    (row,) = tables["list"]
    assert (row["项目"], row["缺少的材料"], row["得分"]) == (candidate, "评审记录", "未登记")
    (campaign,) = state.result()["campaigns"]
    assert f"lifecycle campaigns confirm {campaign[:12]} --count 1" in summary
    _, strange = run(store, flow_server, monkeypatch, "review_round", selected=[f"{EVENT}-0001"], **given)
    assert strange.is_failed()
    assert strange.message == f"名单上的项目不在待评审之列：{EVENT}-0001。"


def test_a_year_shows_its_stages_and_begins_the_seasons_that_are_asked_for(
    store: Records, flow_server: FlowServer, dashboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"programme": EVENT, "year": 2020, "on": AUTUMN.isoformat()}
    run_id, state = run(store, flow_server, monkeypatch, "programme_year", start=["midterm"], **given)
    assert state.is_completed()
    shown = the_run(dashboard, run_id, f"programme:{EVENT}")
    assert shown["name"] == f"年度总览 · {TITLE} · 2020 年度 · 3 项"
    summary, tables = told(dashboard, run_id)
    stages = {row["阶段"]: row for row in tables["stages"]}
    assert [stages[name]["项目数"] for name in ("评审", "实施", "中期考核")] == [1, 2, 0]
    assert stages["中期考核"]["到建议日期未办"] == 2
    assert stages["中期考核"]["下一步"] == "可开展 2 项：启动“中期考核”；材料未齐 2 项"
    assert stages["绩效评价"]["下一步"] == "2 项未到建议日期（最早 2020-12-31）"
    (campaign,) = state.result()["campaigns"]
    (below,) = dashboard.runs(f"campaign:{campaign}")
    assert below["parent_task_run_id"]
    assert campaign[:12] in summary


NONSENSE: dict[str, tuple[str, dict[str, Any], str]] = {
    "no programme": ("programme_year", {"programme": "火星", "year": 2020}, "没有名为“火星”的项目类别"),
    "a group": ("programme_year", {"programme": "h20-academic-lead", "year": 2020}, "请用其下的项目类别"),
    "no midterm": ("midterm_campaign", {"programme": "fujian", "year": 2016}, "没有中期考核这一环节"),
    "no day": ("evaluation_campaign", {"programme": EVENT, "year": 2020, "on": "2020-02-31"}, "应为日期"),
    "no season": (
        "programme_year",
        {"programme": "fj16-pilot-society", "year": 2016, "start": ["midterm"]},
        "没有中期考核",
    ),
}  # fmt: skip


def test_nonsense_ends_as_a_failed_run_with_a_chinese_message(
    store: Records, flow_server: FlowServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for case, (name, given, words) in NONSENSE.items():
        _, state = run(store, flow_server, monkeypatch, name, **given)
        assert state.is_failed(), case
        assert words in state.message, case
    assert store.rows("campaign") == []


def test_who_may_not_take_the_step_is_told_so_in_the_summary_and_drafts_nothing(
    store: Records, flow_server: FlowServer, dashboard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"programme": EVENT, "year": 2020, "on": AUTUMN.isoformat()}
    run_id, state = run(store, flow_server, monkeypatch, "midterm_campaign", login="clerk", **given)
    assert state.result() == {"ready": 2, "campaigns": []}
    assert "省科协" in told(dashboard, run_id)[0]
    assert store.rows("campaign") == []


def test_who_is_unknown_to_the_record_is_shown_nothing(
    store: Records, flow_server: FlowServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import orders
    from flows.programme_year import programme_year

    monkeypatch.setattr(orders, "operating_system_login", lambda: "stranger")
    with warm_prefect(flow_server, store.app.settings.home), using(store.app):
        state = programme_year(programme=EVENT, year=2020, return_state=True)
    assert state.is_failed()
    assert "stranger" in state.message
