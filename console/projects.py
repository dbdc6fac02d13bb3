"""Commands about projects: list, show, what may be done, check, correct, report.

They ask the record and show its answers. Whether anything is allowed is decided in the core.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from console.applying import apply
from console.bulk import declined_json
from console.command import command
from console.options import parse_cursor, parse_materials, parse_size, parse_values, parse_year
from console.output import Answer
from console.road import Road
from console.session import Session
from console.trigger import Document, Materials, Reason, Values, trigger
from states.errors import BadInputFault, LifecycleError, whole_fault

Id = Annotated[str, typer.Argument(metavar="ID", help="项目编号，如 h23-young-talent-0001")]

PAGE = 50
"""Projects on one page, unless said otherwise."""


def register(root: typer.Typer) -> None:
    """Hang the commands of this file into the tree."""
    command(root, "apply")(apply)
    command(root, "check")(check)
    command(root, "list")(list_projects)
    command(root, "show")(show)
    command(root, "actions")(actions)
    command(root, "trigger")(trigger)
    command(root, "amend")(amend)
    command(root, "report")(report)


def list_projects(
    session: Session,
    state: Annotated[str | None, typer.Option("--state", metavar="STATE", help="状态")] = None,
    programme: Annotated[
        str | None, typer.Option("--programme", metavar="PROGRAMME", help="项目类别")
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="NAME", help="单位名称")] = None,
    year: Annotated[str | None, typer.Option("--year", metavar="YEAR", help="年度")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只列有逾期事项的")] = False,
    remark: Annotated[
        str | None, typer.Option("--remark", metavar="TEXT", help="标记：重点关注、未中期考核、未按期汇报")
    ] = None,
    limit: Annotated[str | None, typer.Option("--limit", metavar="N", help="每页多少项，默认 50")] = None,
    after: Annotated[
        str | None, typer.Option("--after", metavar="ID", help="从这一编号之后列起（翻页）")
    ] = None,
) -> Answer:
    """Projects by id, page by page."""
    from console.project_view import show_list

    size, cursor = parse_size(limit, "--limit") or PAGE, parse_cursor(after, "--after")
    found = Road(session).ask(
        "list",
        state=state,
        programme=programme,
        unit=unit,
        year=parse_year(year, "--year"),
        overdue=overdue,
        limit=size,
        after=cursor,
        remark=remark,
    )
    return Answer(found, lambda on: show_list(on, found["projects"], found["next"]))


def show(session: Session, project: Id) -> Answer:
    """All about one project."""
    return _shown(Road(session).ask("show", project=project))


def _shown(found: dict[str, Any]) -> Answer:
    from console.project_view import show_project

    return Answer(found["project"], lambda on: show_project(on, found["project"], found["labels"]))


def actions(session: Session, project: Id) -> Answer:
    """What may be done now."""
    from console.project_view import show_actions

    found = Road(session).ask("actions", project=project)
    return Answer(found, lambda on: show_actions(on, found["actions"]))


def check(
    session: Session, subject: Annotated[str, typer.Argument(metavar="ID|FILE", help="项目编号或申报文件")]
) -> Answer:
    """Eligibility findings of a project or of a file's applications."""
    from console.project_view import show_findings

    if subject == "-" or Path(subject).is_file() or Path(subject).suffix:
        return _check_file(session, subject)
    found = Road(session).ask("check", project=subject)
    return Answer(found, lambda on: show_findings(on, found["findings"]))


def _check_file(session: Session, path: str) -> Answer:
    import sys

    from console.applying import read
    from console.project_view import show_findings
    from lifecycle.intake import Rejected

    found = read(session, path, sys.stdin.buffer.read() if path == "-" else None)
    findings = [
        {"source": one.source, "title": one.title, **finding}
        for one in found.applications
        for finding in session.service.check_application(session.actor, one, session.on)
    ]

    def fault_of(row: Rejected) -> LifecycleError:
        return BadInputFault("；".join(reason.message for reason in row.reasons), row.reasons)

    refused = [{"source": r.source, "title": r.title, **declined_json(fault_of(r))} for r in found.rejected]
    asked = len(found.applications) + len(found.rejected)
    fault = whole_fault([fault_of(row) for row in found.rejected], asked)
    document = {"findings": findings, "refused": refused}
    return Answer(document, lambda on: show_findings(on, findings, refused), fault)


def amend(
    session: Session,
    project: Id,
    values: Annotated[list[str], typer.Argument(metavar="NAME=VALUE", help="如 event.starts_on=2023-09-30")],
    reason: Reason = None,
    material: Materials = None,
    document: Document = None,
) -> Answer:
    """Correct facts."""
    given = parse_values(values, "NAME=VALUE")
    papers = parse_materials(material or [])
    session.service.amend(
        session.actor, project, given, session.on, reason, materials=papers, document=document
    )
    return _shown(Road(session).ask("show", project=project))


def report(
    session: Session,
    project: Id,
    duty: Annotated[str, typer.Argument(metavar="DUTY", help="事项名称、编号或标题，如 preparation_report")],
    period: Annotated[
        str | None, typer.Option("--period", metavar="PERIOD", help="分期事项的期次，如 2016-06")
    ] = None,
    material: Materials = None,
    values: Values = None,
    reason: Reason = None,
    document: Document = None,
) -> Answer:
    """Record that a duty was fulfilled."""
    from console.project_view import show_duty
    from lifecycle.queries import duty_object

    given, papers = parse_values(values or []), parse_materials(material or [])
    row = session.service.report(
        session.actor,
        project,
        duty,
        session.on,
        period=period,
        materials=papers,
        values=given,
        reason=reason,
        document=document,
    )
    with session.reading() as conn:
        found = duty_object(conn, session.store, row)
    return Answer(found, lambda on: show_duty(on, found))
