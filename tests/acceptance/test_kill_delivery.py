"""The delivering process killed at random moments: every notice arrives, and what comes twice is explained.

Two thousand reminders, each to somebody of his own, leave a real store for a real mail server; the process is
killed again and again, in the middle of a mail or a moment after. `make soak` kills the program itself two
hundred times; `make test` kills it twenty times, forked from a process that has loaded it before.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import Engine, func, select, update

from lifecycle.database import reading, transaction
from lifecycle.login import operating_system_login
from lifecycle.settings import Settings
from tests.acceptance.driver import LIFECYCLE, environment
from tests.flow_host import wait_until
from tests.mail_server import Mail, MailHost
from tests.notice_store import NOW, TABLES, add_many, add_project, make_admin

ROOT = Path(__file__).parents[2]
PATIENCE = 120
SEED = 20261128
NOTICE = TABLES["notice"]

LOADED = """
import os, sys
import console.main, console.notices, flows.bootstrap, lifecycle.claims, lifecycle.gate, lifecycle.people
import lifecycle.service, notifications.dispatch, notifications.mail
from lifecycle.settings import read_settings
app = flows.bootstrap.build_app(read_settings())
assert app.shipped
print("ready", flush=True)
for line in sys.stdin:
    if line == "wait\\n":
        print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
    elif child := os.fork():
        print(child, flush=True)
    else:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os._exit(console.main.main(line.split()))
"""
"""A process that has loaded the program, and lets a child of its own run each command that it reads."""


class Loaded:
    """The command line, run by children of one process that loaded it once."""

    def __init__(self, settings: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", LOADED],
            cwd=ROOT, env=settings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._read() == "ready"

    def start(self) -> int:
        """Start a delivery; the id of its process."""
        return int(self._asked("notices deliver --json"))

    def ended(self) -> int:
        """Wait for one that was started; its exit status, or minus the signal that ended it."""
        return int(self._asked("wait"))

    def close(self) -> None:
        """End the process."""
        self._process.communicate("", timeout=PATIENCE)

    def _asked(self, line: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


class Program:
    """The program as it is installed, started anew each time."""

    def __init__(self, settings: dict[str, str]) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> int:
        """Start a delivery; the id of its process."""
        words = [str(LIFECYCLE), "notices", "deliver", "--json"]
        self._process = subprocess.Popen(words, env=self._settings, stdout=subprocess.DEVNULL)
        return self._process.pid

    def ended(self) -> int:
        """Wait for it; its exit status, or minus the signal that ended it."""
        assert self._process is not None
        return self._process.wait(PATIENCE)


class Reaper(MailHost):
    """A mail server that kills whoever sends to it, when so many mails have come in, or a moment later."""

    def __init__(self) -> None:
        super().__init__()
        self._victim: int | None = None
        self._at = 0
        self._delay = 0.0

    def aim(self, victim: int, at: int, delay: float) -> None:
        """Kill the victim once so many mails have come in all; 0 seconds later means before the answer."""
        self._at, self._delay, self._victim = at, delay, victim

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the mail, and strike before it is answered or after."""
        answer = await super().handle_DATA(server, session, envelope)
        if self._victim is not None and len(self.mails) >= self._at:
            victim, self._victim = self._victim, None
            if self._delay:
                threading.Timer(self._delay, os.kill, (victim, signal.SIGKILL)).start()
            else:
                os.kill(victim, signal.SIGKILL)
        return answer


@dataclass
class Tally:
    """What happened: the keys of all mails by the lines they came on, and what was claimed at each kill."""

    lines: dict[Any, list[str]]
    interrupted: list[str]
    seconds: float

    @property
    def copies(self) -> Counter[str]:
        """How often each notice arrived."""
        return Counter(key for keys in self.lines.values() for key in keys)

    @property
    def doubled(self) -> Counter[str]:
        """How often each notice arrived beyond the first time."""
        return Counter({key: number - 1 for key, number in self.copies.items() if number > 1})

    @property
    def last_of_a_line(self) -> Counter[str]:
        """The mails after which a line ended: only of them can the answer have been lost."""
        return Counter(keys[-1] for keys in self.lines.values())


def expire_leases(engine: Engine) -> list[str]:
    """Let the leases of the killed run out; the keys that they held."""
    held = NOTICE.c.status == "sending"
    with transaction(engine) as conn:
        keys = list(conn.execute(select(NOTICE.c.key).where(held)).scalars())
        conn.execute(update(NOTICE).where(held).values(lease_until=NOW))
    return keys


def deliver_and_kill(
    engine: Engine, worker: Loaded | Program, host: Reaper, moments: list[tuple[int, float]]
) -> Tally:
    """Start a delivery, kill it at each moment, and let the last one finish."""
    interrupted: list[str] = []
    began = time.monotonic()
    for at, delay in moments:
        host.aim(worker.start(), at, delay)
        assert worker.ended() == -signal.SIGKILL
        interrupted += expire_leases(engine)
    for _ in range(2):  # the second finds something only where a server let a killed commit through
        worker.start()
        assert worker.ended() == 0
        interrupted += expire_leases(engine)
    seconds = time.monotonic() - began
    return Tally(lines_of(host), interrupted, seconds)


def moments(seed: int, number: int, kills: int) -> list[tuple[int, float]]:
    """Random moments: after how many mails in all, and how much later; a third before the server answers."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable chance is what is wanted
    ats = sorted(chance.sample(range(1, number - kills), kills))
    return [(at, chance.choice([0.0, *(chance.uniform(0, 0.01) for _ in range(2))])) for at in ats]


@pytest.fixture
def host() -> Iterator[Reaper]:
    opened = Reaper()
    opened.start()
    yield opened
    opened.stop()


def environ(settings: Settings, host: Reaper) -> dict[str, str]:
    database = {"LIFECYCLE_DATABASE_URL": settings.database_url} if settings.database_url else {}
    mail = {"LIFECYCLE_MAIL_CHANNEL": "smtp", "LIFECYCLE_SMTP_HOST": "127.0.0.1"}
    return environment(settings.home, **mail, **database, LIFECYCLE_SMTP_PORT=str(host.port))


def headers(mail: Mail) -> Message:
    return BytesHeaderParser(policy=policy.default).parsebytes(mail.content)


def filled(engine: Engine, number: int) -> list[str]:
    with transaction(engine) as conn:
        make_admin(conn, operating_system_login())
        add_project(conn)
        return add_many(conn, number)


def lines_of(host: MailHost) -> dict[Any, list[str]]:
    """The keys of all mails by the lines on which they came."""
    lines: dict[Any, list[str]] = {}
    for mail in host.mails:
        lines.setdefault(mail.line, []).append(headers(mail)["X-Lifecycle-Key"])
    return lines


def every_notice_arrives_whoever_is_killed(
    engine: Engine, worker: Loaded | Program, host: Reaper, number: int, kills: int, seed: int
) -> None:
    keys = filled(engine, number)
    tally = deliver_and_kill(engine, worker, host, moments(seed, number, kills))
    doubled = tally.doubled
    print(  # noqa: T201 - a soak tells what it saw
        f"\n{engine.dialect.name}: {number} notices, {kills} kills (seed {seed}): {len(host.mails)} mails, "
        f"{len(tally.interrupted)} notices claimed and not recorded at a kill, {doubled.total()} of them "
        f"taken by the server before and sent again; {len(host.mails) / tally.seconds:.0f} mails a second"
    )
    assert tally.copies.keys() == set(keys)
    with reading(engine) as conn:
        ends = conn.execute(select(NOTICE.c.status, func.count()).group_by(NOTICE.c.status)).all()
        attempts = conn.execute(select(func.sum(NOTICE.c.attempts))).scalar_one()
    assert [tuple(end) for end in ends] == [("sent", number)]
    assert doubled.total() <= kills
    assert doubled <= tally.last_of_a_line
    assert doubled <= Counter(tally.interrupted)
    assert len(tally.interrupted) <= kills
    assert attempts == number + len(tally.interrupted)
    ids = {(mail.to[0], headers(mail)["Message-ID"]) for mail in host.mails}
    assert len(ids) == number


@contextmanager
def loaded(settings: dict[str, str]) -> Iterator[Loaded]:
    worker = Loaded(settings)
    try:
        yield worker
    finally:
        worker.close()


def test_two_thousand_notices_arrive_although_their_process_is_killed_twenty_times(
    settings: Settings, engine: Engine, host: Reaper
) -> None:
    number, kills = (2000, 20) if engine.dialect.name == "sqlite" else (200, 4)
    with loaded(environ(settings, host)) as worker:
        every_notice_arrives_whoever_is_killed(engine, worker, host, number, kills, SEED)


@pytest.mark.soak
def test_two_thousand_notices_arrive_although_the_program_is_killed_two_hundred_times(
    settings: Settings, engine: Engine, host: Reaper
) -> None:
    every_notice_arrives_whoever_is_killed(engine, Program(environ(settings, host)), host, 2000, 200, SEED)


def test_two_that_deliver_at_once_deliver_each_notice_once(
    settings: Settings, engine: Engine, host: Reaper
) -> None:
    keys = filled(engine, 120)
    with loaded(environ(settings, host)) as worker:
        host.answers["MAIL"] = ["hold", "hold"]
        for _ in range(2):
            worker.start()
        wait_until(lambda: host.hanging == 2, PATIENCE)
        host.let_go()
        assert [worker.ended() for _ in range(2)] == [0, 0]
    lines = lines_of(host)
    assert Counter(key for line in lines.values() for key in line) == Counter(keys)
    assert len(lines) == 2
