"""How long a person waits before the command line answers: the median wall time of whole processes.

The rows take turns, so that a busy moment falls on each alike. Ends with 1 when a limit is broken.
"""

from __future__ import annotations

import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Column, Insert, create_engine, inspect
from sqlmodel import SQLModel

from lifecycle.models import PackRow, ProjectRow, UnitRow

ROUNDS = 15
PROJECTS = 200
DAY = date(2023, 6, 1)
LIFECYCLE = str(Path(sys.executable).with_name("lifecycle"))
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    # Without its bytecode every start would compile our own sources again.
    if not name.startswith("LIFECYCLE_") and name != "PYTHONDONTWRITEBYTECODE"
}


@dataclass(slots=True)
class Row:
    """One command, its limit, and how long each run took (ms)."""

    label: str
    command: list[str]
    limit: float | None = None
    taken: list[float] = field(default_factory=list)


def run(command: list[str]) -> float:
    """The wall time of one run in ms; a run that fails ends the bench with what it said."""
    started = time.perf_counter()
    ran = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=120)
    taken = (time.perf_counter() - started) * 1000
    if ran.returncode:
        sys.exit(f"FAIL {' '.join(command)} ended with {ran.returncode}\n{ran.stdout}{ran.stderr}")
    return taken


def stored(column: Column[object]) -> type:
    """The Python type of a column, looked up below our own and SQLModel's wrappers."""
    return getattr(column.type, "impl_instance", column.type).python_type


def plain(row: type[SQLModel], **known: object) -> Insert:
    """An insert of what is known, and of something of the right type in every other required column."""
    filler = {str: "示例", int: 0, bool: False, date: DAY, datetime: datetime(2023, 6, 1, tzinfo=UTC)}
    table = inspect(row).local_table
    required = [column for column in table.columns if not column.nullable and column.name not in known]
    return table.insert().values({column.name: filler[stored(column)] for column in required} | known)


def fill(home: Path) -> None:
    """Put projects into the new store as plain rows: what is measured is reading them."""
    files = [path for path in home.rglob("*") if path.is_file() and path.read_bytes()[:6] == b"SQLite"]
    engine = create_engine(f"sqlite:///{files[0]}")
    programme = "h23-young-talent"
    of = {
        "programme": programme,
        "pack_digest": "0",
        "variant": "base",
        "unit_id": 1,
        "year": 2023,
        "state": "draft",
    }
    with engine.begin() as connection:
        connection.execute(plain(PackRow, digest="0"))
        connection.execute(plain(UnitRow, id=1, kind="prov_society"))
        for n in range(1, PROJECTS + 1):
            connection.execute(plain(ProjectRow, id=f"{programme}-{n:04}", number=n, **of))
    engine.dispose()


def rows(home: Path) -> list[Row]:
    """The commands to measure; without a command line only the plain interpreter, and it is said so."""
    found = [Row("python -c pass", [sys.executable, "-c", "pass"])]
    if not Path(LIFECYCLE).exists() or importlib.util.find_spec("console.main") is None:
        print("SKIP lifecycle: there is no command line in this environment")
        return found
    found.append(Row("lifecycle --help", [LIFECYCLE, "--help"], 150))
    run([LIFECYCLE, "--home", str(home), "init", "--rehearsal", "--on", DAY.isoformat()])
    fill(home)
    found.append(Row(f"lifecycle list ({PROJECTS})", [LIFECYCLE, "--home", str(home), "list"], 600))
    return found


def main() -> int:
    """Measure in turns, print the table, and tell whether every limit held."""
    with tempfile.TemporaryDirectory() as folder:
        measured = rows(Path(folder) / "home")
        for row in measured:
            run(row.command)  # byte code is written once, at installation
        for _ in range(ROUNDS):
            for row in measured:
                row.taken.append(run(row.command))
    held = True
    print(f"{'median of ' + str(ROUNDS):<24}{'ms':>8}{'worst':>8}{'limit':>8}")
    for row in measured:
        median = statistics.median(row.taken)
        ok = row.limit is None or median <= row.limit
        held = held and ok
        verdict = "" if row.limit is None else "PASS" if ok else "FAIL"
        print(f"{row.label:<24}{median:>8.0f}{max(row.taken):>8.0f}{row.limit or '-':>8}  {verdict}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
