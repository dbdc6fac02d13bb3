"""The command `apply`: applications out of files, parents before their children.

Reads every file before it writes anything, then takes each application by itself: what is sound
is accepted, what is not is listed with its place and every reason. It decides no rule.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.bulk import declined_json, show_declined
from console.output import Answer, Screen
from console.session import Session
from states.errors import ORDINARY, BadInputFault, LifecycleError, RefusedFault, whole_fault

if TYPE_CHECKING:
    from lifecycle.intake import Application, Reading

KEPT = (".yaml", ".json", ".csv", ".xlsx")
FILED_AS = {".yml": ".yaml", ".tsv": ".csv", ".xlsm": ".xlsx"}
"""Endings of application files that the archive takes, and under which it takes the others."""


@dataclass(slots=True)
class _Outcome:
    """What became of the applications so far, each with its place in the reading order."""

    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    """Project ids by file and ref."""
    lost: set[tuple[str, str]] = field(default_factory=set)
    accepted: list[tuple[int, str, Application]] = field(default_factory=list)
    refused: list[tuple[int, str, str | None, LifecycleError]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Item:
    """One application with the file it came in."""

    place: int
    path: str
    application: Application
    shared: bool
    """Whether the file holds other applications too."""

    @property
    def ref(self) -> tuple[str, str] | None:
        return (self.path, self.application.ref) if self.application.ref else None

    @property
    def above(self) -> tuple[str, str] | None:
        return (self.path, self.application.parent_ref) if self.application.parent_ref else None


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
    actor = session.actor
    outcome = _Outcome()
    stdin = sys.stdin.buffer.read() if "-" in files else None
    with tempfile.TemporaryDirectory(prefix="lifecycle-") as folder:
        items = _read_all(session, files, stdin, outcome)
        forms = {path: _form(path, stdin, Path(folder)) for path in {item.path for item in items}}
        for item in _in_order(items, outcome):
            try:
                project = session.service.apply(
                    actor,
                    item.application,
                    session.on,
                    draft=draft,
                    dry_run=dry_run,
                    reason=reason,
                    parent=_parent(session, item, outcome),
                    form=forms[item.path],
                    shared=item.shared,
                )
            except LifecycleError as fault:
                _refuse(outcome, item, fault)
                if fault.exit_status not in ORDINARY:
                    break
            else:
                outcome.accepted.append((item.place, project, item.application))
                if item.ref:
                    outcome.ids[item.ref] = project
    return _answer(session, outcome)


def _form(path: str, stdin: bytes | None, folder: Path) -> str:
    """The file to keep as the application form, under an ending that the archive takes."""
    ending = Path(path).suffix.lower()
    if ending in KEPT:
        return path
    data = Path(path).read_bytes() if stdin is None or path != "-" else stdin
    kept = folder / f"{'申报' if path == '-' else Path(path).stem}{FILED_AS.get(ending) or _told(data)}"
    kept.write_bytes(data)
    return str(kept)


def _told(data: bytes) -> str:
    """An ending by the content, for standard input and for files without a known one."""
    if data.startswith(b"PK"):
        return ".xlsx"
    return ".json" if data.lstrip()[:1] in (b"{", b"[") else ".txt"


def _read_all(session: Session, files: Sequence[str], stdin: bytes | None, outcome: _Outcome) -> list[_Item]:
    """Every application of every file; what cannot be read goes to the refused at once."""
    items: list[_Item] = []
    place = 0
    for path in dict.fromkeys(files):
        try:
            found = read(session, path, stdin)
        except BadInputFault as fault:
            outcome.refused.append((place, path, None, fault))
            place += 1
            continue
        shared = len(found.applications) + len(found.rejected) > 1
        for application in found.applications:
            items.append(_Item(place, path, application, shared))
            place += 1
        for row in found.rejected:
            message = "；".join(reason.message for reason in row.reasons)
            outcome.refused.append((place, row.source, row.title, BadInputFault(message, row.reasons)))
            place += 1
    return items


def read(session: Session, path: str, stdin: bytes | None = None) -> Reading:
    """The applications of one file. Raises BadInputFault where it cannot be read at all."""
    from lifecycle.intake import read_applications

    return read_applications((path,), session.catalogue, stdin=stdin)


def _in_order(items: list[_Item], outcome: _Outcome) -> Iterator[_Item]:
    """Parents before children, whatever the order of the rows; a circle of parents is refused."""
    waiting, known = list(items), {item.ref for item in items if item.ref}
    while waiting:
        pending = {item.ref for item in waiting if item.ref}
        ready = [item for item in waiting if item.above not in known or item.above not in pending]
        if not ready:
            for item in waiting:
                _refuse(outcome, item, BadInputFault("上级标签（parent_ref）互相指向，无法确定谁是上级。"))
            return
        for item in ready:
            if item.above in outcome.lost:
                text = f"上级申报“{item.application.parent_ref}”未被受理，本申报一并不受理。"
                _refuse(outcome, item, RefusedFault(text))
            else:
                yield item
        waiting = [item for item in waiting if item not in ready]


def _parent(session: Session, item: _Item, outcome: _Outcome) -> str | None:
    """The project id of the parent: by the ref in the same file ("" on a dry run), else as it stands.

    Raises NotFoundFault where it is neither.
    """
    if item.above is None:
        return None
    if item.above in outcome.ids:
        return outcome.ids[item.above] or None
    from lifecycle.cases import project_row

    with session.reading() as conn:
        return str(project_row(conn, str(item.application.parent_ref))["id"])


def _refuse(outcome: _Outcome, item: _Item, fault: LifecycleError) -> None:
    outcome.refused.append((item.place, item.application.source, item.application.title, fault))
    if item.ref:
        outcome.lost.add(item.ref)


def _answer(session: Session, outcome: _Outcome) -> Answer:
    accepted = sorted(outcome.accepted, key=lambda one: one[0])
    refused = sorted(outcome.refused, key=lambda one: one[0])
    document = {
        "accepted": _objects(session, [(project, one) for _, project, one in accepted]),
        "refused": [
            {"source": source, "title": title, **declined_json(fault)} for _, source, title, fault in refused
        ],
    }
    fault = whole_fault([_placed(one) for one in refused], len(accepted) + len(refused))
    return Answer(document, lambda on: _show(on, document["accepted"], refused), fault)


def _placed(refused: tuple[int, str, str | None, LifecycleError]) -> LifecycleError:
    """What was wrong with the file, with its name, also where it is the only one."""
    _, source, _, fault = refused
    if not isinstance(fault, BadInputFault) or fault.message.startswith(source):
        return fault
    return BadInputFault(f"{source}：{fault.message}", fault.reasons)


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


def _show(
    on: Screen, accepted: list[dict[str, Any]], refused: list[tuple[int, str, str | None, LifecycleError]]
) -> None:
    if accepted:
        rows = [
            (one["id"] or "（未写入）", one["title"], one["unit"]["name"], one.get("state_label", "可受理"),
             one["source"])
            for one in accepted
        ]  # fmt: skip
        on.table(f"已接收（{len(accepted)} 项）", ("项目编号", "项目名称", "申报单位", "状态", "来源"), rows)
    if len(accepted) + len(refused) > 1:
        told = [
            (f"未接收：{source}{f' {title}' if title else ''}", fault) for _, source, title, fault in refused
        ]
        show_declined(told)
