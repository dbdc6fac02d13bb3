"""The composition root: settings in, everything that works on them out.

The only place that builds. Each part is made when it is first asked for, so that a command which
only lists never pays for packs, calendar or mail. It decides nothing and never imports prefect.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal, cast
from zoneinfo import ZoneInfo

from lifecycle.settings import Settings, read_settings, store_file

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from lifecycle.amendments import Amendments
    from lifecycle.campaigns import Campaigns
    from lifecycle.service import Service
    from lifecycle.store import Store
    from notifications.channels import Channel
    from states.calendar import Calendar
    from states.catalogue import Catalogue

# Imports stand inside the parts: each costs up to 0.3 s, and no command needs them all.
# ruff: noqa: PLC0415

SHANGHAI = ZoneInfo("Asia/Shanghai")
STORE_TAG = "store:"
"""What the tag of a store begins with."""


@dataclass(frozen=True)
class App:
    """One process's view of one store. Frozen; the parts are kept once they are made."""

    settings: Settings

    @cached_property
    def engine(self) -> Engine:
        """The database, made or upgraded on first use. Raises UnavailableFault."""
        from lifecycle.database import ensure_store, open_engine
        from lifecycle.login import operating_system_login

        engine = open_engine(self.settings)
        ensure_store(engine, self.settings, at=now(), admin_login=operating_system_login())
        return engine

    @cached_property
    def shipped(self) -> Catalogue:
        """The packs that ship with the program."""
        from lifecycle.packs import load_catalogue

        return load_catalogue()

    @property
    def catalogue(self) -> Catalogue:
        """All programmes: of the shipped packs, and of those that the store has put in force.

        Asked anew each time: another process may have put a pack in force meanwhile.
        """
        if not self.has_store:
            return self.shipped
        from lifecycle.database import reading
        from lifecycle.overlay import overlaid

        with reading(self.engine) as conn:
            return overlaid(conn, self.shipped)

    @property
    def has_store(self) -> bool:
        """Whether there is a store already. Never makes one to find out."""
        return self.settings.database_url is not None or store_file(self.settings).exists()

    @property
    def calendar(self) -> Calendar:
        """The working days: of the packaged notices, and of those that the store has imported.

        Asked anew each time: another process may have imported a notice meanwhile.
        """
        from lifecycle.calendars import load_calendar

        if not self.has_store:
            return load_calendar()
        from lifecycle.calendar_years import calendar_of
        from lifecycle.database import reading

        with reading(self.engine) as conn:
            return calendar_of(conn, load_calendar())

    @property
    def store(self) -> Store:
        """What the record works with."""
        from lifecycle.store import Store

        return Store(
            engine=self.engine,
            catalogue=self.catalogue,
            calendar=self.calendar,
            home=self.settings.home,
            settings=self.settings,
        )

    @property
    def service(self) -> Service:
        """The one way by which anything happens."""
        from lifecycle.service import Service

        return Service(self.store)

    @property
    def amendments(self) -> Amendments:
        """Scoped amendments of deadlines."""
        from lifecycle.amendments import Amendments
        from lifecycle.service import now_utc

        return Amendments(self.store, now_utc)

    @property
    def campaigns(self) -> Campaigns:
        """One action on many projects, in chunks."""
        from lifecycle.campaigns import Campaigns
        from lifecycle.service import now_utc

        return Campaigns(self.store, now_utc)

    @property
    def channels(self) -> Mapping[str, Channel]:
        """The ways of delivery by name. New ones each time: a run closes what it was given."""
        return _channels(self.settings)

    @cached_property
    def rehearsal(self) -> bool:
        """Whether this is a practice store, whose clock is `--on` and never the wall."""
        from sqlalchemy import Boolean, column, select, table

        from lifecycle.database import reading

        with reading(self.engine) as conn:
            asked = select(column("rehearsal", Boolean)).select_from(table("store"))
            return bool(conn.execute(asked).scalar_one())

    @cached_property
    def tag(self) -> str:
        """What marks the flow runs of this store among those of others on the same flow server."""
        from sqlalchemy import String, column, select, table

        from lifecycle.database import reading

        with reading(self.engine) as conn:
            found = conn.execute(select(column("store_id", String)).select_from(table("store"))).scalar_one()
        return f"{STORE_TAG}{found[:8]}"

    def close(self) -> None:
        """Let go of the database connections, if there are any."""
        if "engine" in self.__dict__:
            self.engine.dispose()


@lru_cache(maxsize=8)
def build_app(settings: Settings) -> App:
    """The application on these settings; the same one for the same settings within a process."""
    return App(settings)


_CURRENT: ContextVar[App] = ContextVar("lifecycle_app")


@contextmanager
def using(app: App) -> Iterator[App]:
    """Let flows that are called within work on this application."""
    token = _CURRENT.set(app)
    try:
        yield app
    finally:
        _CURRENT.reset(token)


def current_app() -> App:
    """The application of `using`, else the one of the environment (a flow run started elsewhere)."""
    return _CURRENT.get(None) or build_app(read_settings())


def now() -> datetime:
    """The moment it is."""
    return datetime.now(UTC)


def today() -> date:
    """The day it is in Asia/Shanghai."""
    return datetime.now(SHANGHAI).date()


def _channels(settings: Settings) -> dict[str, Channel]:
    """Mail as the settings say, and the group robots that have an address, by the names of the ledger."""
    return {"mail": _mail(settings), **_robots(settings)}


def _robots(settings: Settings) -> dict[str, Channel]:
    webhooks = {"wecom": settings.wecom_webhook, "dingtalk": settings.dingtalk_webhook,
                "feishu": settings.feishu_webhook}  # fmt: skip
    if not any(webhooks.values()):
        return {}
    from notifications.dingtalk import DINGTALK
    from notifications.feishu import FEISHU
    from notifications.robot import RobotAddress, RobotChannel
    from notifications.wecom import WECOM

    secrets = {"dingtalk": settings.dingtalk_secret, "feishu": settings.feishu_secret}
    found: dict[str, Channel] = {}
    for vendor in (WECOM, DINGTALK, FEISHU):
        if webhook := webhooks[vendor.name]:
            address = RobotAddress(
                webhook, secrets.get(vendor.name), settings.robot_timeout, settings.proxy, settings.ca_file
            )
            found[vendor.name] = RobotChannel(vendor, address)
    return found


def _mail(settings: Settings) -> Channel:
    if settings.mail_channel != "smtp":
        from notifications.eml import EmlChannel

        return EmlChannel(settings.home / "outbox")
    from notifications.mail import MailServer, SmtpChannel

    server = MailServer(
        host=settings.smtp_host,
        sender=settings.smtp_sender,
        port=settings.smtp_port,
        security=cast('Literal["none", "starttls", "tls"]', settings.smtp_tls),
        user=settings.smtp_user,
        password=settings.smtp_password,
        timeout=settings.smtp_timeout,
        ca_file=settings.ca_file,
    )
    return SmtpChannel(server)
