"""Commands about the schedule: how each job stands, its log, and doing one now.

When something is due, and who may do it, is decided in `flows/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.command import command, new_group
from console.deadlines import SWEEPERS
from console.options import parse_whole
from console.output import Answer, Screen
from console.session import Session
from states.errors import UsageFault
from states.names import Role

if TYPE_CHECKING:
    from datetime import datetime

    from flows.outlook import JobOutlook, Outlook
    from flows.schedule import Job

READERS = (*SWEEPERS, Role.AUDITOR)
LISTED, MOST = 20, 1000
RESULTS = {"running": "进行中", "done": "完成", "failed": "失败", "broken": "中断"}

Name = Annotated[str, typer.Argument(metavar="JOB", help="任务名称，如 sweep")]


def register(root: typer.Typer) -> None:
    """Hang the commands of this file into the tree."""
    group = new_group(listing=show_schedule)
    command(group, "log", help="一个任务最近的运行：应做时刻、结果、用时、由谁执行")(log)
    command(group, "run", help="立即执行一个任务；已到期而未做的，即为补做")(run)
    root.add_typer(group, name="schedule")


def show_schedule(session: Session) -> Answer:
    """Every job with its last and its next run."""
    from flows.bootstrap import now
    from flows.outlook import read_outlook

    session.require(*READERS, to="查看定时任务")
    outlook = read_outlook(session.app, now())
    return Answer(outlook.as_json(), lambda on: _show(on, outlook))


def _show(on: Screen, outlook: Outlook) -> None:
    leader = outlook.leader
    if outlook.led and leader is not None:
        on.line(f"值守：{leader.by}，自 {_moment(leader.since)} 起")
    headings = ("任务", "用途", "时间", "上次开始", "结果", "用时", "下次")
    on.table(None, headings, [_row(one) for one in outlook.jobs])
    for told in outlook.warnings():
        on.paragraph(f"注意：{told}")


def _row(one: JobOutlook) -> tuple[str | None, ...]:
    from flows.outlook import LABELS
    from flows.schedule import in_words

    result = LABELS[one.standing] + (f"：{one.state.words}" if one.state.words else "")
    if one.late:
        result += "【逾期】"
    took = None if one.seconds is None else f"{one.seconds:.1f} 秒"
    coming = "随时" if one.job.polls else _moment(one.next)
    when = in_words(one.job.when)
    return (one.job.name, one.job.purpose, when, _moment(one.state.started_at), result, took, coming)


def log(
    session: Session,
    name: Name,
    limit: Annotated[str | None, typer.Option("--limit", metavar="N", help="最多列出几次，默认 20")] = None,
) -> Answer:
    """The last runs of one job."""
    from flows.outlook import iso
    from lifecycle.jobs import last_runs

    session.require(*READERS, to="查看定时任务")
    job = _job(name)
    asked = parse_whole(limit, "--limit")
    most = LISTED if asked is None else asked
    if not 1 <= most <= MOST:
        raise UsageFault(f"--limit 的值 {most} 无效，应为 1 至 {MOST}。")
    with session.reading() as conn:
        runs = last_runs(conn, job.name, most)
    document = [
        {
            "due": iso(one.due), "started": iso(one.started_at), "ended": iso(one.ended_at),
            "result": one.result, "words": one.words, "by": one.by,
        }
        for one in runs
    ]  # fmt: skip

    def screen(on: Screen) -> None:
        if job.polls:
            on.line(f"{job.name} 随时查看有无工作，不逐次记录；最近一次见 lifecycle schedule。")
            return
        rows = [
            (_moment(one.due) or "人工执行", _moment(one.started_at), _moment(one.ended_at),
             RESULTS[one.result], one.words, one.by)
            for one in runs
        ]  # fmt: skip
        on.table(job.purpose, ("应做时刻", "开始", "结束", "结果", "说明", "由谁"), rows)

    return Answer({"job": job.name, "runs": document}, screen)


def run(session: Session, name: Name) -> Answer:
    """Do one job now."""
    from flows.bootstrap import now
    from flows.jobs import Jobs
    from flows.server import server_of
    from flows.timetable import Timetable, process_name
    from lifecycle.log import configure_log

    session.require(*SWEEPERS, to="执行定时任务")
    job = _job(name)
    configure_log(session.settings.log_format, "error")  # what was done is the answer
    work = Jobs(session.app, server_of(session.settings)).by_name()
    began = now()
    words = Timetable(session.app, work, name=process_name(session.actor.login)).run_now(job)
    took = (now() - began).total_seconds()
    document = {"job": job.name, "words": words, "seconds": took}
    told = f"“{job.purpose}”：{words or '没有要做的'}，用时 {took:.1f} 秒。"
    return Answer(document, lambda on: on.line(told))


def _job(name: str) -> Job:
    from flows.schedule import JOBS

    for job in JOBS:
        if job.name == name:
            return job
    raise UsageFault(f"没有名为“{name}”的任务，应为：{'、'.join(job.name for job in JOBS)}。")


def _moment(at: datetime | None) -> str | None:
    from flows.bootstrap import SHANGHAI

    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else None
