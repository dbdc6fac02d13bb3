"""Commands about dates: the daily sweep, and the counting of a statutory period.

How a period is counted and when a duty is late is decided in the core.
"""

from __future__ import annotations

from typing import Annotated

import typer

from console.command import command
from console.options import parse_day
from console.output import Answer, Screen
from console.session import Session
from states.errors import BadInputFault, UsageFault
from states.names import Role

SWEEPERS = (
    Role.PROV_ASSOCIATION,
    Role.ACADEMIC_DEPARTMENT,
    Role.SERVICE_CENTRE,
    Role.CLERK,
    Role.ADMIN,
)
"""Who may do by hand what the scheduler does each day: the offices, and whoever looks after the runs."""


def register(root: typer.Typer) -> None:
    """Hang the commands of this file into the tree."""
    command(root, "sweep")(sweep)
    command(root, "period")(period)


def sweep(
    session: Session,
    past: Annotated[bool, typer.Option("--past", help="登记时已过期限、尚未提醒过的事项也一并提醒")] = False,
) -> Answer:
    """Catch up to the business date."""
    from lifecycle.watch import read_watch

    session.require(*SWEEPERS, to="清查")
    with session.reading() as conn:
        before = read_watch(conn, session.on)
    swept = session.service.sweep(session.on, past=past)

    def screen(on: Screen) -> None:
        on.line(
            f"已清查至 {swept.on.isoformat()}：新增事项 {swept.opened}，提醒 {swept.reminded}，"
            f"新逾期 {swept.overdue}，逐级督促 {swept.escalated}，生成通知 {len(swept.notices)} 件。"
        )
        if swept.recounted:
            on.line(f"按新载入的放假安排改期 {swept.recounted} 项。")
        if swept.hint:
            on.paragraph(swept.hint)
        if swept.unsaid:
            on.line(
                f"其中 {swept.unsaid} 项登记时已过期限，只标记逾期而未提醒；要提醒：lifecycle sweep --past"
            )
        for told in before.made_good():
            on.paragraph(f"注意：{told}")

    document = {**swept.as_json(), **before.as_json(), "warnings": before.made_good()}
    return Answer(document, screen)


def period(
    session: Session,
    start: Annotated[str, typer.Argument(metavar="START", help="起算日或事件日")],
    length: Annotated[str, typer.Argument(metavar="LENGTH", help="P3M、P10D、P1Y，或 W10（10 个工作日）")],
    before: Annotated[bool, typer.Option("--before", help="从事件日往前推算")] = False,
) -> Answer:
    """A statutory period with its steps."""
    from states.periods import parse_length, statutory_period

    day = parse_day(start, "START")
    try:
        parse_length(length)
    except BadInputFault as fault:
        raise UsageFault(fault.message) from None
    found = statutory_period(day, length, session.app.calendar, before=before)

    def screen(on: Screen) -> None:
        on.pairs(
            [
                ("事件日" if before else "起算日", found.start.isoformat()),
                ("长度", found.length),
                ("推算日", found.nominal.isoformat()),
                ("法定最后一日", found.due.isoformat()),
                ("建议办理日", found.soft.isoformat()),
                ("日历", "已公布" if found.calendar == "published" else "暂定（放假通知未公布）"),
            ]
        )
        for step in found.steps:
            on.line(f"  · {step}")

    return Answer(found.as_json(), screen)
