"""The command `trigger`: one action on one project or on many.

Chooses the projects, asks once before it touches many, shows progress, and lists what was done and
what was declined. Whether a step is allowed is decided in the core.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.bulk import PROGRESS_FROM, confirm, progress, show_declined
from console.options import parse_materials, parse_values, parse_whole
from console.output import Answer, Screen
from console.road import Road
from console.session import Session
from states.errors import LifecycleError, UsageFault, whole_fault

if TYPE_CHECKING:
    from lifecycle.requests import Batch

Where = Annotated[
    list[str] | None,
    typer.Option("--where", metavar="STATE/PROGRAMME", help="按状态和项目类别选取，任一部分可空"),
]
Materials = Annotated[
    list[str] | None, typer.Option("--material", metavar="KIND=FILE", help="随附材料，种类用名称或中文")
]
Values = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="同时设置的事项")]
Reason = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="理由")]
Document = Annotated[
    str | None, typer.Option("--document", metavar="NUMBER@DATE", help="正式文件的文号和日期")
]

Version = Annotated[str | None, typer.Option("--if-version", metavar="N", help="仅当项目仍为第 N 版时办理")]
Key = Annotated[str | None, typer.Option("--key", metavar="KEY", help="幂等键：同一键重复执行只办理一次")]


def trigger(
    session: Session,
    action: Annotated[str, typer.Argument(metavar="ACTION", help="操作代码或中文名称")],
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="项目编号")] = None,
    where: Where = None,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问数量")] = False,
    if_version: Version = None,
    material: Materials = None,
    values: Values = None,
    reason: Reason = None,
    document: Document = None,
    key: Key = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
) -> Answer:
    """Take an action on each project."""
    from lifecycle.commands import parse_action
    from lifecycle.requests import Request

    found, road = parse_action(action), Road(session)
    pairs, papers = parse_values(values or []), parse_materials(material or [])
    version = parse_whole(if_version, "--if-version")
    projects = _projects(road, ids or [], where or [])
    if where and projects and not (yes or dry_run):
        confirm(len(projects), found.label)
    request = Request(
        action=str(found),
        projects=projects,
        on=session.on,
        reason=reason,
        document=document,
        materials=papers,
        values=pairs,
        key=key,
        if_version=version,
        dry_run=dry_run,
    )
    with progress(len(projects), found.label) as advance:
        batch = road.trigger(request, advance)
    return _answer(batch, found.label, dry_run=dry_run)


def _projects(road: Road, ids: list[str], where: list[str]) -> tuple[str, ...]:
    """The ids, frozen; each once."""
    if bool(ids) == bool(where):
        problem = "不能同时写项目编号和 --where" if ids else "缺少项目编号（ID），也没有用 --where 选取"
        raise UsageFault(f"{problem}。用法见 lifecycle trigger --help")
    return tuple(dict.fromkeys(ids)) if ids else road.select(where)


def _answer(batch: Batch, label: str, *, dry_run: bool) -> Answer:
    from lifecycle.commands import as_fault

    declined = [(item.id, as_fault(item)) for item in batch.refused]
    fault = whole_fault([fault for _, fault in declined], len(batch.done) + len(declined))
    return Answer(batch.as_json(), lambda on: _show(on, batch, declined, label, dry_run=dry_run), fault)


def _show(
    on: Screen, batch: Batch, declined: list[tuple[str, LifecycleError]], label: str, *, dry_run: bool
) -> None:
    from states.names import State

    if not batch.done and not declined:
        on.line("没有符合条件的项目。")
    verb = "可以办理" if dry_run else "已办理"
    for item in batch.done[:PROGRESS_FROM]:
        moved = f"{State(item.source).label} → {State(item.dest).label}"
        on.line(f"{verb}“{label}”：{item.id} {moved}（第 {item.seq} 条）")
    if len(batch.done) > PROGRESS_FROM:
        on.line(f"……共{verb} {len(batch.done)} 个项目。")
    if len(batch.done) + len(declined) > 1:
        show_declined([(f"未办理：{project}", fault) for project, fault in declined])
