"""The watch: what is wrong right now, told once to the administrators; what has ended, ended.

It works while the flow server is away, and finds the failed runs of which no automation told us. It repairs
nothing but the automation.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from flows.automation import NAME, automate
from flows.bootstrap import SHANGHAI, App, now
from flows.conditions import BEHIND_SECONDS, BY_NAME, DISK_BYTES, FLOW_RUN, Condition
from flows.failed_runs import settle_runs, warn_of_run
from flows.flow_api import failed_runs, flow_api, run_states, workers_of
from flows.schedule import JOBS
from flows.server import FlowServer
from lifecycle.database import reading, transaction
from lifecycle.jobs import FAILED, job_states
from lifecycle.ledger import NOTICE
from lifecycle.log import get_log
from lifecycle.outbox import Backlog, backlog
from lifecycle.warning_ledger import KIND, Trouble, Warned, begin, end, known, lasting, tell
from states.errors import UnavailableFault
from states.names import NoticeStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection

LOOK_BACK: Final = timedelta(days=7)
"""How long ago a run may have failed while no daemon of ours ran."""


@dataclass(frozen=True, slots=True)
class OnServer:
    """What only the flow server knows; as it stands here where it does not answer."""

    automated: bool = True
    workers: int | None = None
    states: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks at one store and its flow server."""

    app: App
    server: FlowServer

    def look(self, moment: datetime | None = None) -> tuple[str, ...]:
        """Look once; returns the conditions that were told of now."""
        moment = moment or now()
        healthy = self.server.healthy()
        with reading(self.app.engine) as conn:
            last = lasting(conn)
        on_server = self._on_server(last) if healthy else OnServer()
        with reading(self.app.engine) as conn:
            line = backlog(conn)
            wrong = [*self._wrong(conn, line, last, moment, healthy)]
        wrong += [] if on_server.automated else [trouble("automation", {"name": NAME})]
        wrong += [] if on_server.workers != 0 else [trouble("worker", {})]
        told = self._write({_key(one): one for one in wrong}, last, line, moment, on_server.states)
        if healthy:
            self._failed_runs(moment)
        return told

    def _wrong(
        self, conn: Connection, line: Backlog, last: list[Warned], moment: datetime, healthy: bool
    ) -> Iterator[Trouble]:
        """What is wrong now by the database and the disk, in words."""
        figures: dict[str, Any] = {"home": self.app.settings.home, "waiting": line.pending + line.running}
        if not healthy:
            began = next((one.since for one in last if one.condition == "flow_server"), moment)
            yield trouble("flow_server", figures | {"since": clock(began)})
        for job in failing_jobs(conn):
            yield trouble("job_failed", figures | job, str(job["name"]))
        if line.failed:
            yield trouble("commands_failed", figures | {"count": line.failed})
        if healthy and line.oldest and moment - line.oldest > timedelta(seconds=BEHIND_SECONDS):
            yield trouble("commands_behind", figures)
        if dead := _dead(conn):
            yield trouble("notices_dead", figures | {"count": dead})
        if silent := [one for one in last if one.condition == FLOW_RUN.name and not one.told_at]:
            yield trouble("flow_runs", figures | {"count": len(silent)})
        free = free_bytes(self.app.settings.home)
        if free < DISK_BYTES:
            yield trouble("disk_low", figures | {"free": f"{free / 2**20:.0f} MiB"})

    def _write(
        self,
        wrong: Mapping[tuple[str, str], Trouble],
        last: list[Warned],
        line: Backlog,
        moment: datetime,
        states: Mapping[str, str],
    ) -> tuple[str, ...]:
        """Begin, tell and end; nothing is written where nothing changed."""
        known_since = {_key(one): one.since for one in last}
        settled = {_key(one) for one in last if one.told_at}
        ripe = [
            one
            for key, one in wrong.items()
            if key not in settled
            and moment - known_since.get(key, moment) >= self._after(BY_NAME[one.condition])
        ]
        over = [one for one in last if one.condition != FLOW_RUN.name and _key(one) not in wrong]
        runs = any(one.condition == FLOW_RUN.name for one in last)
        if not (over or ripe or runs or wrong.keys() - known_since.keys()):
            return ()
        routes, told = self.app.settings.routes, []
        with transaction(self.app.engine) as conn:
            for one in wrong.values():
                begin(conn, one, moment)
            for one in ripe:
                keys = tell(conn, one, moment, routes)
                told += [(one, keys)] if keys is not None else []
            for gone in over:
                end(conn, gone.condition, gone.subject, moment, routes, _over(gone, line, moment))
            settle_runs(conn, moment, states)
        for one, keys in told:
            get_log().warning("warned", condition=one.condition, sentence=one.sentence, notices=len(keys))
        return tuple(one.condition for one, _ in told)

    def _after(self, condition: Condition) -> timedelta:
        if condition.after is None:
            return timedelta(minutes=self.app.settings.flow_server_away_minutes)
        return timedelta(seconds=condition.after)

    def _on_server(self, last: list[Warned]) -> OnServer:
        """What the flow server knows of it, after the automation was mended."""
        runs = [str(one.details["run"]) for one in last if one.condition == FLOW_RUN.name]
        try:
            enabled = automate(self.server, self.app.settings)
            with flow_api(self.server) as client:
                workers, _ = workers_of(client)
                states = run_states(client, runs)
        except UnavailableFault as fault:
            get_log().warning("flow_server_not_seen", error=str(fault))
            return OnServer()
        return OnServer(enabled, workers, states)

    def _failed_runs(self, moment: datetime) -> None:
        try:
            runs = failed_runs(self.server, moment - LOOK_BACK)
        except UnavailableFault as fault:
            get_log().warning("failed_runs_not_seen", error=str(fault))
            return
        with reading(self.app.engine) as conn:
            before = known(conn, [run.key for run in runs])
        for run in runs:
            if run.key not in before:
                warn_of_run(self.app, run, moment)


def failing_jobs(conn: Connection) -> list[dict[str, str]]:
    """The jobs of the table whose last run failed: name, purpose, what it said."""
    states = job_states(conn, [job.name for job in JOBS])
    return [
        {"name": job.name, "purpose": job.purpose, "words": states[job.name].words or "原因不明"}
        for job in JOBS
        if states[job.name].result == FAILED
    ]


def trouble(name: str, figures: Mapping[str, Any], subject: str = "") -> Trouble:
    """A row of the table with its figures."""
    row = BY_NAME[name]
    return Trouble(
        condition=name,
        subject=subject,
        sentence=row.sentence.format_map(figures),
        meaning=row.meaning.format_map(figures),
        advice=tuple(one.format_map(figures) for one in row.advice),
    )


def clock(moment: datetime) -> str:
    """A moment as people here read it."""
    return f"{moment.astimezone(SHANGHAI):%m月%d日 %H:%M}"


def free_bytes(folder: Path) -> int:
    """The room on the disk of a folder that may not be there yet."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    return shutil.disk_usage(there).free


def _key(one: Trouble | Warned) -> tuple[str, str]:
    return one.condition, one.subject


def _over(one: Warned, line: Backlog, moment: datetime) -> Trouble | None:
    row = BY_NAME[one.condition]
    if not row.over:
        return None
    minutes = int((moment - one.since).total_seconds() // 60)
    figures = {"minutes": minutes, "waiting": line.pending + line.running}
    return Trouble(one.condition, one.subject, row.over.format_map(figures), "", ("无须办理",))


def _dead(conn: Connection) -> int:
    """Notices that were given up. Those of warnings are left out: a warning about them would be one more."""
    n = NOTICE.c
    dead = select(func.count()).where(n.status == NoticeStatus.DEAD.value, n.kind != KIND)
    return int(conn.execute(dead).scalar_one())
