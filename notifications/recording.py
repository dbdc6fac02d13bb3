"""A channel that only remembers, for rehearsals and tests."""

from __future__ import annotations

from notifications.channels import Outgoing, Receipt
from notifications.eml import SENDER
from notifications.message import compose


class RecordingChannel:
    """Keeps every message in memory, in the order of sending. Refuses what no mail could carry."""

    outside = False

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []

    def send(self, outgoing: Outgoing) -> Receipt:
        """Remember the message."""
        compose(outgoing, SENDER)
        self.sent.append(outgoing)
        return Receipt(outgoing.to, answer="记在内存中")

    def close(self) -> None:
        """Nothing is held open."""
