"""The group robot of DingTalk (钉钉自定义机器人): its codes, its limits, its signature.

After https://open.dingtalk.com/document/robots/custom-robot-access (20 messages a minute for a robot,
else ten minutes of silence) and /customize-robot-security-settings (the signature).
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from lifecycle.routes import ChannelName
from notifications.channels import Outgoing, PermanentFault, SettingsFault, TemporaryFault
from notifications.robot import Code, Request, Vendor, plain_text

TEXT_LIMIT = 18_000
"""Of 20,000 octets for the whole message."""
CHECK = "请检查 LIFECYCLE_DINGTALK_WEBHOOK"
SIGN = "请检查 LIFECYCLE_DINGTALK_SECRET"

# fmt: off
CODES = (
    Code(-1,     TemporaryFault, "钉钉繁忙"),
    Code(130101, TemporaryFault, "每个机器人每分钟最多 20 条，超过后停 10 分钟", wait=600),
    Code(410100, TemporaryFault, "每个机器人每分钟最多 20 条，超过后停 10 分钟", wait=600),
    Code(660026, TemporaryFault, "发送过于频繁"),
    Code(310000, SettingsFault,  f"签名不符，{SIGN}", "sign"),
    Code(310000, SettingsFault,  "时间戳无效，请校准本机时钟", "timestamp"),
    Code(310000, SettingsFault,  "本机地址不在白名单，请改机器人的安全设置", "whitelist"),
    Code(310000, SettingsFault,  "不含所设关键词，请把机器人的安全设置改为加签", "keyword"),
    Code(310000, SettingsFault,  "不符合机器人的安全设置"),
    Code(300001, SettingsFault,  f"机器人地址无效，{CHECK}"),
    Code(300005, SettingsFault,  f"机器人地址无效，{CHECK}"),
    Code(400013, SettingsFault,  "群已解散，请换一个群的机器人"),
    Code(400101, SettingsFault,  f"机器人地址无效，{CHECK}"),
    Code(400102, SettingsFault,  "机器人已停用，请在群中重新启用"),
    Code(400106, SettingsFault,  "机器人不在群中，请重新添加"),
    Code(400105, PermanentFault, "消息种类不合规定"),
    Code(430101, PermanentFault, "含有对方认为不安全的链接"),
    Code(430102, PermanentFault, "含有对方认为不合适的文字"),
    Code(430103, PermanentFault, "含有对方认为不合适的图片"),
    Code(430104, PermanentFault, "含有对方认为不合适的内容"),
)
# fmt: on


def write(outgoing: Outgoing, secret: str | None, now: float) -> Request:
    """Text to nobody in particular; signed where the robot has a secret."""
    body = {
        "msgtype": "text",
        "text": {"content": plain_text(outgoing, TEXT_LIMIT)},
        "at": {"isAtAll": False},
    }
    return Request(body, _signature(secret, now) if secret else {})


def _signature(secret: str, now: float) -> dict[str, str]:
    """Milliseconds and secret, under HMAC-SHA256 with the secret as its key."""
    timestamp = str(round(now * 1000))
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return {"timestamp": timestamp, "sign": base64.b64encode(digest).decode()}


DINGTALK = Vendor(ChannelName.DINGTALK, ("errcode",), ("errmsg",), CODES, write)
