"""Campaigns on the command line: several people, a stop in the middle, a kill, an undo."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.cities import BASE, CHILDREN, CITY, CONGRESS, approved, own_office
from tests.acceptance.driver import Practice, environment, refusal
from tests.cli import Office, application

DAY = "2023-03-03"
WHERE = ("--where", "submitted/h23-young-talent")


def talents(office: Office, count: int) -> list[str]:
    """So many applications, submitted."""
    units = [{"name": f"河南省第{n}学会", "kind": "prov_society", "region": "河南省"} for n in range(count)]
    path = office.write("many.json", [application(f"人才{n}", unit=unit) for n, unit in enumerate(units)])
    return [str(one["id"]) for one in office.done("apply", path, by="clerk", on="2023-03-02")["accepted"]]


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Practice:
    """A practice office with another checker."""
    made = Practice.copied(furnished, tmp_path)
    made.done("users", "add", "other")
    made.done("users", "grant", "other", "form_checker", "--province", "henan")
    return made


def drafted(office: Practice, *words: object, by: str = "checker") -> dict[str, Any]:
    """A draft."""
    return dict(office.done("campaigns", "draft", *words, by=by, on=DAY))


def states(office: Practice) -> dict[str, int]:
    """How many projects are in which state."""
    found: dict[str, int] = {}
    for one in office.done("list", "--limit", "1000")["projects"]:
        found[one["state"]] = found.get(one["state"], 0) + 1
    return found


def test_a_preview_tells_the_list_and_writes_nothing(office: Practice) -> None:
    ids = talents(office, 3)
    office.step("accept_for_form_review", ids[0], by="checker", on=DAY)
    before = office.home.joinpath("lifecycle.sqlite3").read_bytes()
    ran = office.ask("campaigns", "preview", "form_pass", *ids, by="checker", on=DAY)

    assert ran.status == 3
    assert (ran.json["count"], ran.json["possible"], ran.json["id"]) == (3, 0, None)
    assert [one["id"] for one in ran.json["refused"]] == ids
    assert all(one["reasons"] for one in ran.json["refused"])
    assert office.home.joinpath("lifecycle.sqlite3").read_bytes() == before
    assert office.done("campaigns")["campaigns"] == []


def test_a_campaign_is_drafted_confirmed_by_another_person_run_and_undone(
    office: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIFECYCLE_CAMPAIGN_SECOND_FROM", "3")
    ids = talents(office, 4)
    told = drafted(office, "受理", *WHERE, "--title", "2023年第一批受理")
    assert (told["count"], told["possible"], told["second"]) == (4, 4, True)
    assert states(office) == {"submitted": 4}
    short = told["id"][:8]

    own = refusal(office.ask("campaigns", "confirm", short, "--count", "4", by="checker", on=DAY))
    assert own.status == 3
    assert "另一人" in own.messages[0]
    assert office.ask("campaigns", "confirm", short, "--count", "4", by="clerk", on=DAY).status == 4
    assert office.ask("campaigns", "confirm", short, "--count", "5", by="other", on=DAY).status == 3
    assert refusal(office.ask("campaigns", "run", short, by="checker", on=DAY)).status == 3
    assert (
        office.done("campaigns", "confirm", short, "--count", "4", by="other", on=DAY)["status"]
        == "confirmed"
    )

    done = office.done("campaigns", "run", short, by="checker", on=DAY)
    assert (done["status"], done["done"], done["left"]) == ("done", 4, 0)
    assert office.history(ids[0], "action", "actor")[-1] == ("accept_for_form_review", "checker")

    assert office.ask("campaigns", "undo", short, "--reason", "有误", by="checker", on=DAY).status == 4
    office.step("form_reject", ids[1], by="checker", on=DAY, reason="材料不实")
    undo = office.done("campaigns", "undo", short, "--reason", "受理有误", by="association", on=DAY)
    assert (undo["count"], [one["id"] for one in undo["left_out"]]) == (3, [ids[1]])
    for nobody in ("checker", "association"):
        assert office.ask("campaigns", "confirm", undo["id"], "--count", "3", by=nobody, on=DAY).status != 0
    office.done("campaigns", "confirm", undo["id"], "--count", "3", by="deputy", on=DAY)
    assert office.done("campaigns", "run", undo["id"], by="deputy", on=DAY)["done"] == 3
    assert states(office) == {"submitted": 3, "form_failed": 1}
    assert {one["status"] for one in office.done("campaigns")["campaigns"]} == {"done", "undone"}
    assert office.done("audit", "verify")["ok"]


def test_every_screen_tells_the_next_step_as_it_can_be_typed(office: Practice) -> None:
    ids = talents(office, 2)
    words = ("campaigns", "draft", "受理", *ids, "--title", "第一批\n受理 ", "--key", "k")

    def told(*asked: object) -> str:
        ran = office.run(*asked, by="checker", on=DAY)
        return ran.out + ran.err

    first = told(*words)
    (campaign,) = office.done("campaigns")["campaigns"]
    here, short = f"lifecycle --home {office.home} campaigns", campaign["id"][:8]
    assert campaign["title"] == "第一批 受理"
    assert f"下一步，确认：{here} confirm {short} --count 2" in first
    assert f"先确认：{here} confirm {short} --count 2" in told("campaigns", "run", short)
    assert f"{here} run {short}" in told("campaigns", "confirm", short, "--count", "2")
    told("campaigns", "run", short)
    again = told(*words)
    assert f"此前已起草（{short}）" in again
    assert f"现在的状态：已办结；查看：{here} show {short}" in again
    assert "confirm" not in again
    hopeless = told("campaigns", "draft", "受理", *ids)
    assert f"取消：{here} cancel" in hopeless
    assert "confirm" not in hopeless


def test_what_was_refused_is_told_by_run_and_by_show(office: Practice) -> None:
    ids = talents(office, 3)
    told = drafted(office, "accept_for_form_review", *ids)
    office.done("campaigns", "confirm", told["id"], "--count", "3", by="checker", on=DAY)
    office.step("accept_for_form_review", ids[1], by="checker", on=DAY)
    ran = office.ask("campaigns", "run", told["id"], by="checker", on=DAY)

    assert (ran.status, ran.json["done"], ran.json["refused_count"]) == (3, 2, 1)
    (one,) = ran.json["refused"]
    assert (one["id"], one["code"]) == (ids[1], "conflict")
    shown = office.run("campaigns", "show", told["id"][:6], on=DAY)
    assert shown.status == 0
    assert "已受理" in shown.out or "状态已变" in shown.out
    again = office.ask("campaigns", "run", told["id"], by="checker", on=DAY)
    assert (again.status, again.json["refused"]) == (3, ran.json["refused"])


def test_a_draft_that_is_cancelled_is_not_confirmed_any_more(office: Practice) -> None:
    talents(office, 2)
    told = drafted(office, "accept_for_form_review", *WHERE)
    assert office.ask("campaigns", "cancel", told["id"], by="evaluator", on=DAY).status == 4
    assert office.done("campaigns", "cancel", told["id"], by="checker", on=DAY)["status"] == "cancelled"
    assert office.ask("campaigns", "confirm", told["id"], "--count", "2", by="checker", on=DAY).status == 6
    assert states(office) == {"submitted": 2}


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("draft", "nonsense", "h23-young-talent-0001"), 2),
        (("draft", "form_pass"), 2),
        (("draft", "form_pass", "h23-young-talent-0001", *WHERE), 2),
        (("draft", "form_pass", *WHERE), 5),
        (("confirm", "abc", "--count", "1"), 5),
        (("confirm", "abc"), 2),
        (("show", "abc"), 5),
        (("undo", "abc"), 2),
        (("run", "%"), 5),
    ],
)
def test_nonsense_is_refused_with_the_status_of_the_contract(
    office: Practice, words: tuple[str, ...], status: int
) -> None:
    ran = office.ask("campaigns", *words, by="checker", on=DAY)
    assert ran.status == status, ran.out
    assert ran.json["error"]["message"]


SIGNALLED = """
import os, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from console.main import main
number, at, commits = int(sys.argv[1]), int(sys.argv[2]), []
def count(connection):
    commits.append(connection)
    if len(commits) == at:
        os.kill(os.getpid(), number)
event.listen(Engine, "commit", count)
sys.exit(main(sys.argv[3:]))
"""
"""The command line in a process that gets a signal just before one of its commits."""


def run_signalled(office: Practice, campaign: str, number: signal.Signals, at: int) -> tuple[int, str]:
    """`campaigns run` with a signal in its nth chunk; its status and what it said."""
    words = ["--home", office.home, "--as", "checker", "--on", DAY, "campaigns", "run", campaign]
    ran = subprocess.run(
        [sys.executable, "-P", "-c", SIGNALLED, str(int(number)), str(at), *map(str, words)],
        env=environment(office.home, PYTHONPATH=str(Path(__file__).parents[2])),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return ran.returncode, ran.stderr


@pytest.mark.parametrize(("number", "stands"), [(signal.SIGINT, 3), (signal.SIGKILL, 2)])
def test_a_run_that_was_stopped_or_killed_goes_on_where_it_was(
    office: Practice, number: signal.Signals, stands: int
) -> None:
    ids = talents(office, 6)
    told = drafted(office, "accept_for_form_review", *ids)
    office.done("campaigns", "confirm", told["id"], "--count", "6", by="checker", on=DAY)
    with closing(sqlite3.connect(office.home / "lifecycle.sqlite3")) as conn, conn:
        # As if chunks were small: the command line has no such option.
        conn.execute("UPDATE campaign SET chunk_size = 1")
        conn.execute("UPDATE campaign_item SET chunk = position")
    status, said = run_signalled(office, told["id"], number, 3)

    assert states(office) == {"form_review": stands, "submitted": 6 - stands}
    if number is signal.SIGINT:
        assert status == 130, said
        assert f"已停止：办理了 {stands}/6 个项目" in said
        assert f"lifecycle --home {office.home} campaigns run {told['id'][:8]}" in said
    done = office.done("campaigns", "run", told["id"], by="checker", on=DAY)
    assert (done["done"], done["refused_count"]) == (6, 0)
    assert {len(office.history(one, "seq")) for one in ids} == {3}
    assert office.done("audit", "verify")["ok"]


@pytest.fixture
def city(city_home: Path, tmp_path: Path) -> Practice:
    """A Henan office with a pilot city and its children."""
    return own_office(city_home, tmp_path / "city")


def carried_out(office: Practice, *words: object, by: str, on: str) -> Any:
    """A campaign from its draft to the end, whatever becomes of its projects."""
    told = office.done("campaigns", "draft", *words, by=by, on=on)
    office.done("campaigns", "confirm", told["id"], "--count", str(told["count"]), by=by, on=on)
    return office.ask("campaigns", "run", told["id"], by=by, on=on).json


def test_children_follow_a_campaign_and_a_family_that_cannot_follow_is_left_whole(city: Practice) -> None:
    """R-AMB-06, R-LIFE-62."""
    approved(city)
    paper = f"relinquish_request={city.paper()}"
    done = carried_out(city, "relinquish", CITY, "--material", paper, "--reason", "放弃", by="association",
                       on="2023-04-06")  # fmt: skip
    assert (done["done"], city.project(CONGRESS)["state"]) == (1, "expert_review")
    city.step("review_select", CONGRESS, by="association", on="2023-04-10", papers="review_record")
    before = {one: city.project(one) for one in (CITY, *CHILDREN)}

    done = carried_out(city, "reverse_step", CITY, BASE, "--reason", "未曾放弃", by="deputy", on="2023-04-11")
    told = {one["id"]: one["reasons"][0]["message"] for one in done["refused"]}
    assert told[CITY] == f"子项目 {CONGRESS} 随上级“退出试点市并转评审”之后另有记录，不能再撤销上级的这一步"
    assert {one: city.project(one) for one in (CITY, *CHILDREN) if one in told} == {
        one: before[one] for one in told
    }
    assert city.done("audit", "verify")["ok"]


def test_what_takes_a_standing_away_is_confirmed_by_another_person_however_few(
    office: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIFECYCLE_CAMPAIGN_SECOND_FROM", "0")
    (one, other) = talents(office, 2)
    told = office.done("campaigns", "preview", "accept_for_form_review", one, other, by="checker", on=DAY)
    assert told["second"] is False
    decree = ("--document", "例〔2023〕3号@2023-03-03", "--reason", "示例")
    told = office.ask("campaigns", "preview", "terminate", one, other, *decree, by="association", on=DAY).json
    assert told["second"] is True


def test_a_run_looks_on_while_a_flow_run_has_hold_of_it_and_takes_over_when_that_is_lost(
    office: Practice,
) -> None:
    told = drafted(office, "accept_for_form_review", *talents(office, 2))
    office.done("campaigns", "confirm", told["id"], "--count", "2", by="checker", on=DAY)
    lease = datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=1.5)
    with closing(sqlite3.connect(office.home / "lifecycle.sqlite3")) as conn, conn:
        held = "UPDATE command SET status = 'running', lease_until = ? WHERE id = ?"
        assert conn.execute(held, (str(lease), told["id"])).rowcount == 1
    done = office.done("campaigns", "run", told["id"], by="checker", on=DAY)

    assert done["done"] == 2
    with closing(sqlite3.connect(office.home / "lifecycle.sqlite3")) as conn:
        (at,) = conn.execute("SELECT at FROM campaign_chunk").fetchone()
    assert datetime.fromisoformat(at) >= lease
