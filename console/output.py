"""What a command answers, for a person or for a program: tables, or one JSON document.

Decides the form only. Tables are drawn by rich, which is imported when one is drawn.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from console.advice import advised
from console.wrap import wrapped
from states.errors import LifecycleError, Reason

if TYPE_CHECKING:
    from rich.console import Console

REHEARSAL: Final = "【演练】这是演练库：业务日期以 --on 为准，不对外发送任何通知。"
WIDTH_OF_A_TEXT: Final = 100
WIDTH_OF_A_FILE: Final = 120
"""Columns where the output goes to a file or a pipe."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command found: the document for programs, the screen for people, and what went wrong."""

    document: Any
    screen: Callable[[Screen], None]
    fault: LifecycleError | None = None
    """Set where part of the work was declined; its status becomes that of the command."""

    @property
    def status(self) -> int:
        """The exit status."""
        return 0 if self.fault is None else self.fault.exit_status

    def full_document(self) -> Any:
        """The document, with `error` beside the rest where something was declined."""
        return self.document if self.fault is None else {**self.document, **self.fault.as_json()}


class Screen:
    """Where a person reads: plain lines, pairs and tables, in the width of the terminal."""

    def __init__(self) -> None:
        self._console: Console | None = None

    @property
    def console(self) -> Console:
        """Rich's console on standard output."""
        if self._console is None:
            self._console = new_console()
        return self._console

    def line(self, text: str = "") -> None:
        """One line of text, as it is."""
        print(printable(advised(text)))  # noqa: T201 - this is the screen

    def paragraph(self, text: str) -> None:
        """A long sentence, broken into lines; not where it names a command with its home, to be copied."""
        told = printable(advised(text))
        for line in [told] if told != printable(text) else wrapped(told, 0, WIDTH_OF_A_TEXT):
            self.line(line)

    def raw(self, text: str) -> None:
        """A text of several lines, as it is."""
        print(text)  # noqa: T201 - this is the screen

    def pairs(self, pairs: Iterable[tuple[str, Any]]) -> None:
        """Label and value per line; what is unknown or empty is left out."""
        from rich.table import Table

        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="bold", no_wrap=True)
        grid.add_column(overflow="fold")
        for label, value in pairs:
            if value not in (None, "", (), []):
                grid.add_row(label, cell(value))
        self.console.print(grid)

    def table(self, title: str | None, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """A table with headings; cells fold rather than vanish."""
        from rich import box
        from rich.table import Table

        table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
        for heading in headings:
            table.add_column(heading, overflow="fold")
        for row in rows:
            table.add_row(*(cell(value) for value in row))
        self.console.print(table)


def new_console(*, stderr: bool = False) -> Console:
    """A console that takes no markup out of what people have typed."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    columns = None if stream.isatty() else WIDTH_OF_A_FILE
    return Console(file=stream, width=columns, markup=False, highlight=False, emoji=False, soft_wrap=False)


def cell(value: Any) -> str:
    """A value in a table."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return "；".join(f"{name}：{cell(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return "；".join(cell(one) for one in value)
    return printable(str(value))


def printable(text: str) -> str:
    """The text without characters that would steer a terminal."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "�" for letter in text)


def emit(answer: Answer, *, as_json: bool, rehearsal: bool) -> int:
    """Print an answer and give its exit status."""
    with read_or_not():
        if as_json:
            print_json(answer.full_document())
            return answer.status
        if rehearsal:
            say(REHEARSAL)
        answer.screen(Screen())
        if answer.fault is not None:
            say("\n".join(fault_lines(answer.fault)))
    return answer.status


def emit_fault(fault: LifecycleError, *, as_json: bool) -> int:
    """Print an error where it belongs and give its exit status."""
    with read_or_not():
        if as_json:
            print_json(fault.as_json())
        else:
            say("\n".join(fault_lines(fault)))
    return fault.exit_status


@contextmanager
def read_or_not() -> Iterator[None]:
    """Print to somebody who may stop reading: that is no error, and changes nothing about the status."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except BrokenPipeError:
                os.dup2(nowhere, stream.fileno())  # the interpreter must not fail on its last flush
        os.close(nowhere)


def fault_lines(fault: LifecycleError) -> list[str]:
    """An error for people: what happened, then every reason with its clause."""
    joined = "；".join(reason.message for reason in fault.reasons)
    listed = {line for reason in fault.reasons for line in reason.message.splitlines()}
    told = fault.message == joined or (listed and set(fault.message.splitlines()[1:]) == listed)
    head = fault.message.splitlines()[0] if told and "\n" in fault.message else fault.message
    if joined and fault.message.endswith(joined):
        head = fault.message.removesuffix(joined) + (type(fault).__doc__ or "").strip()
    return [f"错误（{fault.code}）：{head}", *(f"  · {reason_line(reason)}" for reason in fault.reasons)]


def reason_line(reason: Reason) -> str:
    """One reason with its rule and clause."""
    grounds = [reason.rule, reason.document, f"“{reason.cite}”" if reason.cite else None]
    shown = "，".join(part for part in grounds if part)
    return printable(f"{reason.message}{f'（{shown}）' if shown else ''}")


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    print(json.dumps(document, ensure_ascii=False, indent=2, default=str))  # noqa: T201 - the answer itself


def say(text: str) -> None:
    """A line for people beside the answer: on standard error."""
    print(printable(advised(text)), file=sys.stderr)  # noqa: T201 - as above


def local_time(moment: str) -> str:
    """A moment in ISO 8601 as people here read it: 2026-11-28 17:03, in Asia/Shanghai."""
    from datetime import datetime

    from flows.bootstrap import SHANGHAI

    return f"{datetime.fromisoformat(moment).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
