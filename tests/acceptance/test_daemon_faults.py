"""The daemon fails while the command line speaks to it: it answers the truth, and nothing is done twice."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.address import FILE, read_address, write_address
from flows.bootstrap import App
from flows.commands import LINES, commands_page
from flows.page import Asked, Desk, Page, Route
from flows.page_routes import ROUTES
from lifecycle.login import operating_system_login
from lifecycle.settings import read_settings
from tests.acceptance.driver import Practice, environment
from tests.cli import Ran
from tests.daemon_pages import serving
from tests.flow_store import count
from tests.integration.ports import free_port

ACCEPT = ("trigger", "accept_for_form_review")
HEAVY = ("sqlalchemy", "sqlmodel", "pydantic", "prefect", "rich", "yaml", "httpx", "structlog", "transitions")


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Practice:
    return Practice.copied(furnished, tmp_path)


def accept(office: Practice, *words: object) -> Ran:
    return office.ask(*ACCEPT, *words, by="checker", on="2023-03-03")


def commands(office: Practice) -> int:
    app = App(read_settings({}, home=office.home))
    try:
        return count(app, "command")
    finally:
        app.close()


def broken(before: Callable[[Desk, Asked], object]) -> list[Route]:
    """The table, in which the daemon breaks off after it has done something for a command."""

    def answer(desk: Desk, asked: Asked) -> Page:
        before(desk, asked)

        def breaks() -> Iterator[bytes]:
            yield b'{"progress": 1}\n'
            raise ConnectionResetError

        return Page(HTTPStatus.OK, headers=LINES, more=breaks())

    return [replace(row, answer=answer) if row.path == "/commands" else row for row in ROUTES]


def nothing(desk: Desk, asked: Asked) -> None:
    """Before the commit."""


def everything(desk: Desk, asked: Asked) -> None:
    """After the commit."""
    assert b'"exit": 0' in b"".join(commands_page(desk, asked).more or ())


def half(desk: Desk, asked: Asked) -> None:
    """After the first project of two."""
    document = json.loads(asked.body)
    part = json.dumps({**document, "projects": document["projects"][:1]}).encode()
    everything(desk, replace(asked, body=part))


@pytest.mark.parametrize("before", [nothing, half, everything], ids=lambda one: one.__name__)
def test_a_daemon_that_breaks_off_is_finished_by_the_command_line_once(
    office: Practice, before: Callable[[Desk, Asked], object]
) -> None:
    unit = {"name": "河南省另一学会", "kind": "prov_society", "region": "河南省"}
    projects = [office.talent("其一"), office.talent("其二", unit=unit)]
    with serving(office.home, broken(before)) as pages:
        ran = accept(office, *projects)
        assert "/commands" in pages.asked
    assert (ran.status, [one["to"] for one in ran.json["done"]]) == (0, ["form_review"] * 2)
    assert [office.project(one)["version"] for one in projects] == [3, 3]
    assert commands(office) == 1


def test_a_broken_off_command_with_a_version_of_its_own_is_answered_as_done(office: Practice) -> None:
    project = office.talent()
    with serving(office.home, broken(everything)):
        ran = accept(office, project, "--if-version", 2)
    assert (ran.status, ran.json["done"][0]["seq"]) == (0, 3)


def test_where_neither_daemon_nor_store_answers_the_way_to_repeat_is_told(
    office: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = office.talent()
    monkeypatch.setenv("LIFECYCLE_BUSY_SECONDS", "1")
    held = sqlite3.connect(office.home / "lifecycle.sqlite3", isolation_level=None, check_same_thread=False)

    def commit_and_lock(desk: Desk, asked: Asked) -> None:
        everything(desk, asked)
        held.execute("BEGIN IMMEDIATE")

    with closing(held), serving(office.home, broken(commit_and_lock), busy_seconds=1):
        ran = accept(office, project)
        held.rollback()
    assert ran.status == 8
    key = re.search(r"--key ([0-9a-f]{32}) ", ran.json["error"]["message"])
    assert key is not None, ran.out
    again = accept(office, project, "--key", key[1])
    assert (again.status, again.json["done"][0]["seq"]) == (0, 3)
    assert office.project(project)["version"] == 3


@contextmanager
def listening(answer: bytes | None) -> Iterator[tuple[int, list[bytes]]]:
    """Another program on the port: it keeps what it hears, and says `answer` or nothing at all."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            with server.accept()[0] as line:
                line.settimeout(20)
                try:
                    heard.append(line.recv(65536))
                    if answer is not None:
                        line.sendall(answer)
                    heard.append(line.recv(65536))
                except OSError:
                    return

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield server.getsockname()[1], heard
        thread.join(90)


OK = b'HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{"proof": "0000"}'


@pytest.mark.parametrize("answer", [None, b"SSH-2.0-OpenSSH\r\n", OK], ids=["silent", "other", "liar"])
def test_another_program_on_the_port_is_told_nothing_and_the_step_is_done(
    office: Practice, answer: bytes | None
) -> None:
    project = office.talent()
    with serving(office.home) as pages:
        address = read_address(office.home)
    assert address is not None
    with listening(answer) as (port, heard):
        write_address(office.home, replace(address, port=port))
        assert accept(office, project).status == 0
    assert pages.asked == []
    assert not [said for said in heard if address.token.encode() in said or project.encode() in said]


def test_a_daemon_of_another_program_store_or_user_is_left_alone(office: Practice) -> None:
    with serving(office.home) as pages:
        address = read_address(office.home)
        assert address is not None
        for number, name in enumerate(("build", "store", "login", "token")):
            other: dict[str, Any] = {name: "0"}
            write_address(office.home, replace(address, **other))
            unit = {"name": f"河南省第{number}学会", "kind": "prov_society", "region": "河南省"}
            assert accept(office, office.talent(f"第{number}", unit=unit)).status == 0
        assert "/commands" not in pages.asked


@pytest.mark.parametrize("spoil", ["open", "garbled", "folder", "link", "empty"])
def test_a_file_of_the_daemon_that_cannot_be_trusted_is_as_good_as_none(office: Practice, spoil: str) -> None:
    project = office.talent()
    with serving(office.home) as pages:
        file = office.home / FILE
        if spoil == "open":
            file.chmod(0o644)
        else:
            kept = file.rename(office.home / "kept.json")
            if spoil == "link":
                file.symlink_to(kept)
            elif spoil == "folder":
                file.mkdir()
            else:
                file.write_text("" if spoil == "empty" else '{"host": 1}', encoding="utf-8")
                file.chmod(0o600)
        assert accept(office, project).status == 0
        assert pages.asked == []
        if spoil == "folder":
            file.rmdir()


def test_the_file_is_its_owners_alone_and_goes_with_the_daemon(office: Practice) -> None:
    with serving(office.home):
        assert (office.home / FILE).stat().st_mode & 0o777 == 0o600
        address = read_address(office.home)
        assert address is not None
        assert address.login == operating_system_login()
        assert address.token not in repr(address)
    assert not (office.home / FILE).exists()


def test_two_homes_have_a_daemon_each(office: Practice, furnished: Path, tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    other = Practice.copied(furnished, tmp_path / "second")
    with serving(office.home) as first, serving(other.home) as second:
        for one in (office, other):
            assert accept(one, one.talent()).status == 0
        accept(other, "h23-young-talent-0001")
        assert (first.asked.count("/commands"), second.asked.count("/commands")) == (1, 2)


def test_the_command_line_with_a_daemon_imports_nothing_heavy(office: Practice) -> None:
    project = office.talent()
    code = (
        "import sys; from console.main import main; status = main(sys.argv[1:]);"
        f"print([name for name in {HEAVY!r} if name in sys.modules], status, file=sys.stderr)"
    )
    calls = (
        [*ACCEPT, project], [*ACCEPT, "--where", "form_review/", "--dry-run"],
        ["list"], ["show", project], ["actions", project], ["check", project],
    )  # fmt: skip
    with serving(office.home) as pages:
        for words in calls:
            ran = subprocess.run(
                [sys.executable, "-c", code, *words, "--as", "checker", "--on", "2023-03-03", "--json"],
                env=environment(office.home), capture_output=True, text=True, check=True,
            )  # fmt: skip
            assert ran.stderr.splitlines()[-1].startswith("[] "), ran.stderr
        assert (pages.asked.count("/commands"), pages.asked.count("/questions")) == (2, 4)


@pytest.fixture
def daemon(office: Practice) -> Iterator[subprocess.Popen[bytes]]:
    """A daemon as `up` starts it, without a flow server."""
    settings = environment(
        office.home,
        LIFECYCLE_DAEMON_PORT=str(free_port()),
        LIFECYCLE_PREFECT_API_URL="http://127.0.0.1:9/api",
    )
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "flows.daemon"], env=settings, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while read_address(office.home) is None:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield process
    process.kill()
    process.wait()


def test_a_daemon_that_hangs_or_was_killed_stops_no_step(
    office: Practice, daemon: subprocess.Popen[bytes]
) -> None:
    units = [{"name": f"河南省第{n}学会", "kind": "prov_society", "region": "河南省"} for n in range(3)]
    projects = [office.talent(f"第{n}", unit=unit) for n, unit in enumerate(units)]
    assert accept(office, projects[0]).status == 0
    os.kill(daemon.pid, signal.SIGSTOP)
    assert accept(office, projects[1]).status == 0
    os.kill(daemon.pid, signal.SIGCONT)
    address = read_address(office.home)
    assert address is not None
    with httpx.Client(trust_env=False, timeout=30) as client:
        assert client.get(f"http://{address.host}:{address.port}/health").json()["commands"]["pending"] == 2
    daemon.kill()
    daemon.wait()
    assert accept(office, projects[2]).status == 0
    assert [office.project(one)["version"] for one in projects] == [3, 3, 3]
    assert commands(office) == 3


def test_an_orderly_stop_lets_go_of_the_file(office: Practice, daemon: subprocess.Popen[bytes]) -> None:
    daemon.terminate()
    assert daemon.wait(90) == 0
    assert not (office.home / FILE).exists()
