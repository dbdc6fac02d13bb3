"""Facts as typed values: what a cell, a YAML value or a --set text means.

Decides whether a raw value is a date, a number, a yes or a no, money and so on, and says what was
expected when it is not. A blank is always None, that is: unknown.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from math import isnan
from typing import Any

from states.catalogue import FactSpec
from states.errors import BadInputFault

_YES = frozenset({"是", "有", "true", "yes", "y", "1", "√", "已"})
_NO = frozenset({"否", "无", "false", "no", "n", "0", "×", "未"})
_DATE = re.compile(r"(\d{4})\s*(?:-|/|\.|年)\s*(\d{1,2})\s*(?:-|/|\.|月)\s*(\d{1,2})\s*日?").fullmatch
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]00:00(?::00(?:\.0+)?)?").fullmatch
_NUMBER = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+-]?\d+(?:\.\d+)?").fullmatch
_BLANK = frozenset({"", "-", "—", "——", "/", "未知", "不详", "null", "none", "nan"})
_NONE_AT_ALL = frozenset({"无", "没有", "[]"})
_EXACT_FLOAT = 10**15
_PARTS = re.compile(r"[;；\n]+").split


class _Unreadable(Exception):
    """Carries what was expected."""


def parse_fact(spec: FactSpec, raw: object) -> object:
    """The value of one fact, or None for a blank.

    Raises BadInputFault that names the fact, its label and what was expected.
    """
    try:
        return None if is_blank(raw) else _PARSERS[spec.type](spec, raw)
    except _Unreadable as error:
        shown = "（已隐去）" if spec.personal else f"“{str(raw)[:40]}”"
        message = f"{spec.label}（{spec.name}）的值{shown}无法识别（期望 {error}）"
        raise BadInputFault(message) from None


def is_blank(raw: object) -> bool:
    """Whether nothing was said: empty, a dash, 未知."""
    if raw is None:
        return True
    if isinstance(raw, str):
        return raw.strip().lower() in _BLANK
    return isinstance(raw, float) and isnan(raw)


def parse_money(raw: object) -> int:
    """Yuan as given, in fen. Raises BadInputFault for 万, fractions of a fen and negative sums."""
    try:
        return _fen(raw)
    except _Unreadable as error:
        raise BadInputFault(f"金额“{str(raw)[:40]}”无法识别（期望 {error}）") from None


def yuan(fen: int) -> str:
    """Fen as yuan with two places: 10000000 → "100000.00"."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def normal_title(title: str) -> str:
    """A title without width variants, spaces, punctuation and case, to find duplicates (R-ELIG-45)."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", title).casefold())
    return "".join(c for c in folded if unicodedata.category(c)[0] not in "ZPCS")


def normal_name(name: str) -> str:
    """What tells two units apart: width of letters and brackets, case and spaces do not."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _clean(raw: object) -> str:
    return unicodedata.normalize("NFKC", str(raw)).strip()


def _date(spec: FactSpec, raw: object) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    text = _clean(raw)
    if found := _MOMENT(text):
        return date.fromisoformat(found[1])
    if isinstance(raw, str) and (found := _DATE(text)):
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            raise _Unreadable("真实存在的日期，如 2023-05-01") from None
    raise _Unreadable("日期，如 2023-05-01、2023/5/1 或 2023年5月1日")


def _bool(spec: FactSpec, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    text = _clean(raw).lower().removesuffix(".0")
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise _Unreadable("是或否")


def _number(raw: object, expected: str) -> Decimal:
    if isinstance(raw, bool):
        raise _Unreadable(expected)
    if isinstance(raw, float) and abs(raw) >= _EXACT_FLOAT:
        raise _Unreadable("文字格式：该数字位数过多，已被表格软件舍入，请按文本填写")
    text = _clean(raw)
    if not _NUMBER(text):
        raise _Unreadable(expected)
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise _Unreadable(expected) from None


def _int(spec: FactSpec, raw: object) -> int:
    found = _number(raw, "整数")
    if found != found.to_integral_value():
        raise _Unreadable("整数")
    return int(found)


def _decimal(spec: FactSpec, raw: object) -> Decimal:
    return _number(raw, "数字")


def _money(spec: FactSpec, raw: object) -> int:
    return _fen(raw)


def _fen(raw: object) -> int:
    text = _clean(raw)
    if "万" in text or "亿" in text:
        raise _Unreadable("以元为单位的数字，如 100000；不能用“万”")
    bare = text.removesuffix("元").strip("¥ ")
    fen = (
        _number(raw if isinstance(raw, (int, float)) else bare, "以元为单位的数字，如 100000 或 62000.50")
        * 100
    )
    if fen < 0 or fen != fen.to_integral_value():
        raise _Unreadable("不小于零、至多两位小数的元")
    return int(fen)


def _text(spec: FactSpec, raw: object) -> str:
    if isinstance(raw, float):
        if abs(raw) >= _EXACT_FLOAT:
            raise _Unreadable("文字格式：该号码已被表格软件舍入，请按文本填写")
        return str(int(raw)) if raw.is_integer() else str(raw)
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, (list, tuple)):
        return "、".join(str(each).strip() for each in raw if not is_blank(each))
    if isinstance(raw, Mapping):
        return "；".join(f"{key}：{value}" for key, value in raw.items())
    return str(raw).strip()


def _enum(spec: FactSpec, raw: object) -> str:
    text = _clean(raw)
    if text in spec.values:
        return text
    if text in spec.value_labels:
        return spec.values[spec.value_labels.index(text)]
    named = spec.value_labels or spec.values
    raise _Unreadable("其中之一：" + "、".join(named))


def _records(spec: FactSpec, raw: object) -> list[dict[str, Any]]:
    """A list of mappings; a plain item becomes {"name": item}; a cell may hold JSON or items by ；.

    无 is an empty list, which is knowledge; a blank is not.
    """
    if isinstance(raw, str) and raw.strip() in _NONE_AT_ALL:
        return []
    if isinstance(raw, str):
        raw = _unpacked(raw)
    if isinstance(raw, Mapping):
        raw = [raw]
    if not isinstance(raw, Sequence):
        raise _Unreadable("列表，每项一条记录")
    return [_record(each) for each in raw if not is_blank(each)]


def _unpacked(raw: str) -> object:
    """JSON, or items by ；, each a name or 名称=某学会，类型=全省学会."""
    if raw.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(raw)
        except ValueError:
            raise _Unreadable("列表，或以分号隔开的各项") from None
    if "=" not in raw and "＝" not in raw:
        return [part.strip() for part in _PARTS(raw)]
    return [_pairs(part.strip()) for part in _PARTS(raw) if part.strip()]


def _pairs(part: str) -> object:
    """One item of a cell: 姓名=甲，职务=理事 as a record; what stands without a key is the name."""
    found: dict[str, str] = {}
    for piece in re.split(r"[，,]", part):
        key, sign, value = re.sub("＝", "=", piece).partition("=")
        name, text = (key.strip(), value.strip()) if sign else ("name", piece.strip())
        if name in found:
            raise _Unreadable("各项以分号隔开，每项之内每个名称只写一次")
        if text:
            found[name] = text
    return found


def _record(each: object) -> dict[str, Any]:
    if isinstance(each, Mapping):
        return {str(key).strip(): _flat(value) for key, value in each.items()}
    if isinstance(each, (str, int)):
        return {"name": str(each).strip()}
    raise _Unreadable("每项为一条记录（名称: 值）")


def _flat(value: object) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()[:10]
    return value.strip() if isinstance(value, str) else value


_PARSERS: dict[str, Callable[[FactSpec, object], object]] = {
    "date": _date,
    "bool": _bool,
    "int": _int,
    "decimal": _decimal,
    "text": _text,
    "enum": _enum,
    "records": _records,
    "money": _money,
}
