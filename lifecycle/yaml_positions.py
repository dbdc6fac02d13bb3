"""YAML read with positions: every complaint names file, line and column.

Decides whether a document has the shape asked for (unknown, missing and repeated keys, wrong
types). It never decides what the values mean, and never builds Python objects from tags.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from lifecycle.yaml_syntax import costly, syntax_fault

_TAG = "tag:yaml.org,2002:"
_TRUE = frozenset({"true", "yes", "on"})


class _Wrong:
    """The value of something that could not be read; its complaint is already recorded."""


WRONG: Final = _Wrong()


class Entry(dict[str, Any]):
    """A mapping that was read, and where each of its values stands."""

    __slots__ = ("node", "places")

    def __init__(self, node: Node) -> None:
        super().__init__()
        self.node = node
        self.places: dict[str, Node] = {}

    def at(self, key: str) -> Node:
        """Where the value of `key` stands, or the mapping itself if the key is absent."""
        return self.places.get(key, self.node)


class Items(list[Any]):
    """A sequence that was read, and where each item stands."""

    __slots__ = ("places",)

    def __init__(self) -> None:
        super().__init__()
        self.places: list[Node] = []


Convert = Callable[["Reader", Node, str], Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys a mapping may have, what each must be, and which must be there."""

    keys: Mapping[str, Convert]
    required: tuple[str, ...] = ()

    def __call__(self, reader: Reader, node: Node, what: str) -> Any:
        """Read `node` as this mapping."""
        if not isinstance(node, MappingNode):
            return reader.wrong(node, what, "键值对")
        entry = Entry(node)
        for key_node, value_node in node.value:
            key = key_node.value
            convert = self.keys.get(key) if isinstance(key, str) else None
            if convert is None:
                known = "、".join(self.keys)
                reader.fault(key_node, f"{what}有未知的键“{_shown(key_node)}”（期望 {known}）")
            elif key in entry.places:
                reader.fault(key_node, f"{what}的键“{key}”重复（期望 每个键只写一次）")
            else:
                entry.places[key] = value_node
                value = convert(reader, value_node, f"{what}的 {key} ")
                if value is not WRONG:
                    entry[key] = value
        for key in self.required:
            if key not in entry.places:
                reader.fault(node, f"{what}缺少“{key}”（期望 必填）")
        return entry


class Reader:
    """Reads one document and collects its complaints."""

    def __init__(self, file: str, kind: str = "政策包") -> None:
        self.file = file
        self.kind = kind
        self.faults: list[tuple[int, int, str]] = []

    def fault(self, node: Node, message: str) -> None:
        """Record a complaint at the place of `node`."""
        mark = node.start_mark
        self.faults.append((mark.line + 1, mark.column + 1, message))

    def wrong(self, node: Node, what: str, expected: str) -> _Wrong:
        """Record that `node` is not what was expected."""
        self.fault(node, f"{what}的值“{_shown(node)}”不对（期望 {expected}）")
        return WRONG

    def messages(self) -> list[str]:
        """All complaints as file:line:column, in the order of the file."""
        return [f"{self.file}:{line}:{column}: {text}" for line, column, text in sorted(self.faults)]

    def compose(self, text: str) -> Node | None:
        """The node tree of the document, or None with the syntax complaint recorded."""
        try:
            if refused := costly(text, tags=True):
                self.faults.append(refused)
                return None
            node = yaml.compose(text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError as error:
            line, column, told = syntax_fault(error, text)
            self.faults.append((line, column, f"YAML 语法不对：{told}（期望 合法的 YAML）"))
            return None
        if node is None:
            self.faults.append((1, 1, f"文件为空（期望 {self.kind}）"))
        return node


def _shown(node: Node) -> str:
    if isinstance(node, ScalarNode):
        return str(node.value)[:40]
    return "列表" if isinstance(node, SequenceNode) else "键值对"


def text(reader: Reader, node: Node, what: str) -> Any:
    """A non-empty text."""
    if isinstance(node, ScalarNode) and node.tag == _TAG + "str" and node.value.strip():
        return node.value
    return reader.wrong(node, what, "文字；数字样的文字请加引号")


def whole(reader: Reader, node: Node, what: str) -> Any:
    """A whole number, not negative."""
    if isinstance(node, ScalarNode) and node.tag == _TAG + "int" and node.value.isdigit():
        return int(node.value)
    return reader.wrong(node, what, "非负整数")


def positive(reader: Reader, node: Node, what: str) -> Any:
    """A whole number above zero."""
    if isinstance(node, ScalarNode) and node.tag == _TAG + "int" and node.value.isdigit() and int(node.value):
        return int(node.value)
    return reader.wrong(node, what, "大于零的整数")


def flag(reader: Reader, node: Node, what: str) -> Any:
    """True or false."""
    if isinstance(node, ScalarNode) and node.tag == _TAG + "bool":
        return node.value.lower() in _TRUE
    return reader.wrong(node, what, "true 或 false")


def day(reader: Reader, node: Node, what: str) -> Any:
    """A date written YYYY-MM-DD."""
    if isinstance(node, ScalarNode) and node.tag == _TAG + "timestamp" and len(node.value) == 10:
        try:
            return date.fromisoformat(node.value)
        except ValueError:
            return reader.wrong(node, what, "真实存在的日期 YYYY-MM-DD")
    return reader.wrong(node, what, "日期 YYYY-MM-DD")


def optional(convert: Convert) -> Convert:
    """What `convert` reads, or an explicit null."""

    def read(reader: Reader, node: Node, what: str) -> Any:
        if isinstance(node, ScalarNode) and node.tag == _TAG + "null":
            return None
        return convert(reader, node, what)

    return read


def one_of(*names: str, expected: str | None = None) -> Convert:
    """One name of a closed list."""
    allowed = frozenset(names)
    hint = expected or "、".join(names)

    def read(reader: Reader, node: Node, what: str) -> Any:
        if isinstance(node, ScalarNode) and node.value in allowed:
            return node.value
        return reader.wrong(node, what, f"其中之一：{hint}")

    return read


def matching(test: Callable[[str], object], expected: str) -> Convert:
    """A text for which `test` is true."""

    def read(reader: Reader, node: Node, what: str) -> Any:
        if isinstance(node, ScalarNode) and test(node.value):
            return node.value
        return reader.wrong(node, what, expected)

    return read


def items(convert: Convert) -> Convert:
    """A list, each item read by `convert`."""

    def read(reader: Reader, node: Node, what: str) -> Any:
        if not isinstance(node, SequenceNode):
            return reader.wrong(node, what, "列表")
        found = Items()
        for child in node.value:
            value = convert(reader, child, what)
            if value is not WRONG:
                found.append(value)
                found.places.append(child)
        return found

    return read


def table(key: Convert, value: Convert) -> Convert:
    """A mapping with free keys: each key read by `key`, each value by `value`."""

    def read(reader: Reader, node: Node, what: str) -> Any:
        if not isinstance(node, MappingNode):
            return reader.wrong(node, what, "键值对")
        entry = Entry(node)
        for key_node, value_node in node.value:
            name = key(reader, key_node, what)
            if name is WRONG:
                continue
            if name in entry.places:
                reader.fault(key_node, f"{what}的键“{name}”重复（期望 每个键只写一次）")
                continue
            entry.places[name] = key_node
            found = value(reader, value_node, f"{what}{name} ")
            if found is not WRONG:
                entry[name] = found
        return entry

    return read


def plain(reader: Reader, node: Node, what: str) -> Any:
    """A scalar of any kind, or a list of them: a parameter or the value of a setting."""
    if isinstance(node, SequenceNode):
        return tuple(plain(reader, child, what) for child in node.value)
    if not isinstance(node, ScalarNode):
        return reader.wrong(node, what, "单个值或列表")
    by_tag = {"str": text, "int": whole, "bool": flag, "timestamp": day}
    convert = by_tag.get(node.tag.removeprefix(_TAG))
    return (
        convert(reader, node, what) if convert else reader.wrong(node, what, "文字、整数、日期或 true/false")
    )
