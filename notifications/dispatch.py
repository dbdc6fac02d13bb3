"""Delivery: claim a message, write it, send it, record what became of its notices; one at a time.

A message is one notice, or all reminders that one receiver gets on a day (`notifications.digest`).

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

from lifecycle import claims, digests
from lifecycle.database import reading, transaction
from lifecycle.gate import today
from lifecycle.ledger import NoticeView
from lifecycle.routes import ROBOTS
from lifecycle.sending import Openings
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
from notifications.digest import grouped
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
    messages: int = field(default=0, compare=False)
    """The messages that the sent notices went out in: as many, or fewer."""
    waiting: int = 0
    """Notices that may not leave at this hour."""


@dataclass(frozen=True, slots=True)
class _Message:
    """Claimed notices that go out as one, and to whom."""

    notices: tuple[NoticeView, ...]
    recipients: Recipients

    @property
    def first(self) -> NoticeView:
        """The notice that stands for all: the same addresses, attempts and channel."""
        return self.notices[0]

    @property
    def key(self) -> str:
        """What the Message-ID rests on: the same at every attempt."""
        return self.first.digest or self.first.key


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
        run.gather()
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
        self._openings = Openings(store, now)
        self._left: Record | None = None

    def gather(self) -> None:
        """Bind what one receiver gets today to one message, where the store wants it so."""
        if not self._store.settings.digest:
            return
        with reading(self._store.engine) as conn:
            loose = [
                one for one in digests.loose_reminders(conn, self._now()) if not self._openings.of(conn, one)
            ]
            groups = grouped(loose, lambda one: resolve(conn, one, self._programmes.get(one.programme)))
        if groups:
            with transaction(self._store.engine) as conn:
                digests.bind(conn, groups)

    def step(self) -> bool:
        """Take care of one message. False when there is none left that a channel could take."""
        left, self._left = self._left, None
        message = None
        try:
            with transaction(self._store.engine) as conn:
                if left is not None:
                    left(conn)
                given = (self._now(), self._lease, self._worker)
                claimed = claims.claim(conn, *given, 1, without=self._resting)
                if claimed:
                    message = self._look_at(conn, [*claimed, *claims.claim_rest(conn, claimed[0], *given)])
        except BaseException:
            self._left = left  # trouble with the next notice takes nothing back of the last one
            raise
        if message is not None:
            self._left = self._send(message)
        return bool(claimed)

    def record(self) -> None:
        """Write what is left to write."""
        left, self._left = self._left, None
        if left is not None:
            with transaction(self._store.engine) as conn:
                left(conn)

    def _look_at(self, conn: Connection, notices: list[NoticeView]) -> _Message | None:
        """What of the claimed notices is to go out together, or None where nothing is."""
        going: list[tuple[NoticeView, Recipients]] = []
        for notice in notices:
            if reason := stop_reason(conn, notice, today(self._now())):
                claims.mark_cancelled(conn, notice.key, self._worker, reason)
                self.done.cancelled += 1
            elif until := self._openings.of(conn, notice):
                claims.put_off(conn, notice.key, self._worker, until)
                self.done.waiting += 1
            else:
                going.append((notice, resolve(conn, notice, self._programmes.get(notice.programme))))
        for notice, recipients in going[1:]:
            if recipients != going[0][1]:  # an address was corrected since they were bound together
                claims.part(conn, notice.key, self._worker)
        together = tuple(notice for notice, recipients in going if recipients == going[0][1])
        return _Message(together, going[0][1]) if going else None

    def _now(self) -> datetime:
        moment, started = self._began
        return moment + timedelta(seconds=time.monotonic() - started)

    def _send(self, message: _Message) -> Record:
        """Let the channel work; what is to be recorded of it."""
        notice = message.first
        if message.recipients.reason:
            return partial(self._bury, message, message.recipients.reason, notice.address)
        reached = notice.address.split(", ") if notice.address else []
        left = tuple(address for address in message.recipients.addresses if address not in reached)
        if reached and not left:
            return partial(self._sent, message, Receipt(()), None)
        try:
            receipt = self._channel(notice).send(self._outgoing(message, left))
        except UnreachableFault as fault:
            self._resting.add(notice.channel)
            self.done.unreachable[notice.channel] = str(fault)
            return partial(self._return, message, fault)
        except TemporaryFault as fault:
            if fault.rest:
                self._resting.add(notice.channel)
            return partial(self._postpone, message, str(fault), notice.address, fault.wait)
        except (PermanentFault, DefinitionFault) as fault:
            if reached:  # the rest were refused for good: as good as in the first attempt
                return partial(self._sent, message, Receipt(()), str(fault))
            return partial(self._bury, message, str(fault), notice.address)
        except Exception as fault:  # noqa: BLE001 - one notice that we cannot handle holds up no other
            words = f"程序内部错误：{type(fault).__name__}"
            return partial(self._postpone, message, words, notice.address, 0)
        if receipt.later:
            words = "部分收件人暂时被拒：" + refusals_text(receipt.later)
            return partial(self._postpone, message, words, _addresses(notice, receipt), 0)
        return partial(self._sent, message, receipt, receipt.remark)

    def _outgoing(self, message: _Message, to: tuple[str, ...]) -> Outgoing:
        notice = message.first
        text = contents(self._store, message.notices)
        return Outgoing(
            key=message.key,
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

    def _sent(self, message: _Message, receipt: Receipt, remark: str | None, conn: Connection) -> None:
        address = _addresses(message.first, receipt)
        said = receipt.answer[:ANSWER_KEPT] or None
        for notice in message.notices:
            claims.mark_sent(conn, notice.key, self._worker, self._now(), address, remark=remark, answer=said)
            self.done.keys.append(notice.key)
        self.done.sent += len(message.notices)
        self.done.messages += 1

    def _bury(self, message: _Message, error: str, address: str | None, conn: Connection) -> None:
        for notice in message.notices:
            claims.mark_dead(conn, notice.key, self._worker, error, address=address)
        self.done.dead += len(message.notices)

    def _return(self, message: _Message, fault: UnreachableFault, conn: Connection) -> None:
        # Settings may be refused for one message alone: it goes behind the others, or they would never go.
        later = self._now() + BEHIND if isinstance(fault, SettingsFault) else None
        for notice in message.notices:
            claims.give_back(conn, notice.key, self._worker, str(fault), later)

    def _postpone(
        self, message: _Message, error: str, address: str | None, wait: float, conn: Connection
    ) -> None:
        attempts = message.first.attempts
        again = next_attempt(message.key, attempts, self._now(), wait)
        if again is None:
            self._bury(message, f"已尝试{attempts}次：{error}", address, conn)
            return
        for notice in message.notices:
            claims.mark_failed(conn, notice.key, self._worker, error, again, address=address)
        self.done.failed += len(message.notices)


def _addresses(notice: NoticeView, receipt: Receipt) -> str | None:
    """All that were reached so far, as the ledger keeps them."""
    return ", ".join(filter(None, (notice.address, *receipt.accepted))) or None
