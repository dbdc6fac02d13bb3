"""The kinds of command, and their help pages in Chinese: usage, arguments, options, commands.

Only the form of a page is decided here; its words stand with the commands. Wide characters are
counted as two columns, which the library's own pages do not do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from console.options import PREFIX
from console.wrap import width, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

COLUMNS = 80
WITHOUT_COMMAND = "不写命令则列出现有的。"
HELP_ROW = ("--help", "显示本说明")
_LONGEST_NAME = 26


class AsTyped:
    """Takes a word as it was typed. Typer would ask pydantic to prove that text is text, 0.1 s a start."""

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value itself; nothing at all as an empty tuple where several were possible."""
        return () if value is None and (param.multiple or param.nargs == -1) else value


class Command(TyperCommand):
    """A command whose help page is ours. Its options are text and flags, nothing else."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse, taking every word as it was typed."""
        _take_as_typed(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the whole page."""
        formatter.write(page(self, ctx) + "\n")


class Group(TyperGroup):
    """A group of commands whose help page is ours."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As for a command."""
        _take_as_typed(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def described(self) -> list[tuple[str, str]]:
        """Its commands with one sentence each."""
        return [(name, one.help or "") for name, one in self.commands.items()]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the whole page."""
        formatter.write(page(self, ctx) + "\n")


def _take_as_typed(params: Sequence[Any]) -> None:
    for param in params:
        if hasattr(param, "_runtime_param"):
            param._runtime_param = AsTyped()  # noqa: SLF001 - typer has no door for this


def page(command: Any, context: typer.Context) -> str:
    """The help page of one command or group."""
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and not p.hidden]
    own = [p for p in options if not p.name.startswith(PREFIX)]
    shared = [p for p in options if p.name.startswith(PREFIX)]
    commands = command.described() if isinstance(command, Group) else []
    sections = (
        ("参数", [(_argument(p), p.help or "") for p in arguments]),
        ("选项", [(_option(p), _explained(p)) for p in own]),
        ("全局选项（写在命令之前或之后均可）", [*((_option(p), p.help or "") for p in shared), HELP_ROW]),
        ("命令", commands),
    )
    parts = [_usage(command, context, arguments), *wrapped(command.help or "", 2, COLUMNS)]
    if commands and command.invoke_without_command:
        parts.append(f"  {WITHOUT_COMMAND}")
    for title, rows in sections:
        if rows:
            parts += ["", f"{title}：", *listed(rows)]
    return "\n".join(parts)


def _usage(command: Any, context: typer.Context, arguments: Sequence[Any]) -> str:
    words = [context.command_path, "[选项]", *(_argument(p) for p in arguments)]
    if hasattr(command, "commands"):
        words.append("[命令]" if command.invoke_without_command else "命令 …")
    return f"用法：{' '.join(words)}\n"


def _argument(parameter: Any) -> str:
    name = parameter.metavar or parameter.name.upper()
    name = f"{name}…" if parameter.nargs == -1 else name
    return name if parameter.required else f"[{name}]"


def _option(parameter: Any) -> str:
    names = ", ".join([*parameter.opts, *parameter.secondary_opts])
    return names if parameter.is_flag else f"{names} {parameter.metavar or 'TEXT'}"


def _explained(parameter: Any) -> str:
    marks = [word for word, holds in (("必填", parameter.required), ("可重复", parameter.multiple)) if holds]
    marked = f"（{'，'.join(marks)}）" if marks else ""
    return f"{parameter.help or ''}{marked}"


def listed(rows: Sequence[tuple[str, str]]) -> Iterable[str]:
    """Names to the left, explanations to the right of them, a long name on a line of its own."""
    widest = min(max(width(name) for name, _ in rows), _LONGEST_NAME)
    for name, text in rows:
        lines = wrapped(text, widest + 4, COLUMNS) or [""]
        if width(name) > widest:
            yield f"  {name}"
            yield from lines
        else:
            yield f"  {name}{' ' * (widest - width(name))}  {lines[0].lstrip()}".rstrip()
            yield from lines[1:]
