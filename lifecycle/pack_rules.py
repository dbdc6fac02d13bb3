"""Whether the rules that a pack cites are known: a slip of the pen in an id would cite nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Any

from yaml.nodes import Node

from lifecycle.yaml_positions import Entry, Items, Reader


def judge_rules(reader: Reader, pack: Entry, known: Collection[str]) -> None:
    """Record every cited rule that is not in the register; a family that has none there is one's own."""
    families = {_family(rule) for rule in known}
    for rule, place in _cited(pack):
        if rule not in known and _family(rule) in families:
            near = "、".join(get_close_matches(rule, known, n=2)) or "规则总表中的编号"
            reader.fault(place, f"没有编号为 {rule} 的规则（期望 {near}）")


def _cited(entry: Entry) -> Iterator[tuple[str, Node]]:
    """Every rule that is cited anywhere in a mapping, and where."""
    for rule in entry.get("readings") or ():
        yield rule, entry["readings"].at(rule)
    for key, value in entry.items():
        if key == "rule":
            yield value, entry.at(key)
        for below in _mappings(value):
            yield from _cited(below)


def _mappings(value: Any) -> Iterator[Entry]:
    if isinstance(value, Entry):
        yield value
    elif isinstance(value, Items):
        yield from (one for one in value if isinstance(one, Entry))


def _family(rule: str) -> str:
    return rule.rpartition("-")[0]
