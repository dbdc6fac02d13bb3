"""Policy packs from YAML: strict, every fault with file, line and column, all faults at once.

Decides only whether a file is a sound pack and what it inherits; nothing is cached on disk. The
rules themselves stand in the YAML under `states/packs/`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from lifecycle.pack_build import lines_of, management_of
from lifecycle.pack_checks import judge
from lifecycle.pack_file import text_of
from lifecycle.pack_line import Management
from lifecycle.pack_rules import judge_rules
from lifecycle.pack_schema import PACK
from lifecycle.pack_source import pack_from_source, seal
from lifecycle.yaml_positions import Entry, Reader
from states.catalogue import Catalogue, Pack
from states.errors import BadInputFault, Reason

__all__ = ["PACKAGED", "check_files", "load_catalogue", "load_pack", "pack_from_source", "packaged_files"]

PACKAGED = Path(__file__).resolve().parent.parent / "states" / "packs"


@dataclass(slots=True)
class _Read:
    """One file as read: its entry if it is sound, and its management sections with the inherited."""

    entry: Entry | None
    management: Management
    messages: list[str]


@dataclass(slots=True)
class _Library:
    """The files of one loading, each read once."""

    files: Sequence[Path] = ()
    rules: Collection[str] | None = None
    """The rules that may be cited; any, where none are given."""
    read: dict[Path, _Read] = field(default_factory=dict)

    def get(self, path: Path, shown: str, under: tuple[Path, ...] = ()) -> _Read:
        """The file as read; `under` are the files that are inheriting it right now."""
        key = path.resolve()
        if key not in self.read:
            self.read[key] = self._load(path, shown, (*under, key))
        return self.read[key]

    def _load(self, path: Path, shown: str, under: tuple[Path, ...]) -> _Read:
        reader = Reader(shown)
        entry = self._compose(reader, path)
        parent = Management()
        known: Entry | None = None
        if entry is not None and "inherits" in entry:
            found = self._parent(reader, entry, path, under)
            if found is not None and found.entry is not None:
                parent, known = found.management, _names_of(found.management, found.entry)
        if entry is not None:
            judge(reader, entry, known)
            if self.rules is not None:
                judge_rules(reader, entry, self.rules)
        if entry is None or reader.faults:
            return _Read(None, Management(), reader.messages())
        return _Read(entry, management_of(entry, parent), [])

    def _compose(self, reader: Reader, path: Path) -> Entry | None:
        text = text_of(reader, path)
        node = None if text is None else reader.compose(text)
        found = PACK(reader, node, "政策包") if node is not None else None
        return found if isinstance(found, Entry) else None

    def _parent(self, reader: Reader, entry: Entry, path: Path, under: tuple[Path, ...]) -> _Read | None:
        slug, _, version = entry["inherits"].partition("@")
        place = entry.at("inherits")
        home = self._find(slug, path)
        if home is None:
            reader.fault(place, f"找不到所继承的政策包“{slug}”（期望 同一目录或随程序提供的 {slug}.yaml）")
            return None
        if home.resolve() in under:
            reader.fault(place, f"政策包循环继承“{slug}”（期望 不回到自身）")
            return None
        found = self.get(home, str(home), under)
        if found.entry is None:
            reader.fault(place, f"所继承的政策包“{slug}”本身有误（期望 先改正 {home.name}）")
        elif str(found.entry["version"]) != version:
            actual = found.entry["version"]
            reader.fault(place, f"所继承的版本不符：{slug} 现为第 {actual} 版（期望 {slug}@{actual}）")
        return found

    def _find(self, slug: str, path: Path) -> Path | None:
        named = [p for p in self.files if p.stem == slug]
        for candidate in (*named, path.parent / f"{slug}.yaml", PACKAGED / f"{slug}.yaml"):
            if candidate.is_file():
                return candidate
        return None

    def pack(self, path: Path) -> Pack:
        """The finished pack. Raises BadInputFault with every complaint of the file."""
        read = self.get(path, str(path))
        if read.entry is None:
            raise _fault(read.messages)
        entry, above = read.entry, read.management
        groups, programmes = lines_of(entry, above)
        return seal(
            entry["pack"],
            entry["version"],
            entry.get("inherits"),
            above.documents,
            programmes,
            groups,
            tuple(above.readings.values()),
        )


def _names_of(management: Management, entry: Entry) -> Entry:
    """What a child may refer to, as the judge wants it."""
    known = Entry(entry.node)
    known["facts"] = management.facts
    known["vocabulary"] = management.vocabulary
    known["materials"] = management.materials
    known["duties"] = management.duties
    known["documents"] = management.documents
    return known


def _fault(messages: list[str]) -> BadInputFault:
    reasons = [Reason(rule=None, message=message) for message in messages]
    return BadInputFault("政策包有误：\n" + "\n".join(messages), reasons)


def packaged_files() -> tuple[Path, ...]:
    """The packs that ship with the program, in order of their names."""
    return tuple(sorted(PACKAGED.glob("*.yaml")))


def load_pack(path: Path, rules: Collection[str] | None = None) -> Pack:
    """One pack from its YAML file. Raises BadInputFault with all faults as file:line:column.

    `rules` are those that it may cite; without them any is taken.
    """
    return _Library((path,), rules).pack(path)


def load_catalogue(paths: Sequence[Path] | None = None) -> Catalogue:
    """All packs of `paths` (default: the packaged ones). Raises BadInputFault with all faults.

    The packaged ones are read once in a process: they do not change while the program runs.
    """
    return _packaged(packaged_files()) if paths is None else _catalogue(tuple(paths))


@lru_cache(maxsize=1)
def _packaged(files: tuple[Path, ...]) -> Catalogue:
    return _catalogue(files)


def _catalogue(files: tuple[Path, ...]) -> Catalogue:
    messages, packs = _load_all(files)
    if messages:
        raise _fault(messages)
    return Catalogue(
        packs={pack.slug: pack for pack in packs},
        programmes={slug: one for pack in packs for slug, one in pack.programmes.items()},
    )


def check_files(paths: Sequence[Path], rules: Collection[str] | None = None) -> list[str]:
    """Every fault of the files as file:line:column; empty when all are sound. `rules`: see load_pack."""
    return _load_all(tuple(paths), rules)[0]


def _load_all(files: Sequence[Path], rules: Collection[str] | None = None) -> tuple[list[str], list[Pack]]:
    library = _Library(files, rules)
    messages: list[str] = []
    packs: list[Pack] = []
    owners: dict[str, str] = {}
    for path in files:
        read = library.get(path, str(path))
        messages.extend(read.messages)
        if read.entry is None:
            continue
        pack = library.pack(path)
        for slug in (pack.slug, *pack.groups, *pack.programmes):
            if slug in owners:
                messages.append(f"{path}:1:1: 代码“{slug}”与 {owners[slug]} 重复（期望 全部政策包中唯一）")
            owners.setdefault(slug, str(path))
        packs.append(pack)
    return messages, packs
