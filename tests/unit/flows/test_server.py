from __future__ import annotations

import socket
import stat
import threading
import time
from pathlib import Path

from flows.server import FlowServer, login_file, own_login, server_of, without_proxy
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
        assert time.monotonic() - began < 5


def test_an_address_that_is_none_is_not_healthy() -> None:
    assert FlowServer("http://[::/api").healthy() is False


def test_a_server_that_answers_something_else_is_not_healthy() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        def answer() -> None:
            connection, _ = other.accept()
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        assert FlowServer(f"http://127.0.0.1:{other.getsockname()[1]}/api").healthy() is False
        thread.join(5)


def test_the_loopback_is_reached_whatever_proxy_is_set() -> None:
    direct = without_proxy({"http_proxy": "http://p", "NO_PROXY": "intranet"})
    assert direct["no_proxy"] == direct["NO_PROXY"] == "intranet,127.0.0.1,localhost"
    assert direct["http_proxy"] == "http://p"
