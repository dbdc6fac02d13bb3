"""The global options: --home, --as, --on and --json, before or after the command.

Decides how they are written, which environment variables stand for them, and which of two wins
(the later one). It opens nothing and asks nobody.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from states.errors import UsageFault

PREFIX: Final = "global_"
"""What the names of the global parameters begin with, apart from any command's own."""
DAY_EXAMPLE: Final = "2023-05-01（也可写作 2023/5/1 或 2023年5月1日）"

YEARS: Final = range(1990, 2101)
"""Years of a business date; beyond them no period could be counted."""

_DAY: Final = re.compile(r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|年(\d{1,2})月(\d{1,2})日)")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*-\d{4,}")
MOST = 10_000
"""Things on one page."""
_WHOLE: Final = re.compile(r"\d{1,18}")


@dataclass(frozen=True, slots=True)
class Options:
    """The global options of one call."""

    home: Path | None = None
    actor: str | None = None
    on: date | None = None
    json: bool = False


Home = Annotated[
    str | None, typer.Option("--home", metavar="DIR", help="数据文件夹（环境变量 LIFECYCLE_HOME）")
]
As = Annotated[
    str | None, typer.Option("--as", metavar="ACTOR", help="代为操作的用户（环境变量 LIFECYCLE_ACTOR）")
]
On = Annotated[
    str | None,
    typer.Option("--on", metavar="DATE", help="业务日期，默认为今天（北京时间；环境变量 LIFECYCLE_ON）"),
]
Json = Annotated[bool, typer.Option("--json", help="只在标准输出上给出一个 JSON 文档")]

GLOBALS: Final[tuple[inspect.Parameter, ...]] = tuple(
    inspect.Parameter(PREFIX + name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
    for name, annotation, default in (
        ("home", Home, None),
        ("as", As, None),
        ("on", On, None),
        ("json", Json, False),
    )
)
"""The parameters that every command has besides its own."""


def gather(context: typer.Context, given: dict[str, Any]) -> Options:
    """Take the global options out of `given` and join them with those written before the command.

    Raises UsageFault for a date that cannot be read.
    """
    root = context.find_root()
    known: dict[str, Any] = root.obj if isinstance(root.obj, dict) else {}
    for parameter in GLOBALS:
        value = given.pop(parameter.name, None)
        if value not in (None, False):
            known[parameter.name] = value
    root.obj = known
    return read_options({name.removeprefix(PREFIX): value for name, value in known.items()}, os.environ)


def read_options(given: Mapping[str, Any], environ: Mapping[str, str]) -> Options:
    """The options as typed, or else those of the environment."""
    on = given.get("on")
    named = "--on" if on is not None else "环境变量 LIFECYCLE_ON"
    on = environ.get("LIFECYCLE_ON", "").strip() or None if on is None else on
    home = given.get("home")
    if home is not None and not home.strip():
        raise UsageFault("--home 的值为空，应为文件夹路径，例如 --home ./data。")
    return Options(
        home=None if home is None else Path(home).expanduser().absolute(),
        actor=given.get("as") or environ.get("LIFECYCLE_ACTOR", "").strip() or None,
        on=None if on is None else parse_business_day(on, named),
        json=bool(given.get("json")),
    )


def parse_day(text: str, named: str) -> date:
    """A day as people write it. Raises UsageFault that names the option and gives an example."""
    found = _DAY.fullmatch(text.strip())
    if found:
        year, month, day = (int(part) for part in found.groups() if part is not None)
        try:
            return date(year, month, day)
        except ValueError:
            raise UsageFault(f"{named} 的日期“{text}”不存在，应为真实的日期，例如 {DAY_EXAMPLE}。") from None
    raise UsageFault(f"{named} 的日期“{text}”无法识别，例如 {DAY_EXAMPLE}。")


def parse_business_day(text: str, named: str) -> date:
    """A day on which something may be done. Raises UsageFault also for a year outside `YEARS`."""
    day = parse_day(text, named)
    if day.year not in YEARS:
        raise UsageFault(f"{named} 的日期“{text}”无效，年份应在 {YEARS[0]} 至 {YEARS[-1]} 之间。")
    return day


def parse_whole(text: str | None, named: str) -> int | None:
    """A whole number not below zero, or None. Raises UsageFault."""
    if text is None:
        return None
    if not _WHOLE.fullmatch(text.strip()):
        raise UsageFault(f"{named} 的值“{text}”无效，应为不小于零的整数，例如 30。")
    return int(text)


def parse_year(text: str | None, named: str) -> int | None:
    """A year in `YEARS`, or None. Raises UsageFault."""
    if text is None:
        return None
    if not re.fullmatch(r"\d{4}", text.strip()) or int(text) not in YEARS:
        raise UsageFault(f"{named} 的值“{text}”无效，应为 {YEARS[0]} 至 {YEARS[-1]} 的年份，例如 2023。")
    return int(text)


def parse_size(text: str | None, named: str) -> int | None:
    """How many things to show at most: from 1 to `MOST`, or None. Raises UsageFault."""
    size = parse_whole(text, named)
    if size is not None and not 1 <= size <= MOST:
        raise UsageFault(f"{named} 的值“{text}”无效，应为 1 至 {MOST}。")
    return size


def parse_cursor(text: str | None, named: str) -> str | None:
    """The id after which a page begins, or None. Raises UsageFault for what cannot be an id."""
    if text is not None and not _ID.fullmatch(text):
        raise UsageFault(f"{named} 的值“{text}”无效，应为项目编号，例如 h23-young-talent-0001。")
    return text


def parse_pairs(texts: list[str], named: str, example: str) -> tuple[tuple[str, str], ...]:
    """NAME=VALUE words, in their order. Raises UsageFault for one without a name or a sign."""
    pairs = []
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise UsageFault(f"{named} 的写法“{text}”无法识别，应为 {example}。")
        pairs.append((name.strip(), value.strip()))
    return tuple(pairs)


def parse_values(texts: list[str], named: str = "--set") -> dict[str, str]:
    """NAME=VALUE words as a table. Raises UsageFault for a name that is given twice."""
    values: dict[str, str] = {}
    for name, value in parse_pairs(texts, named, "名称=值，例如 event.starts_on=2023-05-01"):
        if name in values:
            raise UsageFault(f"{named} 中“{name}”给了两次，应只写一次。")
        values[name] = value
    return values


def parse_materials(texts: list[str]) -> tuple[tuple[str, str], ...]:
    """KIND=FILE words; whether there is such a kind and file is asked later."""
    pairs = parse_pairs(texts, "--material", "材料种类=文件，例如 contract=合同.pdf")
    for kind, path in pairs:
        if not path:
            raise UsageFault(f"--material 的“{kind}”没有写文件，应为 材料种类=文件，例如 contract=合同.pdf。")
    return pairs
