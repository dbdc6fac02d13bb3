from __future__ import annotations

import socket
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows.server import (
    AWAY,
    BROKEN,
    LOCKED_OUT,
    SLOW,
    FlowServer,
    login_file,
    own_login,
    server_of,
    without_proxy,
)
from lifecycle.settings import read_settings


def test_our_login_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    login = own_login(tmp_path)
    assert own_login(tmp_path) == login
    assert len(login) == len("admin:") + 22
    assert stat.S_IMODE(login_file(tmp_path).stat().st_mode) == 0o600


def test_a_login_is_not_shown_with_the_address() -> None:
    assert repr(FlowServer("http://x/api", "admin:secret")) == "FlowServer(api_url='http://x/api')"


def test_without_a_setting_the_server_is_our_own(tmp_path: Path) -> None:
    ours = server_of(read_settings({}, home=tmp_path, prefect_port=4300))
    assert ours == FlowServer("http://127.0.0.1:4300/api", own_login(tmp_path))
    assert ours.ui_url == "http://127.0.0.1:4300"


def test_the_settings_may_name_another_server(tmp_path: Path) -> None:
    settings = read_settings({}, home=tmp_path, prefect_api_url="https://flows/api", prefect_auth="a:b")
    assert server_of(settings) == FlowServer("https://flows/api", "a:b")
    assert not login_file(tmp_path).exists()


def test_nobody_there_is_not_healthy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
        assert FlowServer(f"http://127.0.0.1:{taken.getsockname()[1]}/api").healthy() is False


def test_a_server_that_never_answers_holds_nobody_up() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        began = time.monotonic()
        assert FlowServer(f"http://127.0.0.1:{silent.getsockname()[1]}/api").healthy(timeout=0.3) is False
        assert time.monotonic() - began < 30


def test_an_address_that_is_none_is_not_healthy() -> None:
    assert FlowServer("http://[::/api").healthy() is False


@contextmanager
def answering(words: bytes) -> Iterator[FlowServer]:
    """Somebody who answers one request."""
    with socket.create_server(("127.0.0.1", 0)) as other:

        def answer() -> None:
            connection, _ = other.accept()
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 " + words)
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        yield FlowServer(f"http://127.0.0.1:{other.getsockname()[1]}/api", "admin:secret")
        thread.join(60)


def test_a_server_that_answers_something_else_is_not_healthy() -> None:
    with answering(b"503 No\r\nContent-Length: 0\r\n\r\n") as server:
        assert server.healthy() is False


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (b'200 OK\r\nContent-Length: 7\r\n\r\n"3.8.8"', None),
        (b"401 No\r\nContent-Length: 0\r\n\r\n", LOCKED_OUT),
        (b"500 No\r\nContent-Length: 0\r\n\r\n", BROKEN.format(status=500)),
        (b"200 OK\r\nContent-Length: 4\r\n\r\ntrue", "上答复的不是流程服务器"),
        (b"200 OK\r\nContent-Length: 6\r\n\r\n<html>", "上答复的不是流程服务器"),
        (b"404 No\r\nContent-Length: 0\r\n\r\n", "上答复的不是流程服务器"),
        (b"200 OK\r\nContent-Length: 99\r\n\r\n{", AWAY),
        (b"100", AWAY),
    ],
)
def test_why_a_server_cannot_be_used_is_said_in_a_sentence(words: bytes, fault: str | None) -> None:
    with answering(words) as server:
        said = server.fault()
    assert (said is None) == (fault is None)
    assert (fault or "") in (said or "")


def test_one_that_never_answers_is_told_from_one_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = FlowServer(f"http://127.0.0.1:{silent.getsockname()[1]}/api")
        assert server.fault(timeout=0.3) == SLOW.format(seconds=0.3)
    assert server.fault() == AWAY
    assert FlowServer("http://[::/api").fault() == AWAY


def test_the_loopback_is_reached_whatever_proxy_is_set() -> None:
    direct = without_proxy({"http_proxy": "http://p", "NO_PROXY": "intranet"})
    assert direct["no_proxy"] == direct["NO_PROXY"] == "intranet,127.0.0.1,localhost"
    assert direct["http_proxy"] == "http://p"


def test_a_daemon_that_says_so_at_every_job_says_it_once() -> None:
    direct = without_proxy({"no_proxy": "intranet"})
    assert without_proxy(direct) == direct
