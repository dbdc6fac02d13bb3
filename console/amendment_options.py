"""What may be typed at `amendments preview` and `amendments make`, and the order that it stands for.

Two commands take the same twenty options; they stand here once, one a line. Whether a project can follow is
not asked here.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from console.options import parse_day
from states.amendment import Deadline, Shift
from states.errors import BadInputFault, UsageFault

if TYPE_CHECKING:
    from lifecycle.amendment_order import Order


def _text(option: str, metavar: str, told: str) -> Any:
    return Annotated[str | None, typer.Option(option, metavar=metavar, help=told)]


def _texts(option: str, metavar: str, told: str) -> Any:
    return Annotated[list[str] | None, typer.Option(option, metavar=metavar, help=told)]


def _flag(option: str, told: str) -> Any:
    return Annotated[bool, typer.Option(option, help=told)]


IDS: Final = Annotated[list[str] | None, typer.Argument(metavar="ID", help="项目编号；另有条件的须同时满足")]

# fmt: off
CHANGING: Final[tuple[tuple[str, Any], ...]] = (
    ("ids",        IDS),
    ("unit",       _text("--unit", "NAME", "该单位的项目")),
    ("programme",  _text("--programme", "SLUG", "该类项目；写分组的，包括其下各类")),
    ("ends_on",    _text("--ends-on", "DATE", "实施期于该日结束的项目")),
    ("started_by", _text("--started-by", "DATE", "该日以前（含当日）已开始的项目")),
    ("state",      _texts("--state", "STATE", "处于该状态的项目")),
    ("end_by",     _text("--ends-on-by", "LENGTH", "实施结束日顺延，如 6M；提前写 -6M")),
    ("end_to",     _text("--ends-on-to", "DATE", "实施结束日改为该日")),
    ("duty",       _text("--duty", "DUTY", "应办事项的代码、编号或标题")),
    ("period",     _text("--period", "PERIOD", "应办事项的期次")),
    ("due_by",     _text("--due-by", "LENGTH", "该事项期限延后，如 10D、1M、W5；提前写 -10D")),
    ("due_to",     _text("--due-to", "DATE", "该事项期限改为该日")),
    ("grace",      _text("--grace", "DAYS|DATE", "该事项的内部宽限：期限后天数或截止日，0 为取消")),
    ("due_today",  _flag("--due-today", "新日期已过的改为当日到期，否则不予调整")),
    ("missed",     _flag("--missed", "已逾期未办的事项一并调整")),
    ("document",   _text("--document", "NUMBER@DATE", "决定文件的文号和日期")),
    ("reason",     _text("--reason", "TEXT", "理由")),
)
MAKING: Final[tuple[tuple[str, Any], ...]] = (
    ("manifest",   _text("--manifest", "SHA256", "仅当项目名单与预览时相同")),
    ("yes",        _flag("--yes", "不再询问数量")),
    ("key",        _text("--key", "KEY", "幂等键：同一键重复执行只补做未完成的")),
    ("dry_run",    _flag("--dry-run", "只预览，不写入")),
)
# fmt: on

_LENGTH: Final = re.compile(r"(-?)(P\w+|W\d+|\d+[YMDW])")


def read_order(given: dict[str, Any], on: date) -> Order:
    """What is asked for. Raises UsageFault for what is missing or does not go together."""
    from lifecycle.amendment_order import Order
    from lifecycle.scope import Scope

    for name, what in (
        ("document", "决定文件的文号和日期，例如 豫科协〔2024〕3号@2024-03-01"),
        ("reason", "理由"),
    ):
        if not (given[name] or "").strip():
            raise UsageFault(f"缺少 --{name}：期限调整须写明{what}。")
    deadline, shift = _change(given)
    days = {
        name: given[name] and parse_day(given[name], f"--{name.replace('_', '-')}")
        for name in ("ends_on", "started_by")
    }
    scope = Scope(
        tuple(given["ids"] or ()),
        given["unit"],
        given["programme"],
        states=tuple(given["state"] or ()),
        **days,
    )
    return Order(
        scope=scope,
        deadline=deadline,
        shift=shift,
        on=on,
        document=given["document"],
        reason=given["reason"],
        **{name: given[name] for name in ("duty", "period", "due_today", "missed")},
        key=given.get("key"),
        manifest=given.get("manifest"),
    )


def _change(given: dict[str, Any]) -> tuple[Deadline, Shift]:
    """The one date that is changed, and how."""
    ways = {
        "end_by": ("--ends-on-by", Deadline.END, _by),
        "end_to": ("--ends-on-to", Deadline.END, _to),
        "due_by": ("--due-by", Deadline.DUE, _by),
        "due_to": ("--due-to", Deadline.DUE, _to),
        "grace": ("--grace", Deadline.GRACE, _grace),
    }
    chosen = [name for name in ways if given[name] is not None]
    if len(chosen) != 1:
        listed = "、".join(option for option, _, _ in ways.values())
        problem = "只能写一种调整" if chosen else "没有写如何调整"
        raise UsageFault(f"{problem}：{listed}。公开的期限与内部宽限须分开办理。")
    option, deadline, read = ways[chosen[0]]
    if deadline is Deadline.END and (given["duty"] or given["period"]):
        raise UsageFault(f"{option} 调整实施结束日，不能同时写 --duty、--period。")
    if deadline is not Deadline.END and not given["duty"]:
        raise UsageFault(f"{option} 须用 --duty 写明是哪一项应办事项。")
    return deadline, read(given[chosen[0]], option)


def _day(text: str | None, option: str) -> date | None:
    return None if text is None else parse_day(text, option)


def _to(text: str, option: str) -> Shift:
    return Shift(to=parse_day(text, option))


def _by(text: str, option: str) -> Shift:
    """A length with or without its P; one that begins with - is counted backwards."""
    from states.periods import parse_length

    found = _LENGTH.fullmatch(text.strip().upper())
    length = "" if found is None else found[2] if found[2][0] in "PW" else f"P{found[2]}"
    try:
        parse_length(length)
    except BadInputFault:
        example = "6M（6 个月）、10D（10 日）、W5（5 个工作日），提前写 -10D"
        raise UsageFault(f"{option} 的值“{text}”无法识别，应为 {example}。") from None
    return Shift(by=length, back=bool(found and found[1]))


def _grace(text: str, option: str) -> Shift:
    """Days after the public date, a length, or a day; 0 takes the grace away."""
    plain = text.strip()
    if plain.isdecimal():
        return Shift(by=f"P{int(plain)}D") if int(plain) else Shift()
    if _LENGTH.fullmatch(plain.upper()) and not plain.startswith("-"):
        return _by(plain, option)
    return Shift(to=parse_day(plain, option))
