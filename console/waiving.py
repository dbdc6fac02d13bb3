"""The command that waives a duty. What may be waived, by whom and on which paper is decided in the core."""

from __future__ import annotations

from typing import Annotated

import typer

from console.command import command
from console.options import parse_materials
from console.output import Answer
from console.session import Session


def register(root: typer.Typer) -> None:
    """Hang the command of this file into the tree."""
    command(root, "waive")(waive)


def waive(
    session: Session,
    project: Annotated[str, typer.Argument(metavar="ID", help="项目编号")],
    duty: Annotated[str, typer.Argument(metavar="DUTY", help="事项名称、编号或标题，如 monthly_progress")],
    period: Annotated[
        str | None, typer.Option("--period", metavar="PERIOD", help="分期事项的期次，如 2016-06")
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="免除的理由")] = None,
    document: Annotated[
        str | None, typer.Option("--document", metavar="NUMBER@DATE", help="免除所依的决定：文号@日期")
    ] = None,
    material: Annotated[
        list[str] | None, typer.Option("--material", metavar="KIND=FILE", help="附件：种类=文件，可重复")
    ] = None,
) -> Answer:
    """Waive a duty."""
    from console.project_view import show_duty
    from flows.bootstrap import now
    from lifecycle.queries import duty_object
    from lifecycle.sight import require_sight
    from lifecycle.waiving import waive_duty

    with session.reading() as conn:
        require_sight(conn, session.actor, project)
    row = waive_duty(
        session.store, session.actor, project, duty, session.on, now(),
        period=period, reason=reason, document=document, materials=parse_materials(material or []),
    )  # fmt: skip
    with session.reading() as conn:
        found = duty_object(conn, session.store, row)
    return Answer(found, lambda on: show_duty(on, found))
