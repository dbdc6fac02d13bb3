"""How Chinese text writes a day, a length of time, a sum and a quotation. Pure text, decides nothing."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

_LENGTHS = ((r"P(\d+)Y", "{}年"), (r"P(\d+)M", "{}个月"), (r"P(\d+)D", "{}日"), (r"W(\d+)", "{}个工作日"))
_WAN = 10_000 * 100
"""Fen in ten thousand yuan."""


def chinese_day(day: date) -> str:
    """2020-06-30 → 2020年6月30日."""
    return f"{day.year}年{day.month}月{day.day}日"


def day_text(value: Any) -> str | None:
    """A day, or one written in ISO form, as `chinese_day`; None for anything else."""
    if isinstance(value, str) and value:
        value = date.fromisoformat(value[:10])
    return chinese_day(value) if isinstance(value, date) else None


def chinese_length(length: str) -> str:
    """P3M → 3个月, W5 → 5个工作日; anything else is shown as it stands."""
    for pattern, words in _LENGTHS:
        if found := re.fullmatch(pattern, length):
            return words.format(found.group(1))
    return length


def chinese_amount(fen: int) -> str:
    """150,000 yuan → 15万元, 62,500 yuan → 6.25万元, 62,000.50 yuan → 62,000.50元: never rounded."""
    if fen >= _WAN and fen % (_WAN // 100) == 0:
        whole, hundredths = divmod(fen // (_WAN // 100), 100)
        return f"{whole}.{hundredths:02}".rstrip("0").rstrip(".") + "万元"
    yuan, rest = divmod(fen, 100)
    return f"{yuan:,}.{rest:02}元" if rest else f"{yuan:,}元"


_OPENING, _CLOSING = "“‘", "”’"
_MARKS = re.compile(f"([{_OPENING}{_CLOSING}])")


def nested(text: str) -> str:
    """The text with double marks outside and single ones inside, by turns (GB/T 15834-2011, 引号).

    So that a title with marks of its own can be quoted: ““科创中国”试点市” → “‘科创中国’试点市”. Marks that
    do not pair are left as they are, all of them.
    """
    written: list[str] = []
    open_marks: list[str] = []
    for sign in _MARKS.split(text):
        if sign and sign in _OPENING:
            written.append(_OPENING[len(open_marks) % 2])
            open_marks.append(sign)
        elif (
            sign
            and sign in _CLOSING
            and open_marks
            and _OPENING.index(open_marks[-1]) == _CLOSING.index(sign)
        ):
            open_marks.pop()
            written.append(_CLOSING[len(open_marks) % 2])
        elif sign == _CLOSING[0]:
            return text
        else:
            written.append(sign)
    return text if open_marks else "".join(written)
