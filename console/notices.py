"""Commands about the ledger of notices and letters: list, read, release, retry, deliver.

What is sent to whom is decided elsewhere; a letter leaves only after a person has released it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.bounces import take_bounces
from console.command import command, new_group
from console.letters import (
    RELEASERS,
    Keys,
    publicity,
    receiver_label,
    release,
    require_of_each,
    show,
    templates,
)
from console.options import parse_size, parse_whole
from console.output import Answer, Screen
from console.session import Session
from console.trial import try_out
from states.errors import UsageFault
from states.names import NoticeStatus, Role

if TYPE_CHECKING:
    from lifecycle.ledger import NoticeView


def register(root: typer.Typer) -> None:
    """Hang the commands of this file into the tree."""
    notices = new_group(listing=list_notices)
    command(notices, "show", help="查看一件通知或公文的全文")(show)
    command(notices, "release", help="签发公文，签发后方可发送")(release)
    command(notices, "publicity", help="拟立项公示：已立项而尚未公示的项目名单，可写成 .docx")(publicity)
    command(notices, "templates", help="公文模板：检查本单位的，导出自带的")(templates)
    command(notices, "retry", help="重发失败或停止重试的通知")(retry)
    command(notices, "deliver", help="发送已签发和待发送的通知")(deliver)
    command(notices, "bounced", help="登记退信：邮件系统退回的通知转为停止重试")(take_bounces)
    command(notices, "test", help="经一个渠道发一件测试通知，显示对方的答复")(try_out)
    root.add_typer(notices, name="notices")


def list_notices(
    session: Session,
    status: Annotated[
        str | None, typer.Option("--status", metavar="STATUS", help="held、pending、sent 等，或中文")
    ] = None,
    project: Annotated[str | None, typer.Option("--project", metavar="ID", help="项目编号")] = None,
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help="通知种类")] = None,
    limit: Annotated[str | None, typer.Option("--limit", metavar="N", help="最多列出多少件")] = None,
) -> Answer:
    """The ledger, oldest first."""
    from lifecycle.ledger import list_notices as ledger
    from lifecycle.sight import visible_projects

    wanted = None if status is None else str(_status(status))
    most = parse_size(limit, "--limit")
    if project is not None:
        session.require_sight(project)
    with session.reading() as conn:
        asked = most if session.actor.sees_all else None
        views = ledger(conn, status=wanted, project=project, kind=kind, limit=asked)
        shown = visible_projects(conn, session.actor)
    views = [view for view in views if view.project in shown][:most]
    return Answer(_document(views), lambda on: _table(on, views))


def _status(text: str) -> NoticeStatus:
    for status in NoticeStatus:
        if text in (status.value, status.label):
            return status
    known = "、".join(f"{status.value}（{status.label}）" for status in NoticeStatus)
    raise UsageFault(f"没有名为“{text}”的通知状态，应为：{known}。")


def _document(views: list[NoticeView]) -> dict[str, Any]:
    return {"notices": [view.as_json() for view in views]}


def _table(on: Screen, views: list[NoticeView]) -> None:
    if not views:
        on.line("没有通知。")
        return
    rows = [
        (
            view.key,
            "公文" if view.letter else "通知",
            view.subject,
            view.address or receiver_label(view.receiver),
            NoticeStatus(view.status).label,
            view.created_on,
            view.error or "",
        )
        for view in views
    ]
    on.table(
        f"通知与公文（{len(views)} 件）", ("编号", "形式", "标题", "收件人", "状态", "生成日期", "说明"), rows
    )
    held = sum(view.status == NoticeStatus.HELD for view in views)
    if held:
        on.line(f"其中 {held} 件公文待签发：lifecycle notices release 编号")


def retry(session: Session, keys: Keys) -> Answer:
    """Put failed or dead notices back in line."""
    from lifecycle import ledger
    from lifecycle.database import transaction

    session.require(*RELEASERS, Role.ADMIN, to="重发通知")
    with transaction(session.app.engine) as conn:
        require_of_each(session, conn, keys, *RELEASERS, Role.ADMIN, to="重发通知")
        views: dict[str, NoticeView] = {}
        for key in keys:
            if key not in views:
                views |= {view.key: view for view in ledger.retry(conn, key)}
    told = f"{len(views)} 件已重新排队，发送：lifecycle notices deliver"
    return Answer(_document([*views.values()]), lambda on: on.line(told))


def deliver(
    session: Session,
    limit: Annotated[str | None, typer.Option("--limit", metavar="N", help="最多发送多少件")] = None,
) -> Answer:
    """Drain what is released."""
    from flows.bootstrap import now
    from lifecycle.ledger import list_notices as ledger
    from notifications.dispatch import deliver as drain

    most = parse_whole(limit, "--limit")
    session.require(*RELEASERS, Role.ADMIN, to="发送通知")
    done = drain(session.store, session.app.channels, now(), limit=most)
    with session.reading() as conn:
        views = ledger(conn, keys=done.keys)
    counts: dict[str, Any] = {
        "sent": done.sent, "failed": done.failed, "dead": done.dead, "cancelled": done.cancelled,
        "unreachable": done.unreachable, "messages": done.messages, "waiting": done.waiting,
    }  # fmt: skip

    def screen(on: Screen) -> None:
        on.line(
            f"已发送 {done.sent} 件（合为 {done.messages} 封），暂时失败 {done.failed} 件，"
            f"停止重试 {done.dead} 件，因已无必要而取消 {done.cancelled} 件。"
        )
        if done.waiting:
            on.line(f"{done.waiting} 件不在发送时段，到时自动发送。")
        for words in done.unreachable.values():
            on.line(f"{words}；该渠道的通知原样等待。")
        if session.rehearsal or session.settings.mail_channel == "eml":
            on.line(f"邮件文件在 {session.settings.home / 'outbox'}")

    return Answer({**_document(views), **counts}, screen)
