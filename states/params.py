"""What the parameters of an eligibility rule may be, so that a pack is refused before a rule is asked.

Decides whether a plain value is of the kind that a predicate declares. Whether a name stands for something
(a fact, a paper, a line) is judged where the pack is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from states.specs import FactType


class Kind(StrEnum):
    """What a parameter is: a value of its own, or the name of something in the pack."""

    DAY = "day"
    COUNT = "count"
    TEXT = "text"
    FLAG = "flag"
    CHOICE = "choice"
    FACT = "fact"
    MATERIAL = "material"
    LINE = "line"


NAMES = frozenset({Kind.FACT, Kind.MATERIAL, Kind.LINE})
_EXPECTED = {
    Kind.DAY: "日期 YYYY-MM-DD",
    Kind.COUNT: "大于零的整数",
    Kind.FLAG: "true 或 false",
    Kind.TEXT: "文字；数字样的文字请加引号",
    Kind.FACT: "事实名称",
    Kind.MATERIAL: "材料代码",
    Kind.LINE: "项目类别代码",
}


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a predicate."""

    kind: Kind
    many: bool = False
    """A list with at least one item."""
    options: tuple[str, ...] = ()
    """The words that a choice is made from."""
    types: tuple[FactType, ...] = ()
    """The types that the named fact may have; any, where none is given."""
    of: str | None = None
    """The parameter, or else the fact, whose listed values these texts are."""

    @property
    def expected(self) -> str:
        """What one value must be, in Chinese."""
        if self.kind is Kind.CHOICE:
            return "其中之一：" + "、".join(self.options)
        return _EXPECTED[self.kind]

    def admits(self, value: object) -> bool:
        """Whether one value is of this kind; of a list, each item is asked by itself."""
        if self.kind is Kind.DAY:
            return isinstance(value, date)
        if self.kind is Kind.COUNT:
            return isinstance(value, int) and not isinstance(value, bool) and value > 0
        if self.kind is Kind.FLAG:
            return isinstance(value, bool)
        return isinstance(value, str) and (self.kind is not Kind.CHOICE or value in self.options)


DAY = Param(Kind.DAY)
COUNT = Param(Kind.COUNT)
TEXT = Param(Kind.TEXT)
FLAG = Param(Kind.FLAG)
MATERIAL = Param(Kind.MATERIAL)
MATERIALS = Param(Kind.MATERIAL, many=True)
LINES = Param(Kind.LINE, many=True)
FACTS = Param(Kind.FACT, many=True)


def fact(*types: FactType) -> Param:
    """The name of a fact of one of these types."""
    return Param(Kind.FACT, types=types)


def texts(of: str | None = None) -> Param:
    """A list of texts; `of` names what lists them, where something does."""
    return Param(Kind.TEXT, many=True, of=of)


def choice(*options: str) -> Param:
    """One of these words."""
    return Param(Kind.CHOICE, options=options)


def choices(*options: str) -> Param:
    """A list of these words."""
    return Param(Kind.CHOICE, many=True, options=options)
