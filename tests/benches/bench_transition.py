"""Durable transitions against writes by hand: SQLite, synchronous=FULL, turn by turn. Only measures.

Ours does everything: guards, reasons, hash chain, duties, notices, idempotency, outbox. By hand, a
small step is the least that could be called durable (state, a history row, two duties, an outbox
row); the start of a project, which opens its duties, is as many rows, as large, as ours writes.
Prints both ratios and the target of 2.5, which is not yet a limit: the bench never fails for it.
"""

from __future__ import annotations

import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.bootstrap import App, now
from lifecycle.calendars import load_calendar
from lifecycle.cases import load_case, project_row
from lifecycle.database import init_store, open_engine, reading
from lifecycle.requests import Request
from lifecycle.settings import read_settings
from lifecycle.surroundings import context_of
from states.decide import decide
from states.decision import Command
from states.names import Action, Role
from tests.cli import TALENT, TARGETS
from tests.flow_store import ACCEPTED, CHECKER, PROGRAMME, applied, practice_app
from tests.record_store import APPLIED, ASSOCIATION, ROAD, TABLES, WAIT, Records, records

ROUNDS = 200
STARTS = 48
"""Starts to measure: the programme has fifty places."""
STARTED = APPLIED + WAIT["start"]
TARGET = 2.5
Step = Callable[[int], None]

SCHEMA = """
PRAGMA journal_mode=WAL;
CREATE TABLE project (id TEXT PRIMARY KEY, state TEXT, version INTEGER);
CREATE TABLE history (id INTEGER PRIMARY KEY, project TEXT, seq INTEGER, at TEXT, body TEXT);
CREATE TABLE duty (id INTEGER PRIMARY KEY, project TEXT, slug TEXT, due TEXT, status TEXT);
CREATE TABLE outbox (id INTEGER PRIMARY KEY, project TEXT, body TEXT, status TEXT);
INSERT INTO project VALUES ('p', 'executing', 0);
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What one step writes: the new rows of each table as text, and the rows that it changes."""

    new: dict[str, list[str]]
    changed: dict[str, list[str]]

    def __str__(self) -> str:
        new = ", ".join(f"{len(rows)} {table}" for table, rows in self.new.items())
        return f"{new}; changed: {', '.join(f'{len(rows)} {table}' for table, rows in self.changed.items())}"


def connection(path: Path, schema: str) -> sqlite3.Connection:
    """A database of the driver's own, as durable as ours."""
    conn = sqlite3.connect(path, isolation_level=None)
    conn.executescript(schema)
    conn.execute("PRAGMA synchronous=FULL")
    return conn


def least(folder: Path) -> Step:
    """A small step as a handful of statements on the driver."""
    conn = connection(folder / "least.sqlite3", SCHEMA)

    def step(number: int) -> None:
        conn.execute("BEGIN IMMEDIATE")
        conn.execute("SELECT state, version FROM project WHERE id='p'").fetchone()
        conn.execute(
            "UPDATE project SET state='midterm', version=version+1 WHERE id='p' AND version=?", (number,)
        )
        conn.execute("INSERT INTO history (project, seq, at, body) VALUES ('p', ?, 'now', '{}')", (number,))
        for slug in ("first", "second"):
            conn.execute(
                "INSERT INTO duty (project, slug, due, status) VALUES ('p', ?, 'day', 'open')", (slug,)
            )
        conn.execute("INSERT INTO outbox (project, body, status) VALUES ('p', '{}', 'pending')")
        conn.execute("COMMIT")

    return step


def as_many_rows(folder: Path, written: Written) -> Step:
    """One transaction on the driver that writes as many rows, as large, as a step of ours."""
    # The names of tables are our own.
    conn = connection(folder / "rows.sqlite3", "PRAGMA journal_mode=WAL")
    work: list[tuple[str, list[tuple[str | int, ...]]]] = []
    for table in sorted({*written.new, *written.changed}):
        conn.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, body TEXT)")
        changed = [(body, number) for number, body in enumerate(written.changed.get(table, ()))]
        conn.executemany(f"INSERT INTO {table} (body, id) VALUES (?, ?)", changed)  # noqa: S608
        work.append((f"UPDATE {table} SET body=? WHERE id=?", [*changed]))  # noqa: S608
        new = [(body,) for body in written.new.get(table, ())]
        work.append((f"INSERT INTO {table} (body) VALUES (?)", [*new]))  # noqa: S608
    work = [(statement, rows) for statement, rows in work if rows]

    def step(_: int) -> None:
        conn.execute("BEGIN IMMEDIATE")
        conn.execute("SELECT body FROM project WHERE id=0").fetchone()
        for statement, rows in work:
            conn.executemany(statement, rows)
        conn.execute("COMMIT")

    return step


def acceptance(folder: Path) -> tuple[App, str, Step]:
    """A small step through the one service."""
    app = practice_app(folder / "store")
    projects = [applied(app, folder, number) for number in range(ROUNDS + 1)]

    def step(number: int) -> None:
        request = Request("accept_for_form_review", (projects[number],), ACCEPTED)
        assert app.service.trigger(CHECKER, request).done

    return app, projects[-1], step


def talent(number: int) -> dict[str, Any]:
    """What an application says, so that nothing speaks against it."""
    facts = {
        **TALENT,
        "talent.name": f"示例人才{number}",
        "talent.membership_unit": f"河南省示例学会{number}",
    }
    return {"facts": facts, "targets": {name: value == "是" or value for name, value in TARGETS.items()}}


def start(folder: Path) -> tuple[App, Step, Written]:
    """The start of approved projects, and what one writes. The paper that it takes is archived already."""
    settings = read_settings({}, home=folder / "started")
    engine = open_engine(settings)
    init_store(engine, settings, rehearsal=True, at=now(), admin_login="root")
    engine.dispose()
    store = records(settings, folder)
    projects = [store.apply(number, programme=PROGRAMME, **talent(number)) for number in range(STARTS + 1)]
    for action, actor, given in ROAD:
        if action == "start":
            break
        assert store.ask(action, *projects, actor=actor, **given).refused == ()
    paper = (("contract", store.paper("contract.txt", "contract")),)

    def step(number: int) -> None:
        request = Request("start", (projects[number],), STARTED, materials=paper)
        assert store.service.trigger(ASSOCIATION, request).done

    return store.app, step, difference(store, lambda: step(STARTS))


def difference(store: Records, act: Callable[[], None]) -> Written:
    """What one step writes, found by looking at all rows before and after it."""
    before = store.everything()
    act()
    after = store.everything()
    new: dict[str, list[str]] = {}
    changed: dict[str, list[str]] = {}
    for table in TABLES:
        keys = [column.name for column in TABLES[table].primary_key]
        known = {key(row, keys): row for row in before[table]}
        for row in after[table]:
            if known.get(key(row, keys)) == row:
                continue
            kind = changed if key(row, keys) in known else new
            kind.setdefault(table, []).append(json.dumps(row, default=str, ensure_ascii=False))
    return Written(new, changed)


def key(row: dict[str, Any], names: list[str]) -> tuple[Any, ...]:
    """The primary key of a row."""
    return tuple(row[name] for name in names)


def decision(app: App, project: str) -> float:
    """Microseconds of one decision in memory, guards and reasons included."""
    with reading(app.engine) as conn:
        row = project_row(conn, project)
        case, programme = load_case(conn, app.store, row)
        context = context_of(conn, app.store, row, case, programme, ACCEPTED, None)
    command = Command(Action.ACCEPT_FOR_FORM_REVIEW, ACCEPTED, "checker", frozenset({Role.FORM_CHECKER}))
    decide(case, command, context)
    began = time.perf_counter()
    for _ in range(2000):
        decide(case, command, context)
    return (time.perf_counter() - began) / 2000 * 1e6


def medians(rounds: int, *steps: Step) -> list[float]:
    """The middle time of each (µs), taken in turns."""
    taken: list[list[float]] = [[] for _ in steps]
    for number in range(rounds):
        for times, step in zip(taken, steps, strict=True):
            began = time.perf_counter()
            step(number)
            times.append(time.perf_counter() - began)
    return [statistics.median(times) * 1e6 for times in taken]


def report(what: str, hand: float, ours: float) -> None:
    """One comparison."""
    print(f"{what + ', by hand':<28}{hand:8.0f} µs")
    print(f"{what + ', everything':<28}{ours:8.0f} µs   {ours / hand:.1f} × by hand; target {TARGET} ×")


def main() -> None:
    """Take turns and print medians and ratios."""
    load_calendar()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        app, project, accept = acceptance(folder)
        started, begin, written = start(folder)
        report("a small step", *medians(ROUNDS, least(folder), accept))
        report("a start", *medians(STARTS, as_many_rows(folder, written), begin))
        print(f"a start writes: {written}")
        print(f"{'one decision in memory':<28}{decision(app, project):8.1f} µs")
        app.close()
        started.close()


if __name__ == "__main__":
    main()
