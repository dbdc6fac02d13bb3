"""Commands about the working-day calendar: its years, the import of a notice, a blank file to fill in.

What a notice may say and what its import moves is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.command import command, new_group
from console.options import parse_year
from console.output import Answer, Screen, say
from console.session import Session
from states.errors import BadInputFault, NotFoundFault, UsageFault

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from lifecycle.calendar_file import CalendarFile
    from lifecycle.calendar_years import Standing
    from lifecycle.recounting import Recounted

MOVES_SHOWN = 20
"""Moves that a person is shown; a program gets all of them."""


def register(root: typer.Typer) -> None:
    """Hang the commands of this file into the tree."""
    group = new_group(listing=list_years)
    command(group, "list", help="列出各年放假安排：来源、文号、由谁何时载入，以及尚未载入的年份")(list_years)
    command(group, "show", help="一个年份的放假和调休上班日")(show_year)
    command(group, "template", help="写出空白的放假安排文件，照通知填写")(write_template)
    command(group, "check", help="检查放假安排文件，不载入")(check_file)
    command(group, "import", help="载入一个年份的放假安排，并重算以该年为据的期限")(import_file)
    root.add_typer(group, name="calendar")


def list_years(session: Session) -> Answer:
    """Every published year, and what is still provisional."""
    from lifecycle.calendar_years import missing_next_year, standing_years
    from lifecycle.recounting import provisional_years, unfinished

    with _record(session) as conn:
        years = standing_years(conn)
        waiting = [] if conn is None else unfinished(conn)
        open_ones = {} if conn is None else provisional_years(conn, frozenset(years))
    hint = missing_next_year(frozenset(years), session.on)
    after = session.on.year + 1
    if after not in years:
        open_ones.setdefault(after, 0)
    document = {
        "years": [_year(one) for one in years.values()],
        "provisional": [{"year": year, "duties": count} for year, count in sorted(open_ones.items())],
        "recounts": waiting,
        "hint": hint,
    }

    def screen(on: Screen) -> None:
        rows: list[tuple[object, ...]] = [
            (one.year, "已公布", one.number or "随程序提供", one.issued_on, *_by(one))
            for one in years.values()
        ]
        rows += [
            (year, "暂定", "放假通知未载入", None, f"涉及 {count} 项期限" if count else None, None)
            for year, count in sorted(open_ones.items())
        ]
        on.table("放假安排", ("年份", "状态", "来源（文号）", "印发", "载入人", "载入时间"), rows)
        for one in waiting:
            on.line(
                f"{one['year']} 年的期限重算尚未完成：已看 {one['looked']} 个项目，改期 {one['moved']} 项，"
                f"余 {one['left']} 个项目。再次载入同一文件，或由下一次清查（lifecycle sweep）续做。"
            )
        if hint:
            on.paragraph(hint)

    return Answer(document, screen)


def show_year(session: Session, year: Annotated[str, typer.Argument(metavar="YEAR", help="年份")]) -> Answer:
    """One year's days, and every import of it."""
    from lifecycle.calendar_years import history_of, standing_years

    wanted = parse_year(year, "YEAR")
    assert wanted is not None  # noqa: S101 - only an absent option is None
    with _record(session) as conn:
        found = standing_years(conn).get(wanted)
        history = [] if conn is None else history_of(conn, wanted)
    if found is None:
        raise NotFoundFault(f"{wanted} 年的放假通知未载入，该年的期限按周末和固定日期的节日暂定。")
    document = {**_year(found), **found.notice.as_json(), "history": history}

    def screen(on: Screen) -> None:
        on.pairs(
            [("年份", found.year), ("来源", found.source), ("文号", found.number), ("印发", found.issued_on)]
        )
        on.table("放假", ("节日", "日期"), ((name, _spans(days)) for name, days in document["rest"].items()))
        on.line("调休上班：" + ("、".join(document["worked"]) or "无"))
        if history:
            on.table("载入记录", ("时间", "载入人", "文号", "原因"), (
                (one["at"], one["by"], one["number"], one["reason"]) for one in history
            ))  # fmt: skip

    return Answer(document, screen)


def write_template(
    session: Session,
    year: Annotated[str, typer.Argument(metavar="YEAR", help="年份")],
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="写到哪个文件，默认为 calendar-年份.yaml")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="文件已存在时覆盖")] = False,
) -> Answer:
    """A blank file for one year's notice."""
    from lifecycle.calendar_file import YEARS, template
    from lifecycle.system_faults import why

    wanted = parse_year(year, "YEAR")
    if wanted is None or wanted not in YEARS:
        raise UsageFault(f"YEAR 的值“{year}”无效，应为 {YEARS[0]} 至 {YEARS[-1]} 的年份。")
    path = Path(out or f"calendar-{wanted}.yaml")
    if path.exists() and not force:
        raise UsageFault(f"文件“{path}”已存在；请用 --out 另写一个文件名，或用 --force 覆盖。")
    try:
        path.write_text(template(wanted), encoding="utf-8")
    except OSError as error:
        raise BadInputFault(f"文件“{path}”无法写入：{why(error)}。") from None
    document = {"year": wanted, "file": str(path)}
    return Answer(document, lambda on: on.line(f"已写出 {wanted} 年的空白放假安排：{path}"))


def check_file(
    session: Session,
    file: Annotated[str, typer.Argument(metavar="FILE", help="填好的放假安排，YAML 或 JSON")],
) -> Answer:
    """Every fault of a file."""
    from lifecycle.calendar_file import read_calendar

    found = read_calendar(Path(file))
    document = {
        "file": file, "year": found.year, "number": found.number, "date": found.issued_on.isoformat(),
        "digest": found.notice.digest, **found.notice.as_json(), "doubts": list(found.doubts),
    }  # fmt: skip

    def screen(on: Screen) -> None:
        on.line(f"{file}：{found.year} 年放假安排（{found.document}）格式无误。")
        _doubts(on, found.doubts)

    return Answer(document, screen)


def import_file(
    session: Session,
    file: Annotated[str, typer.Argument(metavar="FILE", help="填好的放假安排，YAML 或 JSON")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出将改动的期限，不载入")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="该年已经公布、通知又有修改的，以此文件替换")
    ] = False,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="替换的依据")] = None,
) -> Answer:
    """Import a year's notice and recount what rests on it."""
    from flows.bootstrap import now
    from lifecycle.calendar_file import read_calendar
    from lifecycle.calendar_imports import replacing
    from lifecycle.recounting import import_notice

    found = read_calendar(Path(file))
    done = import_notice(
        session.store, session.actor, found, session.on, now(),
        replacing=replacing(replace, reason), reason=reason, dry_run=dry_run,
        progress=lambda looked, left: say(f"重算期限：已看 {looked} 个项目，余 {left} 个"),
    )  # fmt: skip
    document = {
        "year": found.year, "number": found.number, "date": found.issued_on.isoformat(),
        "digest": found.notice.digest, "doubts": list(found.doubts), "dry_run": dry_run, **done.as_json(),
    }  # fmt: skip

    return Answer(document, lambda on: _show_import(on, found, done, dry_run))


def _show_import(on: Screen, found: CalendarFile, done: Recounted, dry_run: bool) -> None:
    state = "试算，未载入" if dry_run else "已载入" if done.fresh else "此前已经载入，内容相同"
    on.line(f"{found.year} 年放假安排（{found.document}）：{state}。")
    _doubts(on, found.doubts)
    would = "将" if dry_run else ""
    on.line(
        f"查看 {done.looked} 个项目：{would}改期 {len(done.moved)} 项，"
        f"期限不变而不再暂定 {done.confirmed} 项。"
    )
    if done.moved:
        told = [one.as_json() for one in done.moved[:MOVES_SHOWN]]
        rows = [
            (
                one["project"],
                one["label"] + (f"（{one['period']}）" if one["period"] else ""),
                one["from"],
                one["to"],
            )
            for one in told
        ]
        on.table(None, ("项目编号", "事项", "原期限", "现期限"), rows)
    if len(done.moved) > MOVES_SHOWN:
        on.line(f"其余 {len(done.moved) - MOVES_SHOWN} 项见 --json。")


def _doubts(on: Screen, doubts: Iterable[str]) -> None:
    for one in doubts:
        on.paragraph(f"请核对：{one}")


@contextmanager
def _record(session: Session) -> Iterator[Connection | None]:
    """A view of the store, or None where there is none yet: what is packaged can be looked at without."""
    if not session.app.has_store:
        yield None
        return
    from lifecycle.database import reading

    with reading(session.app.engine) as conn:
        yield conn


def _year(one: Standing) -> dict[str, Any]:
    return {
        "year": one.year,
        "status": "published",
        "source": one.source,
        "number": one.number,
        "date": one.issued_on.isoformat() if one.issued_on else None,
        "imported_by": one.imported_by,
        "imported_at": one.imported_at.isoformat() if one.imported_at else None,
        "file": one.file,
        "digest": one.notice.digest,
    }


def _by(one: Standing) -> tuple[str | None, str | None]:
    from flows.bootstrap import SHANGHAI

    moment = one.imported_at
    return one.imported_by, moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if moment else None


def _spans(days: list[str]) -> str:
    """Days as stretches: the first and the last of each."""
    from datetime import date

    stretches: list[list[date]] = []
    for day in map(date.fromisoformat, days):
        if stretches and (day - stretches[-1][-1]).days == 1:
            stretches[-1].append(day)
        else:
            stretches.append([day])
    return "；".join(
        f"{one[0]} 至 {one[-1]} 共{len(one)}天" if len(one) > 1 else f"{one[0]}" for one in stretches
    )
