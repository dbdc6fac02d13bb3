"""`lifecycle schedule` says how every job stands, with or without a daemon, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

from flows.bootstrap import SHANGHAI, today
from flows.leader import place_of
from flows.schedule import JOBS, last_due
from lifecycle.database import open_engine, reading, transaction
from lifecycle.gate import STORE, store_facts
from lifecycle.jobs import claim_job, fail_job, finish_job, job_states, note_poll
from lifecycle.leading import begin_leading, end_leading
from lifecycle.settings import read_settings
from tests.cli import Office

SWEEP = str(JOBS[0].when)
AWAY = "没有守护进程在值守，定时任务不会进行：请运行 lifecycle up。"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A real store, just made."""
    office = Office(tmp_path / "home")
    office.done("init")
    return office


@pytest.fixture
def engine(office: Office) -> Iterator[Engine]:
    """The store by another way."""
    engine = open_engine(read_settings({}, home=office.home))
    yield engine
    engine.dispose()


def made(engine: Engine, ago: timedelta) -> datetime:
    """Let the store have been made some time ago; the last moment of the sweep."""
    with transaction(engine) as conn:
        conn.execute(update(STORE).values(created_at=datetime.now(UTC) - ago))
    due = last_due(SWEEP, datetime.now(SHANGHAI))
    assert due
    return due


def job(office: Office, name: str = "sweep") -> dict[str, Any]:
    """One job of the document."""
    (found,) = [one for one in office.done("schedule")["jobs"] if one["name"] == name]
    return dict(found)


def test_a_new_store_tells_every_job_its_next_run_and_that_nobody_is_there(office: Office) -> None:
    told = office.done("schedule")
    assert (told["led"], told["leader"], told["warnings"]) == (False, None, [AWAY])
    assert [one["name"] for one in told["jobs"]] == [one.name for one in JOBS]
    assert {one["last"]["result"] for one in told["jobs"]} == {"never"}
    assert not any(one["overdue"] for one in told["jobs"])
    sweep = job(office)
    assert (sweep["when"], sweep["cron"], sweep["flow"]) == ("每天 06:30", "30 6 * * *", "sweep")
    coming = datetime.fromisoformat(sweep["next"])
    assert (coming.hour, coming.minute, coming.utcoffset()) == (6, 30, timedelta(hours=8))
    shown = office.run("schedule").out
    assert "每天 06:30" in shown
    assert "未运行过" in shown
    assert f"注意：{AWAY.replace('lifecycle', f'lifecycle --home {office.home}')}" in shown


def test_what_was_missed_is_told_with_the_command_and_a_run_by_hand_makes_it_good(
    office: Office, engine: Engine
) -> None:
    due = made(engine, timedelta(days=3))
    sweep = job(office)
    assert (sweep["overdue"], datetime.fromisoformat(sweep["owed"])) == (True, due)
    assert (
        f"sweep：{due:%Y-%m-%d} 06:30 应做而未做，启动守护进程后自动补做，"
        "也可立即执行：lifecycle schedule run sweep"
    ) in office.done("schedule")["warnings"]
    status = office.done("status")
    since = {one["name"]: one["overdue_since"] for one in status["jobs"]}
    assert (since["sweep"], since["post"]) == (due.isoformat(), None)
    assert any(one["what"].startswith("自动工作逾时未做：清查到期事项") for one in status["advice"])
    ran = office.ask("schedule", "run", "sweep")
    assert (ran.status, ran.json["words"]) == (0, f"已清查至 {today().isoformat()}")
    with reading(engine) as conn:
        assert store_facts(conn).swept_on == today()
    sweep = job(office)
    assert (sweep["overdue"], sweep["owed"], sweep["last"]["result"]) == (False, None, "done")
    (line,) = office.done("schedule", "log", "sweep")["runs"]
    assert (datetime.fromisoformat(line["due"]), line["result"]) == (due, "done")
    assert line["by"].endswith(f"/{office.done('users', 'list')['users'][0]['login']}")


def test_a_failure_is_told_with_its_words_and_a_run_that_is_going_on_is_not_done_twice(
    office: Office, engine: Engine
) -> None:
    due, at = made(engine, timedelta(days=3)), datetime.now(UTC)
    with transaction(engine) as conn:
        seen = job_states(conn, ["sweep"])["sweep"]
        run = claim_job(conn, seen, due, at=at, lease_seconds=60, by="主机/1/a")
    assert run is not None
    assert job(office)["last"]["result"] == "running"
    refused = office.run("schedule", "run", "sweep")
    assert refused.status == 6
    assert "“清查到期事项，补做漏掉的日子”正在进行（主机/1/a），请稍后再看。" in refused.err
    with transaction(engine) as conn:
        assert fail_job(conn, run, at, "磁盘已满")
    assert job(office)["last"]["result"] == "failed"
    assert (
        "sweep：上次失败（磁盘已满），程序会自动再试；排除原因后也可立即执行：lifecycle schedule run sweep"
        in office.done("schedule")["warnings"]
    )


def test_a_run_whose_process_is_gone_is_told_as_broken(office: Office, engine: Engine) -> None:
    due, at = made(engine, timedelta(days=3)), datetime.now(UTC) - timedelta(minutes=5)
    with transaction(engine) as conn:
        seen = job_states(conn, ["sweep"])["sweep"]
        assert claim_job(conn, seen, due, at=at, lease_seconds=60, by="主机/1/a")
    assert job(office)["last"]["result"] == "broken"
    assert "中断，将自动重做" in office.run("schedule").out


def test_a_leader_is_named_with_since_when_and_one_that_is_stuck_is_told(
    office: Office, engine: Engine
) -> None:
    made(engine, timedelta(hours=1))
    settings = read_settings({}, home=office.home)
    place, at = place_of(settings), datetime.now(UTC)
    assert place.take()
    with transaction(engine) as conn:
        begin_leading(conn, "主机/1/a", at)
        states = job_states(conn, [one.name for one in JOBS])
        for one in JOBS:
            if one.polls:
                note_poll(conn, states[one.name], started=at, ended=at, by="主机/1/a", error=None)
            elif due := last_due(str(one.when), at):
                run = claim_job(conn, states[one.name], due, at=at, lease_seconds=60, by="主机/1/a")
                assert run
                assert finish_job(conn, run, at, None)
    told = office.done("schedule")
    assert (told["led"], told["leader"]["by"], told["warnings"]) == (True, "主机/1/a", [])
    assert f"值守：主机/1/a，自 {at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} 起" in office.run("schedule").out
    with transaction(engine) as conn:
        seen, before = job_states(conn, ["post"])["post"], at - timedelta(hours=1)
        begin_leading(conn, "主机/1/a", before)
        note_poll(conn, seen, started=before, ended=before, by="主机/1/a", error=None)
    assert office.done("schedule")["warnings"] == [
        "post：守护进程久未查看，可能卡住了：请看 logs/daemon.log，必要时重启 lifecycle up"
    ]
    place.leave()
    assert office.done("schedule")["warnings"][0] == (
        "没有守护进程在值守（上一个 主机/1/a 没有正常停止），定时任务不会进行：请运行 lifecycle up。"
    )
    with transaction(engine) as conn:
        end_leading(conn, "主机/1/a", at)
    assert office.done("schedule")["warnings"][0] == AWAY


def test_a_wrong_name_and_a_wrong_number_are_refused_in_chinese(office: Office) -> None:
    wrong = office.run("schedule", "run", "sweeep")
    assert wrong.status == 2
    assert "没有名为“sweeep”的任务，应为：sweep、" in wrong.err
    assert office.run("schedule", "log", "sweep", "--limit", "0").status == 2
    assert "不逐次记录" in office.run("schedule", "log", "post").out


def test_a_unit_sees_nothing_of_it(office: Office) -> None:
    office.done("units", "add", "河南省示例学会", "--kind", "prov_society")
    office.done("users", "add", "member", "--unit", "河南省示例学会")
    office.done("users", "grant", "member", "undertaking_unit", "--province", "henan")
    assert office.run("schedule", by="member").status == 4
    assert office.run("schedule", "run", "sweep", by="member").status == 4
