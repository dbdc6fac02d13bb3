"""`lifecycle up` as people run it: a process that starts everything, mends it, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import make_url

from flows.server import FlowServer, own_login
from tests.cli import call
from tests.flow_host import on_postgres
from tests.flow_store import accept, applied, practice_app, queued
from tests.integration.ports import free_port

pytestmark = [pytest.mark.prefect, pytest.mark.xdist_group("prefect"), pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
UP = """
import sys
from flows.supervisor import run_up
from lifecycle.settings import read_settings
from states.errors import LifecycleError
try:
    worker = sys.argv[1:] != ["--no-worker"]
    sys.exit(run_up(read_settings(), lambda line: print(line, flush=True), worker=worker))
except LifecycleError as fault:
    print(fault.message, flush=True)
    sys.exit(fault.exit_status)
"""


class Up:
    """One running `up` on a home."""

    def __init__(self, home: Path, *words: str, **settings: str) -> None:
        self.home = home
        self.port, self.daemon_port = free_port(), free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        environment |= {
            "PYTHONPATH": str(ROOT),
            "LIFECYCLE_HOME": str(home),
            "LIFECYCLE_PREFECT_PORT": str(self.port),
            "LIFECYCLE_DAEMON_PORT": str(self.daemon_port),
            **settings,
        }
        self.output = home.parent / f"up-{self.port}.log"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-c", UP, *words],
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        """What it has printed so far."""
        return self.output.read_text(encoding="utf-8")

    def wait_for(self, what: str, condition: Callable[[], bool], seconds: float) -> None:
        """Until the condition holds; fails with all that was printed when it does not in time."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"{what}\n{self.said()}\n{self.logs()}"
            time.sleep(0.1)

    def ready(self) -> None:
        """Until it says that it is."""
        self.wait_for("not ready", lambda: "按 Ctrl-C 停止。" in self.said(), 150)

    def logs(self) -> str:
        """The logs of its children."""
        return "\n".join(path.read_text(encoding="utf-8") for path in (self.home / "logs").glob("*.log"))

    def health(self) -> dict[str, Any] | None:
        """What its health page answers."""
        try:
            with httpx.Client(trust_env=False, timeout=5) as client:
                answer: dict[str, Any] = client.get(f"http://127.0.0.1:{self.daemon_port}/health").json()
        except (httpx.HTTPError, json.JSONDecodeError):
            return None
        return answer

    def children(self) -> dict[int, str]:
        """Its children by pid, with their commands."""
        return {pid: command for pid, parent, command in processes() if parent == self.process.pid}

    def running(self, module: str) -> set[int]:
        """Its children that run a module or command."""
        return {pid for pid, command in self.children().items() if module in command}

    def kill(self) -> None:
        """End it with everything that it started, whatever state a test left it in."""
        for pid in [*self.children(), self.process.pid]:
            try:
                os.killpg(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait(60)


def processes() -> Iterator[tuple[int, int, str]]:
    """Pid, parent and command of every process that is not a zombie."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] != "Z":
            yield int(folder.name), int(fields[1]), command


def alive(pids: set[int]) -> set[int]:
    return pids & {pid for pid, _, _ in processes()}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Up]]:
    """Start `up` on the test's home; what is still there at the end is killed."""
    started: list[Up] = []

    def begin(*words: str, **settings: str) -> Up:
        started.append(Up(tmp_path / "home", *words, **settings))
        return started[-1]

    yield begin
    for up in started:
        up.kill()


def outside(server: FlowServer) -> dict[str, str]:
    """The settings that make `up` use a server that runs already."""
    return {"LIFECYCLE_PREFECT_API_URL": server.api_url, "LIFECYCLE_PREFECT_AUTH": server.auth or ""}


def test_up_runs_commands_mends_its_server_and_leaves_nothing(
    tmp_path: Path, start: Callable[..., Up]
) -> None:
    app = practice_app(tmp_path / "home")
    projects = [applied(app, tmp_path, number) for number in (1, 2)]
    up = start()
    up.ready()
    up.wait_for("no health", lambda: up.health() is not None, 60)
    health = up.health()
    assert health is not None
    assert (health["status"], health["rehearsal"]) == ("ok", True)
    up.wait_for("no worker", lambda: bool(up.running("flows.worker")), 60)
    children = up.children()
    assert len(children) == 3
    services = call("--home", up.home, "--json", "status").json["services"]
    assert services["flow_server"]["url"] == f"http://127.0.0.1:{up.port}"

    first = accept(app, projects[0])
    up.wait_for("first run", lambda: queued(app, first.command_id).status == "done", 120)

    (server,) = [pid for pid, command in children.items() if "prefect server start" in command]
    os.kill(server, signal.SIGKILL)
    second = accept(app, projects[1])
    up.wait_for("no restart", lambda: "流程服务器已重启。" in up.said(), 90)
    up.wait_for("second run", lambda: queued(app, second.command_id).status == "done", 150)
    login = tuple(own_login(up.home).split(":", 1))
    with httpx.Client(trust_env=False, auth=(login[0], login[1]), timeout=30) as client:
        runs = client.post(
            f"http://127.0.0.1:{up.port}/api/flow_runs/filter",
            json={"flow_runs": {"tags": {"all_": [f"command:{second.command_id}"]}}},
        ).json()
    assert [run["state_type"] for run in runs if run["state_type"] != "CRASHED"] == ["COMPLETED"]
    app.close()

    ours = set(up.children()) | set(children)
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(60) == 0
    assert up.said().endswith("已全部停止。\n")
    assert alive(ours) == set()


@pytest.mark.postgres
def test_up_keeps_its_flow_server_on_postgresql_and_goes_on_after_everything_was_killed(
    tmp_path: Path, start: Callable[..., Up], postgres_address: str
) -> None:
    app = practice_app(tmp_path / "home")
    projects = [applied(app, tmp_path, number) for number in (1, 2)]
    on_postgres(postgres_address, "postgres", "CREATE DATABASE flows_of_up")
    url = make_url(postgres_address).set(database="flows_of_up").render_as_string(hide_password=False)
    commands = []
    for project in projects:
        up = start(LIFECYCLE_PREFECT_DATABASE_URL=url)
        up.ready()
        commands.append(accept(app, project))
        up.wait_for("run", lambda: queued(app, commands[-1].command_id).status == "done", 120)
        up.kill()
    assert url not in up.said()
    assert "流程数据  PostgreSQL" in up.said()
    assert not (up.home / "prefect" / "prefect.db").exists()
    app.close()


def test_up_killed_takes_its_children_with_it(start: Callable[..., Up], flow_server: FlowServer) -> None:
    up = start("--no-worker", **outside(flow_server))
    up.wait_for("no health", lambda: up.health() is not None, 60)
    up.wait_for("not registered", lambda: "已登记" in up.said(), 60)
    ours = set(up.children())
    assert ours == up.running("flows.daemon")
    up.process.kill()
    up.wait_for("children live on", lambda: alive(ours) == set(), 60)


def test_a_daemon_that_died_is_started_again(start: Callable[..., Up], flow_server: FlowServer) -> None:
    up = start("--no-worker", **outside(flow_server))
    up.wait_for("no health", lambda: up.health() is not None, 60)
    (daemon,) = up.running("flows.daemon")
    os.kill(daemon, signal.SIGKILL)
    up.wait_for("no restart", lambda: "守护进程已重启。" in up.said(), 90)
    up.wait_for("no health again", lambda: up.health() is not None, 60)
    up.process.terminate()
    assert up.process.wait(60) == 0


def test_a_second_up_on_the_same_home_is_refused(start: Callable[..., Up], flow_server: FlowServer) -> None:
    first = start("--no-worker", **outside(flow_server))
    first.wait_for("no health", lambda: first.health() is not None, 60)
    second = start("--no-worker", **outside(flow_server))
    assert second.process.wait(90) == 8
    assert second.said() == f"已有一个 up 在使用 {first.home}，请先停止它。\n"


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("LIFECYCLE_PREFECT_PORT", "流程服务器的端口 {} 已被占用，请用 --prefect-port 另选一个。\n"),
        ("LIFECYCLE_DAEMON_PORT", "守护进程的端口 {} 已被占用，请用 --port 另选一个。\n"),
    ],
)
def test_a_port_in_use_is_named_with_its_option(start: Callable[..., Up], setting: str, words: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        up = start(**{setting: str(port)})
        assert up.process.wait(90) == 8
    assert up.said() == words.format(port)
    assert not (up.home / "logs").exists()
