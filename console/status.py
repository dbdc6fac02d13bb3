"""`lifecycle status`: what runs, how far behind each line is, open warnings, and what to do.

What is measured stands in `flows.status`; this draws it, and closes warnings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from console.command import command, new_group
from console.output import Answer, Screen
from console.schedule import READERS
from console.session import Session
from states.errors import AttentionFault, ForbiddenFault, LifecycleError, UnavailableFault, UsageFault
from states.names import NoticeStatus, Role

if TYPE_CHECKING:
    from flows.status import Status
    from lifecycle.queues import Queues
    from lifecycle.warning_ledger import Warned

YES, NO, UNKNOWN = "正常", "没有运行", "未知"
BY_NUMBER: Final = "close 编号"
"""As warnings name it, in mails too; on the screen the number is at hand."""


def register(root: typer.Typer) -> None:
    """Hang the commands into the tree."""
    status = new_group(listing=show)
    command(status, "show", help="同 lifecycle status")(show)
    command(status, "close", help="关闭一件告警：已经处理完毕")(close)
    root.add_typer(status, name="status")


def show(
    session: Session,
    check: Annotated[bool, typer.Option("--check", help="有需要处理的事时以状态 1 结束，供监控调用")] = False,
) -> Answer:
    """Everything at one moment. The exit status is 0 also where something is wrong, unless `--check`."""
    from flows.status import status_of

    status = status_of(session.settings)
    told = status if _sees_all(session, status) else status.for_anyone()
    fault: LifecycleError | None = None
    if status.fault is not None:
        fault = UnavailableFault(status.fault)
    elif check and (status.advice or (status.record and status.record.warnings)):
        fault = AttentionFault("有需要处理的事，见上。")
    return Answer(told.as_json(), lambda on: _screen(on, told), fault)


def _sees_all(session: Session, status: Status) -> bool:
    """Whether this person may read names: of campaigns, in warnings, in faults. Makes no store for it."""
    if status.queues is None:
        return True
    try:
        session.require(*READERS, to="查看告警")
    except ForbiddenFault:
        return False
    return True


def close(
    session: Session,
    numbers: Annotated[list[str], typer.Argument(metavar="NUMBER…", help="告警编号，见 lifecycle status")],
) -> Answer:
    """Write down that a person has seen to warnings."""
    from flows.bootstrap import now
    from lifecycle.database import transaction
    from lifecycle.warning_ledger import close as close_one

    session.require(Role.ADMIN, to="关闭告警")
    wanted = [_number(text) for text in numbers]
    with transaction(session.app.engine) as conn:
        closed = [close_one(conn, number, now()) for number in wanted]
    document = {"closed": [one.as_json() for one in closed]}
    return Answer(document, lambda on: on.line(f"已关闭 {len(closed)} 件告警。"))


def _number(text: str) -> int:
    if not text.isdigit() or len(text) > 15:
        raise UsageFault(f"告警编号“{text}”无效，应为 lifecycle status 所列的数字。")
    return int(text)


def _screen(on: Screen, status: Status) -> None:
    on.table(None, ("服务", "状态", "说明"), _services(status))
    record = status.record
    if status.queues is not None:
        on.table(None, ("队列", "积压", "说明"), _queues(status, status.queues))
    on.pairs(_store(status))
    warnings = record.warnings if record is not None else ()
    if warnings:
        _warnings(on, warnings)
    if status.advice:
        on.line("需要处理：")
    for advice in status.advice:
        on.line(f"  · {advice.what}")
        on.line(f"    {advice.do}")
    if record is not None and not warnings and not status.advice:
        on.line("一切正常，没有需要处理的事。")


def _warnings(on: Screen, warnings: Sequence[Warned]) -> None:
    """Each with what to do below the table: a command that is folded cannot be copied."""
    from flows.watch import clock

    rows = [(one.id, one.sentence, clock(one.since), one.details.get("meaning") or "") for one in warnings]
    on.table(f"未了告警（{len(rows)} 件）", ("编号", "事由", "起始", "影响"), rows)
    on.line("办法：")
    for one in warnings:
        ways = "；".join(one.details.get("advice") or ())
        on.line(f"  {one.id}  {ways.replace(BY_NUMBER, f'close {one.id}')}")
    on.line()


def _services(status: Status) -> list[tuple[Any, ...]]:
    from flows.watch import clock

    daemon, server = status.seen.daemon, status.seen.server
    leader = status.record.leader if status.record else None
    led = f"值守：{leader.by}，自 {clock(leader.since)}" if leader and not leader.ended_at else ""
    role = {True: "本机值守；", False: "本机候补；", None: ""}[daemon.leads]
    workers = UNKNOWN if server.workers is None else f"{server.workers} 个在岗" if server.workers else NO
    automation = {True: "已启用", False: "被停用", None: UNKNOWN}[server.automation]
    return [
        ("守护进程", YES if daemon.up else NO, f"{daemon.address}；{role}{led}".rstrip("；")),
        (
            "流程服务器",
            (YES if server.login else "登录串不对") if server.up else NO,
            f"{server.url}{f'，Prefect {server.version}' if server.version else ''}",
        ),
        ("工作进程", workers, "执行从看板启动的流程"),
        ("告警自动化", automation, "流程失败、中断、迟到时告知系统管理员"),
    ]


def _queues(status: Status, queues: Queues) -> list[tuple[Any, ...]]:
    from flows.status import days_behind
    from flows.watch import clock

    line, notices = queues.commands, queues.notices
    oldest = f"最早 {clock(line.oldest)}" if line.oldest else ""
    behind = days_behind(queues)
    jobs = status.record.jobs if status.record else ()
    late = [one.job.purpose for one in jobs if one.late]
    rows: list[tuple[Any, ...]] = [
        ("流程运行", line.pending + line.running, f"停止重试 {line.failed}；{oldest}".rstrip("；")),
        *(
            ("批量办理", f"{one.handled}/{one.total}", f"{one.title}（{one.status.label}）")
            for one in queues.campaigns
        ),
        (
            "通知",
            notices["pending"] + notices["sending"] + notices["failed"],
            "；".join(f"{NoticeStatus(name).label} {count}" for name, count in notices.items() if count),
        ),
        ("到期清查", f"{behind} 天", f"已清查至 {queues.swept_on}" if queues.swept_on else "尚未清查"),
        ("自动工作", len(late), f"逾时未做：{'、'.join(late)}" if late else "按时"),
    ]
    return rows


def _store(status: Status) -> list[tuple[str, Any]]:
    from flows.bootstrap import SHANGHAI

    size = "" if status.size is None else f"，{_bytes(status.size)}"
    return [
        ("数据库", f"{status.where}{size}"),
        ("磁盘余量", _bytes(status.free)),
        ("程序版本", f"{status.version}（库结构 {status.record.revision if status.record else '—'}）"),
        ("查看时间", f"{status.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"),
    ]


def _bytes(count: int) -> str:
    for unit, size in (("GiB", 2**30), ("MiB", 2**20)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count / 2**10:.0f} KiB"
