"""The command `export`: lists of the record as spreadsheets. What a reader sees is decided in the record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from console.options import parse_year
from console.output import Answer
from console.session import Session
from states.errors import UsageFault

FORMATS = ("xlsx", "csv")
EVERY = 1000
"""Rows after which the progress is told."""


def register(root: typer.Typer) -> None:
    """Hang the command into the tree."""
    from console.command import command

    command(root, "export")(export)


def export(
    session: Session,
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT", help="projects、duties、units、findings、history、published、notices 或 people"
        ),
    ],
    out: Annotated[str | None, typer.Option("--out", metavar="FILE", help="写到哪个文件")] = None,
    form: Annotated[str | None, typer.Option("--format", metavar="FORMAT", help="xlsx（默认）或 csv")] = None,
    force: Annotated[bool, typer.Option("--force", help="文件已存在时覆盖")] = False,
    state: Annotated[str | None, typer.Option("--state", metavar="STATE", help="状态")] = None,
    programme: Annotated[
        str | None, typer.Option("--programme", metavar="PROGRAMME", help="项目类别或分组")
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="NAME", help="单位名称")] = None,
    year: Annotated[str | None, typer.Option("--year", metavar="YEAR", help="年度")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只要逾期的事项，或有逾期事项的项目")] = False,
) -> Answer:
    """Write one list as a spreadsheet."""
    from lifecycle.export import Filter, sheet_of
    from lifecycle.table_file import write_csv, write_xlsx

    sheet = sheet_of(what)
    path, kind = _target(sheet.what, out, form)
    if path.exists() and not force:
        raise UsageFault(f"文件“{path}”已存在；请用 --out 另写一个文件名，或用 --force 覆盖。")
    wanted = Filter(state, programme, unit, parse_year(year, "--year"), overdue)
    sheet.check(wanted)
    with session.reading() as conn:
        rows = sheet.rows(conn, session.store, session.actor, wanted)
        tick = _ticker()
        if kind == "csv":
            count = write_csv(path, sheet.headings, rows, tick)
        else:
            count = write_xlsx(path, sheet.label, sheet.headings, rows, tick)
    document = {"what": sheet.what, "file": str(path), "format": kind, "rows": count}
    return Answer(document, lambda on: on.line(f"已导出{sheet.label} {count} 行：{path}"))


def _target(what: str, out: str | None, form: str | None) -> tuple[Path, str]:
    """The file and its format: as asked for, else by the ending of its name."""
    kind = form or (Path(out).suffix.removeprefix(".").lower() if out else "") or "xlsx"
    if kind not in FORMATS:
        raise UsageFault(f"不能导出为“{kind}”，应为：{'、'.join(FORMATS)}。")
    return Path(out or f"{what}.{kind}"), kind


def _ticker() -> Callable[[], None]:
    """Told after every row; tells people how far it is, now and then."""
    from console.output import say

    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        if done % EVERY == 0:
            say(f"已写 {done} 行……")

    return tick
