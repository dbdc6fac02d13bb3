"""What a channel is: it takes one outgoing message and says what became of it.

The faults tell dispatch what to do next: wait, give up, or stop because nobody answers. A
channel never touches the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message: its name for the receiver, its media type, its bytes."""

    name: str
    media: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way: who gets what, under which key. A group robot needs no `to`."""

    key: str
    store_id: str
    to: tuple[str, ...]
    sender_name: str
    subject: str
    body: str
    at: datetime
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message was taken by `accepted`. `answer` is what the other side said.

    `refused` names single recipients that were not taken, `later` those that are to be tried again.
    """

    accepted: tuple[str, ...]
    refused: Mapping[str, str] = field(default_factory=dict)
    later: Mapping[str, str] = field(default_factory=dict)
    answer: str = ""

    @property
    def remark(self) -> str | None:
        """The refusals as one line for the ledger."""
        if not self.refused:
            return None
        return "部分收件人被拒：" + refusals_text(self.refused)


class TemporaryFault(Exception):
    """暂时发送失败，稍后重试。

    `wait` is the least number of seconds that the other side asked for. `rest` says that the next
    message would fare no better: the channel is left alone for the rest of the run.
    """

    def __init__(self, words: str, *, wait: float = 0, rest: bool = False) -> None:
        super().__init__(words)
        self.wait = wait
        self.rest = rest


class PermanentFault(Exception):
    """发送被拒绝，重试无用。"""


class UnreachableFault(Exception):
    """服务器无法连接。"""


class SettingsFault(UnreachableFault):
    """对方不接受本机的设置（密钥、签名、登录名、发件人）：不是哪一件通知的错，改好设置再发。"""


class Channel(Protocol):
    """One way of delivery."""

    @property
    def outside(self) -> bool:
        """Whether messages leave this machine; such a channel is barred in a rehearsal."""
        ...

    def send(self, outgoing: Outgoing) -> Receipt:
        """Deliver. Raises TemporaryFault, PermanentFault or UnreachableFault."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


def refusals_text(refused: Mapping[str, str]) -> str:
    """Each refused address with its reason, in the order of addresses."""
    return "；".join(f"{address}（{reason}）" for address, reason in sorted(refused.items()))
