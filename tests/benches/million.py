"""Stores with as many open duties as wanted, made by a few INSERT … SELECT, for the benches.

The rows are those of a real project, copied: what is measured is reading and sweeping, not intake.
"""

# ruff: noqa: S608
from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Connection, Table, text

from flows.bootstrap import App, now
from lifecycle.database import init_store, open_engine, transaction
from lifecycle.models import Base
from lifecycle.settings import read_settings
from tests.flow_store import CLERK, PROGRAMME, applied

PROJECTS, UNITS = 20_000, 200
"""Projects and units among which the duties are shared out."""
DUTY = "midterm_report"
DAYS = tuple(date(2023, 6, 7) + timedelta(days=7 * n) for n in range(8))
"""Working days with duties to look at; one day is one round of a bench."""
OPENED, FAR = date(2023, 2, 1), date(2031, 1, 1)
PARKED = date(2040, 1, 1)
"""When a duty that a round has dealt with is next looked at: never, for the bench."""
TABLES = Base.metadata.tables


def million(
    folder: Path, duties: int, days: Sequence[date] = DAYS, each: int = 0, address: str | None = None
) -> App:
    """A practice store with `duties` open ones, of which `each` have to be looked at on each of the days."""
    app, like = _founded(folder, address)
    with transaction(app.engine) as conn:
        _copy_units(conn, like)
        _copy_projects(conn, like, PROJECTS, "executing")
        _copy_duties(conn, duties, days, each)
        conn.execute(text("UPDATE store SET swept_on = :on"), {"on": str(days[0] - timedelta(days=1))})
    return app


def crowd(folder: Path, projects: int, address: str | None = None) -> App:
    """A practice store with so many submitted applications that wait for acceptance, with their history."""
    app, like = _founded(folder, address)
    with transaction(app.engine) as conn:
        _copy_units(conn, like)
        named = {"project_id": f"'{PROGRAMME}-' || (10000 + i)"}
        _copy_projects(conn, like, projects, "submitted")
        _insert(conn, TABLES["history"], projects, named, f"history.project_id = '{like}'")
        conn.execute(text("DELETE FROM command"))
    return app


def _founded(folder: Path, address: str | None) -> tuple[App, str]:
    """A practice store with one application, which the others are copied from."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = read_settings({}, home=folder / "store", database_url=address)
    engine = open_engine(settings)
    init_store(engine, settings, rehearsal=True, at=now(), admin_login="root")
    engine.dispose()
    app = App(settings)
    app.service.open_call(CLERK, PROGRAMME, date(2023, 3, 1), reason="来件补录")
    return app, applied(app, folder)


def _day(conn: Connection, day: date, plus: str = "0") -> str:
    """SQL for a day and a whole number of days after it."""
    if conn.dialect.name == "sqlite":
        return f"date('{day}', ({plus}) || ' days')"
    return f"(DATE '{day}' + CAST({plus} AS integer))"


def _insert(conn: Connection, table: Table, upto: int, values: dict[str, str], like: str = "") -> None:
    """Insert `upto` rows: the columns named by SQL, the others as in the row that `like` selects."""
    names = [c.name for c in table.columns if c.name in values or (like and c.name != "id")]
    chosen = ", ".join(values.get(name, f'"{name}"') for name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    source = f"n, {table.name} WHERE {like}" if like else "n"
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {upto})"
    # Every name and value here is our own.
    conn.execute(text(f"INSERT INTO {table.name} ({quoted}) {numbers} SELECT {chosen} FROM {source}"))


def _copy_units(conn: Connection, like: str) -> None:
    unit = f"unit.id = (SELECT unit_id FROM project WHERE id = '{like}')"
    name = "'河南省示例学会之' || i"
    _insert(conn, TABLES["unit"], UNITS, {"id": "1000 + i", "name": name, "normal_name": name}, unit)


def _copy_projects(conn: Connection, like: str, upto: int, state: str) -> None:
    values = {
        "id": f"'{PROGRAMME}-' || (10000 + i)",
        "number": "10000 + i",
        "unit_id": f"1001 + i % {UNITS}",
        "state": f"'{state}'",
    }
    _insert(conn, TABLES["project"], upto, values, f"project.id = '{like}'")


def _copy_duties(conn: Connection, duties: int, days: Sequence[date], each: int) -> None:
    """Half of those of a day are due in a week, half since yesterday; all others lie years ahead."""
    turns = [f"WHEN i <= {each * (n + 1)} THEN {(day - days[0]).days}" for n, day in enumerate(days)]
    after = f"CASE {' '.join(turns)} ELSE {(FAR - days[0]).days} + i % 700 END"
    due = _day(
        conn, days[0], f"{after} + CASE WHEN i > {each * len(days)} THEN 30 WHEN i % 2 = 0 THEN 7 ELSE -1 END"
    )
    values = {
        "project_id": f"'{PROGRAMME}-' || (10001 + i % {PROJECTS})",
        "slug": f"'{DUTY}'",
        "occurrence": "'' || i",
        "rule": "'R-DL-11'",
        "label": "'中期考核'",
        "owed_by": "'undertaking_unit'",
        "anchor": "'start'",
        "anchor_date": _day(conn, OPENED),
        "legal_due": due,
        "due": due,
        "soft_due": due,
        "provisional": "FALSE",
        "suggested": "FALSE",
        "status": "'open'",
        "opened_on": _day(conn, OPENED),
        "opened_seq": "1",
        "next_on": _day(conn, days[0], after),
        "marks": "'[]'",
        "moves": "'[]'",
        "steps": "'[\"2023-02-01 + 12 个月\"]'",
    }
    _insert(conn, TABLES["duty"], duties, values)
