"""One action on 100,000 projects through the flow server against the same without, slice by slice in turns.

Without means: the same campaigns, chunk by chunk, as `lifecycle campaigns run` does them. Every slice is a
campaign of its own, so that a busy moment falls on both alike; each through the server pays for a whole run
(tasks, progress, artifacts, events). Prints what the server's database grew by, for each campaign and each
task run. Ends with 1 when the limit is broken.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from flows.bootstrap import App, now, using
from flows.server import FlowServer, own_login, server_process
from flows.warm import warm_prefect
from lifecycle.campaign_plan import CHUNK, CampaignPlan
from lifecycle.database import reading, transaction
from lifecycle.log import configure_log
from lifecycle.outbox import find_command, finish_command
from notifications.dispatch import deliver
from tests.benches.bench_outage import await_health
from tests.benches.million import PROGRAMME, TABLES, crowd
from tests.campaign_store import register
from tests.flow_store import ACCEPTED, CHECKER
from tests.integration.ports import free_port
from tests.record_store import Records

ACTION = "accept_for_form_review"
SLICES = 4
LIMIT = 1.1


@dataclass(slots=True)
class Road:
    """One way to carry a campaign out, and the seconds of each slice."""

    label: str
    walk: Callable[[str], None]
    taken: list[float] = field(default_factory=list)


def drafted(app: App, ids: list[str]) -> str:
    """A confirmed campaign over these projects; returns its id."""
    manifest = app.campaigns.draft(CHECKER, CampaignPlan(ACTION, ACCEPTED, ids=tuple(ids)))
    assert manifest.id is not None
    with transaction(app.engine) as conn:
        conn.execute(TABLES["campaign"].update().values(second=False))
    return app.campaigns.confirm(CHECKER, manifest.id, len(ids)).id


def directly(app: App, campaign_id: str) -> None:
    """Every chunk, one after the other, then as many letters as a flow run takes with it."""
    from flows.trigger import DELIVERED_AT_MOST

    door = app.campaigns
    for number in door.pending_chunks(campaign_id):
        door.run_chunk(campaign_id, number)
    deliver(app.store, app.channels, now(), limit=DELIVERED_AT_MOST)


def by_flow(app: App, campaign_id: str) -> None:
    """The same as a flow run on the server."""
    from flows.campaign import run_campaign

    with reading(app.engine) as conn:
        command = find_command(conn, campaign_id)
    assert command is not None
    ran = run_campaign(app, command)
    with transaction(app.engine) as conn:
        finish_command(conn, campaign_id, ran, now())


def in_turns(app: App, ids: list[str], roads: tuple[Road, ...]) -> None:
    """Slice after slice, each road first in every other turn; a first small campaign warms both."""
    size = (len(ids) - 2 * CHUNK) // (len(roads) * SLICES)
    for road in roads:
        road.walk(drafted(app, [ids.pop() for _ in range(CHUNK)]))
    for turn in range(SLICES):
        for road in roads if turn % 2 == 0 else reversed(roads):
            campaign = drafted(app, [ids.pop() for _ in range(size)])
            began = time.perf_counter()
            road.walk(campaign)
            road.taken.append(time.perf_counter() - began)
            found = app.campaigns.find(campaign)
            assert (found.done, found.refused) == (size, 0), found
        print(
            f"  {turn + 1}/{SLICES}  " + "   ".join(f"{r.label} {sum(r.taken):7.1f} s" for r in roads),
            flush=True,
        )


def size_of(home: Path) -> int:
    """The bytes of the server's database, its log included."""
    return sum(file.stat().st_size for file in (home / "prefect").glob("prefect.db*"))


def report(projects: int, roads: tuple[Road, ...], grown: int) -> bool:
    """Print the table; whether the limit holds."""
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
    print(f"{projects} projects each way, {SLICES} campaigns, chunks of {CHUNK}, SQLite both")
    for road in roads:
        print(
            f"  {road.label:<24}{sum(road.taken):8.1f} s{sum(road.taken) / projects * 1000:8.3f} ms a project"
        )
    ratio = sum(roads[1].taken) / sum(roads[0].taken)
    tasks = -(-projects // CHUNK)
    print(f"  {'ratio':<24}{ratio:8.3f}   limit {LIMIT} {'ok' if ratio <= LIMIT else 'BROKEN'}")
    print(f"  the server's database grew by {grown / 1024:.0f} KiB: "
          f"{grown / 1024 / SLICES:.0f} a campaign, {grown / 1024 / tasks:.1f} a task run")  # fmt: skip
    return ratio <= LIMIT


def main() -> int:
    """Measure; the folder of the stores can be named, where memory is too small or too quick."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--folder")
    given = parser.parse_args()
    configure_log("text", "error")
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        home = Path(folder) / "server"
        port, login = free_port(), own_login(home)
        server = FlowServer(f"http://127.0.0.1:{port}/api", login)
        child = server_process(home, port, login)
        child.start()
        app = crowd(Path(folder), 2 * given.count + 2 * CHUNK)
        register(Records(app, Path(folder)), CHECKER)
        try:
            await_health(server, child)
            roads = (
                Road("without", lambda one: directly(app, one)),
                Road("by flow", lambda one: by_flow(app, one)),
            )
            ids = [f"{PROGRAMME}-{10_001 + n}" for n in range(2 * given.count + 2 * CHUNK)]
            with warm_prefect(server, home), using(app):
                before = size_of(home)
                in_turns(app, ids, roads)
                grown = size_of(home) - before
        finally:
            child.stop(5)
            app.close()
    return 0 if report(given.count, roads, grown) else 1


if __name__ == "__main__":
    sys.exit(main())
