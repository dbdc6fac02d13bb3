"""YAML to records, with line and column of every key.

A value stays the text that stands there (a phone 0371… is no octal number, no date is made of
it): what it means is decided later, by the fact's own type. References, tags and deep nesting
are refused before anything is built.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from yaml import Node

from lifecycle.records import Entry, Record, not_an_application, shown
from lifecycle.yaml_syntax import costly, syntax_fault
from states.errors import BadInputFault

WRAPPERS = ("applications", "申报")


def yaml_records(name: str, text: str) -> Iterator[Record]:
    """The items of every document: a list, or {applications: [...]}, or one mapping."""
    try:
        refused = costly(text, tags=False)
        documents = [] if refused else list(yaml.compose_all(text, Loader=yaml.CSafeLoader))
    except yaml.YAMLError as error:
        line, column, told = syntax_fault(error, text)
        raise BadInputFault(f"{name}:{line}:{column}：不合 YAML 语法，{told}") from error
    except (UnicodeError, ValueError) as error:
        raise BadInputFault(f"{name}：不合 YAML 语法，含有不允许的字符") from error
    if refused:
        raise BadInputFault(f"{name}:{refused[0]}:{refused[1]}：{refused[2]}")
    for document in documents:
        if not _is_null(document):
            yield from _yaml_document(name, document)


def _yaml_document(name: str, node: Node) -> Iterator[Record]:
    items = [node]
    if isinstance(node, yaml.MappingNode) and len(node.value) == 1:
        key, value = node.value[0]
        if isinstance(key, yaml.ScalarNode) and key.value in WRAPPERS:
            items = [value]
    if isinstance(items[0], yaml.SequenceNode):
        items = items[0].value
    for item in items:
        source = f"{name}:{item.start_mark.line + 1}"
        if isinstance(item, yaml.MappingNode):
            yield Record(source, _yaml_entries(name, item))
        else:
            yield not_an_application(source, _spot(item.start_mark), _yaml_value(name, item))


def _yaml_entries(name: str, node: Node) -> tuple[Entry, ...]:
    found: dict[str, Entry] = {}
    for key, value in node.value:
        at = _spot(key.start_mark)
        if not isinstance(key, yaml.ScalarNode):
            raise BadInputFault(f"{name}:{at}：键应为一个词，如 title")
        if key.value in found:
            raise BadInputFault(
                f"{name}:{at}：键“{shown(key.value)}”重复（前一处在 {found[key.value].at}），"
                "每个键只能出现一次"
            )
        inner = _yaml_entries(name, value) if isinstance(value, yaml.MappingNode) else ()
        found[key.value] = Entry(key.value, _yaml_value(name, value), at, inner)
    return tuple(found.values())


def _yaml_value(name: str, node: Node) -> object:
    if isinstance(node, yaml.MappingNode):
        return {entry.key: entry.value for entry in _yaml_entries(name, node)}
    if isinstance(node, yaml.SequenceNode):
        return [_yaml_value(name, item) for item in node.value]
    return None if _is_null(node) else node.value


def _is_null(node: Node) -> bool:
    return node.tag == "tag:yaml.org,2002:null" and not getattr(node, "style", None)


def _spot(mark: Any) -> str:
    return f"{mark.line + 1}:{mark.column + 1}"
