"""The command `apply`: applications out of files, parents before their children.

What is sound is accepted, what is not is listed with its place and every reason. How files are read and
taken in is `lifecycle.bundle`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.bulk import declined_json, show_declined
from console.output import Answer, Screen
from console.session import Session
from states.errors import BadInputFault, LifecycleError, whole_fault

if TYPE_CHECKING:
    from lifecycle.bundle import Bundle, NotTaken
    from lifecycle.intake import Application, Reading


def apply(
    session: Session,
    files: Annotated[
        list[str], typer.Argument(metavar="FILE", help="yaml、json、csv 或 xlsx 文件；- 为标准输入")
    ],
    draft: Annotated[bool, typer.Option("--draft", help="只存为草稿，不提交")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="补录的原因")] = None,
) -> Answer:
    """Take applications in."""
    from lifecycle.bundle import Bundle, How
    from lifecycle.intake import bytes_of

    how = How(session.on, reason, draft=draft, dry_run=dry_run)
    bundle = Bundle(session.service, session.actor, how)
    stdin = sys.stdin.buffer.read() if "-" in files else None
    for path in dict.fromkeys(files):
        try:
            data = bytes_of(path, stdin)
        except BadInputFault as fault:
            bundle.refuse_file(path, fault)
        else:
            bundle.add(path, data)
    bundle.take()
    return _answer(session, bundle)


def read(session: Session, path: str, stdin: bytes | None = None) -> Reading:
    """The applications of one file. Raises BadInputFault where it cannot be read at all."""
    from lifecycle.intake import read_applications

    return read_applications((path,), session.catalogue, stdin=stdin)


def _answer(session: Session, bundle: Bundle) -> Answer:
    refused = bundle.refused
    document = {
        "accepted": _objects(session, [(one.project, one.application) for one in bundle.taken]),
        "refused": [
            {"source": one.source, "title": one.title, **declined_json(one.fault)} for one in refused
        ],
    }
    fault = whole_fault([_placed(one) for one in refused], len(bundle.taken) + len(refused))
    return Answer(document, lambda on: _show(on, document["accepted"], refused), fault)


def _placed(refused: NotTaken) -> LifecycleError:
    """What was wrong with the file, with its name, also where it is the only one."""
    fault = refused.fault
    if not isinstance(fault, BadInputFault) or fault.message.startswith(refused.source):
        return fault
    return BadInputFault(f"{refused.source}：{fault.message}", fault.reasons)


def _objects(session: Session, taken: list[tuple[str, Application]]) -> list[dict[str, Any]]:
    """The projects as the store has them now; on a dry run as they would be."""
    if not all(project for project, _ in taken):
        return [
            {
                "id": one.id,
                "programme": one.programme,
                "title": one.title,
                "unit": {"name": one.unit_name, "kind": one.unit_kind, "region": one.unit_region},
                "source": one.source,
            }
            for _, one in taken
        ]
    from lifecycle.listing import PROJECT, summaries

    with session.reading() as conn:
        rows = summaries(conn, PROJECT.c.id.in_([project for project, _ in taken]))
    found = {row["id"]: row for row in rows}
    return [{**found[project], "source": one.source} for project, one in taken]


def _show(on: Screen, accepted: list[dict[str, Any]], refused: list[NotTaken]) -> None:
    if accepted:
        rows = [
            (one["id"] or "（未写入）", one["title"], one["unit"]["name"], one.get("state_label", "可受理"),
             one["source"])
            for one in accepted
        ]  # fmt: skip
        on.table(f"已接收（{len(accepted)} 项）", ("项目编号", "项目名称", "申报单位", "状态", "来源"), rows)
    if len(accepted) + len(refused) > 1:
        told = [(f"未接收：{one.source}{f' {one.title}' if one.title else ''}", one.fault) for one in refused]
        show_declined(told)
