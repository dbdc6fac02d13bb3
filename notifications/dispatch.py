"""Delivery: claim a notice, write it, send it, record what became of it; one at a time.

Each step is its own short transaction, and no transaction is open while a channel works. Never
changes a project; never sends outside from a rehearsal.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from lifecycle import ledger
from lifecycle.database import transaction
from lifecycle.ledger import NoticeView
from lifecycle.store import Store
from notifications.channels import Channel, Outgoing, PermanentFault, TemporaryFault, UnreachableFault
from notifications.eml import EmlChannel
from notifications.recipients import Recipients, resolve
from notifications.render import render
from notifications.retry import next_attempt
from states.errors import DefinitionFault, UnavailableFault

SMTP_STEPS = 12
"""Answers that one mail waits for at most; a lease outlasts them all, so a live worker keeps its claim."""


@dataclass(slots=True)
class Delivered:
    """What one run did; `keys` are those that were sent."""

    sent: int = 0
    failed: int = 0
    dead: int = 0
    cancelled: int = 0
    keys: list[str] = field(default_factory=list)


def deliver(
    store: Store,
    channels: Mapping[str, Channel],
    now: datetime,
    limit: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Delivered:
    """Drain what is released and ready, at most `limit`.

    Raises UnavailableFault when a server cannot be reached and nothing could be sent; the
    notices then wait unchanged.
    """
    run = _Run(store, channels, now)
    try:
        taken = 0
        while (limit is None or taken < limit) and run.step():
            taken += 1
            if progress is not None:
                progress(taken)
    finally:
        for channel in channels.values():
            channel.close()
    if run.unreachable is not None and run.done.sent == 0:
        raise UnavailableFault(run.unreachable)
    return run.done


class _Run:
    """One worker's pass over the ledger."""

    def __init__(self, store: Store, channels: Mapping[str, Channel], now: datetime) -> None:
        self.done = Delivered()
        self.unreachable: str | None = None
        self._store = store
        self._channels = channels
        self._began = now, time.monotonic()
        self._worker = uuid.uuid4().hex
        settings = store.settings
        self._lease = max(settings.lease_seconds, SMTP_STEPS * settings.smtp_timeout)
        self._embedded = EmlChannel(store.home / "outbox")

    def step(self) -> bool:
        """Take care of one notice. False when there is none left or no server to give it to."""
        with transaction(self._store.engine) as conn:
            claimed = ledger.claim(conn, self._now(), self._lease, self._worker, 1)
            if not claimed:
                return False
            notice = claimed[0]
            if reason := ledger.stop_reason(conn, notice):
                ledger.mark_cancelled(conn, notice.key, self._worker, reason)
                self.done.cancelled += 1
                return True
            programme = self._store.catalogue.programmes.get(notice.programme)
            recipients = resolve(conn, notice, programme)
        self._send(notice, recipients)
        return self.unreachable is None

    def _now(self) -> datetime:
        moment, started = self._began
        return moment + timedelta(seconds=time.monotonic() - started)

    def _send(self, notice: NoticeView, recipients: Recipients) -> None:
        if recipients.reason:
            self._record(self._bury, notice, recipients.reason)
            return
        try:
            channel = self._channel(notice)
            text = render(notice)
            receipt = channel.send(
                Outgoing(
                    key=notice.key,
                    store_id=notice.store_id,
                    to=recipients.addresses,
                    sender_name=str(notice.details.get("association", "")),
                    subject=text.subject,
                    body=text.body,
                    at=self._now(),
                )
            )
        except UnreachableFault as fault:
            self.unreachable = str(fault)
            self._record(self._return, notice, str(fault))
        except TemporaryFault as fault:
            self._record(self._postpone, notice, str(fault))
        except (PermanentFault, DefinitionFault) as fault:
            self._record(self._bury, notice, str(fault))
        else:
            with transaction(self._store.engine) as conn:
                address = ", ".join(receipt.accepted)
                ledger.mark_sent(conn, notice.key, self._worker, self._now(), address, remark=receipt.remark)
            self.done.sent += 1
            self.done.keys.append(notice.key)

    def _channel(self, notice: NoticeView) -> Channel:
        channel = self._channels.get(notice.channel)
        if notice.rehearsal and (channel is None or channel.outside):
            return self._embedded
        if channel is None:
            raise PermanentFault(f"没有名为“{notice.channel}”的发送渠道")
        return channel

    def _record(
        self, how: Callable[[Connection, NoticeView, str], None], notice: NoticeView, error: str
    ) -> None:
        with transaction(self._store.engine) as conn:
            how(conn, notice, error)

    def _bury(self, conn: Connection, notice: NoticeView, error: str) -> None:
        ledger.mark_dead(conn, notice.key, self._worker, error)
        self.done.dead += 1

    def _return(self, conn: Connection, notice: NoticeView, error: str) -> None:
        ledger.give_back(conn, notice.key, self._worker, error)

    def _postpone(self, conn: Connection, notice: NoticeView, error: str) -> None:
        again = next_attempt(notice.key, notice.attempts, self._now())
        if again is None:
            self._bury(conn, notice, f"已尝试{notice.attempts}次：{error}")
            return
        ledger.mark_failed(conn, notice.key, self._worker, error, again)
        self.done.failed += 1
