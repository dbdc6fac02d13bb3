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

from lifecycle.campaign_plan import CampaignPlan
from lifecycle.database import transaction
from lifecycle.requests import Request
from tests.benches.million import PROGRAMME, TABLES, crowd
from tests.campaign_store import register
from tests.flow_store import ACCEPTED, CHECKER
from tests.record_store import Records

ACTION = "accept_for_form_review"
PART = 500
"""Projects that are taken one by one, to know what all of them would cost."""
LIMIT = 3


def measure(count: int, address: str | None) -> tuple[float, float, float]:
    """Seconds of the manifest, of the campaign, and of all projects one by one as far as known."""
    with tempfile.TemporaryDirectory() as folder:
        app = crowd(Path(folder), count + PART, address)
        register(Records(app, Path(folder)), CHECKER)
        ids = [f"{PROGRAMME}-{10_001 + number}" for number in range(count + PART)]
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
