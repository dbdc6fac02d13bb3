"""Commands about dates: what is due, the daily sweep, and the counting of a statutory period.

How a period is counted and when a duty is late is decided in the core.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from console.command import command
from console.options import parse_day, parse_whole
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
    command(root, "due")(due)
    command(root, "sweep")(sweep)
    command(root, "period")(period)


def due(
    session: Session,
    within: Annotated[
        str | None, typer.Option("--within", metavar="DAYS", help="期限在今后多少日之内")
    ] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只列逾期的")] = False,
    project: Annotated[str | None, typer.Option("--project", metavar="ID", help="项目编号")] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="NAME", help="单位名称")] = None,
    duty: Annotated[str | None, typer.Option("--duty", metavar="DUTY", help="事项名称、编号或标题")] = None,
) -> Answer:
    """Duties that are owed."""
    from lifecycle.queries import duty_list
    from lifecycle.sight import visible_projects

    days = parse_whole(within, "--within")
    if project is not None:
        session.require_sight(project)
    with session.reading() as conn:
        shown = visible_projects(conn, session.actor)
        duties = duty_list(
            conn,
            session.store,
            session.on,
            within=days,
            overdue=overdue,
            project=project,
            unit=unit,
            duty=duty,
            internal=session.actor.sees_grace,
        )
    duties = [one for one in duties if one["project"] in shown]
    return Answer({"duties": duties}, lambda on: show_duties(on, duties))


def show_duties(on: Screen, duties: list[dict[str, Any]]) -> None:
    """Duties as a table."""
    if not duties:
        on.line("没有应办事项。")
        return
    rows = [
        (
            one["due"] + ("（暂定）" if one["provisional"] else "") + grace_note(one),
            one["status_label"],
            one["label"] + (f"（{one['period']}）" if one["period"] else ""),
            one["project"],
            one["project_title"],
            one["unit"],
            one["owed_by_label"],
        )
        for one in duties
    ]
    headings = ("期限", "状态", "事项", "项目编号", "项目名称", "单位", "责任方")
    on.table(f"应办事项（{len(duties)} 项）", headings, rows)


def grace_note(duty: dict[str, Any]) -> str:
    """The internal cut-off of a duty beside its public date, for those who are told of it."""
    until = duty.get("grace_until")
    return f"，宽限至 {until}（内部）" if until else ""


def sweep(session: Session) -> Answer:
    """Catch up to the business date."""
    session.require(*SWEEPERS, to="清查")
    swept = session.service.sweep(session.on)

    def screen(on: Screen) -> None:
        on.line(
            f"已清查至 {swept.on.isoformat()}：新增事项 {swept.opened}，提醒 {swept.reminded}，"
            f"新逾期 {swept.overdue}，生成通知 {len(swept.notices)} 件。"
        )
        if swept.recounted:
            on.line(f"按新载入的放假安排改期 {swept.recounted} 项。")
        if swept.hint:
            on.paragraph(swept.hint)

    return Answer(swept.as_json(), screen)


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
