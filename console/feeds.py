"""Commands about the feeds of deadlines that calendar programs subscribe to, for one unit or for all.

The daemon answers them (`flows.feed_page`); who may make one is decided in `lifecycle.feeds`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.command import command, new_group
from console.output import Answer, Screen
from console.session import Session

if TYPE_CHECKING:
    from lifecycle.feeds import KnownFeed

Number = Annotated[int, typer.Argument(metavar="FEED", help="订阅编号，见 feeds list")]


def register(root: typer.Typer) -> None:
    """Hang the commands of this file into the tree."""
    feeds = new_group(listing=list_feeds)
    command(feeds, "list", help="列出日历订阅")(list_feeds)
    command(feeds, "add", help="新建日历订阅：一个单位的，或全部的；地址只显示一次")(add)
    command(feeds, "revoke", help="撤销日历订阅，其地址随即失效")(revoke)
    root.add_typer(feeds, name="feeds")


def add(
    session: Session,
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="NAME", help="只含该单位的期限；不写为全部单位")
    ] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="日历中显示的名称")] = None,
) -> Answer:
    """A new feed, with its address."""
    from flows.bootstrap import now
    from lifecycle.database import transaction
    from lifecycle.feeds import add_feed
    from lifecycle.units import known_unit
    from states.errors import NotFoundFault

    actor, settings = session.actor, session.settings
    with transaction(session.app.engine) as conn:
        of = None if unit is None else known_unit(conn, unit)
        if unit is not None and of is None:
            raise NotFoundFault(f"登记簿中没有“{unit}”；现有的见 lifecycle units。")
        feed, token = add_feed(conn, actor, of, name, now())
    url = f"http://{settings.daemon_host}:{settings.daemon_port}/feeds/{token}.ics"

    def screen(on: Screen) -> None:
        on.line(f"已建日历订阅 {feed.id}“{feed.name}”（{feed.unit or '全部单位'}）。")
        on.line(f"  {url}")
        on.paragraph(
            "地址只显示这一次；持有地址者即可查看其中的期限，泄露后请用 "
            f"lifecycle feeds revoke {feed.id} 撤销。由 lifecycle up 的守护进程提供，只在本机监听；"
            "供他人订阅须由本单位的 HTTPS 反向代理转发 /feeds/。"
        )

    return Answer({**feed.as_json(), "token": token, "url": url}, screen)


def list_feeds(session: Session) -> Answer:
    """The feeds, without their addresses."""
    from lifecycle.feeds import list_feeds as known

    with session.reading() as conn:
        found = known(conn, session.actor)

    def screen(on: Screen) -> None:
        if not found:
            on.line("没有日历订阅；新建：lifecycle feeds add [--unit 单位]")
            return
        rows = [
            (
                one.id,
                one.name,
                one.unit or "全部单位",
                one.created_by,
                f"{one.created_at:%Y-%m-%d}",
                _ended(one),
            )
            for one in found
        ]
        on.table(f"日历订阅（{len(rows)} 个）", ("编号", "名称", "单位", "建立人", "建立日", "撤销"), rows)

    return Answer({"feeds": [one.as_json() for one in found]}, screen)


def _ended(feed: KnownFeed) -> str:
    return f"{feed.revoked_at:%Y-%m-%d}（{feed.revoked_by}）" if feed.revoked_at else ""


def revoke(session: Session, feed: Number) -> Answer:
    """End a feed."""
    from flows.bootstrap import now
    from lifecycle.database import transaction
    from lifecycle.feeds import revoke_feed

    actor = session.actor
    with transaction(session.app.engine) as conn:
        ended = revoke_feed(conn, actor, feed, now())
    said = f"已撤销日历订阅 {ended.id}“{ended.name}”，其地址已失效。"
    return Answer(ended.as_json(), lambda on: on.line(said))
