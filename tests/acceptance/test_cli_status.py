"""`lifecycle status`: it tells the truth when everything is down, what is behind, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.bootstrap import App, now
from flows.status import advice_on, status_of
from lifecycle.database import reading, transaction
from lifecycle.outbox import COMMAND
from lifecycle.settings import read_settings, store_file
from lifecycle.warning_ledger import Trouble, begin, tell
from tests.cli import Ran, call
from tests.flow_store import TABLES, accept, applied, practice_app
from tests.integration.ports import free_port

DONE = "处理后：lifecycle status close 编号"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is not there yet, and ports on which nobody listens."""
    monkeypatch.setenv("LIFECYCLE_DAEMON_PORT", str(free_port()))
    monkeypatch.setenv("LIFECYCLE_PREFECT_PORT", str(free_port()))
    return tmp_path / "home"


@pytest.fixture
def app(home: Path, tmp_path: Path) -> Iterator[App]:
    """A practice store with one accepted project; the user of this process is its administrator."""
    from lifecycle.login import operating_system_login
    from lifecycle.people import Actor
    from lifecycle.rights import add_person, grant_role
    from states.names import Role

    made = practice_app(home)
    root = Actor("root", {"*": frozenset({Role.ADMIN})}, None)
    if (login := operating_system_login()) != "root":
        with transaction(made.engine) as conn:
            add_person(conn, login, "示例", added_by=root)
            grant_role(conn, login, "admin", "*", root, now())
    accept(made, applied(made, tmp_path))
    yield made
    made.close()


def status(home: Path, *words: str) -> Ran:
    return call("--home", home, "--json", "status", *words)


def advised(document: Any, what: str) -> str:
    """What is to be done about the one thing that is wrong in these words."""
    (found,) = [one["do"] for one in document["advice"] if what in one["what"]]
    return str(found)


def test_where_there_is_nothing_it_says_so_and_makes_nothing(home: Path) -> None:
    told = status(home)
    assert told.status == 0
    assert (told.json["services"]["daemon"]["up"], told.json["services"]["flow_server"]["up"]) == (
        False,
        False,
    )
    assert "lifecycle init" in advised(told.json, "没有数据库")
    assert "lifecycle --home" in advised(told.json, "守护进程没有运行")
    assert not home.exists()


def test_the_lines_are_counted_and_what_was_given_up_is_put_back_in_line(app: App, home: Path) -> None:
    with transaction(app.engine) as conn:
        conn.execute(COMMAND.update().values(status="failed", error="示例原因", attempts=12))
        conn.execute(TABLES["notice"].update().values(status="dead"))
    told = status(home).json
    assert (told["queues"]["commands"]["pending"], told["queues"]["commands"]["failed"]) == (0, 1)
    assert told["queues"]["notices"]["dead"] == 1
    assert told["store"]["rehearsal"] is True
    assert "lifecycle notices retry" in advised(told, "1 件通知没有送达")
    assert advised(told, "1 项操作的流程运行已停止重试（示例原因）").endswith("lifecycle runs retry --all")

    for wrong in ((), ("--all", "0")):
        assert call("--home", home, "runs", "retry", *wrong).status == 2
    assert len(call("--home", home, "--json", "runs", "retry", "--all").json["retried"]) == 1
    again = status(home).json["queues"]["commands"]
    assert (again["pending"], again["failed"], again["oldest"] is not None) == (1, 0, True)
    with reading(app.engine) as conn:
        (row,) = conn.execute(COMMAND.select())
    assert (row.status, row.attempts, row.error) == ("pending", 0, None)


def test_an_open_warning_is_shown_until_somebody_closes_it(app: App, home: Path) -> None:
    trouble = Trouble("disk_low", "", "数据所在磁盘只剩 12 MiB", "写满之后办理会被拒绝", ("清理", DONE))
    with transaction(app.engine) as conn:
        begin(conn, trouble, now())
        tell(conn, trouble, now(), ())
    (one,) = status(home).json["warnings"]
    assert (one["sentence"], one["advice"]) == ("数据所在磁盘只剩 12 MiB", ["清理", DONE])
    shown = call("--home", home, "status").out
    assert "数据所在磁盘只剩 12 MiB" in shown
    assert f"清理；处理后：lifecycle --home {home} status close {one['id']}\n" in shown

    closed = call("--home", home, "--json", "status", "close", one["id"])
    assert [was["id"] for was in closed.json["closed"]] == [one["id"]]
    assert status(home).json["warnings"] == []
    twice = call("--home", home, "status", "close", one["id"])
    assert (twice.status, twice.err) == (5, f"错误（not_found）：没有编号为 {one['id']} 的未了告警。\n")


def test_who_is_in_no_office_reads_figures_and_no_names(app: App, home: Path) -> None:
    trouble = Trouble("disk_low", "", "数据所在磁盘只剩 12 MiB", "写满之后办理会被拒绝", ("清理", DONE))
    with transaction(app.engine) as conn:
        begin(conn, trouble, now())
        conn.execute(COMMAND.update().values(status="failed", error="示例原因", attempts=12))
    assert call("--home", home, "users", "add", "visitor").status == 0
    for login, sees in (("visitor", False), (None, True)):
        told = call("--home", home, "--json", *(("--as", login) if login else ()), "status").json
        assert told["queues"]["commands"]["failed"] == 1
        assert (
            bool(told["warnings"]),
            bool(told["queues"]["commands"]["given_up"]),
            bool(told["advice"]),
        ) == ((sees, sees, sees))


def test_a_warning_that_did_not_arrive_is_sent_again_as_any_notice(app: App, home: Path) -> None:
    trouble = Trouble("disk_low", "", "数据所在磁盘只剩 12 MiB")
    with transaction(app.engine) as conn:
        conn.execute(TABLES["person"].update().values(email="wang@example.org"))
        begin(conn, trouble, now())
        keys = tell(conn, trouble, now(), ())
        conn.execute(TABLES["notice"].update().values(status="dead"))
    assert keys is not None
    again = call("--home", home, "--json", "notices", "retry", *keys)
    assert [(one["project"], one["status"]) for one in again.json["notices"]] == [(None, "pending")]
    assert "数据所在磁盘只剩 12 MiB" in call("--home", home, "notices", "show", *keys).out


def test_what_is_wrong_is_no_error_unless_a_monitor_asks(home: Path) -> None:
    assert [status(home, *words).status for words in ((), ("--check",))] == [0, 1]
    assert status(home, "--check").json["error"]["code"] == "attention"


def test_a_database_that_cannot_be_read_is_told_with_all_the_rest(home: Path) -> None:
    home.mkdir()
    (home / "lifecycle.sqlite3").write_bytes(b"no database" * 100)
    told = status(home)
    assert (told.status, told.json["error"]["code"]) == (8, "unavailable")
    assert advised(told.json, "数据库读不了") == "先恢复数据库，再运行 lifecycle status"
    assert told.json["services"]["daemon"]["up"] is False


def test_a_store_of_another_release_is_told_of_and_left_as_it_is(app: App, home: Path) -> None:
    from sqlalchemy import text

    with transaction(app.engine) as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '0013'"))
    before = store_file(app.settings).read_bytes()
    told = status(home)
    assert (told.status, told.json["queues"]) == (0, None)
    assert "lifecycle init" in advised(told.json, "结构版本是 0013")
    assert store_file(app.settings).read_bytes() == before


def test_a_postgresql_that_is_away_holds_nobody_up(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFECYCLE_DATABASE_URL", f"postgresql://nobody@127.0.0.1:{free_port()}/lifecycle")
    told = status(home)
    assert (told.status, told.json["store"]["where"]) == (8, "PostgreSQL")
    assert told.json["advice"][0]["what"].startswith("数据库读不了")


@pytest.mark.parametrize("number", ["x", "-1", "1.5", "1" * 40])
def test_a_number_that_is_none_is_refused_by_name(app: App, home: Path, number: str) -> None:
    told = call("--home", home, "status", "close", "--", number)
    assert told.status == 2
    assert number[:10] in told.err


def test_a_store_that_cannot_be_read_on_a_full_disk_is_told_with_the_disk(tmp_path: Path) -> None:
    settings = read_settings({}, home=tmp_path)
    broken = replace(status_of(settings), fault="disk I/O error", free=3 * 2**20)
    first = next(advice_on(broken, settings))
    assert first.do == "数据所在磁盘只剩 3 MiB：先腾出空间，再运行 lifecycle status"
