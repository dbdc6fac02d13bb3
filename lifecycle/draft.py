"""One row on its way to an application: finds each value by its name, types it, gathers the faults.

Never stops at the first fault. Whether the values are true, or enough, is not its business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from lifecycle.columns import BASE, IGNORED, Column, Columns
from lifecycle.records import SPOILT, Entry, cell_fault, is_blank, placed, shown, text_fault
from lifecycle.values import MAIL_ADDRESS
from states.catalogue import FactSpec, TargetSpec
from states.errors import BadInputFault
from states.facts import parse_fact

T = TypeVar("T")
LARGEST = 10**15
_NUMBER = re.compile(r"\s*[-+]?\d[\d,，]*\s*")
_SEVERAL = re.compile(r"[;；\r\n]+")
_ITEM_KEYS = {"kind": "kind", "种类": "kind", "材料": "kind", "file": "file", "文件": "file"}


class Draft:
    """The values of one row by canonical name, and what is wrong with them."""

    def __init__(self, source: str, columns: Columns, folder: Path | None) -> None:
        self.source = source
        self.faults: list[str] = []
        self._columns = columns
        self._folder = folder
        self._given: dict[str, tuple[Column, Entry]] = {}

    def collect(self, entries: Sequence[Entry], *, strict: bool = True, prefix: str = "") -> None:
        """Sort entries under the fields they mean; an unknown name is a fault unless not `strict`."""
        for entry in entries:
            path = prefix + entry.key
            if path.strip() in IGNORED:
                continue
            if self._section(path, entry):
                self.collect(entry.inner, strict=strict, prefix=f"{path.strip()}.")
                continue
            try:
                column = self._columns.find(path)
            except BadInputFault as fault:
                self._fault(entry, path, fault.message)
                continue
            if column is not None:
                self._put(column, entry)
            elif strict and self._columns.is_section(path):
                self._fault(entry, path, "应为分项（键与值），如 unit 下写 name、kind")
            elif strict:
                self.faults.append(f"{entry.at}：没有“{shown(path)}”这一项{self._columns.nearest(path)}")

    def _section(self, path: str, entry: Entry) -> bool:
        grouping = bool(entry.inner) or entry.value is None or entry.value == {}
        if not grouping or not self._columns.is_section(path):
            return False
        return bool(entry.inner) or self._columns.find(path) is None

    def _put(self, column: Column, entry: Entry) -> None:
        if column.name in self._given:
            other = self._given[column.name][1]
            self._fault(entry, entry.key, f"与 {other.at}（{shown(other.key)}）是同一项，应只写一处")
        else:
            self._given[column.name] = (column, entry)

    def _fault(self, entry: Entry, name: str, problem: str) -> None:
        self.faults.append(placed(entry.at, name, entry.value, problem))

    def _entry(self, name: str) -> Entry | None:
        """The entry of a field that says something readable."""
        found = self._given.get(name)
        return None if found is None or is_blank(found[1].value) or found[1].value is SPOILT else found[1]

    def raw(self, name: str) -> object:
        """A field's value as it stands; None if blank."""
        entry = self._entry(name)
        return entry.value.strip() if entry and isinstance(entry.value, str) else entry and entry.value

    def require(self, name: str) -> None:
        """Note that a field is missing, unless it was there but spoilt."""
        given = self._given.get(name)
        if given is None or given[1].value is not SPOILT:
            self.faults.append(f"缺少“{BASE[name][0]}”（{name}），应填写")

    def text(self, name: str) -> str | None:
        """A field as one line of text."""
        entry = self._entry(name)
        if entry is None:
            return None
        value = entry.value
        fault = text_fault(value) if isinstance(value, str) else cell_fault(value)
        if isinstance(value, (list, tuple, Mapping)):
            fault = "应为文字"
        if fault:
            self._fault(entry, entry.key, fault)
            return None
        if isinstance(value, bool):
            return "是" if value else "否"
        return value.isoformat() if isinstance(value, date) else " ".join(str(value).split())

    def required_text(self, name: str) -> str:
        """A field that has to be there, as one line of text."""
        if self._entry(name) is None:
            self.require(name)
            return ""
        return self.text(name) or ""

    def email(self, name: str) -> str | None:
        """A field as one mail address."""
        text = self.text(name)
        entry = self._entry(name)
        if text and entry and not MAIL_ADDRESS.fullmatch(text):
            self._fault(entry, entry.key, "应为一个电子邮箱，如 name@example.com")
        return text

    def flag(self, name: str) -> bool | None:
        """A field as yes or no; None where it is blank."""
        entry = self._entry(name)
        found = self._parsed(FactSpec(name, BASE[name][0], "bool"), entry) if entry else None
        return found if isinstance(found, bool) else None

    def meaning(self, name: str, word: str, look_up: Callable[[str], T]) -> T | None:
        """What a word of a closed list means; a word outside it is a fault."""
        try:
            return look_up(word)
        except BadInputFault as fault:
            entry = self._entry(name)
            at = f"{entry.at}：" if entry else ""
            self.faults.append(f"{at}{BASE[name][0]}“{shown(word)}”{fault.message}")
            return None

    def _parsed(self, spec: FactSpec, entry: Entry) -> object:
        """A value of the fact's type, or None with the fault noted. Personal values are not quoted."""
        problem = text_fault(entry.value)
        value: object = None
        try:
            value = None if problem else parse_fact(spec, entry.value)
        except BadInputFault as fault:
            self.faults.append(f"{entry.at}：{fault.message}")
        except RecursionError:
            problem = "嵌套过深"
        if isinstance(value, int) and abs(value) >= LARGEST:
            problem, value = "数过大，位数不应超过 15 位", None
        if problem:
            quoted = "（已隐去）" if spec.personal else entry.value
            self.faults.append(placed(entry.at, entry.key, quoted, problem))
        return value

    def facts(self) -> dict[str, object]:
        """The programme's facts that were given, typed; blanks are left out (unknown)."""
        found = {}
        for column, entry in self._given.values():
            if column.fact is None or entry.value is SPOILT:
                continue
            value = self._parsed(column.fact, entry)
            if value is not None:
                found[column.fact.name] = value
        return found

    def targets(self) -> dict[str, int | bool | str]:
        """The indicators that were given: done or not for `done`, otherwise a number not below zero."""
        found: dict[str, int | bool | str] = {}
        for column, entry in self._given.values():
            if column.target is None or entry.value is SPOILT or is_blank(entry.value):
                continue
            value = self._target(column.target, entry)
            if value is not None:
                found[column.target.slug] = value
        return found

    def _target(self, target: TargetSpec, entry: Entry) -> int | bool | str | None:
        value = entry.value
        bare = value.strip().removesuffix(target.unit) if isinstance(value, str) and target.unit else value
        if isinstance(bare, str) and _NUMBER.fullmatch(bare):
            value = bare
        given = Entry(entry.key, value, entry.at)
        if target.cmp == "done":
            found = self._parsed(FactSpec(f"targets.{target.slug}", target.label, "bool"), given)
            return found if isinstance(found, bool) else None
        if target.number is None and isinstance(value, str) and not re.match(r"\s*[-+]?\d", value):
            fault = text_fault(value)
            if fault:
                self._fault(entry, entry.key, fault)
            return None if fault else value.strip()
        number = self._parsed(FactSpec(f"targets.{target.slug}", target.label, "int"), given)
        if isinstance(number, int) and number < 0:
            self._fault(entry, entry.key, "应为不小于零的整数")
            return None
        return number if isinstance(number, int) else None

    def materials(self) -> tuple[tuple[str, str], ...]:
        """Kind and path of every paper named; each has to be a file that is there."""
        found: list[tuple[str, str]] = []
        for column, entry in self._given.values():
            if entry.value is SPOILT or is_blank(entry.value):
                continue
            if column.name == "materials":
                pairs = self._listed(entry)
            elif column.material:
                slug = column.material.slug
                pairs = ((slug, path) for path in self._several(entry.value))
            else:
                continue
            for kind, path in pairs:
                located = self._located(entry, path)
                if located:
                    found.append((kind, located))
        return tuple(dict.fromkeys(found))

    def _several(self, value: object) -> list[object]:
        if isinstance(value, str):
            return [part.strip() for part in _SEVERAL.split(value) if part.strip()]
        return list(value) if isinstance(value, (list, tuple)) else [value]

    def _listed(self, entry: Entry) -> Iterator[tuple[str, object]]:
        """Kind and path from [{kind, file}] or from "申报函=a.docx；实施方案=b.docx"."""
        for item in self._several(entry.value):
            if isinstance(item, str):
                kind, sign, path = item.partition("=")
                pair: dict[str, object] = {"kind": kind.strip(), "file": path.strip()} if sign else {}
            elif isinstance(item, Mapping):
                pair = {_ITEM_KEYS.get(str(key).strip(), "?"): value for key, value in item.items()}
            else:
                pair = {}
            if set(pair) != {"kind", "file"} or is_blank(pair["kind"]):
                problem = "每项应为 kind（材料种类）和 file（文件），或写成“材料种类=文件”"
                self.faults.append(placed(entry.at, entry.key, item, problem))
                continue
            slug = self._material(entry, str(pair["kind"]))
            if slug:
                yield slug, pair["file"]

    def _material(self, entry: Entry, kind: str) -> str | None:
        path = f"materials.{kind}"
        try:
            column = self._columns.find(path)
        except BadInputFault as fault:
            self._fault(entry, entry.key, fault.message)
            return None
        if column is None or column.material is None:
            kinds = "、".join(self._columns.materials) or "（本项目类别不收材料）"
            self.faults.append(f"{entry.at}：没有材料种类“{shown(kind)}”，应为：{kinds}")
            return None
        return column.material.slug

    def _located(self, entry: Entry, path: object) -> str | None:
        if not isinstance(path, str) or not path.strip() or text_fault(path):
            self.faults.append(placed(entry.at, entry.key, path, "应为文件路径"))
            return None
        located = (self._folder or Path()) / path.strip()
        try:
            # With every link followed: a file may hand in only what was sent along with it.
            inside = located.resolve().is_relative_to((self._folder or Path()).resolve())
            there = inside and located.is_file()
        except (OSError, ValueError, RuntimeError):
            inside, there = True, False
        if not inside:
            self.faults.append(placed(entry.at, entry.key, path, "材料应放在申报文件所在的文件夹之内"))
            return None
        if not there:
            self.faults.append(
                placed(entry.at, entry.key, path, "没有这个文件（相对路径从申报文件所在文件夹算起）")
            )
            return None
        return str(located)
