"""The command that tries a channel: one test message, and what the other side answered.

By an administrator, since it proves settings and tells the office's groups. From a practice store
nothing leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.output import Answer
from console.session import Session
from states.errors import RefusedFault, UsageFault
from states.names import Role

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from lifecycle.routes import ChannelName
    from notifications.channels import Receipt


def try_out(
    session: Session,
    channel: Annotated[
        str, typer.Argument(metavar="CHANNEL", help="mail、wecom、dingtalk、feishu，或中文名称")
    ],
    to: Annotated[
        str | None, typer.Option("--to", metavar="ADDRESS", help="收件地址，只用于邮件；默认为本人的邮箱")
    ] = None,
) -> Answer:
    """Send one test message."""
    from flows.bootstrap import now
    from lifecycle.database import reading
    from lifecycle.gate import store_facts
    from lifecycle.routes import ChannelName
    from lifecycle.settings import PREFIX
    from notifications.trial import trial_message, try_channel

    session.require(Role.ADMIN, to="测试发送渠道")
    name = _channel(channel)
    if session.app.rehearsal:
        document = {"channel": str(name), "to": [], "sent": False, "answer": None}
        return Answer(document, lambda on: on.line("这是演练库：什么也不发到外面，渠道的设置没有经过检验。"))
    found = session.app.channels.get(name)
    if found is None:
        raise RefusedFault(f"{name.label}渠道还没有设置：请设 {PREFIX}{name.upper()}_WEBHOOK。")
    with reading(session.app.engine) as conn:
        to_whom = _addresses(conn, session, to) if name is ChannelName.MAIL else _none(to, name)
        store_id = store_facts(conn).store_id
    login = session.actor.login
    message = trial_message(name, name.label, to_whom, login=login, store_id=store_id, at=now())
    return _told(name, try_channel(found, message), left=found.outside)


def _told(name: ChannelName, receipt: Receipt, *, left: bool) -> Answer:
    there, answer = list(receipt.accepted), receipt.answer
    words = "对方答复" if left else "没有设置邮件服务器，只写成了文件"
    return Answer(
        {"channel": str(name), "to": there, "sent": left, "answer": answer},
        lambda on: on.line(f"测试通知已由{name.label}发给 {'、'.join(there)}。{words}：{answer}"),
    )


def _channel(text: str) -> ChannelName:
    from lifecycle.routes import ChannelName

    for name in ChannelName:
        if text in (name.value, name.label):
            return name
    known = "、".join(f"{name.value}（{name.label}）" for name in ChannelName)
    raise UsageFault(f"没有名为“{text}”的发送渠道，应为：{known}。")


def _addresses(conn: Connection, session: Session, to: str | None) -> tuple[str, ...]:
    from lifecycle.people import list_people
    from notifications.recipients import valid

    mine = [one["email"] for one in list_people(conn) if one["login"] == session.actor.login]
    address = (to or (mine[0] if mine else None) or "").strip()
    if not address:
        raise UsageFault("没有登记您的邮箱，请用 --to 指定收件地址。")
    if not valid(address):
        raise UsageFault(f"--to 的值“{address}”不是邮箱地址，应如 name@example.com。")
    return (address,)


def _none(to: str | None, name: ChannelName) -> tuple[str, ...]:
    if to is not None:
        raise UsageFault(f"{name.label}群机器人发到它所在的群，没有收件地址，不能用 --to。")
    return ()
