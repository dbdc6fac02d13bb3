"""JSON to records, with the line on which each item starts.

The standard decoder reads item by item, so that every item keeps its line. Repeated keys,
NaN, endless numbers and deep nesting are refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn, cast

from lifecycle.records import DEPTH_LIMIT, Entry, Record, not_an_application, shown
from states.errors import BadInputFault


class _UnwantedError(Exception):
    """Carries what JSON would let pass and we do not."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _UnwantedError(f"键“{shown(key)}”重复，每个键只能出现一次")
        found[key] = value
    return found


def _finite(text: str) -> float:
    number = float(text)
    if abs(number) == float("inf"):
        raise _UnwantedError(f"数“{shown(text)}”过大")
    return number


def _refuse_constant(text: str) -> NoReturn:
    raise _UnwantedError(f"“{shown(text)}”不是数，应为数字或留空（null）")


_JSON = json.JSONDecoder(object_pairs_hook=_pairs, parse_float=_finite, parse_constant=_refuse_constant)
_GAP = re.compile(r"[ \t\r\n]*")
_WRAPPED = re.compile(r'\{[ \t\r\n]*"(?:applications|申报)"[ \t\r\n]*:[ \t\r\n]*(?=\[)')


def _skip(text: str, position: int) -> int:
    """The next position that is not white space."""
    return cast("re.Match[str]", _GAP.match(text, position)).end()


def json_records(name: str, text: str) -> Iterator[Record]:
    """The items of a top-level list, or of {"applications": [...]}, or one object."""
    start = _skip(text, 0)
    wrapper = _WRAPPED.match(text, start)
    if text.startswith("[", start) or wrapper:
        yield from _json_items(name, text, wrapper.end() if wrapper else start, bool(wrapper))
        return
    value, end = _json_value(name, text, start)
    _json_end(name, text, end)
    yield _json_record(name, text.count("\n", 0, start) + 1, value)


def _json_items(name: str, text: str, start: int, wrapped: bool) -> Iterator[Record]:
    position, line, counted = _skip(text, start + 1), 1, 0
    while not text.startswith("]", position):
        line, counted = line + text.count("\n", counted, position), position
        value, position = _json_value(name, text, position)
        yield _json_record(name, line, value)
        position = _skip(text, position)
        if text.startswith(",", position):
            position = _skip(text, position + 1)
            if text.startswith("]", position):
                _json_fault(name, text, position, "逗号后面应还有一项")
        elif not text.startswith("]", position):
            _json_fault(name, text, position, "应为逗号或 ]")
    position = _skip(text, position + 1)
    if wrapped:
        if not text.startswith("}", position):
            _json_fault(name, text, position, "applications 之外不应再有其他键，应为 }")
        position += 1
    _json_end(name, text, position)


def _json_value(name: str, text: str, start: int) -> tuple[Any, int]:
    try:
        return _JSON.raw_decode(text, start)
    except json.JSONDecodeError as error:
        _json_fault(name, text, error.pos, "不合 JSON 语法，请检查引号、逗号和括号")
    except RecursionError:
        _json_fault(name, text, start, f"嵌套过深，应不超过 {DEPTH_LIMIT} 层")
    except (_UnwantedError, ValueError) as error:
        _json_fault(name, text, start, str(error) if isinstance(error, _UnwantedError) else "整数位数过多")


def _json_end(name: str, text: str, end: int) -> None:
    position = _skip(text, end)
    if position < len(text):
        _json_fault(name, text, position, "内容之后还有多余的文字")


def _json_fault(name: str, text: str, position: int, problem: str) -> NoReturn:
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    raise BadInputFault(f"{name}:{line}:{column}：{problem}")


def _json_record(name: str, line: int, value: object) -> Record:
    if not isinstance(value, dict):
        return not_an_application(f"{name}:{line}", f"第{line}行", value)
    return Record(f"{name}:{line}", _json_entries(f"{name}:{line}", f"第{line}行起", value, 1))


def _json_entries(source: str, at: str, value: dict[str, Any], depth: int) -> tuple[Entry, ...]:
    _check_depth(source, value, depth)
    return tuple(
        Entry(key, item, at, _json_entries(source, at, item, depth + 1) if isinstance(item, dict) else ())
        for key, item in value.items()
    )


def _check_depth(source: str, value: object, depth: int) -> None:
    if depth > DEPTH_LIMIT:
        raise BadInputFault(f"{source}：嵌套过深，应不超过 {DEPTH_LIMIT} 层")
    if isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            _check_depth(source, item, depth + 1)
