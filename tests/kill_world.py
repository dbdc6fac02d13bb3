"""A world for the kill matrix: a store, a flow server behind a relay, a mail server, processes to be killed.

It is stopped at a step by a lock on the store, a request that the relay holds, or a mail that the mail server
holds; then one of its processes is killed, the rest goes on, and everything is started again.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Table, select, text

from flows.address import read_address
from flows.bootstrap import App, now, today
from flows.deployments import register
from flows.flow_api import flow_api
from flows.jobs import Jobs
from flows.reconciling import reconcile_with
from flows.server import FlowServer
from lifecycle.campaign_plan import CampaignPlan
from lifecycle.database import open_engine, reading, transaction
from lifecycle.login import operating_system_login
from lifecycle.models import Base
from lifecycle.people import Actor, find_actor
from lifecycle.rights import add_person, grant_role
from lifecycle.settings import Settings, read_settings, store_file
from states.names import Role
from tests.flow_host import FlowHost, wait_until
from tests.flow_store import CLERK, PROGRAMME
from tests.forked import Forked
from tests.integration.ports import free_port
from tests.mail_server import MailHost
from tests.record_store import application
from tests.relay import Hold, Relay

PATIENCE = 60
FORM = "批量办理"
ENDED = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})
REGISTERED: set[FlowServer] = set()
PROJECTS = 4
CHUNK = 2
ACTION = "accept_for_form_review"
KEY = "受理-1"
ESTABLISHED = "01"
QUIET = timedelta(microseconds=1)
"""How long a run of which no process is left has been quiet, at the least."""
ROOT = Actor("root", {"*": frozenset({Role.ADMIN})}, None)
TABLES = Base.metadata.tables
COMMAND = TABLES["command"]

RECORD = ("project", "history", "history_value", "duty", "notice", "command", "idempotency", "campaign",
          "campaign_item", "campaign_chunk")  # fmt: skip
PASSING = frozenset({
    "id", "ledger_n", "prev_hash", "hash", "digests", "salt", "key", "attempts", "error", "body", "lease_by",
    "command_id", "campaign_id", "flow_run_id", "fingerprint", "answer",
})  # fmt: skip
"""Columns that say by which attempt or under which random id; they differ between two undisturbed runs."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a run leaves: rows of every table without times and random ids, and the mails that arrived."""

    rows: dict[str, list[str]]
    mails: Counter[str]


class World:
    """One store with submitted projects, and whoever works on it."""

    def __init__(self, settings: Settings, host: FlowHost, forked: Forked, *, campaign: bool = False) -> None:
        self.campaign = campaign
        self.host = host
        self.mail = MailHost()
        self.mail.start()
        self.relay = Relay(host.server)
        self._environment = {
            "LIFECYCLE_HOME": str(settings.home),
            "LIFECYCLE_PREFECT_API_URL": self.relay.server.api_url,
            "LIFECYCLE_PREFECT_AUTH": self.relay.server.auth or "",
            "LIFECYCLE_MAIL_CHANNEL": "smtp",
            "LIFECYCLE_SMTP_HOST": "127.0.0.1",
            "LIFECYCLE_SMTP_PORT": str(self.mail.port),
            "LIFECYCLE_DAEMON_PORT": str(free_port()),
            "LIFECYCLE_BUSY_SECONDS": str(PATIENCE),
            "LIFECYCLE_SEND_HOURS": "always",
        }
        if settings.database_url:
            self._environment["LIFECYCLE_DATABASE_URL"] = settings.database_url
        self.settings = read_settings(self._environment)
        self.settings.home.mkdir(parents=True, exist_ok=True)
        self.app = App(self.settings)
        self._forked = forked
        self._log = settings.home / "processes.log"
        self._locks = ExitStack()
        self._alive: set[int] = set()
        self.form_run: str | None = None
        self.projects = self._found()

    def close(self) -> None:
        """End whoever is left."""
        self.unlock()
        for pid in self._alive:
            os.kill(pid, signal.SIGKILL)
        if self.form_run is not None:  # else a worker of another world would take what is left of it
            with flow_api(self.host.server, patient=True) as client:
                client.delete(f"/flow_runs/{self.form_run}")
        self.relay.close()
        self.mail.let_go()
        self.mail.stop()
        self.app.close()

    def _found(self) -> tuple[str, ...]:
        form = self.settings.home / "申报书.txt"
        form.write_text("示例", encoding="utf-8")
        with transaction(self.app.engine) as conn:  # a copy of a store has its name on the flow server
            conn.execute(TABLES["store"].update().values(store_id=uuid4().hex))
        self.app.service.open_call(CLERK, PROGRAMME, today(), reason="来件补录")
        with transaction(self.app.engine) as conn:
            login = operating_system_login()
            person = TABLES["person"]
            if conn.execute(select(person.c.login).where(person.c.login == login)).first() is None:
                add_person(conn, login, "示例", added_by=ROOT)
            grant_role(conn, login, "form_checker", "henan", ROOT, now())
        made = tuple(
            self.app.service.apply(CLERK, application(number, programme=PROGRAMME), today(), form=str(form))
            for number in range(1, PROJECTS + 1)
        )
        with transaction(self.app.engine) as conn:
            conn.execute(COMMAND.update().values(status="done"))
        return made

    # What it does.

    def daemon(self) -> int:
        """A daemon that leads and has caught up."""
        pid = self._start("daemon")
        job = TABLES["job"]

        def leads() -> bool:
            with reading(self.app.engine) as conn:
                swept = conn.execute(select(job.c.result).where(job.c.name == "sweep")).scalar_one_or_none()
            return swept == "done" and read_address(self.settings.home) is not None

        wait_until(leads, PATIENCE, self.log)
        return pid

    def command(self) -> int:
        """A step from the command line, under its key."""
        return self._start("command", "trigger", ACTION, self.projects[0], "--key", KEY, "--json")

    def asked(self) -> list[int]:
        """What a person asks for at the office: the step, or the campaign; the processes of that."""
        if not self.campaign:
            return [self.command()]
        self.confirmed()
        return []

    def worker(self) -> int:
        """A real worker, which starts a real process for each run that it takes."""
        before = len(self.relay.requests)
        pid = self._start("worker")
        asks = "/get_scheduled_flow_runs"
        wait_until(lambda: any(asks in one for one in self.relay.requests[before:]), PATIENCE, self.log)
        return pid

    def filled_in(self) -> None:
        """The campaign, started by the form of the dashboard; it waits for a worker."""
        if self.host.server not in REGISTERED:
            register(self.host.server, self.host.home)
            REGISTERED.add(self.host.server)
        asked = {"parameters": {"campaign_id": self.confirmed()}, "state": {"type": "SCHEDULED"}}
        with flow_api(self.host.server, patient=True) as client:
            deployment = client.get(f"/deployments/name/campaign/{FORM}").json()["id"]
            made = client.post(f"/deployments/{deployment}/create_flow_run", json=asked)
        self.form_run = str(made.json()["id"])

    def form_state(self) -> dict[str, Any]:
        """How the run of the form stands."""
        with flow_api(self.host.server, patient=True) as client:
            return dict(client.get(f"/flow_runs/{self.form_run}").json()["state"])

    def worker_again(self) -> None:
        """Another worker after one that was killed, when the watch has looked; until the run has ended."""
        Jobs(self.app, self.host.server, begun_within=QUIET).watch()
        self.worker()
        wait_until(lambda: self.form_state()["type"] in ENDED, PATIENCE, self.log)

    def by_hand(self) -> int:
        """The same as a flow run without a worker, with the parameters of a form."""
        if self.campaign:
            return self.flow("campaign", campaign_id=self.confirmed())
        return self.flow("trigger", action=ACTION, projects=[self.projects[0]], key=KEY)

    def flow(self, name: str, **given: Any) -> int:
        """A flow run with these parameters."""
        return self._start("flow", name, json.dumps(given, ensure_ascii=False))

    def confirmed(self) -> str:
        """A campaign on all projects, drafted and confirmed; its id."""
        with reading(self.app.engine) as conn:
            actor = find_actor(conn, operating_system_login(), None, today())
        plan = CampaignPlan(action=ACTION, on=today(), ids=self.projects, chunk_size=CHUNK, key=KEY)
        manifest = self.app.campaigns.draft(actor, plan)
        assert manifest.id is not None
        return self.app.campaigns.confirm(actor, manifest.id, len(self.projects)).id

    # Where it stops.

    def hold(self, path: str, *, answer: bool = False, skip: int = 0) -> Hold:
        """Stop whoever next asks the flow server for a path."""
        return self.relay.hold(path, answer=answer, skip=skip)

    def lock(self) -> None:
        """From now on nobody can write to the store."""
        self._locks.enter_context(locked(self.settings))

    def unlock(self) -> None:
        """Everybody can again."""
        self._locks.close()

    def waits_in_daemon(self) -> bool:
        """Whether a command has come in at the daemon."""
        address = read_address(self.settings.home)
        assert address is not None
        lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
        lines_of = [line.split() for line in lines]
        return any(one[1].endswith(f":{address.port:04X}") and one[3] == ESTABLISHED for one in lines_of)

    # How it ends.

    def kill(self, pid: int) -> None:
        """End a process where it is, if it is still there; whatever it started has to go with it."""
        started = children(pid)
        os.kill(pid, signal.SIGKILL)
        self.ended(pid)
        wait_until(lambda: not any(map(alive, started)), PATIENCE, self.log)

    def ended(self, pid: int) -> int:
        """The exit status of a process, or minus its signal."""
        status = self._forked.ended(pid)
        self._alive.discard(pid)
        return status

    def finish(self) -> None:
        """Let a daemon's jobs work until nothing is left, and reconcile; a second time finds nothing."""
        self._work_off()
        reconcile_with(self.app, self.host.server, QUIET)
        self._work_off()
        assert reconcile_with(self.app, self.host.server, QUIET).repaired == ()

    def _work_off(self) -> None:
        """The jobs, where the leases of the killed have run out, until no command and no notice waits."""
        jobs = Jobs(self.app, self.host.server)

        def done() -> bool:
            self._expire()
            jobs.orchestrate()
            jobs.post()
            return not self.waiting()

        wait_until(done, PATIENCE, lambda: f"{self.waiting()}\n{self.log()}")

    def waiting(self) -> list[str]:
        """Commands and notices that are not finished."""
        with reading(self.app.engine) as conn:
            commands = conn.execute(select(COMMAND.c.id).where(COMMAND.c.status != "done")).scalars()
            notice = TABLES["notice"]
            notices = conn.execute(select(notice.c.key).where(notice.c.status.in_(("pending", "sending"))))
            return [*commands, *notices.scalars()]

    def record(self) -> Record:
        """What there is in the end."""
        with reading(self.app.engine) as conn:
            rows = {
                name: sorted(
                    _told(row, TABLES[name]) for row in conn.execute(select(TABLES[name])).mappings()
                )
                for name in RECORD
            }
        keys = [BytesHeaderParser(policy=policy.default).parsebytes(mail.content) for mail in self.mail.mails]
        return Record(rows, Counter(str(one["X-Lifecycle-Key"]) for one in keys))

    def differs(self, expected: Record) -> list[str]:
        """The rows that are not as expected: `-` is missing, `+` is too much."""
        found = self.record().rows
        return [
            f"{sign} {name} {row}"
            for name in RECORD
            for sign, rows, others in (("-", expected.rows, found), ("+", found, expected.rows))
            for row in (Counter(rows[name]) - Counter(others[name])).elements()
        ]

    def commands(self) -> list[str]:
        """The ids of all commands of the action."""
        with reading(self.app.engine) as conn:
            return list(conn.execute(select(COMMAND.c.id).where(COMMAND.c.action == ACTION)).scalars())

    def log(self) -> str:
        """What the processes wrote."""
        return self._log.read_text(encoding="utf-8") if self._log.exists() else ""

    def _expire(self) -> None:
        with transaction(self.app.engine) as conn:
            for table in (COMMAND, TABLES["notice"]):
                past = {"lease_until": None if table is COMMAND else now()}
                conn.execute(table.update().where(table.c.lease_until.is_not(None)).values(past))

    def _start(self, role: str, *words: str) -> int:
        pid = self._forked.start(role, words, self._environment, self._log)
        self._alive.add(pid)
        return pid


def children(pid: int) -> list[int]:
    """The processes that a process has started and that are still there."""
    return [int(one.name) for one in Path("/proc").glob("[0-9]*") if _stat(int(one.name))[1] == str(pid)]


def alive(pid: int) -> bool:
    """Whether a process is still there; one that has ended and was not asked about is not."""
    return _stat(pid)[0] not in {"", "Z", "X"}


def _stat(pid: int) -> list[str]:
    """The state of a process and its parent's id, as text; empty where it is gone."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return ["", ""]
    return told.rpartition(")")[2].split()[:2]


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Hold the store so that everybody can read and nobody can write."""
    if not settings.database_url:
        with closing(sqlite3.connect(store_file(settings), isolation_level=None)) as store:
            store.execute("BEGIN IMMEDIATE")
            yield
            store.execute("ROLLBACK")
        return
    engine = open_engine(settings)
    with engine.connect() as connection:
        connection.execute(text("LOCK TABLE command, history, job, notice IN SHARE ROW EXCLUSIVE MODE"))
        yield
        connection.rollback()
    engine.dispose()


def _told(row: Any, table: Table) -> str:
    """A row as text, without what differs between two runs that are alike."""
    kept = {name: value for name, value in row.items() if name not in PASSING and not _moment(table, name)}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, default=str)


def _moment(table: Table, name: str) -> bool:
    return table.c[name].type.__class__.__name__ == "Moment"
