"""Ten thousand deadlines as rows that a sweep asks for, against one APScheduler job for each of them.

Both are written durably to SQLite on the disk of the temporary folder, then all fall due. Either way each
deadline ends as a reminder or an overdue mark with its notice: a job writes them for its own one by the
driver alone, every value known beforehand. Ends with 1 when the limit is broken.
"""

from __future__ import annotations

import logging
import os
import platform
import sqlite3
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apscheduler
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import create_engine, event, select

from flows.bootstrap import now
from lifecycle.calendars import load_calendar
from lifecycle.database import transaction
from lifecycle.settings import store_file
from lifecycle.sweeping import sweep
from tests.benches.million import DAYS, TABLES, million

DEADLINES = int(os.environ.get("BENCH_DEADLINES", "10000"))
LIMIT = 5.0
"""Wished for were 50: SQL by hand alone needs a fortieth of what the timers do here, so that no sweep can."""
LEFT = threading.Semaphore(0)


HERE = threading.local()
DUTY = "UPDATE duty SET status = 'overdue', reminded_on = :on, next_on = :next WHERE id = :duty"
PROJECT = "UPDATE project SET overdue = overdue + 1 WHERE id = :project"
NOTICE = (
    "INSERT INTO notice (key, project_id, duty_id, kind, letter, receiver, channel, subject, details, "
    "status, attempts, created_on) VALUES (:key, :project, :duty, 'overdue', 0, 'undertaking_unit', 'mail', "
    "'逾期', '{}', 'pending', 0, :on)"
)


def fire(file: str, duty: int, project: str) -> None:
    """What a job does: the changes of one deadline in one durable transaction."""
    if not hasattr(HERE, "connection"):
        HERE.connection = sqlite3.connect(file, timeout=60, isolation_level=None)
        durable(HERE.connection, None)
    on, later = str(DAYS[0]), str(DAYS[0] + timedelta(days=6))
    named = {"on": on, "next": later, "duty": duty, "project": project, "key": f"{project}.{duty}.overdue"}
    HERE.connection.execute("BEGIN IMMEDIATE")
    for statement in (DUTY, PROJECT, NOTICE):
        HERE.connection.execute(statement, named)
    HERE.connection.execute("COMMIT")
    LEFT.release()


def durable(connection: sqlite3.Connection, _record: object) -> None:
    """The same promises as our store: nothing that was committed is lost."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}").close()


def jobs(folder: Path) -> tuple[float, float]:
    """Seconds to add one job for each deadline, and to fire them all."""
    app = million(folder / "theirs", DEADLINES, DAYS[:1], DEADLINES)
    duty, file = TABLES["duty"], str(store_file(app.settings))
    with transaction(app.engine) as conn:
        owed = [tuple(row) for row in conn.execute(select(duty.c.id, duty.c.project_id).order_by(duty.c.id))]
    app.close()
    engine = create_engine(f"sqlite:///{folder / 'jobs.sqlite3'}")
    event.listen(engine, "connect", durable)
    scheduler = BackgroundScheduler(jobstores={"default": SQLAlchemyJobStore(engine=engine)}, timezone=UTC)
    scheduler.start(paused=True)
    due = datetime.now(UTC) - timedelta(seconds=1)
    began = time.perf_counter()
    for number, project in owed:
        given = (file, number, project)
        scheduler.add_job(fire, "date", run_date=due, args=given, id=str(number), misfire_grace_time=None)
    added = time.perf_counter() - began
    began = time.perf_counter()
    scheduler.resume()
    for _ in range(DEADLINES):
        LEFT.acquire()
    while scheduler.get_jobs():  # the last ones are taken out of the store after they were handed on
        time.sleep(0.01)
    fired = time.perf_counter() - began
    scheduler.shutdown()
    engine.dispose()
    return added, fired


def rows(folder: Path) -> tuple[float, float]:
    """Seconds to write one duty for each deadline, and to sweep them all."""
    app = million(folder, DEADLINES, DAYS[:1], DEADLINES)
    duty = TABLES["duty"]
    with transaction(app.engine) as conn:  # what was filled in quickly is written again as the record writes
        like = [dict(row) for row in conn.execute(duty.select().order_by(duty.c.id)).mappings()]
        conn.execute(duty.delete())
    began = time.perf_counter()
    size = DEADLINES // 20
    for start in range(0, DEADLINES, size):
        with transaction(app.engine) as conn:
            conn.execute(duty.insert(), like[start : start + size])
    added = time.perf_counter() - began
    began = time.perf_counter()
    swept = sweep(app.store, DAYS[0], now())
    fired = time.perf_counter() - began
    assert swept.overdue == DEADLINES // 2, swept
    app.close()
    return added, fired


def main() -> int:
    """Measure both once: thousands of deadlines are many rounds already."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    load_calendar()
    print(f"{platform.platform()}, {os.cpu_count()} CPUs, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as name:
        ours = rows(Path(name) / "store")
        theirs = jobs(Path(name))
    for what, (added, fired) in ((f"APScheduler {apscheduler.version}", theirs), ("rows and a sweep", ours)):
        print(f"{what:<24}{DEADLINES:,} added in {added:7.2f} s, fired in {fired:7.2f} s")
    ratio = sum(theirs) / sum(ours)
    held = ratio >= LIMIT
    print(f"{'rows are faster by':<24}{ratio:.0f} x (limit {LIMIT:.0f}) {'PASS' if held else 'FAIL'}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
