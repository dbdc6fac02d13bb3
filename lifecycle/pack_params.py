"""What the parameters of a pack's eligibility rules say: of the right kind, and names of things that exist.

A rule of a line is asked of every programme below it, so what it names must be there for each of them. Adds
its complaints to the reader, like `lifecycle.pack_checks`; builds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from yaml.nodes import MappingNode, Node, SequenceNode

from lifecycle.pack_line import lineage
from lifecycle.yaml_positions import WRONG, Entry, Reader
from states.core_facts import CORE_FACTS
from states.eligibility import PREDICATES
from states.looks import Predicate
from states.params import NAMES, Kind, Param

_DECLARED = {
    Kind.FACT: ("事实", "本包或所继承的包已声明的事实", "列入该类或其上级的 facts"),
    Kind.MATERIAL: ("材料", "materials 中的代码", "该类、其上级或 management 的 materials"),
    Kind.LINE: ("项目类别", "groups 或 programmes 中的代码", "groups 或 programmes 中的代码"),
}
"""What a name stands for, where it must be declared, and where for the programme that is asked."""


@dataclass(slots=True)
class _Names:
    """The names that one programme knows, by what they stand for; facts with how they are declared."""

    facts: dict[str, Any] = field(default_factory=dict)
    others: dict[Kind, set[str]] = field(default_factory=dict)

    def knows(self, kind: Kind, name: str) -> bool:
        """Whether there is such a thing."""
        return name in (self.facts if kind is Kind.FACT else self.others.get(kind, ()))


class _Pack:
    """What the lines of a pack know, with what the pack inherits."""

    def __init__(self, pack: Entry, known: Entry | None) -> None:
        inherited: Mapping[str, Any] = known or {}
        own = pack.get("management") or {}
        self.programmes = pack.get("programmes") or {}
        self.entries: dict[str, Entry] = {**(pack.get("groups") or {}), **self.programmes}
        self.above = _Names({**CORE_FACTS, **(inherited.get("facts") or {}), **(own.get("facts") or {})})
        self.above.others = {
            Kind.MATERIAL: {*(inherited.get("materials") or ()), *(own.get("materials") or ())},
            Kind.LINE: set(self.entries),
        }
        self.declared = {
            **CORE_FACTS,
            **(inherited.get("vocabulary") or {}),
            **self.above.facts,
            **(pack.get("facts") or {}),
        }
        self.names = {slug: self._names(slug) for slug in self.entries}

    def _names(self, slug: str) -> _Names:
        lines = [self.entries[each] for each in lineage(slug, self.entries)]
        named = {name for line in lines for name in line.get("facts") or ()}
        facts = {name: self.declared[name] for name in named if name in self.declared}
        others = {Kind.MATERIAL: {name for line in lines for name in line.get("materials") or ()}}
        above = self.above.others
        return _Names(
            {**self.above.facts, **facts},
            {kind: above[kind] | others.get(kind, set()) for kind in above},
        )

    def anywhere(self, kind: Kind, name: str) -> bool:
        """Whether the pack declares such a thing at all."""
        if kind is Kind.FACT:
            return name in self.declared
        return self.above.knows(kind, name) or any(each.knows(kind, name) for each in self.names.values())

    def asked(self, line: str | None) -> list[str]:
        """The programmes that a rule of a line, or of the pack itself, is asked of."""
        if line is None:
            return list(self.programmes)
        return [slug for slug in self.programmes if line in lineage(slug, self.entries)] or [line]


def judge_checks(reader: Reader, pack: Entry, known: Entry | None) -> None:
    """Record every complaint about the parameters of the pack's rules."""
    whole = _Pack(pack, known)
    for line, check in _checks(pack):
        predicate = PREDICATES.get(check.get("predicate", ""))
        readable = "params" in check or "params" not in check.places
        if predicate is not None and readable and whole.programmes:
            _Judge(reader, whole, check, predicate, whole.asked(line)).judge()


def _checks(pack: Entry) -> Iterator[tuple[str | None, Entry]]:
    yield from ((None, check) for check in pack.get("checks") or ())
    for part in ("groups", "programmes"):
        for slug, line in (pack.get(part) or {}).items():
            yield from ((slug, check) for check in line.get("checks") or ())


@dataclass(frozen=True, slots=True)
class _Judge:
    """Judges one rule."""

    reader: Reader
    pack: _Pack
    check: Entry
    predicate: Predicate
    asked: list[str]

    @property
    def given(self) -> Entry:
        """The parameters as they stand in the pack."""
        given: Entry | None = self.check.get("params")
        return Entry(self.check.node) if given is None else given

    @property
    def what(self) -> str:
        """The rule's predicate, as messages name it."""
        return f"判断 {self.check['predicate']} "

    def judge(self) -> None:
        """Names first, then the values of those that the predicate takes."""
        given, params = self.given, self.predicate.params
        for name in params:
            if name not in given.places:
                self.reader.fault(self.check.at("predicate"), f"{self.what}缺少参数“{name}”（期望 必填）")
        for name in given.places:
            if name not in params:
                hint = "、".join(params) or "没有参数"
                self.reader.fault(given.at(name), f"{self.what}没有参数“{name}”（期望 {hint}）")
            elif name in given:
                self._value(name, params[name], given[name])
        self._reckoned()

    def _value(self, name: str, param: Param, value: Any) -> None:
        node = _value_node(self.given, name)
        what = f"{self.what}的参数 {name} "
        if isinstance(value, tuple) != param.many:
            self.reader.wrong(node, what, f"列表，每项为{param.expected}" if param.many else param.expected)
            return
        if value == ():
            self.reader.fault(node, f"{what}是空的列表（期望 至少一项）")
        nodes = node.value if isinstance(node, SequenceNode) and param.many else [node]
        for one, place in zip(value if param.many else (value,), nodes, strict=True):
            if one is WRONG:
                continue
            if not param.admits(one):
                self.reader.wrong(place, what, param.expected)
            elif param.kind in NAMES:
                self._name(place, what, param, one)
            elif param.of is not None:
                self._listed(place, what, self.given.get(param.of, param.of), one)

    def _name(self, place: Node, what: str, param: Param, name: str) -> None:
        thing, declared, placed = _DECLARED[param.kind]
        if not self.pack.anywhere(param.kind, name):
            self.reader.fault(place, f"{what}中的{thing}“{name}”未声明（期望 {declared}）")
            return
        lost = [slug for slug in self.asked if not self.pack.names[slug].knows(param.kind, name)]
        if lost:
            self.reader.fault(place, f"{what}中的{thing}“{name}”不属于“{lost[0]}”（期望 {placed}）")
            return
        if param.kind is Kind.FACT and param.types and self._type(name) not in (None, *param.types):
            hint = " 或 ".join(param.types)
            self.reader.fault(
                place, f"{what}中的事实“{name}”的类型是 {self._type(name)}（期望 {hint} 类型的事实）"
            )

    def _listed(self, place: Node, what: str, fact: Any, text: str) -> None:
        """A fact with listed values can only ever be one of them."""
        values = tuple(_of(self.pack.declared.get(fact), "values") or ())
        if _of(self.pack.declared.get(fact), "type") == "enum" and values and text not in values:
            self.reader.fault(
                place, f"{what}的值“{text}”不是事实“{fact}”的取值（期望 其中之一：{'、'.join(values)}）"
            )

    def _reckoned(self) -> None:
        for name, kind in self.predicate.types.items():
            if self._type(name) not in (None, kind):
                found = f"{self.what}所看的事实“{name}”的类型是 {self._type(name)}"
                self.reader.fault(self.check.at("predicate"), f"{found}（期望 {kind} 类型）")

    def _type(self, name: str) -> Any:
        return _of(self.pack.declared.get(name), "type")


def _of(spec: Any, key: str) -> Any:
    """A trait of a fact, whether it was read here or inherited."""
    return spec.get(key) if isinstance(spec, Mapping) else getattr(spec, key, None)


def _value_node(given: Entry, name: str) -> Node:
    """Where the value of a parameter stands; the places of a table are those of its keys."""
    pairs = given.node.value if isinstance(given.node, MappingNode) else []
    return next((value for key, value in pairs if key.value == name), given.node)
