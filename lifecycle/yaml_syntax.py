"""What is wrong with a text that is no YAML, or that would cost much, in Chinese.

Literal; the words of the library (libyaml 0.2) on the left, whole or their beginning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import yaml

from lifecycle.records import DEPTH_LIMIT, shown

_PLAIN_TAGS = (None, "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_TOLD: Final[Mapping[str, str]] = {
    "found character that cannot start any token": "不能以制表符或 @、` 等开头，缩进请用空格，文字请加引号",
    "found a tab character": "缩进用了制表符，请改用空格",
    "did not find expected key": "缩进不齐，或者引号、括号之后还有内容",
    "did not find expected '-' indicator": "列表的各项没有对齐",
    "block sequence entries are not allowed": "列表项的位置不对，请另起一行并对齐",
    "mapping values are not allowed": "一行中多出一个冒号，含冒号的文字请加引号",
    "could not find expected ':'": "键之后缺少冒号，或者引号没有配对",
    "did not find expected ',' or ']'": "方括号没有配对，或者缺少逗号",
    "did not find expected ',' or '}'": "花括号没有配对，或者缺少逗号",
    "did not find expected node content": "括号内多出逗号，或者缺少内容",
    "found unexpected end of stream": "引号没有配对",
    "found unexpected document indicator": "引号没有配对",
    "found unknown escape character": "双引号之内有不认识的反斜杠写法，请改用单引号",
    "did not find expected hexdecimal number": "双引号之内有不认识的反斜杠写法，请改用单引号",
    "did not find expected <document start>": "内容之后多出了符号，请检查括号和引号",
    "but found another document": "有不止一份文档，请去掉“---”",
    "found undefined alias": "引用了没有定义的 *名称，请把内容写出来",
    "found undefined tag handle": "有不认识的标记（!），请加引号",
    "found duplicate anchor": "同一个 &名称 定义了两次",
    "control characters are not allowed": "有不可显示的控制字符，请删去",
    "invalid leading UTF-8 octet": "有不属于 UTF-8 的字符",
}
OTHERWISE: Final = "请检查缩进、冒号、引号和括号"


def syntax_fault(error: yaml.YAMLError, text: str) -> tuple[int, int, str]:
    """Line and column, from 1, of what is wrong with a text, and what it is."""
    words = f"{getattr(error, 'problem', None) or getattr(error, 'reason', None) or error}"
    told = next((chinese for english, chinese in _TOLD.items() if english in words), OTHERWISE)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        return mark.line + 1, mark.column + 1, told
    position = getattr(error, "position", None)
    # The library counts bytes.
    passed = text.encode()[:position] if isinstance(position, int) and position >= 0 else b""
    before = passed.decode(errors="ignore")
    return before.count("\n") + 1, len(before) - before.rfind("\n"), told


def costly(text: str, *, tags: bool) -> tuple[int, int, str] | None:
    """Line, column and what it is that must not be built: a reference, deep nesting, a tag unless `tags`.

    Raises yaml.YAMLError. Without this a deep text of small size ends the whole program.
    """
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        problem, tag = None, getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent):
            problem = "不支持引用（*名称），请把内容写出来"
        elif isinstance(event, yaml.NodeEvent) and not tags and tag not in _PLAIN_TAGS:
            problem = f"不支持标记 {shown(tag)}，请只写普通的值"
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            problem = f"嵌套过深，应不超过 {DEPTH_LIMIT} 层" if depth > DEPTH_LIMIT else None
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if problem:
            return event.start_mark.line + 1, event.start_mark.column + 1, problem  # type: ignore[union-attr]
    return None
