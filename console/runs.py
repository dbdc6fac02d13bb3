"""The commands `runs`: what waits for its flow run, and setting the line and the runs right by hand.

What is compared and repaired stands in `flows.reconciling`. Nothing here changes what was decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.command import command, new_group
from console.options import parse_whole
from console.output import Answer, Screen, say
from console.session import Session
from states.errors import ConflictFault, NotFoundFault, UsageFault
from states.names import Role

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from flows.reconciling import Reconciled
    from flows.server import FlowServer
    from lifecycle.outbox_repairs import Standing

SHOWN, MOST = 50, 1000
OPEN = "open"
"""What `--status` says for all that is not done; the default."""


def register(root: typer.Typer) -> None:
    """Hang the commands of this file into the tree."""
    group = new_group(listing=list_runs)
    command(group, "list", help="等待补流程的操作、停止重试的操作及原因；--status done 列出已完成的及其运行")(
        list_runs
    )
    command(group, "retry", help="把停止重试的（或正在等待下次重试的）操作立即重新排队")(retry)
    command(group, "reconcile", help="立即核对操作与流程运行：补上缺的，标出多余的和中断的")(reconcile)
    command(group, "prune", help="立即按保留期限清理流程服务器上的旧运行；未办完操作的运行不清理")(prune)
    root.add_typer(group, name="runs")


def list_runs(
    session: Session,
    status: Annotated[
        str,
        typer.Option(
            "--status", metavar="STATUS", help="open（默认，未完成的）、pending、running、failed、done 或 all"
        ),
    ] = OPEN,
    limit: Annotated[
        str | None, typer.Option("--limit", metavar="N", help=f"最多列出几项，默认 {SHOWN}")
    ] = None,
) -> Answer:
    """The outbox, the newest command first."""
    from flows.bootstrap import now
    from flows.failed_runs import link_of
    from flows.server import FlowServer, address_of
    from lifecycle.database import reading
    from lifecycle.outbox_repairs import listed

    statuses = _statuses(status)
    count = SHOWN if limit is None else parse_whole(limit, "--limit") or 0
    if not 1 <= count <= MOST:
        raise UsageFault(f"--limit 的值“{limit}”无效，应为 1 至 {MOST} 的整数。")
    session.require(Role.ADMIN, Role.AUDITOR, to="查看流程运行")
    with reading(session.app.engine) as conn:
        found = listed(conn, statuses, now(), count)
    ui_url = FlowServer(address_of(session.settings)).ui_url
    links = {one.id: link_of(ui_url, one.flow_run_id) if one.flow_run_id else None for one in found}
    document = {"commands": [one.as_json() | {"link": links[one.id]} for one in found]}
    return Answer(document, lambda on: _list(on, found, links))


def retry(
    session: Session,
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID…", help="操作编号（可只写开头几位），见 lifecycle runs list"),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="全部停止重试的操作")] = False,
) -> Answer:
    """Put commands back in line at once, as if they had never been tried."""
    from lifecycle.database import transaction
    from lifecycle.outbox import retry_failed
    from lifecycle.outbox_repairs import requeue

    session.require(Role.ADMIN, to="重新排队")
    if bool(ids) == everything:
        raise UsageFault("请写明操作编号，或用 --all 重试全部停止重试的操作，二者取一。")
    with transaction(session.app.engine) as conn:
        if everything:
            again = retry_failed(conn)
        else:
            again = [one.id for one in _retriable(conn, ids or []) if requeue(conn, one)]
    document = {"retried": again}
    return Answer(document, lambda on: on.line(f"已把 {len(again)} 项操作的流程运行重新排队。"))


def _retriable(conn: Connection, ids: list[str]) -> list[Standing]:
    """The commands of these ids, each once. Raises for one that is not there, is done, or is at work."""
    from flows.bootstrap import now
    from lifecycle.outbox import DONE
    from lifecycle.outbox_repairs import named

    wanted: dict[str, Standing] = {}
    for text in ids:
        found = named(conn, text.strip(), now()) if text.strip() else []
        if not found:
            raise NotFoundFault(f"没有编号为“{text}”的操作，见 lifecycle runs list --status all。")
        if len(found) > 1:
            raise UsageFault(f"以“{text}”开头的操作不止一项，请多写几位。")
        (one,) = found
        if one.status == DONE:
            raise ConflictFault(f"操作 {one.id} 的流程运行已经完成，不必重试。")
        if one.held:
            raise ConflictFault(f"操作 {one.id} 正在运行，请稍后再看。")
        wanted[one.id] = one
    return list(wanted.values())


def reconcile(session: Session) -> Answer:
    """Compare and repair now. UnavailableFault where the flow server is away."""
    from flows.reconciling import reconcile_with

    server = _server(session, "核对流程运行")
    say("正在核对……")
    found = reconcile_with(session.app, server)
    return Answer(found.as_json(server.ui_url), lambda on: _reconciled(on, found))


def prune(session: Session) -> Answer:
    """Delete old runs now. UnavailableFault where the flow server is away."""
    from flows.pruning import prune_with

    server = _server(session, "清理流程运行")
    say("正在清理……")
    done = prune_with(session.app, server)
    return Answer(done.as_json(), lambda on: on.line(f"{done.sentence}。"))


def _server(session: Session, to: str) -> FlowServer:
    """The flow server, for an administrator. UnavailableFault where it is away."""
    from flows.server import server_of
    from lifecycle.log import configure_log
    from states.errors import UnavailableFault

    session.require(Role.ADMIN, to=to)
    configure_log(session.settings.log_format, "error")  # what was done is the answer
    server = server_of(session.settings)
    if (fault := server.fault()) is not None:
        raise UnavailableFault(f"{fault}操作不受影响，待它恢复后再试。")
    return server


def _statuses(text: str) -> list[str]:
    from lifecycle.outbox import DONE
    from lifecycle.outbox_repairs import STATUSES

    if text == "all":
        return list(STATUSES)
    if text == OPEN:
        return [one for one in STATUSES if one != DONE]
    if text not in STATUSES:
        raise UsageFault(f"--status 的值“{text}”无效，应为以下之一：open、{'、'.join(STATUSES)}、all。")
    return [text]


def _list(on: Screen, found: list[Standing], links: dict[str, str | None]) -> None:
    from flows.watch import clock
    from lifecycle.outbox_repairs import STATUSES

    if not found:
        on.line("没有这样的操作。")
        return
    rows: list[tuple[Any, ...]] = [
        (
            one.id,
            one.summary,
            STATUSES[one.status],
            one.attempts,
            clock(one.created_at),
            links[one.id] or one.error or "",
        )
        for one in found
    ]
    on.table(None, ("编号", "操作", "流程运行", "已试", "办理时间", "运行或原因"), rows)
    if any(one.error for one in found):
        on.line("操作本身均已生效；停止重试的，用 lifecycle runs retry 编号 或 --all 重新排队。")


def _reconciled(on: Screen, found: Reconciled) -> None:
    on.line(f"{found.sentence}。")
    if found.repaired:
        names = ("处理", "原因", "操作", "内容")
        on.table(None, names, [tuple(row[name] for name in names) for row in found.rows()])
