"""What an application's keys and columns may be called: dotted names and Chinese labels.

One register per programme serves the reader of files and the writer of the blank workbook, so
that what is written can be read back. It parses no value.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from states.catalogue import Catalogue, FactSpec, MaterialSpec, Programme, TargetSpec
from states.errors import BadInputFault
from states.names import UnitKind

BASE: Final[Mapping[str, tuple[str, ...]]] = {
    "programme":     ("项目类别", "申报类别"),
    "title":         ("项目名称",),
    "unit.name":     ("申报单位", "申报单位名称", "单位.名称"),
    "unit.kind":     ("单位类型", "单位.类型"),
    "unit.region":   ("所在地区", "单位.地区"),
    "unit.host":     ("依托单位", "单位.依托单位"),
    "contact.name":  ("联系人", "联系人.姓名"),
    "contact.phone": ("联系电话", "联系人.电话"),
    "contact.email": ("电子邮箱", "联系人.邮箱"),
    "ref":           ("标签",),
    "parent_ref":    ("上级标签",),
    "marked":        ("纳入试点市",),
    "id":            ("编号", "项目编号"),
    "materials":     ("材料",),
}  # fmt: skip
"""The fields that every application has, with their labels; the first is the printed one."""

IGNORED = frozenset({"序号"})
FACT_PREFIX, TARGET_PREFIX, MATERIAL_PREFIX = "情况：", "指标：", "材料："
_SECTIONS = {"facts": "情况", "targets": "指标", "materials": "材料", "unit": "单位", "contact": "联系人"}


@dataclass(frozen=True, slots=True)
class Column:
    """One field of an application: its canonical dotted name, its label, what it must be."""

    name: str
    label: str
    fact: FactSpec | None = None
    target: TargetSpec | None = None
    material: MaterialSpec | None = None


def normal(text: str) -> str:
    """A name as it is compared: width, case, spaces and the mark * of a required column do not count."""
    return _normal(text[:200])


@lru_cache(maxsize=4096)
def _normal(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("*", "").casefold()


class Columns:
    """All names that an application for one programme may use (without one: the common fields)."""

    def __init__(self, programme: Programme | None = None) -> None:
        self._base: dict[str, Column] = {}
        self._own: dict[str, list[Column]] = {}
        self._hints: dict[str, str] = {}
        self.materials = [each.label for each in programme.materials.values()] if programme else []
        for name, labels in BASE.items():
            column = Column(name, labels[0])
            for alias in (name, *labels):
                self._base[normal(alias)] = column
        for column, aliases in _own(programme) if programme else ():
            for alias in dict.fromkeys(map(normal, aliases)):
                self._own.setdefault(alias, []).append(column)

    def find(self, path: str) -> Column | None:
        """The field that a key or heading means; None if there is none.

        Raises BadInputFault where the word means two things and must be prefixed.
        """
        key = normal(path)
        if key in self._base:
            return self._base[key]
        found = self._own.get(key, ())
        if len(found) > 1:
            ways = "、".join(f"“{_prefix(column)}{column.label}”" for column in found)
            raise BadInputFault(f"“{path}”有不止一种含义，应写明是 {ways} 中的哪一个")
        return found[0] if found else None

    def known(self, heading: str) -> bool:
        """Whether a heading is one of ours, ambiguous or not."""
        key = normal(heading)
        return key in self._base or key in self._own or heading.strip() in IGNORED

    def is_section(self, path: str) -> bool:
        """Whether a key groups others, as `unit` and `facts.talent` do."""
        start = normal(path) + "."
        plain = normal(path) in {normal(word) for pair in _SECTIONS.items() for word in pair}
        return plain or any(name.startswith(start) for name in (*self._base, *self._own))

    def nearest(self, path: str) -> str:
        """The known name closest to a misspelt one, as a hint; empty if nothing is near."""
        key = normal(path)
        if key not in self._hints:
            names = {**{name: found[0] for name, found in self._own.items()}, **self._base}
            close = get_close_matches(key[:100], names, n=1, cutoff=0.5)
            column = names[close[0]] if close else None
            self._hints[key] = f"，是否应为“{column.label}”（{column.name}）" if column else ""
        return self._hints[key]


def _prefix(column: Column) -> str:
    if column.fact:
        return FACT_PREFIX
    return TARGET_PREFIX if column.target else MATERIAL_PREFIX


def _own(programme: Programme) -> Iterator[tuple[Column, list[str]]]:
    for fact in programme.facts.values():
        names = [fact.name, f"facts.{fact.name}", f"情况.{fact.name}"]
        labels = [fact.label, f"facts.{fact.label}", f"情况.{fact.label}", FACT_PREFIX + fact.label]
        yield Column(f"facts.{fact.name}", fact.label, fact=fact), names + labels
    for target in programme.targets:
        words = [target.slug, target.label, target.citation.rule or target.slug]
        yield (
            Column(f"targets.{target.slug}", target.label, target=target),
            words + _prefixed("targets", "指标", TARGET_PREFIX, words),
        )
    for material in programme.materials.values():
        words = [material.slug, material.label, material.citation.rule or material.slug]
        yield (
            Column(f"materials.{material.slug}", material.label, material=material),
            words + _prefixed("materials", "材料", MATERIAL_PREFIX, words),
        )


def _prefixed(section: str, chinese: str, prefix: str, words: list[str]) -> list[str]:
    return [start + word for word in words for start in (f"{section}.", f"{chinese}.", prefix)]


class Vocabulary:
    """The closed lists that a file may write in code or in Chinese: programmes and unit kinds."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._programmes: dict[str, list[str]] = {}
        for programme in catalogue.programmes.values():
            words = [programme.slug, programme.title, programme_choice(programme)]
            words += [f"{programme.year}年{programme.title}", programme.citation.rule or programme.slug]
            for word in dict.fromkeys(map(normal, words)):
                self._programmes.setdefault(word, []).append(programme.slug)
        self._kinds: dict[str, list[UnitKind]] = {}
        for kind in UnitKind:
            for word in dict.fromkeys(map(normal, (kind.value, kind.label, _short(kind.label)))):
                self._kinds.setdefault(word, []).append(kind)

    def programme(self, word: str) -> Programme:
        """The programme that a slug, R-PROG id or title means.

        Raises BadInputFault with the list where it means none or several.
        """
        found = self._programmes.get(normal(word), [])
        if not found:
            found = self._under_group(word)
        if len(found) != 1:
            choices = found or list(self._catalogue.programmes)
            listed = "、".join(programme_choice(self._catalogue.programmes[slug]) for slug in choices)
            problem = "对应多个项目类别" if found else "没有这个项目类别"
            raise BadInputFault(f"{problem}，应为：{listed}")
        return self._catalogue.programmes[found[0]]

    def _under_group(self, word: str) -> list[str]:
        """The programmes of a group that the word means: it takes no applications itself."""
        groups = [g for g in self._catalogue.groups.values() if word.strip() in (g.slug, g.title)]
        lines = self._catalogue.programmes.values()
        return [one.slug for group in groups for one in lines if group.slug in one.lineage]

    def programme_of_id(self, project_id: str) -> str | None:
        """The slug within a project's id."""
        slug = project_id.rpartition("-")[0]
        return slug if slug in self._catalogue.programmes else None

    def unit_kind(self, word: str) -> str:
        """The code of a unit kind, from code or label.

        Raises BadInputFault with the list where it means none or several.
        """
        found = self._kinds.get(normal(word), [])
        if len(found) != 1:
            listed = "、".join(kind.label for kind in found or UnitKind)
            problem = "对应多种单位类型" if found else "没有这种单位类型"
            raise BadInputFault(f"{problem}，应为：{listed}")
        return found[0].value


def programme_choice(programme: Programme) -> str:
    """A programme as drop-downs and lists show it; the reader understands it."""
    return f"{programme.title}（{programme.slug}）"


def _short(label: str) -> str:
    return label.replace("(", "（").partition("（")[0]
