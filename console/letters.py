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
from states.errors import BadInputFault, NotFoundFault, UsageFault
from states.names import NoticeStatus, Role
from states.specs import SUPERIOR

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from lifecycle.ledger import NoticeView
    from lifecycle.people import Actor
    from states.catalogue import Programme
    from states.decision import DocumentRef

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
        ("对方答复", view.answer),
        ("标题", subject),
    ]


def receiver_label(text: str) -> str:
    """Who receives, in Chinese."""
    return "上级单位" if text == SUPERIOR else Role(text).label if text in tuple(Role) else text


def _moment(at: datetime | None) -> str | None:
    from flows.bootstrap import SHANGHAI

    return None if at is None else at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _write_document(session: Session, view: NoticeView, path: Path, *, force: bool) -> str:
    from notifications.letters.release import document_of

    if not view.letter:
        raise UsageFault(f"{view.key} 是通知，不是公文，没有公文文件。")
    return _write(document_of(session.store, view), path, force=force)


def _write(content: bytes, path: Path, *, force: bool) -> str:
    from lifecycle.whole_file import write_whole

    if path.exists() and not force:
        raise UsageFault(f"文件“{path}”已存在；请另写一个文件名，或用 --force 覆盖。")
    write_whole(path, content)
    return str(path)


def release(
    session: Session,
    keys: Keys,
    document: Annotated[
        str | None,
        typer.Option("--document", metavar="NUMBER@DATE", help="发文字号和成文日期；办理时已给的不能另给"),
    ] = None,
    copies: Annotated[str | None, typer.Option("--copies", metavar="NAMES", help="抄送机关")] = None,
    at_once: Annotated[bool, typer.Option("--now", help="不等发送时段，随时可发")] = False,
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
        by=_who(session.actor),
        at=now(),
        on=session.on,
        document=given,
        copies=(copies or "").strip().rstrip("。") or None,
        anytime=at_once,
    )
    also = _bearing(session, given, keys)
    answer = {"notices": [view.as_json() for view in views], "same_number": also}

    def screen(on: Screen) -> None:
        on.line(f"已签发 {len(views)} 件，发送：lifecycle notices deliver")
        if also:
            on.line(f"请核对：同一文号还用于 {'、'.join(also)}")

    return Answer(answer, screen)


def _who(actor: Actor) -> str:
    """Who releases, with who really sat there: both names are kept, as in the history."""
    return f"{actor.login}（{actor.stood_in_by} 代）" if actor.stood_in_by else actor.login


def _bearing(session: Session, document: DocumentRef | None, keys: Sequence[str]) -> list[str]:
    from lifecycle.releasing import bearing

    if document is None:
        return []
    with session.reading() as conn:
        return bearing(conn, document.number, keys)


def require_of_each(session: Session, conn: Connection, keys: Sequence[str], *roles: Role, to: str) -> None:
    """Raise ForbiddenFault unless the actor holds a role in the province of every one of these notices.

    A warning of the system itself is about no project: it is an administrator's.
    """
    from lifecycle.cases import programme_of, project_row
    from lifecycle.ledger import list_notices as ledger

    projects = {view.project for view in ledger(conn, keys=keys)}
    if "" in projects:
        session.require(Role.ADMIN, to=to)
    for project in sorted(projects - {""}):
        programme = programme_of(conn, session.store, project_row(conn, project))
        session.require(*roles, to=to, province=programme.province)


def publicity(
    session: Session,
    programme: Annotated[str, typer.Argument(metavar="PROGRAMME", help="项目类别或分组")],
    docx: Annotated[str | None, typer.Option("--docx", metavar="FILE", help="写成 .docx 文件")] = None,
    document: Annotated[
        str | None, typer.Option("--document", metavar="NUMBER@DATE", help="发文字号和成文日期")
    ] = None,
    release: Annotated[bool, typer.Option("--release", help="签发：写成正式公示，不再是草稿")] = False,
    published: Annotated[bool, typer.Option("--published", help="最近一次已登记的公示名单")] = False,
    force: Annotated[bool, typer.Option("--force", help="文件已存在时覆盖")] = False,
) -> Answer:
    """The notice of intended approvals for all that is selected and not public yet (R-FORM-66)."""
    from lifecycle.listing import find_line
    from lifecycle.papers import document_ref

    given = document_ref(document)
    line = find_line(session.store.catalogue, programme)
    session.require(*RELEASERS, to="签发公示" if release else "拟写公示", province=line.province)
    details = _list_to_publish(session, line, given, published=published)
    draft = not (release or published)
    written = None
    if docx is not None:
        from notifications.letters.publicity import publicity as document_for

        folder = session.settings.letter_templates
        made = document_for(details, folder, draft=draft, rehearsal=session.rehearsal)
        written = _write(made, Path(docx), force=force)
    answer = {**details, "draft": draft, "docx": written}
    return Answer(answer, lambda on: _show_list(on, answer))


def _list_to_publish(
    session: Session, line: Programme, document: DocumentRef | None, *, published: bool
) -> dict[str, Any]:
    from lifecycle.listing import slugs_under
    from lifecycle.publications import last_published, unpublished
    from states.publicity import publicity_details

    slugs = slugs_under(session.store.catalogue, line.slug)
    with session.reading() as conn:
        last = last_published(conn, slugs) if published else None
        entries = () if published else unpublished(conn, slugs)
    on = session.on if last is None else last.on
    entries = entries if last is None else last.entries
    if not entries:
        which = "没有已登记的公示名单" if published else "没有已立项而尚未公示的项目"
        raise NotFoundFault(f"“{line.title}”{which}。")
    return publicity_details(line, entries, on, session.store.calendar, document)


def _show_list(on: Screen, answer: dict[str, Any]) -> None:
    days = answer["workdays"]
    last = f"至 {answer['last']}（{days} 个工作日，惯例）" if days else "（文件未设公示期）"
    on.pairs(
        [
            ("标题", answer["subject"]),
            ("公示", f"自 {answer['first']} {last}"),
            ("受理电话", answer["phone"]),
            ("受理邮箱", answer["email"]),
            ("公示文件", answer["docx"]),
        ]
    )
    rows = [(one["n"], one["project"], one["title"], one["unit"]) for one in answer["entries"]]
    on.table(f"名单（{answer['count']} 项）", ("序号", "项目编号", "项目名称", "单位"), rows)
    if answer["draft"]:
        on.line("这是草稿；签发后公布，并登记：lifecycle trigger publish_results …")


def templates(
    session: Session,
    out: Annotated[
        str | None, typer.Option("--out", metavar="FOLDER", help="把自带的模板写到这个文件夹，供修改")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="文件已存在时覆盖")] = False,
) -> Answer:
    """The templates of the letters: whose each one is, and whether the office's own can be used."""
    from notifications.letters.office import LABELS, check, strangers, template_of

    folder = session.settings.letter_templates
    if out is not None:
        for name in LABELS:
            _write(template_of(name, None).read_bytes(), Path(out) / f"{name}.docx", force=force)
    found = [(name, label, check(name, folder)) for name, label in LABELS.items()]
    wrong = list(dict.fromkeys(fault for _, _, (_, fault) in found if fault))
    wrong += [f"{path} 不是任何公文的模板，应为：{'、'.join(LABELS)}（.docx）" for path in strangers(folder)]
    rows = [(name, label, "本单位" if own else "自带") for name, label, (own, _) in found]
    answer = {
        "templates": [{"name": name, "label": label, "own": own} for name, label, (own, _) in found],
        "folder": None if folder is None else str(folder),
        "out": out,
        "errors": wrong,
    }

    def screen(on: Screen) -> None:
        on.table("公文模板", ("文件名（.docx）", "公文", "使用"), rows)
        if out is not None:
            on.line(f"已写到 {out}")

    return Answer(answer, screen, BadInputFault("；".join(wrong)) if wrong else None)
