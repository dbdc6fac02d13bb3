"""Commands about one notice or letter: its text, its document, its release with a number.

A letter leaves only after a person has released it; what is released is filed and sent as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.output import Answer, Screen
from console.session import Session
from states.errors import UsageFault
from states.names import NoticeStatus, Role

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from lifecycle.ledger import NoticeView

Keys = Annotated[list[str], typer.Argument(metavar="KEY", help="通知编号")]

RELEASERS = (
    Role.PROV_ASSOCIATION,
    Role.ACADEMIC_DEPARTMENT,
    Role.SERVICE_CENTRE,
    Role.CHAIR_MEETING,
    Role.CLERK,
)


def show(
    session: Session,
    key: Annotated[str, typer.Argument(metavar="KEY", help="通知编号")],
    docx: Annotated[
        str | None, typer.Option("--docx", metavar="FILE", help="把公文写成 .docx 文件（签发前为草稿）")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="文件已存在时覆盖")] = False,
) -> Answer:
    """One notice with its text; a letter also as the document that goes (or went) out."""
    from lifecycle.ledger import show_notice
    from notifications.render import render

    with session.reading() as conn:
        view = show_notice(conn, key)
    session.require_sight(view.project)
    written = None if docx is None else _write_document(session, view, Path(docx), force=force)
    text = render(view)

    def screen(on: Screen) -> None:
        on.pairs(_described(view, text.subject, written))
        on.line()
        on.raw(text.body)

    document = {**_document(view), "docx": written, "text_subject": text.subject, "text": text.body}
    return Answer(document, screen)


def _document(view: NoticeView) -> dict[str, Any]:
    return {
        **view.as_json(),
        "letter": view.letter,
        "number": view.details.get("number"),
        "released_by": view.released_by,
        "released_at": view.released_at.isoformat() if view.released_at else None,
        "letter_sha256": view.letter_sha256,
    }


def _described(view: NoticeView, subject: str, written: str | None) -> list[tuple[str, Any]]:
    return [
        ("编号", view.key),
        ("项目", view.project),
        ("收件人", view.address or receiver_label(view.receiver)),
        ("状态", NoticeStatus(view.status).label),
        ("签发人", view.released_by),
        ("签发时间", _moment(view.released_at)),
        ("归档校验值", view.letter_sha256),
        ("公文文件", written),
        ("说明", view.error),
        ("标题", subject),
    ]


def receiver_label(text: str) -> str:
    """Who receives, in Chinese."""
    return Role(text).label if text in tuple(Role) else text


def _moment(at: datetime | None) -> str | None:
    from flows.bootstrap import SHANGHAI

    return None if at is None else at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _write_document(session: Session, view: NoticeView, path: Path, *, force: bool) -> str:
    from lifecycle.whole_file import write_whole
    from notifications.letters.release import document_of

    if path.exists() and not force:
        raise UsageFault(f"文件“{path}”已存在；请另写一个文件名，或用 --force 覆盖。")
    write_whole(path, document_of(session.store, view))
    return str(path)


def release(
    session: Session,
    keys: Keys,
    document: Annotated[
        str | None,
        typer.Option("--document", metavar="NUMBER@DATE", help="发文字号和成文日期；办理时已给的不能另给"),
    ] = None,
    copies: Annotated[str | None, typer.Option("--copies", metavar="NAMES", help="抄送机关")] = None,
) -> Answer:
    """Let held letters go, as the documents that are filed now."""
    from flows.bootstrap import now
    from lifecycle.papers import document_ref
    from notifications.letters import release as letters

    session.require(*RELEASERS, to="签发公文")
    given = document_ref(document)
    with session.reading() as conn:
        require_of_each(session, conn, keys, *RELEASERS, to="签发公文")
    views = letters.release(
        session.store,
        keys,
        by=session.actor.login,
        at=now(),
        on=session.on,
        document=given,
        copies=(copies or "").strip() or None,
    )
    answer = {"notices": [view.as_json() for view in views]}
    return Answer(answer, lambda on: on.line(f"已签发 {len(views)} 件，发送：lifecycle notices deliver"))


def require_of_each(session: Session, conn: Connection, keys: Sequence[str], *roles: Role, to: str) -> None:
    """Raise ForbiddenFault unless the actor holds a role in the province of every one of these notices."""
    from lifecycle.cases import programme_of, project_row
    from lifecycle.ledger import list_notices as ledger

    projects = {view.project for view in ledger(conn, keys=keys)}
    for project in sorted(projects):
        programme = programme_of(conn, session.store, project_row(conn, project))
        session.require(*roles, to=to, province=programme.province)
