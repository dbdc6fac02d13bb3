"""Our outbox against the runs of the flow server: looked up, compared, repaired. Without prefect.

The comparison is `flows.comparison`. Only runs that carry this store's tag, that our own rows name, or that
a worker took and did not begin are looked at; only the outbox and those runs are changed, never the record.
Broken off, it is done again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import httpx

from flows import run_pages as pages
from flows.bootstrap import App, now
from flows.comparison import COMPLETED, DOUBLE, ORPHAN, Difference, Repair, RunSeen, compare, gone
from flows.failed_runs import link_of
from flows.flow_api import flow_api
from flows.server import FlowServer
from lifecycle.database import reading, transaction
from lifecycle.log import get_log
from lifecycle.outbox_repairs import Standing, known_of, link, requeue, standings

COMMANDS_AT_MOST: Final = 20_000
REPAIRS_AT_MOST: Final = 2_000
"""Of one reconciliation; the next one goes on."""
QUIET: Final = timedelta(minutes=15)
"""A run at work for so long, twice a lease at least, and held by nobody, has no process any more."""
EARLIER: Final = timedelta(days=1)
BEGUN_WITHIN: Final = timedelta(minutes=5)
"""A run that a worker took begins within seconds; one that has not by then is nobody's."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was compared and repaired; `left` are differences beyond `REPAIRS_AT_MOST`."""

    commands: int
    runs: int
    repaired: tuple[Difference, ...]
    left: int

    @property
    def sentence(self) -> str:
        """In one line."""
        told = f"核对操作 {self.commands} 项、运行 {self.runs} 次"
        counts = [
            f"{repair.label} {count}"
            for repair in Repair
            if (count := sum(one.repair is repair for one in self.repaired))
        ]
        over = f"；另有 {self.left} 处留待下次" if self.left else ""
        return f"{told}：{'、'.join(counts) if counts else '没有差异'}{over}"

    def rows(self, ui_url: str = "") -> list[dict[str, str]]:
        """One row for each repair."""
        return [
            {
                "处理": one.repair.label,
                "原因": one.why,
                "操作": one.command.id if one.command else (one.run and one.run.command_id) or "",
                "内容": one.command.summary if one.command else one.run.name if one.run else "",
                "运行": link_of(ui_url, one.run.id) if one.run else "",
            }
            for one in self.repaired
        ]

    def as_json(self, ui_url: str) -> dict[str, Any]:
        """The keys that a script reads."""
        return {
            "commands": self.commands,
            "runs": self.runs,
            "left": self.left,
            "repaired": [
                {
                    "repair": one.repair.value,
                    "why": one.why,
                    "command": one.command.id if one.command else one.run.command_id if one.run else None,
                    "run": one.run.id if one.run else None,
                    "link": link_of(ui_url, one.run.id) if one.run else None,
                }
                for one in self.repaired
            ],
        }


def reconcile_with(app: App, server: FlowServer, quiet: timedelta | None = None) -> Reconciled:
    """Compare and repair. UnavailableFault where the server is away; what is repaired by then stays."""
    at = now()
    since = at - timedelta(days=app.settings.reconcile_days)
    with reading(app.engine) as conn:  # before the runs: a row that says done then has its run already
        commands = standings(conn, since, at, COMMANDS_AT_MOST)
    with flow_api(server, patient=True) as client:
        runs = _runs(client, app.tag, since - EARLIER, commands)
        ids = sorted({run.command_id for run in runs if run.command_id})
        with reading(app.engine) as conn:
            known = known_of(conn, ids)
        longest = max(QUIET, timedelta(seconds=2 * app.settings.lease_seconds)) if quiet is None else quiet
        found = compare(commands, runs, known.keys(), at, longest)
        repaired = tuple(one for one in found[:REPAIRS_AT_MOST] if _repair(app, client, one, at))
    result = Reconciled(len(commands), len(runs), repaired, max(0, len(found) - REPAIRS_AT_MOST))
    get_log().info("reconciled", sentence=result.sentence)
    return result


def start_unbegun(app: App, server: FlowServer, quiet: timedelta) -> tuple[Difference, ...]:
    """Start again what a worker took and never began; returns what was done.

    What has been started again before is declared crashed, so that somebody is told. Raises UnavailableFault.
    """
    at = now()
    with flow_api(server, patient=True) as client:
        lost = gone(pages.taken_runs(client), at, quiet)
        return tuple(one for one in lost if _repair(app, client, one, at))


def _runs(client: httpx.Client, tag: str, since: datetime, commands: Sequence[Standing]) -> list[RunSeen]:
    """All runs of the commands, and what else is ours: by our tag, by the rows' own words, by the command.

    Besides those that a worker has in hand, which carry no tag of a store before they run.
    """
    found = {run.id: run for run in pages.our_runs(client, tag, since)}
    found |= {run.id: run for run in pages.taken_runs(client)}
    named = [one.flow_run_id for one in commands if one.flow_run_id and one.flow_run_id not in found]
    found |= {run.id: run for run in pages.runs_by_id(client, [one for one in named if _is_id(one)])}
    finished = {run.command_id for run in found.values() if run.state == COMPLETED}
    rest = [one.id for one in commands if one.id not in finished]
    return list((found | {run.id: run for run in pages.runs_of_commands(client, rest)}).values())


def _repair(app: App, client: httpx.Client, one: Difference, at: datetime) -> bool:
    """Repair one difference; False where it is none any more."""
    if one.repair is Repair.REQUEUE and one.command:
        with transaction(app.engine) as conn:
            repaired = requeue(conn, one.command)
    elif one.repair is Repair.LINK and one.command and one.run:
        with transaction(app.engine) as conn:
            repaired = link(conn, one.command, one.run.id, at)
    elif one.run:
        if one.repair is Repair.CRASH:
            pages.declare_crashed(client, one.run, one.why)
        elif one.repair is Repair.RESTART:
            pages.start_again(client, one.run)
        else:
            pages.add_tag(client, one.run, DOUBLE if one.repair is Repair.DOUBLE else ORPHAN)
        repaired = True
    else:
        return False
    if repaired:
        command = one.command.id if one.command else None
        get_log().info("repaired", repair=one.repair.value, command=command, run=one.run and one.run.id)
    return repaired


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
