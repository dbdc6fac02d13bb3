"""What an eligibility predicate looks at and what it says.

A `Look` is one rule of one programme with the facts at hand; a `Verdict` is its outcome. A blank
fact always leads to `unknown`, never to a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple

from states.catalogue import FactType, Programme
from states.decision import Unit
from states.kin import Child
from states.params import Param
from states.wording import nested


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one predicate; `severity` overrides the pack's where the outcome is milder or graver."""

    result: Literal["pass", "fail", "unknown"]
    message: str
    missing: tuple[str, ...] = ()
    severity: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", nested(self.message))


class Look(NamedTuple):
    """All that a predicate may look at."""

    programme: Programme
    facts: Mapping[str, object]
    unit: Unit
    on: date
    targets: Mapping[str, object]
    materials: Collection[str]
    params: Mapping[str, Any]
    children: Sequence[Child] = ()
    seen: set[str] | None = None
    """Where the names of the facts that were looked at are noted."""

    def fact(self, name: str) -> Any:
        """The fact as declared, else as the register of units has it, else None; days as dates."""
        if self.seen is not None:
            self.seen.add(name)
        value: object = self.facts.get(name)
        if value is None or value == "":
            value = self.unit.facts.get(name)
        spec = self.programme.facts.get(name)
        if isinstance(value, str) and spec is not None and spec.type == "date":
            return date.fromisoformat(value[:10])
        return value

    def label(self, name: str) -> str:
        """Chinese label of a fact, material or target."""
        kind, _, rest = name.partition(".")
        if kind == "materials" and rest in self.programme.materials:
            return self.programme.materials[rest].label
        if kind == "targets":
            return next((t.label for t in self.programme.targets if t.slug == rest), rest)
        spec = self.programme.facts.get(name)
        return spec.label if spec else name

    def line_title(self, slug: str) -> str:
        """Title of another line that the programme is related to; its slug where it has none."""
        return self.programme.relatives.get(slug, slug)

    def missing(self, *names: str) -> Verdict:
        """Unknown, because these are blank."""
        listed = "、".join(f"{self.label(name)}（{name}）" for name in names)
        return Verdict("unknown", f"材料不足，尚缺：{listed}", names)


@dataclass(frozen=True, slots=True)
class Predicate:
    """A named predicate, the parameters that a pack must give it, and what it looks at besides."""

    decide: Callable[[Look], Verdict]
    params: Mapping[str, Param] = field(default_factory=dict)
    types: Mapping[str, FactType] = field(default_factory=dict)
    """Facts that it reckons with by name, and the type that they must have where a pack declares them."""


def passed(message: str) -> Verdict:
    """The rule is met."""
    return Verdict("pass", message)


def noted(message: str) -> Verdict:
    """The rule is met, with something a person should see."""
    return Verdict("pass", f"提示：{message}", severity="warn")


def failed(message: str) -> Verdict:
    """The rule is not met."""
    return Verdict("fail", message)


def confirm(message: str, *names: str) -> Verdict:
    """Unknown, because a person has to confirm something that is on file."""
    return Verdict("unknown", message, names)


def records(value: object) -> list[Mapping[str, Any]]:
    """A fact of type records; plain items count as records with a name."""
    if isinstance(value, Mapping):
        return [value]
    if not isinstance(value, (list, tuple)):
        return [{"name": str(value)}] if value else []
    return [each if isinstance(each, Mapping) else {"name": str(each)} for each in value]


NOTHING = frozenset(
    {
        "",
        "无",
        "没有",
        "暂无",
        "未有",
        "不具备",
        "否",
        "未填",
        "略",
        "空",
        "同上",
        "待补",
        "待定",
        "未定",
        "n/a",
        "na",
    }
)
"""What people write into a field to say that there is nothing."""


def says_nothing(value: object) -> bool:
    """Whether a statement was given but says that there is nothing: 无, 否, an empty list."""
    if isinstance(value, str):
        return value.strip(" \t\n。.；;、，,/-—").lower() in NOTHING
    return value is False or (isinstance(value, (list, tuple)) and all(map(says_nothing, value)))


def whole(value: object) -> float | None:
    """A planned value as a number; True counts as one, text that is no number as nothing."""
    if isinstance(value, Mapping):
        value = value.get("planned", value.get("value"))
    if value is None or value == "":
        return None
    try:
        return float(str(int(value) if isinstance(value, bool) else value).replace(",", ""))
    except ValueError:
        return None


PROVINCES = (
    "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江", "安徽",
    "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "重庆", "四川", "贵州",
    "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆", "台湾", "香港", "澳门",
)  # fmt: skip
"""How the places of other provinces begin."""


def in_province(value: str, province: str) -> bool | None:
    """Whether a place text lies in the province: 河南, 河南省 and 河南省郑州市 all do, 河南省外 does not.

    None where it names no province at all: 郑州市.
    """
    bare = province.removesuffix("省")
    place = value.strip()
    if place.startswith(bare):
        return "外" not in place.removeprefix(province).removeprefix(bare)[:2]
    return False if place.startswith(PROVINCES) or "外" in place else None
