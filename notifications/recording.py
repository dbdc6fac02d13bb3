"""A channel that only remembers, for rehearsals and tests."""

from __future__ import annotations

from notifications.channels import Outgoing, Receipt


class RecordingChannel:
    """Keeps every message in memory, in the order of sending."""

    outside = False

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []

    def send(self, outgoing: Outgoing) -> Receipt:
        """Remember the message."""
        self.sent.append(outgoing)
        return Receipt(outgoing.to)

    def close(self) -> None:
        """Nothing is held open."""
