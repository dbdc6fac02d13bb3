"""One durable transition against the same writes by hand: SQLite, synchronous=FULL, turn by turn.

Ours does everything: guards, reasons, hash chain, duties, notices, idempotency, outbox. By hand is
the least that could be called durable: one transaction with the state, a history row, two duties
and an outbox row. Prints both and the ratio; the first step towards the limit of 2.5.
"""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flows.bootstrap import App
from lifecycle.calendars import load_calendar
from lifecycle.cases import load_case, project_row
from lifecycle.database import reading
from lifecycle.requests import Request
from lifecycle.stepping import context_of
from states.decide import decide
from states.decision import Command
from states.names import Action, Role
from tests.flow_store import ACCEPTED, CHECKER, applied, practice_app

ROUNDS = 200

SCHEMA = """
PRAGMA journal_mode=WAL;
CREATE TABLE project (id TEXT PRIMARY KEY, state TEXT, version INTEGER);
CREATE TABLE history (id INTEGER PRIMARY KEY, project TEXT, seq INTEGER, at TEXT, body TEXT);
CREATE TABLE duty (id INTEGER PRIMARY KEY, project TEXT, slug TEXT, due TEXT, status TEXT);
CREATE TABLE outbox (id INTEGER PRIMARY KEY, project TEXT, body TEXT, status TEXT);
INSERT INTO project VALUES ('p', 'executing', 0);
"""


def by_hand(folder: Path) -> Callable[[int], None]:
    """The transition as a handful of statements on the driver."""
    conn = sqlite3.connect(folder / "hand.sqlite3", isolation_level=None)
    conn.executescript(SCHEMA)
    conn.execute("PRAGMA synchronous=FULL")

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


def through_the_service(folder: Path) -> tuple[App, str, Callable[[int], None]]:
    """The same through the one service."""
    app = practice_app(folder / "store")
    projects = [applied(app, folder, number) for number in range(ROUNDS + 1)]

    def step(number: int) -> None:
        request = Request("accept_for_form_review", (projects[number],), ACCEPTED)
        assert app.service.trigger(CHECKER, request).done

    return app, projects[-1], step


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


def main() -> None:
    """Take turns and print medians."""
    load_calendar()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        hand = by_hand(folder)
        app, project, ours = through_the_service(folder)
        taken: dict[str, list[float]] = {"hand": [], "ours": []}
        for number in range(ROUNDS):
            for label, step in (("hand", hand), ("ours", ours)):
                began = time.perf_counter()
                step(number)
                taken[label].append(time.perf_counter() - began)
        raw, full = (statistics.median(taken[label]) * 1e6 for label in ("hand", "ours"))
        print(f"one durable transition by hand       {raw:8.0f} µs")
        print(f"one durable transition, everything   {full:8.0f} µs   {full / raw:.1f} × by hand")
        print(f"one decision in memory               {decision(app, project):8.1f} µs")
        app.close()


if __name__ == "__main__":
    main()
