"""Delivery: claim a notice, write it, send it, record what became of it; one at a time.

What became of one notice is recorded in the transaction that claims the next, and no transaction is
open while a channel works: a killed process leaves at most one notice sent and not recorded. Never
changes a project; never sends outside from a rehearsal.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from lifecycle import claims
from lifecycle.database import transaction
from lifecycle.ledger import NoticeView
from lifecycle.routes import ROBOTS
from lifecycle.settings import PREFIX
from lifecycle.staleness import stop_reason
from lifecycle.store import Store
from notifications.channels import (
    Channel,
    Outgoing,
    PermanentFault,
    Receipt,
    SettingsFault,
    TemporaryFault,
    UnreachableFault,
    refusals_text,
)
from notifications.contents import contents
from notifications.eml import EmlChannel
from notifications.recipients import Recipients, resolve
from notifications.retry import next_attempt
from states.errors import DefinitionFault, UnavailableFault

SMTP_STEPS = 12
"""Answers that one mail waits for at most; a lease outlasts them all, so a live worker keeps its claim."""

ANSWER_KEPT = 200
"""Characters of an answer that the ledger keeps: enough to find a mail in the log of its server."""

BEHIND = timedelta(minutes=1)
"""How long a notice waits that was given back because our settings were refused."""

Record = Callable[[Connection], None]
"""What is left to write about a notice that a channel has seen."""


@dataclass(slots=True)
class Delivered:
    """What one run did; `keys` are those that were sent, `unreachable` the channels that failed, with why."""

    sent: int = 0
    failed: int = 0
    dead: int = 0
    cancelled: int = 0
    keys: list[str] = field(default_factory=list)
    unreachable: dict[str, str] = field(default_factory=dict)


def deliver(
    store: Store,
    channels: Mapping[str, Channel],
    now: datetime,
    limit: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Delivered:
    """Drain what is released and ready, at most `limit`.

    A channel that cannot be reached is left alone for the rest of the run; its notices wait
    unchanged. Raises UnavailableFault when there was one and nothing could be sent at all.
    """
    run = _Run(store, channels, now)
    try:
        taken = 0
        while (limit is None or taken < limit) and run.step():
            taken += 1
            if progress is not None:
                progress(taken)
    finally:
        run.record()
        for channel in channels.values():
            channel.close()
    if run.done.unreachable and run.done.sent == 0:
        raise UnavailableFault("；".join(dict.fromkeys(run.done.unreachable.values())))
    return run.done


class _Run:
    """One worker's pass over the ledger."""

    def __init__(self, store: Store, channels: Mapping[str, Channel], now: datetime) -> None:
        self.done = Delivered()
        self._store = store
        self._channels = channels
        self._began = now, time.monotonic()
        self._worker = uuid.uuid4().hex
        settings = store.settings
        self._lease = max(settings.lease_seconds, SMTP_STEPS * settings.smtp_timeout)
        self._embedded = EmlChannel(store.home / "outbox")
        self._programmes = store.catalogue.programmes
        self._resting: set[str] = set()
        self._left: Record | None = None

    def step(self) -> bool:
        """Take care of one notice. False when there is none left that a channel could take."""
        left, self._left = self._left, None
        try:
            with transaction(self._store.engine) as conn:
                if left is not None:
                    left(conn)
                claimed = claims.claim(conn, self._now(), self._lease, self._worker, 1, without=self._resting)
                recipients = self._look_at(conn, claimed[0]) if claimed else None
        except BaseException:
            self._left = left  # trouble with the next notice takes nothing back of the last one
            raise
        if recipients is not None:
            self._left = self._send(claimed[0], recipients)
        return bool(claimed)

    def record(self) -> None:
        """Write what is left to write."""
        left, self._left = self._left, None
        if left is not None:
            with transaction(self._store.engine) as conn:
                left(conn)

    def _look_at(self, conn: Connection, notice: NoticeView) -> Recipients | None:
        """Whom a claimed notice goes to, or None once it is known to have lost its meaning."""
        if reason := stop_reason(conn, notice):
            claims.mark_cancelled(conn, notice.key, self._worker, reason)
            self.done.cancelled += 1
            return None
        return resolve(conn, notice, self._programmes.get(notice.programme))

    def _now(self) -> datetime:
        moment, started = self._began
        return moment + timedelta(seconds=time.monotonic() - started)

    def _send(self, notice: NoticeView, recipients: Recipients) -> Record:
        """Let the channel work; what is to be recorded of it."""
        if recipients.reason:
            return partial(self._bury, notice, recipients.reason, notice.address)
        reached = notice.address.split(", ") if notice.address else []
        left = tuple(address for address in recipients.addresses if address not in reached)
        if reached and not left:
            return partial(self._sent, notice, Receipt(()), None)
        try:
            receipt = self._channel(notice).send(self._outgoing(notice, left))
        except UnreachableFault as fault:
            self._resting.add(notice.channel)
            self.done.unreachable[notice.channel] = str(fault)
            return partial(self._return, notice, fault)
        except TemporaryFault as fault:
            if fault.rest:
                self._resting.add(notice.channel)
            return partial(self._postpone, notice, str(fault), notice.address, fault.wait)
        except (PermanentFault, DefinitionFault) as fault:
            if reached:  # the rest were refused for good: as good as in the first attempt
                return partial(self._sent, notice, Receipt(()), str(fault))
            return partial(self._bury, notice, str(fault), notice.address)
        except Exception as fault:  # noqa: BLE001 - one notice that we cannot handle holds up no other
            words = f"程序内部错误：{type(fault).__name__}"
            return partial(self._postpone, notice, words, notice.address, 0)
        if receipt.later:
            words = "部分收件人暂时被拒：" + refusals_text(receipt.later)
            return partial(self._postpone, notice, words, _addresses(notice, receipt), 0)
        return partial(self._sent, notice, receipt, receipt.remark)

    def _outgoing(self, notice: NoticeView, to: tuple[str, ...]) -> Outgoing:
        text = contents(self._store, notice)
        return Outgoing(
            key=notice.key,
            store_id=notice.store_id,
            to=to,
            sender_name=str(notice.details.get("association", "")),
            subject=text.subject,
            body=text.body,
            at=self._now(),
            attachments=text.attachments,
        )

    def _channel(self, notice: NoticeView) -> Channel:
        channel = self._channels.get(notice.channel)
        if notice.rehearsal and (channel is None or channel.outside):
            return self._embedded
        if channel is None and notice.channel in ROBOTS:
            raise SettingsFault(f"没有设置 {PREFIX}{notice.channel.upper()}_WEBHOOK")
        if channel is None:
            raise PermanentFault(f"没有名为“{notice.channel}”的发送渠道")
        return channel

    def _sent(self, notice: NoticeView, receipt: Receipt, remark: str | None, conn: Connection) -> None:
        address = _addresses(notice, receipt)
        said = receipt.answer[:ANSWER_KEPT] or None
        claims.mark_sent(conn, notice.key, self._worker, self._now(), address, remark=remark, answer=said)
        self.done.sent += 1
        self.done.keys.append(notice.key)

    def _bury(self, notice: NoticeView, error: str, address: str | None, conn: Connection) -> None:
        claims.mark_dead(conn, notice.key, self._worker, error, address=address)
        self.done.dead += 1

    def _return(self, notice: NoticeView, fault: UnreachableFault, conn: Connection) -> None:
        # Settings may be refused for one notice alone: it goes behind the others, or they would never go.
        later = self._now() + BEHIND if isinstance(fault, SettingsFault) else None
        claims.give_back(conn, notice.key, self._worker, str(fault), later)

    def _postpone(
        self, notice: NoticeView, error: str, address: str | None, wait: float, conn: Connection
    ) -> None:
        again = next_attempt(notice.key, notice.attempts, self._now(), wait)
        if again is None:
            self._bury(notice, f"已尝试{notice.attempts}次：{error}", address, conn)
            return
        claims.mark_failed(conn, notice.key, self._worker, error, again, address=address)
        self.done.failed += 1


def _addresses(notice: NoticeView, receipt: Receipt) -> str | None:
    """All that were reached so far, as the ledger keeps them."""
    return ", ".join(filter(None, (notice.address, *receipt.accepted))) or None
