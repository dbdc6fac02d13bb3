"""The commands `intake`: read the intake folder from the command line, and what became of each file.

The same as the flow does, without any flow server. It decides no rule.
"""

from __future__ import annotations

from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.command import command, new_group
from console.options import parse_whole
from console.output import Answer, Screen, local_time, say
from console.session import Session
from states.errors import BadInputFault, RefusedFault, UsageFault

if TYPE_CHECKING:
    from lifecycle.inbox import Left
    from lifecycle.intakes import FileTaken

SHOWN = 50


def register(root: typer.Typer) -> None:
    """Hang the commands of this file into the tree."""
    group = new_group()
    command(group, "run", help="读取申报文件夹（或指定的文件、文件夹），逐项受理；重复读取不会重复受理")(run)
    command(group, "list", help="读取过的申报文件：各文件受理了哪些、未受理哪些及原因")(list_files)
    root.add_typer(group, name="intake")


def run(
    session: Session,
    path: Annotated[
        str | None, typer.Argument(metavar="PATH", help="文件或文件夹；不写则为 LIFECYCLE_INTAKE_FOLDER")
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="补录的原因")] = None,
) -> Answer:
    """Take in what lies in a folder."""
    from flows.bootstrap import now
    from lifecycle.inbox import CHANGING, SETTLED_AFTER, Left, look_into
    from lifecycle.intakes import take_file

    root, inside = _place(session, path)
    inbox = look_into(root, inside, now())
    if any(leaving.why == CHANGING for leaving in inbox.left):
        say("有文件刚刚改动，稍候再读……")
        sleep(SETTLED_AFTER)
        inbox = look_into(root, inside, now())
    actor, service = session.actor, session.service
    done: list[FileTaken] = []
    left = list(inbox.left)
    for number, file in enumerate(inbox.files, 1):
        if len(inbox.files) > 1:
            say(f"正在读取 {number}／{len(inbox.files)}：{file.name}")
        outcome = take_file(service, actor, file, session.on, now, reason)
        if isinstance(outcome, Left):
            left.append(outcome)
        else:
            done.append(outcome)
    return _answer(done, left)


def list_files(
    session: Session,
    limit: Annotated[
        str | None, typer.Option("--limit", metavar="N", help=f"列出最近的几个文件，默认 {SHOWN}")
    ] = None,
) -> Answer:
    """The files that were taken in last."""
    from lifecycle.intakes import files_taken

    count = parse_whole(limit, "--limit") if limit is not None else SHOWN
    if count is None or not 1 <= count <= 1000:
        raise UsageFault(f"--limit 的值“{limit}”无效，应为 1 至 1000 的整数。")
    actor = session.actor
    if not actor.sees_all:
        from states.errors import ForbiddenFault

        raise ForbiddenFault("读取申报文件的记录含各单位的申报，只供可查看全部项目的人员查阅。")
    with session.reading() as conn:
        files = files_taken(conn, count)

    def screen(on: Screen) -> None:
        rows = [
            (local_time(one["at"]), one["file"], one["status_label"], str(len(one["accepted"])),
             str(len(one["refused"])), one["actor"])
            for one in files
        ]  # fmt: skip
        on.table("读取过的申报文件", ("时间", "文件", "结果", "受理", "未受理", "经办"), rows)
        for one in files:
            _show_refused(on, one["file"], one["refused"])

    return Answer({"files": files}, screen)


def _place(session: Session, path: str | None) -> tuple[Path, str]:
    """The folder to keep within, and what in it is meant."""
    from lifecycle.inbox import intake_folder

    if path is None:
        folder = intake_folder(session.settings)
        if not folder.is_dir():
            raise BadInputFault(f"没有申报文件夹“{folder}”；请先建立，或写明文件或文件夹。")
        return folder, ""
    named = Path(path).expanduser().absolute()
    return (named, "") if named.is_dir() else (named.parent, named.name)


def _answer(done: list[FileTaken], left: list[Left]) -> Answer:
    document: dict[str, Any] = {
        "files": [one.as_json() for one in done],
        "left": [one.as_json() for one in left],
        "accepted": sum(one.added for one in done),
        "refused": sum(len(one.refused) for one in done),
    }
    refused = document["refused"]
    fault = RefusedFault(f"{refused} 项申报未受理，原因已逐项列出。") if refused else None

    def screen(on: Screen) -> None:
        from lifecycle.intakes import LABELS

        rows = [
            (one.name, LABELS[one.status], *map(str, (one.added, one.before, len(one.refused))))
            for one in done
        ]
        on.table("申报文件", ("文件", "结果", "新受理", "此前已受理", "未受理"), rows)
        for one in done:
            _show_refused(on, one.name, list(one.refused))
        for leaving in left:
            on.line(f"未读取：{leaving.name}（{leaving.why}）")

    return Answer(document, screen, fault)


def _show_refused(on: Screen, name: str, refused: list[dict[str, Any]]) -> None:
    for one in refused:
        on.line(f"未受理：{one['source']}{' ' + one['title'] if one['title'] else ''}")
        for reason in one["reasons"]:
            on.line(f"  · {reason['message']}")
