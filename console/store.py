"""Commands about the store as a whole: make it, prove it, open calls, run the services, the demo.

How a store is made and proven is decided elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.command import command, new_group
from console.options import parse_day, parse_whole
from console.output import Answer, Screen, say
from console.session import Session
from states.errors import LifecycleError, UsageFault

if TYPE_CHECKING:
    from datetime import date

ProgrammeName = Annotated[str, typer.Argument(metavar="PROGRAMME", help="项目类别的代码、编号或名称")]
Reason = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="补录以前日期的原因")]


PAPERS_TOLD = 1000
"""Papers after which the progress of their proof is told."""


def register(root: typer.Typer) -> None:
    """Hang the commands of this file into the tree."""
    command(root, "init")(init)
    command(root, "demo")(demo)
    command(root, "up")(up)
    command(root, "deploy")(deploy)
    call = new_group()
    command(call, "open", help="自业务日期起开放申报")(open_call)
    command(call, "close", help="关闭申报，业务日期为最后一日")(close_call)
    command(call, "list", help="申报批次：各类项目的起止日期及设定人")(list_calls)
    root.add_typer(call, name="call")
    audit = new_group()
    command(audit, "verify", help="校验全部（或一个项目的）记录未被改动")(verify)
    root.add_typer(audit, name="audit")


def init(
    session: Session,
    rehearsal: Annotated[
        bool, typer.Option("--rehearsal", help="建立演练库：业务日期以 --on 为准，不对外发送")
    ] = False,
) -> Answer:
    """Make or upgrade the store."""
    from flows.bootstrap import now
    from lifecycle.database import init_store, open_engine
    from lifecycle.login import operating_system_login

    engine = open_engine(session.settings)
    try:
        made = init_store(
            engine,
            session.settings,
            rehearsal=rehearsal,
            at=now(),
            admin_login=operating_system_login(),
        )
    finally:
        engine.dispose()
    kind = "演练库" if rehearsal else "数据库"
    return Answer(
        dict(made), lambda on: on.line(f"{kind}已就绪：{made['store']}（结构版本 {made['revision']}）")
    )


def demo(session: Session) -> Answer:
    """One whole programme year on a scratch store, or in the folder that `--home` names."""
    from console.demo import run_demo

    return run_demo(session.options.home, as_json=session.options.json)


def up(
    session: Session,
    port: Annotated[str | None, typer.Option("--port", metavar="PORT", help="守护进程的端口")] = None,
    prefect_port: Annotated[
        str | None, typer.Option("--prefect-port", metavar="PORT", help="流程服务器的端口")
    ] = None,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="不在本机执行从看板启动的流程，留给别处的工作进程")
    ] = False,
) -> Answer:
    """Run everything until Ctrl-C."""
    from flows.supervisor import run_up

    ports = _port(prefect_port, "--prefect-port"), _port(port, "--port")
    status = run_up(session.settings, say, port=ports[0], daemon_port=ports[1], worker=not no_worker)
    fault = LifecycleError("有服务未能正常停止，详见上面的说明。") if status else None
    return Answer({"status": status}, lambda _: None, fault)


def deploy(session: Session) -> Answer:
    """Register what can be started from the flow dashboard."""
    from flows.automation import NAME, automate
    from flows.deployments import POOL, register
    from flows.server import server_of

    server = server_of(session.settings)
    names = register(server, session.settings.home)
    enabled = automate(server, session.settings)
    document = {
        "server": server.ui_url, "pool": POOL, "deployments": list(names), "automation": enabled
    }  # fmt: skip

    def screen(on: Screen) -> None:
        on.line(f"已在 {server.ui_url} 登记工作池“{POOL}”和 {len(names)} 个可启动的流程：{'、'.join(names)}")
        on.line(f"告警自动化“{NAME}”{'已启用' if enabled else '被人停用，保持不动'}。")

    return Answer(document, screen)


def _port(text: str | None, named: str) -> int | None:
    number = parse_whole(text, named)
    if number is not None and not 1 <= number <= 65535:
        raise UsageFault(f"{named} 的值“{text}”无效，应为 1 至 65535 的端口号。")
    return number


def open_call(
    session: Session,
    programme: ProgrammeName,
    closes: Annotated[str | None, typer.Option("--closes", metavar="DATE", help="申报截止日期（含）")] = None,
    reason: Reason = None,
) -> Answer:
    """Open a call on the business date."""
    last = None if closes is None else parse_day(closes, "--closes")
    if last is not None and last < session.on:
        raise UsageFault(f"--closes 的日期 {last.isoformat()} 早于开放日期 {session.on.isoformat()}。")
    slug = session.service.open_call(session.actor, programme, session.on, last, reason)
    return _call(session, slug, {"opens_on": session.on, "closes_on": last})


def close_call(session: Session, programme: ProgrammeName, reason: Reason = None) -> Answer:
    """Close a call on the business date."""
    slug = session.service.close_call(session.actor, programme, session.on, reason)
    return _call(session, slug, {"closes_on": session.on})


def list_calls(session: Session) -> Answer:
    """Every call with its days and who set them."""
    from lifecycle.calls import list_calls as calls_of

    lines = session.catalogue.lines
    with session.reading() as conn:
        calls = [{**one, "title": lines[one["programme"]].title} for one in calls_of(conn)]

    def screen(on: Screen) -> None:
        rows = [
            (one["programme"], one["title"], one["opens_on"], one["closes_on"], one["history"][-1]["by"])
            for one in calls
        ]
        on.table("申报批次", ("代码", "项目类别", "开放", "截止", "设定人"), rows)

    return Answer({"calls": calls}, screen)


def _call(session: Session, slug: str, days: dict[str, date | None]) -> Answer:
    title = session.catalogue.programmes[slug].title
    document: dict[str, Any] = {"programme": slug, "title": title}
    document |= {name: day.isoformat() if day else None for name, day in days.items()}

    def screen(on: Screen) -> None:
        opens, closes = document.get("opens_on"), document.get("closes_on")
        if opens:
            on.line(f"“{title}”自 {opens} 起开放申报，{f'至 {closes} 截止' if closes else '截止日期未定'}。")
        else:
            on.line(f"“{title}”的申报于 {closes} 截止。")

    return Answer(document, screen)


def verify(
    session: Session,
    project: Annotated[str | None, typer.Option("--project", metavar="ID", help="只校验一个项目")] = None,
) -> Answer:
    """Prove the chain."""
    from lifecycle.archive_check import verify_all

    with session.reading() as conn:
        found, papers = verify_all(conn, session.store.home, project, _tell)
    document = {
        "entries": found.entries,
        "ok": found.ok,
        "projects": found.projects,
        "head": found.head,
        "papers": papers,
    }

    def screen(on: Screen) -> None:
        on.line(f"审计链完整：{found.projects} 个项目，{found.entries} 条记录，链头 {found.head}")
        on.line(f"档案完整：{papers} 份材料均与登记时相符")

    return Answer(document, screen)


def _tell(number: int, count: int) -> None:
    """Tell how far the papers were read, where there are many."""
    if number % PAPERS_TOLD == 0:
        say(f"已核对材料 {number}／{count} 份")
