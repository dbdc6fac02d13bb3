"""The group robot of WeCom (企业微信群机器人): its codes, its limits, its way to write a message.

After https://developer.work.weixin.qq.com/document/path/91770 (20 messages a minute for a robot,
2,048 octets of text, 4,096 of markdown) and the list of global codes, path/90313.
"""

from __future__ import annotations

from lifecycle.routes import ChannelName
from notifications.channels import Outgoing, PermanentFault, SettingsFault, TemporaryFault
from notifications.robot import Code, Request, Vendor, plain_text

TEXT_LIMIT = 2048
MARKDOWN_LIMIT = 4096
CHECK = "请检查 LIFECYCLE_WECOM_WEBHOOK"

# fmt: off
CODES = (
    Code(-1,    TemporaryFault, "企业微信繁忙"),
    Code(45009, TemporaryFault, "每个机器人每分钟最多 20 条", wait=60),
    Code(45033, TemporaryFault, "并发过多"),
    Code(40058, PermanentFault, "内容不合规定"),
    Code(40008, PermanentFault, "消息种类不合规定"),
    Code(44004, PermanentFault, "内容为空"),
    Code(93000, PermanentFault, "内容过长", "exceed max length"),
    Code(93000, SettingsFault,  f"机器人地址无效，{CHECK}"),
    Code(93004, SettingsFault,  "机器人已停用，请在群中重新启用"),
    Code(93008, SettingsFault,  "机器人不在群中，请重新添加"),
    Code(60020, SettingsFault,  "本机地址不在许可之列"),
)
# fmt: on

_AT = str.maketrans({"<": "＜", ">": "＞"})
"""<@name> calls on a member of the group; nothing in a title may."""
_MARKS = str.maketrans("<>*_`#[]", "＜＞＊＿｀＃［］")
"""Signs that markdown would read as its own, each as its full-width twin."""


def write(outgoing: Outgoing, _secret: str | None, _now: float) -> Request:
    """Text, word for word; markdown only where the text would be too long for text."""
    text = plain_text(outgoing, MARKDOWN_LIMIT, _AT)
    if len(text.encode("utf-8", "replace")) <= TEXT_LIMIT:
        return Request({"msgtype": "text", "text": {"content": text}})
    marked = plain_text(outgoing, MARKDOWN_LIMIT, _MARKS)
    return Request({"msgtype": "markdown", "markdown": {"content": marked}})


WECOM = Vendor(ChannelName.WECOM, ("errcode",), ("errmsg",), CODES, write)
