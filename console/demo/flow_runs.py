"""Real Prefect runs in the demo: a flow server that boots while the story is played, then runs on it.

Where the server does not come up in time the demo says so and goes on: the commands wait in the
outbox of the store, and `lifecycle up` carries them out.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from console.demo.voice import Voice
from flows.bootstrap import App, now, using
from flows.child import Child
from flows.server import HOST, FlowServer, own_login, server_process
from flows.warm import capped, warm_prefect
from lifecycle.claims import waiting_count
from lifecycle.database import reading
from lifecycle.outbox import backlog

PATIENCE_SECONDS = 25.0
"""How long the demo waits for the server, counted from its start…"""
LAST_PATIENCE_SECONDS = 8.0
"""…but at least so long after the story: on a busy machine both are slow."""
GRACE_SECONDS = 3.0
ONE_RUN_SECONDS = 15.0
BUDGET_SECONDS = 7.0
"""After this no further command is carried out; the rest waits in the outbox."""
POLL_SECONDS = 0.2


@dataclass(slots=True)
class FlowsDone:
    """What became of the runs."""

    finished: int = 0
    waiting: int = 0
    server: bool = False
    seconds: float = 0.0
    error: str | None = None


class FlowHouse:
    """The flow server of one demo."""

    def __init__(self, app: App) -> None:
        self._app = app
        port = _free_port()
        login = own_login(app.settings.home)
        self._server = FlowServer(f"http://{HOST}:{port}/api", login)
        self._child: Child = server_process(app.settings.home, port, login)
        self._started = 0.0

    def start(self) -> None:
        """Start the server; it boots beside the story."""
        self._child.start()
        self._started = time.monotonic()

    def stop(self) -> None:
        """Stop the server with all that it started."""
        self._child.stop(GRACE_SECONDS)

    def run(self, commands: Sequence[str], on: date, voice: Voice) -> FlowsDone:
        """A sweep, a run for each command, and a delivery; never raises for the server."""
        done = FlowsDone(server=self._ready(voice))
        began = time.monotonic()
        if done.server:
            try:
                self._carry_out(commands, on, voice, done)
            except Exception as fault:  # noqa: BLE001 - the record holds whatever the server does
                done.error = f"{type(fault).__name__}：{fault}"[:300]
        with reading(self._app.engine) as conn:
            line = backlog(conn)
        done.waiting = line.pending + line.running
        done.seconds = time.monotonic() - began
        return done

    def _ready(self, voice: Voice) -> bool:
        deadline = max(self._started + PATIENCE_SECONDS, time.monotonic() + LAST_PATIENCE_SECONDS)
        told = False
        while not self._server.healthy():
            if not self._child.alive or time.monotonic() > deadline:
                return False
            if not told:
                voice.beside("等待流程服务器启动……")
                told = True
            time.sleep(POLL_SECONDS)
        return True

    def _carry_out(self, commands: Sequence[str], on: date, voice: Voice, done: FlowsDone) -> None:
        with warm_prefect(self._server, self._app.settings.home), using(self._app):
            from flows.events import ANNOUNCER, AT_EXIT_SECONDS
            from flows.post import run_post
            from flows.sweep import run_sweep
            from flows.trigger import trigger_flow

            until = time.monotonic() + BUDGET_SECONDS
            capped(lambda: run_sweep(on), ONE_RUN_SECONDS)
            done.finished += 1
            for command in commands:
                if time.monotonic() > until:
                    break
                capped(partial(trigger_flow, command), ONE_RUN_SECONDS)
                done.finished += 1
                if done.finished % 5 == 0:
                    voice.beside(f"流程运行已完成 {done.finished} 次……")
            with reading(self._app.engine) as conn:
                waiting = waiting_count(conn, now())
            capped(lambda: run_post(waiting), ONE_RUN_SECONDS)
            done.finished += 1
            ANNOUNCER.flush(AT_EXIT_SECONDS)  # the server is stopped next


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
