"""Warnings: what a failed run means by the record, told once, by mail, whoever brings the word."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from flows.bootstrap import App, now
from flows.page import Desk
from flows.page_server import PageServer
from flows.schedule import JOBS
from flows.server import FlowServer, warning_token
from flows.watch import Watch
from lifecycle.database import reading, transaction
from lifecycle.jobs import job_states, note_poll
from lifecycle.ledger import NOTICE, list_notices
from lifecycle.outbox import COMMAND, enqueue
from lifecycle.people import Actor
from lifecycle.rights import add_person, grant_role
from lifecycle.settings import Settings
from lifecycle.warning_ledger import KIND, lasting
from notifications.dispatch import deliver
from states.names import Role
from tests.integration.ports import free_port
from tests.mail_server import MailHost

ROOT = Actor("root", {"*": frozenset({Role.ADMIN})}, None)
pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect")]

NOBODY = FlowServer("http://127.0.0.1:9/api")


@pytest.fixture
def app(settings: Settings, mail_host: MailHost) -> Iterator[App]:
    """A real store with one administrator who has an address, and one of a single province."""
    by_mail = replace(
        settings,
        daemon_port=free_port(),
        mail_channel="smtp",
        smtp_host="127.0.0.1",
        smtp_port=mail_host.port,
    )
    made = App(by_mail)
    with transaction(made.engine) as conn:
        for login, province in (("wang", "*"), ("li", "fujian")):
            add_person(conn, login, "示例", email=f"{login}@example.org", added_by=ROOT)
            grant_role(conn, login, "admin", province, ROOT, now())
    yield made
    made.close()


@contextmanager
def pages(app: App) -> Iterator[str]:
    """The daemon's pages, served; their address."""
    server = PageServer(Desk(app, "owner", lambda: None))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{app.settings.daemon_port}"
    finally:
        server.close(2)


def told(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()), "name": "受理 · 示例", "flow": "trigger", "state": "Failed",
        "message": "Flow run encountered an exception: ValueError: 示例原因",
        "tags": [], "parent": "None", "at": now().isoformat(),
    } | changes  # fmt: skip


def post(app: App, where: str, body: Any, token: str | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token or warning_token(app.settings.home)}"}
    with httpx.Client(trust_env=False) as client:
        return client.post(f"{where}/warnings", json=body, headers=headers)


def notices(app: App, condition: str = "") -> list[Any]:
    """The warnings in the ledger; of one condition where others may be seen on a flow server for all."""
    with reading(app.engine) as conn:
        return [one for one in list_notices(conn, kind=KIND) if condition in one.key]


def command(app: App, **changes: Any) -> str:
    """A command that waits for its flow run."""
    number = uuid4().hex
    with transaction(app.engine) as conn:
        enqueue(
            conn, id=number, action="accept_for_form_review", programme="h23-young-talent",
            summary="受理 1 项", actor="示例", project_ids=["h23-young-talent-0001"], body={}, at=now(),
        )  # fmt: skip
        conn.execute(COMMAND.update().where(COMMAND.c.id == number).values(**{"attempts": 1, **changes}))
    return number


def test_a_failed_run_is_mailed_once_to_every_administrator_with_what_the_record_says(
    app: App, mail_host: MailHost
) -> None:
    run = told(tags=[f"command:{command(app)}"])
    with pages(app) as where:
        assert [post(app, where, run).json() for _ in range(2)] == [{"told": True}, {"told": False}]

    assert deliver(app.store, app.channels, now()).sent == 1
    (mail,) = mail_host.mails
    assert mail.to == ["li@example.org", "wang@example.org"]
    letter = message_from_bytes(mail.content, policy=policy.default)
    text = letter.get_body().get_content()  # type: ignore[union-attr]
    assert letter["Subject"] == "流程“受理 · 示例”失败"
    assert "操作已经生效（受理 1 项），不必再办" in text
    assert "先看原因：示例原因；" in text
    assert f"/runs/flow-run/{run['id']}" in text


def test_a_run_whose_command_failed_before_and_is_not_done_yet_says_nothing_new(app: App) -> None:
    number = command(app)
    with pages(app) as where:
        answers = [post(app, where, told(tags=[f"command:{number}"])).json()["told"] for _ in range(3)]
    assert answers == [True, False, False]
    assert len(notices(app)) == 1


def test_a_broken_run_of_a_command_that_another_run_finished_is_written_down_and_told_to_nobody(
    app: App,
) -> None:
    run = told(state="Crashed", tags=[f"command:{command(app, status='done')}"])
    with pages(app) as where:
        assert post(app, where, run).json() == {"told": False}
    assert notices(app) == []
    with reading(app.engine) as conn:
        assert lasting(conn) == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"tags": ["command:0"]}, "of another store"),
        ({"parent": str(uuid4())}, "its parent tells"),
    ],
)
def test_a_run_that_is_not_ours_to_tell_of_is_left_alone(app: App, change: dict[str, Any], why: str) -> None:
    with pages(app) as where:
        assert post(app, where, told(**change)).json() == {"told": False}, why
    assert notices(app) == []


@pytest.mark.parametrize(
    "body",
    [[], "x", {}, told(id="1"), told(at="yesterday"), told(at="2026-11-28T00:00:00"), told(name=7),
     told(tags=[1]), told(tags="command:1"), told(message={"a": 1})],
)  # fmt: skip
def test_words_that_are_no_run_are_refused(app: App, body: Any) -> None:
    with pages(app) as where:
        answer = post(app, where, body)
    assert (answer.status_code, answer.json()["error"]) == (400, "usage")
    assert notices(app) == []


def test_nobody_warns_without_the_token_of_warnings_and_it_opens_nothing_else(app: App) -> None:
    with pages(app) as where:
        assert post(app, where, told(), token="owner").status_code == 401
        assert httpx.post(f"{where}/warnings", json=told(), trust_env=False).status_code == 401
    assert (app.settings.home / "prefect" / "warning-token").stat().st_mode & 0o077 == 0
    assert notices(app) == []


def test_a_storm_of_failed_runs_is_ten_mails_and_one_more_for_all_the_rest(app: App) -> None:
    with pages(app) as where:
        answers = [post(app, where, told()).json()["told"] for _ in range(13)]
    assert answers == [True] * 10 + [False] * 3
    assert Watch(app, NOBODY).look() == ("flow_runs",)
    assert notices(app)[-1].subject == "最近一小时内另有 3 次流程运行失败，不再逐件告知"
    assert Watch(app, NOBODY).look() == ()


def test_a_flow_server_that_is_away_is_told_of_after_ten_minutes_whoever_counts_and_once_when_it_is_back(
    app: App, flow_server: FlowServer, mail_host: MailHost
) -> None:
    command(app)
    began = now()
    assert Watch(app, NOBODY).look(began) == ()
    assert Watch(app, NOBODY).look(began + timedelta(minutes=9)) == ()
    restarted = App(app.settings)
    assert Watch(restarted, NOBODY).look(began + timedelta(minutes=10)) == ("flow_server",)
    restarted.close()
    assert Watch(app, NOBODY).look(began + timedelta(minutes=11)) == ()

    Watch(app, flow_server).look(began + timedelta(minutes=25))
    Watch(app, flow_server).look(began + timedelta(minutes=26))
    away, back = notices(app, "flow_server")
    assert away.subject.endswith("起没有应答")
    assert "1 项操作的流程运行等待补上" in away.details["meaning"]
    assert back.subject == "流程服务器已恢复（停了 25 分钟），1 项操作的流程运行正在补上"
    deliver(app.store, app.channels, now())
    assert [one.status for one in notices(app, "flow_server")] == ["sent", "sent"]


def test_a_flow_server_that_was_away_for_a_moment_is_told_of_to_nobody(
    app: App, flow_server: FlowServer
) -> None:
    began = now()
    Watch(app, NOBODY).look(began)
    Watch(app, flow_server).look(began + timedelta(minutes=2))
    Watch(app, NOBODY).look(began + timedelta(minutes=11))
    assert notices(app, "flow_server") == []


@pytest.mark.parametrize("name", ["sweep", "watch"])
def test_a_job_that_goes_on_failing_is_told_of_after_three_minutes_even_where_it_is_the_watch(
    app: App, name: str
) -> None:
    (row,) = [job for job in JOBS if job.name == name]
    began = now()
    with transaction(app.engine) as conn:
        seen = job_states(conn, [name])[name]
        note_poll(conn, seen, started=began, ended=began, by="示例", error="磁盘已满")
    watch = Watch(app, NOBODY)
    assert "job_failed" not in watch.look(began)
    assert "job_failed" not in watch.look(began + timedelta(minutes=2))
    assert "job_failed" in watch.look(began + timedelta(minutes=3))
    assert "job_failed" not in watch.look(began + timedelta(minutes=4))
    (notice,) = notices(app, "job_failed")
    assert f"自动工作“{row.purpose}”失败" in notice.subject


def test_commands_that_were_given_up_are_told_of_once_and_again_when_it_happens_again(app: App) -> None:
    number = command(app)

    def look(status: str) -> tuple[str, ...]:
        with transaction(app.engine) as conn:
            conn.execute(COMMAND.update().where(COMMAND.c.id == number).values(status=status))
        return Watch(app, NOBODY).look()

    told_of = [look(status) for status in ("failed", "failed", "done", "failed")]
    assert told_of == [("commands_failed",), (), (), ("commands_failed",)]


def test_notices_that_were_given_up_are_told_of_and_a_dead_warning_is_not(app: App) -> None:
    with pages(app) as where:
        post(app, where, told())
    with transaction(app.engine) as conn:
        conn.execute(NOTICE.update().values(status="dead"))
    assert Watch(app, NOBODY).look() == ()
    with transaction(app.engine) as conn:
        conn.execute(NOTICE.update().values(kind="reminder"))
    assert Watch(app, NOBODY).look() == ("notices_dead",)


def test_without_any_address_a_warning_is_kept_and_shown_and_no_mail_is_made_that_would_die(
    settings: Settings,
) -> None:
    app = App(replace(settings, daemon_port=free_port()))
    with pages(app) as where:
        assert post(app, where, told()).json() == {"told": True}
    with reading(app.engine) as conn:
        (kept,) = lasting(conn)
    assert (kept.sentence, kept.told_at is not None) == ("流程“受理 · 示例”失败", True)
    assert notices(app) == []
    app.close()


def test_an_administrators_robot_hears_of_it_where_the_routes_say_so(settings: Settings) -> None:
    from lifecycle.routes import read_routes

    routed = replace(settings, daemon_port=free_port(), routes=read_routes("admin=wecom"), wecom_webhook="x")
    app = App(routed)
    with pages(app) as where:
        post(app, where, told())
    assert [notice.channel for notice in notices(app)] == ["wecom"]
    app.close()


def test_a_practice_store_sends_no_warning_outside(tmp_path: Path, mail_host: MailHost) -> None:
    from tests.flow_store import practice_app

    app = practice_app(
        tmp_path / "home", daemon_port=free_port(), mail_channel="smtp", smtp_port=mail_host.port
    )
    with transaction(app.engine) as conn:
        add_person(conn, "wang", "示例", email="wang@example.org", added_by=ROOT)
        grant_role(conn, "wang", "admin", "*", ROOT, now())
    with pages(app) as where:
        post(app, where, told())
    assert deliver(app.store, app.channels, now()).sent == 1
    assert mail_host.mails == []
    app.close()
