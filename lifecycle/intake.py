"""Applications from files: every row becomes an application or a rejection with all its faults.

It decides whether a row can be read, never whether it may be submitted (the service does) and
writes nothing. One unreadable row never holds up the others; a file that cannot be read as a
whole is a BadInputFault.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lifecycle.columns import Columns, Vocabulary
from lifecycle.draft import Draft
from lifecycle.reading import read_records
from lifecycle.records import Record, shown
from states.catalogue import Catalogue, Programme
from states.errors import BadInputFault, Reason

EXAMPLE_REF = "示例"
STDIN = "-"
LARGEST: Final = 50_000_000
"""Bytes of an application file."""


@dataclass(frozen=True, slots=True)
class Application:
    """One application as the applicant states it; facts are typed, nothing is verified yet."""

    source: str
    programme: str
    title: str
    unit_name: str
    unit_kind: str
    unit_region: str | None
    unit_host: str | None
    contact: Mapping[str, str | None]
    facts: Mapping[str, object]
    unit_facts: Mapping[str, object]
    targets: Mapping[str, int | bool | str]
    materials: tuple[tuple[str, str], ...]
    ref: str | None
    parent_ref: str | None
    marked: bool | None
    """Whether it goes with its parent; None where the file says nothing."""
    id: str | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be read, with every fault that it has."""

    source: str
    title: str | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the files hold, in their order."""

    applications: tuple[Application, ...]
    rejected: tuple[Rejected, ...]


def read_applications(
    paths: Sequence[str], catalogue: Catalogue, *, stdin: bytes | None = None, max_bytes: int = LARGEST
) -> Reading:
    """Read applications from yaml, json, csv and xlsx files ("-" is `stdin`).

    Raises BadInputFault where a file cannot be read at all: missing, unknown encoding, broken,
    too large, or without a single application. Rows marked 示例 are left out.
    """
    interpreter = _Interpreter(catalogue)
    names = Counter(Path(path).name for path in paths)
    found: list[Reading] = []
    for path in paths:
        name = path if names[Path(path).name] > 1 or path == STDIN else Path(path).name
        data = bytes_of(path, stdin, max_bytes)
        found.append(_read(interpreter, name, data, None if path == STDIN else Path(path)))
    return Reading(
        tuple(one for reading in found for one in reading.applications),
        tuple(one for reading in found for one in reading.rejected),
    )


def read_bytes(name: str, data: bytes, path: Path | None, catalogue: Catalogue) -> Reading:
    """The applications of one file of which the bytes are in hand; `path` tells ending and folder.

    Raises BadInputFault where it cannot be read as a whole.
    """
    return _read(_Interpreter(catalogue), name, data, path)


def _read(interpreter: _Interpreter, name: str, data: bytes, path: Path | None) -> Reading:
    records = read_records(name, data, interpreter.known, path.suffix if path else "")
    folder = path.parent if path else None
    found = [item for record in records if (item := interpreter.read(record, folder))]
    if not found:
        raise BadInputFault(f"{name}：没有可读的申报，应有至少一项申报（标为“示例”的行不算）")
    good, bad = _without_repeats([item for item in found if isinstance(item, Application)])
    return Reading(tuple(good), (*(item for item in found if isinstance(item, Rejected)), *bad))


def bytes_of(path: str, stdin: bytes | None = None, limit: int = LARGEST) -> bytes:
    """The bytes of a file or of the standard input; BadInputFault where there are none to be had."""
    try:
        if path == STDIN:
            data = (stdin or b"")[: limit + 1]
        else:
            with Path(path).open("rb") as file:
                data = file.read(limit + 1)
    except IsADirectoryError as error:
        raise BadInputFault(f"{shown(path, 200)}：是文件夹，应为 yaml、json、csv 或 xlsx 文件") from error
    except FileNotFoundError as error:
        raise BadInputFault(f"{shown(path, 200)}：没有这个文件") from error
    except PermissionError as error:
        raise BadInputFault(f"{shown(path, 200)}：没有读取权限") from error
    except (OSError, ValueError) as error:
        raise BadInputFault(f"{shown(path, 200)}：文件无法打开") from error
    if len(data) > limit:
        raise BadInputFault(
            f"{shown(path, 200)}：文件过大，应不超过 {limit / 1_000_000:g} MB，请分成几个文件"
        )
    return data


def _without_repeats(applications: list[Application]) -> tuple[list[Application], list[Rejected]]:
    """Within one file a ref and an id name one application each; later ones are refused."""
    first: dict[tuple[str, str], str] = {}
    good: list[Application] = []
    bad: list[Rejected] = []
    for application in applications:
        labels = [("标签", application.ref), ("编号", application.id)]
        reasons = [
            Reason(None, f"{label}“{shown(value)}”重复，{first[label, value]} 已经用过，应各不相同")
            for label, value in labels
            if value and (label, value) in first
        ]
        if reasons:
            bad.append(Rejected(application.source, application.title, tuple(reasons)))
            continue
        first.update({(label, value): application.source for label, value in labels if value})
        good.append(application)
    return good, bad


class _Interpreter:
    """Gives records their meaning by the catalogue; keeps one register of names per programme."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._vocabulary = Vocabulary(catalogue)
        self._common = Columns()
        self._columns = {slug: Columns(programme) for slug, programme in catalogue.programmes.items()}

    def known(self, heading: str) -> bool:
        """Whether any programme knows this heading."""
        return any(columns.known(heading) for columns in (self._common, *self._columns.values()))

    def read(self, record: Record, folder: Path | None) -> Application | Rejected | None:
        """One record as an application or its rejection; None for an example."""
        draft = Draft(record.source, self._common, folder)
        draft.collect(record.entries, strict=False)
        if draft.raw("ref") == EXAMPLE_REF:
            return None
        title = draft.raw("title")
        title = None if title is None else shown(title, 100)
        if record.faults and not record.entries:
            return Rejected(record.source, title, tuple(Reason(None, fault) for fault in record.faults))
        programme = self._programme(draft)
        if programme:
            draft = Draft(record.source, self._columns[programme.slug], folder)
            draft.collect(record.entries)
        application = self._application(draft, programme.slug if programme else "")
        faults = [*record.faults, *draft.faults]
        if faults:
            reasons = tuple(Reason(None, fault) for fault in dict.fromkeys(faults))
            return Rejected(record.source, title, reasons)
        return application

    def _programme(self, draft: Draft) -> Programme | None:
        word = draft.text("programme")
        project_id = draft.raw("id")
        if word is None and isinstance(project_id, str):
            word = self._vocabulary.programme_of_id(project_id.strip())
        if word is None:
            draft.require("programme")
            return None
        return draft.meaning("programme", word, self._vocabulary.programme)

    def _application(self, draft: Draft, programme: str) -> Application:
        kind = draft.required_text("unit.kind")
        facts = draft.facts()
        return Application(
            source=draft.source,
            programme=programme,
            title=draft.required_text("title"),
            unit_name=draft.required_text("unit.name"),
            unit_kind=(draft.meaning("unit.kind", kind, self._vocabulary.unit_kind) or "") if kind else "",
            unit_region=draft.text("unit.region"),
            unit_host=draft.text("unit.host"),
            contact={
                "name": draft.text("contact.name"),
                "phone": draft.text("contact.phone"),
                "email": draft.email("contact.email"),
            },
            facts={name: value for name, value in facts.items() if not name.startswith("unit.")},
            unit_facts={name: value for name, value in facts.items() if name.startswith("unit.")},
            targets=draft.targets(),
            materials=draft.materials(),
            ref=draft.text("ref"),
            parent_ref=draft.text("parent_ref"),
            marked=draft.flag("marked"),
            id=draft.text("id"),
        )
