"""The small file in which a year's notice of holidays is typed in: YAML or JSON, every fault with its place.

Decides whether the file is well formed and whether its days can be those of a notice; never whether the
notice is true, and never what becomes of it (`lifecycle.calendar_imports`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any, Final

from yaml.nodes import Node, ScalarNode, SequenceNode

from lifecycle.calendars import YearNotice
from lifecycle.pack_file import text_of
from lifecycle.yaml_positions import WRONG, Entry, Items, Reader, Shape, items, matching, table, whole
from states.calendar import WEEKDAYS
from states.errors import BadInputFault, Reason

YEARS: Final = range(2004, 2101)
LONGEST: Final = 10
"""The most days in a row that one festival has ever had (2020, 春节)."""
BALANCE: Final = ((2025, 13), (2008, 11), (0, 10))
"""Statutory days off since when (全国年节及纪念日放假办法): about the weekdays off less the days worked."""

# fmt: off
SEASONS: Final[Mapping[str, tuple[tuple[int, int], tuple[int, int]]]] = {
    "元旦":   ((1, 1), (1, 1)),
    "春节":   ((1, 21), (2, 21)),
    "清明节": ((4, 4), (4, 6)),
    "劳动节": ((5, 1), (5, 1)),
    "端午节": ((5, 27), (6, 25)),
    "中秋节": ((9, 7), (10, 8)),
    "国庆节": ((10, 1), (10, 3)),
}
# fmt: on
"""Each festival and the days between which the day itself falls, whatever the year."""

_EXPECTED: Final = "日期 2027-01-01，或“2027-01-01 至 2027-01-03”，可加“共3天”"
_RANGE: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:\s*(?:至|~|—|－)\s*(\d{4}-\d\d-\d\d))?(?:[\s，,]*共\s*(\d{1,2})\s*[天日])?"
)
_NUMBER: Final = re.compile(r"[^\s〔〕]{2,20}〔(\d{4})〕\s?\d{1,4}\s?号").fullmatch


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """One file as read: the year, the document it was copied from, and its days."""

    name: str
    year: int
    number: str
    issued_on: date
    notice: YearNotice
    doubts: tuple[str, ...]
    """What can be but seldom is, for a person to look at again."""

    @property
    def document(self) -> str:
        """The notice as a reference, NUMBER@DATE."""
        return f"{self.number}@{self.issued_on.isoformat()}"


def read_calendar(path: Path) -> CalendarFile:
    """The notice that a file holds. Raises BadInputFault with every fault as file:line:column."""
    reader = Reader(path.name, "放假安排")
    text = text_of(reader, path)
    node = None if text is None else reader.compose(text)
    entry = SHAPE(reader, node, "放假安排") if node is not None else None
    found = _judged(reader, entry) if isinstance(entry, Entry) and not reader.faults else None
    if found is None or reader.faults:
        told = reader.messages()
        raise BadInputFault(
            f"放假安排文件 {path.name} 有 {len(told)} 处错误", [Reason(None, one) for one in told]
        )
    return found


def template(year: int) -> str:
    """A file for the notice of a year, to be filled in by hand."""
    lines = [
        f"# {year} 年放假安排：照国务院办公厅的放假通知填写，再用 lifecycle calendar import 载入。",
        "# 放假写作“起日 至 止日 共几天”，只有一天的写一个日期；两节合并放假的，合写为“国庆节、中秋节”。",
        f"# 例：春节: {year}-02-05 至 {year}-02-13 共9天（示例，请以通知为准）",
        f"year: {year}",
        "number:          # 文号，如 国办发明电〔2026〕7号",
        "date:            # 印发日期，如 2026-11-04",
        "holidays:",
        *(f"  {name}:" for name in SEASONS),
        "worked:          # 调休上班的星期六、星期日，每行一个；没有的写 worked: []",
        "  -",
    ]
    return "\n".join(lines) + "\n"


def _day(reader: Reader, node: Node, what: str) -> Any:
    """A date, in quotes as JSON has it or without."""
    if isinstance(node, ScalarNode) and re.fullmatch(r"\d{4}-\d\d-\d\d", node.value):
        try:
            return date.fromisoformat(node.value)
        except ValueError:
            return reader.wrong(node, what, "真实存在的日期 YYYY-MM-DD")
    return reader.wrong(node, what, "日期 YYYY-MM-DD")


def _number(reader: Reader, node: Node, what: str) -> Any:
    return matching(_NUMBER, "文号，如 国办发明电〔2026〕7号，年份用六角括号")(reader, node, what)


def _festival(reader: Reader, node: Node, what: str) -> Any:
    names = str(node.value).split("、") if isinstance(node, ScalarNode) else []
    if names and all(re.fullmatch(r"[\w“”]{2,30}", name) for name in names):
        return "、".join(names)
    return reader.wrong(node, what, f"节日名，如 {'、'.join(SEASONS)}；合并放假的用顿号连写")


def _spans(reader: Reader, node: Node, what: str) -> Any:
    """The days of one stretch, or of several in a list: some years have a New Year at either end."""
    if not isinstance(node, SequenceNode):
        return _span(reader, node, what)
    found = [_span(reader, child, what) for child in node.value]
    if not found:
        return reader.wrong(node, what, _EXPECTED)
    return WRONG if WRONG in found else tuple(chain.from_iterable(found))


def _span(reader: Reader, node: Node, what: str) -> Any:
    """The days from the first to the last, both counted."""
    found = _RANGE.fullmatch(node.value.strip()) if isinstance(node, ScalarNode) else None
    if found is None:
        return reader.wrong(node, what, _EXPECTED)
    try:
        first, last = (date.fromisoformat(text) for text in (found[1], found[2] or found[1]))
    except ValueError:
        return reader.wrong(node, what, f"真实存在的{_EXPECTED}")
    count = (last - first).days + 1
    if count < 1:
        return reader.wrong(node, what, "起日不晚于止日")
    if count > LONGEST:
        return reader.wrong(node, what, f"不超过 {LONGEST} 天，现为 {count} 天")
    if found[3] and int(found[3]) != count:
        return reader.wrong(node, what, f"起止日期与天数一致：{first} 至 {last} 为 {count} 天")
    return tuple(first + timedelta(days=n) for n in range(count))


SHAPE: Final = Shape(
    {
        "year": whole,
        "number": _number,
        "date": _day,
        "holidays": table(_festival, _spans),
        "worked": items(_day),
    },
    ("year", "number", "date", "holidays", "worked"),
)


def _judged(reader: Reader, entry: Entry) -> CalendarFile | None:
    """The file as a notice, or None with what cannot be recorded as faults."""
    year, issued, number = entry["year"], entry["date"], entry["number"]
    if year not in YEARS:
        reader.wrong(entry.at("year"), "year ", f"{YEARS[0]} 至 {YEARS[-1]} 的年份")
        return None
    if issued.year not in (year - 1, year):
        reader.wrong(entry.at("date"), "date ", f"{year - 1} 或 {year} 年的日期：通知在上一年印发，当年修改")
    elif f"〔{issued.year}〕" not in number:
        reader.wrong(entry.at("number"), "number ", f"〔〕内的年份与印发日期一致，应为 {issued.year}")
    rest = _rest(reader, entry["holidays"], year)
    worked = _worked(reader, entry["worked"], year, rest)
    _complete(reader, entry, year)
    notice = YearNotice(rest, worked)
    return CalendarFile(reader.file, year, number, issued, notice, tuple(_doubts(year, notice)))


def _rest(reader: Reader, holidays: Entry, year: int) -> dict[date, str]:
    rest: dict[date, str] = {}
    for name, days in holidays.items():
        place = holidays.at(name)
        for one in days:
            if not _belongs(one, year):
                reader.fault(place, f"{name}的 {one} 不在 {year} 年（或上一年 12 月、下一年 1 月）之内")
            elif one in rest:
                reader.fault(
                    place, f"{one} 同时列在{rest[one]}和{name}（期望 每天只属一个节日，合并放假的合写）"
                )
            rest[one] = name
        for part in name.split("、"):
            if part in SEASONS and not any(_in_season(part, one, year) for one in days):
                reader.fault(place, f"{name}放假不含{part}当日（期望 {_season(part)}）")
    return rest


def _belongs(one: date, year: int) -> bool:
    return one.year == year or (one.year, one.month) in ((year - 1, 12), (year + 1, 1))


def _in_season(name: str, one: date, year: int) -> bool:
    first, last = SEASONS[name]
    return date(year, *first) <= one <= date(year, *last)


def _season(name: str) -> str:
    (month, first), (until, last) = SEASONS[name]
    return f"{month} 月 {first} 日" + (
        "" if (month, first) == (until, last) else f"至 {until} 月 {last} 日之间"
    )


def _worked(reader: Reader, worked: Items, year: int, rest: Mapping[date, str]) -> frozenset[date]:
    seen: set[date] = set()
    for one, place in zip(worked, worked.places, strict=True):
        if not _belongs(one, year):
            reader.fault(place, f"调休上班日 {one} 不在 {year} 年（或上一年 12 月、下一年 1 月）之内")
        elif one.weekday() < 5:
            reader.fault(place, f"调休上班日 {one} 是{WEEKDAYS[one.weekday()]}（期望 星期六或星期日）")
        elif one in rest:
            reader.fault(place, f"{one} 同时列为{rest[one]}放假和调休上班")
        elif one in seen:
            reader.fault(place, f"调休上班日 {one} 重复")
        seen.add(one)
    return frozenset(seen)


def _complete(reader: Reader, entry: Entry, year: int) -> None:
    """Since 2008 there are seven festivals, and each has its days."""
    named = {part for name in entry["holidays"] for part in name.split("、")}
    wanted = SEASONS if year >= 2008 else ("元旦", "春节", "劳动节", "国庆节")
    missing = [name for name in wanted if name not in named]
    if missing:
        reader.fault(entry.at("holidays"), f"缺少{'、'.join(missing)}（期望 通知中的各个节日都写上）")


def _doubts(year: int, notice: YearNotice) -> Iterator[str]:
    """What a slip of the pen would look like."""
    statutory = next(days for since, days in BALANCE if year >= since)
    off = sum(one.weekday() < 5 for one in notice.rest)
    if abs(off - len(notice.worked) - statutory) > 1:
        yield (
            f"工作日放假 {off} 天、调休上班 {len(notice.worked)} 天，相差 {off - len(notice.worked)} 天，"
            f"而法定节假日共 {statutory} 天，请与通知核对有无漏写或错写"
        )
    for one in sorted(notice.worked):
        if one.month < 12 and all(abs((one - off_day).days) > 15 for off_day in notice.rest):
            yield f"调休上班日 {one} 前后半个月没有节日，请核对"
