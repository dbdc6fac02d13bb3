"""The command that takes in bounces: what a mail system sent back becomes a dead letter of its notice.

A report counts only with the Message-ID that the notice was sent under, which nobody else can know.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.letters import RELEASERS, require_of_each
from console.output import Answer, Screen
from console.session import Session
from states.errors import BadInputFault, NotFoundFault
from states.names import Role

if TYPE_CHECKING:
    from lifecycle.ledger import NoticeView


def take_bounces(
    session: Session,
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="退信，存成 .eml 的邮件")],
) -> Answer:
    """Read bounces; each marks its notice, all or none."""
    from lifecycle.bounced import mark_bounced
    from lifecycle.database import transaction

    session.require(*RELEASERS, Role.ADMIN, to="登记退信")
    views: list[NoticeView] = []
    with transaction(session.app.engine) as conn:
        for name in files:
            keys, failed = _read(conn, name)
            require_of_each(session, conn, keys, *RELEASERS, Role.ADMIN, to="登记退信")
            for key in keys if failed else ():
                view = mark_bounced(conn, key, failed)
                views += [view] if view is not None else []
    return Answer({"notices": [view.as_json() for view in views]}, lambda on: _screen(on, views, files))


def _read(conn: Any, name: str) -> tuple[list[str], dict[str, str]]:
    """The notices that went out in the mail of one file, and the failed recipients."""
    from lifecycle.digests import parts_of
    from lifecycle.ledger import show_notice
    from lifecycle.system_faults import why
    from notifications.bounce import read_bounce
    from notifications.message import message_id

    try:
        bounce = read_bounce(Path(name).read_bytes())
    except OSError as fault:
        raise BadInputFault(f"退信“{name}”无法读取：{why(fault)}。") from None
    if bounce is None:
        raise BadInputFault(f"“{name}”不是本系统通知的退信，应为邮件系统发来的退信报告，存成 .eml 文件。")
    keys = parts_of(conn, bounce.key) or [bounce.key]
    try:
        store_id = show_notice(conn, keys[0]).store_id
    except NotFoundFault:
        store_id = None
    if store_id is None or message_id(bounce.key, store_id) != bounce.message_id:
        raise BadInputFault(f"“{name}”所退的邮件不是本库发出的。")
    return keys, dict(bounce.failed)


def _screen(on: Screen, views: list[NoticeView], files: list[str]) -> None:
    for view in views:
        on.line(f"{view.key}：{view.error}")
    on.line(
        f"读了 {len(files)} 份退信，{len(views)} 件通知没有送到；改正地址后：lifecycle notices retry 编号"
    )
