"""The state of everything at one moment: what runs, how far behind each line is, what is wrong, what to do.

Works when everything is down: ports are probed with short waits, the database is only read, a store that is
not there is not made. It changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from importlib.metadata import version
from typing import Any, Final

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from flows.bootstrap import now, today
from flows.conditions import DISK_BYTES
from flows.leader import house_held
from flows.outlook import JobOutlook, Standing, iso, jobs_of
from flows.probes import Seen, probe
from flows.watch import free_bytes
from lifecycle.database import open_engine, reading
from lifecycle.leading import Leader, leader_of
from lifecycle.queues import Queues, queues_of
from lifecycle.settings import Settings, store_file
from lifecycle.upgrade import HEAD, revision_of
from lifecycle.warning_ledger import Warned, lasting
from states.errors import UnavailableFault

CONNECT_SECONDS: Final = 2


@dataclass(frozen=True, slots=True)
class Record:
    """What the database says."""

    revision: str | None
    queues: Queues | None = None
    jobs: tuple[JobOutlook, ...] = ()
    leader: Leader | None = None
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing that is wrong, and what to do about it."""

    what: str
    do: str


@dataclass(frozen=True, slots=True)
class Status:
    """Everything. `record` None: there is no database, or it could not be read, as `fault` says."""

    at: datetime
    version: str
    where: str
    size: int | None
    free: int
    seen: Seen
    record: Record | None
    fault: str | None
    advice: tuple[Advice, ...] = ()

    @property
    def queues(self) -> Queues | None:
        """What waits; None where the database does not say."""
        return self.record.queues if self.record else None

    def as_json(self) -> dict[str, Any]:
        """The document."""
        record, queues = self.record, self.queues
        return {
            "at": self.at.isoformat(),
            "version": self.version,
            "services": {**self.seen.as_json(), "leader": _leader(record.leader if record else None)},
            "store": {
                "where": self.where,
                "revision": record.revision if record else None,
                "rehearsal": queues.rehearsal if queues else None,
                "bytes": self.size,
                "free_bytes": self.free,
                "fault": self.fault,
            },
            "queues": queues.as_json() if queues else None,
            "jobs": [_job(one) for one in record.jobs] if record else [],
            "warnings": [one.as_json() for one in record.warnings] if record else [],
            "advice": [asdict(one) for one in self.advice],
        }

    def for_anyone(self) -> Status:
        """The figures alone: no title of a campaign, no words of a warning or a fault, no host."""
        if self.record is None or self.queues is None:
            return self
        queues = replace(self.queues, campaigns=(), given_up=())
        jobs = tuple(replace(one, state=replace(one.state, by=None, words=None)) for one in self.record.jobs)
        bare = replace(self.record, queues=queues, jobs=jobs, leader=None, warnings=())
        return replace(self, record=bare, advice=())


def status_of(settings: Settings) -> Status:
    """The state now, in about a second. Never raises for what is down."""
    moment = now()
    record, fault = None, None
    try:
        record = _record(settings, moment)
    except UnavailableFault as error:
        fault = error.message
    file = store_file(settings)
    inside = not settings.database_url
    status = Status(
        at=moment,
        version=version("lifecycle"),
        where=str(file) if inside else "PostgreSQL",
        size=file.stat().st_size if inside and file.exists() else None,
        free=free_bytes(settings.home),
        seen=probe(settings),
        record=record,
        fault=fault,
    )
    return replace(status, advice=tuple(advice_on(status, settings)))


def _record(settings: Settings, at: datetime) -> Record | None:
    if not settings.database_url and not store_file(settings).exists():
        return None
    engine = open_engine(_impatient(settings))
    try:
        with reading(engine) as conn:
            revision = revision_of(conn)
            if revision != HEAD:
                return Record(revision)
            leader = leader_of(conn)
            jobs = jobs_of(conn, at, leader.since if leader and leader.ended_at is None else None)
            return Record(revision, queues_of(conn), jobs, leader, tuple(lasting(conn)))
    finally:
        engine.dispose()


def _impatient(settings: Settings) -> Settings:
    """The same store, for somebody who waits for nothing long."""
    given = replace(settings, busy_seconds=1)
    if not settings.database_url:
        return given
    try:
        url = make_url(settings.database_url)
    except ArgumentError:
        return given  # said by the engine
    if "connect_timeout" not in url.query:
        url = url.update_query_dict({"connect_timeout": str(CONNECT_SECONDS)})
    return replace(given, database_url=url.render_as_string(hide_password=False))


def advice_on(status: Status, settings: Settings) -> Iterator[Advice]:
    """What is wrong, in the order of the table."""
    for wrong in _CHECKS:
        found = wrong(status, settings)
        if found is not None:
            yield found


def _store(status: Status, _: Settings) -> Advice | None:
    if status.fault:
        first = "先恢复数据库"
        if status.free < DISK_BYTES:
            first = f"数据所在磁盘只剩 {status.free / 2**20:.0f} MiB：先腾出空间"
        return Advice(f"数据库读不了：{status.fault}", f"{first}，再运行 lifecycle status")
    if status.record is None:
        return Advice("这里还没有数据库", "建立：lifecycle init；想先看一看：lifecycle demo")
    if status.record.revision != HEAD:
        return Advice(
            f"数据库的结构版本是 {status.record.revision}，本程序是 {HEAD}",
            "旧库：备份后运行 lifecycle init 升级；新库：升级本程序",
        )
    return None


def _daemon(status: Status, settings: Settings) -> Advice | None:
    if status.seen.daemon.up:
        return None
    if house_held(settings.home):
        return Advice(
            "守护进程还没有应答：lifecycle up 正在启动", "稍候再看；一分钟后仍是这样，看 lifecycle up 的窗口"
        )
    return Advice(
        "守护进程没有运行：不自动清查、不发送、不告警；办理照常",
        f"启动全部服务：lifecycle --home {settings.home} up",
    )


def _server(status: Status, settings: Settings) -> Advice | None:
    server = status.seen.server
    if server.login is False:
        return Advice(
            "流程服务器不接受登录串", "核对 LIFECYCLE_PREFECT_AUTH（自带的见 home 下 prefect/login）"
        )
    if not server.up and status.seen.daemon.up:
        where = settings.home / "logs" / "prefect.log"
        return Advice(
            "流程服务器没有应答：办理、清查和发送照常，看板看不到", f"看日志 {where}；重新启动 lifecycle up"
        )
    return None


def _worker(status: Status, _: Settings) -> Advice | None:
    server = status.seen.server
    if not server.login or server.workers:
        return None
    return Advice(
        "没有工作进程在岗：从看板启动的流程会一直等待", "lifecycle up（不带 --no-worker）会启动一个"
    )


def _automation(status: Status, _: Settings) -> Advice | None:
    if not status.seen.server.login or status.seen.server.automation or not status.seen.daemon.up:
        return None
    return Advice(
        "流程服务器上的告警自动化没有启用：失败的运行最迟一分钟后由守护进程发现",
        "在看板的 Automations 中启用它",
    )


def _commands(status: Status, _: Settings) -> Advice | None:
    queues = status.queues
    if queues is None or not queues.commands.failed:
        return None
    said = next((one.error for one in queues.given_up if one.error), None)
    why = f"（{said}）" if said else ""
    return Advice(
        f"{queues.commands.failed} 项操作的流程运行已停止重试{why}；操作本身已经生效",
        "排除原因后重新排队：lifecycle runs retry --all",
    )


def _notices(status: Status, _: Settings) -> Advice | None:
    queues = status.queues
    if queues is None or not queues.notices["dead"]:
        return None
    return Advice(
        f"{queues.notices['dead']} 件通知没有送达，已停止重试",
        "看原因：lifecycle notices --status dead；改正后：lifecycle notices retry 编号",
    )


def _held(status: Status, _: Settings) -> Advice | None:
    queues = status.queues
    if queues is None or not queues.notices["held"]:
        return None
    return Advice(f"{queues.notices['held']} 件公文等待签发", "lifecycle notices --status held")


def _swept(status: Status, _: Settings) -> Advice | None:
    behind = days_behind(status.queues) if status.queues else 0
    if behind < 2:
        return None
    return Advice(f"到期清查落后 {behind} 天", "补做：lifecycle sweep；运行 lifecycle up 则自动补做")


def _jobs(status: Status, _: Settings) -> Advice | None:
    jobs = status.record.jobs if status.record else ()
    failed = [one for one in jobs if one.standing is Standing.FAILED]
    if failed:
        told = "；".join(f"{one.job.purpose}：{one.state.words or '原因不明'}" for one in failed)
        return Advice(f"自动工作失败：{told}", "自动重试；持续失败看 logs/daemon.log")
    if late := [one for one in jobs if one.late]:
        told = "、".join(one.job.purpose for one in late)
        return Advice(f"自动工作逾时未做：{told}", "守护进程会补做；仍未做的，看 lifecycle schedule")
    return None


_CHECKS: Final[tuple[Callable[[Status, Settings], Advice | None], ...]] = (
    _store, _daemon, _server, _worker, _automation, _jobs, _commands, _swept, _notices, _held,
)  # fmt: skip


def days_behind(queues: Queues) -> int:
    """Days for which no sweep was done; 0 on a practice store, whose clock is not the wall's."""
    if queues.rehearsal:
        return 0
    return max(0, (today() - (queues.swept_on or queues.created_at.date())).days)


def _leader(leader: Leader | None) -> dict[str, Any] | None:
    if leader is None:
        return None
    ended = leader.ended_at.isoformat() if leader.ended_at else None
    return {"by": leader.by, "since": leader.since.isoformat(), "ended_at": ended}


def _job(one: JobOutlook) -> dict[str, Any]:
    return {
        "name": one.job.name,
        "result": one.state.result,
        "words": one.state.words,
        "started_at": iso(one.state.started_at),
        "overdue_since": iso(one.overdue_since),
    }
