"""What the parser complains about, in Chinese: every usage error becomes a UsageFault.

The parser's own classes are told apart by name, since typer carries them inside since it no longer
needs click. Nothing is parsed here.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

from states.errors import UsageFault

_NO_COMMAND = re.compile(r"No such command '(.*?)'\.", re.DOTALL)
_EXTRA = re.compile(r"Got unexpected extra argument\(?s?\)? \((.*)\)", re.DOTALL)


def usage_fault(error: Any) -> UsageFault:
    """The fault for an exception of the parser; it ends with where to read more."""
    context = getattr(error, "ctx", None)
    hint = f"用法见 {context.command_path} --help" if context is not None else "用法见 lifecycle --help"
    return UsageFault(f"{_sentence(error, context)}。{hint}")


def _sentence(error: Any, context: Any) -> str:
    kind = type(error).__name__
    if kind == "MissingParameter":
        return _missing(error.param)
    if kind == "NoSuchOption":
        near = "、".join(sorted(error.possibilities or ()))
        return f"没有选项“{error.option_name}”{f'，是否指：{near}' if near else ''}"
    if kind == "BadOptionUsage":
        takes_none = "does not take" in error.message
        return f"选项 {error.option_name} {'不带值' if takes_none else '之后应有一个值'}"
    if kind == "BadParameter":
        return f"{_name(error.param)}的值无效" if error.param is not None else "参数的值无效"
    return _plain(error.message, context)


def _plain(message: str, context: Any) -> str:
    if message.startswith("Missing command"):
        known = "、".join(_names(context))
        return f"缺少命令{f'，可用：{known}' if known else ''}"
    if found := _NO_COMMAND.search(message):
        near = "、".join(get_close_matches(found[1], _names(context), n=3, cutoff=0.5))
        return f"没有命令“{found[1]}”{f'，是否指：{near}' if near else ''}"
    if found := _EXTRA.search(message):
        return f"多余的参数：{found[1]}"
    return f"参数有误（{message.rstrip('.')}）"


def _names(context: Any) -> list[str]:
    """The commands that could have been meant."""
    return list(context.command.list_commands(context)) if context is not None else []


def _missing(parameter: Any) -> str:
    if parameter is None:
        return "缺少参数"
    return f"缺少{_name(parameter)}" + (f"（{parameter.help}）" if getattr(parameter, "help", None) else "")


def _name(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"参数 {parameter.metavar or parameter.name.upper()}"
    return f"选项 {parameter.opts[0]}"
