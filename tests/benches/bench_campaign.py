"""A campaign in chunks against the same steps one by one, on one store: seconds, and projects a second.

The projects are copies of one that was really applied for. What one by one costs is measured on a part of
them. The limit is a ratio: a chunk must be so many times as fast as the steps one by one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from flows.bootstrap import App
from lifecycle.campaign_plan import CampaignPlan
from lifecycle.database import transaction
from lifecycle.requests import Request
from tests.campaign_store import register
from tests.flow_store import ACCEPTED, CHECKER, PROGRAMME, applied, practice_app
from tests.record_store import TABLES, Records

COPIED = ("project", "history", "history_value", "duty", "material")
ACTION = "accept_for_form_review"
PART = 500
"""Projects that are taken one by one, to know what all of them would cost."""
LIMIT = 1.5


def copies(app: App, like: str, count: int) -> list[str]:
    """So many copies of a project with all its rows."""
    ids = [f"{PROGRAMME}-{10_000 + number}" for number in range(count)]
    with transaction(app.engine) as conn:
        for name in COPIED:
            table = TABLES[name]
            key = "id" if name == "project" else "project_id"
            rows = [dict(row) for row in conn.execute(select(table).where(table.c[key] == like)).mappings()]
            if name != "project":
                rows = [{column: value for column, value in row.items() if column != "id"} for row in rows]
            for start in range(0, count, 1000):
                made = [
                    {**row, key: one, **_number(name, one)}
                    for one in ids[start : start + 1000]
                    for row in rows
                ]
                if made:
                    conn.execute(insert(table), made)
    return ids


def _number(table: str, project: str) -> dict[str, Any]:
    return {"number": int(project.rpartition("-")[2])} if table == "project" else {}


def measure(count: int, address: str | None) -> tuple[float, float, float]:
    """Seconds of the manifest, of the campaign, and of all projects one by one as far as known."""
    with tempfile.TemporaryDirectory() as folder:
        app = practice_app(Path(folder) / "store", database_url=address)
        register(Records(app, Path(folder)), CHECKER)
        ids = copies(app, applied(app, Path(folder)), count + PART)
        began = time.perf_counter()
        for one in ids[count:]:
            assert app.service.trigger(CHECKER, Request(ACTION, (one,), ACCEPTED)).done
        alone = (time.perf_counter() - began) * count / PART
        door = app.campaigns
        began = time.perf_counter()
        manifest = door.draft(CHECKER, CampaignPlan(ACTION, ACCEPTED, ids=tuple(ids[:count])))
        told = time.perf_counter() - began
        assert manifest.id is not None
        with transaction(app.engine) as conn:
            conn.execute(TABLES["campaign"].update().values(second=False))
        door.confirm(CHECKER, manifest.id, count)
        began = time.perf_counter()
        for number in door.pending_chunks(manifest.id):
            door.run_chunk(manifest.id, number)
        together = time.perf_counter() - began
        assert door.find(manifest.id).done == count
        app.close()
    return told, together, alone


def main() -> int:
    """Measure on SQLite, or on the PostgreSQL that is named."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--address")
    given = parser.parse_args()
    told, together, alone = measure(given.count, given.address)
    print(f"{given.count} projects, {'PostgreSQL' if given.address else 'SQLite'}")
    for name, seconds in (("manifest", told), ("campaign", together), ("one by one", alone)):
        print(f"  {name:<12}{seconds:8.2f} s   {seconds / given.count * 1000:6.3f} ms a project")
    print(f"  one by one / campaign = {alone / together:.2f} (at least {LIMIT})")
    return 0 if alone / together >= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
