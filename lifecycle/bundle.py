"""Applications that came in together, in one file or several: taken one by one, parents before children.

Reads everything before it writes anything. What is sound is taken in, what is not is kept with its place
and every reason; each application is a transaction of its own. It decides no rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final

from lifecycle.cases import project_row
from lifecycle.database import reading
from lifecycle.intake import STDIN, Application, read_bytes
from lifecycle.people import Actor
from lifecycle.service import Service
from lifecycle.taking import taken_before
from lifecycle.values import canonical
from states.errors import ORDINARY, BadInputFault, LifecycleError, RefusedFault

KEPT: Final = (".yaml", ".json", ".csv", ".xlsx")
FILED_AS: Final = {".yml": ".yaml", ".tsv": ".csv", ".xlsm": ".xlsx"}
"""Endings of application files that the archive takes, and under which it takes the others."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One application that has its project ("" on a dry run); `before`: since an earlier time."""

    place: int
    project: str
    application: Application
    before: bool


@dataclass(frozen=True, slots=True)
class NotTaken:
    """One application, or one file, that was not taken, and why."""

    place: int
    source: str
    title: str | None
    fault: LifecycleError


@dataclass(frozen=True, slots=True)
class How:
    """What holds for all applications of a bundle."""

    on: date
    reason: str | None = None
    draft: bool = False
    dry_run: bool = False
    once: bool = False
    """Whether what was taken in from a row of these very bytes is not taken in again."""


@dataclass(frozen=True, slots=True)
class _Item:
    """One application with the file it came in."""

    place: int
    path: str
    application: Application
    form: tuple[str, bytes]
    shared: bool
    mark: str | None

    @property
    def ref(self) -> tuple[str, str] | None:
        return (self.path, self.application.ref) if self.application.ref else None

    @property
    def above(self) -> tuple[str, str] | None:
        return (self.path, self.application.parent_ref) if self.application.parent_ref else None


@dataclass(slots=True)
class Bundle:
    """Files added one after the other, then taken in at once; what became of each is kept in order."""

    service: Service
    actor: Actor
    how: How
    taken: list[Taken] = field(default_factory=list)
    refused: list[NotTaken] = field(default_factory=list)
    _items: list[_Item] = field(default_factory=list)
    _count: int = 0
    _ids: dict[tuple[str, str], str] = field(default_factory=dict)
    _lost: set[tuple[str, str]] = field(default_factory=set)

    @property
    def grave(self) -> LifecycleError | None:
        """What stopped the taking in: a fault of the store, not of an application."""
        return next((one.fault for one in self.refused if one.fault.exit_status not in ORDINARY), None)

    def refuse_file(self, path: str, fault: BadInputFault) -> None:
        """Keep that a file cannot be read as a whole."""
        self.refused.append(NotTaken(self._next(), path, None, fault))

    def add(self, path: str, data: bytes) -> None:
        """Read one file ("-" is the standard input); what cannot be read is refused at once."""
        place = None if path == STDIN else Path(path)
        name = path if place is None else place.name
        try:
            found = read_bytes(name, data, place, self.service.store.catalogue)
        except BadInputFault as fault:
            self.refuse_file(path, fault)
            return
        shared = len(found.applications) + len(found.rejected) > 1
        form = (_form_name(path, data), b"" if shared else data)
        digest = sha256(data).hexdigest()
        for application in found.applications:
            mark = _mark(digest, name, application) if self.how.once else None
            self._items.append(_Item(self._next(), path, application, form, shared, mark))
        for row in found.rejected:
            message = "；".join(reason.message for reason in row.reasons)
            self.refused.append(
                NotTaken(self._next(), row.source, row.title, BadInputFault(message, row.reasons))
            )

    def take(self) -> None:
        """Take everything in that can be; ends early where the store itself is at fault (`grave`)."""
        for item in self._in_order():
            try:
                self._take(item)
            except LifecycleError as fault:
                self._refuse(item, fault)
                if fault.exit_status not in ORDINARY:
                    break
        self.taken.sort(key=lambda one: one.place)
        self.refused.sort(key=lambda one: one.place)

    def _take(self, item: _Item) -> None:
        project, before = self._before(item), True
        if project is None:
            project, before = self._apply(item), False
        self.taken.append(Taken(item.place, project, item.application, before))
        if item.ref:
            self._ids[item.ref] = project

    def _before(self, item: _Item) -> str | None:
        if item.mark is None:
            return None
        with reading(self.service.store.engine) as conn:
            return taken_before(conn, item.mark)

    def _apply(self, item: _Item) -> str:
        return self.service.apply(
            self.actor,
            item.application,
            self.how.on,
            draft=self.how.draft,
            dry_run=self.how.dry_run,
            reason=self.how.reason,
            parent=self._parent(item),
            form=item.form,
            shared=item.shared,
            mark=item.mark,
        )

    def _parent(self, item: _Item) -> str | None:
        """The project id of the parent: by the ref in the same file ("" on a dry run), else as it stands.

        Raises NotFoundFault where it is neither.
        """
        if item.above is None:
            return None
        if item.above in self._ids:
            return self._ids[item.above] or None
        with reading(self.service.store.engine) as conn:
            return str(project_row(conn, str(item.application.parent_ref))["id"])

    def _in_order(self) -> Iterator[_Item]:
        """Parents before children, whatever the order of the rows; a circle of parents is refused."""
        waiting, known = list(self._items), {item.ref for item in self._items if item.ref}
        while waiting:
            pending = {item.ref for item in waiting if item.ref}
            ready = [item for item in waiting if item.above not in known or item.above not in pending]
            if not ready:
                for item in waiting:
                    text = "上级标签（parent_ref）互相指向，无法确定谁是上级。"
                    self._refuse(item, BadInputFault(text))
                return
            for item in ready:
                if item.above in self._lost:
                    text = f"上级申报“{item.application.parent_ref}”未被受理，本申报一并不受理。"
                    self._refuse(item, RefusedFault(text))
                else:
                    yield item
            taken = {item.place for item in ready}
            waiting = [item for item in waiting if item.place not in taken]

    def _refuse(self, item: _Item, fault: LifecycleError) -> None:
        self.refused.append(NotTaken(item.place, item.application.source, item.application.title, fault))
        if item.ref:
            self._lost.add(item.ref)

    def _next(self) -> int:
        self._count += 1
        return self._count - 1


def _mark(digest: str, name: str, application: Application) -> str:
    """One row of these bytes, whatever the file is called; a line of JSON may hold several applications."""
    row = application.source.removeprefix(name)
    said = (application.programme, application.title, application.unit_name, application.ref, application.id)
    return f"intake:{digest}/{row}/{sha256(canonical(list(said)).encode()).hexdigest()[:16]}"


def _form_name(path: str, data: bytes) -> str:
    """The name under which the archive keeps the file, with an ending that it takes."""
    ending = "" if path == STDIN else Path(path).suffix.lower()
    if ending in KEPT:
        return Path(path).name
    return f"{'申报' if path == STDIN else Path(path).stem}{FILED_AS.get(ending) or _told(data)}"


def _told(data: bytes) -> str:
    """An ending by the content, for standard input and for files without a known one."""
    if data.startswith(b"PK"):
        return ".xlsx"
    return ".json" if data.lstrip()[:1] in (b"{", b"[") else ".txt"
