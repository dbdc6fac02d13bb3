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
    """One message on its way: who gets what, under which key."""

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
    """A message was taken. `refused` names single recipients that were not."""

    accepted: tuple[str, ...]
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def remark(self) -> str | None:
        """The refusals as one line for the ledger."""
        if not self.refused:
            return None
        return "部分收件人被拒：" + refusals_text(self.refused)


class TemporaryFault(Exception):
    """暂时发送失败，稍后重试。"""


class PermanentFault(Exception):
    """发送被拒绝，重试无用。"""


class UnreachableFault(Exception):
    """服务器无法连接。"""


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
