"""The group robot of Feishu (飞书自定义机器人): its codes, its limits, its signature.

After https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot (100 messages a minute and
5 a second for a robot, 20 KB for a request, refusals in `code`; `StatusCode` is an older field).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from lifecycle.routes import ChannelName
from notifications.channels import Outgoing, PermanentFault, SettingsFault, TemporaryFault
from notifications.robot import Code, Request, Vendor, plain_text

TEXT_LIMIT = 18_000
"""Of 20 KB for the whole request."""
CHECK = "请检查 LIFECYCLE_FEISHU_WEBHOOK"
SIGN = "请检查 LIFECYCLE_FEISHU_SECRET，并校准本机时钟"
BUSY = "每个机器人每分钟最多 100 条、每秒最多 5 条"

# fmt: off
CODES = (
    Code(9499,     TemporaryFault, BUSY, "too many"),
    Code(9499,     TemporaryFault, BUSY, "frequency"),
    Code(9499,     PermanentFault, "内容不合规定"),
    Code(11232,    TemporaryFault, BUSY),
    Code(99991400, TemporaryFault, BUSY),
    Code(19001,    SettingsFault,  f"机器人地址无效，{CHECK}"),
    Code(19007,    SettingsFault,  "机器人已停用，请在群中重新启用"),
    Code(19021,    SettingsFault,  f"签名不符，{SIGN}"),
    Code(19022,    SettingsFault,  "本机地址不在白名单，请改机器人的安全设置"),
    Code(19024,    SettingsFault,  "不含所设关键词，请把机器人的安全设置改为签名校验"),
    Code(19002,    PermanentFault, "内容不合规定"),
)
# fmt: on

_AT = str.maketrans({"<": "＜", ">": "＞"})
"""<at user_id="all"> calls on everybody in the group; nothing in a title may."""


def write(outgoing: Outgoing, secret: str | None, now: float) -> Request:
    """Text, word for word; signed where the robot has a secret."""
    body: dict[str, Any] = {
        "msg_type": "text",
        "content": {"text": plain_text(outgoing, TEXT_LIMIT, _AT)},
    }
    return Request(body | (_signature(secret, now) if secret else {}))


def _signature(secret: str, now: float) -> dict[str, str]:
    """Nothing, under HMAC-SHA256 with seconds and secret as its key."""
    timestamp = str(int(now))
    digest = hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": timestamp, "sign": base64.b64encode(digest).decode()}


FEISHU = Vendor(ChannelName.FEISHU, ("code", "StatusCode"), ("msg", "StatusMessage"), CODES, write)
