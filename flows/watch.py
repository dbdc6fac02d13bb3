"""The watch: what is wrong right now, told once to the administrators; what has ended, ended.

It works while the flow server is away, and finds the failed runs of which no automation told us. It repairs
nothing but the automation.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from flows.automation import NAME, ensure_automation, warning_url
from flows.bootstrap import SHANGHAI, App, now
from flows.conditions import BEHIND_SECONDS, BY_NAME, DISK_BYTES, FLOW_RUN, Condition
from flows.failed_runs import settle_runs, warn_of_run
from flows.flow_api import failed_runs
from flows.server import FlowServer, warning_token
from lifecycle.database import reading, transaction
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
class Watch:
    """Looks at one store and its flow server."""

    app: App
    server: FlowServer

    def look(self, moment: datetime | None = None) -> tuple[str, ...]:
        """Look once; returns the conditions that were told of now."""
        moment = moment or now()
        healthy = self.server.healthy()
        automated = not healthy or self._automated()
        with reading(self.app.engine) as conn:
            line = backlog(conn)
            wrong = {one.condition: one for one in self._wrong(conn, line, moment, healthy, automated)}
            last = lasting(conn)
        told = self._write(wrong, last, line, moment)
        if healthy:
            self._failed_runs(moment)
        return told

    def _wrong(
        self, conn: Connection, line: Backlog, moment: datetime, healthy: bool, automated: bool
    ) -> Iterator[Trouble]:
        """What is wrong now, in words."""
        figures: dict[str, Any] = {
            "home": self.app.settings.home, "waiting": line.pending + line.running, "name": NAME
        }  # fmt: skip
        if not healthy:
            began = next((one.since for one in lasting(conn) if one.condition == "flow_server"), moment)
            yield trouble("flow_server", figures | {"since": clock(began)})
        if not automated:
            yield trouble("automation", figures)
        if line.failed:
            yield trouble("commands_failed", figures | {"count": line.failed})
        if healthy and line.oldest and moment - line.oldest > timedelta(seconds=BEHIND_SECONDS):
            yield trouble("commands_behind", figures)
        if dead := _dead(conn):
            yield trouble("notices_dead", figures | {"count": dead})
        if silent := [one for one in lasting(conn) if one.condition == FLOW_RUN.name and not one.told_at]:
            yield trouble("flow_runs", figures | {"count": len(silent)})
        free = free_bytes(self.app.settings.home)
        if free < DISK_BYTES:
            yield trouble("disk_low", figures | {"free": f"{free / 2**20:.0f} MiB"})

    def _write(
        self, wrong: Mapping[str, Trouble], last: list[Warned], line: Backlog, moment: datetime
    ) -> tuple[str, ...]:
        over = [one for one in last if one.condition in BY_NAME and one.condition not in wrong]
        over = [one for one in over if one.condition != FLOW_RUN.name]
        since = {one.condition: one.since for one in last}
        settled = {one.condition for one in last if one.told_at}
        ripe = [
            name for name in wrong
            if name not in settled and moment - since.get(name, moment) >= self._after(BY_NAME[name])
        ]  # fmt: skip
        runs = any(one.condition == FLOW_RUN.name for one in last)
        if not (over or ripe or runs or wrong.keys() - since.keys()):
            return ()
        routes, told = self.app.settings.routes, []
        with transaction(self.app.engine) as conn:
            for one in wrong.values():
                begin(conn, one, moment)
            for name in ripe:
                keys = tell(conn, wrong[name], moment, routes)
                told += [name] if keys is not None else []
                if keys == ():
                    get_log().warning("warning_reaches_nobody", sentence=wrong[name].sentence)
            for gone in over:
                end(conn, gone.condition, gone.subject, moment, routes, _over(gone, line, moment))
            settle_runs(conn, moment)
        for name in told:
            get_log().warning("warned", condition=name, sentence=wrong[name].sentence)
        return tuple(told)

    def _after(self, condition: Condition) -> timedelta:
        if condition.after is None:
            return timedelta(minutes=self.app.settings.flow_server_away_minutes)
        return timedelta(seconds=condition.after)

    def _automated(self) -> bool:
        settings = self.app.settings
        try:
            return ensure_automation(self.server, warning_url(settings), warning_token(settings.home))
        except UnavailableFault as fault:
            get_log().warning("automation_not_seen", error=str(fault))
            return True

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
