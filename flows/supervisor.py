"""What `lifecycle up` runs: flow server, daemon and worker as children, watched, restarted, stopped in order.

Never imports prefect and runs no thread, so that it answers a signal at once. A flow server that
does not come up holds nothing up: the daemon works without it.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import FrameType

from flows.bootstrap import build_app
from flows.child import Child
from flows.flow_database import check_database, server_url
from flows.leader import house_of
from flows.ports import ports_told
from flows.processes import daemon_process, register_process, worker_process
from flows.server import (
    HOST,
    FlowServer,
    login_file,
    own_login,
    server_of,
    server_process,
)
from flows.server_file import compact, in_mib
from flows.watched import CALM_AFTER, Errand, Say, Watched
from lifecycle.settings import Settings
from states.errors import UnavailableFault, UsageFault

TICK_SECONDS = 0.2
GRACE_SECONDS = 5.0
"""How long each child may take to end before it is killed."""
ASK_EVERY = 1.0
PROBE_EVERY, PROBES_MISSED = 10.0, 6
"""A server that runs but has not answered for a minute is started anew."""
REGISTERED_WITHIN = 90.0
"""How long the errand that registers the deployments may take; it is sent again."""


def run_up(
    settings: Settings,
    say: Say,
    *,
    port: int | None = None,
    daemon_port: int | None = None,
    worker: bool = True,
) -> int:
    """Run everything on one machine until Ctrl-C or SIGTERM; returns the exit status.

    Without `worker`, what is started on the dashboard waits for a worker elsewhere.

    Raises UnavailableFault before anything is started: a port in use, another `up` on this home,
    a database that cannot be reached.
    """
    os.umask(0o077)  # logs, database and letters of all children are their owner's alone
    settings = replace(
        settings,
        prefect_port=settings.prefect_port if port is None else port,
        daemon_port=settings.daemon_port if daemon_port is None else daemon_port,
    )
    app = build_app(settings)
    rehearsal = app.rehearsal
    app.close()
    with house_of(settings.home):
        _check_ports(settings)
        if settings.prefect_database_url:
            _check_flow_database(settings, settings.prefect_database_url)
        with ports_told(settings):
            _live(settings, say, worker, rehearsal=rehearsal)
    say("已全部停止。")
    return 0


def _live(settings: Settings, say: Say, worker: bool, *, rehearsal: bool) -> None:
    with _signals() as stop:
        house = _House(settings, say, stop, worker)
        try:
            house.start()
            if not stop.asked:
                _announce(settings, house.server, say, rehearsal=rehearsal)
            house.watch()
        finally:
            say("正在停止……")
            house.stop()


@dataclass(slots=True)
class _Stop:
    """Whether somebody asked us to stop, and the pipe that wakes us when he does."""

    wakes: int
    asked: bool = False

    def wait(self, seconds: float) -> bool:
        """Sleep, but not through a signal. True when we are to stop."""
        if not self.asked and select.select([self.wakes], [], [], seconds)[0]:
            os.read(self.wakes, 512)
        return self.asked


@contextmanager
def _signals() -> Iterator[_Stop]:
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    stop = _Stop(read_end)

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.asked = True

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, ask) for number in numbers]
    woken = signal.set_wakeup_fd(write_end)
    try:
        yield stop
    finally:
        signal.set_wakeup_fd(woken)
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
        os.close(read_end)
        os.close(write_end)


@dataclass(slots=True)
class _House:
    """The children of one `up`."""

    settings: Settings
    say: Say
    asked: _Stop
    worker: bool
    server: FlowServer = field(init=False)
    children: list[Watched] = field(default_factory=list)
    errand: Errand | None = None
    asked_at: float = 0.0
    probed: float = 0.0
    missed: int = 0

    def start(self) -> None:
        """The flow server first, for as long as it may take; then the daemon."""
        self.server = server_of(self.settings)
        if not self.settings.prefect_api_url:
            auth = self.settings.prefect_auth or own_login(self.settings.home)
            url = self.settings.prefect_database_url
            database = server_url(url) if url else None
            if database is None and (sizes := compact(self.settings.home)) is not None:
                before, after = map(in_mib, sizes)
                self.say(f"流程服务器的数据库已压缩：{before} → {after}。")
            self._start(server_process(self.settings.home, self.settings.prefect_port, auth, database))
            self._await_server()
        if not self.asked.asked:
            self._start(daemon_process(self.settings, self.server))
            self.errand = Errand(register_process(self.settings, self.server), REGISTERED_WITHIN)

    def watch(self) -> None:
        """Until somebody asks us to stop."""
        while not self.asked.wait(TICK_SECONDS):
            for watched in self.children:
                watched.look(self.say)
            self._probe()
            self._register()

    def stop(self) -> None:
        """The server last, so that the last runs of worker and daemon still find it."""
        if self.errand is not None:
            self.errand.child.stop(0.5)
        for watched in reversed(self.children):
            watched.child.stop(GRACE_SECONDS)
        self.children.clear()

    def _start(self, child: Child) -> None:
        watched = Watched(child)
        self.children.append(watched)
        watched.start()

    def _register(self) -> None:
        """Once the server answers: what can be started from its dashboard, then the worker for it."""
        if self.errand is None:
            return
        if not self.errand.sent:
            moment = time.monotonic()
            if moment - self.asked_at < ASK_EVERY or not self.server.healthy(timeout=1.0):
                self.asked_at = max(moment, self.asked_at)
                return
        if self.errand.look(self.say):
            self.errand = None
            self.say("看板上可启动的流程已登记。")
            if self.worker:
                self._start(worker_process(self.settings, self.server))

    def _await_server(self) -> None:
        watched = self.children[0]
        began = shown = time.monotonic()
        self.say("正在启动流程服务器……")
        while not self.asked.wait(TICK_SECONDS):
            moment = time.monotonic()
            if self.server.healthy(timeout=1.0):
                self.say(f"流程服务器就绪，用时 {moment - began:.1f} 秒。")
                return
            if moment - began > self.settings.prefect_timeout:
                self.say(f"流程服务器尚未就绪，先行开展其他工作。日志：{watched.child.log}")
                return
            if moment - shown >= 3:
                self.say(f"流程服务器启动中…… {moment - began:.0f} 秒")
                shown = moment
            watched.look(self.say)

    def _probe(self) -> None:
        moment = time.monotonic()
        if self.settings.prefect_api_url or moment - self.probed < PROBE_EVERY:
            return
        self.probed = moment
        watched = self.children[0]
        if not watched.child.alive or self.server.healthy():
            self.missed = 0
            return
        self.missed += 1
        if self.missed >= PROBES_MISSED and moment - watched.started > CALM_AFTER:
            self.say("流程服务器没有应答，重新启动。")
            watched.child.stop(0.5)
            watched.start()
            self.missed = 0


def _check_flow_database(settings: Settings, address: str) -> None:
    if settings.prefect_api_url:
        raise UsageFault(
            "LIFECYCLE_PREFECT_DATABASE_URL 只用于自带的流程服务器，不能与 LIFECYCLE_PREFECT_API_URL 同设。"
        )
    check_database(address)


def _check_ports(settings: Settings) -> None:
    wanted = [(settings.daemon_host, settings.daemon_port, "守护进程", "--port")]
    if not settings.prefect_api_url:
        wanted.insert(0, (HOST, settings.prefect_port, "流程服务器", "--prefect-port"))
    for host, port, whose, option in wanted:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                raise UnavailableFault(f"{whose}的端口 {port} 已被占用，请用 {option} 另选一个。") from None


def _announce(settings: Settings, server: FlowServer, say: Say, *, rehearsal: bool) -> None:
    login = login_file(settings.home)
    say("")
    say("一切就绪。" + ("（演练库：不按当前时间自动清查）" if rehearsal else ""))
    say(f"  流程看板  {server.ui_url}")
    if not settings.prefect_api_url and not settings.prefect_auth:
        say(f"  看板口令  {server.auth if sys.stdout.isatty() else f'见 {login}（仅本人可读）'}")
    say(f"  运行状况  http://{settings.daemon_host}:{settings.daemon_port}/health")
    say(f"  数据位置  {'PostgreSQL' if settings.database_url else settings.home}")
    if settings.prefect_database_url:
        say("  流程数据  PostgreSQL")
    say(f"  运行日志  {settings.home / 'logs'}")
    say("按 Ctrl-C 停止。")
