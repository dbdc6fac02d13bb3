"""Which receivers are reached by which channels: decided here and nowhere else.

Mail goes to everybody. The setting ROUTES adds group robots for single roles. A letter (公文) goes by
mail alone: a group chat is no service of a document. It never sends and knows no address.
"""

from __future__ import annotations

from typing import Final

from states.names import Labelled, Role


class ChannelName(Labelled):
    """A way by which notices leave, as the last part of a notice's key names it."""

    MAIL = "mail", "邮件"
    WECOM = "wecom", "企业微信"
    DINGTALK = "dingtalk", "钉钉"
    FEISHU = "feishu", "飞书"


ROBOTS: Final = (ChannelName.WECOM, ChannelName.DINGTALK, ChannelName.FEISHU)

Routes = tuple[tuple[Role, tuple[ChannelName, ...]], ...]
"""Rows of a role and the robots by which it is reached besides mail; hashable, as settings are."""


def read_routes(text: str) -> Routes:
    """形如 prov_association=wecom,dingtalk;clerk=feishu：角色=群机器人（wecom、dingtalk、feishu）"""
    rows: dict[Role, tuple[ChannelName, ...]] = {}
    for row in filter(None, (one.strip() for one in text.replace("；", ";").split(";"))):
        name, separator, channels = row.partition("=")
        role = Role(name.strip())
        if not separator or role in rows:
            raise ValueError(row)
        rows[role] = tuple(_robot(one.strip()) for one in channels.replace("，", ",").split(","))
        if len(set(rows[role])) < len(rows[role]):
            raise ValueError(row)
    return tuple(rows.items())


def channels_of(routes: Routes, receiver: str, *, letter: bool) -> tuple[ChannelName, ...]:
    """The channels by which a notice goes to a receiver, mail first; one row of the ledger for each."""
    if letter or not routes:
        return (ChannelName.MAIL,)
    besides = dict(routes).get(Role(receiver), ()) if receiver in tuple(Role) else ()
    return (ChannelName.MAIL, *besides)


def _robot(name: str) -> ChannelName:
    channel = ChannelName(name)
    if channel not in ROBOTS:
        raise ValueError(name)
    return channel
