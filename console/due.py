"""`lifecycle due`: every deadline on one screen, who is late and what is next.

Which duties are asked for and how urgent each is stands in `lifecycle.agenda`; this draws it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from console.command import command
from console.options import parse_size, parse_whole, parse_year
from console.output import Answer, Screen
from console.session import Session
from states.errors import NotFoundFault, UsageFault

if TYPE_CHECKING:
    from lifecycle.agenda import Agenda, Wanted
    from lifecycle.urgency import Group

FIRST: Final = 10
"""Duties of each group on the screen, unless said otherwise."""
PAGE: Final = 1_000
"""Duties of one page of the document, unless said otherwise."""
WEEKDAYS: Final = "一二三四五六日"
BY: Final = {"unit": "单位", "programme": "项目类别", "duty": "事项"}


Within = Annotated[str | None, typer.Option("--within", metavar="DAYS", help="期限在今后多少日之内")]
Named = Annotated[str | None, typer.Option("--duty", metavar="DUTY", help="事项名称、编号或标题")]
Line = Annotated[str | None, typer.Option("--programme", metavar="PROGRAMME", help="项目类别或其分组")]
Owner = Annotated[str | None, typer.Option("--owed-by", metavar="ROLE", help="责任方（角色代码或名称）")]
Status = Annotated[
    str | None, typer.Option("--status", metavar="STATUS", help="overdue、today、week、suggested 等，或中文")
]
By = Annotated[
    str | None, typer.Option("--by", metavar="WHAT", help="汇总：unit 单位、programme 类别、duty 事项")
]
Ics = Annotated[str | None, typer.Option("--ics", metavar="FILE", help="写成日历文件（iCalendar，.ics）")]
After = Annotated[str | None, typer.Option("--after", metavar="NEXT", help="从上一页的 next 之后列起")]


def register(root: typer.Typer) -> None:
    """Hang the command into the tree."""
    command(root, "due")(due)


def due(
    session: Session,
    within: Within = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只列逾期的")] = False,
    project: Annotated[str | None, typer.Option("--project", metavar="ID", help="项目编号")] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="NAME", help="单位名称")] = None,
    duty: Named = None,
    programme: Line = None,
    owed_by: Owner = None,
    status: Status = None,
    year: Annotated[str | None, typer.Option("--year", metavar="YEAR", help="项目年度")] = None,
    by: By = None,
    limit: Annotated[str | None, typer.Option("--limit", metavar="N", help="每页项数")] = None,
    after: After = None,
    ics: Ics = None,
) -> Answer:
    """Duties that are owed."""
    from lifecycle.agenda import Wanted

    wanted = Wanted(
        parse_whole(within, "--within"), overdue, project, unit, duty, programme, owed_by, status,
        parse_year(year, "--year"),
    )  # fmt: skip
    size, what = parse_size(limit, "--limit"), _what(by)
    with _agenda(session, wanted) as agenda:
        if ics is not None:
            return _calendar_file(session, agenda, Path(ics))
        told = _summary(agenda)
        if what is not None:
            return _totals(told, what, agenda.totals(what)[:size])
        if session.options.json or size is not None or after is not None:
            duties, onward = agenda.page(size or PAGE, after)
            document = {"duties": duties, "next": onward, "summary": told}
            return Answer(document, lambda on: _page(on, told, duties, onward))
        groups = agenda.first_of_each(FIRST)
    return Answer(None, lambda on: _screen(on, told, groups))


def _calendar_file(session: Session, agenda: Agenda, path: Path) -> Answer:
    """The duties as a file for calendar programs, whole or not at all."""
    from lifecycle.feed_entries import read_feed
    from lifecycle.whole_file import write_whole
    from notifications.ical import ical

    name = agenda.wanted.unit or agenda.wanted.project or "全部"
    feed = read_feed(agenda.conn, session.store, agenda.reader, agenda.on, agenda.wanted, name)
    write_whole(path, ical(feed))
    document = {"duties": [], "file": str(path), "events": len(feed.entries), "left_out": feed.left_out}
    left = f"，另有 {feed.left_out} 项较远的未列入" if feed.left_out else ""
    return Answer(document, lambda on: on.line(f"已写入 {len(feed.entries)} 项期限：{path}{left}"))


@contextmanager
def _agenda(session: Session, wanted: Wanted) -> Iterator[Agenda]:
    """What is asked for, as this actor may see it. ForbiddenFault or NotFoundFault for a project or unit."""
    from lifecycle.agenda import Agenda
    from lifecycle.cases import project_row
    from lifecycle.units import known_unit

    if wanted.project is not None:
        session.require_sight(wanted.project)
    with session.reading() as conn:
        if wanted.project is not None:
            project_row(conn, wanted.project)
        if wanted.unit is not None and known_unit(conn, wanted.unit) is None:
            raise NotFoundFault(f"登记簿中没有“{wanted.unit}”；现有的见 lifecycle units。")
        yield Agenda(conn, session.store, session.actor, session.on, wanted)


def _what(by: str | None) -> str | None:
    """What the totals are by. UsageFault for anything else."""
    for code, label in BY.items():
        if by in (code, label):
            return code
    if by is not None:
        raise UsageFault(f"--by 的值“{by}”无效，应为：{'、'.join(f'{k}（{v}）' for k, v in BY.items())}。")
    return None


def _summary(agenda: Agenda) -> dict[str, Any]:
    """The figures of the head line."""
    from lifecycle.watch import read_watch

    counts = agenda.counts()
    told = read_watch(agenda.conn, agenda.on).as_json()
    if not agenda.reader.sees_all:  # what others failed to get is no business of a unit
        told = {**told, "dead_letters": None, "warnings": []}
    return {
        "on": agenda.on.isoformat(),
        "total": sum(counts.values()),
        "counts": {str(group): many for group, many in counts.items()},
        "labels": {str(group): group.label for group in counts},
        "most_overdue": next(iter(agenda.totals("unit", late_only=True)), None),
        "next_due": agenda.next_due(counts),
        **told,
    }


def _screen(on: Screen, told: dict[str, Any], groups: dict[Group, list[dict[str, Any]]]) -> None:
    """The one screen: figures, then the first of every group."""
    _head(on, told)
    for group, duties in groups.items():
        many = told["counts"][str(group)]
        _table(on, f"{group.label}（{many} 项）", duties)
        if many > len(duties):
            on.line(f"  另有 {many - len(duties)} 项：lifecycle due --status {group} --limit 100")
            on.line()


def _page(on: Screen, told: dict[str, Any], duties: list[dict[str, Any]], onward: str | None) -> None:
    """One page, group by group."""
    _head(on, told)
    labels: dict[str, list[dict[str, Any]]] = {}
    for one in duties:
        labels.setdefault(one["group"], []).append(one)
    for group, some in labels.items():
        _table(on, f"{told['labels'][group]}（共 {told['counts'][group]} 项）", some)
    if onward:
        on.line(f"下一页：加 --after {onward}")


def _head(on: Screen, told: dict[str, Any]) -> None:
    """Figures, who is late most, what is next, and what somebody has to look after."""
    day = date.fromisoformat(told["on"])
    if not told["total"]:
        on.line("没有应办事项。")
    else:
        figures = "，".join(
            f"{told['labels'][group]} {many}"
            for group, many in told["counts"].items()
            if many or group == "overdue"
        )
        on.paragraph(
            f"应办事项 {told['total']} 项（{told['on']} 星期{WEEKDAYS[day.weekday()]}）：{figures}。"
        )
    most = told["most_overdue"]
    if most:
        on.paragraph(f"逾期最多：{most['label']}（{most['overdue']} 项，最早 {most['oldest']}）。")
    if told["next_due"]:
        left = (date.fromisoformat(told["next_due"]) - day).days
        on.line(f"最近期限：{told['next_due']}（{f'还有 {left} 天' if left else '今日'}）。")
    if told["last_sweep"]:
        on.line(f"上次清查至 {told['last_sweep']}。")
    for warning in told["warnings"]:
        on.paragraph(f"注意：{warning}")


def _table(on: Screen, title: str, duties: list[dict[str, Any]]) -> None:
    rows = [
        (
            one["due"] + ("\n（暂定）" if one["provisional"] else "") + grace_note(one),
            _days(one),
            one["label"] + (f"（{one['period']}）" if one["period"] else "") + f"\n{one['owed_by_label']}",
            f"{one['unit']}\n{one['project']}",
            _reminded(one),
        )
        for one in duties
    ]
    on.table(title, ("期限", "天数", "事项 / 责任方", "单位 / 项目", "提醒"), rows)


def _days(one: dict[str, Any]) -> str:
    """How far the date is. A suggested date passes, it is never 逾期 (R-AMB-27)."""
    left = one["days_left"]
    if left is None:
        return "期限停算"
    if one["group"] == "overdue":
        return f"逾期 {-left} 天"
    if left == 0:
        return "今日"
    return f"还有 {left} 天" if left > 0 else f"已过 {-left} 天"


def _reminded(one: dict[str, Any]) -> str:
    """How often it was spoken of, when last, when next, and whether somebody above was told."""
    told = one["reminded"]
    parts = [f"{told['times']} 次，最近 {told['last_on']}" if told["times"] else "未提醒"]
    parts += [f"已升级 {told['escalated']} 次"] if told["escalated"] else []
    parts += [f"下次 {one['next_reminder']}"] if one["next_reminder"] else []
    return "\n".join(parts)


def grace_note(duty: dict[str, Any]) -> str:
    """The internal cut-off of a duty below its public date, for those who are told of it."""
    until = duty.get("grace_until")
    return f"\n宽限至 {until}（内部）" if until else ""


def _totals(told: dict[str, Any], what: str, rows: list[dict[str, Any]]) -> Answer:
    """Who is late, how many, since when; and what is coming."""

    def screen(on: Screen) -> None:
        _head(on, told)
        cells = [(one["label"], one["overdue"], one["oldest"], one["soon"], one["next"]) for one in rows]
        on.table(
            f"按{BY[what]}汇总（{len(rows)} 行）",
            (BY[what], "逾期", "最早逾期", "本月内到期", "最近期限"),
            cells,
        )

    return Answer({"duties": [], "next": None, "by": what, "rows": rows, "summary": told}, screen)
