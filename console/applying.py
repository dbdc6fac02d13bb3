"""The command `apply`: applications out of files, parents before their children.

Reads every file before it writes anything, then takes each application by itself: what is sound
is accepted, what is not is listed with its place and every reason. It decides no rule.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.bulk import ORDINARY, declined_json, whole_fault
from console.output import Answer, Screen, reason_line, say
from console.session import Session
from states.errors import BadInputFault, LifecycleError, RefusedFault

if TYPE_CHECKING:
    from lifecycle.intake import Application, Reading

FILED_AS = {".yml": ".yaml", ".tsv": ".csv", ".xlsm": ".xlsx", ".yaml": ".yaml", ".json": ".json",
            ".csv": ".csv", ".xlsx": ".xlsx"}  # fmt: skip
"""Under which ending the archive keeps a file of applications."""


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
    with _stdin(files) as (stdin, spooled):
        items = _read_all(session, files, stdin, outcome)
        for item in _in_order(items, outcome):
            try:
                project = session.service.apply(
                    actor,
                    item.application,
                    session.on,
                    draft=draft,
                    dry_run=dry_run,
                    reason=reason,
                    parent=_parent(item, outcome, dry_run=dry_run),
                    form=_form(item.path, spooled),
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


@contextmanager
def _stdin(files: Sequence[str]) -> Iterator[tuple[bytes | None, Path | None]]:
    """Standard input, if it is asked for, also as a file that can be kept as the application form."""
    with tempfile.TemporaryDirectory(prefix="lifecycle-") as folder:
        if "-" not in files:
            yield None, Path(folder)
            return
        yield sys.stdin.buffer.read(), Path(folder)


def _read_all(
    session: Session, files: Sequence[str], stdin: bytes | None, outcome: _Outcome
) -> list[_Item]:
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
        for application in found.applications:
            items.append(_Item(place, path, application))
            place += 1
        for row in found.rejected:
            message = "；".join(reason.message for reason in row.reasons)
            outcome.refused.append((place, row.source, row.title, BadInputFault(message, row.reasons)))
            place += 1
    if stdin is not None:
        outcome.ids.setdefault(("-", ""), "")
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


def _parent(item: _Item, outcome: _Outcome, *, dry_run: bool) -> str | None:
    """The project id of the parent: by the ref in the same file, else as it stands."""
    if item.above is None:
        return None
    if item.above in outcome.ids:
        return outcome.ids[item.above] or None if dry_run else outcome.ids[item.above]
    return item.application.parent_ref


def _refuse(outcome: _Outcome, item: _Item, fault: LifecycleError) -> None:
    outcome.refused.append((item.place, item.application.source, item.application.title, fault))
    if item.ref:
        outcome.lost.add(item.ref)
