"""One test message through one channel: what the other side answers, or why it cannot be sent.

It touches neither the ledger nor a project, and never sends from a practice store.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from notifications.channels import (
    Channel,
    Outgoing,
    PermanentFault,
    Receipt,
    SettingsFault,
    TemporaryFault,
    UnreachableFault,
)
from states.errors import RefusedFault, UnavailableFault

SENDER_NAME = "科协项目管理系统"
SUBJECT = "测试通知：{label}渠道可用"
BODY = """您好：

　　这是一件测试通知，由 {login} 于{moment}发出，与任何项目无关，不必回复。收到它，说明“{label}”渠道设置正确。
"""


def trial_message(
    channel: str, label: str, to: tuple[str, ...], *, login: str, store_id: str, at: datetime
) -> Outgoing:
    """The test message; its key names the channel and the moment, so that two tests are two messages."""
    there = at.astimezone(ZoneInfo("Asia/Shanghai"))
    moment = f"{there:%Y-%m-%d %H:%M:%S}"
    return Outgoing(
        key=f"test.{channel}.{there:%Y%m%d-%H%M%S-%f}",
        store_id=store_id,
        to=to,
        sender_name=SENDER_NAME,
        subject=SUBJECT.format(label=label),
        body=BODY.format(login=login, moment=moment, label=label),
        at=at,
    )


def try_channel(channel: Channel, outgoing: Outgoing) -> Receipt:
    """Send it. Raises RefusedFault where the other side said no, UnavailableFault where it did not answer."""
    try:
        receipt = channel.send(outgoing)
    except (SettingsFault, PermanentFault) as fault:
        raise RefusedFault(f"{fault}。") from fault
    except (UnreachableFault, TemporaryFault) as fault:
        raise UnavailableFault(f"{fault}。") from fault
    finally:
        channel.close()
    if remark := receipt.remark:
        raise RefusedFault(f"{remark}。")
    return receipt
